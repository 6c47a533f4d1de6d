//! An output folder on this machine: replaced whole or not at all, and never at the cost of a file
//! that tympan did not write. Files that did not change are not written again.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::release::{Artifact, Release};
use crate::site_path::SitePath;
use crate::targets::beside::Beside;

/// The folder in an output that says what tympan wrote there.
const OWN: &str = ".tympan";
/// In it: the release whose files stand there.
const RELEASE: &str = "release.json";

/// An output folder while the next release is made.
///
/// New and changed files wait in a folder beside. Once all are made, the unchanged ones are linked
/// into it, and it takes the place of the old one by renaming, so that a crash leaves the old or
/// the new one; a crash between the two renames is mended by the next run, and so is what a run left
/// that was killed.
pub struct Output {
    out: PathBuf,
    old: PathBuf,
    new: Beside,
    /// The files of the release that stands there.
    ours: BTreeSet<SitePath>,
    kept: Mutex<Vec<SitePath>>,
    written: AtomicUsize,
}

/// What became of the files.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Written {
    /// Files that are new or changed.
    pub written: usize,
    /// Files that were the same already.
    pub unchanged: usize,
    /// Files of the release before that are gone.
    pub removed: usize,
}

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

impl Output {
    /// Gets ready to write to `out`. Nothing in it is touched before [`Output::finish`].
    ///
    /// # Errors
    /// Fails where the folder cannot be written or holds what is not ours.
    pub fn open(out: &Path) -> Result<Self, OutputError> {
        let out = fs::canonicalize(out).unwrap_or_else(|_| out.to_path_buf());
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
        let ours = ours(&out)?;
        let new = Beside::make(parent, &format!(".{name}.tympan-new-")).map_err(fault(parent))?;
        Ok(Self {
            out,
            old,
            new,
            ours,
            kept: Mutex::new(Vec::new()),
            written: AtomicUsize::new(0),
        })
    }

    /// The files of the release that stands there.
    pub fn files(&self) -> impl Iterator<Item = &SitePath> {
        self.ours.iter()
    }

    /// Takes a file of the next release, from any thread.
    ///
    /// # Errors
    /// Fails where the disk does.
    pub fn put(&self, artifact: &Artifact) -> Result<(), OutputError> {
        let path = &artifact.path;
        if self.ours.contains(path) && holds(&path.on_disk(&self.out), &artifact.bytes) {
            let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
            kept.push(path.clone());
            return Ok(());
        }
        self.written.fetch_add(1, Ordering::Relaxed);
        let place = path.on_disk(self.new.path());
        make_room(&place).map_err(fault(&place))?;
        fs::write(&place, &artifact.bytes).map_err(fault(&place))
    }

    /// Replaces the folder by the files that were put. Files that a reader put there themselves
    /// stay. If nothing changed, nothing is written.
    ///
    /// # Errors
    /// Fails, and leaves the folder as it was, where it cannot be written or holds a file of
    /// somebody else where a new one must go.
    pub fn finish(self, release: &Release) -> Result<Written, OutputError> {
        let kept = self
            .kept
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner);
        let gone = self.ours.iter();
        let gone = gone.filter(|path| release.files.get(path).is_none());
        let done = Written {
            written: self.written.into_inner(),
            unchanged: kept.len(),
            removed: gone.count(),
        };
        let (out, new) = (&self.out, self.new.path());
        let json = release.to_json();
        let own = new.join(OWN);
        let own_file = |name: &str| out.join(OWN).join(name);
        let same_files = (done.written, done.removed) == (0, 0) && !kept.is_empty();
        if same_files && holds(&own_file(RELEASE), &json) {
            return Ok(done);
        }
        fs::create_dir_all(&own).map_err(fault(&own))?;
        fs::write(own.join(RELEASE), &json).map_err(fault(&own))?;
        if same_files {
            fs::rename(own.join(RELEASE), own_file(RELEASE)).map_err(fault(out))?;
            return Ok(done);
        }
        // The folder is made by every build; it has no place in the project's history.
        fs::write(new.join(".gitignore"), b"*\n").map_err(fault(new))?;
        let foreign = foreign_files(out, &self.ours, release)?;
        let link = |(from, to): (PathBuf, PathBuf)| {
            make_room(&to).map_err(fault(&to))?;
            fs::hard_link(&from, &to)
                .or_else(|_| fs::copy(&from, &to).map(|_| ()))
                .map_err(fault(&from))
        };
        kept.par_iter()
            .map(|path| (path.on_disk(out), path.on_disk(new)))
            .try_for_each(link)?;
        foreign
            .iter()
            .map(|path| (out.join(path), new.join(path)))
            .try_for_each(link)?;
        make_readable(new);
        if out.exists() {
            fs::rename(out, &self.old).map_err(fault(out))?;
        }
        if let Err(source) = self.new.rename(out) {
            let _ = fs::rename(&self.old, out);
            return Err(OutputError::Write {
                path: self.out,
                source,
            });
        }
        let _ = fs::remove_dir_all(&self.old);
        Ok(done)
    }
}

