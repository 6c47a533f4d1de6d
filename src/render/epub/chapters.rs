//! From the pages of a book to its bytes: every page is parsed, then the pictures are read, then
//! every chapter is connected to the others and written.

use std::collections::BTreeSet;

use rayon::prelude::*;

use crate::config::direction;
use crate::diagnostic::{Diagnostic, Severity};
use crate::markdown::LabelKind;
use crate::render::context::RenderContext;
use crate::render::dom::{Fragment, NodeId, Space, parse_fragment};
use crate::render::epub::EpubOutput;
use crate::render::epub::book::{Book, Chapter};
use crate::render::epub::fonts::Fonts;
use crate::render::epub::headings::{Ids, settle_headings, settle_ids};
use crate::render::epub::images::{Picture, cover, drawn_cover, pictures, source};
use crate::render::epub::links::{Surroundings, broken_images, connect};
use crate::render::epub::markup::markup;
use crate::render::epub::metadata::Holdings;
use crate::render::epub::names::plain;
use crate::render::epub::nav::List;
use crate::render::epub::package::{Finished, Parts, pack, pages_around};
use crate::render::epub::pages::chapter as chapter_page;
use crate::render::epub::paper::Paper;
use crate::render::epub::rules::rule;
use crate::render::epub::structure::settle;
use crate::render::references::caption_label;
use crate::render::words::Words;
use crate::site::Labelled;

/// The longest document that every reading system opens, in bytes.
const LONGEST: usize = 300_000;

/// Makes a book.
pub(super) fn make(book: &Book<'_>) -> Result<EpubOutput, String> {
    let drafts: Vec<(Fragment, Ids)> = book
        .chapters
        .par_iter()
        .map(|chapter| draft(&book.context, chapter))
        .collect();
    let sources: BTreeSet<_> = book
        .chapters
        .iter()
        .zip(&drafts)
        .flat_map(|(chapter, (tree, _))| {
            let ids = tree.walk();
            ids.filter_map(|id| source(&book.context, chapter.page, tree, id))
        })
        .collect();
    let pictures = pictures(&book.context, &sources, book.document.epub.images);
    let mut diagnostics = broken_images(book, &pictures);
    diagnostics.extend(pictures.passing.iter().cloned());
    let cover = read_cover(book, &mut diagnostics);
    let (trees, ids): (Vec<Fragment>, Vec<Ids>) = drafts.into_iter().unzip();
    let ids: Vec<&Ids> = ids.iter().collect();
    let around = Surroundings {
        book,
        ids: &ids,
        pictures: &pictures,
    };
    let paper = Paper::of(book, &ids);
    let chapters: Vec<Finished> = trees
        .into_par_iter()
        .enumerate()
        .map(|(at, tree)| finish(tree, at, &around, &paper))
        .collect();
    let lists = lists(book, &ids);
    let mut texts: Vec<&str> = chapters.iter().map(|one| one.xhtml.as_str()).collect();
    let others = match book.document.epub.fonts.is_empty() {
        true => Vec::new(),
        false => pages_around(book, &ids, &lists, &paper),
    };
    texts.extend(others.iter().map(String::as_str));
    let fonts = Fonts::of(book, &texts, &mut diagnostics);
    let all = chapters.iter().enumerate();
    diagnostics.extend(all.filter_map(|(at, chapter)| too_long(book, at, chapter)));
    let bytes = pack(&Parts {
        book,
        lists: &lists,
        ids: &ids,
        chapters: &chapters,
        pictures: &pictures,
        cover: &cover,
        fonts: &fonts,
        paper: &paper,
    })?;
    Ok(EpubOutput { bytes, diagnostics })
}

/// The lists of the figures and tables that have a number, for the navigation. Where a chapter shows
/// such a list, it is the one.
fn lists(book: &Book<'_>, ids: &[&Ids]) -> Vec<List> {
    let site = book.context.site;
    let kinds = [
        (LabelKind::Figure, "loi", "list_of_figures"),
        (LabelKind::Table, "lot", "list_of_tables"),
    ];
    let one = |(kind, name, key): (LabelKind, &'static str, &str)| {
        let own = site.list_pages.get(&kind).copied();
        let chapter = own.and_then(|page| Some(&book.chapters[book.chapter_of(page)?]));
        let language = chapter.map_or(&book.language, |chapter| &chapter.language);
        let words = Words::of(site, language);
        let word = words.get(kind.name());
        let entry = |found: &Labelled| {
            let at = book.chapter_of(found.page)?;
            let id = ids[at].known.get(&found.id)?;
            let label = caption_label(kind, found.number.as_deref().unwrap_or_default(), word);
            let text = plain(&format!("{label} {}", found.title));
            let place = format!("{}#{id}", book.chapters[at].file);
            Some(((at, found.order), (place, text)))
        };
        let found = site.labels.values().flatten();
        let found = found.filter(|found| found.kind == kind && found.part.is_none());
        let mut entries: Vec<_> = found.filter_map(entry).collect();
        // A book may have its chapters in another order than the site.
        entries.sort();
        let entries = entries.into_iter().map(|(_, entry)| entry);
        let entries: Vec<(String, String)> = entries.collect();
        (!entries.is_empty()).then(|| List {
            name,
            title: match chapter {
                Some(chapter) => chapter.title.clone(),
                None => book.words.get(key).to_owned(),
            },
            file: chapter.map(|chapter| chapter.file.clone()),
            entries,
        })
    };
    kinds.into_iter().filter_map(one).collect()
}

