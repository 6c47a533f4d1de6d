//! Front matter as it was written, with the places of its keys, for those who ask what an author said
//! and not what it means.

use std::collections::BTreeMap;
use std::ops::Range;

use serde_json::Value;

use crate::site::notation::find_block;
use crate::site::page::Page;

/// What a page says of itself, as written.
pub struct WrittenFront<'a> {
    /// The values by their keys.
    pub values: BTreeMap<String, Value>,
    page: &'a Page,
    inner: Range<usize>,
}

impl Page {
    /// The front matter as it was written; nothing if there is none or it cannot be read.
    pub fn written_front(&self) -> Option<WrittenFront<'_>> {
        let block = find_block(&self.file)?;
        let values = block.notation.parse(&self.file[block.inner.clone()]).ok()?;
        Some(WrittenFront {
            values,
            page: self,
            inner: block.inner,
        })
    }
}

impl WrittenFront<'_> {
    /// A value; a dot in the key leads into a table.
    pub fn value(&self, key: &str) -> Option<&Value> {
        if let Some(value) = self.values.get(key) {
            return Some(value);
        }
        let (table, rest) = key.split_once('.')?;
        let mut value = self.values.get(table)?;
        for part in rest.split('.') {
            value = value.get(part)?;
        }
        Some(value)
    }

    /// Where a key stands; the first line of the front matter if that cannot be told, as the parsers
    /// give values without places.
    pub fn place(&self, key: &str) -> Range<usize> {
        let text = &self.page.file[self.inner.clone()];
        let (mut from, mut found) = (0, None);
        for part in key.split('.') {
            let Some(at) = place_of(&text[from..], part) else {
                break;
            };
            found = Some(from + at..from + at + part.len());
            from += at + part.len();
        }
        let first = text
            .trim_start()
            .lines()
            .next()
            .unwrap_or("")
            .trim_end()
            .len();
        let start = text.len() - text.trim_start().len();
        let place = found.unwrap_or(start..start + first);
        self.inner.start + place.start..self.inner.start + place.end
    }
}

/// Where a key is set: at the beginning of a line, else after a bracket, a comma or the like.
fn place_of(text: &str, key: &str) -> Option<usize> {
    if key.is_empty() {
        return None;
    }
    let mut other = None;
    for (at, _) in text.match_indices(key) {
        let before = text[..at].trim_end_matches(['"', '\'']);
        let line = before.trim_end_matches([' ', '\t']);
        let after = text[at + key.len()..].trim_start_matches(['"', '\'']);
        let is_set = after
            .trim_start_matches([' ', '\t'])
            .starts_with([':', '=', ']', '.']);
        if !is_set {
            continue;
        }
        if line.is_empty() || line.ends_with(['\n', '[']) {
            return Some(at);
        }
        if line.ends_with(['{', ',', '.']) {
            other = other.or(Some(at));
        }
    }
    other
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_found_in_every_notation() {
        for (text, key, expected) in [
            ("title: a date: b\ndate: c\n", "date", 17),
            ("a = 1\n\"date\" = c\n", "date", 7),
            ("[extra]\nx = 1\n", "extra", 1),
            ("\"a\": 1, \"date\": 2", "date", 9),
            ("dates: 1\nx: {date: 2}\n", "date", 13),
        ] {
            assert_eq!(place_of(text, key), Some(expected), "{text}");
        }
        assert_eq!(place_of("update: 1\n", "date"), None);
    }
}
