//! Where the bytes of a snapshot are: on the disk, in Git, in memory.

use std::sync::Arc;

use crate::repo::bundle::Files;
use crate::repo::error::RepoError;
use crate::repo::objects::Objects;
use crate::repo::root::Root;
use crate::repo::snapshot::SnapshotFile;

/// Where the bytes of a snapshot are.
#[derive(Debug)]
pub(super) enum Origin {
    /// On the disk.
    Worktree(Root),
    /// In Git.
    Objects(Objects),
    /// In memory.
    Held(Files),
    /// Files that are held in memory, before those of another snapshot.
    Over(Files, Arc<Origin>),
}

impl Origin {
    /// The bytes of a file that is listed.
    pub(super) fn read(&self, file: &SnapshotFile) -> Result<Vec<u8>, RepoError> {
        let missing = || RepoError::NoFile {
            path: file.path.clone(),
        };
        match self {
            Self::Worktree(root) => root.read(file),
            Self::Held(files) => files
                .get(&file.path)
                .map(|held| held.to_vec())
                .ok_or_else(missing),
            Self::Objects(objects) => {
                objects.read(&file.path, file.object.as_deref().ok_or_else(missing)?)
            }
            Self::Over(files, below) => match files.get(&file.path) {
                Some(held) => Ok(held.to_vec()),
                None => below.read(file),
            },
        }
    }
}
