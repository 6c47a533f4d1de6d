//! Reads the blocks that the store does not know yet, on a few threads.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use crate::checks::check::CheckContext;
use crate::checks::prose::engine::{Dialect, Engine, Finding};
use crate::checks::prose::known::Known;
use crate::checks::prose::spelling::{Text, Tongue};
use crate::checks::text::block::Block;
use crate::checks::text::walk::{Prose, read_prose};
use crate::digest::Digest;
use crate::progress::{Event, Stage};
use crate::site::{Page, Site};

/// Harper holds tens of megabytes for each thread.
const MAX_THREADS: usize = 4;

/// How many bytes are read between two looks at what the other threads left to do.
const SHARE: usize = 16 << 10;

/// A page that is read, and what was found in its blocks.
pub(super) struct Reading<'a> {
    pub page: &'a Page,
    pub prose: Prose,
    language: &'a str,
    /// The language of each block, if there is a dictionary of it.
    tongues: Vec<Option<Tongue>>,
    /// What was found in each block, or the name under which it will be.
    found: Vec<Result<Vec<Finding>, Digest>>,
}

impl<'a> Reading<'a> {
    /// Takes a page apart.
    fn begin(context: &CheckContext<'a>, page: &'a Page) -> Self {
        let site = context.site;
        let language = site.language_of(page);
        let prose = read_prose(page);
        let tongue = |block: &Block| Tongue::of(block.language_on(language), &site.lexicons);
        Self {
            page,
            language,
            tongues: prose.blocks.iter().map(tongue).collect(),
            prose,
            found: Vec::new(),
        }
    }

    /// Looks up what is known of the blocks in English.
    fn look_up(&mut self, context: &CheckContext<'_>, known: &BTreeMap<Dialect, Known<'_>>) {
        let look_up = |(block, tongue): (&Block, &Option<Tongue>)| {
            let Some(known) = dialect(tongue.as_ref()).and_then(|dialect| known.get(&dialect))
            else {
                return Ok(Vec::new());
            };
            let name = known.name(block);
            let found = known.get(&name, block).ok_or(name);
            (context.progress)(match found {
                Ok(_) => Event::CacheHit,
                Err(_) => Event::CacheMiss,
            });
            found
        };
        let blocks = self.prose.blocks.iter().zip(&self.tongues);
        self.found = blocks.map(look_up).collect();
    }

    /// Whether any of it is in a language that can be read.
    pub(super) fn is_read(&self) -> bool {
        self.tongues.iter().any(Option::is_some)
    }

    /// The page as the spelling of words sees it.
    pub(super) fn text(&self) -> Text<'_> {
        Text {
            page: self.page,
            prose: &self.prose,
            language: self.language,
            tongues: &self.tongues,
        }
    }

    /// Each block with what was found in it.
    pub(super) fn findings(&self) -> impl Iterator<Item = (&Block, &[Finding])> {
        let found = self.found.iter();
        let found = found.map(|found| found.as_deref().unwrap_or_default());
        self.prose.blocks.iter().zip(found)
    }
}

/// The dialect of a language, if it is English.
fn dialect(tongue: Option<&Tongue>) -> Option<Dialect> {
    match tongue? {
        Tongue::English(dialect) => Some(*dialect),
        Tongue::Other(_) => None,
    }
}

/// Reads pages, and each block in its language.
pub(super) fn read<'a>(context: &CheckContext<'a>, pages: Vec<&'a Page>) -> Vec<Reading<'a>> {
    let begin = |page| Reading::begin(context, page);
    let mut readings: Vec<Reading<'a>> = pages.into_par_iter().map(begin).collect();
    let tongues = readings.iter().flat_map(|reading| &reading.tongues);
    let dialects = tongues.filter_map(|tongue| dialect(tongue.as_ref()));
    let dialects: BTreeSet<Dialect> = dialects.collect();
    let open = |dialect| (dialect, Known::open(context.store, dialect));
    let known: BTreeMap<Dialect, Known<'_>> = dialects.into_iter().map(open).collect();
    readings
        .par_iter_mut()
        .for_each(|reading| reading.look_up(context, &known));
    read_unknown(context, &known, &mut readings);
    readings
}

