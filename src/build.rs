//! The whole flow on one screen: snapshot -> site -> report, assets, plan -> artifacts -> release.
//!
//! Nothing is written here; the caller decides where the artifacts go.

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::assets::{AssetMap, encoder_version};
use crate::checks::{CheckContext, run_checks, with_levels};
use crate::diagnostic::{Diagnostic, Severity, sort};
use crate::progress::{Event, Progress, Stage as Step};
use crate::release::{
    Artifact, CheckSummary, FORMAT, Lock, Manifest, Output, Redirect, Release, ReleaseSource, Role,
};
use crate::render::{Job, JobKind, RenderContext, RenderError, Rendered, Stage, Wanted};
use crate::repo::{History, Snapshot};
use crate::site::{LoadOptions, Site};
use crate::site_path::SitePath;
use crate::store::Store;

/// What a build is asked for.
pub struct BuildOptions {
    /// How the site is loaded.
    pub load: LoadOptions,
    /// Which outputs are made.
    pub wanted: Wanted,
    /// Whether the checks run.
    pub checks: Checks,
}

/// Whether the checks run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Checks {
    /// They do.
    Run,
    /// They do not, and the release says nothing of them.
    Skip,
}

/// What a site is made from.
#[derive(Clone, Copy)]
pub struct Sources<'a> {
    /// Its files.
    pub snapshot: &'a Snapshot,
    /// Who changed them and when.
    pub history: &'a History,
    /// Where dear results are kept.
    pub store: &'a Store,
}

/// A site of which every output is planned and none is rendered. [`build`] renders them all, the
/// preview those that a browser asks for; there is no second road.
pub struct Prepared {
    /// The model.
    pub site: Site,
    /// Its images and files.
    pub assets: AssetMap,
    /// The renderers and their plan.
    pub stage: Stage,
    /// What was found so far.
    pub diagnostics: Vec<Diagnostic>,
}

/// What came of a build.
pub struct Built {
    /// The model.
    pub site: Site,
    /// Every output file.
    pub artifacts: Vec<Artifact>,
    /// What they are sealed as.
    pub release: Release,
    /// Everything that was found, sorted.
    pub diagnostics: Vec<Diagnostic>,
    /// What became of the images.
    pub images: ImageSummary,
}

/// What became of the images.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct ImageSummary {
    /// Sources that are published.
    pub sources: usize,
    /// Files that were made of them.
    pub variants: usize,
    /// The size of the sources.
    pub bytes_in: u64,
    /// The size of what a reader gets of them at most.
    pub bytes_out: u64,
}

/// A build could not be done.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// There is nothing to build.
    #[error("no Markdown was found in `{0}`")]
    Empty(std::path::PathBuf),
    /// Some outputs could not be made; all of their faults.
    #[error("{} could not be made", count(.0.len()))]
    Render(Vec<RenderError>),
}

fn count(outputs: usize) -> String {
    match outputs {
        1 => "one output".to_owned(),
        many => format!("{many} outputs"),
    }
}

/// Loads a site and plans its outputs. Pages that did not change since `previous` are not read
/// again.
pub fn prepare(
    sources: &Sources<'_>,
    options: &BuildOptions,
    previous: Option<&Site>,
    progress: Progress<'_>,
) -> Prepared {
    progress(Event::Started {
        stage: Step::Load,
        total: 0,
    });
    let site = Site::load(sources.snapshot, sources.history, &options.load, previous);
    progress(Event::Finished { stage: Step::Load });
    progress(Event::Started {
        stage: Step::Assets,
        total: 0,
    });
    let (assets, found) = AssetMap::read(&site, sources.snapshot);
    progress(Event::Finished {
        stage: Step::Assets,
    });
    let context = RenderContext {
        site: &site,
        assets: &assets,
        snapshot: sources.snapshot,
        store: sources.store,
    };
    let stage = Stage::new(&context, &options.wanted);
    let mut diagnostics = site.diagnostics.clone();
    diagnostics.extend(found);
    diagnostics.extend(stage.diagnostics().iter().cloned());
    Prepared {
        site,
        assets,
        stage,
        diagnostics,
    }
}

