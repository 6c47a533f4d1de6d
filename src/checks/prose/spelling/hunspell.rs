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
    /// In letters; a longer word is not looked at.
    longest: usize,
    english: English,
}

/// In letters: the longest word of a dictionary that makes no compounds, and of one that does. The
/// ways to divide a word grow with each letter.
const LONGEST: (usize, usize) = (60, 24);

/// The fewest letters of a part of a compound. A dictionary that asks for fewer is read as though it
/// asked for as many: with parts of one letter, one word takes minutes.
const SHORTEST_PART: usize = 3;

/// What a word with a capital is behind one without: most of them are compounds that nobody uses.
const NOUN: u32 = 40;

/// How many letters of a language are tried in the place of another.
const LETTERS: usize = 48;

impl Hunspell {
    /// Reads a dictionary; what is wrong with it if it cannot be read.
    pub(super) fn new(of: &Dictionary) -> Result<Self, String> {
        let (affixes, longest) = bounded(&of.affixes);
        let read = || spellbook::Dictionary::new(&affixes, &of.words);
        let dictionary = catch_unwind(read)
            .map_err(|_| "it cannot be read".to_owned())?
            .map_err(|error| error.to_string())?;
        Ok(Self {
            dictionary,
            letters: letters(&of.words),
            longest,
            english: English::new(Dialect::Any),
        })
    }

    /// Whether a word, or each part that an apostrophe ends, is right as it is written.
    pub(super) fn knows(&self, word: &str) -> bool {
        let count = word.chars().count();
        count > self.longest
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
        if typed.len() > self.longest.min(LONGEST.0 / 2) {
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

/// The rules of a dictionary with parts of compounds that are long enough, and its longest word.
fn bounded(affixes: &str) -> (String, usize) {
    let makes_compounds = affixes.lines().any(|line| {
        let name = line.split_whitespace().next().unwrap_or("");
        name.starts_with("COMPOUND") && name != "COMPOUNDMIN"
    });
    if !makes_compounds {
        return (affixes.to_owned(), LONGEST.0);
    }
    let line = |line: &str| {
        let mut parts = line.split_whitespace();
        let minimum = (parts.next() == Some("COMPOUNDMIN"))
            .then(|| parts.next().and_then(|number| number.parse::<usize>().ok()));
        match minimum {
            Some(minimum) => {
                let minimum = minimum.unwrap_or(SHORTEST_PART).max(SHORTEST_PART);
                format!("COMPOUNDMIN {minimum}\n")
            }
            None => format!("{line}\n"),
        }
    };
    (affixes.lines().map(line).collect(), LONGEST.1)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::prose::ProseCheck;
    use crate::checks::test_site::found;

    #[test]
    fn parts_of_compounds_have_three_letters() {
        let case = |affixes: &str, expected: (&str, usize)| {
            assert_eq!(bounded(affixes), (expected.0.to_owned(), expected.1));
        };
        case("SET UTF-8\nCOMPOUNDMIN 1", ("SET UTF-8\nCOMPOUNDMIN 1", 60));
        case(
            "COMPOUNDMIN 1\nCOMPOUNDFLAG x\n",
            ("COMPOUNDMIN 3\nCOMPOUNDFLAG x\n", 24),
        );
        case(
            "COMPOUNDRULE 1\nCOMPOUNDMIN 5\n",
            ("COMPOUNDRULE 1\nCOMPOUNDMIN 5\n", 24),
        );
    }

    #[test]
    fn a_broken_dictionary_knows_no_word_and_harms_nothing() {
        let page = ("a.md", "---\nlang: de\n---\n\nDer Tnag liegt.\n");
        let mut told = Vec::new();
        for (affixes, words) in [
            ("SFX N Y 99999\nSFX\n", "1\nTang\n"),
            ("\u{feff}SET X\n", "x"),
        ] {
            let files = [
                ("dictionaries/de.aff", affixes),
                ("dictionaries/de.dic", words),
                page,
            ];
            let found = found(&ProseCheck, &files);
            told.extend(found.into_iter().map(|found| found.code));
        }
        assert_eq!(told, ["config-dictionary"; 2]);
    }
}
