//! One state of the project: its snapshot, its plan, and what was rendered of it so far.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use crate::assets::{ImageKind, copy_file};
use crate::build::{Prepared, leveled};
use crate::diagnostic::{Diagnostic, Severity};
use crate::release::Artifact;
use crate::render::{Job, JobKind};
use crate::repo::Snapshot;
use crate::site::{PageId, Site};
use crate::site_path::SitePath;
use crate::store::Store;

/// One state of the project.
pub(super) struct Generation {
    /// The files.
    pub(super) snapshot: Arc<Snapshot>,
    /// The plan of what is made of them.
    pub(super) prepared: Prepared,
    /// The errors that were found before anything was rendered.
    pub(super) errors: Vec<Diagnostic>,
    /// Each job by its first output. The map is locked for a moment only; who asks for a job that
    /// another thread renders waits for that one.
    rendered: Mutex<BTreeMap<SitePath, Arc<OnceLock<Outcome>>>>,
}

/// What came of a job.
struct Outcome {
    artifacts: Vec<Artifact>,
    errors: Vec<Diagnostic>,
}

/// What came of the job that makes one file.
pub(super) struct Shown {
    /// The file, if it could be made.
    pub(super) artifact: Option<Artifact>,
    /// The page it is made of, if it is one.
    pub(super) source: Option<SitePath>,
    /// The errors that were found while it was made.
    pub(super) errors: Vec<Diagnostic>,
}

impl Generation {
    pub(super) fn new(snapshot: Arc<Snapshot>, prepared: Prepared) -> Self {
        let errors = errors_of(&prepared, prepared.diagnostics.clone());
        Self {
            snapshot,
            prepared,
            errors,
            rendered: Mutex::new(BTreeMap::new()),
        }
    }

    /// The state after texts of pages were edited. What was rendered of anything else is kept.
    pub(super) fn edited(&self, prepared: Prepared) -> Self {
        let rendered = self.rendered.lock().unwrap_or_else(PoisonError::into_inner);
        let plan = self.prepared.stage.plan();
        let stays = |path: &SitePath| {
            let job = plan.job_for(path);
            job.is_some_and(|(_, job)| is_apart_from_texts(job.kind.plain()))
        };
        let rendered = rendered.iter().filter(|(path, _)| stays(path));
        Self {
            snapshot: Arc::clone(&self.snapshot),
            errors: self.errors.clone(),
            rendered: Mutex::new(
                rendered
                    .map(|(path, cell)| (path.clone(), Arc::clone(cell)))
                    .collect(),
            ),
            prepared,
        }
    }

    /// Whether there is nothing to show.
    pub(super) fn is_empty(&self) -> bool {
        self.prepared.is_empty()
    }

    /// What says that the site could not be loaded, so that its last state is better shown: without
    /// its configuration every page would stand in another place.
    pub(super) fn faults(&self) -> Vec<Diagnostic> {
        let found = self.prepared.diagnostics.iter();
        let broken = |found: &&Diagnostic| match &*found.code {
            "config-syntax" => true,
            "project-empty" => self.is_empty(),
            _ => false,
        };
        found.filter(broken).cloned().collect()
    }

    /// Whether the plan lists a file, or a page that was shown asked for it.
    pub(super) fn is_planned(&self, path: &SitePath) -> bool {
        self.prepared.stage.plan().job_for(path).is_some() || self.prepared.assets.derives(path)
    }

