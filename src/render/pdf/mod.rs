//! Documents on paper: a book, a handbook, a contract, laid out by Typst from a tree of plain data.
//!
//! Content is never a program: every string of an author enters the layout engine as a string.
//! The template alone is one, and it belongs to the theme.

mod addresses;
mod book;
mod front;
mod glyphs;
mod graft;
mod images;
mod mark;
mod places;
mod quotes;
mod template;
mod typeset;
mod world;

#[cfg(test)]
mod design_tests;
#[cfg(test)]
mod endurance;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use typst::foundations::Bytes;

use crate::config::Format;
use crate::diagnostic::{Diagnostic, Severity, sort};
use crate::render::context::{RenderContext, RenderError};
pub(super) use crate::render::pdf::book::destination;
use crate::render::pdf::book::{Book, book};
use crate::render::pdf::graft::{Mark, finish};
use crate::render::pdf::images::{COVER, cover, load, load_cover, needs};
use crate::render::pdf::template::Template;
use crate::render::pdf::typeset::{ENGINE, Identity, typeset};
use crate::render::pdf::world::PdfWorld;
use crate::site::{Date, Document};
use crate::store::Key;

/// The version of this step: it changes with every change of the pages it makes.
const VERSION: u32 = 5;

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
    /// What was found while it was made.
    pub diagnostics: Vec<Diagnostic>,
}

/// What is kept of a document beside its bytes.
#[derive(Serialize, Deserialize)]
struct Kept {
    pages: usize,
    places: BTreeMap<String, String>,
    missing: Vec<String>,
    warnings: Vec<String>,
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
    let mark = match context.site.source.dirty {
        true => Mark::Draft,
        false => Mark::None,
    };
    let files = data_files(&book);
    let mut template = Template::of(context);
    let mut faults = Vec::new();
    let (kept, bytes) = loop {
        match laid_out(context, document, &book, &files, &template, mark) {
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
    let first = document.pages().into_iter().next();
    if let Some(page) = first.map(|id| context.site.page(id)) {
        let told = |text: &String| {
            let message = format!("in `{}`: {text}", document.route(Format::Pdf));
            Diagnostic::new("pdf-layout", Severity::Warning, &page.path, message)
        };
        diagnostics.extend(kept.warnings.iter().map(told));
    }
    sort(&mut diagnostics);
    Ok(PdfOutput {
        bytes,
        pages: kept.pages,
        places: kept.places,
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
    mark: Mark,
) -> Result<(Kept, Vec<u8>), String> {
    let key = template.inputs(key(context, document, book, files, mark));
    let cached = context.store.cached(&key);
    if let Some(found) = cached.as_deref().and_then(unpack) {
        return Ok(found);
    }
    let (kept, bytes) = make(context, document, book, files, template, mark)?;
    context.store.cache(&key, &pack(&kept, &bytes));
    Ok((kept, bytes))
}

/// The files of data that the template reads.
fn data_files(book: &Book) -> Vec<(String, Vec<u8>)> {
    let bytes = |value: &Value| value.to_string().into_bytes();
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
    mark: Mark,
) -> Key {
    let time = context.site.source.time.unwrap_or_default();
    let mut key = Key::new("pdf", VERSION)
        .input("engine", ENGINE.as_bytes())
        .input("tympan", env!("CARGO_PKG_VERSION").as_bytes())
        .input("name", document.name.as_bytes())
        .input("time", &time.to_le_bytes())
        .input("mark", format!("{mark:?}").as_bytes())
        .input("images", format!("{:?}", needs(&document.pdf)).as_bytes());
    for (name, bytes) in files {
        key = key.input(name, bytes);
    }
    if let Some(cover) = cover(context, document) {
        key = key.digest("cover", cover.digest);
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
    mark: Mark,
) -> Result<(Kept, Vec<u8>), String> {
    let images = load(&book.images, context, &document.pdf);
    let mut missing = book.images.missing(&images);
    let cover = cover(context, document).map(|asset| load_cover(asset, context, &document.pdf));
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
    let world = PdfWorld::new("/main.typ", sources, data).ok_or("a file has a bad name")?;
    let identity = Identity {
        name: format!("{} {}", document.name, document.title),
        time: context.site.source.time.and_then(Date::from_seconds),
    };
    let typeset = typeset(&world, &identity)?;
    let options = &document.pdf;
    let bleed = options
        .crop_marks
        .then(|| options.bleed as f32 / 100.0 * 72.0 / 25.4);
    let bytes = finish(&typeset.bytes, mark, bleed)?;
    let kept = Kept {
        pages: typeset.pages,
        places: typeset.places,
        missing,
        warnings: typeset.warnings,
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
