//! Style as data: the rules that a project names, run over its pages.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use crate::checks::check::{Check, CheckContext};
#[cfg(feature = "prose")]
use crate::checks::prose::reads;
use crate::checks::style::consistent::inconsistent;
use crate::checks::style::draft::DraftFault;
use crate::checks::style::files::read_files;
use crate::checks::style::pattern::PatternFault;
use crate::checks::style::run::{Outcome, read_page};
use crate::checks::style::set::RuleSet;
use crate::checks::style::terms::own_rules;
use crate::checks::text::walk::{LONGEST, MAX_PROSE, Prose, read_prose};
use crate::diagnostic::{Diagnostic, Severity, SourceText};
use crate::site::{Page, Site};

/// The rules of style that a project brings.
#[derive(Debug, Clone, Copy)]
pub struct StyleCheck;

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
        let large = pages
            .iter()
            .filter(|(_, page)| page.text.len() > MAX_PROSE && !reads(site, page));
        found.extend(large.map(|(_, page)| too_large(page)));
        let outcomes: Vec<Outcome> = pages
            .par_iter()
            .filter(|(_, page)| page.text.len() <= MAX_PROSE)
            .map(|(_, page)| {
                let mut read = read_prose(page);
                let language = site.language_of(page);
                read.blocks.retain(|block| block.is_in(language));
                let mut outcome = read_page(&set, page, &read);
                // Where grammar and spelling are read, they have said so.
                if !reads(site, page) {
                    outcome.found.extend(too_long(page, &read));
                }
                outcome
            })
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

#[cfg(not(feature = "prose"))]
fn reads(_: &Site, _: &Page) -> bool {
    false
}

fn too_large(page: &Page) -> Diagnostic {
    let size = page.text.len() >> 20;
    let message = format!("the page is {size} MB; its style is not checked");
    let found = Diagnostic::new("style-skipped", Severity::Suggestion, &page.path, message);
    found.help(format!(
        "split it; pages up to {} MB are checked",
        MAX_PROSE >> 20
    ))
}

/// The first paragraph of a page that was too long to be read.
fn too_long(page: &Page, prose: &Prose) -> Option<Diagnostic> {
    let at = *prose.too_long.first()?;
    let end = page.text.get(at..)?.chars().next();
    let span = at..at + end.map_or(0, char::len_utf8);
    let limit = LONGEST >> 10;
    let message = format!("the paragraph is longer than {limit} kB; its style is not checked");
    let found = page.diagnostic("style-skipped", Severity::Suggestion, span, message);
    Some(found.help("divide it with a blank line"))
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
