//! Where front matter says a text: as it is, quoted, or folded over lines.

use std::ops::Range;

use crate::checks::text::block::Block;

/// A longer value that is not written as it is read is placed as a whole.
const LONGEST: usize = 16 << 10;

/// Adds a value of the front matter to a block, as `key` gives it there.
pub(super) fn push_value(block: &mut Block, front: &str, key: &str, value: &str) {
    let value = value.trim();
    if value.is_empty() {
        return;
    }
    if let Some(at) = as_it_is(front, value) {
        return block.push(value, value, at..at + value.len());
    }
    let Some(entry) = entry(front, key) else {
        return;
    };
    let line = entry.start..entry.start + key.len();
    if value.len() > LONGEST || entry.len() > 2 * LONGEST {
        return block.push(value, "", line);
    }
    // Word by word: what stands between them are quotes, line ends and spaces of YAML. A word with
    // an escape in it has the key's place.
    let mut from = line.end;
    for (at, word) in value.split_whitespace().enumerate() {
        let rest = front.get(from..entry.end).unwrap_or("");
        let place = match rest.find(word) {
            Some(found) => from + found..from + found + word.len(),
            None => line.clone(),
        };
        if at > 0 {
            let start = from.min(place.start);
            block.push_break(" ", start..place.start.max(start));
        }
        if place == line {
            block.push(word, "", place);
        } else {
            from = place.end;
            block.push(word, word, place);
        }
    }
}

/// Where the front matter gives `value` as it is, without escapes, after a `:` or `=`.
fn as_it_is(front: &str, value: &str) -> Option<usize> {
    let given = |(at, _): &(usize, &str)| {
        front[..*at]
            .trim_end_matches(['"', '\'', ' '])
            .ends_with([':', '='])
    };
    front.match_indices(value).find(given).map(|(at, _)| at)
}

/// The bytes of a key and of its value: its line and those after it that belong to it.
fn entry(front: &str, key: &str) -> Option<Range<usize>> {
    let mut start = None;
    let mut at = 0;
    for line in front.split_inclusive('\n') {
        match start {
            None => {
                let rest = line.strip_prefix(key).map(str::trim_start);
                if rest.is_some_and(|rest| rest.starts_with([':', '='])) {
                    start = Some(at);
                }
            }
            Some(start) => {
                let is_next = line.starts_with(|c: char| c.is_alphanumeric() || "-+[#".contains(c))
                    && (line.contains(':') || line.contains('=') || line.starts_with(['-', '+']));
                if is_next {
                    return Some(start..at);
                }
            }
        }
        at += line.len();
    }
    start.map(|start| start..at)
}
