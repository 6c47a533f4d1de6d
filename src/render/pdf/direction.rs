//! Which way a paragraph is written: as its first letter is, in a document of the other direction.

use serde_json::{Value, json};

/// Marks blocks that are written from right to left in a text that is not, and the other way round.
pub(super) fn mark_directions(nodes: &mut Value, around: &'static str) {
    match nodes {
        Value::Array(nodes) => {
            for node in nodes {
                mark_directions(node, around);
            }
        }
        Value::Object(_) => {
            let kind = nodes["t"].as_str().unwrap_or_default();
            let is_block = matches!(
                kind,
                "para" | "plain" | "heading" | "list" | "quote" | "terms"
            );
            let own = is_block.then(|| direction_of(nodes)).flatten();
            let own = own.unwrap_or(around);
            if is_block && own != around {
                nodes["dir"] = json!(own);
            }
            if let Value::Object(fields) = nodes {
                for value in fields.values_mut() {
                    mark_directions(value, own);
                }
            }
        }
        _ => {}
    }
}

/// The direction of the first letter of a node that has one.
fn direction_of(node: &Value) -> Option<&'static str> {
    match node {
        Value::String(text) => text.chars().find_map(direction_of_letter),
        Value::Array(nodes) => nodes.iter().find_map(direction_of),
        Value::Object(fields) => {
            // Code and formulas have no direction of their own.
            let inside = ["c", "body", "items", "term"];
            inside
                .iter()
                .find_map(|name| direction_of(fields.get(*name)?))
        }
        _ => None,
    }
}

fn direction_of_letter(letter: char) -> Option<&'static str> {
    match letter {
        '\u{590}'..='\u{8ff}'
        | '\u{fb1d}'..='\u{fdff}'
        | '\u{fe70}'..='\u{fefe}'
        | '\u{10800}'..='\u{10fff}'
        | '\u{1e800}'..='\u{1efff}' => letter.is_alphabetic().then_some("rtl"),
        _ => letter.is_alphabetic().then_some("ltr"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_paragraph_goes_as_its_first_letter() {
        let mut nodes = json!([
            {"t": "para", "c": ["1. ", {"i": "em", "c": ["שלום"]}, " and more"]},
            {"t": "para", "c": ["and שלום"]},
            {"t": "list", "items": [{"t": "item", "body": [{"t": "plain", "c": ["عربي"]}, {"t": "plain", "c": ["x"]}]}]},
            {"t": "para", "c": ["12"]},
        ]);
        mark_directions(&mut nodes, "ltr");
        assert_eq!(nodes[0]["dir"], "rtl");
        assert!(nodes[1]["dir"].is_null() && nodes[3]["dir"].is_null());
        assert_eq!(nodes[2]["dir"], "rtl");
        let body = &nodes[2]["items"][0]["body"];
        assert!(body[0]["dir"].is_null());
        assert_eq!(body[1]["dir"], "ltr");
    }
}
