//! One project that an editor has open: what lies on the disk, what is not saved, and the site that
//! both make.

use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::build::{BuildOptions, Checks, Images, Prepared, Sources, Versions, prepare};
use crate::checks::{CheckContext, Judged, run_checks, settle};
use crate::diagnostic::Diagnostic;
use crate::progress::silent;
use crate::render::Wanted;
use crate::repo::{Files, History, RepoError, Snapshot, ignored};
use crate::site::{LoadOptions, Previous};
use crate::site_path::SitePath;
use crate::store::Store;

/// A project as it is opened for an editor.
pub struct Opened {
    /// Its folder, absolute.
    pub root: PathBuf,
    /// Who changed what and when.
    pub history: History,
    /// Where dear results are kept.
    pub store: Store,
    /// How the site is loaded.
    pub load: LoadOptions,
}

/// Whether a file is one of the project.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Held {
    Yes,
    No,
}

/// A project that an editor has open.
pub(super) struct Session {
    opened: Opened,
    /// The files on the disk.
    disk: Option<Snapshot>,
    /// What the editor has not saved, or has open.
    held: Files,
    /// The files whose text changed since the site was prepared.
    edited: BTreeSet<SitePath>,
    state: Option<State>,
}

/// A site and the files that it was made of.
struct State {
    snapshot: Snapshot,
    prepared: Prepared,
}

impl Session {
    pub(super) fn new(opened: Opened) -> Self {
        Self {
            opened,
            disk: None,
            held: Files::new(),
            edited: BTreeSet::new(),
            state: None,
        }
    }

    /// The folder of the project.
    pub(super) fn root(&self) -> &std::path::Path {
        &self.opened.root
    }

    /// Takes the text of a file as it stands in the editor, unless it is one that Git ignores.
    pub(super) fn hold(&mut self, path: SitePath, text: &str) -> Held {
        if !self.held.contains_key(&path) && ignored(&self.opened.root, &[&path]).contains(&path) {
            return Held::No;
        }
        self.held.insert(path.clone(), text.as_bytes().into());
        self.edited.insert(path);
        Held::Yes
    }

    /// Takes the text of a file from the disk again.
    pub(super) fn release(&mut self, path: &SitePath) {
        self.held.remove(path);
        self.edited.insert(path.clone());
    }

    /// Looks at the disk anew when it is next asked for something.
    pub(super) fn forget_disk(&mut self) {
        self.disk = None;
    }

    /// The text of a file, where it is one.
    pub(super) fn text(&self, path: &SitePath) -> Option<String> {
        let bytes = match (&self.state, self.held.get(path)) {
            (_, Some(held)) => held.to_vec(),
            (Some(state), None) => state.snapshot.read(path).ok()?,
            (None, None) => return None,
        };
        String::from_utf8(bytes).ok()
    }

    /// What is found in a file.
    ///
    /// # Errors
    /// Fails where the project's folder cannot be listed.
    pub(super) fn findings(&mut self, path: &SitePath) -> Result<Vec<Diagnostic>, RepoError> {
        self.refresh()?;
        let Some(state) = &self.state else {
            return Ok(Vec::new());
        };
        let site = &state.prepared.site;
        let earlier = state.prepared.diagnostics.iter();
        let earlier = earlier.filter(|found| found.path == *path).cloned();
        let mut found: Vec<Diagnostic> = earlier.collect();
        found.extend(run_checks(&CheckContext {
            site,
            store: &self.opened.store,
            progress: &silent,
            about: Some(path),
        }));
        let mut found = settle(site, found, Judged::Page(path)).found;
        found.retain(|found| found.path == *path);
        Ok(found)
    }

    /// Brings the site to what the editor and the disk say now.
    fn refresh(&mut self) -> Result<(), RepoError> {
        let is_known = self.disk.is_some();
        if is_known && self.edited.is_empty() && self.state.is_some() {
            return Ok(());
        }
        let disk = match self.disk.take() {
            Some(disk) => disk,
            None => Snapshot::worktree(&self.opened.root)?,
        };
        let snapshot = disk.with(&self.held);
        self.disk = Some(disk);
        let edited = std::mem::take(&mut self.edited);
        let before = self.state.take();
        let same = before.as_ref().filter(|_| is_known).and_then(|state| {
            state
                .prepared
                .edited(&snapshot, &self.opened.store, &edited)
        });
        let prepared = same.unwrap_or_else(|| {
            let previous = before.as_ref().map(|state| Previous {
                site: &state.prepared.site,
                changed: is_known.then_some(&edited),
            });
            self.prepared(&snapshot, previous)
        });
        self.state = Some(State { snapshot, prepared });
        Ok(())
    }

    fn prepared(&self, snapshot: &Snapshot, previous: Option<Previous<'_>>) -> Prepared {
        let sources = Sources {
            snapshot,
            history: &self.opened.history,
            store: &self.opened.store,
        };
        let options = BuildOptions {
            load: self.opened.load.clone(),
            wanted: Wanted::all(),
            checks: Checks::Run,
            versions: Versions::Current,
            images: Images::OnDemand,
        };
        prepare(&sources, &options, previous, &silent)
    }
}
