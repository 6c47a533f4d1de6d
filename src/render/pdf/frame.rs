//! The constructs of a page that are open while its tree is built.

use std::ops::Range;

use serde_json::Value;

use crate::render::pdf::blocks::Label;

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
    /// A link or a raw HTML element, with the node it becomes.
    Linked(Value),
    Image {
        target: String,
        title: String,
        /// Its width as an author gives it.
        width: Option<String>,
    },
    /// A raw HTML element and the span it becomes.
    Element(String, Option<&'static str>),
    /// Nested too deeply, or without meaning on paper: its content joins its surroundings.
    Flat {
        blocks: bool,
    },
    /// Its content is left out.
    Dropped,
}

pub(super) struct Frame {
    pub(super) open: Open,
    pub(super) children: Vec<Value>,
    /// Its title or caption.
    pub(super) beside: Vec<Value>,
    pub(super) span: Range<usize>,
}

impl Frame {
    pub(super) fn new(open: Open) -> Self {
        Self {
            open,
            children: Vec::new(),
            beside: Vec::new(),
            span: 0..0,
        }
    }

    pub(super) fn is_block(&self) -> bool {
        matches!(
            self.open,
            Open::Quote
                | Open::Alert { .. }
                | Open::Tab
                | Open::Numbered(_)
                | Open::List { .. }
                | Open::Terms
                | Open::Note(_)
        )
    }

    pub(super) fn is_span(&self) -> bool {
        matches!(
            self.open,
            Open::Span(_) | Open::Linked(_) | Open::Element(..)
        )
    }
}
