//! The words that are right in a project, or on a page, whatever a dictionary says.

use std::collections::BTreeSet;

use crate::checks::prose::spelling::tokens::words;

/// Words in any spelling of case.
#[derive(Debug, Default)]
pub(in crate::checks::prose) struct Vocabulary {
    words: BTreeSet<String>,
}

impl Vocabulary {
    /// Collects words in any spelling of case.
    pub(in crate::checks::prose) fn new<'a>(words: impl IntoIterator<Item = &'a String>) -> Self {
        Self {
            words: words.into_iter().map(|word| word.to_lowercase()).collect(),
        }
    }

    /// Whether it holds a word or the word that it is a plain form of.
    pub(in crate::checks::prose) fn holds(&self, word: &str) -> bool {
        if self.words.is_empty() {
            return false;
        }
        let word = word.to_lowercase().replace('’', "'");
        let word = word
            .strip_suffix("'s")
            .or(word.strip_suffix('\''))
            .unwrap_or(&word);
        let base = |ending: &str| word.strip_suffix(ending);
        let known = |word: &str| self.words.contains(word);
        let plain = known(word)
            || ["s", "es", "ed", "ing"]
                .iter()
                .filter_map(|ending| base(ending))
                .any(known);
        let silent = ["d", "ing"]
            .iter()
            .filter_map(|ending| base(ending))
            .map(|word| match word.ends_with('e') {
                true => word.to_owned(),
                false => format!("{word}e"),
            });
        let changed = ["ies", "ied"]
            .iter()
            .filter_map(|ending| base(ending))
            .map(|word| format!("{word}y"));
        plain || silent.chain(changed).any(|word| known(&word))
    }

    /// Whether it holds any word of a text.
    pub(in crate::checks::prose) fn holds_any(&self, text: &str) -> bool {
        words(text).any(|word| self.holds(word))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_forms_of_a_word_are_known() {
        let words = ["Rustacean", "lint", "cache", "proxy"].map(str::to_owned);
        let vocabulary = Vocabulary::new(&words);
        let case =
            |word: &str, expected: bool| assert_eq!(vocabulary.holds(word), expected, "{word}");
        case("rustaceans", true);
        case("Rustacean’s", true);
        case("linting", true);
        case("linted", true);
        case("caching", true);
        case("cached", true);
        case("proxies", true);
        case("linter", false);
        case("rust", false);
    }
}
