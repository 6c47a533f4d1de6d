//! Names of products that a project writes its own way, so often that it is meant.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use rayon::prelude::*;

use crate::checks::check::CheckContext;
use crate::checks::prose::engine::Finding;
use crate::checks::text::block::Block;
use crate::checks::text::walk::{MAX_PROSE, read_prose};
use crate::site::Page;

/// The rule that tells how names of products are written.
const PRODUCT: &str = "product-name";

/// How often a project writes a name its own way before that way is right.
const USUAL: usize = 3;

/// Drops what was found in names that the project writes this way more than now and then.
pub(super) fn without_usual<'a, T>(
    context: &CheckContext<'_>,
    mut found: Vec<(T, &'a Block, &'a Finding)>,
) -> Vec<(T, &'a Block, &'a Finding)> {
    let name = |block: &'a Block, found: &Finding| {
        let name = block.text.get(found.start..found.end);
        name.filter(|_| found.rule == PRODUCT)
    };
    let names = found
        .iter()
        .filter_map(|(_, block, found)| name(block, found));
    let usual = usual(context, &names.collect());
    found.retain(|(_, block, found)| name(block, found).is_none_or(|name| !usual.contains(name)));
    found
}

/// The names that the project writes this way more than now and then.
fn usual<'a>(context: &CheckContext<'_>, names: &BTreeSet<&'a str>) -> BTreeSet<&'a str> {
    if names.is_empty() {
        return BTreeSet::new();
    }
    let uses = |page: &Arc<Page>| -> Vec<(&'a str, usize)> {
        let near: Vec<&'a str> = names
            .iter()
            .copied()
            .filter(|name| page.text.contains(*name))
            .collect();
        if near.is_empty() || page.text.len() > MAX_PROSE {
            return Vec::new();
        }
        let prose = read_prose(page);
        near.into_iter()
            .map(|name| {
                (
                    name,
                    prose.blocks.iter().map(|block| count(block, name)).sum(),
                )
            })
            .collect()
    };
    let found: Vec<(&str, usize)> = context.site.pages.par_iter().flat_map_iter(uses).collect();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for (name, number) in found {
        *counts.entry(name).or_default() += number;
    }
    counts.retain(|_, number| *number >= USUAL);
    counts.into_keys().collect()
}

/// How often a word stands in the prose of a block.
fn count(block: &Block, word: &str) -> usize {
    let is_apart = |at: usize| {
        let glues = |letter: char| letter.is_alphanumeric() || "-_/.@".contains(letter);
        let end = at + word.len();
        let (before, after) = (&block.text[..at], &block.text[end..]);
        let opens = !before.ends_with(glues);
        let closes = !after.starts_with(|letter: char| letter != '.' && glues(letter));
        let masked = |mask: &Range<usize>| mask.start < end && at < mask.end;
        opens && closes && !block.masked.iter().any(masked)
    };
    let places = block.text.match_indices(word);
    places.filter(|(at, _)| is_apart(*at)).count()
}

#[cfg(test)]
mod tests {
    use crate::checks::prose::ProseCheck;
    use crate::checks::test_site::{found, shown};

    #[test]
    fn a_project_may_write_a_name_its_own_way() {
        let said = |text: &str| {
            let files = [("a.md", text), ("b.md", "We run it on linux as well.\n")];
            shown(&files, &found(&ProseCheck, &files)).len()
        };
        assert_eq!(said("The tool runs on linux too.\n"), 2);
        assert_eq!(
            said("The tool runs on linux too. Most of linux is small.\n"),
            0
        );
    }
}
