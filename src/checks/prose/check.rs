//! From pages to findings: reads what is not known yet, on a few threads, and sifts the whole.

use std::collections::BTreeSet;
use std::ops::Range;

use rayon::prelude::*;

use crate::checks::check::{Check, CheckContext};
use crate::checks::prose::block::Block;
use crate::checks::prose::engine::{Dialect, Engine, Finding};
use crate::checks::prose::passage::{self, Findings};
use crate::checks::prose::rules;
use crate::checks::prose::spelling::{Vocabulary, rare};
use crate::checks::prose::walk::{Prose, read_prose};
use crate::diagnostic::{Diagnostic, Severity};
use crate::progress::{Event, Stage};
use crate::site::{Page, Site};
use crate::store::Key;

/// Grammar and spelling of English pages, by harper.
#[derive(Debug, Clone, Copy)]
pub struct ProseCheck;

/// The largest page that is read, in bytes; it takes about a minute.
const MAX_PROSE: usize = 4 << 20;

/// Harper holds tens of megabytes for each thread.
const MAX_THREADS: usize = 4;

/// A page that is read, and what was found in its passages.
struct Reading<'a> {
    page: &'a Page,
    dialect: Dialect,
    prose: Prose,
    passages: Vec<Passage>,
}

struct Passage {
    blocks: Range<usize>,
    key: Key,
    findings: Option<Findings>,
}

impl Check for ProseCheck {
    fn code_prefixes(&self) -> &'static [&'static str] {
        &["prose-", "spelling-"]
    }

    fn run(&self, context: &CheckContext<'_>) -> Vec<Diagnostic> {
        let site = context.site;
        if site.config.check.prose == Some(false) {
            return Vec::new();
        }
        let english = site.pages.iter().filter_map(|page| {
            let dialect = Dialect::of(site.language_of(page))?;
            Some((&**page, dialect))
        });
        let (pages, large): (Vec<_>, Vec<_>) =
            english.partition(|(page, _)| page.text.len() <= MAX_PROSE);
        let mut readings: Vec<Reading<'_>> = pages
            .par_iter()
            .map(|(page, dialect)| Reading::begin(context, page, *dialect))
            .collect();
        read_unknown(context, &mut readings);
        let mut found: Vec<Diagnostic> = large.iter().map(|(page, _)| skipped(page)).collect();
        found.extend(sift(site, &readings));
        found
    }
}

impl<'a> Reading<'a> {
    fn begin(context: &CheckContext<'_>, page: &'a Page, dialect: Dialect) -> Self {
        let prose = read_prose(page);
        let passages = passage::passages(&prose.blocks).into_iter().map(|blocks| {
            let inside = &prose.blocks[blocks.clone()];
            let key = passage::key(inside, dialect);
            let findings = passage::known(context.store, &key, inside);
            (context.progress)(if findings.is_some() {
                Event::CacheHit
            } else {
                Event::CacheMiss
            });
            Passage {
                blocks,
                key,
                findings,
            }
        });
        Self {
            passages: passages.collect(),
            page,
            dialect,
            prose,
        }
    }

    /// Each finding with its block.
    fn findings(&self) -> impl Iterator<Item = (&Block, &[Finding])> {
        self.passages.iter().flat_map(|passage| {
            let blocks = &self.prose.blocks[passage.blocks.clone()];
            blocks
                .iter()
                .zip(passage.findings.iter().flatten())
                .map(|(block, found)| (block, found.as_slice()))
        })
    }
}

/// A passage to read, with its place among the readings.
struct Job<'a> {
    place: (usize, usize),
    page: &'a Page,
    dialect: Dialect,
    key: &'a Key,
    blocks: &'a [Block],
}

/// Reads the passages that the store does not know, in as many groups as there may be threads.
fn read_unknown(context: &CheckContext<'_>, readings: &mut [Reading<'_>]) {
    let mut jobs = Vec::new();
    for (at, reading) in readings.iter().enumerate() {
        for (number, passage) in reading
            .passages
            .iter()
            .enumerate()
            .filter(|(_, passage)| passage.findings.is_none())
        {
            jobs.push(Job {
                place: (at, number),
                page: reading.page,
                dialect: reading.dialect,
                key: &passage.key,
                blocks: &reading.prose.blocks[passage.blocks.clone()],
            });
        }
    }
    jobs.sort_by_key(|job| (job.dialect, job.place));
    let read = |group: &&[Job<'_>]| read_group(context, group);
    let found: Vec<_> = groups(&jobs, rayon::current_num_threads().min(MAX_THREADS))
        .par_iter()
        .flat_map_iter(read)
        .collect();
    for ((at, number), findings) in found {
        readings[at].passages[number].findings = Some(findings);
    }
}

/// Cuts jobs into groups of about the same number of bytes.
fn groups<'a, 'b>(jobs: &'a [Job<'b>], count: usize) -> Vec<&'a [Job<'b>]> {
    let size = |job: &Job<'_>| {
        job.blocks
            .iter()
            .map(|block| block.text.len() + 1)
            .sum::<usize>()
    };
    let share = jobs.iter().map(size).sum::<usize>().div_ceil(count.max(1));
    let mut groups = Vec::new();
    let (mut start, mut held) = (0, 0);
    for (at, job) in jobs.iter().enumerate() {
        held += size(job);
        if held >= share {
            groups.push(&jobs[start..=at]);
            (start, held) = (at + 1, 0);
        }
    }
    if start < jobs.len() {
        groups.push(&jobs[start..]);
    }
    groups
}