impl Prepared {
    /// Whether there is nothing to build.
    pub fn is_empty(&self) -> bool {
        let mut found = self.site.diagnostics.iter();
        self.site.pages.is_empty() && found.any(|found| found.code == "project-empty")
    }

    /// What its renderers are given; the snapshot and the store are those it was prepared from.
    pub fn context<'a>(&'a self, snapshot: &'a Snapshot, store: &'a Store) -> RenderContext<'a> {
        RenderContext {
            site: &self.site,
            assets: &self.assets,
            snapshot,
            store,
        }
    }
}

/// Builds one snapshot.
///
/// # Errors
/// Fails where there is no page, and where an engine or a template fails; faults of the author's
/// text are diagnostics of the result.
pub fn build(
    snapshot: &Snapshot,
    history: &History,
    store: &Store,
    options: &BuildOptions,
    progress: Progress<'_>,
) -> Result<Built, BuildError> {
    let prepared = prepare(
        &Sources {
            snapshot,
            history,
            store,
        },
        options,
        None,
        progress,
    );
    if prepared.is_empty() {
        return Err(BuildError::Empty(snapshot.root().to_path_buf()));
    }
    let mut diagnostics = prepared.diagnostics.clone();
    if options.checks == Checks::Run {
        progress(Event::Started {
            stage: Step::Check,
            total: prepared.site.pages.len(),
        });
        diagnostics.extend(run_checks(&CheckContext {
            site: &prepared.site,
            store,
            progress,
        }));
        progress(Event::Finished { stage: Step::Check });
    }
    let context = prepared.context(snapshot, store);
    let rendered = render(&context, &prepared.stage, progress)?;

    let total = rendered
        .iter()
        .map(|(_, rendered)| rendered.artifacts.len())
        .sum();
    progress(Event::Started {
        stage: Step::Seal,
        total,
    });
    let mut artifacts = Vec::with_capacity(total);
    let mut pages = BTreeMap::new();
    let mut images = ImageSummary {
        sources: prepared.assets.images.len(),
        ..ImageSummary::default()
    };
    for (kind, result) in rendered {
        diagnostics.extend(result.diagnostics);
        if let (Some(count), Some(artifact)) = (result.pages, result.artifacts.first()) {
            pages.insert(artifact.path.clone(), count);
        }
        if let JobKind::Image(source) = kind {
            let size = snapshot.get(&source).map_or(0, |file| file.size);
            let largest = result
                .artifacts
                .iter()
                .map(|artifact| artifact.bytes.len() as u64)
                .max();
            images.variants += result.artifacts.len();
            images.bytes_in += size;
            images.bytes_out += largest.unwrap_or(0);
        }
        artifacts.extend(result.artifacts);
    }
    artifacts.sort_by(|a, b| a.path.cmp(&b.path));
    let site = prepared.site;
    diagnostics = leveled(&site, diagnostics);
    let release = seal(&site, &artifacts, &pages, &diagnostics);
    progress(Event::Finished { stage: Step::Seal });
    Ok(Built {
        site,
        artifacts,
        release,
        diagnostics,
        images,
    })
}

