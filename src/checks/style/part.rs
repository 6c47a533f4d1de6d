//! A piece of a page that a rule reads at once, and the way back to the bytes it came from.

use std::ops::Range;

use crate::checks::text::block::Block;

/// A text that a rule reads at once, and where it stands.
#[derive(Clone, Copy)]
pub(super) struct Part<'a> {
    /// The text.
    pub text: &'a str,
    /// The block that holds it; none if it is the source of the page.
    pub block: Option<&'a Block>,
    /// Where it begins in the block, or in the page.
    pub start: usize,
}

impl<'a> Part<'a> {
    /// A range of a block.
    pub(super) fn of(block: &'a Block, range: Range<usize>) -> Self {
        Self {
            text: block.text.get(range.clone()).unwrap_or(""),
            block: Some(block),
            start: range.start,
        }
    }

    /// A range of the text, in bytes of the block or the page.
    pub(super) fn within(&self, range: &Range<usize>) -> Range<usize> {
        self.start + range.start..self.start + range.end
    }

    /// The bytes of the page that a range came from.
    pub(super) fn source(&self, range: &Range<usize>) -> Range<usize> {
        let range = self.within(range);
        self.block
            .map_or(range.clone(), |block| block.source(&range))
    }

    /// Whether another text can be put in the place of a range.
    pub(super) fn is_whole(&self, range: &Range<usize>) -> bool {
        let range = self.within(range);
        self.block.is_none_or(|block| block.is_open(&range))
    }

    /// Whether a range begins or ends inside a word of a program, such as a path.
    pub(super) fn is_cut(&self, range: &Range<usize>) -> bool {
        let range = self.within(range);
        let cuts = |mask: &Range<usize>| {
            let apart = range.end <= mask.start || mask.end <= range.start;
            let whole = range.start <= mask.start && mask.end <= range.end;
            !apart && !whole
        };
        self.block
            .is_some_and(|block| block.masked.iter().any(cuts))
    }

    /// The words of programs, in bytes of the part.
    pub(super) fn masked(&self) -> Vec<Range<usize>> {
        let masks = self.block.iter().flat_map(|block| &block.masked);
        let end = self.start + self.text.len();
        let inside = masks.filter(|mask| self.start <= mask.start && mask.end <= end);
        inside
            .map(|mask| mask.start - self.start..mask.end - self.start)
            .collect()
    }
}

/// A range without the space at its ends.
pub(super) fn trimmed(text: &str, range: &Range<usize>) -> Range<usize> {
    let outer = &text[range.clone()];
    let start = range.start + outer.len() - outer.trim_start().len();
    start..start + outer.trim().len()
}

/// Whether the text that is wanted stands there already, perhaps with more of it around.
pub(super) fn stands(text: &str, range: &Range<usize>, wanted: &str) -> bool {
    let found = &text[range.clone()];
    let around = |(at, _): (usize, &str)| {
        let start = range.start.checked_sub(at);
        start.is_some_and(|start| text.get(start..start + wanted.len()) == Some(wanted))
    };
    wanted.match_indices(found).any(around)
}
