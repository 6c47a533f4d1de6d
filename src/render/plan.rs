//! Every output of a site, listed before one is rendered: path -> job.

use std::collections::{BTreeMap, BTreeSet};

use crate::config::{Format, RulesFile};
use crate::diagnostic::{Diagnostic, Severity};
use crate::release::Artifact;
use crate::render::context::{RenderContext, RenderError};
use crate::render::machines::MachineJob;
use crate::site::{Feed, ListId, PageId};
use crate::site_path::SitePath;

/// Turns jobs of one family into bytes. Implemented by `Html` for pages,
/// `Documents` for bound outputs and `Files`
/// for images and files, and `Search`.
///
/// A renderer plans every output it is responsible for, renders any planned job on any thread in
/// any order, and returns the same bytes for the same context. It writes nothing.
pub trait Renderer: Send + Sync {
    /// Lists the jobs of this renderer.
    fn plan(&self, context: &RenderContext<'_>) -> Vec<Job>;

    /// Renders one of them.
    ///
    /// # Errors
    /// Fails where a template or an engine does; a fault of the author's text is a diagnostic of
    /// the result instead.
    fn render(&self, context: &RenderContext<'_>, job: &Job) -> Result<Rendered, RenderError>;

    /// Lists what pages asked for while they were rendered, and no plan foresaw.
    fn late(&self, _: &RenderContext<'_>) -> Vec<Job> {
        Vec::new()
    }

    /// Whether the plan is still right after a text of the site was edited ([`Site::edited`]).
    ///
    /// [`Site::edited`]: crate::site::Site::edited
    fn still_plans(&self, _: &RenderContext<'_>) -> bool {
        true
    }
}

/// One piece of work and the files that come of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// What is to be done.
    pub kind: JobKind,
    /// The files, at least one.
    pub outputs: Vec<SitePath>,
}

/// What a job does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JobKind {
    /// A page with a source.
    Page(PageId),
    /// One page of a list of pages, counted from 1; where a page of its own stands for the list,
    /// that is its first.
    List(ListId, usize),
    /// The list of all terms of a taxonomy, by its place in the site.
    Terms(usize),
    /// The page that lists everything.
    Contents,
    /// The page that holds the whole text.
    Print,
    /// The list of all posts by year.
    Archive,
    /// The page for what is missing.
    NotFound,
    /// The page that leads to the folder of the work's own language.
    Entrance,
    /// The icon that browsers look for where the release begins.
    Favicon,
    /// A page that sends the reader on, by its place in the site.
    Redirect(usize),
    /// A file of the theme's own, by its place in the theme.
    Theme(usize),
    /// The picture that is shown where a page is shared, or a list of the site.
    Card(Option<PageId>),
    /// A feed.
    Feed(Feed),
    /// The redirects as rules for a server.
    Rules(RulesFile),
    /// What programs read: the sitemap, robots.txt and the like.
    Machine(MachineJob),
    /// What the search looks in: all files of terms of one index, by its place.
    SearchTerms(usize),
    /// What the search shows: one file of texts of an index.
    SearchTexts(usize, usize),
    /// The script of the search.
    SearchScript,
    /// All sizes of one image.
    Image(SitePath),
    /// A picture that a page asked for while it was rendered, which has these files and perhaps more.
    Derived,
    /// A file as it is.
    File(SitePath),
    /// A bound output, by its document's place in the site.
    Document(usize, Format),
    /// One of these for a translation, whose place is its renderer's to know.
    Mounted(Box<JobKind>),
}

/// What came of a job.
#[derive(Debug, Default)]
pub struct Rendered {
    /// The files.
    pub artifacts: Vec<Artifact>,
    /// Faults of the author's text.
    pub diagnostics: Vec<Diagnostic>,
    /// The number of pages of a PDF.
    pub pages: Option<usize>,
}

/// Every output of a site.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    jobs: Vec<(usize, Job)>,
    by_path: BTreeMap<SitePath, usize>,
}

