//! From one state of the project to the next, by the shortest road that leads to what a load of all
//! files would give.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use crate::build::{BuildOptions, Prepared, Sources, prepare};
use crate::digest::Digest;
use crate::preview::generation::Generation;
use crate::preview::project::State;
use crate::progress::silent;
use crate::repo::{History, RepoError, Snapshot, ignored};
use crate::site::{Page, Previous, Site, is_page};
use crate::site_path::SitePath;
use crate::store::Store;

/// The file of Git that changes when a commit is made, and when another is checked out.
pub(super) const HEAD_LOG: &str = ".git/logs/HEAD";

/// How many files Git is asked about at once, and how many of its answers are remembered.
const ASKED: usize = 200;
const REMEMBERED: usize = 10_000;

/// What is known from one load to the next.
#[derive(Default)]
pub(super) struct Loading {
    history: History,
    commit: Option<String>,
    /// The bytes that a changed file had when it was last looked at; none if it was gone.
    seen: BTreeMap<SitePath, Option<Digest>>,
    /// What changed since the state that is shown.
    pending: BTreeSet<SitePath>,
    /// Files that Git ignores, as far as they changed.
    ignored: BTreeSet<SitePath>,
}

/// The next state of the project.
pub(super) struct Next {
    /// The state.
    pub(super) generation: Generation,
    /// The files that differ.
    pub(super) paths: Vec<SitePath>,
}

/// What changed since a state was made.
enum Edited {
    /// Texts of pages, and what becomes of it.
    Texts(Box<Next>),
    /// Nothing that the project holds.
    Nothing,
    /// More than can be told from these files alone.
    More,
}

impl Loading {
    /// The first state, and why its history is not known, if it is not.
    pub(super) fn first(
        &mut self,
        snapshot: Arc<Snapshot>,
        options: &BuildOptions,
        store: &Store,
    ) -> (Generation, Option<RepoError>) {
        let fault = self.read_history(&snapshot).err();
        let prepared = prepare(
            &Sources {
                snapshot: &snapshot,
                history: &self.history,
                store,
            },
            options,
            None,
            &silent,
        );
        (Generation::new(snapshot, prepared), fault)
    }

    /// Forgets what changed, because the state that is shown has it.
    pub(super) fn settle(&mut self) {
        self.pending.clear();
    }

    /// The next state, or nothing if all is as it was.
    pub(super) fn again(
        &mut self,
        root: &Path,
        old: &State,
        changed: &BTreeSet<SitePath>,
        options: &BuildOptions,
        store: &Store,
    ) -> Result<Option<Next>, RepoError> {
        self.pending.extend(changed.iter().cloned());
        if old.faults.is_empty() {
            match self.edited(&old.generation, store) {
                Edited::Texts(next) => return Ok(Some(*next)),
                Edited::Nothing => return Ok(None),
                Edited::More => {}
            }
        }
        let changed = &self.pending.clone();
        let snapshot = Arc::new(Snapshot::worktree(root)?);
        self.read_history(&snapshot)?;
        let last = &old.generation;
        let is_known = !changed.contains(&SitePath::root());
        let previous = Previous {
            site: &last.prepared.site,
            changed: Some(changed).filter(|_| is_known),
        };
        let sources = Sources {
            snapshot: &snapshot,
            history: &self.history,
            store,
        };
        let mut prepared = prepare(&sources, options, Some(previous), &silent);
        prepared.highlights = Arc::clone(&last.prepared.highlights);
        if let Some(assets) = Arc::get_mut(&mut prepared.assets) {
            assets.remember(&last.prepared.assets);
        }
        let paths = self.touched(last, (&snapshot, &prepared), changed);
        // A state that could not be loaded is over, even if the files are what they were before it.
        let is_over = !old.faults.is_empty();
        if !is_over && paths.is_empty() && !last.differs(&snapshot, &prepared) {
            return Ok(None);
        }
        let generation = Generation::new(snapshot, prepared);
        Ok(Some(Next { generation, paths }))
    }

    /// What changed, and what becomes of a state if that is nothing but texts of pages.
    fn edited(&mut self, last: &Generation, store: &Store) -> Edited {
        let root = last.snapshot.root();
        let rules = |path: &SitePath| path.file_name() == ".gitignore";
        if self.ignored.len() > REMEMBERED || self.pending.iter().any(rules) {
            self.ignored.clear();
        }
        let (mut pages, mut strange) = (BTreeSet::new(), Vec::new());
        for path in &self.pending {
            let is_file = last.snapshot.get(path).is_some();
            if is_file && is_page(path) {
                pages.insert(path.clone());
            } else if last.snapshot.holds(path) || path.is_root() || path.as_str() == HEAD_LOG {
                return Edited::More;
            } else if !self.ignored.contains(path) && path.on_disk(root).symlink_metadata().is_ok()
            {
                strange.push(path);
            }
            // What was not there and is not there now came and went between two looks.
        }
        if strange.len() > ASKED {
            return Edited::More;
        }
        if !strange.is_empty() {
            let ignored = ignored(root, &strange);
            if ignored.len() < strange.len() {
                return Edited::More;
            }
            self.ignored.extend(ignored);
        }
        let before = &last.prepared;
        match before.edited(&last.snapshot, store, &pages) {
            None => Edited::More,
            Some(same) if same.site.edition == before.site.edition => Edited::Nothing,
            Some(prepared) => Edited::Texts(Box::new(Next {
                generation: last.edited(prepared),
                paths: pages.into_iter().collect(),
            })),
        }
    }

    fn read_history(&mut self, snapshot: &Snapshot) -> Result<(), RepoError> {
        let commit = &snapshot.source().commit;
        if *commit != self.commit {
            self.history = History::read(snapshot.root(), commit.as_deref())?;
            self.commit.clone_from(commit);
        }
        Ok(())
    }

    /// The files that differ from what was shown: pages, and among the `changed` ones all that the
    /// project holds or held and whose bytes are not those that were seen last.
    fn touched(
        &mut self,
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
                self.look_at(path, snapshot, &mut touched);
            } else {
                // A folder stands for all that it holds or held.
                let files = last.snapshot.files().iter().chain(snapshot.files());
                for file in files.filter(|file| file.path.is_within(path)) {
                    self.look_at(&file.path, snapshot, &mut touched);
                }
            }
        }
        touched.into_iter().collect()
    }

    /// Adds a file whose bytes are not those that were seen last.
    fn look_at(&mut self, path: &SitePath, snapshot: &Snapshot, touched: &mut BTreeSet<SitePath>) {
        let now = snapshot.read(path).ok().map(|bytes| Digest::of(&bytes));
        if self.seen.insert(path.clone(), now) != Some(now) {
            touched.insert(path.clone());
        }
    }
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
