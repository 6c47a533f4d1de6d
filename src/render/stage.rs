//! All renderers of one site together: the one road that `build` and the preview share.

use std::sync::Arc;

use crate::config::Format;
use crate::diagnostic::Diagnostic;
use crate::render::context::{RenderContext, RenderError};
use crate::render::documents::Documents;
use crate::render::files::Files;
use crate::render::html::Html;
use crate::render::mounted::{Mounted, Version};
use crate::render::plan::{Job, Plan, Rendered, Renderer};
use crate::render::search::Search;
use crate::site::Site;

/// The renderers of one site and the plan of what they make.
pub struct Stage {
    renderers: Vec<Box<dyn Renderer>>,
    plan: Plan,
    diagnostics: Vec<Diagnostic>,
}

/// Which families of outputs are wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Pages, images and files.
    pub html: bool,
    /// Formats of bound outputs.
    pub formats: Vec<Format>,
}

impl Wanted {
    /// Everything.
    pub fn all() -> Self {
        Self {
            html: true,
            formats: Format::ALL.to_vec(),
        }
    }
}

impl Stage {
    /// Prepares the renderers and plans their jobs, of the work and of its other versions.
    pub fn new(context: &RenderContext<'_>, versions: &[Arc<Version>], wanted: &Wanted) -> Self {
        let mut renderers = renderers_of(context.site, None, wanted);
        for version in versions {
            renderers.extend(renderers_of(&version.site, Some(version), wanted));
        }
        let plan_of = |(at, renderer): (usize, &dyn Renderer)| {
            renderer
                .plan(context)
                .into_iter()
                .map(move |job| (at, job))
                .collect::<Vec<_>>()
        };
        let planned = renderers
            .iter()
            .map(|renderer| &**renderer)
            .enumerate()
            .flat_map(plan_of)
            .collect();
        let (plan, mut diagnostics) = Plan::new(planned);
        diagnostics.extend(missing_formats(context.site));
        Self {
            renderers,
            plan,
            diagnostics,
        }
    }

    /// Every output.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// What was found while planning.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// Renders one job of the plan.
    ///
    /// # Errors
    /// As its renderer.
    pub fn render(
        &self,
        context: &RenderContext<'_>,
        (renderer, job): &(usize, Job),
    ) -> Result<Rendered, RenderError> {
        self.renderers[*renderer].render(context, job)
    }
}

/// The renderers of a site in all its languages.
fn renderers_of(
    site: &Site,
    version: Option<&Arc<Version>>,
    wanted: &Wanted,
) -> Vec<Box<dyn Renderer>> {
    let mut renderers: Vec<Box<dyn Renderer>> = Vec::new();
    for (at, site) in site.in_all_languages().enumerate() {
        let translation = at.checked_sub(1);
        let mut own: Vec<Box<dyn Renderer>> = Vec::new();
        if wanted.html {
            own.push(Box::new(Html::new(site)));
            own.push(Box::new(Search::new(site)));
        }
        if wanted.html && translation.is_none() {
            own.push(Box::new(Files));
        }
        own.push(Box::new(Documents::new(&wanted.formats)));
        for inner in own {
            let is_plain = version.is_none() && site.mount.is_root();
            renderers.push(match is_plain {
                true => inner,
                false => Box::new(Mounted::new(version, translation, inner)),
            });
        }
    }
    renderers
}

/// A program built without an engine says so once.
fn missing_formats(site: &Site) -> Option<Diagnostic> {
    use crate::diagnostic::Severity;
    let wants = site
        .documents
        .iter()
        .any(|document| document.formats.contains(&Format::Pdf));
    (wants && !cfg!(feature = "pdf")).then(|| {
        let path = crate::site_path::SitePath::root();
        let message = "this tympan was built without PDF, so no PDF is made";
        Diagnostic::new("document-format", Severity::Warning, &path, message)
            .help("install it with its default features")
    })
}
