//! A renderer for a site that stands in a folder of the release: a translation. The renderer inside
//! knows nothing of it; here its outputs get their place.

use crate::release::Artifact;
use crate::render::context::{RenderContext, RenderError};
use crate::render::plan::{Job, JobKind, Rendered, Renderer};
use crate::site_path::SitePath;

/// Renders one of the translations of the site that the context holds.
pub struct Mounted {
    at: usize,
    inner: Box<dyn Renderer>,
}

impl Mounted {
    /// Wraps the renderer of a translation, by its place in [`crate::site::Site::translations`].
    pub fn new(at: usize, inner: Box<dyn Renderer>) -> Self {
        Self { at, inner }
    }

    fn inside<'a>(&self, context: &RenderContext<'a>) -> RenderContext<'a> {
        RenderContext {
            site: &context.site.translations[self.at],
            ..*context
        }
    }
}

/// Files that are named after what they hold stand once for all languages, at the root.
fn is_shared(path: &SitePath) -> bool {
    Artifact::is_immutable(path)
}

impl Renderer for Mounted {
    fn plan(&self, context: &RenderContext<'_>) -> Vec<Job> {
        let context = self.inside(context);
        let place = |path: SitePath| match is_shared(&path) {
            true => path,
            false => context.site.mount.join(&path),
        };
        let jobs = self.inner.plan(&context).into_iter();
        jobs.map(|job| Job {
            kind: JobKind::Mounted(Box::new(job.kind)),
            outputs: job.outputs.into_iter().map(place).collect(),
        })
        .collect()
    }

    fn render(&self, context: &RenderContext<'_>, job: &Job) -> Result<Rendered, RenderError> {
        let context = self.inside(context);
        let mount = &context.site.mount;
        let JobKind::Mounted(kind) = &job.kind else {
            return Ok(Rendered::default());
        };
        let inside = |path: &SitePath| path.below(mount).unwrap_or_else(|| path.clone());
        let outputs = job.outputs.iter();
        let job = Job {
            kind: (**kind).clone(),
            outputs: outputs.map(inside).collect(),
        };
        let mut rendered = self.inner.render(&context, &job)?;
        for artifact in &mut rendered.artifacts {
            if !is_shared(&artifact.path) {
                artifact.path = mount.join(&artifact.path);
            }
        }
        Ok(rendered)
    }
}
