//! One way to read Markdown: the same options, spans and ids for every renderer and check.
//!
//! CommonMark 0.31.2 with the extensions of GitHub Flavored Markdown, footnotes, definition
//! lists, math and heading attributes. This room knows text, never files or routes.

mod abbreviations;
mod attach;
mod attributes;
mod autolink;
mod blocks;
mod captions;
mod citations;
mod code_block;
mod definitions;
mod editions;
mod element;
mod fence;
mod html;
mod images;
mod inline;
mod keys;
mod labels;
mod line_set;
mod math;
mod merge;
mod numbered;
#[cfg(test)]
mod numbered_tests;
mod outline;
mod parse;
mod parts;
mod plain;
mod punctuation;
mod raw_html;
mod read;
mod remarks;
mod run;
mod sanitize;
mod slug;
mod substitute;
mod tape;
mod words;

pub use attributes::Attributes;
pub use blocks::BlockFault;
pub use citations::{Citation, Cited, with_citations};
pub use code_block::{CodeBlock, CodeLine, LineMark};
pub use definitions::{DefinitionFaults, definition_faults};
pub use editions::{Edition, for_edition, might_hold_editions};
pub use element::{
    CaptionSource, Element, ElementEnd, Fold, Markup, NOTE_KINDS, Note, Numbered, Tab,
};
pub use fence::Fence;
pub use html::{
    HtmlAttribute, HtmlReference, decode_references, html_references, html_tag_spans,
    tag_attributes,
};
pub use images::{Around, Image};
pub use labels::{LabelKind, Reference, ReferenceForm};
pub use line_set::LineSet;
pub use math::{MathMode, check_formula, to_mathml};
pub use outline::{Heading, Label, Link, LinkKind, Outline};
pub use parse::{Spanned, block_faults, code_spans, events};
pub use plain::plain;
pub use punctuation::{Punctuation, set_punctuation};
pub use raw_html::{HtmlTag, HtmlTagKind, holds_text, html_tags, is_void};
pub use read::read;
pub use remarks::{Remark, cuts, remarks};
pub use sanitize::{keeps_attribute, keeps_content, keeps_element, sanitize};
pub use slug::{Slugs, slug};
pub use substitute::{fill, holds, in_texts};
pub use tape::Tape;
