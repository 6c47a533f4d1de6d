//! In which language words are spelled.

use crate::checks::prose::engine::{Dialect, version};
use crate::checks::prose::spelling::english::English;
use crate::checks::prose::spelling::hunspell::Hunspell;
use crate::site::Lexicons;
use crate::store::Key;

/// A language that words can be looked up in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::checks::prose) enum Tongue {
    /// English, as a region spells it.
    English(Dialect),
    /// Another, by the tag of its dictionary.
    Other(String),
}

/// A dictionary that is loaded.
pub(super) enum Lexicon {
    English(English),
    Other(Box<Hunspell>),
}

impl Tongue {
    /// The one of a language, if there is a dictionary of it.
    pub(in crate::checks::prose) fn of(language: &str, lexicons: &Lexicons) -> Option<Self> {
        match Dialect::of(language) {
            Some(dialect) => Some(Self::English(dialect)),
            None => lexicons
                .dictionary(language)
                .map(|_| Self::Other(language.to_owned())),
        }
    }

    /// Whether words inside a sentence begin with a capital that are no names.
    pub(super) fn has_capital_nouns(&self) -> bool {
        matches!(self, Self::Other(tag) if tag.split(['-', '_']).next() == Some("de"))
    }

    /// Whether words are written as those of English are: with 26 letters.
    pub(super) fn is_english(&self) -> bool {
        matches!(self, Self::English(_))
    }

    /// Adds to a key which dictionary it is.
    pub(super) fn input(&self, key: Key, lexicons: &Lexicons) -> Key {
        let key = key.input("harper", version().as_bytes());
        match self {
            Self::English(dialect) => key.input("dialect", dialect.name().as_bytes()),
            Self::Other(tag) => match lexicons.dictionary(tag) {
                Some(dictionary) => key.input("dictionary", dictionary.digest.bytes()),
                None => key,
            },
        }
    }

    /// What is wrong with its dictionary, and the path of that without an ending.
    pub(super) fn fault<'a>(&self, lexicons: &'a Lexicons) -> Option<(&'a str, String)> {
        let Self::Other(tag) = self else {
            return None;
        };
        let dictionary = lexicons.dictionary(tag)?;
        let fault = Hunspell::new(dictionary).err()?;
        Some((&dictionary.name, fault))
    }

    /// Loads its dictionary.
    pub(super) fn load(&self, lexicons: &Lexicons) -> Option<Lexicon> {
        match self {
            Self::English(dialect) => Some(Lexicon::English(English::new(*dialect))),
            Self::Other(tag) => {
                let hunspell = Hunspell::new(lexicons.dictionary(tag)?).ok()?;
                Some(Lexicon::Other(Box::new(hunspell)))
            }
        }
    }
}

impl Lexicon {
    /// Whether a word is right as it is written.
    pub(super) fn knows(&self, word: &str) -> bool {
        match self {
            Self::English(english) => english.knows(word),
            Self::Other(other) => other.knows(word),
        }
    }

    /// Whether an unknown word is made of known ones by the rules of the language.
    pub(super) fn forms(&self, word: &str) -> bool {
        match self {
            Self::English(english) => english.forms(word),
            Self::Other(_) => false,
        }
    }

    /// The words that may be meant by one that is unknown, with how far each lies from it.
    pub(super) fn near(&self, word: &str) -> Vec<(String, u32)> {
        match self {
            Self::English(english) => english.near(word),
            Self::Other(other) => other.near(word),
        }
    }

    /// Whether the table of known misspellings is of its language.
    pub(super) fn is_english(&self) -> bool {
        matches!(self, Self::English(_))
    }
}
