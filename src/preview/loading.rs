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
use crate::repo::{History, RepoError, Snapshot};
use crate::site::{Page, Previous, Site, is_page};
use crate::site_path::SitePath;
use crate::store::Store;

/// The file of Git that changes when a commit is made, and when another is checked out.
pub(super) const HEAD_LOG: &str = ".git/logs/HEAD";

/// What is known from one load to the next.
#[derive(Default)]
pub(super) struct Loading {
    history: History,
    commit: Option<String>,
    /// The bytes that a changed file had when it was last looked at; none if it was gone.
    seen: BTreeMap<SitePath, Option<Digest>>,
}

/// The next state of the project.
pub(super) struct Next {
    /// The state.
    pub(super) generation: Generation,
    /// The files that differ.
    pub(super) paths: Vec<SitePath>,
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

    /// The next state, or nothing if all is as it was.
    pub(super) fn again(
        &mut self,
        root: &Path,
        old: &State,
        changed: &BTreeSet<SitePath>,
        options: &BuildOptions,
        store: &Store,
    ) -> Result<Option<Next>, RepoError> {
        if old.faults.is_empty()
            && let Some(edited) = edited(&old.generation, changed, store)
        {
            return Ok(edited);
        }
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
        let paths = self.touched(last, (&snapshot, &prepared), changed);
        // A state that could not be loaded is over, even if the files are what they were before it.
        let is_over = !old.faults.is_empty();
        if !is_over && paths.is_empty() && !last.differs(&snapshot, &prepared) {
            return Ok(None);
        }
        let generation = Generation::new(snapshot, prepared);
        Ok(Some(Next { generation, paths }))
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
                let now = snapshot.read(path).ok().map(|bytes| Digest::of(&bytes));
                if self.seen.insert(path.clone(), now) != Some(now) {
                    touched.insert(path.clone());
                }
            }
        }
        touched.into_iter().collect()
    }
}

/// What becomes of a state when nothing but texts of pages changed; none if that cannot be told.
#[expect(clippy::option_option, reason = "taken apart by its one caller")]
fn edited(last: &Generation, changed: &BTreeSet<SitePath>, store: &Store) -> Option<Option<Next>> {
    let mut pages = BTreeSet::new();
    for path in changed {
        let is_known = last.snapshot.get(path).is_some();
        let is_there = || {
            let place = path.on_disk(last.snapshot.root());
            place.symlink_metadata().is_ok()
        };
        if is_known && is_page(path) {
            pages.insert(path.clone());
        } else if is_known || path.is_root() || path.as_str() == HEAD_LOG || is_there() {
            return None;
        }
        // What was not there and is not there now came and went between two looks.
    }
    let before = &last.prepared;
    let prepared = before.edited(&last.snapshot, store, &pages)?;
    if prepared.site.edition == before.site.edition {
        return Some(None);
    }
    Some(Some(Next {
        generation: last.edited(prepared),
        paths: pages.into_iter().collect(),
    }))
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
