//! Documents on paper: a book, a handbook, a contract, laid out by Typst from a tree of plain data.
//!
//! Content is never a program: every string of an author enters the layout engine as a string.
//! The template alone is one, and it belongs to the theme.

mod addresses;
mod beside;
mod book;
mod booklet;
mod bound;
mod contact;
mod direction;
mod exhibits;
mod fonts;
mod front;
mod glyphs;
mod graft;
mod images;
mod letters;
mod mark;
mod outlines;
mod places;
mod quotes;
mod scripts;
mod sheets;
mod standards;
mod template;
mod typeset;
mod world;

#[cfg(test)]
mod conformance;
#[cfg(test)]
mod design_tests;
#[cfg(test)]
mod endurance;
#[cfg(test)]
mod finishing_tests;
#[cfg(test)]
mod injection;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod widths;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use typst::foundations::Bytes;

use crate::config::Format;
use crate::diagnostic::{Diagnostic, Severity, sort};
use crate::render::context::{RenderContext, RenderError};
use crate::render::pdf::beside::beside;
pub(super) use crate::render::pdf::book::destination;
use crate::render::pdf::book::{Book, book};
use crate::render::pdf::bound::Bound;
pub(super) use crate::render::pdf::fonts::fonts_of_the_machine;
use crate::render::pdf::graft::{Marks, finish};
use crate::render::pdf::images::{COVER, cover, load, load_one, needs};
use crate::render::pdf::standards::{Claims, Obstacle, report};
use crate::render::pdf::template::Template;
use crate::render::pdf::typeset::{ENGINE, Identity, typeset};
use crate::render::pdf::world::PdfWorld;
use crate::site::{Date, Document, Page};
use crate::site_path::SitePath;
use crate::store::Key;

/// The version of this step: it changes with every change of the pages it makes.
const VERSION: u32 = 8;

/// How many files the engine is given for a document; it has numbers for 65,535, among which are
/// those of the documents before.
const MOST_FILES: usize = 30_000;

/// How many documents the engine's memory spans at most.
const MOST_REMEMBERED: usize = 3;

/// The beginning: what every template would have to say of the document itself.
const MAIN: &str = r#"
#let doc = json("/document.json")
#set document(title: doc.title, author: doc.authors, description: doc.description, keywords: doc.keywords, date: auto)
#import "/base.typ": settings
#set text(lang: settings.language.lang, region: settings.language.region, dir: if settings.language.dir == "rtl" { rtl } else { ltr })
#import "/document.typ": document as bind
#bind(doc)
"#;

/// A PDF and what is known about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PdfOutput {
    /// The file.
    pub bytes: Vec<u8>,
    /// How many pages it has.
    pub pages: usize,
    /// The number of the page on which a place begins, by the place's name.
    pub places: BTreeMap<String, String>,
    /// The standards that it claims, such as `PDF/UA-1`.
    pub standards: Vec<String>,
    /// The files that are made of it.
    pub beside: Vec<(SitePath, Vec<u8>)>,
    /// What was found while it was made.
    pub diagnostics: Vec<Diagnostic>,
}

/// What is kept of a document beside its bytes.
#[derive(Serialize, Deserialize)]
struct Kept {
    pages: usize,
    places: BTreeMap<String, String>,
    standards: Vec<String>,
    obstacles: Vec<Obstacle>,
    /// The exhibits that are left out, by their number, and why.
    faulty: Vec<(usize, String)>,
    missing: Vec<String>,
    warnings: Vec<String>,
    /// What is told of images that may be fine the next time; pages without them are not kept.
    #[serde(skip)]
    passing: Vec<Diagnostic>,
}

