//! Names that text may use, from text to meaning.

use std::collections::BTreeMap;

use toml::{Table, Value};

use crate::config::read::Reader;

impl Reader<'_> {
    /// Flattens the table; a list has no text of its own and is reported.
    pub(super) fn variables(&mut self, written: &Table) -> BTreeMap<String, String> {
        let mut found = BTreeMap::new();
        self.flatten(written, "", &mut found);
        found
    }

    fn flatten(&mut self, table: &Table, above: &str, found: &mut BTreeMap<String, String>) {
        for (key, value) in table {
            let name = format!("{above}{key}");
            let text = match value {
                Value::String(text) => text.clone(),
                Value::Integer(_) | Value::Float(_) | Value::Boolean(_) | Value::Datetime(_) => {
                    value.to_string()
                }
                Value::Table(below) => {
                    self.flatten(below, &format!("{name}."), found);
                    continue;
                }
                Value::Array(_) => {
                    let message = format!("the variable `{name}` is a list");
                    let place = self.find_key(key);
                    self.fault(
                        place,
                        message,
                        "write a text, a number, a date, or a table of them",
                    );
                    continue;
                }
            };
            found.insert(name, text);
        }
    }

    /// Where a key stands at the beginning of a line.
    fn find_key(&self, key: &str) -> std::ops::Range<usize> {
        let start = |at: usize| self.text[..at].rfind('\n').map_or(0, |line| line + 1);
        let place = self
            .text
            .match_indices(key)
            .find(|(at, _)| self.text[start(*at)..*at].trim().is_empty());
        place.map_or(0..0, |(at, _)| at..at + key.len())
    }
}
