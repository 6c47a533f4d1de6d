//! The table of known misspellings.

use unicase::UniCase;

/// What people miss who leave out an apostrophe or a space, which the table has no place for.
const MORE: &[(&str, &[&str])] = &[
    ("alot", &["a lot"]),
    ("arent", &["aren't"]),
    ("couldnt", &["couldn't"]),
    ("didnt", &["didn't"]),
    ("doesnt", &["doesn't"]),
    ("dont", &["don't"]),
    ("hadnt", &["hadn't"]),
    ("hasnt", &["hasn't"]),
    ("havent", &["haven't"]),
    ("infact", &["in fact"]),
    ("isnt", &["isn't"]),
    ("shouldnt", &["shouldn't"]),
    ("thats", &["that's"]),
    ("theyre", &["they're"]),
    ("wasnt", &["wasn't"]),
    ("werent", &["weren't"]),
    ("wouldnt", &["wouldn't"]),
    ("youre", &["you're"]),
];

/// Words this short are abbreviations more often than slips,
const SHORT: usize = 3;

/// unless what was meant is one of the words that everyone writes.
const COMMON: &[&str] = &[
    "also", "and", "any", "are", "both", "but", "can", "each", "ever", "for", "from", "get", "has",
    "have", "here", "how", "into", "its", "just", "like", "may", "more", "most", "much", "must",
    "need", "new", "not", "now", "off", "one", "only", "other", "our", "out", "over", "same",
    "see", "some", "such", "that", "the", "them", "then", "they", "this", "too", "use", "very",
    "want", "was", "well", "were", "what", "when", "who", "will", "with", "work", "you", "your",
];

/// What was meant by a misspelling that is known, in lower case; nothing if it is not known.
pub(super) fn corrections(word: &str) -> &'static [&'static str] {
    if let Some((_, meant)) = MORE.iter().find(|(typo, _)| *typo == word) {
        return meant;
    }
    let known = typos_dict::WORD.find(&UniCase::new(word));
    let meant = known.copied().unwrap_or(&[]);
    let plain = word.len() > SHORT
        || (word.len() == SHORT && meant.iter().all(|meant| COMMON.contains(meant)));
    if plain { meant } else { &[] }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_misspellings_have_corrections() {
        let case = |word: &str, expected: &[&str]| assert_eq!(corrections(word), expected);
        case("recieve", &["receive"]);
        case("teh", &["the"]);
        case("doesnt", &["doesn't"]);
        case("receive", &[]);
        case("ba", &[]);
        case("", &[]);
    }
}
