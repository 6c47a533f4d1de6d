//! Footnotes: numbered in the order of their marks, listed at the end, with ways back.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use pulldown_cmark::{Event, Tag, TagEnd};

use crate::render::html::events::escape;
use crate::render::html::theme::Theme;

/// The notes of one page.
#[derive(Default)]
pub(super) struct Footnotes<'a> {
    numbers: BTreeMap<String, usize>,
    order: Vec<String>,
    marks: BTreeMap<String, usize>,
    notes: BTreeMap<String, Vec<Event<'a>>>,
}

impl<'a> Footnotes<'a> {
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
    pub(super) fn define(&mut self, label: String, events: Vec<Event<'a>>) {
        self.notes.entry(label).or_insert(events);
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
            let mut events = self.notes.remove(label).unwrap_or_default();
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
            let back = Event::Html(back.into());
            match events.last() {
                Some(Event::End(TagEnd::Paragraph)) => events.insert(events.len() - 1, back),
                _ => events.extend([
                    Event::Start(Tag::Paragraph),
                    back,
                    Event::End(TagEnd::Paragraph),
                ]),
            }
            let _ = writeln!(html, "<li id=\"fn-{number}\">");
            pulldown_cmark::html::push_html(&mut html, events.into_iter());
            html.push_str("</li>\n");
        }
        html.push_str("</ol>\n</section>\n");
        html
    }
}
