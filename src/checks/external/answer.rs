//! What the web said of one address, as it is kept for the next run.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::store::{Key, Store};

/// The version of what is kept.
const VERSION: u32 = 1;
/// How long, in seconds, a good answer is believed: a week.
const GOOD: i64 = 7 * 24 * 60 * 60;
/// How long it is believed that nothing is there: a day.
const BAD: i64 = 24 * 60 * 60;
/// How long it is believed that a server cannot be reached: an hour, for that passes.
const UNREACHED: i64 = 60 * 60;

/// What became of one address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Answer {
    /// When it was asked for, in seconds since 1970.
    pub at: i64,
    /// What came of it.
    pub state: State,
    /// Where it has moved for good.
    pub moved: Option<String>,
    /// For each part of the page that was asked for, whether it is there.
    pub parts: BTreeMap<String, bool>,
}

/// How an address answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum State {
    /// It is there.
    Good,
    /// The server said something else, by its number in HTTP.
    Status(u16),
    /// No answer came; why, in words.
    Unreached(String),
    /// It was not asked for, or what it leads to was not; why, in words.
    Refused(String),
    /// Its redirects lead nowhere; how, in words.
    Astray(String),
}

impl Answer {
    /// An answer that says nothing of moves and parts.
    pub(super) fn new(at: i64, state: State) -> Self {
        Self {
            at,
            state,
            moved: None,
            parts: BTreeMap::new(),
        }
    }

    fn is_fresh(&self, now: i64) -> bool {
        let lasts = match &self.state {
            State::Good => GOOD,
            State::Status(_) | State::Astray(_) => BAD,
            State::Unreached(_) => UNREACHED,
            // Costs nothing to find out, and may be allowed the next time.
            State::Refused(_) => return false,
        };
        (0..lasts).contains(&(now - self.at))
    }
}

/// What is known of an address, if it is fresh and tells of all `parts`.
pub(super) fn recall<'p>(
    store: &Store,
    address: &str,
    mut parts: impl Iterator<Item = &'p str>,
    now: i64,
) -> Option<Answer> {
    let known: Answer = serde_json::from_slice(&store.recall(&key(address))?).ok()?;
    let tells = known.state != State::Good || parts.all(|part| known.parts.contains_key(part));
    (known.is_fresh(now) && tells).then_some(known)
}

/// Keeps an answer.
pub(super) fn remember(store: &Store, address: &str, answer: &Answer) {
    if let Ok(json) = serde_json::to_vec(answer) {
        store.cache(&key(address), &json);
    }
}

fn key(address: &str) -> Key {
    Key::new("external", VERSION).input("address", address.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_grow_old() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path());
        let case = |state: State, after: i64, expected: bool| {
            remember(&store, "https://x.example/", &Answer::new(1000, state));
            let known = recall(
                &store,
                "https://x.example/",
                std::iter::empty(),
                1000 + after,
            );
            assert_eq!(known.is_some(), expected);
        };
        case(State::Good, GOOD - 1, true);
        case(State::Good, GOOD, false);
        case(State::Good, -1, false);
        case(State::Status(404), BAD - 1, true);
        case(State::Status(404), BAD, false);
        case(State::Unreached("no".to_owned()), UNREACHED, false);
        case(State::Refused("no".to_owned()), 0, false);
    }

    #[test]
    fn an_answer_tells_of_the_parts_it_was_asked_for() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path());
        let mut answer = Answer::new(0, State::Good);
        answer.parts.insert("a".to_owned(), false);
        remember(&store, "https://x.example/", &answer);
        let recall = |parts: &[&str]| {
            recall(&store, "https://x.example/", parts.iter().copied(), 1).is_some()
        };
        assert!(recall(&[]) && recall(&["a"]) && !recall(&["a", "b"]));
    }
}
