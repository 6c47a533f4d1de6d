//! Style as data: the rules that a project names, run over its pages.

use rayon::prelude::*;

use crate::checks::check::{Check, CheckContext};
#[cfg(feature = "prose")]
use crate::checks::prose::reads;
use crate::checks::style::consistent::inconsistent;
use crate::checks::style::draft::DraftFault;
use crate::checks::style::files::read_files;
use crate::checks::style::pattern::PatternFault;
use crate::checks::style::rule::Rule;
use crate::checks::style::run::{Faults, Outcome, read_page};
use crate::checks::style::set::RuleSet;
use crate::checks::style::terms::own_rules;
use crate::checks::text::walk::{LONGEST, MAX_PROSE, Prose, read_prose};
use crate::config::CONFIG_FILE;
use crate::diagnostic::{Diagnostic, Severity, SourceText};
use crate::site::{Page, Site};
use crate::site_path::SitePath;

/// The rules of style that a project brings.
#[derive(Debug, Clone, Copy)]
pub struct StyleCheck;

/// How many pages are read at once: what one of them gives up, those after them do not try.
const AT_ONCE: usize = 64;

impl Check for StyleCheck {
    fn code_prefixes(&self) -> &'static [&'static str] {
        &["style-"]
    }

    fn run(&self, context: &CheckContext<'_>) -> Vec<Diagnostic> {
        let site = context.site;
        let style = &site.config.check.style;
        let mut found = inconsistent(context, &style.consistent);
        let read = read_files(&site.styles);
        let (mut rules, faults) = own_rules(style);
        rules.extend(read.rules);
        if context.about.is_none() {
            found.extend(read.faults);
            found.extend(faults.into_iter().map(of_config));
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
        let read = |given_up: &Faults, page: &Page| {
            let mut read = read_prose(page);
            let language = site.language_of(page);
            read.blocks.retain(|block| block.is_in(language));
            // Where grammar and spelling are read, they have said so.
            let skipped = match reads(site, page) {
                true => None,
                false => too_long(page, &read),
            };
            (read_page(&set, given_up, page, &read), skipped)
        };
        let (mut of_rules, mut given_up) = (Vec::new(), Faults::new());
        for pages in pages.chunks(AT_ONCE) {
            let outcomes: Vec<(Outcome, Option<Diagnostic>)> = pages
                .par_iter()
                .filter(|(_, page)| page.text.len() <= MAX_PROSE)
                .map(|(_, page)| read(&given_up, page))
                .collect();
            for (outcome, skipped) in outcomes {
                found.extend(skipped);
                of_rules.extend(outcome.found);
                for (rule, fault) in outcome.faults {
                    given_up.entry(rule).or_default().insert(fault);
                }
            }
        }
        // A rule that was given up on one page says nothing of the others either.
        of_rules.retain(|(rule, _)| !given_up.contains_key(rule));
        found.extend(of_rules.into_iter().map(|(_, found)| found));
        if context.about.is_none() {
            found.extend(given_up.iter().filter_map(|(rule, faults)| {
                let rule = set.rules.get(*rule)?;
                told(site, rule, faults.first()?)
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

/// A rule of the configuration that cannot run.
fn of_config(fault: DraftFault) -> Diagnostic {
    let path = SitePath::parse(CONFIG_FILE).unwrap_or_else(|_| SitePath::root());
    Diagnostic::new("style-pattern", Severity::Error, &path, fault.message)
}

/// A rule that was given up.
fn told(site: &Site, rule: &Rule, fault: &PatternFault) -> Option<Diagnostic> {
    let mut fault = DraftFault::pattern(&rule.code, fault);
    fault.message = fault.message.replacen("the pattern", "the pattern of", 1);
    let Some((file, span)) = &rule.origin else {
        return Some(of_config(fault));
    };
    let file = site.styles.get(*file)?;
    let text = SourceText::new(&file.path, &file.text);
    let found = text.diagnostic(
        "style-pattern",
        Severity::Error,
        span.clone(),
        fault.message,
    );
    Some(found.help("write it without nested repetitions, or without looking around"))
}