/// Makes the PDF of a document, or takes it from the store where nothing in it has changed.
///
/// # Errors
/// Fails where the layout engine or the packing fails; the message says what was met.
pub fn render_pdf(
    context: &RenderContext<'_>,
    document: &Document,
) -> Result<PdfOutput, RenderError> {
    let mut book = book(context, document);
    let bound = Bound::of(context, document);
    let marks = marks(context, document);
    let files = data_files(&book);
    let mut template = Template::of(context);
    let mut faults: Vec<Diagnostic> = template.excess().into_iter().collect();
    let (kept, bytes) = loop {
        match laid_out(
            context,
            document,
            &book,
            &files,
            &template,
            (&marks, &bound),
        ) {
            Ok(found) => break found,
            // What the project has of its own is broken; the program's own stands in for it.
            Err(message) => match template.fault(context, &message) {
                Some(fault) => {
                    faults.push(fault);
                    template = Template::built_in(context.site.kind);
                }
                None => {
                    let path = document.route(Format::Pdf);
                    return Err(RenderError::Document { path, message });
                }
            },
        }
    };
    let mut diagnostics = std::mem::take(&mut book.diagnostics);
    diagnostics.append(&mut faults);
    diagnostics.extend(book.images.faults(&kept.missing));
    diagnostics.extend(kept.passing);
    diagnostics.extend(bound.faults(&kept.faulty));
    let file = document.route(Format::Pdf);
    let pages: Vec<&Page> = document
        .pages()
        .into_iter()
        .map(|id| &**context.site.page(id))
        .collect();
    if let Some(page) = pages.first() {
        let told = |text: &String| {
            let message = format!("in `{file}`: {text}");
            Diagnostic::new("pdf-layout", Severity::Warning, &page.path, message)
        };
        diagnostics.extend(kept.warnings.iter().map(told));
    }
    let is_told = |text: &str| {
        text.chars()
            .any(|letter| book.unprintable.contains(&letter))
    };
    diagnostics.extend(report(
        file.as_str(),
        &kept.standards,
        &kept.obstacles,
        &pages,
        is_told,
    ));
    sort(&mut diagnostics);
    Ok(PdfOutput {
        beside: beside(context, document, &bytes)?,
        bytes,
        pages: kept.pages,
        places: kept.places,
        standards: kept.standards,
        diagnostics,
    })
}

/// The pages as the store has them, or made and stored.
fn laid_out(
    context: &RenderContext<'_>,
    document: &Document,
    book: &Book,
    files: &[(String, Vec<u8>)],
    template: &Template,
    (marks, bound): (&Marks, &Bound),
) -> Result<(Kept, Vec<u8>), String> {
    let key = template.inputs(key(context, document, book, files, (marks, bound)));
    let cached = context.store.cached(&key);
    if let Some(found) = cached.as_deref().and_then(unpack) {
        return Ok(found);
    }
    let (kept, bytes) = make(context, document, book, files, template, (marks, bound))?;
    if kept.passing.is_empty() {
        context.store.cache(&key, &pack(&kept, &bytes));
    }
    Ok((kept, bytes))
}

/// Takes out of all strings what is no character of a text: controls, which no font has, and codes
/// that Unicode keeps for itself, which the standards forbid.
fn clean(node: &mut Value) {
    let is_none = |letter: char| {
        let code = u32::from(letter);
        (letter.is_control() && !matches!(letter, '\n' | '\t'))
            || letter == '\u{feff}'
            || code & 0xfffe == 0xfffe
            || (0xfdd0..=0xfdef).contains(&code)
    };
    match node {
        Value::String(text) if text.contains(is_none) => text.retain(|letter| !is_none(letter)),
        Value::Array(nodes) => nodes.iter_mut().for_each(clean),
        Value::Object(fields) => fields.values_mut().for_each(clean),
        _ => {}
    }
}

/// Hundredths of a millimeter in points.
#[expect(clippy::cast_precision_loss, reason = "no page has a million of them")]
fn points(hundredths: u32) -> f32 {
    hundredths as f32 / 100.0 * 72.0 / 25.4
}

/// What is painted over the pages. Pages that no commit holds are drafts, whatever they are besides.
fn marks(context: &RenderContext<'_>, document: &Document) -> Marks {
    let finishing = &document.pdf.finishing;
    let draft = context.site.source.dirty.then(|| "DRAFT".to_owned());
    let words: Vec<String> = draft.into_iter().chain(finishing.stamp.clone()).collect();
    Marks {
        word: Some(words.join(" – ")).filter(|words| !words.is_empty()),
        bates: finishing.bates.clone(),
        source: finishing.source_mark.then(|| source_mark(context)),
        bleed: (document.pdf.crop_marks).then(|| points(document.pdf.bleed)),
    }
}

/// The commit that pages are made from and its day, which every build of it says alike.
fn source_mark(context: &RenderContext<'_>) -> String {
    let source = &context.site.source;
    let Some(commit) = &source.commit else {
        return "not committed".to_owned();
    };
    let commit: String = commit.chars().take(10).collect();
    let changed = if source.dirty { " + changes" } else { "" };
    let day = source.time.and_then(Date::from_seconds);
    let day = day.map_or_else(String::new, |day| format!("  {}", day.day()));
    format!("{commit}{changed}{day}")
}

/// The files of data that the template reads.
fn data_files(book: &Book) -> Vec<(String, Vec<u8>)> {
    let bytes = |value: &Value| {
        let mut value = value.clone();
        clean(&mut value);
        value.to_string().into_bytes()
    };
    let mut files = vec![
        ("/settings.json".to_owned(), bytes(&book.settings)),
        ("/document.json".to_owned(), bytes(&book.document)),
    ];
    for (index, chapter) in book.chapters.iter().enumerate() {
        files.push((format!("/chapter-{index}.json"), bytes(chapter)));
    }
    files
}

