//! Stub.
use crate::diagnostic::Diagnostic;
use crate::render::context::{RenderContext, RenderError};
use crate::site::Document;
/// Output.
pub struct PdfOutput {
    /// Bytes.
    pub bytes: Vec<u8>,
    /// Pages.
    pub pages: usize,
    /// Faults.
    pub diagnostics: Vec<Diagnostic>,
}
/// Render.
pub fn render_pdf(_: &RenderContext<'_>, _: &Document) -> Result<PdfOutput, RenderError> {
    Ok(PdfOutput {
        bytes: Vec::new(),
        pages: 0,
        diagnostics: Vec::new(),
    })
}
