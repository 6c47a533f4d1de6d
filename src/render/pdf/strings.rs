//! The words that a document's template prints.

use serde_json::{Value, json};

/// The words by their names in the template.
pub(super) fn strings() -> Value {
    json!({
        "contents": "Contents",
        "figure": "Figure",
        "part": "Part",
        "chapter": "Chapter",
        "revision": "Revision",
        "page": "Page",
        "of": "of",
        "note": "Note",
        "tip": "Tip",
        "important": "Important",
        "warning": "Warning",
        "caution": "Caution",
    })
}
