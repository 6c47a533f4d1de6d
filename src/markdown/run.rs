//! A run of text, and where each part of it was written.

use std::ops::Range;

use pulldown_cmark::Event;

/// A run of text as it is read, with its place in the source.
pub(super) struct Run<'t> {
    pub(super) text: &'t str,
    span: Range<usize>,
    /// Whether it stands there as it is read. Where an escape or entity was resolved, bytes of the
    /// text are not bytes of the source, and every part has the place of the whole.
    is_exact: bool,
}

impl<'t> Run<'t> {
    /// The run of a step; `source` is what its span is about.
    pub(super) fn new(text: &'t str, span: &Range<usize>, source: &str) -> Self {
        Self {
            text,
            span: span.clone(),
            is_exact: source.get(span.clone()) == Some(text),
        }
    }

    /// Where a part was written.
    pub(super) fn place(&self, part: Range<usize>) -> Range<usize> {
        match self.is_exact {
            true => self.span.start + part.start..self.span.start + part.end,
            false => self.span.clone(),
        }
    }

    /// A part as a step of its own; none if it is empty.
    pub(super) fn part(&self, part: Range<usize>) -> Option<(Event<'static>, Range<usize>)> {
        let text = self
            .text
            .get(part.clone())
            .filter(|text| !text.is_empty())?;
        Some((Event::Text(text.to_owned().into()), self.place(part)))
    }
}
