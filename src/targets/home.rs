//! The folder of a directory target: its state objects, its lock, and the making of folders in it
//! that never goes through a link.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::digest::Digest;
use crate::site_path::SitePath;
use crate::targets::disk;
use crate::targets::target::{TargetError, Version, Versioned};
use crate::targets::tree::{self, Fault};

/// A target's folder on this machine.
#[derive(Debug, Clone)]
pub(super) struct Home {
    /// The target's name, for messages.
    pub name: String,
    /// The folder.
    pub root: PathBuf,
}

impl Home {
    pub(super) fn state(&self) -> PathBuf {
        self.root.join(".tympan")
    }

    pub(super) fn temporary(&self) -> Result<PathBuf, TargetError> {
        self.make_folder("tmp")
    }

    /// Makes a folder below `.tympan/`.
    pub(super) fn make_folder(&self, below: &str) -> Result<PathBuf, TargetError> {
        let root = &self.root;
        fs::create_dir_all(root).map_err(|error| self.write_fault((root.clone(), error)))?;
        let below = plain(&format!(".tympan/{below}"));
        tree::make_folder(root, &below).map_err(|fault| self.write_fault(fault))
    }

    pub(super) fn lock(&self) -> Result<fs::File, TargetError> {
        let path = self.make_folder("")?.join("lock");
        disk::lock(&path).map_err(|error| self.write_fault((path, error)))
    }

    pub(super) fn read_state(&self, path: &SitePath) -> Result<Option<Versioned>, TargetError> {
        self.read_below(&self.root, &plain(".tympan").join(path))
    }

    pub(super) fn read_below(
        &self,
        root: &Path,
        path: &SitePath,
    ) -> Result<Option<Versioned>, TargetError> {
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
    pub(super) fn write_state(
        &self,
        path: &SitePath,
        bytes: &[u8],
    ) -> Result<Version, TargetError> {
        let folder = self.make_folder(path.parent().as_str())?;
        let file = folder.join(path.file_name());
        disk::write(&self.temporary()?, &file, bytes)
            .and_then(|()| disk::sync_folder(&folder))
            .map_err(|error| self.write_fault((file, error)))?;
        Ok(version(bytes))
    }

    pub(super) fn read_fault(&self, (path, source): Fault) -> TargetError {
        TargetError::Read {
            target: self.name.clone(),
            path: path.display().to_string(),
            source: source.into(),
        }
    }

    pub(super) fn write_fault(&self, (path, source): Fault) -> TargetError {
        TargetError::Write {
            target: self.name.clone(),
            path: path.display().to_string(),
            source: source.into(),
        }
    }
}

/// The version of a state object, which is its content: the fence in the pointer rises with every
/// publish, so none has the same content twice.
pub(super) fn version(bytes: &[u8]) -> Version {
    Version(Digest::of(bytes).hex())
}

/// A path that is plain by the way it was made.
pub(super) fn plain(text: &str) -> SitePath {
    SitePath::parse(text).expect("names of trees, site paths and our own folders stay inside")
}
