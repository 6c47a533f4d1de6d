//! A dictionary of another language, in hunspell's form, with English as the second one: whoever
//! writes about software mixes both.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::checks::prose::engine::Dialect;
use crate::checks::prose::spelling::english::English;
use crate::checks::prose::spelling::likeness::slip;
use crate::site::Dictionary;

/// The words of a language, and those of English.
pub(super) struct Hunspell {
    dictionary: spellbook::Dictionary,
    letters: Vec<char>,
    english: English,
}

/// In letters; a longer word is not looked at.
const LONGEST: usize = 60;

/// What a word with a capital is behind one without: most of them are compounds that nobody uses.
const NOUN: u32 = 40;

/// How many letters of a language are tried in the place of another.
const LETTERS: usize = 48;

impl Hunspell {
    /// Reads a dictionary; what is wrong with it if it cannot be read.
    pub(super) fn new(of: &Dictionary) -> Result<Self, String> {
        let read = || spellbook::Dictionary::new(&of.affixes, &of.words);
        let dictionary = catch_unwind(read)
            .map_err(|_| "it cannot be read".to_owned())?
            .map_err(|error| error.to_string())?;
        Ok(Self {
            dictionary,
            letters: letters(&of.words),
            english: English::new(Dialect::Any),
        })
    }

    /// Whether a word, or each part that an apostrophe ends, is right as it is written.
    pub(super) fn knows(&self, word: &str) -> bool {
        let count = word.chars().count();
        count > LONGEST
            || self.has(word)
            || self.english.knows(word)
            || (word.contains('\'')
                && word
                    .split('\'')
                    .all(|part| part.chars().count() < 2 || self.has(part)))
    }

    /// The words that one slip makes into this one, the likeliest first.
    pub(super) fn near(&self, word: &str) -> Vec<(String, u32)> {
        let typed: Vec<char> = word.chars().collect();
        if typed.len() > LONGEST / 2 {
            return Vec::new();
        }
        let mut near: Vec<(String, u32)> = Vec::new();
        let mut consider = |letters: &[char]| {
            let mut meant: String = letters.iter().collect();
            let mut cost = slip(&typed, letters);
            if !self.has(&meant) {
                cost += NOUN;
                meant = capitalized(&meant);
                if !self.has(&meant) {
                    return;
                }
            }
            if near.iter().all(|(known, _)| *known != meant) {
                near.push((meant, cost));
            }
        };
        for at in 0..typed.len() {
            let mut letters = typed.clone();
            letters.remove(at);
            consider(&letters);
            if at + 1 < typed.len() {
                let mut letters = typed.clone();
                letters.swap(at, at + 1);
                consider(&letters);
            }
        }
        for at in 0..=typed.len() {
            for letter in &self.letters {
                let mut letters = typed.clone();
                letters.insert(at, *letter);
                consider(&letters);
                if at < typed.len() {
                    let mut letters = typed.clone();
                    letters[at] = *letter;
                    consider(&letters);
                }
            }
        }
        near.sort_by(|(a, cost), (b, other)| (cost, a).cmp(&(other, b)));
        near.truncate(12);
        near
    }

    fn has(&self, word: &str) -> bool {
        catch_unwind(AssertUnwindSafe(|| self.dictionary.check(word))).unwrap_or(true)
    }
}

/// A noun or a name, as some languages write them.
pub(super) fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).collect()
}

/// The letters that words are written with, the commonest first.
fn letters(words: &str) -> Vec<char> {
    let mut counts: BTreeMap<char, usize> = BTreeMap::new();
    let words = words.lines().skip(1).take(50_000);
    for letter in words.flat_map(|line| line.split('/').next().unwrap_or("").chars()) {
        if letter.is_lowercase() || (letter.is_alphabetic() && !letter.is_uppercase()) {
            *counts.entry(letter).or_default() += 1;
        }
    }
    let mut letters: Vec<(char, usize)> = counts.into_iter().collect();
    letters.sort_by_key(|(letter, count)| (std::cmp::Reverse(*count), *letter));
    let letters = letters.into_iter().take(LETTERS);
    letters.map(|(letter, _)| letter).collect()
}
