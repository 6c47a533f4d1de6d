//! What is done with an opened branch: its files listed with their digests, trees filled, and the
//! commits made that a switch pushes.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::digest::Digest;
use crate::repo::{BlobWriter, RemoteFile, RepoError, TreeEdit};
use crate::site_path::SitePath;
use crate::targets::branch::state::{Known, State};
use crate::targets::target::{ObservedFile, POINTER, Tree, Versioned};

/// Without this file a forge that runs Jekyll hides every folder whose name begins with `_`.
pub(super) const NO_JEKYLL: &str = ".nojekyll";

/// Files, each with the name of its object, and what is no file.
type Listed = (Vec<(ObservedFile, String)>, Vec<String>);

/// A remote and what was done with it.
pub(super) struct Opened {
    pub(super) state: State,
    pub(super) making: Mutex<BTreeMap<Tree, Making>>,
    /// The digests of blobs, by their names.
    digests: Mutex<BTreeMap<String, Digest>>,
}

/// A tree that this process fills.
#[derive(Default)]
pub(super) struct Making {
    /// The blobs that were put or kept.
    pub(super) files: BTreeMap<SitePath, String>,
    writer: Option<BlobWriter>,
    /// The tree of them, once it is made.
    pub(super) made: Option<String>,
    /// The blobs that the target holds already, once somebody asked.
    donors: Option<Arc<BTreeMap<Digest, String>>>,
}

impl Opened {
    pub(super) fn new(state: State) -> Self {
        Self {
            state,
            making: Mutex::default(),
            digests: Mutex::default(),
        }
    }

    /// The files of a commit or tree with their digests, and what stands among them that is none.
    pub(super) fn list(&self, commit: &str) -> Result<Listed, RepoError> {
        let (mut files, mut strangers) = (Vec::new(), Vec::new());
        for file in self.state.remote.files(commit)? {
            let RemoteFile {
                path,
                is_plain,
                object,
                size,
            } = file;
            match SitePath::parse(&path).ok().filter(|at| at.as_str() == path) {
                Some(at) if is_plain => {
                    let sha256 = self.digest(&object)?;
                    let file = ObservedFile {
                        path: at,
                        size,
                        sha256,
                    };
                    files.push((file, object));
                }
                _ => strangers.push(path),
            }
        }
        files.sort_by(|a, b| a.0.path.cmp(&b.0.path));
        strangers.sort();
        Ok((files, strangers))
    }

    pub(super) fn digest(&self, object: &str) -> Result<Option<Digest>, RepoError> {
        if let Some(known) = locked(&self.digests).get(object) {
            return Ok(Some(*known));
        }
        let bytes = self.state.remote.read(object)?;
        let digest = bytes.map(|bytes| Digest::of(&bytes));
        if let Some(digest) = digest {
            locked(&self.digests).insert(object.to_owned(), digest);
        }
        Ok(digest)
    }

    /// Reads a state object: anew if it may have changed. What lies in a folder never does.
    pub(super) fn read_state(&self, path: &SitePath) -> Result<Option<Versioned>, RepoError> {
        if !path.parent().is_root() {
            let found = self.state.read(&self.state.known()?, path)?;
            if found.is_some() {
                return Ok(found);
            }
        }
        self.state.read(&self.state.fresh()?, path)
    }

    /// The tree of what this process put there; none if it put nothing.
    pub(super) fn made(&self, tree: Tree) -> Result<Option<String>, RepoError> {
        let mut making = locked(&self.making);
        let Some(making) = making.get_mut(&tree) else {
            return Ok(None);
        };
        if let Some(writer) = making.writer.take() {
            writer.finish().map_err(|source| RepoError::Start {
                command: "fast-import".to_owned(),
                root: PathBuf::from(".tympan/git"),
                source,
            })?;
        }
        if making.made.is_none() {
            let files = making.files.iter().map(|(path, object)| TreeEdit::File {
                path: path.to_string(),
                object: object.clone(),
            });
            let files: Vec<TreeEdit> = files.collect();
            making.made = Some(self.state.remote.tree(None, &files)?);
        }
        Ok(making.made.clone())
    }

