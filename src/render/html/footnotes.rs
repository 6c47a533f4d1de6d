//! Footnotes: numbered in the order of their marks, listed at the end, with ways back.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::render::html::events::escape;
use crate::render::html::theme::Theme;

/// The notes of one page.
#[derive(Default)]
pub(super) struct Footnotes {
    numbers: BTreeMap<String, usize>,
    order: Vec<String>,
    marks: BTreeMap<String, usize>,
    notes: BTreeMap<String, Footnote>,
}

/// One note.
#[derive(Default)]
pub(super) struct Footnote {
    /// Its text.
    pub(super) html: String,
    /// Whether a paragraph ends it, which the way back then stands in.
    pub(super) ends_in_paragraph: bool,
}

impl Footnotes {
    /// The mark in the text.
    pub(super) fn mark(&mut self, label: &str) -> String {
        let next = self.numbers.len() + 1;
        let number = *self.numbers.entry(label.to_owned()).or_insert(next);
        if number == next {
            self.order.push(label.to_owned());
        }
        let count = self.marks.entry(label.to_owned()).or_insert(0);
        *count += 1;
        let again = if *count == 1 {
            String::new()
        } else {
            format!("-{count}")
        };
        format!(
            "<sup class=\"footnote-ref\" id=\"fnref-{number}{again}\"><a href=\"#fn-{number}\" role=\"doc-noteref\">{number}</a></sup>"
        )
    }

    /// Keeps a note until the end of the page.
    pub(super) fn define(&mut self, label: &str, note: Footnote) {
        self.notes.entry(label.to_owned()).or_insert(note);
    }

    /// The list of notes that the text refers to.
    pub(super) fn list(mut self, theme: &Theme) -> String {
        if self.order.is_empty() {
            return String::new();
        }
        let title = escape(theme.string("footnotes"));
        let mut html = format!(
            "<section class=\"footnotes\" role=\"doc-endnotes\" aria-label=\"{title}\">\n<ol>\n"
        );
        for (at, label) in self.order.iter().enumerate() {
            let number = at + 1;
            let note = self.notes.remove(label).unwrap_or_default();
            let mut back = String::new();
            for mark in 1..=self.marks.get(label).copied().unwrap_or(1) {
                let again = if mark == 1 {
                    String::new()
                } else {
                    format!("-{mark}")
                };
                let name = theme
                    .string("back_to_reference")
                    .replace("{n}", &format!("{number}{again}"));
                let name = escape(&name);
                let _ = write!(
                    back,
                    " <a href=\"#fnref-{number}{again}\" role=\"doc-backlink\" aria-label=\"{name}\">↩</a>"
                );
            }
            let _ = writeln!(html, "<li id=\"fn-{number}\">");
            let end = Some("</p>\n").filter(|_| note.ends_in_paragraph);
            let (text, start) = match end.and_then(|end| note.html.strip_suffix(end)) {
                Some(text) => (text, ""),
                None if note.html.is_empty() || note.html.ends_with('\n') => (&*note.html, "<p>"),
                None => (&*note.html, "\n<p>"),
            };
            html.push_str(text);
            html.push_str(start);
            html.push_str(&back);
            html.push_str("</p>\n");
            html.push_str("</li>\n");
        }
        html.push_str("</ol>\n</section>\n");
        html
    }
}
