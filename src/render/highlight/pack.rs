//! What is known of the colors of texts, kept from one build to the next.
//!
//! One block costs a few hundred microseconds and its tokens a few hundred bytes, and a site has
//! thousands: all of them are one pack of the store.

use std::sync::{Arc, OnceLock};

use crate::digest::Digest;
use crate::render::highlight::token::{self, Token};
use crate::store::{Key, Pack, Store};

/// Raised whenever the same text would get other tokens: new grammars, classes or limits.
const VERSION: u32 = 2;
const STEP: &str = "highlight";

/// The colors of texts: known from earlier builds, or worked out and kept for later ones.
#[derive(Default)]
pub struct Highlights {
    known: OnceLock<(Arc<Pack>, Digest)>,
}

impl Highlights {
    /// The tokens of a text in a language; none if it is not known.
    pub fn tokens(&self, store: &Store, language: &str, text: &str) -> Vec<Token> {
        if language.is_empty() || !is_known(language) {
            return Vec::new();
        }
        let open = || (store.pack(STEP), Key::new(STEP, VERSION).name());
        let (pack, version) = self.known.get_or_init(open);
        let name = Digest::of_parts([version.bytes(), language.as_bytes(), text.as_bytes()]);
        let known = pack.get(&name);
        store.count(known.is_some());
        if let Some(tokens) = known.and_then(|known| token::decode(&known, text)) {
            return tokens;
        }
        let tokens = worked_out(language, text);
        pack.put(name, &token::encode(&tokens));
        tokens
    }

    /// Keeps what was worked out for the next build.
    pub fn keep(&self) {
        if let Some((pack, _)) = self.known.get() {
            pack.keep();
            pack.trim();
        }
    }
}

#[cfg(feature = "highlight")]
fn is_known(language: &str) -> bool {
    crate::render::highlight::languages::is_known(language)
}

#[cfg(feature = "highlight")]
fn worked_out(language: &str, text: &str) -> Vec<Token> {
    crate::render::highlight::engine::tokens(language, text).unwrap_or_default()
}

#[cfg(not(feature = "highlight"))]
fn is_known(_language: &str) -> bool {
    false
}

#[cfg(not(feature = "highlight"))]
fn worked_out(_language: &str, _text: &str) -> Vec<Token> {
    Vec::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(feature = "highlight")]
    #[test]
    fn what_was_worked_out_is_known_to_the_next_build() {
        let folder = tempfile::tempdir().unwrap();
        let build = |texts: &[&str]| {
            let store = Store::open(folder.path());
            let highlights = Highlights::default();
            for text in texts {
                let tokens = highlights.tokens(&store, "rust", text);
                assert_eq!(tokens.len(), 1, "{text}");
            }
            highlights.keep();
            store.counts()
        };
        assert_eq!(build(&["// a", "// b"]), (0, 2));
        assert_eq!(build(&["// a", "// c", "// b"]), (2, 1));
    }

    #[test]
    fn unknown_languages_ask_for_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path());
        let highlights = Highlights::default();
        assert!(highlights.tokens(&store, "", "a").is_empty());
        assert!(highlights.tokens(&store, "nosuch", "a").is_empty());
        highlights.keep();
        assert_eq!(store.counts(), (0, 0));
    }
}
