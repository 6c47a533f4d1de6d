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

use crate::markdown::blocks::resolve::resolve;
use crate::markdown::blocks::scan::{might_hold_blocks, scan};
use crate::markdown::parse::Spanned;

/// How often a text is read again because a block of it stands where none can be, such as in
/// indented code.
const READINGS: usize = 3;

/// Reads a text that may hold blocks of other dialects; none if it does not.
pub(super) fn read_blocks(
    text: &str,
    parse: impl for<'t> Fn(&'t str) -> Vec<Spanned<'t>>,
) -> Option<Vec<Spanned<'static>>> {
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
            Ok(events) => return Some(scan.abbreviations.mark(events)),
            Err(swallowed) => left_alone.extend(swallowed),
        }
    }
    None
}

#[cfg(test)]
mod tests;
