//! The project that is previewed: loaded once, loaded again when a file changes, the last good
//! state kept.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use crate::build::{BuildOptions, Checks, Prepared, Sources, prepare};
use crate::diagnostic::{Diagnostic, Severity};
use crate::digest::Digest;
use crate::preview::generation::Generation;
use crate::progress::silent;
use crate::release::Artifact;
use crate::render::Wanted;
use crate::repo::{History, RepoError, Snapshot};
use crate::site::LoadOptions;
use crate::site_path::SitePath;
use crate::store::Store;

/// A project that is previewed.
pub struct Preview {
    root: PathBuf,
    options: BuildOptions,
    store: Store,
    state: RwLock<Arc<State>>,
    loading: Mutex<Loading>,
    good: Mutex<BTreeMap<SitePath, Good>>,
}

/// What is shown now.
pub(super) struct State {
    /// The last state of the project that could be loaded.
    pub(super) generation: Arc<Generation>,
    /// Why the present one cannot, shown on every page.
    pub(super) faults: Vec<Diagnostic>,
    /// Names this state among the states of all previews, for browsers to compare.
    pub(super) stamp: String,
    number: u64,
}

/// A page as it was when its source had no error.
#[derive(Clone)]
pub(super) struct Good {
    /// The page.
    pub(super) artifact: Artifact,
    /// Its source.
    pub(super) source: SitePath,
}

/// What is known from one load to the next.
struct Loading {
    history: History,
    commit: Option<String>,
    /// The bytes that a changed file had when it was last looked at; none if it was gone.
    seen: BTreeMap<SitePath, Option<Digest>>,
}

/// What came of looking again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reloaded {
    /// Nothing that a reader could see.
    Same,
    /// There is something new to show.
    New {
        /// The files of the project that changed.
        paths: Vec<SitePath>,
        /// The number of errors.
        errors: usize,
    },
}

impl Preview {
    /// Plans a project from a snapshot of its worktree. Nothing is rendered yet.
    pub fn new(snapshot: Snapshot, history: History, store: Store, load: LoadOptions) -> Self {
        let options = BuildOptions {
            load,
            wanted: Wanted::all(),
            checks: Checks::Skip,
        };
        let sources = Sources {
            snapshot: &snapshot,
            history: &history,
            store: &store,
        };
        let prepared = prepare(&sources, &options, None, &silent);
        let root = snapshot.root().to_path_buf();
        let commit = snapshot.source().commit.clone();
        let state = State {
            faults: faults_of(&prepared),
            stamp: stamp(&options.load, 1),
            number: 1,
            generation: Arc::new(Generation::new(snapshot, prepared)),
        };
        Self {
            root,
            options,
            store,
            state: RwLock::new(Arc::new(state)),
            loading: Mutex::new(Loading {
                history,
                commit,
                seen: BTreeMap::new(),
            }),
            good: Mutex::new(BTreeMap::new()),
        }
    }

    /// The project's folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Looks at the project again after files changed; the root stands for any of them.
    pub fn reload(&self, changed: &BTreeSet<SitePath>) -> Reloaded {
        let mut loading = self.loading.lock().unwrap_or_else(PoisonError::into_inner);
        let old = self.state();
        let (next, paths) = match self.load(&mut loading, &old, changed) {
            Ok(None) => return Reloaded::Same,
            Ok(Some(next)) => next,
            Err(error) => {
                let cause = std::error::Error::source(&error)
                    .map_or(String::new(), |cause| format!(": {cause}"));
                let message = format!("{error}{cause}");
                let root = SitePath::root();
                let fault = Diagnostic::new("project-unreadable", Severity::Error, &root, message);
                ((None, vec![fault]), Vec::new())
            }
        };
        let (generation, faults) = next;
        if generation.is_none() && faults == old.faults {
            return Reloaded::Same;
        }
        let generation = generation.map_or_else(|| Arc::clone(&old.generation), Arc::new);
        let errors = match faults.is_empty() {
            true => generation.errors.len(),
            false => faults.len(),
        };
        let number = old.number + 1;
        let state = Arc::new(State {
            generation,
            faults,
            stamp: stamp(&self.options.load, number),
            number,
        });
        *self.state.write().unwrap_or_else(PoisonError::into_inner) = state;
        Reloaded::New { paths, errors }
    }

