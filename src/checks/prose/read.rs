//! Reads what the store does not know yet, on a few threads.

use std::ops::Range;

use rayon::prelude::*;

use crate::checks::check::CheckContext;
use crate::checks::prose::engine::{Dialect, Engine, Finding};
use crate::checks::prose::passage::{self, Findings};
use crate::checks::text::block::Block;
use crate::checks::text::walk::{Prose, read_prose};
use crate::progress::{Event, Stage};
use crate::site::Page;
use crate::store::Key;

/// Harper holds tens of megabytes for each thread.
const MAX_THREADS: usize = 4;

/// A page that is read, and what was found in its passages.
pub(super) struct Reading<'a> {
    pub page: &'a Page,
    pub prose: Prose,
    dialect: Dialect,
    passages: Vec<Passage>,
}

struct Passage {
    blocks: Range<usize>,
    key: Key,
    findings: Option<Findings>,
}

impl<'a> Reading<'a> {
    /// Takes a page apart and looks up what is known of it.
    pub(super) fn begin(context: &CheckContext<'_>, page: &'a Page, dialect: Dialect) -> Self {
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
        let passages: Vec<Passage> = passages.collect();
        if passages.iter().all(|passage| passage.findings.is_some()) {
            step(context, page);
        }
        Self {
            page,
            prose,
            dialect,
            passages,
        }
    }

    /// Each finding with its block.
    pub(super) fn findings(&self) -> impl Iterator<Item = (&Block, &[Finding])> {
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
    /// Where it is the last one of its page.
    ends: Option<&'a Page>,
    dialect: Dialect,
    key: &'a Key,
    blocks: &'a [Block],
}

/// Reads the passages that the store does not know, in as many groups as there may be threads.
pub(super) fn read_unknown(context: &CheckContext<'_>, readings: &mut [Reading<'_>]) {
    let mut jobs = Vec::new();
    for (at, reading) in readings.iter().enumerate() {
        let passages = reading.passages.iter().enumerate();
        for (number, passage) in passages.filter(|(_, passage)| passage.findings.is_none()) {
            let rest = &reading.passages[number + 1..];
            let is_last = rest.iter().all(|passage| passage.findings.is_some());
            jobs.push(Job {
                place: (at, number),
                ends: is_last.then_some(reading.page),
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
        if let Some(page) = job.ends {
            step(context, page);
        }
    }
    found
}

/// Tells that a page is done.
pub(super) fn step(context: &CheckContext<'_>, page: &Page) {
    let path = page.path.clone();
    (context.progress)(Event::Stepped {
        stage: Stage::Check,
        path,
    });
}
