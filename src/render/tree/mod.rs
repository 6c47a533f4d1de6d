//! Pages as trees of plain data, for documents: what was written, made safe, with its labels,
//! numbers, notes and images in place.
//!
//! Nothing here knows how a document looks, and no string of a tree is ever read as markup.

mod blocks;
mod breaks;
mod code;
mod diagram;
mod document;
mod element;
mod frame;
mod html;
mod images;
mod links;
mod math;
mod math_names;
mod medium;
mod node;
mod page;
mod resolve;

pub(super) use document::trees;
pub(super) use images::Images;
#[cfg(feature = "pdf")]
pub(super) use links::Links;
pub(super) use medium::Medium;
#[cfg(feature = "pdf")]
pub(super) use node::notes_apart;
pub(super) use node::plain_text;
#[cfg(feature = "pdf")]
pub(super) use page::{PageInput, page_tree};
#[cfg(feature = "pdf")]
pub(super) use resolve::{Notes, resolve_links, take_labels};
