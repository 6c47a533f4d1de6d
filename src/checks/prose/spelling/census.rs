//! Every word of a project that no dictionary has.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use crate::checks::check::CheckContext;
use crate::checks::prose::spelling::check::{Text, ask_for, is_foreign};
use crate::checks::prose::spelling::lookup::{Words, unknown};
use crate::checks::prose::spelling::tokens::{Company, tokens};
use crate::checks::prose::spelling::tongue::Tongue;
use crate::checks::prose::spelling::uses::normal;
use crate::checks::prose::spelling::vocabulary::Vocabularies;
use crate::checks::text::block::Block;
use crate::checks::text::walk::{MAX_PROSE, Prose, read_prose};
use crate::site::Page;
use crate::site_path::SitePath;

/// A word that is in no dictionary and no vocabulary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownWord {
    /// As it is written most often.
    pub word: String,
    /// The language of the pages that use it.
    pub language: String,
    /// How often it is used, however it is written.
    pub count: usize,
    /// The files that use it.
    pub files: BTreeSet<SitePath>,
}

/// The ways in which a word is written: how often each, and in which files.
type Written<'a> = BTreeMap<&'a str, (usize, BTreeSet<SitePath>)>;

/// Every unknown word of a project: language by language, and there the most used first.
pub fn unknown_words(context: &CheckContext<'_>) -> Vec<UnknownWord> {
    let sites = context.site.in_all_languages();
    let mut words: Vec<UnknownWord> = sites
        .flat_map(|site| of_site(&CheckContext { site, ..*context }))
        .collect();
    words.sort_by(|a, b| {
        let order = |word: &UnknownWord| (word.language.clone(), std::cmp::Reverse(word.count));
        (order(a), &a.word).cmp(&(order(b), &b.word))
    });
    words
}

fn of_site(context: &CheckContext<'_>) -> Vec<UnknownWord> {
    let site = context.site;
    let pages = context.pages();
    let read: Vec<(&Page, Prose, Vec<Option<Tongue>>)> = pages
        .par_iter()
        .filter(|(_, page)| page.text.len() <= MAX_PROSE)
        .map(|(_, page)| {
            let (language, prose) = (site.language_of(page), read_prose(page));
            let tongue = |block: &Block| Tongue::of(block.language_on(language), &site.lexicons);
            let tongues = prose.blocks.iter().map(tongue).collect();
            (&***page, prose, tongues)
        })
        .collect();
    let texts: Vec<Text<'_>> = read
        .iter()
        .map(|(page, prose, tongues)| Text {
            page,
            prose,
            language: site.language_of(page),
            tongues,
        })
        .collect();
    let words: Words = ask_for(&texts);
    let unknowns = unknown(context.store, &site.lexicons, &words);
    let vocabularies = Vocabularies::new(&site.lexicons);
    let mut found: BTreeMap<(String, String), Written<'_>> = BTreeMap::new();
    for text in &texts {
        for (block, tongue) in text.blocks() {
            let Some(unknowns) = unknowns.get(tongue).filter(|words| !words.is_empty()) else {
                continue;
            };
            let language = block.language_on(text.language);
            let right = vocabularies.on(text.page, language);
            let tokens: Vec<_> = tokens(block)
                .into_iter()
                .filter(|token| token.company != Company::Glued)
                .map(|token| (normal(token.text), token))
                .collect();
            let is_unknown = |word: &String| unknowns.contains_key(word);
            let strange = tokens.iter().filter(|(word, _)| is_unknown(word)).count();
            if is_foreign(tokens.len(), strange) {
                continue;
            }
            for (word, token) in tokens {
                if word.chars().count() < 2 || !is_unknown(&word) || right.holds(&word) {
                    continue;
                }
                let key = (language.to_owned(), word.to_lowercase());
                let written = found.entry(key).or_default();
                let (count, files) = written.entry(token.text).or_default();
                *count += 1;
                files.insert(text.page.path.clone());
            }
        }
    }
    let one = |((language, _), written): ((String, String), Written<'_>)| {
        let count = written.values().map(|(count, _)| count).sum();
        let most = written.iter().max_by_key(|(_, (count, _))| *count);
        let word = most.map_or("", |(word, _)| *word).to_owned();
        let files = written.into_values().flat_map(|(_, files)| files);
        UnknownWord {
            word,
            language,
            count,
            files: files.collect(),
        }
    };
    found.into_iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::test_site::site;
    use crate::progress::silent;
    use crate::store::Store;

    #[test]
    fn every_word_is_counted_once() {
        let site = site(&[
            ("tympan.toml", "[check]\nwords = [\"Tympan\"]\n"),
            (
                "a.md",
                "# Zostera\n\nThe Zostera and zostera of tympans, `kelpp`.\n",
            ),
            ("b.md", "More zostera, and a wrack2 of fucoids.\n"),
        ]);
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path());
        let words = unknown_words(&CheckContext {
            site: &site,
            store: &store,
            progress: &silent,
            about: None,
        });
        let shown: Vec<String> = words
            .iter()
            .map(|word| format!("{} {} {}", word.word, word.count, word.files.len()))
            .collect();
        assert_eq!(shown, ["zostera 4 2", "fucoids 1 1"]);
    }
}
