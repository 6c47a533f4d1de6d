//! Word files: Office Open XML (ECMA-376) with real styles, one file for a whole document.

use crate::diagnostic::Diagnostic;
use crate::render::context::{RenderContext, RenderError};
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
    _context: &RenderContext<'_>,
    document: &Document,
) -> Result<DocxOutput, RenderError> {
    Err(RenderError::Document {
        path: document.route(crate::config::Format::Docx),
        message: "this tympan makes no Word files yet".to_owned(),
    })
}
