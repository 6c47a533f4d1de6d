//! What writes: paragraphs with their properties, in the part that is open.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::Value;

use crate::render::context::RenderContext;
use crate::render::docx::headings::HeadingPlan;
use crate::render::docx::media::Media;
use crate::render::docx::names::{Bookmarks, bookmark};
use crate::render::docx::numbering::Numbering;
use crate::render::docx::rels::Rels;
use crate::render::docx::styles::Styles;

/// What the writer writes with.
pub(super) struct Writer<'a> {
    pub(super) context: &'a RenderContext<'a>,
    pub(super) styles: &'a Styles,
    pub(super) media: &'a BTreeMap<String, Media>,
    /// The headings that Word counts.
    pub(super) plan: &'a HeadingPlan,
    /// The part that is open.
    pub(super) out: String,
    pub(super) rels: Rels,
    pub(super) place: Place<'a>,
    pub(super) numbering: Numbering,
    pub(super) bookmarks: Bookmarks,
    /// What stands at the beginning of the next paragraph.
    pub(super) prefix: String,
    /// Whether the last block was a table and the room below it.
    pub(super) after_table: bool,
    /// Whether the last block was a paragraph of text.
    pub(super) after_text: bool,
    pub(super) drawings: usize,
    /// The level of the headings of chapters.
    pub(super) chapters: usize,
    pub(super) notes: Notes,
    /// The sections of the document, of which the last has no paragraph to be said in.
    pub(super) section: Section,
}

/// The footnotes so far.
#[derive(Default)]
pub(super) struct Notes {
    pub(super) bodies: Vec<String>,
    pub(super) rels: Rels,
    pub(super) numbers: BTreeMap<String, usize>,
    /// The notes that were first called in other notes, by their labels.
    pub(super) inner: BTreeMap<String, Value>,
}

/// The properties of the pages, upright and turned.
#[derive(Default, Clone)]
pub(super) struct Section {
    /// Those of the first section, until it ends.
    pub(super) first: Option<String>,
    pub(super) upright: String,
    pub(super) turned: String,
    /// Whether the section that is open has turned pages, where another turned table may follow.
    pub(super) is_turned: bool,
    /// The widths of the text on upright pages and on turned ones.
    pub(super) width: usize,
    pub(super) turned_width: usize,
    pub(super) height: usize,
}

/// Where a block stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'a> {
    /// How far it stands in, in twips.
    pub(super) indent: usize,
    /// How far the outermost list around it stands in.
    pub(super) base: usize,
    /// The room for it, in twips.
    pub(super) width: usize,
    /// How many lists it stands in.
    pub(super) depth: usize,
    pub(super) around: Around,
    /// Its language, if it is not that of the document.
    pub(super) language: Option<&'a str>,
    pub(super) rtl: bool,
    /// Whether its letters are Chinese, Japanese or Korean.
    pub(super) wide: bool,
    /// The level of the heading of the chapter.
    pub(super) chapter: usize,
    pub(super) in_note: bool,
}

/// What a block stands in, which decides the style of its paragraphs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Around {
    Text,
    Quote,
    Item,
    Definition,
    Admonition,
    Note,
}

/// The properties of a paragraph, besides those of its style.
#[derive(Debug, Clone, Default)]
pub(super) struct Para {
    pub(super) style: &'static str,
    pub(super) keep: bool,
    pub(super) page: bool,
    /// The room above it in twips, where it is not that of its style.
    pub(super) before: Option<usize>,
    /// A list and a level of it; the list 0 takes the numbers of the style away.
    pub(super) number: Option<(usize, usize)>,
    pub(super) fill: Option<&'static str>,
    /// How far it stands in and its first line hangs out, in twips.
    pub(super) indent: Option<(usize, usize)>,
    pub(super) loose: bool,
    pub(super) align: Option<&'static str>,
    pub(super) tabs: String,
    /// The rest of a paragraph that a formula divides.
    pub(super) flush: bool,
    pub(super) section: Option<String>,
}

impl Para {
    pub(super) fn new(style: &'static str) -> Self {
        Self {
            style,
            ..Self::default()
        }
    }
}

