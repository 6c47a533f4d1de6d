//! The trees of a whole document: each page's, with its notes in place and its links leading to what
//! the document holds.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::diagnostic::{Diagnostic, Severity};
use crate::render::binding::Bound;
use crate::render::context::RenderContext;
use crate::render::tree::images::Images;
use crate::render::tree::links::Links;
use crate::render::tree::medium::Medium;
use crate::render::tree::node::notes_apart;
use crate::render::tree::page::{PageInput, page_tree};
use crate::render::tree::resolve::{Notes, resolve_links, take_labels};
use crate::render::words::Words;
use crate::site::{Page, PageId};

/// What a chapter holds.
#[derive(Default)]
pub(in crate::render) struct Chapter {
    /// The title as it is written in the text, if it is.
    pub(in crate::render) title: Option<Vec<Value>>,
    /// The footnotes of the title.
    pub(in crate::render) notes: Vec<Value>,
    /// The body.
    pub(in crate::render) body: Vec<Value>,
}

/// What a document holds.
pub(in crate::render) struct Trees {
    /// In the order of what is bound.
    pub(in crate::render) chapters: Vec<Chapter>,
    pub(in crate::render) images: Images,
    pub(in crate::render) diagnostics: Vec<Diagnostic>,
}

/// Reads the chapters of a document.
pub(in crate::render) fn trees(
    context: &RenderContext<'_>,
    bound: &[Bound<'_>],
    medium: Medium,
) -> Trees {
    let site = context.site;
    let pages: BTreeMap<PageId, usize> = bound
        .iter()
        .enumerate()
        .filter_map(|(index, bound)| Some((bound.page?, index)))
        .collect();
    let links = Links { pages: &pages };
    let mut found = Trees {
        chapters: Vec::new(),
        images: Images::default(),
        diagnostics: Vec::new(),
    };
    let mut labels: BTreeSet<String> = (0..bound.len()).map(|index| format!("p{index}")).collect();
    for (index, bound) in bound.iter().enumerate() {
        let mut chapter = Chapter::default();
        if let Some(id) = bound.page {
            let page = site.page(id);
            let words = Words::of(site, site.language_of(page));
            let input = PageInput {
                context,
                page,
                index,
                level: bound.level,
                links: &links,
                words: &words,
                medium,
            };
            let mut tree = page_tree(&input, &mut found.images);
            found.diagnostics.append(&mut tree.diagnostics);
            let mut placed = Notes::new(index, std::mem::take(&mut tree.notes));
            if let Some((title, _)) = tree.title {
                let (mut title, mut notes) = notes_apart(title);
                placed.place(&mut notes);
                take_labels(&mut title, &mut labels);
                take_labels(&mut notes, &mut labels);
                chapter.title = Some(title);
                chapter.notes = notes;
            }
            placed.place(&mut tree.blocks);
            found
                .diagnostics
                .extend(placed.too_deep.then(|| notes_too_deep(page)));
            take_labels(&mut tree.blocks, &mut labels);
            chapter.body = tree.blocks;
        }
        found.chapters.push(chapter);
    }
    for chapter in &mut found.chapters {
        for nodes in chapter
            .title
            .iter_mut()
            .chain([&mut chapter.notes, &mut chapter.body])
        {
            resolve_links(nodes, &labels);
        }
    }
    found
}

/// Says that notes in notes were left out.
pub(in crate::render) fn notes_too_deep(page: &Page) -> Diagnostic {
    let notes = &page.outline.footnotes.definitions;
    let first = notes.first().map_or(page.body, |(_, span)| span.start);
    let message = "notes stand in notes too deeply for paper";
    page.diagnostic("pdf-depth", Severity::Warning, first..first, message)
        .help("those below the third level are left out")
}
