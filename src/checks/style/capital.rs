//! Capitals in headings and the like, as Vale's rules count them.

use std::ops::Range;

use crate::checks::style::pattern::{Pattern, PatternFault};
use crate::checks::text::block::PLACEHOLDER;

/// How words should begin.
#[derive(Debug)]
pub(super) struct Case {
    /// The form.
    pub form: Form,
    /// Ends of words after which a word may begin with a capital.
    pub indicators: Vec<String>,
    /// The share of words that must be right, from 0 to 1.
    pub threshold: f64,
}

/// A way to use capitals.
#[derive(Debug)]
pub(super) enum Form {
    /// Each word but short ones begins with a capital.
    Title(Title),
    /// The first word begins with a capital.
    Sentence,
    /// There are none.
    Lower,
    /// There is nothing else.
    Upper,
    /// The text matches.
    Pattern(Pattern),
}

/// Who says which words are short.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Title {
    /// The Associated Press: words of up to three letters.
    Ap,
    /// The Chicago Manual of Style: all prepositions too.
    Chicago,
}

const ARTICLES: &[&str] = &[
    "a", "an", "and", "as", "but", "for", "if", "nor", "or", "so", "the", "yet",
];
const AP: &[&str] = &[
    "at", "by", "in", "of", "off", "on", "out", "per", "to", "up", "via", "vs",
];
const CHICAGO: &[&str] = &[
    "about",
    "above",
    "across",
    "after",
    "against",
    "along",
    "among",
    "around",
    "at",
    "before",
    "behind",
    "below",
    "beneath",
    "beside",
    "between",
    "beyond",
    "by",
    "down",
    "during",
    "from",
    "in",
    "inside",
    "into",
    "near",
    "of",
    "off",
    "on",
    "onto",
    "out",
    "outside",
    "over",
    "past",
    "per",
    "since",
    "through",
    "to",
    "toward",
    "under",
    "underneath",
    "until",
    "up",
    "upon",
    "via",
    "vs",
    "with",
    "within",
    "without",
];

impl Case {
    /// Whether a text is right; what `masked` and `exceptions` cover is.
    pub(super) fn holds(
        &self,
        text: &str,
        masked: &[Range<usize>],
        exceptions: Option<&Pattern>,
    ) -> Result<bool, PatternFault> {
        let mut right = masked.to_vec();
        if let Some(exceptions) = exceptions {
            right.extend(exceptions.find(text)?);
        }
        let is_right = |word: &Range<usize>| {
            right
                .iter()
                .any(|range| range.start < word.end && word.start < range.end)
        };
        let words = words(text);
        let mut plain = words
            .iter()
            .filter(|word| !is_right(word))
            .map(|word| &text[word.clone()]);
        Ok(match &self.form {
            Form::Lower => plain.all(|word| word == word.to_lowercase()),
            Form::Upper => plain.all(|word| word == word.to_uppercase()),
            Form::Pattern(pattern) => {
                pattern.is_in(text)? || right.iter().any(|range| range.len() == text.len())
            }
            Form::Sentence => self.share(&words, |at, word| {
                let before = at.checked_sub(1).map_or("", |at| &text[words[at].clone()]);
                let whole = &text[word.clone()];
                let base = whole.split(['-', '\'', '’']).next().unwrap_or(whole);
                let indicated = self
                    .indicators
                    .iter()
                    .any(|end| before.ends_with(end.as_str()));
                if base == base.to_uppercase() || indicated || is_right(word) {
                    Some(true)
                } else if at == 0 {
                    is_capital(base).then_some(true)
                } else {
                    Some(base == base.to_lowercase())
                }
            }),
            Form::Title(title) => self.share(&words, |at, word| {
                let whole = &text[word.clone()];
                let edge = at == 0 || at + 1 == words.len();
                let core = whole
                    .trim_end_matches(|c: char| !c.is_alphanumeric())
                    .to_lowercase();
                let right = match !edge && title.is_short(&core) {
                    true => whole == whole.to_lowercase(),
                    false => whole.starts_with(|c: char| c.is_uppercase() || !c.is_alphabetic()),
                };
                Some(right || is_right(word) || whole == whole.to_uppercase())
            }),
        })
    }

