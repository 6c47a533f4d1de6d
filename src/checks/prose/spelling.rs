//! Which unknown words are likely misspelled: those that are rare in the project, occur nowhere in
//! its code, and are in no word list.
//!
//! Most words that a dictionary does not know are right: names and terms. Of them all these rules
//! leave about one in seventy, and still nearly every real slip.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use rayon::prelude::*;

use crate::checks::text::walk::Prose;
use crate::site::{Page, Site};

/// A word used more often than this is a term of the project.
const MOST_USES: usize = 2;

/// The words that are right in a project, or on a page, whatever the dictionary says.
#[derive(Debug, Default)]
pub(super) struct Vocabulary {
    words: BTreeSet<String>,
}

impl Vocabulary {
    /// Collects words in any spelling of case.
    pub(super) fn new<'a>(words: impl IntoIterator<Item = &'a String>) -> Self {
        Self {
            words: words.into_iter().map(|word| word.to_lowercase()).collect(),
        }
    }

    /// Whether it holds a word or the word that it is a plain form of.
    pub(super) fn holds(&self, word: &str) -> bool {
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
    pub(super) fn holds_any(&self, text: &str) -> bool {
        words(text).any(|(_, word)| self.holds(word))
    }
}

/// Of these words, in lower case, those that the project uses seldom and never as code.
pub(super) fn rare<'a>(
    mut words_to_check: BTreeSet<&'a str>,
    site: &Site,
    pages: &[(&Page, &Prose)],
) -> BTreeSet<&'a str> {
    if words_to_check.is_empty() {
        return words_to_check;
    }
    let uses: Vec<BTreeMap<String, usize>> = pages
        .par_iter()
        .map(|(page, prose)| count(&words_to_check, page, prose))
        .collect();
    let mut total: BTreeMap<String, usize> = BTreeMap::new();
    let paths = site
        .files
        .iter()
        .chain(site.pages.iter().map(|page| &page.path));
    let in_paths = paths
        .flat_map(|path| words(path.as_str()))
        .map(|(_, word)| (word.to_lowercase(), MOST_USES + 1));
    for (word, uses) in uses.into_iter().flatten().chain(in_paths) {
        let total = total.entry(word).or_default();
        *total = total.saturating_add(uses);
    }
    words_to_check.retain(|word| total.get(*word).is_none_or(|uses| *uses <= MOST_USES));
    words_to_check
}

/// Uses of these words on a page; one in code or in an address counts for many.
fn count(known: &BTreeSet<&str>, page: &Page, prose: &Prose) -> BTreeMap<String, usize> {
    let mut uses = BTreeMap::new();
    let mut add = |text: &str, weight: usize| {
        for (_, word) in words(text) {
            let word = word.to_lowercase();
            if known.contains(word.as_str()) {
                *uses.entry(word).or_insert(0) += weight;
            }
        }
    };
    for block in &prose.blocks {
        let mut done = 0;
        for mask in &block.masked {
            add(&block.text[done..mask.start], 1);
            add(&block.text[mask.clone()], MOST_USES + 1);
            done = mask.end;
        }
        add(&block.text[done..], 1);
    }
    let code = prose
        .code
        .iter()
        .filter_map(|span| page.text.get(span.clone()));
    let targets = page.outline.links.iter().map(|link| link.target.as_str());
    let images = page
        .outline
        .images
        .iter()
        .map(|image| image.target.as_str());
    code.chain(targets)
        .chain(images)
        .for_each(|text| add(text, MOST_USES + 1));
    uses
}

/// The runs of letters of a text; `camelCase` is also two words.
fn words(text: &str) -> impl Iterator<Item = (Range<usize>, &str)> {
    let mut rest = text.char_indices().peekable();
    std::iter::from_fn(move || {
        let (start, first) = rest.find(|(_, c)| c.is_alphabetic())?;
        let (mut end, mut last) = (start + first.len_utf8(), first);
        while let Some((at, next)) =
            rest.next_if(|(_, c)| c.is_alphabetic() && !(c.is_uppercase() && last.is_lowercase()))
        {
            (end, last) = (at + next.len_utf8(), next);
        }
        Some((start..end, &text[start..end]))
    })
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

    #[test]
    fn words_are_runs_of_letters() {
        let found: Vec<&str> = words("getFooBar, src/x_y ümlaut2 A")
            .map(|(_, word)| word)
            .collect();
        assert_eq!(found, ["get", "Foo", "Bar", "src", "x", "y", "ümlaut", "A"]);
    }
}
