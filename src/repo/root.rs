//! The root of a worktree, out of which no file is read.

use std::fs;
use std::io::Read;
use std::path::PathBuf;

use crate::repo::error::RepoError;
use crate::repo::snapshot::SnapshotFile;
use crate::site_path::SitePath;

/// How much room is made before a file is read, at most: its size may have been a lie.
const READY: usize = 1 << 20;

/// The root of a worktree.
#[derive(Debug)]
pub(super) struct Root {
    /// Its path without any link in it.
    path: PathBuf,
    /// The folder itself, so that its path is not walked for each file.
    #[cfg(target_os = "linux")]
    opened: Option<std::os::fd::OwnedFd>,
}

impl Root {
    #[cfg(target_os = "linux")]
    pub(super) fn open(path: PathBuf) -> Self {
        use rustix::fs::{CWD, Mode, OFlags, openat};
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let opened = openat(CWD, &path, flags, Mode::empty()).ok();
        Self { path, opened }
    }

    #[cfg(not(target_os = "linux"))]
    pub(super) fn open(path: PathBuf) -> Self {
        Self { path }
    }

    /// Reads a file of the worktree, unless it has meanwhile become a link out of the root, or
    /// something that would block or talk back when opened.
    pub(super) fn read(&self, file: &SnapshotFile) -> Result<Vec<u8>, RepoError> {
        let fault = |source| RepoError::Read {
            path: file.path.clone(),
            source,
        };
        let place = file.link.as_ref().unwrap_or(&file.path);
        if let Some(found) = self.open_beneath(place) {
            let room = usize::try_from(file.size).unwrap_or(0).min(READY) + 1;
            let mut bytes = Vec::with_capacity(room);
            // A whole file would be asked for its size once more.
            found
                .take(u64::MAX)
                .read_to_end(&mut bytes)
                .map_err(fault)?;
            return Ok(bytes);
        }
        let place = place.on_disk(&self.path);
        let real = place.canonicalize().map_err(fault)?;
        let is_file = fs::symlink_metadata(&real).map_err(fault)?.is_file();
        if !is_file || !real.starts_with(&self.path) {
            return Err(RepoError::Moved {
                path: file.path.clone(),
            });
        }
        fs::read(&real).map_err(fault)
    }

    /// Opens a regular file without leaving the root on the way, in one step that nobody can come
    /// between (`openat2(2)`). None where the system has no such step or refuses; the slower look
    /// says why.
    #[cfg(target_os = "linux")]
    fn open_beneath(&self, place: &SitePath) -> Option<fs::File> {
        use rustix::fs::{Mode, OFlags, ResolveFlags, openat2};
        let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        let beneath = ResolveFlags::BENEATH | ResolveFlags::NO_MAGICLINKS;
        let root = self.opened.as_ref()?;
        let file = openat2(root, place.as_str(), flags, Mode::empty(), beneath).ok()?;
        let file = fs::File::from(file);
        file.metadata().ok()?.is_file().then_some(file)
    }

    #[cfg(not(target_os = "linux"))]
    fn open_beneath(&self, _: &SitePath) -> Option<fs::File> {
        None
    }
}
