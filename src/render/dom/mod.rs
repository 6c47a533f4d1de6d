//! HTML as a tree: parsed as browsers parse it, edited, and written as HTML or as XHTML.
//!
//! Every tree that leaves this room is shallow and its size follows the size of its source,
//! whatever the source says; what is allowed in a page is for the renderers to decide.

mod edit;
mod parse;
mod tree;
mod write;

pub use edit::Verdict;
pub use parse::parse_fragment;
pub use tree::{Attribute, Content, Element, Fragment, NodeId, Space};
pub use write::{escape, xml_text};