/// A block to read, which may stand in many places.
struct Job<'a> {
    dialect: Dialect,
    name: Digest,
    block: &'a Block,
    /// The page whose last block it is.
    ends: Option<&'a Page>,
}

fn read_unknown(
    context: &CheckContext<'_>,
    known: &BTreeMap<Dialect, Known<'_>>,
    readings: &mut [Reading<'_>],
) {
    let jobs = jobs(context, readings);
    if jobs.is_empty() {
        return;
    }
    let shares = shares(&jobs);
    let threads = rayon::current_num_threads()
        .min(MAX_THREADS)
        .min(shares.len());
    let shares = std::sync::Mutex::new(shares.into_iter());
    let next = || {
        let mut shares = shares
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        shares.next()
    };
    let found: BTreeMap<Digest, Vec<Finding>> = (0..threads)
        .into_par_iter()
        .flat_map_iter(|_| {
            let mut engine: Option<(Dialect, Engine)> = None;
            let mut found = Vec::new();
            while let Some(share) = next() {
                for job in share {
                    let engine = match &mut engine {
                        Some((dialect, engine)) if *dialect == job.dialect => engine,
                        other => &mut other.insert((job.dialect, Engine::new(job.dialect))).1,
                    };
                    let findings = engine.read(&job.block.text, &job.block.masked);
                    known[&job.dialect].put(job.name, &findings);
                    found.push((job.name, findings));
                    if let Some(page) = job.ends {
                        step(context, page);
                    }
                }
                // What was read is not lost where the run is ended.
                if let Some(job) = share.first() {
                    known[&job.dialect].keep();
                }
            }
            found
        })
        .collect();
    let unread = readings.iter_mut().flat_map(|reading| &mut reading.found);
    for block in unread {
        if let Err(name) = block {
            *block = Ok(found.get(name).cloned().unwrap_or_default());
        }
    }
}

/// The blocks to read, each once, in the order of dialects and pages; a page without any is done.
fn jobs<'a>(context: &CheckContext<'_>, readings: &'a [Reading<'_>]) -> Vec<Job<'a>> {
    let mut jobs = Vec::new();
    let mut seen = BTreeSet::new();
    for reading in readings {
        let before = jobs.len();
        let blocks = reading.prose.blocks.iter().zip(&reading.tongues);
        for (found, (block, tongue)) in reading.found.iter().zip(blocks) {
            if let Err(name) = found
                && let Some(dialect) = dialect(tongue.as_ref())
                && seen.insert(*name)
            {
                jobs.push(Job {
                    dialect,
                    name: *name,
                    block,
                    ends: None,
                });
            }
        }
        match jobs[before..].last_mut() {
            Some(last) => last.ends = Some(reading.page),
            None => step(context, reading.page),
        }
    }
    jobs.sort_by_key(|job| job.dialect);
    jobs
}

/// Cuts jobs into shares of about the same number of bytes, each of one dialect.
fn shares<'a, 'b>(jobs: &'a [Job<'b>]) -> Vec<&'a [Job<'b>]> {
    let mut shares = Vec::new();
    let (mut start, mut held) = (0, 0);
    for (at, job) in jobs.iter().enumerate() {
        let other = job.dialect != jobs[start].dialect;
        if at > start && (other || held >= SHARE) {
            shares.push(&jobs[start..at]);
            (start, held) = (at, 0);
        }
        held += job.block.text.len();
    }
    shares.extend(jobs.get(start..).filter(|rest| !rest.is_empty()));
    shares
}

/// Whether the prose of a page is read, as far as its own language goes.
pub(in crate::checks) fn reads(site: &Site, page: &Page) -> bool {
    site.config.check.prose != Some(false)
        && Tongue::of(site.language_of(page), &site.lexicons).is_some()
}

/// Tells that a page is done.
pub(super) fn step(context: &CheckContext<'_>, page: &Page) {
    let path = page.path.clone();
    (context.progress)(Event::Stepped {
        stage: Stage::Check,
        path,
    });
}
