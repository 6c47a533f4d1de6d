//! The words that a document's template prints.

use serde_json::{Map, Value};

use crate::render::words::Words;

const KEYS: &[&str] = &["contents", "part", "chapter", "revision", "page_of"];

/// The words by their names in the template.
pub(super) fn strings(words: &Words) -> Value {
    let pairs = KEYS
        .iter()
        .map(|key| ((*key).to_owned(), words.get(key).into()));
    Value::Object(pairs.collect::<Map<_, _>>())
}