fn fault(path: &Path) -> impl FnOnce(io::Error) -> OutputError {
    let path = path.to_path_buf();
    move |source| OutputError::Write { path, source }
}

/// A run that was cut between its two renames left the old folder under its other name.
fn recover(out: &Path, old: &Path) -> io::Result<()> {
    match (old.exists(), out.exists()) {
        (false, _) => Ok(()),
        (true, false) => fs::rename(old, out),
        (true, true) => fs::remove_dir_all(old),
    }
}

/// The files in `out` that the release there lists.
fn ours(out: &Path) -> Result<BTreeSet<SitePath>, OutputError> {
    /// The one fact of a release that is needed here, whatever version wrote it.
    #[derive(Deserialize)]
    struct Listed {
        files: Vec<ListedFile>,
    }
    #[derive(Deserialize)]
    struct ListedFile {
        path: SitePath,
    }
    if !out.exists() {
        return Ok(BTreeSet::new());
    }
    if !out.is_dir() {
        return Err(OutputError::NotAFolder(out.to_path_buf()));
    }
    let listed: Option<Listed> = fs::read(out.join(OWN).join(RELEASE))
        .ok()
        .and_then(|json| serde_json::from_slice(&json).ok());
    let empty = || fs::read_dir(out).is_ok_and(|mut entries| entries.next().is_none());
    match listed {
        Some(listed) => Ok(listed.files.into_iter().map(|file| file.path).collect()),
        None if empty() => Ok(BTreeSet::new()),
        None => Err(OutputError::NotOurs(out.to_path_buf())),
    }
}

/// The files in `out` that are not ours.
fn foreign_files(
    out: &Path,
    ours: &BTreeSet<SitePath>,
    next: &Release,
) -> Result<Vec<PathBuf>, OutputError> {
    let mut foreign = Vec::new();
    if !out.exists() {
        return Ok(foreign);
    }
    for entry in walkdir::WalkDir::new(out).sort_by_file_name() {
        let entry = entry.map_err(|error| OutputError::Write {
            path: out.to_path_buf(),
            source: error
                .into_io_error()
                .unwrap_or_else(|| io::Error::other("a folder cannot be listed")),
        })?;
        let path = entry.path().strip_prefix(out).unwrap_or(entry.path());
        if entry.file_type().is_dir() || path.starts_with(OWN) || path == Path::new(".gitignore") {
            continue;
        }
        let known = SitePath::parse(&path.to_string_lossy().replace('\\', "/")).ok();
        if known.as_ref().is_some_and(|path| ours.contains(path)) {
            continue;
        }
        if known.is_some_and(|path| next.files.get(&path).is_some()) {
            return Err(OutputError::InTheWay(entry.path().to_path_buf()));
        }
        foreign.push(path.to_path_buf());
    }
    Ok(foreign)
}

