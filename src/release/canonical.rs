//! One spelling for one value: JSON as RFC 8785 writes it, so that a digest names a meaning.

use serde::Serialize;
use serde_json::Value;

/// Writes `value` as canonical JSON: no white space, keys sorted by UTF-16 code units (RFC 8785
/// §3.2.3). Numbers in a release are integers below 2^53, so its number rules are not needed.
///
/// # Panics
/// Never for the types of this room: they hold only text, integers, lists and maps with text keys.
pub fn to_canonical_json(value: &impl Serialize) -> Vec<u8> {
    let value = serde_json::to_value(value).expect("release types hold only what JSON can hold");
    let mut text = String::new();
    write(&value, &mut text);
    text.into_bytes()
}

fn write(value: &Value, text: &mut String) {
    match value {
        Value::Array(items) => {
            text.push('[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    text.push(',');
                }
                write(item, text);
            }
            text.push(']');
        }
        Value::Object(map) => {
            // Sorted here whatever the map keeps: another crate may turn on `preserve_order`.
            let mut entries: Vec<_> = map.iter().collect();
            entries.sort_by(|a, b| a.0.encode_utf16().cmp(b.0.encode_utf16()));
            text.push('{');
            for (at, (key, item)) in entries.into_iter().enumerate() {
                if at > 0 {
                    text.push(',');
                }
                text.push_str(&Value::from(key.as_str()).to_string());
                text.push(':');
                write(item, text);
            }
            text.push('}');
        }
        plain => text.push_str(&plain.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn keys_are_sorted_and_white_space_is_left_out() {
        let value = json!({"b": [1, {"z": null, "a": "x\"\n"}], "a": true});
        let text = String::from_utf8(to_canonical_json(&value)).unwrap();
        assert_eq!(text, r#"{"a":true,"b":[1,{"a":"x\"\n","z":null}]}"#);
    }
}
