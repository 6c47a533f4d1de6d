//! The project that is previewed: loaded once, loaded again when a file changes, the last good
//! state kept.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use crate::build::{BuildOptions, Checks, Images, Versions};
use crate::diagnostic::{Diagnostic, Severity};
use crate::preview::generation::Generation;
use crate::preview::loading::{Loading, Next};
use crate::preview::news::News;
use crate::release::Artifact;
use crate::render::Wanted;
use crate::repo::{RepoError, Snapshot};
use crate::site::{LoadOptions, is_page};
use crate::site_path::SitePath;
use crate::store::Store;

/// A project that is previewed.
pub struct Preview {
    root: PathBuf,
    /// The files as they were when the preview began.
    pub(super) first: Arc<Snapshot>,
    pub(super) options: BuildOptions,
    store: Store,
    follow: bool,
    /// None until the project was loaded.
    state: Mutex<Option<Arc<State>>>,
    loaded: Condvar,
    loading: Mutex<Loading>,
    good: Mutex<BTreeMap<SitePath, Good>>,
}

/// Whether an open page goes where an edit was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Follow {
    /// It does.
    Edits,
    /// It stays.
    Nothing,
}

/// What is shown now.
pub(super) struct State {
    /// The last state of the project that could be loaded.
    pub(super) generation: Arc<Generation>,
    /// Why the present one cannot, shown on every page.
    pub(super) faults: Vec<Diagnostic>,
    /// What browsers are told of it. The stamp names it among the states of all previews.
    pub(super) news: News,
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
    /// A preview of a worktree, of which nothing is read yet but the list of its files.
    pub fn new(snapshot: Snapshot, store: Store, load: LoadOptions, follow: Follow) -> Self {
        let options = BuildOptions {
            load,
            wanted: Wanted {
                copies: false,
                ..Wanted::all()
            },
            checks: Checks::Skip,
            // The others are in Git and do not change with an edit.
            versions: Versions::Current,
            images: Images::OnDemand,
        };
        Self {
            root: snapshot.root().to_path_buf(),
            first: Arc::new(snapshot),
            options,
            store: store.for_session(),
            follow: follow == Follow::Edits,
            state: Mutex::default(),
            loaded: Condvar::new(),
            loading: Mutex::new(Loading::default()),
            good: Mutex::new(BTreeMap::new()),
        }
    }

    /// The project's folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Loads the project and plans its outputs. Nothing is rendered yet.
    pub fn load(&self) {
        let mut loading = self.lock_loading();
        // What came while nobody watched yet is in a list that is made now.
        let listed = match self.first.is_worktree() {
            true => Snapshot::worktree(&self.root).ok().map(Arc::new),
            false => None,
        };
        let first = listed.unwrap_or_else(|| Arc::clone(&self.first));
        let (generation, fault) = loading.first(first, &self.options, &self.store);
        let mut faults = generation.faults();
        faults.extend(fault.as_ref().map(unreadable));
        self.show(State {
            generation: Arc::new(generation),
            faults,
            news: self.news(1),
            number: 1,
        });
    }

    /// Looks at the project again after files changed; the root stands for any of them.
    pub fn reload(&self, changed: &BTreeSet<SitePath>) -> Reloaded {
        let mut loading = self.lock_loading();
        let old = self.state();
        let next = loading.again(&self.root, &old, changed, &self.options, &self.store);
        let (generation, faults, paths) = match next {
            Ok(None) => {
                loading.settle();
                return Reloaded::Same;
            }
            Ok(Some(Next { generation, paths })) => {
                let faults = generation.faults();
                match faults.is_empty() || old.generation.is_empty() {
                    true => (Some(generation), faults, paths),
                    false => (None, faults, paths),
                }
            }
            Err(error) => (None, vec![unreadable(&error)], Vec::new()),
        };
        if generation.is_some() {
            loading.settle();
        } else if faults == old.faults {
            return Reloaded::Same;
        }
        let generation = generation.map_or_else(|| Arc::clone(&old.generation), Arc::new);
        let errors = match faults.is_empty() {
            true => generation.errors.len(),
            false => faults.len(),
        };
        let number = old.number + 1;
        let mut news = News {
            files: old.news.files.clone(),
            ..self.news(number)
        };
        for path in &paths {
            match generation.url_of(path) {
                Some(url) if is_page(path) => news.page = news.page.or(Some(url)),
                Some(url) => news.add_file(url, number),
                None => {}
            }
        }
        self.show(State {
            generation,
            faults,
            news,
            number,
        });
        Reloaded::New { paths, errors }
    }

    fn lock_loading(&self) -> std::sync::MutexGuard<'_, Loading> {
        self.loading.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn show(&self, state: State) {
        let mut shown = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        *shown = Some(Arc::new(state));
        self.loaded.notify_all();
    }

