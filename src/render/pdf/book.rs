//! A document as data: its settings, its title page, and one tree for each chapter, in order.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::config::{Kind, Paper, direction};
use crate::diagnostic::{Diagnostic, Severity};
use crate::markdown::Edition;
use crate::render::binding::{Binding, Bound, Place};
use crate::render::context::RenderContext;
use crate::render::pdf::glyphs::Glyphs;
use crate::render::pdf::images::drawing_size;
use crate::render::pdf::strings::strings;
use crate::render::tree::{
    Images, Links, Medium, Notes, PageInput, notes_apart, page_tree, resolve_links, take_labels,
};
use crate::render::words::Words;
use crate::site::{Date, Document, Page, PageId, Site};

/// A contract of more words than this is worth a table of contents.
const LONG_CONTRACT: usize = 8000;
/// A document of fewer chapters than this lists the sections of each in its contents.
const FEW_CHAPTERS: usize = 8;

/// Lines are broken by the engine, which knows no place in a long address of its own.
const PAPER: Medium = Medium {
    edition: Edition::Pdf,
    softens: true,
    drawing_size,
};

/// A document as data.
pub(super) struct Book {
    /// What every chapter is set with.
    pub(super) settings: Value,
    /// The title page and what the whole is made of.
    pub(super) document: Value,
    /// The chapters.
    pub(super) chapters: Vec<Value>,
    /// The images.
    pub(super) images: Images,
    /// What was found.
    pub(super) diagnostics: Vec<Diagnostic>,
}

/// The name of the place in a document where a page begins, as links to the PDF use it.
pub(in crate::render) fn destination(
    site: &Site,
    document: &Document,
    page: PageId,
) -> Option<String> {
    let index = Binding::of(site, document).place_of(page)?;
    Some(format!("p{index}"))
}

/// Reads a document.
pub(super) fn book(context: &RenderContext<'_>, document: &Document) -> Book {
    let site = context.site;
    let entries = Binding::of(site, document).entries;
    let pages: BTreeMap<PageId, usize> = entries
        .iter()
        .enumerate()
        .filter_map(|(index, entry)| Some((entry.page?, index)))
        .collect();
    let links = Links { pages: &pages };
    let mut images = Images::default();
    let mut diagnostics = Vec::new();
    let mut glyphs = Glyphs::default();
    let mut chapters = Vec::new();
    let mut labels: BTreeSet<String> = (0..entries.len())
        .map(|index| format!("p{index}"))
        .collect();
    for (index, entry) in entries.iter().enumerate() {
        let mut chapter = chapter(context, document, entry, index);
        if let Some(id) = entry.page {
            let page = site.page(id);
            glyphs.read(page);
            let words = Words::of(site, site.language_of(page));
            let input = PageInput {
                context,
                page,
                index,
                level: entry.level,
                links: &links,
                words: &words,
                medium: PAPER,
            };
            let mut tree = page_tree(&input, &mut images);
            diagnostics.append(&mut tree.diagnostics);
            for (sign, at) in tree.signs.drain(..) {
                glyphs.letter(page, sign, at);
            }
            let mut placed = Notes::new(index, std::mem::take(&mut tree.notes));
            let mut title = tree.title.map(|(title, id)| {
                chapter["alias"] = json!(format!("p{index}--{id}"));
                notes_apart(title)
            });
            if let Some((title, notes)) = &mut title {
                placed.place(notes);
                take_labels(title, &mut labels);
                take_labels(notes, &mut labels);
                chapter["title"] = json!(title);
                chapter["notes"] = json!(notes);
            }
            placed.place(&mut tree.blocks);
            diagnostics.extend(placed.too_deep.then(|| notes_too_deep(page)));
            take_labels(&mut tree.blocks, &mut labels);
            chapter["body"] = json!(tree.blocks);
        }
        chapters.push(chapter);
    }
    for chapter in &mut chapters {
        // The id of a title is another name for the chapter itself; links go to the chapter.
        resolve_links(std::slice::from_mut(chapter), &labels);
    }
    diagnostics.extend(glyphs.report());
    let mut front = front(context, document, &entries);
    front["whole"] = json!(chapters.first().is_some_and(|first| first["whole"] == true));
    if let Some(first) = chapters.first_mut()
        && first["whole"] == true
        && front["contents"] == true
    {
        // The contents of a contract stand below its name, which is the title of its first page.
        first["contents"] = front["depth"].clone();
    }
    Book {
        settings: settings(context, document, &entries),
        document: front,
        chapters,
        images,
        diagnostics,
    }
}

fn chapter(
    context: &RenderContext<'_>,
    document: &Document,
    entry: &Bound<'_>,
    index: usize,
) -> Value {
    let site = context.site;
    let page = entry.page.map(|id| site.page(id));
    let language = page.map_or(site.config.project.language.as_str(), |page| {
        site.language_of(page)
    });
    let text = page.map_or(entry.item.title.as_str(), |page| page.title.as_str());
    json!({
        "index": index,
        "role": entry.place.name(),
        "level": entry.level,
        "front": entry.front,
        "number": entry.item.number,
        "title": [text],
        "text": text,
        "running": entry.item.title,
        // A contract's first page usually bears the name of the whole.
        "whole": site.kind == Kind::Contract && index == 0 && text == document.title,
        "notes": [],
        "contents": Value::Null,
        "label": format!("p{index}"),
        "language": language_of(language),
        "body": [],
    })
}

