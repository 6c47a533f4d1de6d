//! Nobody can follow a link on paper: a document for print tells its address in a note.

use std::collections::BTreeMap;

use serde_json::{Value, json};

/// What an address on paper can do without.
const SCHEMES: [&str; 2] = ["https://", "http://"];
/// After these an address may go on in the next line.
const SEPARATORS: &str = "/-_.?&=#";

/// Puts a note behind each link of the chapter at `index` that leads to the web and does not show its
/// address. One address has one note; in a note it follows the link in parentheses. Headings, the heads
/// of tables and captions are left as they are.
pub(super) fn tell_addresses(blocks: &mut [Value], index: usize) {
    let mut teller = Teller {
        index,
        told: BTreeMap::new(),
        in_note: false,
    };
    teller.blocks(blocks);
}

struct Teller {
    index: usize,
    /// The addresses that have a note, each with its label.
    told: BTreeMap<String, String>,
    /// Whether this is the text of a note.
    in_note: bool,
}

impl Teller {
    fn blocks(&mut self, blocks: &mut [Value]) {
        for block in blocks {
            match block["t"].as_str() {
                Some("para" | "plain") => {
                    if let Some(spans) = block.get_mut("c").and_then(Value::as_array_mut) {
                        self.spans(spans);
                    }
                }
                Some("table") => {
                    for row in inside(block, "rows") {
                        for cell in row.as_array_mut().into_iter().flatten() {
                            if let Some(spans) = cell.get_mut("c").and_then(Value::as_array_mut) {
                                self.spans(spans);
                            }
                        }
                    }
                }
                Some("quote" | "alert" | "tab" | "numbered") => self.blocks(inside(block, "c")),
                Some("list") => {
                    for item in inside(block, "items") {
                        self.blocks(inside(item, "body"));
                    }
                }
                Some("terms") => {
                    for item in inside(block, "items") {
                        for definition in inside(item, "defs") {
                            self.blocks(definition.as_array_mut().map_or(&mut [], |all| all));
                        }
                    }
                }
                _ => {}
            }
        }
    }

    fn spans(&mut self, spans: &mut Vec<Value>) {
        let old = std::mem::take(spans);
        for mut span in old {
            let note = self.note(&span);
            let kind = span["i"].as_str().unwrap_or_default().to_owned();
            if let Some(inner) = span.get_mut("c").and_then(Value::as_array_mut) {
                match kind.as_str() {
                    "link" => {}
                    "note" => {
                        let outer = std::mem::replace(&mut self.in_note, true);
                        self.blocks(inner);
                        self.in_note = outer;
                    }
                    _ => self.spans(inner),
                }
            }
            spans.push(span);
            spans.extend(note);
        }
    }

    fn note(&mut self, span: &Value) -> Option<Value> {
        let url = span["url"].as_str().filter(|_| span["i"] == "link")?;
        let address = SCHEMES.iter().find_map(|scheme| url.strip_prefix(scheme))?;
        let address = address.trim_end_matches('/');
        let mut words = String::new();
        text(&span["c"], &mut words);
        if words.replace('\u{200b}', "").contains(address) {
            return None;
        }
        if self.in_note {
            return Some(json!(format!(" ({})", breakable(address))));
        }
        if let Some(label) = self.told.get(url) {
            return Some(json!({"i": "note", "again": label}));
        }
        let label = format!("p{}-address-{}", self.index, self.told.len());
        self.told.insert(url.to_owned(), label.clone());
        let link = json!({"i": "link", "url": url, "c": [breakable(address)]});
        Some(json!({"i": "note", "label": label, "c": [{"t": "para", "c": [link]}]}))
    }
}

/// What a node holds under a key.
fn inside<'a>(node: &'a mut Value, key: &str) -> &'a mut [Value] {
    let found = node.get_mut(key).and_then(Value::as_array_mut);
    found.map_or(&mut [], |nodes| nodes)
}

/// The words of some spans.
fn text(node: &Value, words: &mut String) {
    match node {
        Value::String(part) => words.push_str(part),
        Value::Array(nodes) => nodes.iter().for_each(|node| text(node, words)),
        Value::Object(fields) => {
            for key in ["c", "v"] {
                if let Some(inner) = fields.get(key) {
                    text(inner, words);
                }
            }
        }
        _ => {}
    }
}

fn breakable(address: &str) -> String {
    let mut broken = String::with_capacity(address.len());
    for letter in address.chars() {
        broken.push(letter);
        if SEPARATORS.contains(letter) {
            broken.push('\u{200b}');
        }
    }
    broken
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_told_once_where_it_is_not_seen() {
        let link = |url: &str, words: &str| json!({"i": "link", "url": url, "c": [words]});
        let mut blocks = [
            json!({"t": "list", "items": [{"body": [{"t": "plain", "c": [
                link("https://a.example/b/", "one"),
                {"i": "em", "c": [link("https://a.example/b/", "two")]},
                link("https://a.example/", "a.\u{200b}example"),
                link("mailto:a@a.example", "mail"),
                {"i": "link", "label": "p1", "c": ["inside"]},
            ]}]}]}),
        ];
        tell_addresses(&mut blocks, 3);
        let found = &blocks[0]["items"][0]["body"][0]["c"];
        let told = json!([{"t": "para", "c": [{
            "i": "link", "url": "https://a.example/b/", "c": ["a.\u{200b}example/\u{200b}b"],
        }]}]);
        assert_eq!(
            found[1],
            json!({"i": "note", "label": "p3-address-0", "c": told})
        );
        assert_eq!(
            found[2]["c"][1],
            json!({"i": "note", "again": "p3-address-0"})
        );
        assert_eq!(found.as_array().unwrap().len(), 6);
    }

    #[test]
    fn addresses_are_told_in_whatever_holds_text() {
        let link = json!({"i": "link", "url": "https://a.example/b", "c": ["one"]});
        let note = json!({"i": "note", "label": "n", "c": [{"t": "para", "c": [link]}]});
        let mut blocks = [
            json!({"t": "para", "c": [note, {"i": "strike", "c": [link]}]}),
            json!({"t": "table", "head": [{"c": [link]}], "rows": [[{"c": [link]}, {"blank": true}]]}),
        ];
        tell_addresses(&mut blocks, 0);
        let spans = &blocks[0]["c"];
        assert_eq!(spans[0]["c"][0]["c"][1], " (a.\u{200b}example/\u{200b}b)");
        assert_eq!(spans[1]["c"][1]["label"], "p0-address-0");
        assert_eq!(blocks[1]["rows"][0][0]["c"][1]["again"], "p0-address-0");
        assert_eq!(blocks[1]["head"][0]["c"].as_array().unwrap().len(), 1);
    }
}
