//! The whole flow on one screen: snapshot -> site -> report, assets, plan -> artifacts -> release.
//!
//! Nothing is written here; the caller decides where the files go. Each is handed on as soon as it
//! is made and then forgotten, so that what a build needs does not grow with what it makes.

mod lock;
mod options;
mod prepared;
pub mod survey;
mod versions;

pub use options::{BuildOptions, Checks, Images, Versions};
pub use prepared::{Prepared, Sources, prepare};

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use crate::build::lock::lock;

use crate::checks::{CheckContext, Judged, run_checks, settle};
use crate::config::Format;
use crate::diagnostic::{Diagnostic, Severity};
use crate::digest::Digest;
use crate::progress::{Event, Progress, Stage as Step};
use crate::release::{
    CheckSummary, FORMAT, File, Manifest, Output, Redirect, Release, ReleaseSource, Role, Sink,
    SinkError,
};
use crate::render::{Job, JobKind, RenderContext, RenderError, Stage};
use crate::repo::{History, Snapshot};
use crate::site::Site;
use crate::site_path::SitePath;
use crate::store::Store;

/// What came of a build.
pub struct Built {
    /// The model.
    pub site: Site,
    /// What its files are sealed as.
    pub release: Release,
    /// The release's name.
    pub digest: Digest,
    /// Everything that was found, sorted.
    pub diagnostics: Vec<Diagnostic>,
    /// What became of the images.
    pub images: ImageSummary,
}

/// What became of the images.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
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
    /// There is no document of this name.
    #[error("there is no document named `{name}`; {known}")]
    NoDocument {
        /// What was asked for.
        name: String,
        /// What there is, in words.
        known: String,
    },
    /// Some outputs could not be made; all of their faults.
    #[error("{} could not be made", count(.0.len()))]
    Render(Vec<RenderError>),
    /// An output could not be put where it belongs.
    #[error(transparent)]
    Sink(SinkError),
}

fn count(outputs: usize) -> String {
    match outputs {
        1 => "one output".to_owned(),
        many => format!("{many} outputs"),
    }
}

/// Builds one snapshot. Every file goes to `sink` as soon as it is made.
///
/// # Errors
/// Fails where there is no page, where an engine or a template fails, and where the sink does;
/// faults of the author's text are diagnostics of the result.
pub fn build(
    snapshot: &Snapshot,
    history: &History,
    store: &Store,
    options: &BuildOptions,
    sink: Sink<'_>,
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
    find_documents(&prepared.site, &options.wanted.documents)?;
    let mut diagnostics = prepared.diagnostics.clone();
    if options.checks == Checks::Run {
        progress(Event::Started {
            stage: Step::Check,
            total: prepared.site.written_pages().count(),
        });
        diagnostics.extend(run_checks(&CheckContext {
            site: &prepared.site,
            store,
            progress,
            about: None,
        }));
        progress(Event::Finished { stage: Step::Check });
    }
    let (context, stage) = (prepared.context(snapshot, store), &prepared.stage);
    let [first, waiting] = in_two(stage.plan().jobs(), &prepared);
    let mut made = make(&context, stage, first, sink, progress)?;
    if !waiting.is_empty() {
        made.extend(make(&context, stage, waiting, sink, progress)?);
    }
    // Only now are all pictures known that pages derive.
    let late = stage.late(&context);
    if !late.is_empty() {
        made.extend(make(
            &context,
            stage,
            late.iter().collect(),
            sink,
            progress,
        )?);
    }
    prepared.highlights.keep();
    progress(Event::Started {
        stage: Step::Seal,
        total: made.len(),
    });
    let mut files = Vec::with_capacity(made.len());
    let mut pages = BTreeMap::new();
    let mut images = ImageSummary {
        sources: prepared.assets.images.len(),
        ..ImageSummary::default()
    };
    for made in made {
        diagnostics.extend(made.diagnostics);
        if let (Some(count), Some(file)) = (made.pages, made.files.first()) {
            pages.insert(file.path.clone(), count);
        }
        if let JobKind::Image(source) = made.kind.plain() {
            let size = snapshot.get(source).map_or(0, |file| file.size);
            let largest = made.files.iter().map(|file| file.size).max();
            images.variants += made.files.len();
            images.bytes_in += size;
            images.bytes_out += largest.unwrap_or(0);
        }
        files.extend(made.files);
    }
    let site = prepared.site;
    let judged = match options.checks {
        Checks::Run => Judged::All,
        Checks::Skip => Judged::Nothing,
    };
    let diagnostics = settle(&site, diagnostics, judged).found;
    let mut release = seal(&site, Manifest::new(files), &pages, &diagnostics);
    release.source.versions = prepared.commits;
    for version in &prepared.versions {
        release.redirects.extend(redirects(&version.site));
    }
    release.redirects.sort();
    let digest = release.digest();
    progress(Event::Finished { stage: Step::Seal });
    Ok(Built {
        site,
        release,
        digest,
        diagnostics,
        images,
    })
}

