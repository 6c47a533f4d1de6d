//! E-books: EPUB 3.3, one document a chapter, the same bytes for the same commit.
//!
//! A book carries no script, no font, no form and nothing that lies on a server.

mod archive;
mod blocks;
mod book;
mod chapters;
mod code;
mod fonts;
mod foreign;
mod headings;
mod images;
mod key;
mod links;
mod markup;
mod math;
mod metadata;
mod names;
mod nav;
mod package;
mod pages;
mod paper;
mod rules;
mod structure;

use crate::config::Format;
use crate::diagnostic::Diagnostic;
use crate::render::{RenderContext, RenderError};
use crate::site::Document;

/// A finished e-book, and what was found while making it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EpubOutput {
    /// The file.
    pub bytes: Vec<u8>,
    /// What the book had to leave out.
    pub diagnostics: Vec<Diagnostic>,
}

/// Makes the e-book of a document, or takes it from the store.
///
/// # Errors
/// Fails where the archive cannot be put together.
pub fn render_epub(
    context: &RenderContext<'_>,
    document: &Document,
) -> Result<EpubOutput, RenderError> {
    let book = book::Book::of(context, document);
    let mut diagnostics = links::remote_images(&book);
    let key = key::key(&book);
    if let Some(bytes) = context.store.cached(&key) {
        return Ok(EpubOutput { bytes, diagnostics });
    }
    let made = chapters::make(&book).map_err(|message| RenderError::Document {
        path: document.route(Format::Epub),
        message,
    })?;
    // A book with a fault is not kept, because the fault would be silent the next time.
    if made.diagnostics.is_empty() {
        context.store.cache(&key, &made.bytes);
    }
    diagnostics.extend(made.diagnostics);
    crate::diagnostic::sort(&mut diagnostics);
    Ok(EpubOutput {
        bytes: made.bytes,
        diagnostics,
    })
}

#[cfg(test)]
mod tests;