fn draft(context: &RenderContext<'_>, chapter: &Chapter<'_>) -> (Fragment, Ids) {
    let words = Words::of(context.site, &chapter.language);
    let mut tree = parse_fragment(&markup(context, chapter.page, &words));
    tree.edit(rule);
    settle(&mut tree, &words);
    let heading = settle_headings(&mut tree, &chapter.title, chapter.number.as_deref());
    let ids = settle_ids(&mut tree, heading);
    if direction(&chapter.language) == "rtl" {
        // Code and formulas run from left to right in every language.
        for id in tree.elements() {
            if let Some(element) = tree
                .element_mut(id)
                .filter(|element| element.is("pre") || element.name == "math")
            {
                element.set("dir", "ltr");
            }
        }
    }
    (tree, ids)
}

fn finish(mut tree: Fragment, at: usize, around: &Surroundings<'_>, paper: &Paper) -> Finished {
    connect(&mut tree, at, around);
    paper.mark(around.book, &mut tree, at);
    let mut holdings = Holdings::default();
    let (mut svg, mut mathml) = (false, false);
    for id in tree.walk() {
        let Some(element) = tree.element(id) else {
            continue;
        };
        svg |= element.space == Space::Svg;
        if element.space == Space::Svg && element.name == "svg" {
            holdings.images_without_text |= !has_words(&tree, id);
        }
        mathml |= element.space == Space::MathMl;
        if element.is("img") {
            holdings.images = true;
            holdings.images_without_text |= element.get("alt").unwrap_or("").is_empty();
            holdings.animations |= element
                .get("src")
                .and_then(|src| src.rsplit_once('.'))
                .is_some_and(|(_, end)| end == "gif");
        }
    }
    holdings.math = mathml;
    holdings.images |= svg;
    let chapter = &around.book.chapters[at];
    Finished {
        xhtml: chapter_page(chapter, &tree.to_xhtml(), &around.ids[at].title),
        svg,
        mathml,
        holdings,
    }
}

/// Whether a drawing says what it shows, by a label or a title.
fn has_words(tree: &Fragment, drawing: NodeId) -> bool {
    let labelled = |id: NodeId| {
        let element = tree.element(id);
        element.is_some_and(|element| element.get("aria-label").is_some())
    };
    let title = |id: NodeId| {
        let element = tree.element(id);
        element.is_some_and(|element| ["title", "desc"].contains(&element.name.as_str()))
            && !tree.text(id).trim().is_empty()
    };
    labelled(drawing)
        || tree.ancestors(drawing).any(labelled)
        || tree.walk_below(drawing).any(title)
}

/// Tells of a document that old reading systems are slow with, or do not open.
fn too_long(book: &Book<'_>, at: usize, chapter: &Finished) -> Option<Diagnostic> {
    let bytes = chapter.xhtml.len();
    let page = book.chapters[at].page;
    let message = format!(
        "this is {} kB as one document of the e-book, and old readers open 300",
        bytes / 1000
    );
    let place = page.body..page.body;
    let found = page.diagnostic("epub-long", Severity::Suggestion, place, message);
    (bytes > LONGEST).then(|| found.help("divide it into several pages"))
}

/// The cover that the document names, or one that is drawn.
fn read_cover(book: &Book<'_>, diagnostics: &mut Vec<Diagnostic>) -> Picture {
    let Some(path) = book.document.about.cover.as_ref() else {
        return drawn_cover(book);
    };
    match cover(&book.context, path) {
        Ok(picture) => picture,
        Err(unfit) => {
            let message = format!("the cover `{path}` cannot be used: {}", unfit.reason);
            diagnostics.extend(unfit.passing.map(|told| *told));
            let found = Diagnostic::new("epub-cover", Severity::Warning, path, message);
            diagnostics.push(found.help("name a JPEG or PNG file, relative to the project"));
            drawn_cover(book)
        }
    }
}