fn read_group(context: &CheckContext<'_>, jobs: &[Job<'_>]) -> Vec<((usize, usize), Findings)> {
    let mut engine: Option<(Dialect, Engine)> = None;
    let mut found = Vec::with_capacity(jobs.len());
    for job in jobs {
        let engine = match &mut engine {
            Some((dialect, engine)) if *dialect == job.dialect => engine,
            other => &mut other.insert((job.dialect, Engine::new(job.dialect))).1,
        };
        found.push((
            job.place,
            passage::read(engine, context.store, job.key, job.blocks),
        ));
        (context.progress)(Event::Stepped {
            stage: Stage::Check,
            path: job.page.path.clone(),
        });
    }
    found
}

fn skipped(page: &Page) -> Diagnostic {
    let message = format!(
        "the page is {} MB; its prose is not checked",
        page.text.len() >> 20
    );
    Diagnostic::new("prose-skipped", Severity::Suggestion, &page.path, message).help(format!(
        "split it; pages up to {} MB are checked",
        MAX_PROSE >> 20
    ))
}

/// Drops false alarms and words that are right in this project.
fn sift(site: &Site, readings: &[Reading<'_>]) -> Vec<Diagnostic> {
    let project = Vocabulary::new(&site.config.check.words);
    let mut kept: Vec<(&Reading<'_>, &Block, &Finding)> = Vec::new();
    for reading in readings {
        let own = Vocabulary::new(&reading.page.front.words);
        for (block, findings) in reading.findings() {
            let right = |found: &&Finding| {
                let (range, text) = (found.start..found.end, &block.text[found.start..found.end]);
                let known = project.holds_any(text) || own.holds_any(text);
                !known && !rules::is_false_alarm(&found.rule, block, &range)
            };
            kept.extend(
                first_of_each_place(findings.iter().filter(right))
                    .map(|found| (reading, block, found)),
            );
        }
    }
    let unknown = kept.iter().filter(|(.., found)| found.rule.is_empty());
    let unknown: BTreeSet<&str> = unknown
        .map(|(_, block, found)| &block.text[found.start..found.end])
        .collect();
    let pages: Vec<(&Page, &Prose)> = readings
        .iter()
        .map(|reading| (reading.page, &reading.prose))
        .collect();
    let rare = rare(unknown, site, &pages);
    let kept = kept.iter().filter(|(_, block, found)| {
        !found.rule.is_empty() || rare.contains(&block.text[found.start..found.end])
    });
    kept.map(|(reading, block, found)| report(reading.page, block, found))
        .collect()
}

/// Of findings that overlap, the one that matters most.
fn first_of_each_place<'a>(
    findings: impl Iterator<Item = &'a Finding>,
) -> impl Iterator<Item = &'a Finding> {
    let mut findings: Vec<&Finding> = findings.collect();
    findings.sort_by_key(|found| (found.priority, found.start, found.end));
    let mut kept: Vec<&Finding> = Vec::new();
    for found in findings {
        let apart = |other: &&Finding| found.end <= other.start || other.end <= found.start;
        if kept.iter().all(apart) {
            kept.push(found);
        }
    }
    kept.into_iter()
}

fn report(page: &Page, block: &Block, found: &Finding) -> Diagnostic {
    let range = found.start..found.end;
    let source = block.source(&range);
    let spelling = found.rule.is_empty();
    let message = match spelling {
        true => format!("`{}` is probably misspelled", &block.text[range.clone()]),
        false => found.message.clone(),
    };
    let mut report = page.diagnostic("spelling-likely", Severity::Warning, source, message);
    if spelling {
        report.help = Some("add it to `words` in `[check]` if it is right".to_owned());
    } else {
        report.code = rules::code(&found.rule).into();
    }
    if block.is_whole(&range) {
        report.replacements.clone_from(&found.replacements);
    }
    report
}
