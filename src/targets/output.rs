//! An output folder on this machine: replaced whole or not at all, and never at the cost of a file
//! that tympan did not write.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use crate::release::{Artifact, Release};
use crate::site_path::SitePath;

/// The folder in an output that says what tympan wrote there.
const OWN: &str = ".tympan";

/// An output folder could not be written.
#[derive(Debug, thiserror::Error)]
pub enum OutputError {
    /// The folder holds files and none says that tympan wrote them.
    #[error(
        "the folder `{0}` was not written by tympan and is not empty; empty it or choose another with `--out`"
    )]
    NotOurs(PathBuf),
    /// There is something that is no folder.
    #[error("`{0}` is not a folder; choose another with `--out`")]
    NotAFolder(PathBuf),
    /// A file of somebody else stands where a new one must go.
    #[error("`{0}` was not written by tympan and stands where a new file must go; move it away")]
    InTheWay(PathBuf),
    /// The disk said no.
    #[error("cannot write `{path}`")]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// The cause.
        #[source]
        source: io::Error,
    },
}

/// Replaces `out` by the files of a release. Files that a reader put there themselves stay.
///
/// The new folder is written beside the old one and takes its place by renaming, so that a crash
/// leaves the old or the new one; a crash between the two renames is mended by the next run.
///
/// # Errors
/// Fails, and leaves `out` as it was, where it cannot be written or holds what is not ours.
pub fn write_output(
    out: &Path,
    release: &Release,
    artifacts: &[Artifact],
) -> Result<(), OutputError> {
    let out = fs::canonicalize(out).unwrap_or_else(|_| out.to_path_buf());
    let fault = |path: &Path| {
        let path = path.to_path_buf();
        move |source| OutputError::Write { path, source }
    };
    let name = out
        .file_name()
        .map_or_else(|| "out".into(), |name| name.to_string_lossy().into_owned());
    let parent = out
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    fs::create_dir_all(parent).map_err(fault(parent))?;
    let old = parent.join(format!(".{name}.tympan-old"));
    recover(&out, &old).map_err(fault(&old))?;
    let foreign = foreign_files(&out, release)?;

    let new = tempfile::Builder::new()
        .prefix(&format!(".{name}.tympan-new-"))
        .tempdir_in(parent)
        .map_err(fault(parent))?;
    write_all(new.path(), release, artifacts)?;
    for path in &foreign {
        let (from, to) = (out.join(path), new.path().join(path));
        if let Some(folder) = to.parent() {
            fs::create_dir_all(folder).map_err(fault(folder))?;
        }
        fs::hard_link(&from, &to)
            .or_else(|_| fs::copy(&from, &to).map(|_| ()))
            .map_err(fault(&from))?;
    }
    make_readable(new.path());
    if out.exists() {
        fs::rename(&out, &old).map_err(fault(&out))?;
    }
    if let Err(source) = fs::rename(new.path(), &out) {
        let _ = fs::rename(&old, &out);
        return Err(OutputError::Write { path: out, source });
    }
    // It stands in its place now; there is nothing left to clean up under its old name.
    let _ = new.keep();
    let _ = fs::remove_dir_all(&old);
    Ok(())
}

/// A run that was cut between its two renames left the old folder under its other name.
fn recover(out: &Path, old: &Path) -> io::Result<()> {
    match (old.exists(), out.exists()) {
        (false, _) => Ok(()),
        (true, false) => fs::rename(old, out),
        (true, true) => fs::remove_dir_all(old),
    }
}

/// The files in `out` that no release of ours lists.
fn foreign_files(out: &Path, next: &Release) -> Result<Vec<PathBuf>, OutputError> {
    if !out.exists() {
        return Ok(Vec::new());
    }
    if !out.is_dir() {
        return Err(OutputError::NotAFolder(out.to_path_buf()));
    }
    let written = out.join(OWN).join("release.json");
    let known: Option<Release> = fs::read(&written)
        .ok()
        .and_then(|json| serde_json::from_slice(&json).ok());
    let Some(known) = known else {
        let empty = fs::read_dir(out).is_ok_and(|mut entries| entries.next().is_none());
        return match empty {
            true => Ok(Vec::new()),
            false => Err(OutputError::NotOurs(out.to_path_buf())),
        };
    };
    let ours: BTreeSet<&str> = known
        .files
        .files()
        .iter()
        .map(|file| file.path.as_str())
        .collect();
    let mut foreign = Vec::new();
    for entry in walkdir::WalkDir::new(out).sort_by_file_name() {
        let entry = entry.map_err(|error| OutputError::Write {
            path: out.to_path_buf(),
            source: error
                .into_io_error()
                .unwrap_or_else(|| io::Error::other("a folder cannot be listed")),
        })?;
        let path = entry.path().strip_prefix(out).unwrap_or(entry.path());
        let text = path.to_string_lossy().replace('\\', "/");
        let own = path.starts_with(OWN) || text == ".gitignore" || ours.contains(text.as_str());
        if entry.file_type().is_dir() || own {
            continue;
        }
        let wanted = SitePath::parse(&text).is_ok_and(|path| next.files.get(&path).is_some());
        if wanted {
            return Err(OutputError::InTheWay(entry.path().to_path_buf()));
        }
        foreign.push(path.to_path_buf());
    }
    Ok(foreign)
}

