//! What a dictionary says of words, kept in the store, so that it is loaded only for words that
//! were never looked up.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::checks::prose::spelling::likeness::slip;
use crate::checks::prose::spelling::tongue::{Lexicon, Tongue};
use crate::checks::prose::spelling::typos::corrections;
use crate::diagnostic::{Diagnostic, Severity};
use crate::digest::Digest;
use crate::site::Lexicons;
use crate::site_path::SitePath;
use crate::store::{Key, Store};

/// The version of what is kept.
const VERSION: u32 = 7;

/// The step that results are kept under.
pub(in crate::checks) const STEP: &str = "spelling";

/// What is said of a word that no dictionary has.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Unknown {
    /// Whether it is made of known words, so that its letters are meant.
    pub formed: bool,
    /// What is meant, if it is a known misspelling; the likeliest first.
    pub typo: Vec<String>,
}

/// Words, by the language that they are written in.
pub(super) type Words = BTreeMap<Tongue, BTreeSet<String>>;

/// What is said of some of the words that were asked for.
pub(super) type Answers<T> = BTreeMap<Tongue, BTreeMap<String, T>>;

/// The words that are in no dictionary.
pub(super) fn unknown(store: &Store, lexicons: &Lexicons, words: &Words) -> Answers<Unknown> {
    ask(store, lexicons, "unknown", words, |lexicon, word| {
        if lexicon.knows(word) {
            return None;
        }
        let lower = word.to_lowercase();
        let table = match lexicon.is_english() {
            true => corrections(&lower),
            false => &[],
        };
        let known = |meant: &&&str| meant.split(' ').all(|word| lexicon.knows(word));
        Some(Unknown {
            formed: lexicon.forms(&lower),
            typo: ranked(&lower, table.iter().filter(known)),
        })
    })
}

/// The words near to unknown ones, with how far each lies off; nothing for those that lie far from
/// every word.
pub(super) fn near(
    store: &Store,
    lexicons: &Lexicons,
    words: &Words,
) -> Answers<Vec<(String, u32)>> {
    ask(store, lexicons, "near", words, |lexicon, word| {
        Some(lexicon.near(word)).filter(|near| !near.is_empty())
    })
}

/// The dictionaries of the project that cannot be read. What was read once is not read again.
pub(super) fn broken(
    store: &Store,
    lexicons: &Lexicons,
    tongues: &BTreeSet<&Tongue>,
) -> Vec<Diagnostic> {
    let pack = store.pack(STEP);
    let of_tongue = |tongue: &&Tongue| {
        let key = Key::new(STEP, VERSION).input("question", b"fault");
        let name = tongue.input(key, lexicons).name();
        if pack.get(&name).is_some() {
            return None;
        }
        let Some((path, fault)) = tongue.fault(lexicons) else {
            pack.put(name, &[]);
            return None;
        };
        let file = SitePath::parse(&format!("{path}.aff")).ok()?;
        let message = format!("the dictionary `{path}` cannot be read: {fault}");
        let found = Diagnostic::new("config-dictionary", Severity::Error, &file, message);
        Some(found.help("correct its two files, or take another dictionary"))
    };
    tongues.iter().filter_map(of_tongue).collect()
}

fn ranked<'a>(word: &str, meant: impl Iterator<Item = &'a &'static str>) -> Vec<String> {
    let letters = |word: &str| word.chars().collect::<Vec<char>>();
    let typed = letters(word);
    let mut meant: Vec<&str> = meant.copied().collect();
    meant.sort_by_key(|meant| slip(&typed, &letters(meant)));
    meant.into_iter().map(str::to_owned).collect()
}

fn ask<T: Send + Serialize + DeserializeOwned>(
    store: &Store,
    lexicons: &Lexicons,
    question: &str,
    words: &Words,
    answer: impl Fn(&Lexicon, &str) -> Option<T> + Sync,
) -> Answers<T> {
    let pack = store.pack(STEP);
    let mut answers = BTreeMap::new();
    for (tongue, words) in words {
        let key = Key::new(STEP, VERSION).input("question", question.as_bytes());
        let key = tongue.input(key, lexicons).name();
        let name = |word: &str| Digest::of_parts([key.bytes(), word.as_bytes()]);
        let known = |word: &String| {
            let bytes = pack.get(&name(word))?;
            serde_json::from_slice::<Option<T>>(&bytes).ok()
        };
        let known: Vec<(&String, Option<Option<T>>)> =
            words.par_iter().map(|word| (word, known(word))).collect();
        let is_new = known.iter().any(|(_, answer)| answer.is_none());
        let lexicon = is_new.then(|| tongue.load(lexicons)).flatten();
        let answers_of = known.into_par_iter().filter_map(|(word, known)| {
            let answer = match (known, &lexicon) {
                (Some(known), _) => known,
                (None, Some(lexicon)) => {
                    let fresh = answer(lexicon, word);
                    if let Ok(bytes) = serde_json::to_vec(&fresh) {
                        pack.put(name(word), &bytes);
                    }
                    fresh
                }
                (None, None) => None,
            };
            answer.map(|answer| (word.clone(), answer))
        });
        answers.insert(tongue.clone(), answers_of.collect());
    }
    pack.keep();
    answers
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::prose::engine::Dialect;

    /// Slips that are known, and random ones.
    const SLIPS: &str = include_str!("../../../../tests/misspellings.txt");

    #[test]
    fn nearly_every_slip_is_told_with_what_was_meant() {
        let slips: Vec<(&str, &str)> = SLIPS
            .lines()
            .filter(|line| !line.starts_with('#'))
            .filter_map(|line| line.split_once(' '))
            .collect();
        let folder = tempfile::tempdir().unwrap();
        let (store, lexicons) = (Store::open(folder.path()), Lexicons::default());
        let tongue = Tongue::English(Dialect::Any);
        let ask: BTreeSet<String> = slips.iter().map(|(slip, _)| (*slip).to_owned()).collect();
        let words = BTreeMap::from([(tongue.clone(), ask)]);
        let unknown = unknown(&store, &lexicons, &words);
        let near = near(&store, &lexicons, &words);
        let meant = |slip: &str| {
            let unknown = unknown[&tongue].get(slip)?;
            let near = || {
                near[&tongue]
                    .get(slip)?
                    .first()
                    .map(|(word, _)| word.clone())
            };
            let known = unknown.typo.first().cloned();
            known.or_else(|| near().filter(|_| !unknown.formed))
        };
        let found: Vec<(&str, &str, Option<String>)> = slips
            .iter()
            .map(|(slip, word)| (*slip, *word, meant(slip)))
            .collect();
        let missed: Vec<_> = found.iter().filter(|(.., meant)| meant.is_none()).collect();
        let wrong = |(_, word, meant): &&(&str, &str, Option<String>)| {
            meant.as_ref().is_some_and(|meant| meant != word)
        };
        let wrong: Vec<_> = found.iter().filter(wrong).collect();
        let share = |count: usize| count * 100 / found.len();
        assert!(found.len() >= 300);
        assert!(share(missed.len()) < 3, "missed: {missed:?}");
        assert!(share(wrong.len()) < 15, "wrong: {wrong:?}");
    }
}
