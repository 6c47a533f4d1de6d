//! A folder on this machine, with releases side by side and one stable name for the web server.
//!
//! ```text
//! <path>/live                   what the web server serves (docroot): a link to one of the trees
//! <path>/.tympan/current        the pointer: environment, live deployment, epoch
//! <path>/.tympan/lease          who publishes now
//! <path>/.tympan/releases/      the releases' own JSON, by digest
//! <path>/.tympan/log/           one record a deployment, each with the hash of the one before
//! <path>/.tympan/drift/         hand-edited files, saved before they were replaced
//! <path>/.tympan/tree/          <epoch>-<digest>/…: whole copies; equal files are hard links
//! <path>/.tympan/tmp/, lock     files being written; held while a state object is compared and set
//! ```
//!
//! Nothing else in `<path>` is read or written, and nothing outside it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use crate::digest::Digest;
use crate::release::File;
use crate::site_path::SitePath;
use crate::targets::disk;
use crate::targets::live::{Found, Live, Means};
use crate::targets::target::{
    Capabilities, Capability, Object, Observed, POINTER, Swap, Target, TargetError, Tree, Version,
    Versioned, View,
};
use crate::targets::tree::{self, Fault};

/// A folder on this machine.
#[derive(Debug, Clone)]
pub struct Directory {
    name: String,
    live: Live,
}

impl Directory {
    /// Names a folder as a target; it is made when something is first published.
    pub fn open(name: &str, path: &Path) -> Self {
        let means = if cfg!(unix) { Means::Link } else { Means::Move };
        Self::with(name, path, means)
    }

    /// The same for a system without symbolic links, whose switch is not atomic.
    pub fn open_without_links(name: &str, path: &Path) -> Self {
        Self::with(name, path, Means::Move)
    }

    /// The folder that a web server must serve.
    pub fn document_root(&self) -> PathBuf {
        self.live.path()
    }

    fn with(name: &str, path: &Path, means: Means) -> Self {
        Self {
            name: name.to_owned(),
            live: Live {
                root: path.to_path_buf(),
                means,
            },
        }
    }

    fn state(&self) -> PathBuf {
        self.live.root.join(".tympan")
    }

    fn trees(&self) -> PathBuf {
        self.state().join("tree")
    }

    fn temporary(&self) -> Result<PathBuf, TargetError> {
        self.make_folder("tmp")
    }

    /// Makes a folder below `.tympan/`.
    fn make_folder(&self, below: &str) -> Result<PathBuf, TargetError> {
        let root = &self.live.root;
        fs::create_dir_all(root).map_err(|error| self.write_fault((root.clone(), error)))?;
        let below = SitePath::parse(&format!(".tympan/{below}"))
            .map_err(|error| self.write_fault((root.clone(), io::Error::other(error))))?;
        tree::make_folder(root, &below).map_err(|fault| self.write_fault(fault))
    }

    fn lock(&self) -> Result<fs::File, TargetError> {
        let path = self.make_folder("")?.join("lock");
        disk::lock(&path).map_err(|error| self.write_fault((path, error)))
    }

    fn read_state(&self, path: &SitePath) -> Result<Option<Versioned>, TargetError> {
        self.read_below(&self.state(), path)
    }

    fn read_below(&self, root: &Path, path: &SitePath) -> Result<Option<Versioned>, TargetError> {
        let read = || -> io::Result<Option<Vec<u8>>> {
            let Some(file) = tree::plain_file(root, path)? else {
                return Ok(None);
            };
            match fs::read(file) {
                Ok(bytes) => Ok(Some(bytes)),
                Err(error) if tree::is_absence(&error) => Ok(None),
                Err(error) => Err(error),
            }
        };
        let bytes = read().map_err(|error| self.read_fault((path.on_disk(root), error)))?;
        Ok(bytes.map(|bytes| Versioned {
            version: version(&bytes),
            bytes,
        }))
    }

    /// Replaces a state object. The caller holds the lock.
    fn write_state(&self, path: &SitePath, bytes: &[u8]) -> Result<Version, TargetError> {
        let folder = self.make_folder(path.parent().as_str())?;
        let file = folder.join(path.file_name());
        disk::write(&self.temporary()?, &file, bytes)
            .and_then(|()| disk::sync_folder(&folder))
            .map_err(|error| self.write_fault((file, error)))?;
        Ok(version(bytes))
    }

