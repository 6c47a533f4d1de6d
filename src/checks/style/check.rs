//! Style as data: the rules that a project names, run over its pages.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use crate::checks::check::{Check, CheckContext};
use crate::checks::style::consistent::inconsistent;
use crate::checks::style::draft::DraftFault;
use crate::checks::style::files::read_files;
use crate::checks::style::pattern::PatternFault;
use crate::checks::style::run::{Outcome, read_page};
use crate::checks::style::set::RuleSet;
use crate::checks::style::terms::own_rules;
use crate::checks::text::walk::read_prose;
use crate::diagnostic::{Diagnostic, Severity, SourceText};
use crate::site::Site;

/// The rules of style that a project brings.
#[derive(Debug, Clone, Copy)]
pub struct StyleCheck;

/// The largest page that is read, in bytes.
const MAX_PAGE: usize = 4 << 20;

impl Check for StyleCheck {
    fn code_prefixes(&self) -> &'static [&'static str] {
        &["style-"]
    }

    fn run(&self, context: &CheckContext<'_>) -> Vec<Diagnostic> {
        let site = context.site;
        let style = &site.config.check.style;
        let mut found = inconsistent(context, &style.consistent);
        let read = read_files(&site.styles);
        let mut rules = own_rules(style);
        rules.extend(read.rules);
        if context.about.is_none() {
            found.extend(read.faults);
        }
        if rules.is_empty() {
            return found;
        }
        let set = RuleSet::new(rules);
        let pages = context.pages();
        let outcomes: Vec<Outcome> = pages
            .par_iter()
            .filter(|(_, page)| page.text.len() <= MAX_PAGE)
            .map(|(_, page)| read_page(&set, page, &read_prose(page)))
            .collect();
        let mut given_up: BTreeMap<usize, BTreeSet<PatternFault>> = BTreeMap::new();
        for outcome in outcomes {
            found.extend(outcome.found);
            for (rule, fault) in outcome.faults {
                given_up.entry(rule).or_default().insert(fault);
            }
        }
        if context.about.is_none() {
            found.extend(given_up.iter().filter_map(|(rule, faults)| {
                let rule = set.rules.get(*rule)?;
                let (file, span) = rule.origin.as_ref()?;
                told(site, *file, span.clone(), &rule.code, faults.first()?)
            }));
        }
        found
    }
}

/// A rule that was given up.
fn told(
    site: &Site,
    file: usize,
    span: std::ops::Range<usize>,
    code: &str,
    fault: &PatternFault,
) -> Option<Diagnostic> {
    let file = site.styles.get(file)?;
    let text = SourceText::new(&file.path, &file.text);
    let fault = DraftFault::pattern(code, fault);
    let message = fault.message.replacen("the pattern", "the pattern of", 1);
    let found = text.diagnostic("style-pattern", Severity::Error, span, message);
    Some(found.help("write it without nested repetitions, or without looking around"))
}
