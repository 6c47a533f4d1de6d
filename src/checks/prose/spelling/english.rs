//! The English dictionary: harper's, asked without its rules.

use std::sync::Arc;

use harper_core::spell::{Dictionary, FstDictionary};

use crate::checks::prose::engine::Dialect;
use crate::checks::prose::spelling::forms::is_formed;
use crate::checks::prose::spelling::likeness::slip;
use crate::checks::prose::spelling::terms::is_term;

/// The words of a dialect.
pub(super) struct English {
    dialect: Dialect,
    words: Arc<FstDictionary>,
}

/// How many words near to another are looked at, and how many are kept.
const LOOKED_AT: usize = 600;
const KEPT: usize = 12;

/// Words this long may hold two wrong letters that are one slip of the hand.
const LONG: usize = 8;
const ONE_SLIP: u32 = 160;

/// Two letters that changed places, or one that was doubled, in a common word.
const SURE_SLIP: u32 = 60;

/// What a common word is ahead of a rare one, in the unit of [`slip`].
const COMMON: u32 = 45;

impl English {
    /// Loads the dictionary, which takes a third of a second the first time.
    pub(super) fn new(dialect: Dialect) -> Self {
        Self {
            dialect,
            words: FstDictionary::curated(),
        }
    }

    /// Whether a word is right as it is written.
    pub(super) fn knows(&self, word: &str) -> bool {
        if is_term(&word.to_lowercase()) {
            return true;
        }
        let letters: Vec<char> = word.chars().collect();
        if self.has(&letters) {
            return true;
        }
        let capitals = letters.iter().filter(|c| c.is_uppercase()).count();
        let lower: Vec<char> = word.to_lowercase().chars().collect();
        if capitals > 0 && self.has(&lower) {
            return true;
        }
        let shouted = capitals > 1 && capitals == letters.len();
        if shouted && self.words.contains_word(&letters) {
            return true;
        }
        let ends = ["'s", "'ll", "'d", "'ve", "'re", "'m", "'"];
        let base = ends.iter().find_map(|end| word.strip_suffix(end));
        base.is_some_and(|base| !base.is_empty() && self.knows(base))
    }

    /// Whether an unknown word is made of known ones by the rules of the language.
    pub(super) fn forms(&self, word: &str) -> bool {
        let letters: Vec<char> = word.chars().collect();
        let plain = |part: &[char]| {
            let metadata = self.words.get_word_metadata_exact(part);
            metadata.is_some_and(|word| word.common && word.derived_from.is_none())
        };
        // `innside` is made of two words, and nobody means them.
        let is_slip = || {
            let sure = |(near, off): &(String, u32)| *off <= SURE_SLIP && !near.contains('\'');
            self.near(word).iter().any(sure)
        };
        is_formed(&letters, &|part| self.has(part), &plain) && !is_slip()
    }

    /// The words that may be meant by one that is unknown, with how far each lies from it; none if
    /// the nearest is too far, or if whatever is wrong is not its letters.
    pub(super) fn near(&self, word: &str) -> Vec<(String, u32)> {
        let typed: Vec<char> = word.chars().collect();
        let limit = if typed.len() < LONG { 1 } else { 2 };
        let mut any_common = false;
        let mut words: Vec<(String, u32)> = Vec::new();
        for found in self.words.fuzzy_match(&typed, limit, LOOKED_AT) {
            let metadata = &found.metadata;
            if !self.is_of_dialect(found.word) || metadata.swear == Some(true) {
                continue;
            }
            let near: String = found.word.iter().collect();
            // A name in lower case, or two words in one.
            if near.to_lowercase().replace([' ', '-'], "") == word {
                return Vec::new();
            }
            if near.contains([' ', '-']) || near.chars().any(char::is_uppercase) {
                continue;
            }
            if near.replace('\'', "") != word && near.contains('\'') {
                continue;
            }
            let slip = slip(&typed, found.word);
            // Two slips in a word are rare; two words that differ in two letters are not.
            if found.edit_distance > 1 && slip > ONE_SLIP {
                continue;
            }
            any_common |= metadata.common;
            let rare = if metadata.common { 0 } else { COMMON };
            words.push((near, slip + rare));
        }
        if !any_common {
            return Vec::new();
        }
        words.sort_by(|(a, cost), (b, other)| (cost, a).cmp(&(other, b)));
        words.dedup_by(|(a, _), (b, _)| a == b);
        words.truncate(KEPT);
        words
    }

    fn has(&self, word: &[char]) -> bool {
        self.words.contains_exact_word(word) && self.is_of_dialect(word)
    }

    fn is_of_dialect(&self, word: &[char]) -> bool {
        let metadata = self.words.get_word_metadata(word);
        metadata.is_some_and(|metadata| match self.dialect.region() {
            None => true,
            Some(dialect) => metadata.dialects.is_dialect_enabled(dialect),
        })
    }
}
