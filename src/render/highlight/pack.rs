//! What is known of the colors of texts, kept from one build to the next.
//!
//! One block costs a few hundred microseconds and its tokens a few hundred bytes, and a site has
//! thousands: all of them are one result of the store, read at the first block and written once.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use crate::digest::Digest;
use crate::render::highlight::token::{self, Token};
use crate::store::{Key, Store};

/// Raised whenever the same text would get other tokens: new grammars, classes or limits.
const VERSION: u32 = 1;
/// Blocks that no page has asked for are kept up to this share of those that one has.
const STALE_SHARE: usize = 2;

/// The colors of texts: known from earlier builds, or worked out and kept for later ones.
#[derive(Default)]
pub struct Highlights {
    known: OnceLock<BTreeMap<Digest, Known>>,
    found: Mutex<BTreeMap<Digest, Vec<u8>>>,
}

struct Known {
    tokens: Vec<u8>,
    used: AtomicBool,
}

impl Highlights {
    /// The tokens of a text in a language; none if it is not known.
    pub fn tokens(&self, store: &Store, language: &str, text: &str) -> Vec<Token> {
        if language.is_empty() || !is_known(language) {
            return Vec::new();
        }
        let name = Digest::of_parts([language.as_bytes(), text.as_bytes()]);
        let known = self.known.get_or_init(|| {
            let bytes = store.cached(&key()).unwrap_or_default();
            read(&bytes).unwrap_or_default()
        });
        if let Some(known) = known.get(&name)
            && let Some(tokens) = token::decode(&known.tokens, text)
        {
            known.used.store(true, Ordering::Relaxed);
            return tokens;
        }
        let found = || self.found.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(tokens) = found().get(&name) {
            return token::decode(tokens, text).unwrap_or_default();
        }
        let tokens = worked_out(language, text);
        found().insert(name, token::encode(&tokens));
        tokens
    }

    /// Keeps what was worked out for the next build.
    pub fn keep(&self, store: &Store) {
        let found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        if found.is_empty() {
            return;
        }
        let mut all: BTreeMap<&Digest, &[u8]> = BTreeMap::new();
        let used = |known: &Known| known.used.load(Ordering::Relaxed);
        if let Some(known) = self.known.get() {
            all.extend(known.iter().filter(|(_, known)| used(known)).map(pair));
            let most = (all.len() + found.len()) * STALE_SHARE;
            let stale = known.iter().filter(|(_, known)| !used(known));
            all.extend(stale.take(most).map(pair));
        }
        all.extend(found.iter().map(|(name, tokens)| (name, tokens.as_slice())));
        store.cache(&key(), &write(&all));
    }
}

fn pair<'a>((name, known): (&'a Digest, &'a Known)) -> (&'a Digest, &'a [u8]) {
    (name, &known.tokens)
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

fn key() -> Key {
    Key::new("highlight", VERSION)
}

fn write(all: &BTreeMap<&Digest, &[u8]>) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (name, tokens) in all {
        bytes.extend_from_slice(name.bytes());
        token::write_number(&mut bytes, tokens.len() as u32);
        bytes.extend_from_slice(tokens);
    }
    bytes
}

fn read(mut bytes: &[u8]) -> Option<BTreeMap<Digest, Known>> {
    let mut known = BTreeMap::new();
    while !bytes.is_empty() {
        let (name, rest) = bytes.split_first_chunk::<32>()?;
        bytes = rest;
        let length = token::read_number(&mut bytes)? as usize;
        let (tokens, rest) = bytes.split_at_checked(length)?;
        bytes = rest;
        let tokens = Known {
            tokens: tokens.to_vec(),
            used: AtomicBool::new(false),
        };
        known.insert(Digest::from_bytes(*name), tokens);
    }
    Some(known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(feature = "highlight")]
    fn all(highlights: &Highlights) -> Vec<(Digest, Vec<u8>)> {
        let known = highlights.known.get().into_iter().flatten();
        known
            .map(|(name, known)| (*name, known.tokens.clone()))
            .collect()
    }

    #[test]
    fn damaged_packs_are_not_read() {
        let name = Digest::of(b"a");
        let bytes = write(&BTreeMap::from([(&name, &b"\0\x01\0"[..])]));
        assert_eq!(read(&bytes).unwrap().len(), 1);
        for cut in 1..bytes.len() {
            assert!(read(&bytes[..cut]).is_none(), "{cut}");
        }
    }

    #[cfg(feature = "highlight")]
    #[test]
    fn what_was_worked_out_is_known_to_the_next_build() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path());
        let build = |texts: &[&str]| {
            let highlights = Highlights::default();
            for text in texts {
                let tokens = highlights.tokens(&store, "rust", text);
                assert_eq!(tokens.len(), 1, "{text}");
            }
            highlights.keep(&store);
            highlights
        };
        build(&["// a", "// b"]);
        let second = build(&["// a", "// b"]);
        assert_eq!(all(&second).len(), 2);
        assert!(second.found.into_inner().unwrap().is_empty());
        let third = build(&["// c"]);
        assert_eq!(all(&third).len(), 2);
        assert_eq!(all(&build(&["// d"])).len(), 3);
    }

    #[test]
    fn unknown_languages_ask_for_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path());
        let highlights = Highlights::default();
        assert!(highlights.tokens(&store, "", "a").is_empty());
        assert!(highlights.tokens(&store, "nosuch", "a").is_empty());
        highlights.keep(&store);
        assert_eq!(store.counts(), (0, 0));
    }
}