    /// The place of a file in a tree that is being made, its folder made too. No tree is written
    /// to once it is live.
    fn place(&self, tree: Tree, file: &File) -> Result<PathBuf, TargetError> {
        let folder = self.make_folder(&format!("tree/{tree}/{}", file.path.parent()))?;
        Ok(folder.join(file.path.file_name()))
    }

    /// The trees that are there, the newest first; names that are none are passed over.
    fn known_trees(&self) -> Result<Vec<Tree>, TargetError> {
        let folder = self.trees();
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) if tree::is_absence(&error) => return Ok(Vec::new()),
            Err(error) => return Err(self.read_fault((folder, error))),
        };
        let mut trees: Vec<Tree> = entries
            .filter_map(|entry| Tree::parse(entry.ok()?.file_name().to_str()?))
            .collect();
        trees.sort_by(|a, b| b.cmp(a));
        Ok(trees)
    }

    fn found(&self) -> Result<Found, TargetError> {
        match self.live.find().map_err(|fault| self.read_fault(fault))? {
            Found::Foreign => Err(TargetError::Foreign {
                target: self.name.clone(),
                path: self.live.path().display().to_string(),
            }),
            found => Ok(found),
        }
    }

    fn live_tree(&self) -> Result<Option<Tree>, TargetError> {
        Ok(match self.found()? {
            Found::Tree(tree) => Some(tree),
            _ => None,
        })
    }

    /// A file that the target holds already, with the bytes that `file` names. It is hashed: a
    /// file that was edited by hand must not get into a new tree.
    fn donor(&self, tree: Tree, file: &File) -> Result<Option<(PathBuf, Vec<u8>)>, TargetError> {
        let live = self.live_tree()?;
        let others = self.known_trees()?.into_iter();
        let candidates = live
            .into_iter()
            .chain(others.filter(|one| Some(*one) != live));
        for candidate in candidates.filter(|one| *one != tree) {
            let folder = self.live.folder_of(candidate);
            let found = tree::plain_file(&folder, &file.path)
                .map_err(|error| self.read_fault((folder.clone(), error)))?;
            let Some(path) = found else { continue };
            let same_size = fs::metadata(&path).is_ok_and(|found| found.len() == file.size);
            // A file that cannot be read is no donor; the store still has the bytes.
            if same_size
                && let Ok(bytes) = fs::read(&path)
                && Digest::of(&bytes) == file.sha256
            {
                return Ok(Some((path, bytes)));
            }
        }
        Ok(None)
    }

    fn read_fault(&self, (path, source): Fault) -> TargetError {
        TargetError::Read {
            target: self.name.clone(),
            path: path.display().to_string(),
            source: source.into(),
        }
    }

    fn write_fault(&self, (path, source): Fault) -> TargetError {
        TargetError::Write {
            target: self.name.clone(),
            path: path.display().to_string(),
            source: source.into(),
        }
    }
}

impl Target for Directory {
    fn capabilities(&self) -> Capabilities {
        let mut promised = vec![
            Capability::SideBySide,
            Capability::ConditionalPut,
            Capability::ListDigests,
        ];
        if self.live.means == Means::Link {
            promised.push(Capability::AtomicSwitch);
        }
        Capabilities(promised.into_iter().collect())
    }

    fn read(&self, object: &Object) -> Result<Option<Versioned>, TargetError> {
        match object {
            Object::State(path) => self.read_state(path),
            Object::Live(path) => match self.live_tree()? {
                Some(tree) => self.read_below(&self.live.folder_of(tree), path),
                None => Ok(None),
            },
        }
    }

    fn swap(
        &self,
        state: &SitePath,
        expected: Option<&Version>,
        bytes: &[u8],
    ) -> Result<Swap, TargetError> {
        let _lock = self.lock()?;
        let found = self.read_state(state)?;
        if found.map(|found| found.version).as_ref() != expected {
            return Ok(Swap::Lost);
        }
        self.write_state(state, bytes).map(Swap::Done)
    }

