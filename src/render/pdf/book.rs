//! A document as data: its settings, its title page, and one tree for each chapter, in order.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::config::{self, Kind, direction};
use crate::diagnostic::{Diagnostic, Severity};
use crate::markdown::Edition;
use crate::render::binding::{Binding, Bound, Place};
use crate::render::context::RenderContext;
use crate::render::pdf::addresses::tell_addresses;
use crate::render::pdf::direction::mark_directions;
use crate::render::pdf::fonts::Fonts;
use crate::render::pdf::front::{front, language_in, settings};
use crate::render::pdf::glyphs::Glyphs;
use crate::render::pdf::images::drawing_size;
use crate::render::pdf::quotes::set_apart;
use crate::render::references::numbered;
use crate::render::tree::{
    Images, Links, Medium, Notes, PageInput, notes_apart, page_tree, resolve_links, take_labels,
};
use crate::render::words::Words;
use crate::site::{Document, Page, PageId, Site};

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
    /// The fonts.
    pub(super) fonts: Fonts,
    /// The characters that no font has.
    pub(super) unprintable: BTreeSet<char>,
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
    let language = language_in(site, document);
    let mut fonts = Fonts::of(&document.pdf.fonts, language, context.snapshot);
    let mut diagnostics = fonts.take_diagnostics();
    let mut glyphs = Glyphs::new(&fonts);
    let mut chapters = Vec::new();
    let mut labels: BTreeSet<String> = (0..entries.len())
        .map(|index| format!("p{index}"))
        .collect();
    let own_words = Words::of(site, language_in(site, document));
    let mut appendices = 0;
    for (index, entry) in entries.iter().enumerate() {
        let over = over(&own_words, entry, &mut appendices);
        let mut chapter = chapter(context, document, entry, index, over);
        if let Some(id) = entry.page {
            let page = site.page(id);
            glyphs.read(page);
            for key in ["text", "running", "byline"] {
                glyphs.beside(page, &chapter[key]);
            }
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
            set_apart(&mut tree.blocks);
            if document.pdf.profile == config::Medium::Print {
                tell_addresses(&mut tree.blocks, index);
            }
            chapter["body"] = json!(tree.blocks);
        }
        chapters.push(chapter);
    }
    for chapter in &mut chapters {
        // The id of a title is another name for the chapter itself; links go to the chapter.
        resolve_links(std::slice::from_mut(chapter), &labels);
        let from_right = chapter["language"]["dir"] == "rtl";
        mark_directions(&mut chapter["body"], if from_right { "rtl" } else { "ltr" });
    }
    let settings = settings(context, document, &entries, &fonts);
    glyphs.around(&settings["strings"]);
    for chapter in &chapters {
        // What has no page: parts, and the numbers above titles.
        for key in ["text", "running", "over"] {
            glyphs.around(&chapter[key]);
        }
    }
    let mut front = front(context, document, &entries, &pages);
    front["whole"] = json!(chapters.first().is_some_and(|first| first["whole"] == true));
    if let Some(first) = chapters.first_mut()
        && first["whole"] == true
        && front["contents"] == true
    {
        // The contents of a contract stand below its name, which is the title of its first page.
        first["contents"] = front["depth"].clone();
    }
    glyphs.around(&front);
    let (found, unprintable) = glyphs.report();
    diagnostics.extend(found);
    Book {
        settings,
        document: front,
        chapters,
        images,
        fonts,
        unprintable,
        diagnostics,
    }
}

fn chapter(
    context: &RenderContext<'_>,
    document: &Document,
    entry: &Bound<'_>,
    index: usize,
    over: Option<String>,
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
        "over": over,
        "matter": entry.matter.kind,
        "byline": byline(context, page.map(|page| &**page)),
        "contents": Value::Null,
        "label": format!("p{index}"),
        "language": language_of(language),
        "body": [],
    })
}

/// What stands above the title of a chapter: its number, or the letter of an appendix. A title that
/// says so itself needs nothing above it.
fn over(words: &Words, entry: &Bound<'_>, appendices: &mut u32) -> Option<String> {
    if entry.place != Place::Chapter {
        return None;
    }
    if entry.matter.kind == "appendix" {
        let word = words.get("appendix");
        let says_so = entry
            .item
            .title
            .to_lowercase()
            .starts_with(&word.to_lowercase());
        *appendices += 1;
        let letter =
            char::from_u32(u32::from('A') + *appendices - 1).filter(char::is_ascii_uppercase);
        let letter = letter.map_or_else(|| appendices.to_string(), String::from);
        return (!says_so && entry.item.number.is_none()).then(|| format!("{word} {letter}"));
    }
    let number = entry.item.number.as_deref()?;
    Some(numbered(words.get("chapter"), number).replace('\u{a0}', " "))
}

/// Who wrote an article and when; none where the pages are of one work.
fn byline(context: &RenderContext<'_>, page: Option<&Page>) -> Option<String> {
    let site = context.site;
    let page = page.filter(|_| site.kind == Kind::Site)?;
    let language = site.language_of(page);
    let date = page.front.date.map(|date| date.for_readers(language));
    let names = page.front.terms("authors").join(", ");
    let parts = [Some(names).filter(|names| !names.is_empty()), date];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    Some(parts.join(" · ")).filter(|line| !line.is_empty())
}

fn notes_too_deep(page: &Page) -> Diagnostic {
    let notes = &page.outline.footnotes.definitions;
    let first = notes.first().map_or(page.body, |(_, span)| span.start);
    let message = "notes stand in notes too deeply for paper";
    page.diagnostic("pdf-depth", Severity::Warning, first..first, message)
        .help("those below the third level are left out of the PDF")
}

/// A language as the engine takes it: two or three letters, a region, a direction.
pub(super) fn language_of(language: &str) -> Value {
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
