//! A store of releases in a folder: `releases/<hex>.json`, and `blobs/` named as they are on the
//! machine that builds.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::digest::Digest;
use crate::targets::disk;
use crate::targets::releases::error::STORE;
use crate::targets::target::TargetError;

/// A folder of releases.
#[derive(Debug, Clone)]
pub(super) struct Folder {
    root: PathBuf,
}

impl Folder {
    pub(super) fn at(root: &Path) -> Self {
        let root = root.to_path_buf();
        Self { root }
    }

    pub(super) fn read(&self, name: &str) -> Result<Option<Vec<u8>>, TargetError> {
        let path = self.root.join(name);
        match fs::read(&path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(TargetError::Read {
                target: STORE.to_owned(),
                path: path.display().to_string(),
                source: error.into(),
            }),
        }
    }

    /// Whether a file is there, with these bytes.
    pub(super) fn holds(&self, name: &str, digest: &Digest, size: u64) -> bool {
        let path = self.root.join(name);
        fs::metadata(&path).is_ok_and(|found| found.len() == size)
            && fs::read(&path).is_ok_and(|bytes| Digest::of(&bytes) == *digest)
    }

    pub(super) fn write(&self, name: &str, bytes: &[u8]) -> Result<(), TargetError> {
        let path = self.root.join(name);
        let folder = path.parent().unwrap_or(&self.root);
        fs::create_dir_all(folder)
            .and_then(|()| disk::write(folder, &path, bytes))
            .map_err(|error| TargetError::Write {
                target: STORE.to_owned(),
                path: path.display().to_string(),
                source: error.into(),
            })
    }

    /// The releases that are there.
    pub(super) fn list(&self) -> Result<Vec<Digest>, TargetError> {
        let path = self.root.join("releases");
        let fault = |error: io::Error| TargetError::Read {
            target: STORE.to_owned(),
            path: path.display().to_string(),
            source: error.into(),
        };
        let entries = match fs::read_dir(&path) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(fault(error)),
        };
        let mut found = Vec::new();
        for entry in entries {
            let name = entry.map_err(fault)?.file_name();
            let hex = name.to_str().and_then(|name| name.strip_suffix(".json"));
            found.extend(hex.and_then(|hex| Digest::from_hex(hex).ok()));
        }
        Ok(found)
    }
}
