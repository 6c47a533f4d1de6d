//! Some blocks in a row: the unit that is read and cached.
//!
//! A block alone would make a file of every heading; a whole page would be read again for a letter
//! in one paragraph. A passage is a few screens, and ends before a heading where it can.

use std::ops::Range;

use crate::checks::prose::engine::{Dialect, Engine, Finding, version};
use crate::checks::prose::rules::OFF;
use crate::checks::text::block::Block;
use crate::store::{Key, Store};

/// The version of the step: masks, rules, form of findings.
const VERSION: u32 = 1;

/// A passage ends before a heading once it holds this many bytes,
const ENOUGH: usize = 4 << 10;
/// and before any block once it holds this many.
const MOST: usize = 16 << 10;

/// What was found in a passage, block by block.
pub(super) type Findings = Vec<Vec<Finding>>;

/// Cuts the blocks of a page into passages.
pub(super) fn passages(blocks: &[Block]) -> Vec<Range<usize>> {
    let mut passages = Vec::new();
    let (mut start, mut size) = (0, 0);
    for (at, block) in blocks.iter().enumerate() {
        if size >= MOST || (size >= ENOUGH && block.is_heading()) {
            passages.push(start..at);
            (start, size) = (at, 0);
        }
        size += block.text.len();
    }
    if start < blocks.len() {
        passages.push(start..blocks.len());
    }
    passages
}

/// The name of what is found in a passage: every input of the reading.
pub(super) fn key(blocks: &[Block], dialect: Dialect) -> Key {
    let mut texts = Vec::new();
    for block in blocks {
        texts.extend_from_slice(&(block.text.len() as u64).to_le_bytes());
        texts.extend_from_slice(block.text.as_bytes());
        texts.extend_from_slice(&(block.masked.len() as u64).to_le_bytes());
        for end in block.masked.iter().flat_map(|mask| [mask.start, mask.end]) {
            texts.extend_from_slice(&(end as u64).to_le_bytes());
        }
    }
    Key::new("prose", VERSION)
        .input("texts and masks", &texts)
        .input("dialect", dialect.name().as_bytes())
        .input("rules off", OFF.join(" ").as_bytes())
        .input("harper", version().as_bytes())
}

/// What was found in the passage before, if the store has it whole.
pub(super) fn known(store: &Store, key: &Key, blocks: &[Block]) -> Option<Findings> {
    let findings: Findings = serde_json::from_slice(&store.cached(key)?).ok()?;
    let inside = |(block, found): (&Block, &Vec<Finding>)| {
        found
            .iter()
            .all(|found| block.text.get(found.start..found.end).is_some())
    };
    let whole = findings.len() == blocks.len() && blocks.iter().zip(&findings).all(inside);
    whole.then_some(findings)
}

/// Reads a passage and keeps what is found.
pub(super) fn read(engine: &mut Engine, store: &Store, key: &Key, blocks: &[Block]) -> Findings {
    let findings: Findings = blocks
        .iter()
        .map(|block| engine.read(&block.text, &block.masked))
        .collect();
    if let Ok(bytes) = serde_json::to_vec(&findings) {
        store.cache(key, &bytes);
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::text::block::Kind;

    #[test]
    fn passages_end_before_headings() {
        let block = |size: usize, heading: bool| {
            let mut block = Block::default();
            let text = "a".repeat(size);
            block.push(&text, &text, 0..size);
            if heading {
                block.kind = Kind::Heading(1);
            }
            block
        };
        let case =
            |blocks: &[Block], expected: &[Range<usize>]| assert_eq!(passages(blocks), expected);
        case(&[], &[]);
        let one = 0..2;
        case(&[block(10, true), block(10, false)], &[one]);
        case(
            &[block(5000, true), block(10, false), block(5, true)],
            &[0..2, 2..3],
        );
        case(&[block(20_000, false), block(10, false)], &[0..1, 1..2]);
    }
}
