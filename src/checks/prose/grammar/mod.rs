//! Grammar of English by rules of our own, which say less than harper's and are right more often.
//!
//! The words of a text ([`token`]) are met with patterns ([`pattern`], [`rule`]) out of tables
//! ([`agreement`], [`confusions`], [`homophones`],
//! [`lookalikes`], [`mixups`], [`names`], [`phrases`], [`pronouns`], [`verbs`]), and with a few scans ([`scans`]);
//! what takes the place of a fault is made by [`forms`], and [`lexicon`] tells what words can be.

mod agreement;
mod confusions;
mod forms;
mod homophones;
mod lexicon;
mod lookalikes;
mod mixups;
mod names;
mod pattern;
mod phrases;
mod pronouns;
mod rule;
mod scans;
mod token;
mod verbs;

use std::ops::Range;

use harper_core::Document;
use harper_core::spell::FstDictionary;

use crate::checks::prose::engine::Finding;
use crate::checks::prose::grammar::forms::Forms;
use crate::checks::prose::grammar::rule::{Family, Rules};
use crate::checks::prose::grammar::token::Token;

const TABLES: &[&[Family]] = &[
    agreement::FAMILIES,
    confusions::FAMILIES,
    homophones::FAMILIES,
    lookalikes::FAMILIES,
    mixups::FAMILIES,
    names::FAMILIES,
    phrases::FAMILIES,
    pronouns::FAMILIES,
    verbs::FAMILIES,
];

/// The codes of the tables, without `prose-`.
#[cfg(test)]
pub(super) fn codes() -> impl Iterator<Item = &'static str> {
    let families = TABLES.iter().copied().flatten();
    families.map(|family| family.code)
}

/// The rules, ready to read.
pub(super) struct Grammar {
    rules: Rules,
}

impl Grammar {
    /// Reads the tables.
    pub(super) fn new() -> Self {
        Self {
            rules: Rules::new(TABLES.iter().copied().flatten()),
        }
    }

    /// What is wrong in a text. `place` leads from the letters of the document to bytes of the text.
    pub(super) fn find(
        &self,
        document: &Document,
        text: &str,
        words: &FstDictionary,
        place: &dyn Fn(Range<usize>) -> Range<usize>,
    ) -> Vec<Finding> {
        let tokens = Token::all(document, text, place);
        let mut found = self.rules.find(&tokens, &Forms::new(words));
        found.extend(scans::scan(&tokens));
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::prose::grammar::pattern::Pattern;

    #[test]
    fn every_pattern_can_be_read() {
        let rules = TABLES
            .iter()
            .copied()
            .flatten()
            .flat_map(|family| family.patterns);
        let broken: Vec<&str> = rules
            .map(|(pattern, _)| *pattern)
            .filter(|pattern| Pattern::read(pattern).is_none())
            .collect();
        assert_eq!(broken, [""; 0]);
    }
}