    /// The next generation, or none and why the last one stays; nothing if all is as it was.
    #[expect(clippy::type_complexity, reason = "taken apart by its one caller")]
    fn load(
        &self,
        loading: &mut Loading,
        old: &State,
        changed: &BTreeSet<SitePath>,
    ) -> Result<Option<((Option<Generation>, Vec<Diagnostic>), Vec<SitePath>)>, RepoError> {
        let snapshot = Snapshot::worktree(&self.root)?;
        let commit = &snapshot.source().commit;
        if *commit != loading.commit {
            loading.history = History::read(&self.root, commit.as_deref())?;
            loading.commit.clone_from(commit);
        }
        let sources = Sources {
            snapshot: &snapshot,
            history: &loading.history,
            store: &self.store,
        };
        let last = &old.generation;
        let prepared = prepare(&sources, &self.options, Some(&last.prepared.site), &silent);
        let faults = faults_of(&prepared);
        let paths = touched(&mut loading.seen, last, (&snapshot, &prepared), changed);
        if !faults.is_empty() && !last.prepared.is_empty() {
            return Ok(Some(((None, faults), paths)));
        }
        // A state that could not be loaded is over, even if the files are what they were before it.
        let mended = faults.is_empty() != old.faults.is_empty();
        if !mended && paths.is_empty() && !last.differs(&snapshot, &prepared) {
            return Ok(None);
        }
        let generation = Generation::new(snapshot, prepared);
        Ok(Some(((Some(generation), faults), paths)))
    }

    /// What is shown now.
    pub(super) fn state(&self) -> Arc<State> {
        Arc::clone(&self.state.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Where dear results are kept.
    pub(super) fn store(&self) -> &Store {
        &self.store
    }

    /// The page that was last good at a route.
    pub(super) fn good(&self, route: &SitePath) -> Option<Good> {
        let good = self.good.lock().unwrap_or_else(PoisonError::into_inner);
        good.get(route).cloned()
    }

    /// Keeps a page that is good.
    pub(super) fn keep(&self, good: Good) {
        let mut kept = self.good.lock().unwrap_or_else(PoisonError::into_inner);
        kept.insert(good.artifact.path.clone(), good);
    }
}

/// What says that a site could not be loaded, so that its last state is better shown: without its
/// configuration every page would stand in another place.
fn faults_of(prepared: &Prepared) -> Vec<Diagnostic> {
    let found = prepared.diagnostics.iter();
    let broken = |found: &&Diagnostic| match &*found.code {
        "config-syntax" => true,
        "project-empty" => prepared.is_empty(),
        _ => false,
    };
    found.filter(broken).cloned().collect()
}

fn stamp(load: &LoadOptions, number: u64) -> String {
    format!("{}-{number}", load.now)
}

/// The changed files that the project holds or held and whose bytes are not those that were seen
/// last. A page is compared with the page that was loaded.
fn touched(
    seen: &mut BTreeMap<SitePath, Option<Digest>>,
    last: &Generation,
    (snapshot, prepared): (&Snapshot, &Prepared),
    changed: &BTreeSet<SitePath>,
) -> Vec<SitePath> {
    let mut touched = Vec::new();
    for path in changed {
        if path.is_root() {
            touched.push(path.clone());
            continue;
        }
        let is_known = last.snapshot.get(path).is_some() || snapshot.get(path).is_some();
        if !is_known {
            continue;
        }
        let page = |site: &crate::site::Site| {
            let page = site.page(site.page_at(path)?);
            Some(page.file.clone())
        };
        let (old, new) = (page(&last.prepared.site), page(&prepared.site));
        let is_same = match (old, new) {
            (Some(old), Some(new)) => old == new,
            _ => {
                let now = snapshot.read(path).ok().map(|bytes| Digest::of(&bytes));
                seen.insert(path.clone(), now) == Some(now)
            }
        };
        if !is_same {
            touched.push(path.clone());
        }
    }
    touched
}