/// Renders every job, documents first: they take longest and everything else fills the gaps.
fn render(
    context: &RenderContext<'_>,
    stage: &Stage,
    progress: Progress<'_>,
) -> Result<Vec<(JobKind, Rendered)>, BuildError> {
    let mut jobs: Vec<&(usize, Job)> = stage.plan().jobs().iter().collect();
    jobs.sort_by_key(|(_, job)| match job.kind {
        JobKind::Document(..) => 0,
        JobKind::Image(_) => 1,
        _ => 2,
    });
    progress(Event::Started {
        stage: Step::Render,
        total: jobs.len(),
    });
    let results: Vec<Result<(JobKind, Rendered), RenderError>> = jobs
        .into_par_iter()
        .with_max_len(1)
        .map(|planned| {
            let rendered = stage.render(context, planned)?;
            progress(Event::Stepped {
                stage: Step::Render,
                path: planned.1.outputs[0].clone(),
            });
            Ok((planned.1.kind.clone(), rendered))
        })
        .collect();
    progress(Event::Finished {
        stage: Step::Render,
    });
    let (good, bad): (Vec<_>, Vec<_>) = results.into_iter().partition(Result::is_ok);
    let bad: Vec<RenderError> = bad.into_iter().filter_map(Result::err).collect();
    match bad.is_empty() {
        true => Ok(good.into_iter().filter_map(Result::ok).collect()),
        false => Err(BuildError::Render(bad)),
    }
}

/// Gives each finding the level that the project wants for it, and sorts them.
pub fn leveled(site: &Site, diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut kept = with_levels(&site.config.check, diagnostics);
    sort(&mut kept);
    kept
}

fn seal(
    site: &Site,
    artifacts: &[Artifact],
    pages: &BTreeMap<SitePath, usize>,
    diagnostics: &[Diagnostic],
) -> Release {
    let count = |severity| {
        diagnostics
            .iter()
            .filter(|found| found.severity == severity)
            .count()
    };
    let redirect = |redirect: &crate::site::Redirect| Redirect {
        from: redirect.from.clone(),
        to: redirect.to.clone(),
    };
    let mut routes: Vec<String> = artifacts
        .iter()
        .filter(|artifact| artifact.role == Role::Page)
        .map(|artifact| crate::site::url_of(&artifact.path))
        .collect();
    routes.sort();
    Release {
        format: FORMAT,
        source: ReleaseSource {
            commit: site.source.commit.clone(),
            tree: site.source.tree.clone(),
            dirty: site.source.dirty,
        },
        lock: lock(),
        checks: CheckSummary {
            errors: count(Severity::Error),
            warnings: count(Severity::Warning),
            suggestions: count(Severity::Suggestion),
        },
        outputs: outputs(artifacts, pages),
        routes,
        redirects: site.redirects.iter().map(redirect).collect(),
        files: Manifest::of(artifacts),
    }
}

fn outputs(artifacts: &[Artifact], pages: &BTreeMap<SitePath, usize>) -> Vec<Output> {
    let (documents, html): (Vec<&Artifact>, Vec<&Artifact>) = artifacts
        .iter()
        .partition(|artifact| artifact.role == Role::Document);
    let site = (!html.is_empty()).then(|| Output {
        kind: "html".to_owned(),
        path: SitePath::root(),
        bytes: html
            .iter()
            .map(|artifact| artifact.bytes.len() as u64)
            .sum(),
        pages: None,
        files: Some(html.len()),
    });
    let document = |artifact: &Artifact| Output {
        kind: artifact.path.extension().to_owned(),
        path: artifact.path.clone(),
        bytes: artifact.bytes.len() as u64,
        pages: pages.get(&artifact.path).copied(),
        files: None,
    };
    site.into_iter()
        .chain(documents.into_iter().map(document))
        .collect()
}

/// What decides the bytes besides the source: the tool and the engines compiled into it.
fn lock() -> Lock {
    let mut lock = BTreeMap::from([
        ("tympan".to_owned(), env!("CARGO_PKG_VERSION").to_owned()),
        ("images".to_owned(), encoder_version()),
    ]);
    if cfg!(feature = "pdf") {
        lock.insert("typst".to_owned(), "0.15.1".to_owned());
    }
    if cfg!(feature = "prose") {
        lock.insert("harper".to_owned(), "3.0.0".to_owned());
    }
    Lock(lock)
}
