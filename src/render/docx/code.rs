//! Code: a paragraph a line, its tokens in styles of letters.

use serde_json::Value;

use crate::render::docx::looks::code_style;
use crate::render::docx::spans::Run;
use crate::render::docx::writer::{Para, Writer};

/// How many twips the numbers of lines take.
const GUTTER: usize = 560;

impl Writer<'_> {
    pub(super) fn code(&mut self, node: &Value) {
        let lines = node["lines"].as_array().map_or(&[][..], Vec::as_slice);
        let numbered = lines.iter().any(|line| !line["n"].is_null());
        let indent = self.place.indent;
        if let Some(title) = node["title"].as_str() {
            let para = Para {
                indent: (indent > 0).then_some((indent + 115, 0)),
                ..Para::new("Source Code Title")
            };
            self.paragraph(&para, |writer| writer.text(title, Run::default()));
        }
        for (at, line) in lines.iter().enumerate() {
            let mark = line["mark"].as_str().unwrap_or_default();
            let left = indent + 115 + if numbered { GUTTER } else { 0 };
            let para = Para {
                fill: match mark {
                    "marked" => Some("F8E6AC"),
                    "added" => Some("DCEBD0"),
                    "removed" => Some("F7DCD4"),
                    _ => None,
                },
                indent: match (numbered, indent) {
                    (true, _) => Some((left, GUTTER)),
                    (false, 0) => None,
                    _ => Some((left, 0)),
                },
                tabs: match numbered {
                    true => format!("<w:tab w:val=\"left\" w:pos=\"{left}\"/>"),
                    false => String::new(),
                },
                // The last line keeps its distance, also from a block of code that follows.
                loose: at + 1 == lines.len(),
                before: (at > 0 && at + 1 == lines.len()).then_some(0),
                ..Para::new("Source Code")
            };
            self.paragraph(&para, |writer| {
                if numbered {
                    let number = line["n"].as_u64().map(|number| number.to_string());
                    let run = Run {
                        style: Some("Line Number Char"),
                        ..Run::default()
                    };
                    writer.text(&format!("{}\t", number.unwrap_or_default()), run);
                }
                if node["signs"] == true {
                    let sign = match mark {
                        "added" => "+ ",
                        "removed" => "\u{2212} ",
                        _ => "  ",
                    };
                    writer.text(sign, Run::default());
                }
                writer.code_line(line);
            });
        }
    }

    /// Writes the pieces of a line in their colors, from left to right whatever is around them.
    fn code_line(&mut self, line: &Value) {
        let rtl = std::mem::replace(&mut self.place.rtl, false);
        for piece in line["c"].as_array().into_iter().flatten() {
            let style = piece[0].as_str().map(code_style);
            let words = piece.as_str().or(piece[1].as_str()).unwrap_or_default();
            self.text(
                words,
                Run {
                    style,
                    ..Run::default()
                },
            );
        }
        self.place.rtl = rtl;
    }
}