fn key(
    context: &RenderContext<'_>,
    document: &Document,
    book: &Book,
    files: &[(String, Vec<u8>)],
    (marks, bound): (&Marks, &Bound),
) -> Key {
    let time = context.site.source.time.unwrap_or_default();
    let mut key = Key::new("pdf", VERSION)
        .input("engine", ENGINE.as_bytes())
        .input("tympan", env!("CARGO_PKG_VERSION").as_bytes())
        .input("name", document.name.as_bytes())
        .input("time", &time.to_le_bytes())
        .input("marks", format!("{marks:?}").as_bytes())
        .input("images", format!("{:?}", needs(&document.pdf)).as_bytes());
    for (name, bytes) in files {
        key = key.input(name, bytes);
    }
    if let Some(cover) = cover(context, document) {
        key = key.digest("cover", cover.digest);
    }
    for (name, digest) in bound.inputs() {
        key = key.digest(name, digest);
    }
    for (name, digest) in book.fonts.inputs() {
        key = key.digest(name, *digest);
    }
    for (number, digest) in book.images.digests().into_iter().enumerate() {
        key = key.digest(format!("image {number}"), digest);
    }
    key
}

fn make(
    context: &RenderContext<'_>,
    document: &Document,
    book: &Book,
    files: &[(String, Vec<u8>)],
    template: &Template,
    (marks, bound): (&Marks, &Bound),
) -> Result<(Kept, Vec<u8>), String> {
    let (chapters, pictures) = (book.chapters.len(), book.images.digests().len());
    if 2 * chapters + pictures > MOST_FILES {
        return Err(format!(
            "{chapters} chapters and {pictures} images are too many for one PDF: twice the chapters and the images may be {MOST_FILES}; divide them among several `[[documents]]`"
        ));
    }
    let (options, mut passing) = (&document.pdf, Vec::new());
    let images = load(&book.images, context, options, &mut passing);
    let mut missing = book.images.missing(&images);
    let cover = cover(context, document);
    let cover = cover.map(|asset| load_one(asset, context, options, &mut passing));
    let cover = cover.map(|bytes| bytes.ok_or_else(|| missing.push(COVER.to_owned())));
    let cover = cover.and_then(Result::ok);
    let mut data: Vec<(String, Bytes)> = files
        .iter()
        .map(|(name, bytes)| (name.clone(), Bytes::new(bytes.clone())))
        .collect();
    let list = json!(missing).to_string().into_bytes();
    data.push(("/missing.json".to_owned(), Bytes::new(list)));
    data.extend(images);
    data.extend(cover.map(|bytes| (COVER.to_owned(), bytes)));
    data.extend(template.files.iter().cloned());
    let mut sources = template.sources.clone();
    // Each chapter is a module of its own, so that the engine can keep those that did not change.
    for index in 0..book.chapters.len() {
        let text = format!(
            "#import \"/tympan.typ\": chapter\n#chapter(json(\"/chapter-{index}.json\"))\n"
        );
        sources.push((format!("/chapter-{index}.typ"), text));
    }
    sources.push(("/main.typ".to_owned(), MAIN.to_owned()));
    let world = || PdfWorld::new("/main.typ", sources, data, &book.fonts);
    let identity = Identity {
        name: format!("{} {}", document.name, document.title),
        time: context.site.source.time.and_then(Date::from_seconds),
    };
    // In a session the next edit leaves most chapters as they are; the documents of the project take
    // turns. Nothing is gained by what is older.
    let memory = match context.store.is_for_session() {
        true => context.site.documents.len().min(MOST_REMEMBERED),
        false => 0,
    };
    // Nobody can say of the files of others what an archive or a screen reader needs to know.
    let claims = match bound.is_empty() {
        true => Claims::All,
        false => Claims::None,
    };
    let typeset = typeset(world, &identity, claims, memory)?;
    let (exhibits, faulty) = bound.open();
    let (bytes, added) = finish(&typeset.bytes, marks, exhibits)?;
    let kept = Kept {
        pages: typeset.pages + added,
        faulty,
        places: typeset.places,
        standards: typeset.standards,
        obstacles: typeset.obstacles,
        missing,
        warnings: typeset.warnings,
        passing,
    };
    Ok((kept, bytes))
}

/// A line of JSON, then the file.
fn pack(kept: &Kept, bytes: &[u8]) -> Vec<u8> {
    let mut packed = serde_json::to_vec(kept).unwrap_or_default();
    packed.push(b'\n');
    packed.extend_from_slice(bytes);
    packed
}

fn unpack(packed: &[u8]) -> Option<(Kept, Vec<u8>)> {
    let end = packed.iter().position(|byte| *byte == b'\n')?;
    let kept = serde_json::from_slice(&packed[..end]).ok()?;
    Some((kept, packed[end + 1..].to_vec()))
}