fn notes_too_deep(page: &Page) -> Diagnostic {
    let notes = &page.outline.footnotes.definitions;
    let first = notes.first().map_or(page.body, |(_, span)| span.start);
    let message = "notes stand in notes too deeply for paper";
    page.diagnostic("pdf-depth", Severity::Warning, first..first, message)
        .help("those below the third level are left out of the PDF")
}

/// What every chapter is set with. It changes seldom, so that an edit of one chapter leaves the
/// layout of the others as it was.
fn settings(context: &RenderContext<'_>, document: &Document, entries: &[Bound<'_>]) -> Value {
    let texts = entries
        .iter()
        .filter(|entry| entry.place != Place::Part)
        .count();
    let words = entries.iter().filter_map(|entry| entry.page);
    let words: usize = words.map(|id| context.site.page(id).outline.words).sum();
    let sections = match context.site.kind {
        Kind::Contract => words > LONG_CONTRACT,
        _ => texts < FEW_CHAPTERS,
    };
    let paper = document.pdf.paper;
    let language = language_in(context.site, document);
    json!({
        "kind": kind_name(context.site.kind),
        "paper": paper.typst_name(),
        "small": paper == Paper::A5,
        "language": language_of(language),
        "sections": sections,
        "strings": strings(&Words::of(context.site, language)),
    })
}

fn front(context: &RenderContext<'_>, document: &Document, entries: &[Bound<'_>]) -> Value {
    let site = context.site;
    let about = &document.about;
    let pages = || {
        entries
            .iter()
            .filter_map(|entry| entry.page)
            .map(|id| site.page(id))
    };
    let words: usize = pages().map(|page| page.outline.words).sum();
    let texts = entries
        .iter()
        .filter(|entry| entry.place != Place::Part)
        .count();
    let contract = site.kind == Kind::Contract;
    let contents = match contract {
        true => texts >= 3 || words > LONG_CONTRACT,
        false => texts >= 2,
    };
    let deepest = entries.iter().map(|entry| entry.level).max().unwrap_or(1);
    let tags: BTreeSet<&str> = pages().flat_map(|page| page.front.terms("tags")).collect();
    let first = pages().next();
    let own = first.filter(|_| contract).and_then(|page| page.front.date);
    let made = site.source.time.and_then(Date::from_seconds);
    let date = match about.date.as_deref() {
        Some(told) => Some(day_for_readers(told, language_in(site, document))),
        None => own
            .or(made)
            .map(|date| date.for_readers(language_in(site, document))),
    };
    // The name of a commit would be untrue of pages that were changed after it.
    let commit = site.source.commit.as_deref().filter(|_| !site.source.dirty);
    json!({
        "title": document.title,
        "subtitle": about.subtitle,
        "description": about.description,
        "authors": about.authors.iter().filter(|person| person.is_author())
            .map(|person| &person.name).collect::<Vec<_>>(),
        "contributors": about.authors.iter().filter(|person| !person.is_author())
            .map(|person| json!({"name": person.name, "role": person.role})).collect::<Vec<_>>(),
        "edition": about.edition,
        "publisher": about.publisher,
        "isbn": about.isbn,
        "series": about.series.as_ref().map(|series| json!({
            "name": series.name, "number": series.number,
        })),
        "keywords": tags.iter().take(20).collect::<Vec<_>>(),
        "copyright": about.copyright,
        "date": date,
        "commit": commit.map(|commit| commit.chars().take(8).collect::<String>()),
        "contents": contents,
        "depth": deepest.min(3) + 1,
        "chapters": entries.iter().map(|entry| json!({
            "role": entry.place.name(), "front": entry.front, "matter": entry.matter.kind,
        })).collect::<Vec<_>>(),
    })
}

/// A language as the engine takes it: two or three letters, a region, a direction.
fn language_of(language: &str) -> Value {
    let mut parts = language.split(['-', '_']);
    let primary = parts.next().unwrap_or("").to_ascii_lowercase();
    let letters = |text: &str| text.chars().all(|c| c.is_ascii_alphabetic());
    let good = (2..=3).contains(&primary.len()) && letters(&primary);
    let region = parts.find(|part| part.len() == 2 && letters(part));
    json!({
        "lang": if good { primary.as_str() } else { "en" },
        "region": region.map(str::to_ascii_uppercase),
        "dir": direction(language),
    })
}

/// The language of the whole.
fn language_in<'a>(site: &'a Site, document: &'a Document) -> &'a str {
    let own = document.about.language.as_deref();
    own.unwrap_or(&site.config.project.language)
}

/// A day as it is read; a month or a year stays as it is written.
fn day_for_readers(written: &str, language: &str) -> String {
    match Date::parse(written) {
        Some(date) => date.for_readers(language),
        None => written.to_owned(),
    }
}

fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Site => "site",
        Kind::Docs => "docs",
        Kind::Book => "book",
        Kind::Contract => "contract",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_taken_apart() {
        let case = |tag: &str, lang: &str, region: Option<&str>, dir: &str| {
            let found = language_of(tag);
            assert_eq!(found, json!({"lang": lang, "region": region, "dir": dir}));
        };
        case("en-GB", "en", Some("GB"), "ltr");
        case("zh-Hant-tw", "zh", Some("TW"), "ltr");
        case("ar", "ar", None, "rtl");
        case("x", "en", None, "ltr");
    }
}
