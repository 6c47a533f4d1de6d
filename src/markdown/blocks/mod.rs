//! The block dialects of other generators: `!!!`, `???`, `===` and `:::`.
//!
//! They are no Markdown, so a pass over the lines turns them into headings at known places before
//! the text is parsed, once and as a whole; a page without them pays for one look at each line.

mod line;
mod opener;
mod pieces;
mod resolve;
mod scan;

use std::collections::BTreeSet;
use std::ops::Range;

use crate::markdown::blocks::pieces::Rewriting;
use crate::markdown::blocks::resolve::resolve;
use crate::markdown::blocks::scan::{Scan, scan};
use crate::markdown::parse::Spanned;

pub(super) use crate::markdown::blocks::scan::might_hold_blocks;

/// How often a text is read again because a block of it stands where none can be, such as in
/// indented code.
const READINGS: usize = 3;

/// What is wrong with a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BlockFault {
    /// No line of colons closes it.
    Unclosed,
    /// It is nested too deeply and stays text.
    TooDeep,
}

/// Reads a text that may hold blocks of other dialects; none if it does not.
pub(super) fn read_blocks(
    text: &str,
    parse: impl for<'t> Fn(&'t str) -> Vec<Spanned<'t>>,
) -> Option<Vec<Spanned<'static>>> {
    read(text, parse).map(|(events, _)| events)
}

/// The text as the parser reads it, if it holds blocks of other dialects.
pub(super) fn rewritten(
    text: &str,
    parse: impl for<'t> Fn(&'t str) -> Vec<Spanned<'t>>,
) -> Option<Rewriting> {
    read(text, parse).map(|(_, scan)| scan.rewriting)
}

/// The blocks of a text that something is wrong with, by the places of their first lines.
pub(super) fn faults(
    text: &str,
    parse: impl for<'t> Fn(&'t str) -> Vec<Spanned<'t>>,
) -> Vec<(BlockFault, Range<usize>)> {
    let Some((_, scan)) = read(text, parse) else {
        return Vec::new();
    };
    let unclosed = scan.unclosed.into_iter();
    let unclosed = unclosed.map(|line| (BlockFault::Unclosed, line));
    // The first says it; ten thousand would say no more.
    let too_deep = scan.too_deep.into_iter().take(1);
    unclosed
        .chain(too_deep.map(|line| (BlockFault::TooDeep, line)))
        .collect()
}

fn read(
    text: &str,
    parse: impl for<'t> Fn(&'t str) -> Vec<Spanned<'t>>,
) -> Option<(Vec<Spanned<'static>>, Scan)> {
    if !might_hold_blocks(text) {
        return None;
    }
    let mut left_alone = BTreeSet::new();
    for _ in 0..READINGS {
        let scan = scan(text, &left_alone);
        if scan.markers.is_empty() && scan.abbreviations.is_empty() {
            return None;
        }
        let resolved = resolve(parse(&scan.rewriting.text), &scan);
        match resolved {
            Ok(events) => return Some((scan.abbreviations.mark(events, text), scan)),
            Err(swallowed) => left_alone.extend(swallowed),
        }
    }
    None
}

#[cfg(test)]
mod tests;
