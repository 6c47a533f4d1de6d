//! Stub.
use crate::diagnostic::Diagnostic;
use crate::render::context::{RenderContext, RenderError};
use crate::site::Document;
/// Output.
pub struct EpubOutput {
    /// Bytes.
    pub bytes: Vec<u8>,
    /// Faults.
    pub diagnostics: Vec<Diagnostic>,
}
/// Render.
pub fn render_epub(_: &RenderContext<'_>, _: &Document) -> Result<EpubOutput, RenderError> {
    Ok(EpubOutput {
        bytes: Vec::new(),
        diagnostics: Vec::new(),
    })
}
