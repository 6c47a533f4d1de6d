//! The constructs beyond CommonMark and GFM, once for every reader.

use pulldown_cmark::Event;

use crate::markdown::attributes::Attributes;
use crate::markdown::labels::{LabelKind, Reference};

/// One step through a page. Every [`Markup::Open`] has its [`Markup::Close`], properly nested
/// between the starts and ends of what surrounds it.
#[derive(Debug, Clone, PartialEq)]
pub enum Markup<'a> {
    /// What pulldown-cmark read.
    Plain(Event<'a>),
    /// Attributes of the element or code span that begins next.
    Attributes(Box<Attributes>),
    /// A construct of ours begins.
    Open(Box<Element>),
    /// The innermost construct of ours ends.
    Close(ElementEnd),
}

impl Markup<'_> {
    /// The same without the text that it borrows from.
    pub(super) fn into_static(self) -> Markup<'static> {
        match self {
            Self::Plain(event) => Markup::Plain(event.into_static()),
            Self::Attributes(attributes) => Markup::Attributes(attributes),
            Self::Open(element) => Markup::Open(element),
            Self::Close(end) => Markup::Close(end),
        }
    }
}

/// A construct of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Element {
    /// A note: a GitHub alert, `!!! note`, `??? note` or `:::note`.
    Note(Note),
    /// Alternatives of which a reader sees one at a time.
    Tabs(Attributes),
    /// One of the alternatives; its title comes first.
    Tab(Tab),
    /// The title of what was opened before it. A note without words of its own has an empty one.
    Title,
    /// A plain container with classes.
    Division(Attributes),
    /// Words that are marked.
    Mark,
    /// Words that were put in.
    Insert,
    /// A key to press.
    Key,
    /// A short form and what it stands for.
    Abbreviation(String),
    /// Something with a label, and with its caption unless it is an equation, which stands in a
    /// paragraph.
    Numbered(Numbered),
    /// The caption of what is numbered; it may be empty.
    Caption(CaptionSource),
    /// A reference to what has a label; in it stands what was written.
    Reference(Reference),
    /// A list of all that has a label of this kind; nothing stands in it.
    ListOf(LabelKind),
}

/// The end of an [`Element`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ElementEnd {
    /// Of a note.
    Note(Fold),
    /// Of a group of tabs.
    Tabs,
    /// Of a tab.
    Tab,
    /// Of a title.
    Title,
    /// Of a container.
    Division,
    /// Of marked words.
    Mark,
    /// Of words that were put in.
    Insert,
    /// Of a key.
    Key,
    /// Of a short form.
    Abbreviation,
    /// Of something with a label.
    Numbered(LabelKind),
    /// Of a caption.
    Caption(CaptionSource),
    /// Of a reference.
    Reference,
    /// Of a list of what has labels.
    ListOf,
}

/// What is numbered among its kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Numbered {
    /// The kind, which its label tells.
    pub kind: LabelKind,
    /// The label, which is its id.
    pub id: String,
    /// Its place among the parts of what it stands in, from 1; none if it stands for itself.
    pub part: Option<usize>,
    /// How many of its parts stand side by side.
    pub columns: usize,
    /// What else the author wants on it.
    pub attributes: Attributes,
}

/// Where the words of a caption come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CaptionSource {
    /// They stand in the text.
    Text,
    /// They are the alternative text of an image, or an attribute.
    Attribute,
}

/// A note beside the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// The kind, in lower case, as it was written.
    pub kind: String,
    /// Whether it can be folded away.
    pub fold: Fold,
    /// What else the author wants on it.
    pub attributes: Attributes,
}

/// One of several alternatives.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tab {
    /// Whether it is the one that is seen first.
    pub selected: bool,
}

/// Whether a note can be folded away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fold {
    /// It always shows.
    Fixed,
    /// It can, and shows at first.
    Open,
    /// It can, and only its title shows at first.
    Closed,
}

/// The kinds of notes that have a look and a word of their own.
pub const NOTE_KINDS: &[&str] = &[
    "note",
    "abstract",
    "info",
    "tip",
    "success",
    "question",
    "important",
    "warning",
    "caution",
    "failure",
    "danger",
    "bug",
    "example",
    "quote",
];

impl Element {
    /// Its end.
    pub fn end(&self) -> ElementEnd {
        match self {
            Self::Note(note) => ElementEnd::Note(note.fold),
            Self::Tabs(_) => ElementEnd::Tabs,
            Self::Tab(_) => ElementEnd::Tab,
            Self::Title => ElementEnd::Title,
            Self::Division(_) => ElementEnd::Division,
            Self::Mark => ElementEnd::Mark,
            Self::Insert => ElementEnd::Insert,
            Self::Key => ElementEnd::Key,
            Self::Abbreviation(_) => ElementEnd::Abbreviation,
            Self::Numbered(numbered) => ElementEnd::Numbered(numbered.kind),
            Self::Caption(source) => ElementEnd::Caption(*source),
            Self::Reference(_) => ElementEnd::Reference,
            Self::ListOf(_) => ElementEnd::ListOf,
        }
    }
}

impl Note {
    /// The kind whose look and word it has, by the names that other generators give it; none for
    /// a kind of the author's own.
    pub fn known_kind(&self) -> Option<&'static str> {
        known_kind(&self.kind)
    }
}

fn known_kind(kind: &str) -> Option<&'static str> {
    let kind = match kind {
        "seealso" => "note",
        "summary" | "tldr" => "abstract",
        "todo" => "info",
        "hint" => "tip",
        "check" | "done" => "success",
        "help" | "faq" => "question",
        "attention" | "warn" => "warning",
        "fail" | "missing" => "failure",
        "error" => "danger",
        "cite" => "quote",
        kind => kind,
    };
    NOTE_KINDS.iter().find(|known| **known == kind).copied()
}
