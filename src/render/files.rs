//! Images and files as jobs: one a source.

use crate::assets::{ImageAsset, broken_image, copy_file, encode_image};
use crate::diagnostic::{Diagnostic, Severity};
use crate::render::context::{RenderContext, RenderError};
use crate::render::plan::{Job, JobKind, Rendered, Renderer};
use crate::site_path::SitePath;

/// Encodes images and copies files.
pub struct Files;

impl Renderer for Files {
    fn plan(&self, context: &RenderContext<'_>) -> Vec<Job> {
        let images = context.assets.images.iter().map(|(source, asset)| Job {
            kind: JobKind::Image(source.clone()),
            outputs: asset.files().cloned().collect(),
        });
        let files = context.assets.files.iter();
        let files =
            files.map(|(source, route)| Job::single(JobKind::File(source.clone()), route.clone()));
        images.chain(files).collect()
    }

    fn late(&self, context: &RenderContext<'_>) -> Vec<Job> {
        let derived = context.assets.derived().into_iter();
        let jobs = derived.map(|asset| Job {
            kind: JobKind::Derived,
            outputs: asset.files().cloned().collect(),
        });
        jobs.collect()
    }

    fn render(&self, context: &RenderContext<'_>, job: &Job) -> Result<Rendered, RenderError> {
        match &job.kind {
            JobKind::Image(source) => Ok(match context.assets.images.get(source) {
                Some(asset) => image(context, asset, job),
                None => Rendered::default(),
            }),
            JobKind::Derived => Ok(match context.assets.derived_with(&job.outputs) {
                Some(asset) => image(context, &asset, job),
                None => Rendered::default(),
            }),
            JobKind::File(source) if is_active(source) && !context.site.config.html.raw_html => {
                let message = "the file may hold scripts and is not published";
                let found = Diagnostic::new("file-active", Severity::Warning, source, message)
                    .help("set `raw_html = true` in `[html]` if you trust everything in `content`");
                Ok(Rendered {
                    diagnostics: vec![found],
                    ..Rendered::default()
                })
            }
            JobKind::File(source) => {
                match copy_file(source, &job.outputs[0], context.site, context.snapshot) {
                    Ok(artifact) => Ok(Rendered::single(artifact)),
                    Err(error) => Ok(fault(source, "file-unreadable", &error)),
                }
            }
            _ => Ok(Rendered::default()),
        }
    }
}

/// Whether a browser would run scripts of the file when it is opened by itself. SVG is cleaned when
/// it is copied.
fn is_active(source: &SitePath) -> bool {
    let extension = source.extension().to_ascii_lowercase();
    [
        "html", "htm", "xhtml", "xht", "shtml", "mhtml", "xml", "xsl", "xslt",
    ]
    .contains(&extension.as_str())
}

fn image(context: &RenderContext<'_>, asset: &ImageAsset, job: &Job) -> Rendered {
    let source = &asset.source;
    match encode_image(asset, context.site, context.snapshot, context.store) {
        Ok(encoded) => {
            let fault = encoded.fault;
            let found = fault.map(|message| broken_image(context.site, source, &message));
            let mut artifacts = encoded.artifacts;
            artifacts.retain(|artifact| job.outputs.contains(&artifact.path));
            Rendered {
                artifacts,
                diagnostics: found.into_iter().collect(),
                pages: None,
            }
        }
        Err(error) => fault(source, "image-unreadable", &error),
    }
}

fn fault(source: &SitePath, code: &'static str, error: &dyn std::error::Error) -> Rendered {
    let cause = error
        .source()
        .map_or(String::new(), |cause| format!(": {cause}"));
    let found = Diagnostic::new(code, Severity::Error, source, format!("{error}{cause}"));
    Rendered {
        diagnostics: vec![found],
        ..Rendered::default()
    }
}
