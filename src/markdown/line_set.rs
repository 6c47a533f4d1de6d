//! Numbers of lines as writers list them: `1,3-5`, `1 3-5`, `[2,"4-6"]`.

use std::ops::RangeInclusive;

/// How many ranges one list may name.
const MOST: usize = 1_000;

/// Some lines of a text; the first is 1.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LineSet(Vec<RangeInclusive<u32>>);

impl LineSet {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a line is among them.
    pub fn contains(&self, line: u32) -> bool {
        self.0.iter().any(|range| range.contains(&line))
    }

    /// Adds the lines that a list names. Whatever is no number parts it; a list with letters in it
    /// names words rather than lines.
    pub(super) fn read(&mut self, list: &str) {
        if list.chars().any(char::is_alphabetic) {
            return;
        }
        let part = |c: char| !c.is_ascii_digit() && c != '-';
        for range in list.split(part).filter(|range| !range.is_empty()) {
            let (first, last) = range.split_once('-').unwrap_or((range, range));
            if let (Ok(first), Ok(last)) = (first.parse(), last.parse())
                && self.0.len() < MOST
            {
                self.0.push(first..=last);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn case(list: &str, expected: &[u32]) {
        let mut lines = LineSet::default();
        lines.read(list);
        let found: Vec<u32> = (1..=30).filter(|line| lines.contains(*line)).collect();
        assert_eq!(found, expected, "{list}");
        assert_eq!(lines.is_empty(), expected.is_empty(), "{list}");
    }

    #[test]
    fn lists_are_read_in_every_dialect() {
        case("1,3-5", &[1, 3, 4, 5]);
        case("1 3-5", &[1, 3, 4, 5]);
        case("[2,\"4-6\"]", &[2, 4, 5, 6]);
        case("{\"2\", 9}", &[2, 9]);
        case(" 7 ", &[7]);
    }

    #[test]
    fn what_names_no_line_is_left_out() {
        for list in ["", "-", "3-", "-3", "1-2-3", "99999999999", "foo 1"] {
            case(list, &[]);
        }
    }
}