    fn job_for(&self, path: &SitePath, store: &Store) -> Option<Cow<'_, (usize, Job)>> {
        let planned = self.prepared.stage.plan().job_for(path).map(Cow::Borrowed);
        let late = || {
            let context = self.prepared.context(&self.snapshot, store);
            let mut late = self.prepared.stage.late(&context).into_iter();
            let (renderer, job) = late.find(|(_, job)| job.outputs.contains(path))?;
            // The other files of such a job depend on what was asked for so far.
            let job = Job {
                outputs: vec![path.clone()],
                ..job
            };
            Some(Cow::Owned((renderer, job)))
        };
        planned.or_else(|| self.prepared.assets.derives(path).then(late).flatten())
    }

    /// The file that is shown for what is missing.
    pub(super) fn not_found(&self) -> Option<&SitePath> {
        let mut jobs = self.prepared.stage.plan().jobs().iter();
        let (_, job) = jobs.find(|(_, job)| job.kind == JobKind::NotFound)?;
        job.outputs.first()
    }

    /// A file of the plan, rendered now if it was not before.
    pub(super) fn show(&self, path: &SitePath, store: &Store) -> Option<Shown> {
        let planned = &*self.job_for(path, store)?;
        let cell = {
            let mut rendered = self.rendered.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(rendered.entry(planned.1.outputs[0].clone()).or_default())
        };
        let outcome = cell.get_or_init(|| self.render(planned, store));
        let mut artifacts = outcome.artifacts.iter();
        Some(Shown {
            artifact: artifacts.find(|artifact| artifact.path == *path).cloned(),
            source: self.source(&planned.1),
            errors: outcome.errors.clone(),
        })
    }

    fn render(&self, planned: &(usize, Job), store: &Store) -> Outcome {
        let mut context = self.prepared.context(&self.snapshot, store);
        let clean = match planned.1.kind.plain() {
            JobKind::Document(..) => self.site_as_committed(),
            _ => None,
        };
        if let Some(site) = &clean {
            context.site = site;
        }
        match self.prepared.stage.render(&context, planned) {
            Ok(rendered) => Outcome {
                artifacts: rendered.artifacts,
                errors: errors_of(&self.prepared, rendered.diagnostics),
            },
            Err(error) => {
                let cause = std::error::Error::source(&error)
                    .map_or(String::new(), |cause| format!(": {cause}"));
                let path = self.source(&planned.1);
                let path = path.as_ref().unwrap_or(&planned.1.outputs[0]);
                let message = format!("{error}{cause}");
                let found = Diagnostic::new("render-failed", Severity::Error, path, message);
                Outcome {
                    artifacts: Vec::new(),
                    errors: vec![found],
                }
            }
        }
    }

    /// The site, if it is wrong about whether its files are those of the commit, which documents
    /// name in their imprint.
    fn site_as_committed(&self) -> Option<Site> {
        let site = &self.prepared.site;
        let dirty = self.snapshot.is_dirty_now().ok()?;
        (dirty != site.source.dirty).then(|| {
            let mut site = site.clone();
            site.source.dirty = dirty;
            for translation in &mut site.translations {
                translation.source.dirty = dirty;
            }
            site
        })
    }

    fn source(&self, job: &Job) -> Option<SitePath> {
        match job.kind.plain() {
            JobKind::Page(_) => self.source_at(job.outputs.first()?),
            _ => None,
        }
    }

    /// The file that the page at a place in the release is made of, in whatever language.
    pub(super) fn source_at(&self, path: &SitePath) -> Option<SitePath> {
        let (site, page) = self.page_at(path)?;
        Some(site.page(page).path.clone())
    }

    /// The page at a place in the release, and the site of its language.
    pub(super) fn page_at(&self, path: &SitePath) -> Option<(&Site, PageId)> {
        let mut sites = self.prepared.site.in_all_languages();
        sites.find_map(|site| {
            let page = site.page_routed(&path.below(&site.mount)?)?;
            Some((site, page))
        })
    }

    /// The picture that a file is made of, without what it says of itself; none of a drawing.
    pub(super) fn picture(&self, path: &SitePath) -> Option<Artifact> {
        let (_, job) = self.prepared.stage.plan().job_for(path)?;
        let JobKind::Image(source) = job.kind.plain() else {
            return None;
        };
        let image = self.prepared.assets.image(source)?;
        let is_shown = matches!(
            (image.kind, source.extension()),
            (ImageKind::Jpeg, "jpg" | "jpeg") | (ImageKind::Png, "png") | (ImageKind::WebP, "webp")
        );
        let copied =
            is_shown.then(|| copy_file(source, source, &self.prepared.site, &self.snapshot));
        copied?.ok()
    }

    /// Where a file of the project is shown, relative to the root of the release.
    pub(super) fn url_of(&self, path: &SitePath) -> Option<String> {
        let mut sites = self.prepared.site.in_all_languages();
        let page = sites.find_map(|site| {
            let id = site
                .page_at(path)
                .filter(|id| site.page(*id).path == *path)?;
            let route = site.mount.join(&site.page(id).route);
            Some(match route.file_name() {
                "index.html" if route.parent().is_root() => String::new(),
                "index.html" => format!("{}/", route.parent().to_url()),
                _ => route.to_url(),
            })
        });
        page.or_else(|| {
            let site = &self.prepared.site;
            let place = site.base.join(&site.file_route(path));
            self.is_planned(&place).then(|| place.to_url())
        })
    }

    /// What was found on a page before it was rendered.
    pub(super) fn found_before(&self, source: &SitePath) -> Vec<Diagnostic> {
        let found = self.prepared.diagnostics.iter();
        let own = found.filter(|found| found.path == *source);
        own.cloned().collect()
    }

    fn outputs(&self) -> impl Iterator<Item = &SitePath> {
        self.prepared.stage.plan().paths()
    }

    /// Whether a reader could see a difference to what is prepared from `snapshot`. Bytes of files
    /// that are no pages are not compared.
    pub(super) fn differs(&self, snapshot: &Snapshot, prepared: &Prepared) -> bool {
        let (old, new) = (&self.prepared.site, &prepared.site);
        let same_pages = old.pages.len() == new.pages.len()
            && old.pages.iter().zip(&new.pages).all(|(old, new)| {
                Arc::ptr_eq(old, new)
                    || (&old.path, &old.route, &old.digest) == (&new.path, &new.route, &new.digest)
            });
        !same_pages
            || !self.outputs().eq(prepared.stage.plan().paths())
            || old.history != new.history
            || self.snapshot.source().commit != snapshot.source().commit
            || self.prepared.diagnostics != prepared.diagnostics
    }
}

/// Whether what comes of a job has nothing of the texts of pages in it.
fn is_apart_from_texts(kind: &JobKind) -> bool {
    matches!(
        kind,
        JobKind::Card(_)
            | JobKind::Favicon
            | JobKind::File(_)
            | JobKind::Image(_)
            | JobKind::Rules(_)
            | JobKind::SearchScript
            | JobKind::Theme(_)
    )
}

fn errors_of(prepared: &Prepared, diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut errors = leveled(&prepared.site, diagnostics);
    errors.retain(|found| found.severity == Severity::Error);
    errors
}