impl<'a> Writer<'a> {
    /// Writes a paragraph around what `inner` writes.
    pub(super) fn paragraph(&mut self, para: &Para, inner: impl FnOnce(&mut Self)) {
        self.turn_back();
        self.out.push_str("<w:p>");
        self.properties(para);
        let prefix = std::mem::take(&mut self.prefix);
        self.out.push_str(&prefix);
        inner(self);
        self.out.push_str("</w:p>");
        self.after_table = false;
        self.after_text = false;
    }

    fn properties(&mut self, para: &Para) {
        let mut all = String::new();
        let _ = write!(all, "<w:pStyle w:val=\"{}\"/>", self.styles.id(para.style));
        if para.keep {
            all.push_str("<w:keepNext/>");
        }
        if para.page {
            all.push_str("<w:pageBreakBefore/>");
        }
        if let Some((list, level)) = para.number {
            let _ = write!(
                all,
                "<w:numPr><w:ilvl w:val=\"{level}\"/><w:numId w:val=\"{list}\"/></w:numPr>"
            );
        }
        if let Some(fill) = para.fill {
            let _ = write!(
                all,
                "<w:shd w:val=\"clear\" w:color=\"auto\" w:fill=\"{fill}\"/>"
            );
        }
        if !para.tabs.is_empty() {
            let _ = write!(all, "<w:tabs>{}</w:tabs>", para.tabs);
        }
        let is_code = para.style.starts_with("Source Code");
        if self.place.rtl && !is_code {
            all.push_str("<w:bidi/>");
        }
        if let Some(before) = para.before {
            let _ = write!(all, "<w:spacing w:before=\"{before}\"/>");
        }
        match para.indent {
            Some((left, 0)) if para.flush => {
                let _ = write!(all, "<w:ind w:left=\"{left}\" w:firstLine=\"0\"/>");
            }
            Some((left, 0)) => {
                let _ = write!(all, "<w:ind w:left=\"{left}\"/>");
            }
            Some((left, hanging)) => {
                let _ = write!(all, "<w:ind w:left=\"{left}\" w:hanging=\"{hanging}\"/>");
            }
            None if para.flush => all.push_str("<w:ind w:firstLine=\"0\"/>"),
            None => {}
        }
        if para.loose {
            all.push_str("<w:contextualSpacing w:val=\"0\"/>");
        }
        if let Some(align) = para.align {
            let _ = write!(all, "<w:jc w:val=\"{align}\"/>");
        }
        if let Some(section) = &para.section {
            all.push_str(section);
        }
        let _ = write!(self.out, "<w:pPr>{all}</w:pPr>");
    }

    /// Writes what stands in another place, and comes back.
    pub(super) fn within(&mut self, place: Place<'a>, inner: impl FnOnce(&mut Self)) {
        let outer = std::mem::replace(&mut self.place, place);
        inner(self);
        self.place = outer;
    }

    /// Marks a place that links lead to.
    pub(super) fn anchor(&mut self, node: &Value) {
        if let Some(label) = node["label"].as_str() {
            let mark = self.bookmarks.at(&bookmark(label));
            self.out.push_str(&mark);
        }
    }

    /// An empty line, where Word wants a paragraph and there is none.
    pub(super) fn empty(&mut self, style: &'static str) {
        self.paragraph(&Para::new(style), |_| {});
    }

    /// The room above a table, which has none of its own; two tables in a row would be one. It stays
    /// with the table, or what is kept with the table would be kept with the room alone.
    pub(super) fn open_table(&mut self) {
        self.turn_back();
        if !self.after_table {
            let gap = Para {
                keep: true,
                ..Para::new("Table Gap")
            };
            self.paragraph(&gap, |_| {});
        }
    }

    /// The room below a table.
    pub(super) fn close_table(&mut self) {
        self.out.push_str("</w:tbl>");
        self.empty("Table Gap");
        self.after_table = true;
    }

    /// A cell or a note ends in a paragraph.
    pub(super) fn close_container(&mut self, style: &'static str) {
        if !self.out.ends_with("</w:p>") {
            self.empty(style);
        }
    }
}