/// Whether there are all documents of these names.
fn find_documents(site: &Site, names: &[String]) -> Result<(), BuildError> {
    let is_there = |name: &String| {
        let mut documents = site.in_all_languages().flat_map(|site| &site.documents);
        documents.any(|document| document.name == *name)
    };
    match names.iter().find(|name| !is_there(name)) {
        Some(name) => Err(BuildError::NoDocument {
            name: name.clone(),
            known: documents_of(site),
        }),
        None => Ok(()),
    }
}

/// The names of all documents, for whoever asked for another.
fn documents_of(site: &Site) -> String {
    let documents = site.in_all_languages().flat_map(|site| &site.documents);
    let names: BTreeSet<String> = documents
        .map(|document| format!("`{}`", document.name))
        .collect();
    match names.is_empty() {
        true => "the project binds none".to_owned(),
        false => format!("there is {}", Vec::from_iter(names).join(", ")),
    }
}

/// What is kept of a job once its files are where they belong.
struct Made {
    kind: JobKind,
    files: Vec<File>,
    diagnostics: Vec<Diagnostic>,
    pages: Option<usize>,
}

/// All jobs but those of front pages, which tell how large the documents are, and these.
fn in_two<'a>(jobs: &'a [(usize, Job)], prepared: &Prepared) -> [Vec<&'a (usize, Job)>; 2] {
    let others = prepared.versions.iter().map(|version| &version.site);
    let sites = std::iter::once(&prepared.site).chain(others);
    let sites: Vec<&Site> = sites.flat_map(Site::in_all_languages).collect();
    if sites.iter().all(|site| site.documents.is_empty()) {
        return [jobs.iter().collect(), Vec::new()];
    }
    let fronts: BTreeSet<SitePath> = sites
        .iter()
        .filter_map(|site| site.mount.resolve("index.html").ok())
        .collect();
    let is_first = |(_, job): &&(usize, Job)| !job.outputs.iter().any(|path| fronts.contains(path));
    let (first, waiting) = jobs.iter().partition(is_first);
    [first, waiting]
}

/// Does every job and hands its files on, documents first: they take longest and everything else
/// fills the gaps.
fn make(
    context: &RenderContext<'_>,
    stage: &Stage,
    mut jobs: Vec<&(usize, Job)>,
    sink: Sink<'_>,
    progress: Progress<'_>,
) -> Result<Vec<Made>, BuildError> {
    jobs.sort_by_key(|(_, job)| match job.kind.plain() {
        JobKind::Document(..) | JobKind::SearchTerms(_) => 0,
        JobKind::Image(_) => 1,
        _ => 2,
    });
    progress(Event::Started {
        stage: Step::Render,
        total: jobs.len(),
    });
    let make_all = |jobs: Vec<&(usize, Job)>| -> Vec<Result<Made, Fault>> {
        let jobs = jobs.into_par_iter().with_max_len(1);
        let results = jobs.map(|planned| {
            let made = make_one(context, stage, planned, sink);
            if let Some(pages) = made.as_ref().ok().and_then(|made| made.pages) {
                progress(Event::LaidOut(pages));
            }
            progress(Event::Stepped {
                stage: Step::Render,
                path: planned.1.outputs[0].clone(),
            });
            made
        });
        results.collect()
    };
    // An e-book that names the pages of the PDF would else have it laid out beside it.
    let mut sites = context.site.in_all_languages();
    let asks = sites.any(|site| site.documents.iter().any(|document| document.epub.pages));
    let is_later = |(_, job): &&(usize, Job)| {
        asks && matches!(job.kind.plain(), JobKind::Document(_, Format::Epub))
    };
    let (later, first): (Vec<_>, Vec<_>) = jobs.into_iter().partition(is_later);
    let mut results = make_all(first);
    results.extend(make_all(later));
    progress(Event::Finished {
        stage: Step::Render,
    });
    let mut done = Vec::with_capacity(results.len());
    let mut bad = Vec::new();
    for result in results {
        match result {
            Ok(made) => done.push(made),
            Err(Fault::Render(error)) => bad.push(error),
            // A place that takes no file takes none of the others: one fault says it all.
            Err(Fault::Sink(error)) => return Err(BuildError::Sink(error)),
        }
    }
    match bad.is_empty() {
        true => Ok(done),
        false => Err(BuildError::Render(bad)),
    }
}

enum Fault {
    Render(RenderError),
    Sink(SinkError),
}

fn make_one(
    context: &RenderContext<'_>,
    stage: &Stage,
    planned: &(usize, Job),
    sink: Sink<'_>,
) -> Result<Made, Fault> {
    let rendered = stage.render(context, planned).map_err(Fault::Render)?;
    let mut files = Vec::with_capacity(rendered.artifacts.len());
    for artifact in rendered.artifacts {
        let file = File::of(&artifact);
        sink(&artifact, &file).map_err(Fault::Sink)?;
        files.push(file);
    }
    Ok(Made {
        kind: planned.1.kind.clone(),
        files,
        diagnostics: rendered.diagnostics,
        pages: rendered.pages,
    })
}

