//! Where the pages of the PDF edition begin, so that readers of both can find the same place: at the
//! first part, chapter or heading that stands on each.

use std::collections::{BTreeMap, BTreeSet};

use crate::config::Format;
use crate::render::context::RenderContext;
use crate::render::dom::{Content, Element, Fragment};
use crate::render::epub::book::Book;
use crate::render::epub::headings::Ids;
use crate::render::epub::pages::attribute;
use crate::site::Document;

/// The pages of the PDF on which places begin, by the names that the PDF gives to places.
pub(super) type Places = BTreeMap<String, String>;

/// Asks the PDF of a document, if it has one and the e-book is to name its pages.
pub(super) fn places(context: &RenderContext<'_>, document: &Document) -> Places {
    let wanted = document.epub.pages && document.formats.contains(&Format::Pdf);
    #[cfg(feature = "pdf")]
    if wanted {
        // What keeps the PDF from being made is told where it is made.
        let output = crate::render::pdf::render_pdf(context, document);
        return output.map(|output| output.places).unwrap_or_default();
    }
    let _ = (context, wanted);
    Places::new()
}

/// The pages of paper in a book.
#[derive(Default)]
pub(super) struct Paper {
    /// The PDF that they are counted in.
    pub source: Option<String>,
    /// Addresses and page numbers, in order.
    pub list: Vec<(String, String)>,
    parts: BTreeMap<usize, String>,
    /// By chapter, the headings above which a page is named, or nothing for its beginning.
    chapters: BTreeMap<usize, Vec<(Option<String>, String)>>,
}

impl Paper {
    pub(super) fn of(book: &Book<'_>, ids: &[&Ids]) -> Self {
        let mut paper = Self::default();
        let mut seen = BTreeSet::new();
        let mut list = Vec::new();
        let mut page_at = |place: &str, file: &str| {
            let page = book.places.get(place)?;
            seen.insert(page.clone()).then(|| {
                list.push((format!("{file}#{}", id_of(page)), page.clone()));
                page.clone()
            })
        };
        for (at, chapter) in book.chapters.iter().enumerate() {
            for (number, part) in book.parts.iter().enumerate() {
                let place = || format!("p{}", part.place);
                if part.before == at
                    && let Some(page) = page_at(&place(), &part.file)
                {
                    paper.parts.insert(number, page);
                }
            }
            let mut marks = Vec::new();
            let place = format!("p{}", chapter.place);
            marks.extend(page_at(&place, &chapter.file).map(|page| (None, page)));
            let Some(ids) = ids.get(at) else {
                continue;
            };
            let written = ids.known.iter().map(|(written, id)| (id, written));
            let written: BTreeMap<&String, &String> = written.collect();
            for (_, id, _) in &ids.headings {
                let own = written.get(id).copied().unwrap_or(id);
                let found = page_at(&format!("{place}--{own}"), &chapter.file);
                marks.extend(found.map(|page| (Some(id.clone()), page)));
            }
            paper.chapters.insert(at, marks);
        }
        paper.list = list;
        paper.source = (!paper.list.is_empty()).then(|| source(book));
        paper
    }

    /// The mark of the page that a part stands on.
    pub(super) fn of_part(&self, book: &Book<'_>, part: usize) -> String {
        let page = self.parts.get(&part);
        page.map_or(String::new(), |page| {
            format!(
                "<span epub:type=\"pagebreak\" role=\"doc-pagebreak\" id=\"{}\" aria-label=\"{}\"></span>\n",
                attribute(&id_of(page)),
                attribute(&label(book, page))
            )
        })
    }

    /// Puts the marks of pages into a chapter.
    pub(super) fn mark(&self, book: &Book<'_>, tree: &mut Fragment, at: usize) {
        let marks = self.chapters.get(&at).into_iter().flatten();
        let elements = tree.elements();
        for (heading, page) in marks {
            let mark = Element::html("span")
                .with("epub:type", "pagebreak")
                .with("role", "doc-pagebreak")
                .with("id", id_of(page))
                .with("aria-label", label(book, page));
            let mark = tree.create(Content::Element(mark));
            let found = heading.as_ref().and_then(|id| {
                let has = |element: &Element| element.get("id") == Some(id);
                let mut elements = elements.iter();
                elements.find(|element| tree.element(**element).is_some_and(has))
            });
            match found {
                Some(heading) => tree.insert_before(*heading, mark),
                None => tree.prepend(tree.root(), mark),
            }
        }
    }
}

/// Slugs have no dots, so these ids meet none of the author's headings.
fn id_of(page: &str) -> String {
    let plain = |c: char| match c.is_alphanumeric() || c == '-' {
        true => c,
        false => '_',
    };
    format!("page.{}", page.chars().map(plain).collect::<String>())
}

fn label(book: &Book<'_>, page: &str) -> String {
    book.words.get("page_number").replace("{n}", page)
}

/// The PDF by its address, or by its name where it has none.
fn source(book: &Book<'_>) -> String {
    let route = book.document.route(Format::Pdf);
    match book.context.site.config.project.base_url.as_deref() {
        Some(base) => format!("{}/{}", base.trim_end_matches('/'), route.to_url()),
        None => route.to_string(),
    }
}
