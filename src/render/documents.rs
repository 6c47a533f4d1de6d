//! Bound outputs as jobs: one a document and format.

use std::sync::Arc;

use crate::config::Format;
use crate::digest::Digest;
use crate::release::{Artifact, Role};
use crate::render::context::{RenderContext, RenderError, Sizes, Workbench};
use crate::render::docx::render_docx;
use crate::render::epub::render_epub;
use crate::render::plan::{Job, JobKind, Rendered, Renderer};
use crate::site::{Document, PageId, Site};

/// Renders documents.
pub struct Documents {
    formats: Vec<Format>,
    names: Vec<String>,
    sizes: Arc<Sizes>,
}

impl Documents {
    /// Renders documents in these formats only, as far as this program can make them, and only those
    /// with these names, if there are any.
    pub fn new(formats: &[Format], names: &[String], bench: &Workbench) -> Self {
        let can = |format: &&Format| **format != Format::Pdf || cfg!(feature = "pdf");
        Self {
            formats: formats.iter().filter(can).copied().collect(),
            names: names.to_vec(),
            sizes: Arc::clone(&bench.sizes),
        }
    }
}

/// The name of the place in the PDF of a document where a page begins: `book.pdf#nameddest=p2`.
pub fn destination(site: &Site, document: &Document, page: PageId) -> Option<String> {
    #[cfg(feature = "pdf")]
    return crate::render::pdf::destination(site, document, page);
    #[cfg(not(feature = "pdf"))]
    {
        let _ = (site, document, page);
        None
    }
}

/// What decides the pages of PDFs that may be set in the fonts of the machine, if this program makes
/// any: what fonts there are.
pub fn fonts_of_the_machine() -> Option<Digest> {
    #[cfg(feature = "pdf")]
    return Some(crate::render::pdf::fonts_of_the_machine());
    #[cfg(not(feature = "pdf"))]
    None
}

impl Renderer for Documents {
    fn plan(&self, context: &RenderContext<'_>) -> Vec<Job> {
        let mut jobs = Vec::new();
        for (at, document) in context.site.documents.iter().enumerate() {
            if !self.names.is_empty() && !self.names.contains(&document.name) {
                continue;
            }
            for format in document
                .formats
                .iter()
                .filter(|format| self.formats.contains(format))
            {
                let mut outputs = vec![document.route(*format)];
                if *format == Format::Pdf {
                    outputs.extend(document.beside().into_iter().map(|(_, path)| path));
                }
                jobs.push(Job {
                    kind: JobKind::Document(at, *format),
                    outputs,
                });
            }
        }
        jobs
    }

    fn render(&self, context: &RenderContext<'_>, job: &Job) -> Result<Rendered, RenderError> {
        let JobKind::Document(at, format) = job.kind else {
            return Ok(Rendered::default());
        };
        let document = &context.site.documents[at];
        let artifact = |bytes: Vec<u8>| {
            let place = context.site.mount.join(&document.route(format));
            self.sizes.note(place, bytes.len());
            Artifact::new(job.outputs[0].clone(), Role::Document, bytes)
        };
        match format {
            #[cfg(feature = "pdf")]
            Format::Pdf => {
                let output = crate::render::pdf::render_pdf(context, document)?;
                let mut artifacts = vec![artifact(output.bytes)];
                let beside = output.beside.into_iter();
                artifacts
                    .extend(beside.map(|(path, bytes)| Artifact::new(path, Role::Document, bytes)));
                Ok(Rendered {
                    artifacts,
                    diagnostics: output.diagnostics,
                    pages: Some(output.pages),
                })
            }
            #[cfg(not(feature = "pdf"))]
            Format::Pdf => Ok(Rendered::default()),
            Format::Epub => {
                let output = render_epub(context, document)?;
                Ok(Rendered {
                    artifacts: vec![artifact(output.bytes)],
                    diagnostics: output.diagnostics,
                    pages: None,
                })
            }
            Format::Docx => {
                let output = render_docx(context, document)?;
                Ok(Rendered {
                    artifacts: vec![artifact(output.bytes)],
                    diagnostics: output.diagnostics,
                    pages: None,
                })
            }
        }
    }
}
