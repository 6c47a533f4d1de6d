//! Who is quoted: the last paragraph of a quotation, if it begins with a dash as such lines do.

use serde_json::Value;

/// The dashes that a line about a quotation begins with.
const DASHES: [&str; 4] = ["—", "―", "–", "--"];

/// Sets the last paragraph of each quotation apart where it says who is quoted.
pub(super) fn set_apart(nodes: &mut [Value]) {
    for node in nodes {
        for (_, inner) in node.as_object_mut().into_iter().flatten() {
            match inner {
                Value::Array(inner) => set_apart(inner),
                Value::Object(_) => set_apart(std::slice::from_mut(inner)),
                _ => {}
            }
        }
        if let Value::Array(inner) = node {
            set_apart(inner);
        }
        if node["t"] == "quote"
            && let Some(by) = node["c"].as_array_mut().and_then(attribution)
        {
            node["by"] = by;
        }
    }
}

fn attribution(blocks: &mut Vec<Value>) -> Option<Value> {
    let last = blocks.last().filter(|_| blocks.len() > 1)?;
    let first = last["c"].get(0).filter(|_| last["t"] == "para")?.as_str()?;
    let dashed = DASHES.iter().any(|dash| first.starts_with(dash));
    let last = if dashed { blocks.pop() } else { None };
    Some(last?["c"].take())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn case(blocks: Value, expected: Value) {
        let mut nodes = [json!({"t": "list", "items": [[{"t": "quote", "c": blocks}]]})];
        set_apart(&mut nodes);
        assert_eq!(nodes[0]["items"][0][0], expected);
    }

    #[test]
    fn the_last_line_says_who_is_quoted() {
        let words = json!({"t": "para", "c": ["Words."]});
        let by = json!({"t": "para", "c": ["— Ada, ", {"i": "em", "c": ["Work"]}]});
        case(
            json!([words, by]),
            json!({"t": "quote", "c": [words], "by": by["c"]}),
        );
        case(json!([by]), json!({"t": "quote", "c": [by]}));
        case(json!([by, words]), json!({"t": "quote", "c": [by, words]}));
    }
}