fn write_all(root: &Path, release: &Release, artifacts: &[Artifact]) -> Result<(), OutputError> {
    let write = |path: PathBuf, bytes: &[u8]| {
        let fault = |source| OutputError::Write {
            path: path.clone(),
            source,
        };
        fs::write(&path, bytes).map_err(fault)
    };
    let folders: BTreeSet<PathBuf> = artifacts
        .iter()
        .map(|artifact| artifact.path.parent().on_disk(root))
        .collect();
    for folder in folders.into_iter().chain([root.join(OWN)]) {
        fs::create_dir_all(&folder).map_err(|source| OutputError::Write {
            path: folder,
            source,
        })?;
    }
    write(root.join(OWN).join("release.json"), &release.to_json())?;
    // The folder is made anew by every build; it has no place in the project's history.
    write(root.join(".gitignore"), b"*\n")?;
    artifacts
        .par_iter()
        .try_for_each(|artifact| write(artifact.path.on_disk(root), &artifact.bytes))
}

/// A temporary folder is private; an output is not.
#[cfg(unix)]
fn make_readable(folder: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    let _ = fs::set_permissions(folder, fs::Permissions::from_mode(0o755));
}

#[cfg(not(unix))]
fn make_readable(_: &Path) {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::release::{CheckSummary, Lock, Manifest, ReleaseSource, Role};

    fn write(out: &Path, files: &[(&str, &str)]) -> Result<(), OutputError> {
        let artifact = |(path, text): &(&str, &str)| {
            Artifact::new(
                SitePath::parse(path).unwrap(),
                Role::Page,
                text.as_bytes().to_vec(),
            )
        };
        let artifacts: Vec<Artifact> = files.iter().map(artifact).collect();
        let release = Release {
            format: 1,
            source: ReleaseSource::default(),
            lock: Lock::default(),
            checks: CheckSummary::default(),
            outputs: Vec::new(),
            routes: Vec::new(),
            redirects: Vec::new(),
            files: Manifest::of(&artifacts),
        };
        write_output(out, &release, &artifacts)
    }

    fn list(folder: &Path) -> Vec<String> {
        let files = walkdir::WalkDir::new(folder)
            .sort_by_file_name()
            .into_iter()
            .flatten();
        files
            .filter(|entry| entry.file_type().is_file())
            .map(|entry| {
                entry
                    .path()
                    .strip_prefix(folder)
                    .unwrap()
                    .to_string_lossy()
                    .into_owned()
            })
            .filter(|path| !path.starts_with('.'))
            .collect()
    }

    #[test]
    fn a_folder_is_replaced_whole() {
        let home = tempfile::tempdir().unwrap();
        let out = home.path().join("a/dist");
        write(&out, &[("index.html", "1"), ("old/x.html", "2")]).unwrap();
        write(&out, &[("index.html", "3"), ("new/y.html", "4")]).unwrap();
        assert_eq!(list(&out), ["index.html", "new/y.html"]);
        assert_eq!(fs::read_to_string(out.join("index.html")).unwrap(), "3");
        assert_eq!(fs::read_dir(home.path().join("a")).unwrap().count(), 1);
    }

    #[test]
    fn files_of_somebody_else_stay() {
        let home = tempfile::tempdir().unwrap();
        let out = home.path().join("dist");
        write(&out, &[("index.html", "1")]).unwrap();
        fs::write(out.join("CNAME"), "guide.example").unwrap();
        write(&out, &[("index.html", "2")]).unwrap();
        assert_eq!(list(&out), ["CNAME", "index.html"]);
        let refused = write(&out, &[("CNAME", "x")]).unwrap_err();
        assert!(matches!(refused, OutputError::InTheWay(_)));
        assert_eq!(
            fs::read_to_string(out.join("CNAME")).unwrap(),
            "guide.example"
        );
    }

    #[test]
    fn a_folder_that_is_not_ours_is_refused() {
        let home = tempfile::tempdir().unwrap();
        fs::write(home.path().join("thesis.doc"), "x").unwrap();
        assert!(matches!(
            write(home.path(), &[("a", "")]),
            Err(OutputError::NotOurs(_))
        ));
        let file = home.path().join("thesis.doc");
        assert!(matches!(
            write(&file, &[("a", "")]),
            Err(OutputError::NotAFolder(_))
        ));
        assert_eq!(list(home.path()), ["thesis.doc"]);
    }

    #[test]
    fn a_run_that_was_cut_is_mended() {
        let home = tempfile::tempdir().unwrap();
        let out = home.path().join("dist");
        write(&out, &[("index.html", "1")]).unwrap();
        fs::rename(&out, home.path().join(".dist.tympan-old")).unwrap();
        write(&out, &[("index.html", "2")]).unwrap();
        assert_eq!(fs::read_to_string(out.join("index.html")).unwrap(), "2");
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 1);
    }
}
