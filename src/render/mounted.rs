//! A renderer for a site that stands in a folder of the release: a translation, or a version. The
//! renderer inside knows nothing of it; here its outputs get their place.

use std::sync::Arc;

use crate::assets::AssetMap;
use crate::progress::silent;
use crate::release::Artifact;
use crate::render::context::{RenderContext, RenderError};
use crate::render::plan::{Job, JobKind, Rendered, Renderer};
use crate::repo::Snapshot;
use crate::site::Site;
use crate::site_path::SitePath;
use crate::store::Store;

/// Another version of the work that the context holds.
pub struct Version {
    /// The model.
    pub site: Site,
    /// Its images and files.
    pub assets: AssetMap,
    /// Where its sources are read from.
    pub snapshot: Snapshot,
}

/// Renders a site that stands in a folder of the release.
pub struct Mounted {
    version: Option<Arc<Version>>,
    translation: Option<usize>,
    place: Place,
    inner: Box<dyn Renderer>,
}

/// The folder of the release that the outputs of a renderer are relative to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// That of the version, for what all its languages share.
    Version,
    /// That of the language.
    Language,
}

impl Version {
    /// Makes its images. Those of a tag that cannot be decoded were reported when it was written.
    pub fn settle(&mut self, store: &Store) {
        self.assets
            .settle(&self.site, &self.snapshot, store, &silent);
    }
}

impl Place {
    /// The folder.
    pub fn of(self, site: &Site) -> &SitePath {
        match self {
            Self::Version => &site.base,
            Self::Language => &site.mount,
        }
    }
}

impl Mounted {
    /// Wraps the renderer of a version, or of the work itself, in its own language or in one of
    /// [`Site::translations`].
    pub fn new(
        version: Option<&Arc<Version>>,
        translation: Option<usize>,
        place: Place,
        inner: Box<dyn Renderer>,
    ) -> Self {
        Self {
            version: version.cloned(),
            translation,
            place,
            inner,
        }
    }

    fn inside<'a>(&'a self, context: &RenderContext<'a>) -> RenderContext<'a> {
        let mut inside = *context;
        if let Some(version) = &self.version {
            inside.site = &version.site;
            inside.assets = &version.assets;
            inside.snapshot = &version.snapshot;
        }
        if let Some(at) = self.translation {
            inside.site = &inside.site.translations[at];
        }
        inside
    }
}

/// Files that are named after what they hold stand once for all languages, at the root.
fn is_shared(path: &SitePath) -> bool {
    Artifact::is_immutable(path)
}

/// The jobs of a renderer, with the places that their files have in the release.
fn mounted(mount: &SitePath, jobs: Vec<Job>) -> Vec<Job> {
    let place = |path: SitePath| match is_shared(&path) {
        true => path,
        false => mount.join(&path),
    };
    let jobs = jobs.into_iter().map(|job| Job {
        kind: JobKind::Mounted(Box::new(job.kind)),
        outputs: job.outputs.into_iter().map(place).collect(),
    });
    jobs.collect()
}

impl Renderer for Mounted {
    fn plan(&self, context: &RenderContext<'_>) -> Vec<Job> {
        let context = self.inside(context);
        let mount = self.place.of(context.site);
        mounted(mount, self.inner.plan(&context))
    }

    fn late(&self, context: &RenderContext<'_>) -> Vec<Job> {
        let context = self.inside(context);
        let mount = self.place.of(context.site);
        mounted(mount, self.inner.late(&context))
    }

    fn still_plans(&self, context: &RenderContext<'_>) -> bool {
        self.inner.still_plans(&self.inside(context))
    }

    fn render(&self, context: &RenderContext<'_>, job: &Job) -> Result<Rendered, RenderError> {
        let context = self.inside(context);
        let mount = self.place.of(context.site);
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
        if self.version.is_some() {
            // What is wrong in a tag cannot be mended; it was reported when it was written.
            rendered.diagnostics.clear();
        }
        for artifact in &mut rendered.artifacts {
            if !is_shared(&artifact.path) {
                artifact.path = mount.join(&artifact.path);
            }
        }
        Ok(rendered)
    }
}
