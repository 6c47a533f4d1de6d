//! The constructs of a page that are open while its tree is built.

use std::ops::Range;

use serde_json::Value;

use crate::render::tree::blocks::Label;

/// A construct that is not closed yet.
pub(super) enum Open {
    Root,
    Paragraph,
    Heading(usize),
    Quote,
    /// A note, and its word if it has no title.
    Alert {
        kind: &'static str,
        word: String,
    },
    Tab,
    /// The title or the caption of what it stands in.
    Beside,
    Numbered(Label),
    /// A reference and the link it becomes.
    Reference(Option<Value>),
    Code(String),
    List {
        start: Option<u64>,
        clause: Option<String>,
        nested: bool,
    },
    Item(Option<bool>),
    Note(String),
    Table(Vec<&'static str>),
    Head,
    Row,
    Cell,
    Terms,
    Term,
    Definition,
    Html(String),
    /// Emphasis and the like, by name.
    Span(&'static str),
    /// A link, with the node it becomes.
    Linked(Value),
    Image {
        target: String,
        title: String,
        /// Its width as an author gives it.
        width: Option<String>,
    },
    /// A raw HTML element and the node it becomes; none if it means nothing on paper.
    Element(String, Option<Value>),
    /// Nested too deeply, or without meaning on paper: its content joins its surroundings.
    Flat {
        blocks: bool,
    },
    /// A raw HTML element whose content is left out.
    Dropped(String),
}

pub(super) struct Frame {
    pub(super) open: Open,
    pub(super) children: Vec<Value>,
    /// Its title or caption.
    pub(super) beside: Vec<Value>,
    pub(super) span: Range<usize>,
    /// What is open where it stands, itself counted too.
    pub(super) around: Around,
}

/// What is open at a place. Each construct keeps it, so that none has to look at all others.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Around {
    pub(super) blocks: usize,
    pub(super) spans: usize,
    /// Raw HTML elements.
    pub(super) elements: usize,
    pub(super) is_heading: bool,
    pub(super) is_cell: bool,
}

impl Around {
    /// The same within one construct more.
    fn within(self, open: &Open) -> Self {
        Self {
            blocks: self.blocks + usize::from(is_block(open)),
            spans: self.spans + usize::from(is_span(open)),
            elements: self.elements + usize::from(matches!(open, Open::Element(..))),
            is_heading: self.is_heading || matches!(open, Open::Heading(_)),
            is_cell: self.is_cell || matches!(open, Open::Cell),
        }
    }
}

impl Frame {
    /// Opens a construct in what is open around it.
    pub(super) fn new(open: Open, above: Around) -> Self {
        Self {
            around: above.within(&open),
            open,
            children: Vec::new(),
            beside: Vec::new(),
            span: 0..0,
        }
    }
}

pub(super) fn is_block(open: &Open) -> bool {
    matches!(
        open,
        Open::Quote
            | Open::Alert { .. }
            | Open::Tab
            | Open::Numbered(_)
            | Open::List { .. }
            | Open::Terms
            | Open::Note(_)
    )
}

pub(super) fn is_span(open: &Open) -> bool {
    matches!(
        open,
        Open::Span(_) | Open::Linked(_) | Open::Element(_, Some(_))
    )
}
