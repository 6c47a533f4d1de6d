//! Files below a folder, listed, hashed and found without ever following a link.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use walkdir::WalkDir;

use crate::digest::Digest;
use crate::release::File;
use crate::site_path::SitePath;
use crate::targets::target::ObservedFile;

/// Files sorted by path, and the names of everything else.
pub(super) type Listing = (Vec<ObservedFile>, Vec<String>);

/// Something below a folder could not be read.
pub(super) type Fault = (PathBuf, io::Error);

/// Lists and hashes every file below `root`; a folder that is not there is empty.
///
/// Links are listed as strangers and not followed, `root` included. A file that vanishes while the
/// folder is read counts as not there.
pub(super) fn list(root: &Path) -> Result<Listing, Fault> {
    match fs::symlink_metadata(root) {
        Ok(found) if found.is_dir() => {}
        Ok(_) => return Ok((Vec::new(), vec![root.display().to_string()])),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Listing::default()),
        Err(error) => return Err((root.to_path_buf(), error)),
    }
    let (mut paths, mut strangers) = (Vec::new(), Vec::new());
    for entry in WalkDir::new(root).follow_links(false).min_depth(1) {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                let path = error.path().unwrap_or(root).to_path_buf();
                let error = io::Error::from(error);
                if error.kind() == io::ErrorKind::NotFound {
                    continue;
                }
                return Err((path, error));
            }
        };
        if entry.file_type().is_dir() {
            continue;
        }
        match below(root, entry.path()) {
            Ok(path) if entry.file_type().is_file() => paths.push(path),
            Ok(path) => strangers.push(path.as_str().to_owned()),
            Err(name) => strangers.push(name),
        }
    }
    paths.sort();
    strangers.sort();
    let files: Vec<Option<ObservedFile>> = paths
        .into_par_iter()
        .map(|path| {
            let on_disk = path.on_disk(root);
            match fs::read(&on_disk) {
                Ok(bytes) => Ok(Some(ObservedFile {
                    path,
                    size: bytes.len() as u64,
                    sha256: Some(Digest::of(&bytes)),
                })),
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
                Err(error) => Err((on_disk, error)),
            }
        })
        .collect::<Result<_, Fault>>()?;
    Ok((files.into_iter().flatten().collect(), strangers))
}

/// Every folder below `root`, itself included.
pub(super) fn folders(root: &Path) -> Result<Vec<PathBuf>, Fault> {
    WalkDir::new(root)
        .follow_links(false)
        .into_iter()
        .filter(|entry| {
            entry
                .as_ref()
                .map_or(true, |entry| entry.file_type().is_dir())
        })
        .map(|entry| {
            entry.map(walkdir::DirEntry::into_path).map_err(|error| {
                let path = error.path().unwrap_or(root).to_path_buf();
                (path, error.into())
            })
        })
        .collect()
}

/// The plain file at `path` below `root`, if no part of the way there is a link.
pub(super) fn plain_file(root: &Path, path: &SitePath) -> io::Result<Option<PathBuf>> {
    let mut at = root.to_path_buf();
    let parts: Vec<&str> = path.parts().collect();
    for (depth, part) in parts.iter().enumerate() {
        at.push(part);
        let found = match fs::symlink_metadata(&at) {
            Ok(found) => found,
            Err(error) if is_absence(&error) => return Ok(None),
            Err(error) => return Err(error),
        };
        let last = depth + 1 == parts.len();
        if (last && !found.is_file()) || (!last && !found.is_dir()) {
            return Ok(None);
        }
    }
    Ok((!parts.is_empty()).then_some(at))
}

/// The plain file of this name below `root` and its bytes, if they are the ones that `file` names. One
/// that cannot be read is none; the store still has the bytes.
pub(super) fn file_of(root: &Path, file: &File) -> io::Result<Option<(PathBuf, Vec<u8>)>> {
    let Some(path) = plain_file(root, &file.path)? else {
        return Ok(None);
    };
    let same_size = fs::metadata(&path).is_ok_and(|found| found.len() == file.size);
    let bytes = same_size.then(|| fs::read(&path).ok()).flatten();
    let bytes = bytes.filter(|bytes| Digest::of(bytes) == file.sha256);
    Ok(bytes.map(|bytes| (path, bytes)))
}

