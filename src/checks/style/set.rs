//! All rules of a project, and which of them a text may concern: most rules ask for words that most
//! texts do not have, so that one search for all words comes first.

use aho_corasick::AhoCorasick;

use crate::checks::style::rule::Rule;

/// The rules of a project.
pub(super) struct RuleSet {
    /// The rules.
    pub rules: Vec<Rule>,
    /// Whether a rule must always look.
    always: Vec<bool>,
    /// The texts that the others ask for.
    texts: Option<AhoCorasick>,
    /// The rule that asks for each text.
    owners: Vec<usize>,
}

impl RuleSet {
    /// Takes rules.
    pub(super) fn new(rules: Vec<Rule>) -> Self {
        let (mut texts, mut owners) = (Vec::new(), Vec::new());
        let mut always = Vec::new();
        for (at, rule) in rules.iter().enumerate() {
            always.push(rule.beginnings.is_none());
            for text in rule.beginnings.iter().flatten() {
                texts.push(text.as_str());
                owners.push(at);
            }
        }
        let built = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .build(&texts);
        let texts = built.ok();
        if texts.is_none() {
            always.fill(true);
        }
        Self {
            rules,
            always,
            texts,
            owners,
        }
    }

    /// Whether each rule may find something in a text.
    pub(super) fn likely(&self, text: &str) -> Vec<bool> {
        let mut likely = self.always.clone();
        let found = self
            .texts
            .iter()
            .flat_map(|texts| texts.find_overlapping_iter(text));
        for one in found {
            let owner = self.owners.get(one.pattern().as_usize());
            if let Some(is_likely) = owner.and_then(|owner| likely.get_mut(*owner)) {
                *is_likely = true;
            }
        }
        likely
    }
}
