//! All renderers of one site together: the one road that `build` and the preview share.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::config::{Encoding, Format};
use crate::diagnostic::Diagnostic;
use crate::render::compress::add_copies;
use crate::render::context::{RenderContext, RenderError, Workbench};
use crate::render::documents::Documents;
use crate::render::files::Files;
use crate::render::html::{Entrance, Html};
use crate::render::machines::Machines;
use crate::render::mounted::{Mounted, Place, Version};
use crate::render::plan::{Job, Plan, Rendered, Renderer};
use crate::render::search::Search;
use crate::site::Site;
use crate::site_path::SitePath;

/// The renderers of one site and the plan of what they make.
pub struct Stage {
    renderers: Vec<Box<dyn Renderer>>,
    plan: Plan,
    diagnostics: Vec<Diagnostic>,
    copies: Vec<Encoding>,
}

/// Which families of outputs are wanted.
#[derive(Clone)]
pub struct Wanted {
    /// Pages, images and files.
    pub html: bool,
    /// Formats of bound outputs.
    pub formats: Vec<Format>,
    /// The names of the documents that are made; empty if all are.
    pub documents: Vec<String>,
    /// Whether compressed copies are made, where the project asks for them.
    pub copies: bool,
    /// What lies ready for the next site that is made.
    pub bench: Workbench,
}

impl Wanted {
    /// Everything.
    pub fn all() -> Self {
        Self {
            html: true,
            formats: Format::ALL.to_vec(),
            documents: Vec::new(),
            copies: true,
            bench: Workbench::default(),
        }
    }
}

impl Stage {
    /// Prepares the renderers and plans their jobs, of the work and of its other versions.
    pub fn new(context: &RenderContext<'_>, versions: &[Arc<Version>], wanted: &Wanted) -> Self {
        let mut theme_faults = Vec::new();
        let mut renderers = renderers_of(context, None, wanted, &mut theme_faults);
        for version in versions {
            renderers.extend(renderers_of(
                context,
                Some(version),
                wanted,
                &mut theme_faults,
            ));
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
        diagnostics.extend(theme_faults);
        diagnostics.extend(missing_formats(context.site));
        Self {
            renderers,
            plan,
            diagnostics,
            copies: match wanted.copies {
                true => context.site.config.html.precompress.clone(),
                false => Vec::new(),
            },
        }
    }

    /// Every output.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// What pages asked for while they were rendered: jobs for files that are in no plan.
    pub fn late(&self, context: &RenderContext<'_>) -> Vec<(usize, Job)> {
        let mut known = BTreeSet::new();
        let mut late = Vec::new();
        for (at, renderer) in self.renderers.iter().enumerate() {
            for mut job in renderer.late(context) {
                let is_new = |path: &SitePath| self.plan.job_for(path).is_none();
                job.outputs
                    .retain(|path| is_new(path) && known.insert(path.clone()));
                if !job.outputs.is_empty() {
                    late.push((at, job));
                }
            }
        }
        late
    }

    /// What was found while planning.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// Whether the plan is still right after a text of the site was edited.
    pub fn still_plans(&self, context: &RenderContext<'_>) -> bool {
        let mut renderers = self.renderers.iter();
        renderers.all(|renderer| renderer.still_plans(context))
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
        let mut rendered = self.renderers[*renderer].render(context, job)?;
        add_copies(&mut rendered, &self.copies, context.store);
        Ok(rendered)
    }
}

/// The renderers of a site in all its languages.
fn renderers_of(
    context: &RenderContext<'_>,
    version: Option<&Arc<Version>>,
    wanted: &Wanted,
    theme_faults: &mut Vec<Diagnostic>,
) -> Vec<Box<dyn Renderer>> {
    let mut renderers: Vec<Box<dyn Renderer>> = Vec::new();
    let mut context = *context;
    if let Some(version) = version {
        context.site = &version.site;
        context.assets = &version.assets;
        context.snapshot = &version.snapshot;
    }
    for (at, site) in context.site.in_all_languages().enumerate() {
        let translation = at.checked_sub(1);
        let context = RenderContext { site, ..context };
        let mut own: Vec<(Place, Box<dyn Renderer>)> = Vec::new();
        if wanted.html {
            let (html, found) = Html::new(&context, &wanted.bench);
            theme_faults.extend(found);
            own.push((Place::Language, Box::new(html)));
            own.push((Place::Language, Box::new(Machines)));
            own.push((Place::Language, Box::new(Search::new(site))));
        }
        if wanted.html && translation.is_none() {
            own.push((Place::Version, Box::new(Files)));
            if let Some(entrance) = Entrance::new(&context, &wanted.bench) {
                own.push((Place::Version, Box::new(entrance)));
            }
        }
        let documents = Documents::new(&wanted.formats, &wanted.documents, &wanted.bench);
        own.push((Place::Language, Box::new(documents)));
        for (place, inner) in own {
            let is_plain = version.is_none() && place.of(site).is_root() && translation.is_none();
            renderers.push(match is_plain {
                true => inner,
                false => Box::new(Mounted::new(version, translation, place, inner)),
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
