//! Word files: Office Open XML (ECMA-376) with real styles, one file for a whole document.
//!
//! Content is text and never a program: no macro, no field that reads another file, and nothing that
//! is fetched when the document is opened.

mod blocks;
mod book;
mod clean;
mod code;
mod directions;
mod formula;
mod front;
mod furniture;
mod headings;
mod looks;
mod media;
mod names;
mod numbering;
mod package;
mod pages;
mod properties;
mod reference;
mod rels;
mod spans;
mod styles;
mod tables;
#[cfg(test)]
mod tests;
mod writer;
mod xml;

use crate::config::Format;
use crate::diagnostic::{Diagnostic, sort};
use crate::render::context::{RenderContext, RenderError};
use crate::render::docx::book::book;
use crate::render::docx::package::package;
use crate::site::Document;

/// A finished Word file, and what was found while making it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocxOutput {
    /// The file.
    pub bytes: Vec<u8>,
    /// What the document had to leave out.
    pub diagnostics: Vec<Diagnostic>,
}

/// Makes the Word file of a document.
///
/// # Errors
/// Fails where the archive cannot be put together.
pub fn render_docx(
    context: &RenderContext<'_>,
    document: &Document,
) -> Result<DocxOutput, RenderError> {
    let book = book(context, document);
    let bytes = package(context, document, &book).map_err(|message| RenderError::Document {
        path: document.route(Format::Docx),
        message,
    })?;
    let mut diagnostics = book.diagnostics;
    sort(&mut diagnostics);
    Ok(DocxOutput { bytes, diagnostics })
}
