//! What stands in a line: words and their looks, links, notes, references, formulas and pictures.

use std::fmt::Write as _;

use serde_json::Value;

use crate::render::docx::directions::{is_wide, runs};
use crate::render::docx::formula::formula;
use crate::render::docx::names::{bookmark, number_of};
use crate::render::docx::rels::address;
use crate::render::docx::styles::Languages;
use crate::render::docx::writer::{Around, Place, Writer};
use crate::render::docx::xml::escape;
use crate::render::tree::plain_text;

/// The looks of a run.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Run {
    /// A style of letters.
    pub(super) style: Option<&'static str>,
    pub(super) strong: bool,
    pub(super) emphasis: bool,
    pub(super) strike: bool,
    pub(super) underline: bool,
    pub(super) marked: bool,
    /// The size of its letters in half points, where it is not that of its style.
    pub(super) size: Option<usize>,
    /// The color of its letters.
    pub(super) color: Option<&'static str>,
    /// `superscript` or `subscript`.
    pub(super) script: Option<&'static str>,
    /// Whether it stands in a link, which can hold no other.
    pub(super) linked: bool,
}

impl Writer<'_> {
    /// Writes the parts of a line.
    pub(super) fn spans(&mut self, nodes: &[Value], run: Run) {
        for node in nodes {
            match node {
                Value::String(text) => self.text(text, run),
                node => self.span(node, run),
            }
        }
    }

    fn span(&mut self, node: &Value, run: Run) {
        let inside = node["c"].as_array().map_or(&[][..], Vec::as_slice);
        match node["i"].as_str().unwrap_or_default() {
            "em" => self.spans(
                inside,
                Run {
                    emphasis: true,
                    ..run
                },
            ),
            "strong" => self.spans(
                inside,
                Run {
                    strong: true,
                    ..run
                },
            ),
            "strike" => self.spans(
                inside,
                Run {
                    strike: true,
                    ..run
                },
            ),
            "insert" => self.spans(
                inside,
                Run {
                    underline: true,
                    ..run
                },
            ),
            "mark" => self.spans(
                inside,
                Run {
                    marked: true,
                    ..run
                },
            ),
            "sub" => self.spans(
                inside,
                Run {
                    script: Some("subscript"),
                    ..run
                },
            ),
            "sup" => self.spans(
                inside,
                Run {
                    script: Some("superscript"),
                    ..run
                },
            ),
            "mono" => self.spans(
                inside,
                Run {
                    style: Some("Verbatim Char"),
                    ..run
                },
            ),
            "kbd" => self.spans(
                inside,
                Run {
                    style: Some("Keyboard Char"),
                    ..run
                },
            ),
            "code" => {
                let code = node["v"].as_str().unwrap_or_default();
                self.text(
                    code,
                    Run {
                        style: Some("Verbatim Char"),
                        ..run
                    },
                );
            }
            "break" => self.out.push_str("<w:r><w:br/></w:r>"),
            "anchor" => self.anchor(node),
            "link" => self.link(node, inside, run),
            "note" => self.note(node, run),
            "math" => {
                let text = formula(&node["c"]);
                let _ = write!(self.out, "<m:oMath>{text}</m:oMath>");
            }
            "image" => self.picture(node, run),
            _ => self.spans(inside, run),
        }
    }

    /// Writes words.
    pub(super) fn text(&mut self, text: &str, run: Run) {
        if text.is_empty() {
            return;
        }
        for (piece, rtl) in runs(text, self.place.rtl) {
            let properties = self.run_properties(run, rtl, piece.chars().any(is_wide));
            let _ = write!(self.out, "<w:r>{properties}");
            for (at, part) in piece.split('\t').enumerate() {
                if at > 0 {
                    self.out.push_str("<w:tab/>");
                }
                if !part.is_empty() {
                    let _ = write!(
                        self.out,
                        "<w:t xml:space=\"preserve\">{}</w:t>",
                        escape(part)
                    );
                }
            }
            self.out.push_str("</w:r>");
        }
    }

    fn run_properties(&self, run: Run, rtl: bool, wide: bool) -> String {
        let mut all = String::new();
        if let Some(style) = run.style.or(run.linked.then_some("Hyperlink")) {
            let _ = write!(all, "<w:rStyle w:val=\"{}\"/>", self.styles.id(style));
        }
        // Signs that Latin and East Asian fonts both have are taken from the latter.
        if wide && self.place.wide {
            all.push_str("<w:rFonts w:hint=\"eastAsia\"/>");
        }
        for (is, element) in [
            (run.strong, "<w:b/><w:bCs/>"),
            (run.emphasis, "<w:i/><w:iCs/>"),
            (run.strike, "<w:strike/>"),
        ] {
            if is {
                all.push_str(element);
            }
        }
        if let Some(color) = run.color {
            let _ = write!(all, "<w:color w:val=\"{color}\"/>");
        }
        if let Some(size) = run.size {
            let _ = write!(all, "<w:sz w:val=\"{size}\"/><w:szCs w:val=\"{size}\"/>");
        }
        if run.underline {
            all.push_str("<w:u w:val=\"single\"/>");
        }
        if run.marked {
            all.push_str("<w:shd w:val=\"clear\" w:color=\"auto\" w:fill=\"FBF0B8\"/>");
        }
        if let Some(script) = run.script {
            let _ = write!(all, "<w:vertAlign w:val=\"{script}\"/>");
        }
        if rtl {
            all.push_str("<w:rtl/>");
        }
        if let Some(language) = self.place.language {
            all.push_str(&Languages::of(language).element());
        }
        match all.is_empty() {
            true => all,
            false => format!("<w:rPr>{all}</w:rPr>"),
        }
    }

    fn link(&mut self, node: &Value, inside: &[Value], run: Run) {
        let target = match (node["label"].as_str(), node["url"].as_str()) {
            (Some(label), _) => Some(format!("w:anchor=\"{}\"", bookmark(label))),
            (_, Some(url)) => {
                address(url).map(|url| format!("r:id=\"{}\"", self.rels.address(&url)))
            }
            _ => None,
        };
        let (Some(target), false) = (target, run.linked) else {
            return self.spans(inside, run);
        };
        if let (Some(label), Some(kind)) = (node["label"].as_str(), node["reference"].as_str())
            && self.reference(label, kind, &plain_text(inside), run)
        {
            return;
        }
        let _ = write!(self.out, "<w:hyperlink {target} w:history=\"1\">");
        self.spans(
            inside,
            Run {
                linked: true,
                ..run
            },
        );
        self.out.push_str("</w:hyperlink>");
    }

    /// Writes a reference whose number Word can bring up to date; false if it has none.
    fn reference(&mut self, label: &str, kind: &str, words: &str, run: Run) -> bool {
        let (before, number, after) = around_number(words);
        if !number.starts_with(|c: char| c.is_ascii_digit()) {
            return false;
        }
        let instruction = match kind {
            "section" if self.plan.counts(label) => format!("REF {} \\r \\h", bookmark(label)),
            "section" => return false,
            _ => format!("REF {} \\h", number_of(label)),
        };
        self.text(before, run);
        self.field(&instruction, run, |writer| writer.text(number, run));
        self.text(after, run);
        true
    }

    /// Writes a field around what it shows until it is brought up to date.
    pub(super) fn field(&mut self, instruction: &str, run: Run, shown: impl FnOnce(&mut Self)) {
        let properties = self.run_properties(run, false, false);
        let _ = write!(
            self.out,
            "<w:r>{properties}<w:fldChar w:fldCharType=\"begin\"/></w:r>\
             <w:r>{properties}<w:instrText xml:space=\"preserve\"> {} </w:instrText></w:r>\
             <w:r>{properties}<w:fldChar w:fldCharType=\"separate\"/></w:r>",
            escape(instruction)
        );
        shown(self);
        let _ = write!(
            self.out,
            "<w:r>{properties}<w:fldChar w:fldCharType=\"end\"/></w:r>"
        );
    }

    fn note(&mut self, node: &Value, run: Run) {
        if let Some(label) = node["again"].as_str() {
            if !self.notes.numbers.contains_key(label)
                && let Some(first) = self.notes.inner.get(label)
            {
                // So far it stands in brackets in other notes, where no number leads to.
                return match self.place.in_note {
                    true => self.text(" […]", run),
                    false => self.note(&first.clone(), run),
                };
            }
            let number = self.notes.numbers.get(label).copied().unwrap_or_default();
            let again = Run {
                style: Some("footnote reference"),
                ..run
            };
            let instruction = format!("NOTEREF {} \\f \\h", bookmark(label));
            self.field(&instruction, again, |writer| {
                writer.text(&number.to_string(), again);
            });
            return;
        }
        let body = node["c"].as_array().map_or(&[][..], Vec::as_slice);
        if self.place.in_note {
            if let Some(label) = node["label"].as_str()
                && !self.notes.inner.contains_key(label)
            {
                self.notes.inner.insert(label.to_owned(), node.clone());
            }
            // Word has no notes in notes: what one says stands in brackets where it was called.
            self.text(" [", run);
            for (at, block) in body.iter().enumerate() {
                if at > 0 {
                    self.text(" ", run);
                }
                match block["c"].as_array() {
                    Some(line) if block["t"] == "para" || block["t"] == "plain" => {
                        self.spans(line, run);
                    }
                    _ => self.text(&plain_text(std::slice::from_ref(block)), run),
                }
            }
            return self.text("]", run);
        }
        let number = self.notes.bodies.len() + 1;
        let (start, end) = match node["label"].as_str() {
            Some(label) => {
                self.notes.numbers.insert(label.to_owned(), number);
                self.bookmarks.around(&bookmark(label))
            }
            None => (String::new(), String::new()),
        };
        let style = self.styles.id("footnote reference");
        let _ = write!(
            self.out,
            "{start}<w:r><w:rPr><w:rStyle w:val=\"{style}\"/></w:rPr><w:footnoteReference w:id=\"{number}\"/></w:r>{end}"
        );
        self.note_body(body);
    }

    /// Writes the text of a footnote into the part of its own.
    fn note_body(&mut self, body: &[Value]) {
        let outer = std::mem::take(&mut self.out);
        let (after_table, after_text) = (self.after_table, self.after_text);
        (self.after_table, self.after_text) = (false, false);
        std::mem::swap(&mut self.rels, &mut self.notes.rels);
        let mark = format!(
            "<w:r><w:rPr><w:rStyle w:val=\"{}\"/></w:rPr><w:footnoteRef/></w:r><w:r><w:t xml:space=\"preserve\"> </w:t></w:r>",
            self.styles.id("footnote reference")
        );
        let prefix = std::mem::replace(&mut self.prefix, mark);
        // The place of a body has the room of a page, wherever it was called.
        let place = Place {
            indent: 0,
            base: 0,
            width: self.section.width,
            depth: 0,
            around: Around::Note,
            in_note: true,
            ..self.place
        };
        self.notes.bodies.push(String::new());
        let at = self.notes.bodies.len() - 1;
        self.within(place, |writer| writer.note_blocks(body));
        self.prefix = prefix;
        std::mem::swap(&mut self.rels, &mut self.notes.rels);
        let written = std::mem::replace(&mut self.out, outer);
        (self.after_table, self.after_text) = (after_table, after_text);
        if let Some(place) = self.notes.bodies.get_mut(at) {
            *place = written;
        }
    }

    fn note_blocks(&mut self, body: &[Value]) {
        let begins = body
            .first()
            .is_some_and(|first| first["t"] == "para" || first["t"] == "plain");
        if !begins {
            self.empty("footnote text");
        }
        self.blocks(body);
        self.close_container("footnote text");
    }
}

/// What stands before and after the number at the end of a reference, as in `Figure 2.1` and `第1章`.
fn around_number(words: &str) -> (&str, &str, &str) {
    let rest = words.trim_end_matches(|c: char| c.is_alphabetic() && !c.is_ascii());
    let (rest, after) = words.split_at(rest.len());
    let before = rest.trim_end_matches(|c: char| c.is_ascii_alphanumeric() || c == '.');
    let (before, number) = rest.split_at(before.len());
    (before, number, after)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_told_from_the_words_around_it() {
        for (words, expected) in [
            ("Figure\u{a0}2.1", ("Figure\u{a0}", "2.1", "")),
            ("図\u{a0}2.1a", ("図\u{a0}", "2.1a", "")),
            ("第1章", ("第", "1", "章")),
            ("2.1절", ("", "2.1", "절")),
            ("3", ("", "3", "")),
            ("(2.1)", ("(2.1)", "", "")),
        ] {
            let found = around_number(words);
            assert_eq!((found.0, found.1, found.2), expected, "{words}");
        }
    }
}
