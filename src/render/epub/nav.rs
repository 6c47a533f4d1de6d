//! The navigation document, and the NCX that old reading systems want.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use epub_builder::TocElement;

use crate::render::dom::escape;
use crate::render::epub::book::{Book, Entry};
use crate::render::epub::pages::{attribute, document};

/// A list of figures or tables (EPUB 3.3, 7.4.2; EPUB Structural Semantics, `loi` and `lot`).
pub(super) struct List {
    /// Its name in the vocabulary.
    pub(super) name: &'static str,
    /// The title of the chapter that it stands in, which is its own.
    pub(super) title: String,
    /// The file of that chapter.
    pub(super) file: String,
    /// Addresses and texts.
    pub(super) entries: Vec<(String, String)>,
}

/// The navigation document: the table of contents at full depth, the landmarks, and the lists of
/// figures and tables that the book has.
pub(super) fn nav(book: &Book<'_>, lists: &[List], has_cover: bool) -> String {
    let words = book.words;
    let mut items = String::new();
    leaf("titlepage.xhtml", words.title_page, &mut items);
    for entry in &book.toc {
        item(book, entry, &mut items);
    }
    leaf("colophon.xhtml", words.colophon, &mut items);
    let contents = escape(words.contents);
    let mut landmarks = String::new();
    let mut landmark = |kind: &str, file: &str, title: &str| {
        let title = escape(title);
        let _ = writeln!(
            landmarks,
            "<li><a epub:type=\"{kind}\" href=\"{file}\">{title}</a></li>"
        );
    };
    if has_cover {
        landmark("cover", "cover.xhtml", words.cover);
    }
    landmark("titlepage", "titlepage.xhtml", words.title_page);
    landmark("toc", "nav.xhtml#toc", words.contents);
    if let Some(start) = book.start() {
        landmark("bodymatter", &start.file, words.start);
    }
    let mut more = String::new();
    for list in lists {
        landmark(list.name, &list.file, &list.title);
        let title = escape(&list.title);
        let name = list.name;
        let _ = write!(
            more,
            "\n<nav epub:type=\"{name}\" id=\"{name}\" aria-labelledby=\"{name}-title\" hidden=\"hidden\">\n\
             <h2 id=\"{name}-title\">{title}</h2>\n<ol>\n"
        );
        for (address, text) in &list.entries {
            leaf(&attribute(address), text, &mut more);
        }
        more.push_str("</ol>\n</nav>");
    }
    let content = format!(
        "<nav epub:type=\"toc\" role=\"doc-toc\" id=\"toc\" aria-labelledby=\"toc-title\">\n\
         <h1 id=\"toc-title\">{contents}</h1>\n<ol>\n{items}</ol>\n</nav>\n\
         <nav epub:type=\"landmarks\" aria-label=\"{}\" hidden=\"hidden\">\n<ol>\n{landmarks}</ol>\n</nav>{more}",
        attribute(words.landmarks)
    );
    document(
        &book.language,
        words.contents,
        " epub:type=\"frontmatter\"",
        &content,
    )
}

fn leaf(file: &str, title: &str, out: &mut String) {
    let _ = writeln!(out, "<li><a href=\"{file}\">{}</a></li>", escape(title));
}

fn item(book: &Book<'_>, entry: &Entry, out: &mut String) {
    let title = escape(&entry.title);
    out.push_str("<li>");
    let _ = match entry.chapter {
        Some(at) => write!(out, "<a href=\"{}\">{title}</a>", book.chapters[at].file),
        None => write!(out, "<span>{title}</span>"),
    };
    if !entry.children.is_empty() {
        out.push_str("\n<ol>\n");
        for child in &entry.children {
            item(book, child, out);
        }
        out.push_str("</ol>\n");
    }
    out.push_str("</li>\n");
}

/// The first chapter of an entry: its own or the first below.
pub(super) fn first_chapter(entry: &Entry) -> Option<usize> {
    entry
        .chapter
        .or_else(|| entry.children.iter().find_map(first_chapter))
}

/// An entry for the NCX, which has no entries without a place: a part leads to its first chapter.
pub(super) fn ncx_entry(book: &Book<'_>, entry: &Entry) -> Option<TocElement> {
    let first = first_chapter(entry)?;
    let own = TocElement::new(book.chapters[first].file.as_str(), entry.title.as_str());
    let children = entry
        .children
        .iter()
        .filter_map(|child| ncx_entry(book, child));
    Some(children.fold(own, TocElement::child))
}

fn depth(entries: &[Entry]) -> usize {
    entries
        .iter()
        .map(|entry| 1 + depth(&entry.children))
        .max()
        .unwrap_or(0)
}

/// Completes the NCX: language, the book's identifier, its real depth and its title.
pub(super) fn finish_ncx(book: &Book<'_>, ncx: &str) -> Option<String> {
    let (start, rest) = ncx.split_once("<ncx ")?;
    let map = rest.find("<navMap>")?;
    let head = format!(
        "<ncx xml:lang=\"{}\" version=\"2005-1\" xmlns=\"http://www.daisy.org/z3986/2005/ncx/\">\n  \
         <head>\n    <meta name=\"dtb:uid\" content=\"{}\"/>\n    \
         <meta name=\"dtb:depth\" content=\"{}\"/>\n    \
         <meta name=\"dtb:totalPageCount\" content=\"0\"/>\n    \
         <meta name=\"dtb:maxPageNumber\" content=\"0\"/>\n  </head>\n  \
         <docTitle>\n    <text>{}</text>\n  </docTitle>\n  ",
        book.language,
        attribute(&book.identifier),
        depth(&book.toc).max(1),
        escape(&book.title)
    );
    Some(format!("{start}{head}{}", number_places(&rest[map..])))
}

/// Gives entries that lead to the same place the same number, as the NCX wants.
fn number_places(map: &str) -> String {
    let mut orders: BTreeMap<&str, usize> = BTreeMap::new();
    let mut out = String::with_capacity(map.len());
    let mut rest = map;
    while let Some((before, after)) = rest.split_once("playOrder=\"") {
        let place = after.split_once("<content src=\"");
        let place = place.and_then(|(_, src)| src.split_once('"'));
        let next = orders.len() + 1;
        let order = *orders
            .entry(place.map_or("", |(src, _)| src))
            .or_insert(next);
        let _ = write!(out, "{before}playOrder=\"{order}");
        rest = after.trim_start_matches(|c: char| c.is_ascii_digit());
    }
    out.push_str(rest);
    out
}
