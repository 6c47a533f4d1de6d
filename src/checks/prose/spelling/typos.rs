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

/// Words this short are abbreviations more often than slips.
const SHORT: usize = 3;

/// The short slips that are no abbreviation of anything.
const SHORT_SLIPS: &[&str] = &["adn", "hte", "nad", "taht", "teh", "thn", "thw", "tje", "waht"];

/// What was meant by a misspelling that is known, in lower case; nothing if it is not known.
pub(super) fn corrections(word: &str) -> &'static [&'static str] {
    if let Some((_, meant)) = MORE.iter().find(|(typo, _)| *typo == word) {
        return meant;
    }
    if word.len() <= SHORT && !SHORT_SLIPS.contains(&word) {
        return &[];
    }
    typos_dict::WORD
        .find(&UniCase::new(word))
        .copied()
        .unwrap_or(&[])
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