/// Makes the folder `path` below `root`, refusing to go through a link or a file.
pub(super) fn make_folder(root: &Path, path: &SitePath) -> Result<PathBuf, Fault> {
    let mut at = root.to_path_buf();
    for part in path.parts() {
        at.push(part);
        // Another thread may make the same folder; only what stands there afterwards counts.
        match fs::create_dir(&at) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                return Err((at, error));
            }
            _ => {}
        }
        match fs::symlink_metadata(&at) {
            Ok(found) if found.is_dir() => {}
            Ok(_) => {
                let reason = "a link or a file stands where a folder must be";
                return Err((at, io::Error::new(io::ErrorKind::NotADirectory, reason)));
            }
            Err(error) => return Err((at, error)),
        }
    }
    Ok(at)
}

/// Whether an error means that nothing is there.
pub(super) fn is_absence(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}

fn below(root: &Path, path: &Path) -> Result<SitePath, String> {
    let rest = path.strip_prefix(root).unwrap_or(path);
    let parts: Option<Vec<&str>> = rest.iter().map(|part| part.to_str()).collect();
    let lossy = || rest.to_string_lossy().into_owned();
    let text = parts.ok_or_else(lossy)?.join("/");
    match SitePath::parse(&text) {
        Ok(path) if path.as_str() == text => Ok(path),
        _ => Err(lossy()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> SitePath {
        SitePath::parse(text).unwrap()
    }

    #[test]
    fn files_are_listed_sorted_with_their_digests() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("b")).unwrap();
        fs::write(folder.path().join("b/x"), "xx").unwrap();
        fs::write(folder.path().join("a"), "").unwrap();
        let (files, strangers) = list(folder.path()).unwrap();
        assert_eq!(strangers, [""; 0]);
        let told: Vec<_> = files
            .iter()
            .map(|file| (file.path.as_str(), file.size))
            .collect();
        assert_eq!(told, [("a", 0), ("b/x", 2)]);
        assert_eq!(files[1].sha256, Some(Digest::of(b"xx")));
    }

    #[test]
    fn a_folder_that_is_not_there_is_empty() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(list(&folder.path().join("no")).unwrap(), Listing::default());
    }

    #[cfg(unix)]
    #[test]
    fn links_and_odd_names_are_strangers() {
        use std::os::unix::ffi::OsStrExt as _;
        let (folder, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        fs::write(outside.path().join("secret"), "s").unwrap();
        std::os::unix::fs::symlink(outside.path(), folder.path().join("link")).unwrap();
        fs::write(folder.path().join("back\\slash"), "").unwrap();
        fs::write(folder.path().join(std::ffi::OsStr::from_bytes(b"\xff")), "").unwrap();
        let (files, strangers) = list(folder.path()).unwrap();
        assert!(files.is_empty());
        assert_eq!(strangers, ["back\\slash", "link", "\u{fffd}"]);
        assert_eq!(
            plain_file(folder.path(), &path("link/secret")).unwrap(),
            None
        );
        assert!(make_folder(folder.path(), &path("link/new")).is_err());
        assert!(!outside.path().join("new").exists());
        let (files, strangers) = list(&folder.path().join("link")).unwrap();
        assert_eq!((files.len(), strangers.len()), (0, 1));
    }

    #[test]
    fn a_file_in_the_way_of_a_folder_is_a_fault() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a"), "").unwrap();
        assert!(make_folder(folder.path(), &path("a/b")).is_err());
        assert_eq!(plain_file(folder.path(), &path("a/b")).unwrap(), None);
        assert_eq!(plain_file(folder.path(), &SitePath::root()).unwrap(), None);
    }
}
