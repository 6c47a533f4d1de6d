//! The two references of a branch target: what they name, as far as is known, and how they change.

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::digest::Digest;
use crate::repo::{Move, Moved, RemoteRepository, RepoError, TreeEdit};
use crate::site_path::SitePath;
use crate::targets::target::{Tree, Version, Versioned};

/// How often a change is made anew because somebody else made one at the same time.
pub(super) const TRIES: usize = 24;
/// The words of every commit.
const WORDS: &str = "Published by tympan\n";

/// A remote and what is known of the two references.
pub(super) struct State {
    pub remote: RemoteRepository,
    pub branch: String,
    beside: String,
    known: Mutex<Option<Known>>,
}

/// The commits that the references name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Known {
    /// What the forge serves.
    pub branch: Option<String>,
    /// The state.
    pub state: Option<String>,
}

impl State {
    pub(super) fn open(
        project: &Path,
        remote: &str,
        branch: &str,
        objects: &Path,
    ) -> Result<Self, RepoError> {
        Ok(Self {
            remote: RemoteRepository::open(project, remote, objects)?,
            branch: format!("refs/heads/{branch}"),
            beside: format!("refs/tympan/{branch}"),
            known: Mutex::default(),
        })
    }

    fn locked(&self) -> MutexGuard<'_, Option<Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the references name as far as is known; they are asked for if nothing is.
    pub(super) fn known(&self) -> Result<Known, RepoError> {
        let known = self.locked().clone();
        match known {
            Some(known) => Ok(known),
            None => self.fresh(),
        }
    }

    /// What the references name now, all of it here.
    pub(super) fn fresh(&self) -> Result<Known, RepoError> {
        // What is fetched may have moved on since it was asked for.
        for _ in 0..TRIES {
            let heads = self.remote.heads(&[&self.branch, &self.beside])?;
            let mut heads = heads.into_iter();
            let known = Known {
                branch: heads.next().flatten(),
                state: heads.next().flatten(),
            };
            let mut wanted = Vec::new();
            // A branch without state is somebody else's, and may be large.
            for (name, head) in [(&self.branch, &known.branch), (&self.beside, &known.state)] {
                if let Some(commit) = head
                    && known.state.is_some()
                    && !self.remote.has(commit)?
                {
                    wanted.push(name.as_str());
                }
            }
            if wanted.is_empty() {
                *self.locked() = Some(known.clone());
                return Ok(known);
            }
            self.remote.fetch(&wanted)?;
        }
        // What is not known is not nothing: that would be a target to which nobody ever published.
        let told = "what it names changed each time it was asked for: try again later";
        Err(self.remote.failure("fetch", told))
    }

    /// Reads a state object.
    pub(super) fn read(
        &self,
        known: &Known,
        path: &SitePath,
    ) -> Result<Option<Versioned>, RepoError> {
        let Some(commit) = &known.state else {
            return Ok(None);
        };
        let Some(object) = self.remote.find(commit, path.as_str())? else {
            return Ok(None);
        };
        let bytes = self.remote.read(&object)?;
        Ok(bytes.map(|bytes| Versioned {
            version: version(&bytes),
            bytes,
        }))
    }

    /// The tree that was last made live.
    pub(super) fn live(&self, known: &Known) -> Result<Option<Tree>, RepoError> {
        let path = SitePath::parse("live").ok();
        let note = path.map(|path| self.read(known, &path)).transpose()?;
        let note = note.flatten().map(|note| note.bytes);
        Ok(note.and_then(|note| Tree::parse(std::str::from_utf8(&note).ok()?)))
    }

    /// The trees that are there, the newest first.
    pub(super) fn trees(&self, known: &Known) -> Result<Vec<Tree>, RepoError> {
        let Some(commit) = &known.state else {
            return Ok(Vec::new());
        };
        let names = self.remote.names(commit, "tree")?;
        let mut trees: Vec<Tree> = names.iter().filter_map(|name| Tree::parse(name)).collect();
        trees.sort_by(|a, b| b.cmp(a));
        Ok(trees)
    }

    /// A commit without parents of what stood in `base`, changed.
    pub(super) fn commit(
        &self,
        base: Option<&str>,
        edits: &[TreeEdit],
    ) -> Result<String, RepoError> {
        let tree = self.remote.tree(base, edits)?;
        self.remote.commit(&tree, WORDS)
    }

    /// Moves the state, and the branch with it, if they stand where they are known to.
    pub(super) fn push(
        &self,
        known: &Known,
        branch: Option<&str>,
        state: &str,
    ) -> Result<Moved, RepoError> {
        let mut moves = Vec::new();
        // Where the server moves them one after the other, a crash between the two leaves a state that
        // is older than what is live, and the next publish puts that right.
        if let Some(to) = branch.filter(|to| known.branch.as_deref() != Some(to)) {
            moves.push(Move {
                name: &self.branch,
                from: known.branch.as_deref(),
                to,
            });
        }
        moves.push(Move {
            name: &self.beside,
            from: known.state.as_deref(),
            to: state,
        });
        let moved = self.remote.push(&moves);
        *self.locked() = match &moved {
            Ok(Moved::Done) => Some(Known {
                branch: branch.map(str::to_owned).or_else(|| known.branch.clone()),
                state: Some(state.to_owned()),
            }),
            _ => None,
        };
        moved
    }
}

/// The version of a state object, which is its content.
pub(super) fn version(bytes: &[u8]) -> Version {
    Version(Digest::of(bytes).hex())
}