/// Whether a regular file holds exactly these bytes.
fn holds(place: &Path, bytes: &[u8]) -> bool {
    fs::symlink_metadata(place)
        .is_ok_and(|found| found.is_file() && found.len() == bytes.len() as u64)
        && fs::read(place).is_ok_and(|found| found == bytes)
}

/// Makes the folder of a file, which mostly is the only one that is not there yet.
fn make_room(place: &Path) -> io::Result<()> {
    let Some(folder) = place.parent() else {
        return Ok(());
    };
    match fs::create_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(_) => fs::create_dir_all(folder),
        Ok(()) => Ok(()),
    }
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

    fn write(out: &Path, files: &[(&str, &str)]) -> Result<Written, OutputError> {
        let artifact = |(path, text): &(&str, &str)| {
            Artifact::new(
                SitePath::parse(path).unwrap(),
                Role::Page,
                text.as_bytes().to_vec(),
            )
        };
        let artifacts: Vec<Artifact> = files.iter().map(artifact).collect();
        let release = Release {
            base: None,
            format: 1,
            source: ReleaseSource::default(),
            lock: Lock::default(),
            checks: CheckSummary::default(),
            outputs: Vec::new(),
            routes: Vec::new(),
            redirects: Vec::new(),
            files: Manifest::of(&artifacts),
        };
        let output = Output::open(out)?;
        for artifact in &artifacts {
            output.put(artifact)?;
        }
        output.finish(&release)
    }

    #[track_caller]
    fn writes(out: &Path, files: &[(&str, &str)], expected: (usize, usize, usize)) {
        let done = write(out, files).unwrap();
        let found = (done.written, done.unchanged, done.removed);
        assert_eq!(found, expected);
        for (path, text) in files {
            assert_eq!(fs::read_to_string(out.join(path)).unwrap(), *text);
        }
    }

    /// The file and the moment of its last change, as far as the system tells.
    fn state(place: &Path) -> std::time::SystemTime {
        fs::metadata(place).unwrap().modified().unwrap()
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
    fn only_what_changed_is_written() {
        let home = tempfile::tempdir().unwrap();
        let out = home.path().join("dist");
        writes(&out, &[("a/index.html", "1"), ("b.html", "2")], (2, 0, 0));
        let before = state(&out);
        writes(&out, &[("a/index.html", "1"), ("b.html", "2")], (0, 2, 0));
        assert_eq!(state(&out), before);
        writes(&out, &[("a/index.html", "1"), ("b.html", "3")], (1, 1, 0));
        writes(&out, &[("a/index.html", "1")], (0, 1, 1));
        assert_eq!(list(&out), ["a/index.html"]);
        writes(&out, &[("a", "now a file")], (1, 0, 1));
        writes(&out, &[("a/b.html", "a folder again")], (1, 0, 1));
    }

    #[test]
    fn a_file_that_was_changed_by_hand_is_put_right() {
        let home = tempfile::tempdir().unwrap();
        let out = home.path().join("dist");
        writes(&out, &[("a.html", "1"), ("b.html", "2")], (2, 0, 0));
        fs::write(out.join("a.html"), "x").unwrap();
        fs::remove_file(out.join("b.html")).unwrap();
        writes(&out, &[("a.html", "1"), ("b.html", "2")], (2, 0, 0));
    }

    #[test]
    fn a_build_that_fails_leaves_no_trace() {
        let home = tempfile::tempdir().unwrap();
        let out = home.path().join("dist");
        write(&out, &[("a.html", "1")]).unwrap();
        let output = Output::open(&out).unwrap();
        let path = SitePath::parse("a.html").unwrap();
        output.put(&Artifact::new(path, Role::Page, *b"2")).unwrap();
        drop(output);
        assert_eq!(fs::read_to_string(out.join("a.html")).unwrap(), "1");
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 1);
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