/// What the project wants to be told of findings that are not all there are.
pub fn leveled(site: &Site, diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
    settle(site, diagnostics, Judged::Nothing).found
}

fn seal(
    site: &Site,
    files: Manifest,
    pages: &BTreeMap<SitePath, usize>,
    diagnostics: &[Diagnostic],
) -> Release {
    let count = |severity| {
        diagnostics
            .iter()
            .filter(|found| found.severity == severity)
            .count()
    };
    let mut routes: Vec<String> = files
        .files()
        .iter()
        .filter(|file| file.role == Role::Page)
        .map(|file| crate::site::url_of(&file.path))
        .collect();
    routes.sort();
    Release {
        base: site.release_url().map(ToOwned::to_owned),
        format: FORMAT,
        source: ReleaseSource {
            commit: site.source.commit.clone(),
            tree: site.source.tree.clone(),
            dirty: site.source.dirty,
            versions: BTreeMap::new(),
        },
        lock: lock(site),
        checks: CheckSummary {
            errors: count(Severity::Error),
            warnings: count(Severity::Warning),
            suggestions: count(Severity::Suggestion),
        },
        outputs: outputs(files.files(), pages),
        routes,
        redirects: redirects(site),
        files,
    }
}

fn redirects(site: &Site) -> Vec<Redirect> {
    let inner = site.in_all_languages();
    let inner = inner.flat_map(|site| site.redirects.iter().map(move |one| (&site.mount, one)));
    let outer = site.outer_redirects.iter().map(|one| (&site.base, one));
    let one = |(mount, redirect): (&SitePath, &crate::site::Redirect)| {
        let place = |url: &str| match mount.is_root() {
            true => url.to_owned(),
            false => format!("/{mount}{url}"),
        };
        Redirect {
            from: place(&redirect.from),
            to: place(&redirect.to),
        }
    };
    let mut redirects: Vec<Redirect> = inner.chain(outer).map(one).collect();
    redirects.sort();
    redirects
}

fn outputs(files: &[File], pages: &BTreeMap<SitePath, usize>) -> Vec<Output> {
    let (documents, html): (Vec<&File>, Vec<&File>) =
        files.iter().partition(|file| file.role == Role::Document);
    let site = (!html.is_empty()).then(|| Output {
        bytes: html.iter().map(|file| file.size).sum(),
        files: Some(html.len()),
        kind: "html".to_owned(),
        pages: None,
        path: SitePath::root(),
    });
    let document = |file: &File| Output {
        bytes: file.size,
        files: None,
        kind: file.path.extension().to_owned(),
        pages: pages.get(&file.path).copied(),
        path: file.path.clone(),
    };
    site.into_iter()
        .chain(documents.into_iter().map(document))
        .collect()
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::sync::Mutex;

    use super::*;
    use crate::site::LoadOptions;

    #[test]
    fn a_picture_that_the_front_page_alone_derives_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let project = folder.path().join("project");
        fs::create_dir_all(project.join("content")).unwrap();
        let config = "[[documents]]\nname = \"all\"\nformats = [\"epub\"]\n";
        fs::write(project.join("tympan.toml"), config).unwrap();
        let page = "# A\n\n![Sea](boat.png){width=20}\n";
        fs::write(project.join("content/index.md"), page).unwrap();
        let sea = image::RgbImage::from_pixel(90, 60, image::Rgb([9, 60, 90]));
        sea.save(project.join("content/boat.png")).unwrap();
        let html = Mutex::new(String::new());
        let built = build(
            &Snapshot::worktree(&project).unwrap(),
            &History::read(&project, None).unwrap(),
            &Store::open(&folder.path().join("store")),
            &BuildOptions {
                load: LoadOptions::default(),
                wanted: crate::render::Wanted::all(),
                checks: Checks::Skip,
                versions: Versions::Current,
                images: Images::First,
            },
            &|artifact, file| {
                if file.path.as_str() == "index.html" {
                    *html.lock().unwrap() = String::from_utf8_lossy(&artifact.bytes).into_owned();
                }
                Ok(())
            },
            &|_| {},
        );
        let files = built.unwrap().release.files;
        let html = html.into_inner().unwrap();
        let pictures = html.split("=\"").filter_map(|rest| {
            let address = rest.split(['"', ' ']).next()?;
            (address.starts_with("boat") || address.contains("/boat")).then_some(address)
        });
        let pictures: Vec<&str> = pictures.collect();
        assert!(!pictures.is_empty(), "{html}");
        for picture in pictures {
            let has = |file: &File| {
                file.path
                    .as_str()
                    .ends_with(picture.trim_start_matches('/'))
            };
            assert!(files.files().iter().any(has), "{picture}");
        }
    }
}
