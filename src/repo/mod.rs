//! Snapshots of a worktree, thin.

use std::path::{Path, PathBuf};

use crate::diagnostic::Diagnostic;
use crate::site_path::SitePath;

/// The files of a folder.
pub struct Snapshot {
    root: PathBuf,
    files: Vec<SnapshotFile>,
    source: Source,
}
/// One file.
pub struct SnapshotFile {
    /// Where.
    pub path: SitePath,
    /// Bytes.
    pub size: u64,
}
/// Commit.
#[derive(Debug, Clone, Default)]
pub struct Source {
    /// Name.
    pub commit: Option<String>,
    /// Tree.
    pub tree: Option<String>,
    /// Time.
    pub time: Option<i64>,
    /// Dirty.
    pub dirty: bool,
    /// Shallow.
    pub shallow: bool,
}
/// History.
#[derive(Default)]
pub struct History {}
/// Of one file.
#[derive(Debug, Clone)]
pub struct FileHistory {
    /// First.
    pub first: Change,
    /// Last.
    pub last: Change,
    /// Authors.
    pub authors: Vec<String>,
}
/// Change.
#[derive(Debug, Clone)]
pub struct Change {
    /// Name.
    pub commit: String,
    /// When.
    pub time: i64,
    /// Who.
    pub author: String,
}
/// Fault.
#[derive(Debug, thiserror::Error)]
pub enum RepoError {
    /// Read.
    #[error("cannot read `{0}`")]
    Read(PathBuf, #[source] std::io::Error),
}
impl Snapshot {
    /// Worktree.
    pub fn worktree(root: &Path) -> Result<Self, RepoError> {
        let mut files: Vec<SnapshotFile> = ignore::WalkBuilder::new(root)
            .build()
            .flatten()
            .filter(|entry| entry.file_type().is_some_and(|kind| kind.is_file()))
            .filter_map(|entry| {
                let path = entry.path().strip_prefix(root).ok()?.to_str()?;
                let size = entry.metadata().ok()?.len();
                Some(SnapshotFile {
                    path: SitePath::parse(path).ok()?,
                    size,
                })
            })
            .collect();
        files.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(Self {
            root: root.to_path_buf(),
            files,
            source: Source {
                dirty: true,
                ..Source::default()
            },
        })
    }
    /// Files.
    pub fn files(&self) -> &[SnapshotFile] {
        &self.files
    }
    /// One.
    pub fn get(&self, path: &SitePath) -> Option<&SnapshotFile> {
        self.files.iter().find(|file| file.path == *path)
    }
    /// Bytes.
    pub fn read(&self, path: &SitePath) -> Result<Vec<u8>, RepoError> {
        let path = path.on_disk(&self.root);
        std::fs::read(&path).map_err(|error| RepoError::Read(path, error))
    }
    /// Commit.
    pub fn source(&self) -> &Source {
        &self.source
    }
    /// Faults.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &[]
    }
    /// Root.
    pub fn root(&self) -> &Path {
        &self.root
    }
}
impl History {
    /// Read.
    pub fn read(_: &Path, _: Option<&str>) -> Result<Self, RepoError> {
        Ok(Self {})
    }
    /// One.
    pub fn get(&self, _: &SitePath) -> Option<&FileHistory> {
        None
    }
}