    /// The object of a tree, wherever it was made.
    pub(super) fn tree(&self, known: &Known, tree: Tree) -> Result<Option<String>, RepoError> {
        match (self.made(tree)?, &known.state) {
            (Some(made), _) => Ok(Some(made)),
            (None, Some(commit)) => self.state.remote.find(commit, &place(tree)),
            (None, None) => Ok(None),
        }
    }

    pub(super) fn donors(&self, tree: Tree) -> Result<Arc<BTreeMap<Digest, String>>, RepoError> {
        if let Some(donors) = locked(&self.making)
            .get(&tree)
            .and_then(|making| making.donors.clone())
        {
            return Ok(donors);
        }
        let known = self.state.known()?;
        let mut donors = BTreeMap::new();
        let mut commits: Vec<String> = known.branch.iter().cloned().collect();
        for other in self.state.trees(&known)? {
            commits.extend(self.tree(&known, other)?);
        }
        for commit in commits {
            for (file, object) in self.list(&commit)?.0 {
                if let Some(digest) = file.sha256 {
                    donors.entry(digest).or_insert(object);
                }
            }
        }
        let donors = Arc::new(donors);
        let mut making = locked(&self.making);
        making.entry(tree).or_default().donors = Some(Arc::clone(&donors));
        Ok(donors)
    }

    pub(super) fn put(&self, tree: Tree, path: &SitePath, bytes: &[u8]) -> Result<(), RepoError> {
        let mut making = locked(&self.making);
        let making = making.entry(tree).or_default();
        let mut writer = match making.writer.take() {
            Some(writer) => writer,
            None => self.state.remote.writer()?,
        };
        let object = writer.write(bytes).map_err(|source| RepoError::Start {
            command: "fast-import".to_owned(),
            root: PathBuf::from(".tympan/git"),
            source,
        })?;
        making.writer = Some(writer);
        making.files.insert(path.clone(), object);
        making.made = None;
        Ok(())
    }

    /// The commit that is served for a tree.
    pub(super) fn served(&self, tree: &str) -> Result<String, RepoError> {
        let remote = &self.state.remote;
        let mut edits = Vec::new();
        if remote.find(tree, NO_JEKYLL)?.is_none() {
            edits.push(TreeEdit::File {
                path: NO_JEKYLL.to_owned(),
                object: remote.write(b"")?,
            });
        }
        self.state.commit(Some(tree), &edits)
    }

    /// Whether the file that keeps Jekyll away is ours, and not the release's own.
    pub(super) fn adds(&self, known: &Known, live: Option<Tree>) -> Result<bool, RepoError> {
        let (Some(state), Some(tree)) = (&known.state, live) else {
            return Ok(false);
        };
        let path = format!("{}/{NO_JEKYLL}", place(tree));
        Ok(self.state.remote.find(state, &path)?.is_none())
    }

    pub(super) fn switched(
        &self,
        known: &Known,
        tree: Tree,
        pointer: &[u8],
    ) -> Result<(String, String), RepoError> {
        let remote = &self.state.remote;
        let object = match self.tree(known, tree)? {
            Some(object) => object,
            None => remote.tree(None, &[])?,
        };
        let file = |path: &str, bytes: &[u8]| {
            let (path, object) = (path.to_owned(), remote.write(bytes)?);
            Ok::<_, RepoError>(TreeEdit::File { path, object })
        };
        let mut edits = vec![
            file(POINTER, pointer)?,
            file("live", tree.to_string().as_bytes())?,
        ];
        let there = match &known.state {
            Some(commit) => remote.find(commit, &place(tree))?,
            None => None,
        };
        if there.is_none() && !remote.files(&object)?.is_empty() {
            edits.push(TreeEdit::Tree {
                path: place(tree),
                object: object.clone(),
            });
        }
        let state = self.state.commit(known.state.as_deref(), &edits)?;
        Ok((self.served(&object)?, state))
    }
}

/// Where a tree stands in the state.
pub(super) fn place(tree: Tree) -> String {
    format!("tree/{tree}")
}

pub(super) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