    /// What is shown now. Waits until the project was loaded.
    pub(super) fn state(&self) -> Arc<State> {
        loop {
            if let Some(state) = self.state_within(Duration::from_secs(1)) {
                return state;
            }
        }
    }

    /// What is shown now, if the project is loaded within this time.
    pub(super) fn state_within(&self, patience: Duration) -> Option<Arc<State>> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self
            .loaded
            .wait_timeout_while(state, patience, |state| state.is_none());
        waited.unwrap_or_else(PoisonError::into_inner).0.clone()
    }

    /// What is told of what is shown now.
    pub(super) fn news_now(&self) -> News {
        let state = self.state_within(Duration::ZERO);
        state.map_or_else(|| self.news(0), |state| state.news.clone())
    }

    /// What is told of a state with nothing said of what changed; the first that is loaded has the
    /// number 1.
    pub(super) fn news(&self, number: u64) -> News {
        News {
            stamp: format!("{}.{}-{number}", self.options.load.now, std::process::id()),
            follow: self.follow,
            ..News::default()
        }
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

    /// Forgets the page that was last good at a route, where something else stands now.
    pub(super) fn forget(&self, route: &SitePath) {
        let mut good = self.good.lock().unwrap_or_else(PoisonError::into_inner);
        good.remove(route);
    }

    /// Keeps a page that is good.
    pub(super) fn keep(&self, good: Good) {
        let mut kept = self.good.lock().unwrap_or_else(PoisonError::into_inner);
        kept.insert(good.artifact.path.clone(), good);
    }
}

fn unreadable(error: &RepoError) -> Diagnostic {
    let cause =
        std::error::Error::source(error).map_or(String::new(), |cause| format!(": {cause}"));
    let message = format!("{error}{cause}");
    let root = SitePath::root();
    Diagnostic::new("project-unreadable", Severity::Error, &root, message)
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
                Store::open(&folder.path().join(".tympan")),
                LoadOptions::default(),
                Follow::Nothing,
            );
            preview.load();
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

    #[test]
    fn a_folder_that_is_moved_away_or_replaced_is_seen() {
        let fixture = Fixture::new(&[
            ("content/index.md", "# Home\n"),
            ("content/g/x.md", "# X\n\nfirst\n"),
            ("content/g/own.css", "a{}"),
            ("new/x.md", "# X\n\nthird\n"),
            ("new/own.css", "b{}"),
        ]);
        let at = |path: &str| fixture.folder.path().join(path);
        let folder = BTreeSet::from([SitePath::parse("content/g").unwrap()]);
        assert!(fixture.body("/g/x/").contains("first"));
        assert!(fixture.body("/g/own.css").contains("a{}"));
        fs::rename(at("content/g"), at("old")).unwrap();
        fs::rename(at("new"), at("content/g")).unwrap();
        assert!(matches!(
            fixture.preview.reload(&folder),
            Reloaded::New { .. }
        ));
        assert!(fixture.body("/g/x/").contains("third"));
        assert!(fixture.body("/g/own.css").contains("b{}"));
        fs::remove_dir_all(at("content/g")).unwrap();
        assert!(matches!(
            fixture.preview.reload(&folder),
            Reloaded::New { .. }
        ));
        assert!(!fixture.body("/g/x/").contains("third"));
    }

    #[test]
    fn an_edit_under_a_broken_configuration_is_not_lost() {
        let fixture = fixture();
        fixture.edit("tympan.toml", Some("["));
        fixture.edit("content/a.md", Some("# A\n\nother\n"));
        fixture.edit("tympan.toml", Some("[project]\ntitle = \"T\"\n"));
        assert!(fixture.body("/a/").contains("other"));
    }

    #[test]
    fn what_takes_the_place_of_a_page_is_shown() {
        let fixture = fixture();
        assert!(fixture.body("/a/").contains("first"));
        let moved = "---\naliases: [/a/]\n---\n# B\n\nmoved\n";
        fs::remove_file(fixture.folder.path().join("content/a.md")).unwrap();
        fs::write(fixture.folder.path().join("content/b.md"), moved).unwrap();
        let paths = ["content/a.md", "content/b.md"];
        let paths = paths.map(|path| SitePath::parse(path).unwrap());
        fixture.preview.reload(&BTreeSet::from(paths));
        let body = fixture.body("/a/");
        assert!(!body.contains("first") && body.contains("b/"), "{body}");
    }

    #[cfg(unix)]
    #[test]
    fn a_page_that_is_a_link_follows_what_it_links_to() {
        let fixture = fixture();
        let link = fixture.folder.path().join("content/link.md");
        std::os::unix::fs::symlink("a.md", link).unwrap();
        fixture.preview.reload(&BTreeSet::from([SitePath::root()]));
        assert!(fixture.body("/link/").contains("first"));
        fixture.edit("content/a.md", Some("# A\n\nother\n"));
        assert!(fixture.body("/link/").contains("other"));
        assert!(fixture.body("/a/").contains("other"));
    }
}
