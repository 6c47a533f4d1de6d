//! Bytes and findings in the protocol's words: lines from 0, columns in the units that the editor
//! counts.

use std::ops::Range;

use lsp_types::{DiagnosticSeverity, NumberOrString, Position, PositionEncodingKind};

use crate::diagnostic::{Diagnostic, Severity};

/// What a column counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Units {
    /// Bytes.
    Utf8,
    /// Words of sixteen bits, which every editor knows.
    Utf16,
    /// Unicode scalar values.
    Utf32,
}

impl Units {
    /// The first of those that an editor offers and that are known here.
    pub(super) fn agreed(offered: &[PositionEncodingKind]) -> Self {
        let known = |kind: &PositionEncodingKind| match kind.as_str() {
            "utf-8" => Some(Self::Utf8),
            "utf-16" => Some(Self::Utf16),
            "utf-32" => Some(Self::Utf32),
            _ => None,
        };
        offered.iter().find_map(known).unwrap_or(Self::Utf16)
    }

    pub(super) fn kind(self) -> PositionEncodingKind {
        match self {
            Self::Utf8 => PositionEncodingKind::UTF8,
            Self::Utf16 => PositionEncodingKind::UTF16,
            Self::Utf32 => PositionEncodingKind::UTF32,
        }
    }

    fn of(self, letter: char) -> usize {
        match self {
            Self::Utf8 => letter.len_utf8(),
            Self::Utf16 => letter.len_utf16(),
            Self::Utf32 => 1,
        }
    }
}

/// A text whose bytes are told as lines and columns.
pub(super) struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
    units: Units,
}

impl<'a> Lines<'a> {
    pub(super) fn new(text: &'a str, units: Units) -> Self {
        let ends = text.match_indices('\n').map(|(at, _)| at + 1);
        Self {
            text,
            starts: std::iter::once(0).chain(ends).collect(),
            units,
        }
    }

    pub(super) fn text(&self) -> &'a str {
        self.text
    }

    /// Where a byte stands; one beyond the text stands at its end.
    pub(super) fn position(&self, at: usize) -> Position {
        let at = self.text.floor_char_boundary(at);
        let line = self.starts.partition_point(|start| *start <= at) - 1;
        let before = self.text[self.starts[line]..at].chars();
        Position {
            line: line as u32,
            character: before.map(|letter| self.units.of(letter)).sum::<usize>() as u32,
        }
    }

    /// Where bytes stand.
    pub(super) fn range(&self, span: &Range<usize>) -> lsp_types::Range {
        lsp_types::Range {
            start: self.position(span.start),
            end: self.position(span.end.max(span.start)),
        }
    }

    /// The bytes of a place; what lies beyond a line is its end.
    pub(super) fn byte(&self, position: Position) -> usize {
        let Some(start) = self.starts.get(position.line as usize) else {
            return self.text.len();
        };
        let line = self.text[*start..].split('\n').next().unwrap_or("");
        let mut left = position.character as usize;
        for (at, letter) in line.char_indices() {
            let width = self.units.of(letter);
            if left < width {
                return start + at;
            }
            left -= width;
        }
        start + line.len()
    }
}

/// A finding, at its place or at the first line of the file.
pub(super) fn diagnostic(found: &Diagnostic, lines: &Lines<'_>) -> lsp_types::Diagnostic {
    let span = found
        .place
        .as_ref()
        .map_or(0..0, |place| place.span.clone());
    let help = found.help.as_ref().map(|help| format!("\n{help}"));
    lsp_types::Diagnostic {
        range: lines.range(&span),
        severity: Some(match found.severity {
            Severity::Error => DiagnosticSeverity::ERROR,
            Severity::Warning => DiagnosticSeverity::WARNING,
            Severity::Suggestion => DiagnosticSeverity::INFORMATION,
        }),
        code: Some(NumberOrString::String(found.code.to_string())),
        source: Some("tympan".to_owned()),
        message: found.message.clone() + help.as_deref().unwrap_or(""),
        ..lsp_types::Diagnostic::default()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn case(units: Units, text: &str, word: &str, expected: (u32, u32)) {
        let lines = Lines::new(text, units);
        let at = text.find(word).unwrap();
        let position = lines.position(at);
        assert_eq!((position.line, position.character), expected);
        assert_eq!(lines.byte(position), at);
    }

    #[test]
    fn columns_count_what_the_editor_counts() {
        let text = "one\r\nä🦀 two\n";
        case(Units::Utf16, text, "two", (1, 4));
        case(Units::Utf8, text, "two", (1, 7));
        case(Units::Utf32, text, "two", (1, 3));
        case(Units::Utf16, text, "one", (0, 0));
    }

    #[test]
    fn the_first_known_units_are_taken() {
        let case = |offered: &[&'static str], expected: Units| {
            let offered: Vec<PositionEncodingKind> = offered
                .iter()
                .map(|kind| PositionEncodingKind::new(kind))
                .collect();
            assert_eq!(Units::agreed(&offered), expected);
        };
        case(&[], Units::Utf16);
        case(&["utf-7", "utf-8", "utf-16"], Units::Utf8);
        case(&["utf-32"], Units::Utf32);
    }

    proptest! {
        #[test]
        fn any_place_lies_in_the_text(text in "[aä🦀\\r\\n]{0,20}", line in 0u32..9, character in 0u32..30) {
            for units in [Units::Utf8, Units::Utf16, Units::Utf32] {
                let lines = Lines::new(&text, units);
                let at = lines.byte(Position { line, character });
                prop_assert!(text.is_char_boundary(at));
                for (at, _) in text.char_indices() {
                    prop_assert_eq!(lines.byte(lines.position(at)), at);
                }
                prop_assert_eq!(lines.byte(lines.position(99)), text.len());
            }
        }
    }
}