    fn observe(&self, view: View) -> Result<Observed, TargetError> {
        let tree = match view {
            View::Tree(tree) => tree,
            View::Live => match self.found()? {
                Found::Tree(tree) => tree,
                Found::Astray(link) => {
                    return Ok(Observed {
                        strangers: vec![format!("live -> {link}")],
                        ..Observed::default()
                    });
                }
                Found::Nothing | Found::Foreign => return Ok(Observed::default()),
            },
        };
        let (files, strangers) =
            tree::list(&self.live.folder_of(tree)).map_err(|fault| self.read_fault(fault))?;
        Ok(Observed {
            tree: Some(tree),
            files,
            strangers,
        })
    }

    fn keep(&self, tree: Tree, file: &File) -> Result<bool, TargetError> {
        let Some((donor, bytes)) = self.donor(tree, file)? else {
            return Ok(false);
        };
        let place = self.place(tree, file)?;
        disk::remove(&place).map_err(|error| self.write_fault((place.clone(), error)))?;
        // Some file systems have no links, and every one has a limit on the links of a file.
        if fs::hard_link(donor, &place).is_err() {
            self.put(tree, file, &bytes)?;
        }
        Ok(true)
    }

    fn put(&self, tree: Tree, file: &File, bytes: &[u8]) -> Result<(), TargetError> {
        let place = self.place(tree, file)?;
        // Half-written files lie apart for each tree, so that whoever clears away an old one never
        // takes them from a newer publish.
        disk::write(&self.make_folder(&format!("tmp/{tree}"))?, &place, bytes)
            .map_err(|error| self.write_fault((place, error)))
    }

    fn switch(&self, tree: Tree, expected: &Version, pointer: &[u8]) -> Result<Swap, TargetError> {
        let path = SitePath::parse(POINTER)
            .map_err(|error| self.write_fault((self.state(), io::Error::other(error))))?;
        let _lock = self.lock()?;
        let found = self.read_state(&path)?;
        if found.map(|found| found.version).as_ref() != Some(expected) {
            return Ok(Swap::Lost);
        }
        self.found()?;
        self.make_folder(&format!("tree/{tree}"))?;
        self.temporary()?;
        tree::folders(&self.live.folder_of(tree))
            .map_err(|fault| self.write_fault(fault))?
            .par_iter()
            .try_for_each(|folder| {
                disk::sync_folder(folder).map_err(|error| (folder.clone(), error))
            })
            .and_then(|()| {
                let trees = self.trees();
                disk::sync_folder(&trees).map_err(|error| (trees, error))
            })
            .map_err(|fault| self.write_fault(fault))?;
        // The link first: a crash between the two leaves a pointer that is older than what is
        // live, and the next publish, which still holds it for unpublished, puts that right.
        self.live
            .point(tree)
            .map_err(|fault| self.write_fault(fault))?;
        self.write_state(&path, pointer).map(Swap::Done)
    }

    fn collect(&self, keep: &[Tree], _stale: &[SitePath]) -> Result<(), TargetError> {
        let _lock = self.lock()?;
        let temporary = self.temporary()?;
        let live = self.live_tree()?;
        let newest = keep.iter().map(|tree| tree.epoch).max().unwrap_or(0);
        for tree in self.known_trees()? {
            if keep.contains(&tree) || live == Some(tree) || tree.epoch >= newest {
                continue;
            }
            // Moved away first: what bears a tree's name is never half a tree.
            let (from, to) = (
                self.live.folder_of(tree),
                temporary.join(format!("gone-{tree}")),
            );
            disk::remove(&to)
                .and_then(|()| fs::rename(&from, &to))
                .map_err(|error| self.write_fault((from, error)))?;
        }
        let entries = fs::read_dir(&temporary)
            .map_err(|error| self.read_fault((temporary.clone(), error)))?;
        for entry in entries.flatten() {
            let path = entry.path();
            let of_tree = entry.file_name().to_str().and_then(Tree::parse);
            if of_tree.is_some_and(|tree| tree.epoch > newest) {
                continue;
            }
            disk::remove(&path).map_err(|error| self.write_fault((path, error)))?;
        }
        Ok(())
    }
}

fn version(bytes: &[u8]) -> Version {
    Version(Digest::of(bytes).hex())
}
