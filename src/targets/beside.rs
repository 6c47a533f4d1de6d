//! The folder beside an output in which the next one is made.
//!
//! A run that is killed cannot clear it away, so the next one does. A folder in which another run
//! is still at work holds a lock, which ends with the process, and is left alone.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use crate::targets::disk;

/// The part of an output that is tympan's own.
const OWN: &str = ".tympan";
/// In it: the lock.
const LOCK: &str = "lock";
/// How often a folder is made anew that another run took for one that is left over, in the moment
/// before it was locked.
const TRIES: usize = 8;

/// A folder of which the name begins with a prefix, in use until it is dropped.
#[derive(Debug)]
pub(super) struct Beside {
    lock: Option<File>,
    folder: PathBuf,
}

impl Beside {
    /// Clears away what killed runs left in `parent`, and makes a folder.
    pub fn make(parent: &Path, prefix: &str) -> io::Result<Self> {
        clear(parent, prefix);
        for _ in 0..TRIES {
            let folder = tempfile::Builder::new().prefix(prefix).tempdir_in(parent)?;
            if let Some(lock) = lock(folder.path())? {
                return Ok(Self {
                    lock: Some(lock),
                    folder: folder.keep(),
                });
            }
        }
        Err(io::Error::other("another run removes what this one makes"))
    }

    pub fn path(&self) -> &Path {
        &self.folder
    }

    /// Gives the folder its place, where nothing stands.
    pub fn rename(mut self, place: &Path) -> io::Result<()> {
        if cfg!(windows) {
            self.lock = None;
        }
        fs::rename(&self.folder, place)?;
        let _ = fs::remove_file(place.join(OWN).join(LOCK));
        Ok(())
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        if self.folder.exists() {
            remove(&self.folder, self.lock.take());
        }
    }
}

/// Removes a folder whose lock is held. The lock goes last: a run that is killed meanwhile leaves a
/// folder that the next one still knows.
fn remove(folder: &Path, lock: Option<File>) {
    let but = |folder: &Path, kept: &str| {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if entry.file_name() != kept {
                let _ = disk::remove(&path);
            }
        }
    };
    but(folder, OWN);
    but(&folder.join(OWN), LOCK);
    if cfg!(windows) {
        drop(lock);
    }
    let _ = fs::remove_dir_all(folder);
}

/// The lock of a folder, unless somebody removed it first.
fn lock(folder: &Path) -> io::Result<Option<File>> {
    let place = folder.join(OWN).join(LOCK);
    let made = (place.parent().map_or(Ok(()), fs::create_dir_all))
        .and_then(|()| File::create_new(&place))
        .inspect(|file| {
            // Where a file system knows no locks, nothing is taken for left over either.
            let _ = file.lock();
        });
    match made {
        Ok(file) if place.exists() => Ok(Some(file)),
        Ok(_) => Ok(None),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Removes the folders that nobody works in. What cannot be removed is no hindrance.
fn clear(parent: &Path, prefix: &str) {
    for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
        let is_ours = entry.file_name().to_string_lossy().starts_with(prefix)
            && entry.file_type().is_ok_and(|kind| kind.is_dir());
        if !is_ours {
            continue;
        }
        let folder = entry.path();
        let lock = folder.join(OWN).join(LOCK);
        match File::options().write(true).open(lock) {
            Ok(lock) if lock.try_lock().is_ok() => remove(&folder, Some(lock)),
            Ok(_) => {}
            // A run that was killed, or waits, before it made the lock has written nothing.
            Err(_) => {
                let _ = fs::remove_dir(folder.join(OWN));
                let _ = fs::remove_dir(&folder);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap().flatten();
        let mut names: Vec<String> = entries
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn what_a_killed_run_left_is_cleared_away() {
        let home = tempfile::tempdir().unwrap();
        fs::create_dir_all(home.path().join("new-dead/.tympan")).unwrap();
        fs::write(home.path().join("new-dead/.tympan/lock"), "").unwrap();
        fs::write(home.path().join("new-dead/index.html"), "half").unwrap();
        fs::create_dir_all(home.path().join("new-just-begun")).unwrap();
        fs::create_dir_all(home.path().join("new-mine/thesis")).unwrap();
        fs::write(home.path().join("new-file"), "").unwrap();
        let beside = Beside::make(home.path(), "new-").unwrap();
        let own = beside.path().file_name().unwrap().to_string_lossy();
        let mut expected = vec![own.into_owned(), "new-file".into(), "new-mine".into()];
        expected.sort();
        assert_eq!(names(home.path()), expected);
    }

    #[test]
    fn a_folder_that_is_in_use_is_left_alone() {
        let home = tempfile::tempdir().unwrap();
        let first = Beside::make(home.path(), "new-").unwrap();
        fs::write(first.path().join("index.html"), "half").unwrap();
        let second = Beside::make(home.path(), "new-").unwrap();
        assert_eq!(names(home.path()).len(), 2);
        drop(second);
        first.rename(&home.path().join("dist")).unwrap();
        assert_eq!(names(home.path()), ["dist"]);
        assert_eq!(names(&home.path().join("dist")), [".tympan", "index.html"]);
        assert!(names(&home.path().join("dist/.tympan")).is_empty());
    }
}