    /// Whether enough words are right; none says that nothing else matters.
    fn share(
        &self,
        words: &[Range<usize>],
        is_right: impl Fn(usize, &Range<usize>) -> Option<bool>,
    ) -> bool {
        let mut right = 0_u32;
        for (at, word) in words.iter().enumerate() {
            match is_right(at, word) {
                Some(true) => right += 1,
                Some(false) => {}
                None => return false,
            }
        }
        let all = u32::try_from(words.len()).unwrap_or(u32::MAX);
        right == all || f64::from(right) / f64::from(all) > self.threshold
    }
}

impl Title {
    fn is_short(self, word: &str) -> bool {
        let own = match self {
            Self::Ap => AP,
            Self::Chicago => CHICAGO,
        };
        ARTICLES.contains(&word) || own.contains(&word)
    }
}

/// A capital, and no other.
fn is_capital(word: &str) -> bool {
    let mut letters = word.chars();
    let first = letters.next();
    first.is_some_and(|letter| !letter.is_lowercase()) && !letters.any(char::is_uppercase)
}

/// Words from their first letter or digit to the next space. Code counts as a word.
fn words(text: &str) -> Vec<Range<usize>> {
    let mut words = Vec::new();
    for word in text.split_whitespace() {
        let is_first = |c: char| c.is_alphanumeric() || c == PLACEHOLDER;
        if let Some(from) = word.find(is_first) {
            let start = word.as_ptr() as usize - text.as_ptr() as usize;
            words.push(start + from..start + word.len());
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn case(form: Form, text: &str, expected: bool) {
        let exceptions = Pattern::new("\\b(?:Visual Studio|GitHub)\\b".to_owned());
        let case = Case {
            form,
            indicators: vec![":".to_owned()],
            threshold: 0.8,
        };
        assert_eq!(
            case.holds(text, &[], Some(&exceptions)),
            Ok(expected),
            "{text}"
        );
    }

    #[test]
    fn sentences_have_one_capital() {
        let case = |text: &str, expected| case(Form::Sentence, text, expected);
        case("Set up the server", true);
        case("Set Up the Server", false);
        case("set up", false);
        case("Use the HTTP API", true);
        case("Work in Visual Studio on GitHub", true);
        case("\u{fffc} and more", true);
        case("Top-level words: Do this", true);
        case("Client’s view", true);
        case("2 ways", true);
        case("", true);
    }

    #[test]
    fn titles_have_many() {
        let ap = |text: &str, expected| case(Form::Title(Title::Ap), text, expected);
        ap("Set Up the Server on a Host", true);
        ap("Set up the server", false);
        ap("From Here With Love", true);
        let chicago = |text: &str, expected| case(Form::Title(Title::Chicago), text, expected);
        chicago("A Letter from Here", true);
        chicago("A Letter From Here", false);
    }

    #[test]
    fn a_text_that_is_right_in_full_is_right() {
        let case = Case {
            form: Form::Sentence,
            indicators: Vec::new(),
            threshold: 1.0,
        };
        assert_eq!(case.holds("Set up the server", &[], None), Ok(true));
        assert_eq!(case.holds("Set up the Server", &[], None), Ok(false));
    }

    #[test]
    fn other_forms_are_plain() {
        case(Form::Lower, "all lower", true);
        case(Form::Lower, "on GitHub", true);
        case(Form::Lower, "not Lower", false);
        case(Form::Upper, "ALL UP", true);
        case(Form::Upper, "NOT Up", false);
        let pattern = || Form::Pattern(Pattern::new("^How".to_owned()));
        case(pattern(), "How to", true);
        case(pattern(), "Why not", false);
    }
}