impl Plan {
    /// Plans the jobs of all renderers. Of two jobs with one output the first keeps it; the other
    /// is left out and reported.
    pub(super) fn new(planned: Vec<(usize, Job)>) -> (Self, Vec<Diagnostic>) {
        let mut plan = Self::default();
        let mut diagnostics = Vec::new();
        let mut mixed: BTreeMap<String, SitePath> = BTreeMap::new();
        let mut folders: BTreeSet<SitePath> = BTreeSet::new();
        for (renderer, mut job) in planned {
            // The names of such files say that the bytes are the same.
            job.outputs
                .retain(|path| !Artifact::is_immutable(path) || !plan.by_path.contains_key(path));
            if job.outputs.is_empty() {
                continue;
            }
            // No place is both a file and a folder.
            let is_taken = |path: &SitePath| {
                plan.by_path.contains_key(path)
                    || folders.contains(path)
                    || above(path).any(|folder| plan.by_path.contains_key(&folder))
            };
            let taken = job.outputs.iter().find(|path| is_taken(path));
            if let Some(path) = taken {
                let message = format!("two outputs want the place `{path}`");
                let found = Diagnostic::new("output-duplicate", Severity::Error, path, message);
                diagnostics.push(found.help("rename the file, page or document that makes it"));
                continue;
            }
            for path in &job.outputs {
                if let Some(other) = plan.other_case(path, &mut mixed) {
                    let message = format!("`{path}` and `{other}` differ in case only");
                    let found = Diagnostic::new("output-case", Severity::Error, path, message);
                    diagnostics.push(found.help("many computers take the two for one; rename one"));
                }
                plan.by_path.insert(path.clone(), plan.jobs.len());
                for folder in above(path) {
                    if !folders.insert(folder) {
                        break;
                    }
                }
            }
            plan.jobs.push((renderer, job));
        }
        (plan, diagnostics)
    }

    /// An output that a computer without letter case would take for this one. `mixed` holds those
    /// that have capitals, by their letters.
    fn other_case(
        &self,
        path: &SitePath,
        mixed: &mut BTreeMap<String, SitePath>,
    ) -> Option<SitePath> {
        let letters = path.as_str().to_lowercase();
        let plain = || SitePath::parse(&letters).ok();
        let small = plain().filter(|small| small != path && self.by_path.contains_key(small));
        let other = small.or_else(|| mixed.get(&letters).filter(|other| *other != path).cloned());
        if letters != path.as_str() {
            mixed.entry(letters).or_insert_with(|| path.clone());
        }
        other
    }

    /// All jobs, each with the renderer that does it.
    pub fn jobs(&self) -> &[(usize, Job)] {
        &self.jobs
    }

    /// The job that makes a file.
    pub fn job_for(&self, path: &SitePath) -> Option<&(usize, Job)> {
        self.jobs.get(*self.by_path.get(path)?)
    }

    /// Every file, sorted.
    pub fn paths(&self) -> impl Iterator<Item = &SitePath> {
        self.by_path.keys()
    }
}

/// The folders that a file lies in, the nearest first.
fn above(path: &SitePath) -> impl Iterator<Item = SitePath> {
    let folder = |path: &SitePath| Some(path.parent()).filter(|folder| !folder.is_root());
    std::iter::successors(folder(path), move |path| folder(path))
}

impl JobKind {
    /// The kind of work, wherever its site stands.
    pub fn plain(&self) -> &Self {
        match self {
            Self::Mounted(kind) => kind.plain(),
            kind => kind,
        }
    }
}

impl Job {
    /// A job with one output.
    pub fn single(kind: JobKind, output: SitePath) -> Self {
        Self {
            kind,
            outputs: vec![output],
        }
    }
}

impl Rendered {
    /// One file and nothing to say.
    pub fn single(artifact: Artifact) -> Self {
        Self {
            artifacts: vec![artifact],
            ..Self::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is left of a plan, and what was said of the rest.
    #[track_caller]
    fn case(wanted: &[&str], expected: &[&str], found: &[&str]) {
        let job = |path: &&str| {
            (
                0,
                Job::single(JobKind::Archive, SitePath::parse(path).unwrap()),
            )
        };
        let (plan, diagnostics) = Plan::new(wanted.iter().map(job).collect());
        let paths: Vec<&str> = plan.paths().map(SitePath::as_str).collect();
        assert_eq!(paths, expected);
        let shown = diagnostics
            .iter()
            .map(|found| format!("{} {}", found.code, found.path));
        assert_eq!(shown.collect::<Vec<_>>(), found);
    }

    #[test]
    fn a_place_has_one_file() {
        case(&["a.html", "b.html"], &["a.html", "b.html"], &[]);
        case(
            &["a.html", "a.html"],
            &["a.html"],
            &["output-duplicate a.html"],
        );
        case(
            &["A.html", "a.html"],
            &["A.html", "a.html"],
            &["output-case a.html"],
        );
    }

    #[test]
    fn no_place_is_a_file_and_a_folder() {
        let deep = "robots.txt/a/index.html";
        case(
            &["robots.txt", deep],
            &["robots.txt"],
            &[&format!("output-duplicate {deep}")],
        );
        case(
            &[deep, "robots.txt"],
            &[deep],
            &["output-duplicate robots.txt"],
        );
        case(&["a/b.html", "a.html"], &["a.html", "a/b.html"], &[]);
    }
}
