//! The words that are right in a project, or on a page, whatever a dictionary says.

use std::collections::{BTreeMap, BTreeSet};

use crate::checks::prose::spelling::tokens::words;
use crate::site::{Lexicons, Page};

/// The words that are right in a project: everywhere, and in each language.
#[derive(Debug, Default)]
pub(in crate::checks::prose) struct Vocabularies {
    all: Vocabulary,
    of: BTreeMap<String, Vocabulary>,
}

/// The words that are right on a page.
#[derive(Debug)]
pub(in crate::checks::prose) struct Right<'a> {
    project: &'a Vocabulary,
    language: Option<&'a Vocabulary>,
    page: Vocabulary,
}

impl Vocabularies {
    /// Collects what a project says.
    pub(in crate::checks::prose) fn new(lexicons: &Lexicons) -> Self {
        let of = lexicons.words_of.iter();
        Self {
            all: Vocabulary::new(&lexicons.words),
            of: of
                .map(|(tag, words)| (tag.clone(), Vocabulary::new(words)))
                .collect(),
        }
    }

    /// With what a page in a language says.
    pub(in crate::checks::prose) fn on(&self, page: &Page, language: &str) -> Right<'_> {
        let primary = language.split(['-', '_']).next().unwrap_or(language);
        Right {
            project: &self.all,
            language: self.of.get(language).or_else(|| self.of.get(primary)),
            page: Vocabulary::new(&page.front.words),
        }
    }
}

impl Right<'_> {
    /// Whether a word, or the word that it is a plain form of, is right.
    pub(in crate::checks::prose) fn holds(&self, word: &str) -> bool {
        self.project.holds(word)
            || self.language.is_some_and(|words| words.holds(word))
            || self.page.holds(word)
    }

    /// Whether any word of a text is.
    pub(in crate::checks::prose) fn holds_any(&self, text: &str) -> bool {
        words(text).any(|word| self.holds(word))
    }
}

/// Words in any spelling of case.
#[derive(Debug, Default)]
struct Vocabulary {
    words: BTreeSet<String>,
}

impl Vocabulary {
    /// Collects words in any spelling of case.
    fn new<'a>(words: impl IntoIterator<Item = &'a String>) -> Self {
        Self {
            words: words.into_iter().map(|word| word.to_lowercase()).collect(),
        }
    }

    /// Whether it holds a word or the word that it is a plain form of.
    fn holds(&self, word: &str) -> bool {
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
