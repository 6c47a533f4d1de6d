//! From the files of a document to the pages of a PDF, by Typst.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use typst::World;
use typst::diag::{SourceDiagnostic, Warned};
use typst::foundations::{Datetime, Smart};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandards, Timestamp};

use crate::render::pdf::places::places;
use crate::render::pdf::standards::{Claims, Obstacle, Standards};
use crate::render::pdf::world::PdfWorld;
use crate::site::Date;

/// The version of the engine, which decides where lines and pages break.
pub(super) const ENGINE: &str = "typst 0.15.1";

/// The stack of a thread that lays out, in bytes: nested lists and tables recurse deeply.
const STACK: usize = 64 << 20;

/// A document that is laid out.
pub(super) struct Typeset {
    pub(super) bytes: Vec<u8>,
    pub(super) pages: usize,
    /// The number of the page on which a place begins.
    pub(super) places: BTreeMap<String, String>,
    /// The standards that it keeps to, by name.
    pub(super) standards: Vec<String>,
    /// What keeps it from others.
    pub(super) obstacles: Vec<Obstacle>,
    pub(super) warnings: Vec<String>,
}

/// What the document says about itself beside its pages.
pub(super) struct Identity {
    /// A name that stays the same from one build to the next.
    pub(super) name: String,
    /// The moment of its commit.
    pub(super) time: Option<Date>,
}

/// Lays out and writes the PDF, or says what the engine could not do. What the engine learns is
/// remembered until `memory` more documents are laid out without it. The engine may fail already
/// where its world is made.
pub(super) fn typeset<'a>(
    world: impl FnOnce() -> Option<PdfWorld<'a>> + Send,
    identity: &Identity,
    claims: Claims,
    memory: usize,
) -> Result<Typeset, String> {
    let pool = rayon::ThreadPoolBuilder::new()
        .stack_size(STACK)
        .build()
        .map_err(|error| error.to_string())?;
    let result = pool.install(|| {
        let work = || compile(&world().ok_or("a file has a bad name")?, identity, claims);
        catch_unwind(AssertUnwindSafe(work))
            .unwrap_or_else(|_| Err("the layout engine failed on this document".to_owned()))
    });
    // What the engine remembers of a document is many times its size.
    comemo::evict(memory);
    result
}

fn compile(world: &PdfWorld<'_>, identity: &Identity, claims: Claims) -> Result<Typeset, String> {
    let Warned { output, warnings } = typst::compile::<PagedDocument>(world);
    let document = output.map_err(|errors| told(world, &errors))?;
    let timestamp = identity.time.and_then(timestamp);
    let mut standards = Standards::asked(claims, timestamp.is_some());
    let bytes = loop {
        let options = PdfOptions {
            ident: Smart::Custom(identity.name.clone()),
            creator: Smart::Custom(Some(
                concat!("tympan ", env!("CARGO_PKG_VERSION")).to_owned(),
            )),
            timestamp,
            standards: PdfStandards::new(&standards.list()).unwrap_or_default(),
            ..PdfOptions::default()
        };
        match typst_pdf::pdf(&document, &options) {
            Ok(bytes) => break bytes,
            Err(refusals) if standards.give_up(&refusals) => {}
            Err(errors) => return Err(told(world, &errors)),
        }
    };
    let (standards, obstacles) = standards.settled();
    Ok(Typeset {
        bytes,
        pages: document.pages().len(),
        places: places(&document),
        standards,
        obstacles,
        warnings: warnings.iter().map(|found| said(world, found)).collect(),
    })
}

fn told(world: &PdfWorld<'_>, errors: &[SourceDiagnostic]) -> String {
    errors.first().map_or_else(
        || "the layout engine failed without a word".to_owned(),
        |error| said(world, error),
    )
}

/// A message of the engine with the line of the template that it is about.
fn said(world: &PdfWorld<'_>, found: &SourceDiagnostic) -> String {
    let place = found.span.id().and_then(|id| {
        let source = world.source(id).ok()?;
        let range = typst::WorldExt::range(world, found.span)?;
        let line = source.lines().byte_to_line(range.start)? + 1;
        Some(format!("{}:{line}: ", id.get().vpath().get_without_slash()))
    });
    let hints: String = found
        .hints
        .iter()
        .fold(String::new(), |text, hint| format!("{text} ({})", hint.v));
    format!("{}{}{hints}", place.unwrap_or_default(), found.message)
}

fn timestamp(date: Date) -> Option<Timestamp> {
    let text = date.rfc3339();
    let number = |from: usize, to: usize| text.get(from..to)?.parse::<u8>().ok();
    let moment = Datetime::from_ymd_hms(
        text.get(..4)?.parse().ok()?,
        number(5, 7)?,
        number(8, 10)?,
        number(11, 13)?,
        number(14, 16)?,
        number(17, 19)?,
    )?;
    Some(Timestamp::new_utc(moment))
}
