//! The project that is previewed: loaded once, loaded again when a file changes, the last good
//! state kept.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use crate::build::{BuildOptions, Checks, Prepared, Sources, Versions, prepare};
use crate::diagnostic::{Diagnostic, Severity};
use crate::digest::Digest;
use crate::preview::generation::Generation;
use crate::progress::silent;
use crate::release::Artifact;
use crate::render::Wanted;
use crate::repo::{History, RepoError, Snapshot};
use crate::site::{LoadOptions, Page, Site};
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
            wanted: Wanted {
                copies: false,
                ..Wanted::all()
            },
            checks: Checks::Skip,
            // The others are in Git and do not change with an edit.
            versions: Versions::Current,
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
        let ((generation, faults), paths) = match self.load(&mut loading, &old, changed) {
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

/// The files that differ from what was shown: pages, and among the `changed` ones all that the
/// project holds or held and whose bytes are not those that were seen last.
fn touched(
    seen: &mut BTreeMap<SitePath, Option<Digest>>,
    last: &Generation,
    (snapshot, prepared): (&Snapshot, &Prepared),
    changed: &BTreeSet<SitePath>,
) -> Vec<SitePath> {
    let (old, new) = (&last.prepared.site, &prepared.site);
    let is_page = |path: &SitePath| old.page_at(path).is_some() && new.page_at(path).is_some();
    let mut touched = changed_pages(old, new);
    for path in changed.iter().filter(|path| !is_page(path)) {
        let is_known = last.snapshot.get(path).is_some() || snapshot.get(path).is_some();
        if path.is_root() {
            touched.insert(path.clone());
        } else if is_known {
            let now = snapshot.read(path).ok().map(|bytes| Digest::of(&bytes));
            if seen.insert(path.clone(), now) != Some(now) {
                touched.insert(path.clone());
            }
        }
    }
    touched.into_iter().collect()
}

/// The sources of pages that are new, gone or not as they were.
fn changed_pages(old: &Site, new: &Site) -> BTreeSet<SitePath> {
    let lacks = |site: &Site, page: &Arc<Page>| {
        let known = site.page_at(&page.path).map(|id| site.page(id));
        !known.is_some_and(|known| Arc::ptr_eq(known, page) || known.digest == page.digest)
    };
    let added = new.pages.iter().filter(|page| lacks(old, page));
    let gone = old.pages.iter().filter(|page| lacks(new, page));
    added.chain(gone).map(|page| page.path.clone()).collect()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    struct Fixture {
        folder: tempfile::TempDir,
        preview: Preview,
    }

    impl Fixture {
        fn new(files: &[(&str, &str)]) -> Self {
            let folder = tempfile::tempdir().unwrap();
            for (path, text) in files {
                let path = folder.path().join(path);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, text).unwrap();
            }
            let preview = Preview::new(
                Snapshot::worktree(folder.path()).unwrap(),
                History::default(),
                Store::open(&folder.path().join(".tympan")),
                LoadOptions::default(),
            );
            Self { folder, preview }
        }

        /// Writes a file and looks again; none removes it.
        fn edit(&self, path: &str, text: Option<&str>) -> Reloaded {
            let place = self.folder.path().join(path);
            match text {
                Some(text) => fs::write(place, text).unwrap(),
                None => fs::remove_file(place).unwrap(),
            }
            let path = SitePath::parse(path).unwrap();
            self.preview.reload(&BTreeSet::from([path]))
        }

        fn body(&self, request: &str) -> String {
            String::from_utf8_lossy(&self.preview.answer(request).body).into_owned()
        }
    }

    fn new(paths: &[&str], errors: usize) -> Reloaded {
        let paths = paths.iter().map(|path| SitePath::parse(path).unwrap());
        Reloaded::New {
            paths: paths.collect(),
            errors,
        }
    }

    fn fixture() -> Fixture {
        Fixture::new(&[
            ("tympan.toml", "[project]\ntitle = \"T\"\n"),
            ("content/index.md", "# Home\n"),
            ("content/a.md", "# A\n\nfirst\n"),
            ("content/notes.txt", "one"),
            ("other.txt", "one"),
        ])
    }

    #[test]
    fn only_a_difference_is_a_change() {
        let fixture = fixture();
        let edit = |path, text| fixture.edit(path, Some(text));
        assert_eq!(edit("content/a.md", "# A\n\nfirst\n"), Reloaded::Same);
        assert_eq!(edit("content/a.md", "# A\n"), new(&["content/a.md"], 0));
        assert_eq!(edit("content/a.md", "# A\n"), Reloaded::Same);
        let two = new(&["content/notes.txt"], 0);
        assert_eq!(edit("content/notes.txt", "two"), two);
        assert_eq!(edit("content/notes.txt", "two"), Reloaded::Same);
        let nothing = fixture.preview.reload(&BTreeSet::new());
        assert_eq!(nothing, Reloaded::Same);
    }

    #[test]
    fn a_page_that_goes_away_is_missing() {
        let fixture = fixture();
        assert!(fixture.body("/a/").contains("first"));
        let gone = fixture.edit("content/a.md", None);
        assert_eq!(gone, new(&["content/a.md"], 0));
        assert!(!fixture.body("/a/").contains("first"));
    }

    #[test]
    fn a_page_whose_error_moves_it_stays_where_it_was() {
        let fixture = fixture();
        let slug = "---\nslug: b\n---\n# A\n\nsecond\n";
        fixture.edit("content/a.md", Some(slug));
        assert!(fixture.body("/b/").contains("second"));
        let broken = "---\nslug: [b\n---\n# A\n\nthird\n";
        assert_eq!(
            fixture.edit("content/a.md", Some(broken)),
            new(&["content/a.md"], 1)
        );
        let body = fixture.body("/b/");
        assert!(body.contains("second") && body.contains("front-matter"));
        fixture.edit("content/a.md", Some(slug));
        assert!(!fixture.body("/b/").contains("front-matter"));
    }

    #[test]
    fn a_site_that_cannot_be_loaded_is_shown_as_it_was() {
        let fixture = fixture();
        let broken = fixture.edit("tympan.toml", Some("["));
        assert_eq!(broken, new(&["tympan.toml"], 1));
        let body = fixture.body("/a/");
        assert!(body.contains("first") && body.contains("config-syntax"));
        let mended = fixture.edit("tympan.toml", Some("[project]\ntitle = \"T\"\n"));
        assert_eq!(mended, new(&["tympan.toml"], 0));
        assert!(!fixture.body("/a/").contains("config-syntax"));
    }

    #[test]
    fn a_folder_that_is_gone_is_an_error_until_it_is_back() {
        let fixture = fixture();
        let (root, away) = (
            fixture.folder.path(),
            fixture.folder.path().with_extension("away"),
        );
        fs::rename(root, &away).unwrap();
        let all = BTreeSet::from([SitePath::root()]);
        assert_eq!(fixture.preview.reload(&all), new(&[], 1));
        assert_eq!(fixture.preview.reload(&all), Reloaded::Same);
        assert!(fixture.body("/a/").contains("project-unreadable"));
        fs::rename(&away, root).unwrap();
        fixture.preview.reload(&all);
        let body = fixture.body("/a/");
        assert!(body.contains("first") && !body.contains("project-unreadable"));
    }
}
