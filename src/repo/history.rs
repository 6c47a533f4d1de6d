//! When each file came, when it last changed, and who wrote it: one pass over `git log`.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fs;
use std::path::Path;

use crate::repo::error::RepoError;
use crate::repo::git::{self, Repository};
use crate::site_path::SitePath;

/// The history of every file below a project's root, up to one commit.
///
/// Every commit that the commit descends from counts, on whatever branch it was made; a merge
/// counts where its author changed a file while merging. A file that was deleted and made anew
/// begins anew. Renames are not followed: a file begins under the name it has.
///
/// In a shallow clone the oldest commits known are not taken for the beginning of what is in them.
/// A file that has not changed since has no entry.
#[derive(Debug, Default)]
pub struct History {
    files: BTreeMap<SitePath, FileHistory>,
    is_shallow: bool,
}

/// The history of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileHistory {
    /// Its first known change.
    pub first: Change,
    /// Its last change.
    pub last: Change,
    /// Everybody who changed it, by first contribution, with the names of the commit's `.mailmap`.
    pub authors: Vec<String>,
    /// Whether `first` and `authors` reach back to the file's beginning. In a shallow clone they
    /// may not, and then only `last` is to be told to a reader.
    pub is_whole: bool,
}

/// One commit that changed a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The full name of the commit.
    pub commit: String,
    /// The committer's time, in Unix seconds.
    pub time: i64,
    /// The author's name.
    pub author: String,
}

impl History {
    /// Reads the history up to `commit`, or up to HEAD. It is empty in a folder without Git and
    /// before the first commit.
    ///
    /// # Errors
    /// Fails where there is no such commit, or Git cannot read the repository.
    pub fn read(root: &Path, commit: Option<&str>) -> Result<Self, RepoError> {
        let Some(repository) = git::locate(root)? else {
            return Ok(Self::default());
        };
        let found = git::find_commit(root, commit.unwrap_or("HEAD"))?;
        let Some(found) = found else {
            return match commit {
                None => Ok(Self::default()),
                Some(rev) => Err(RepoError::UnknownRevision {
                    rev: rev.to_owned(),
                    root: root.to_path_buf(),
                }),
            };
        };
        let boundary = if repository.is_shallow {
            boundary(root)?
        } else {
            BTreeSet::new()
        };
        let log = log(root, &repository, &found)?;
        Ok(Self {
            files: read_log(&log, &repository.prefix, &boundary),
            is_shallow: repository.is_shallow,
        })
    }

    /// The history of one file.
    pub fn get(&self, path: &SitePath) -> Option<&FileHistory> {
        self.files.get(path)
    }

    /// Whether the repository holds only the last part of its history.
    pub fn is_shallow(&self) -> bool {
        self.is_shallow
    }
}

/// The commits whose parents a shallow clone lacks.
fn boundary(root: &Path) -> Result<BTreeSet<String>, RepoError> {
    let args = [
        "rev-parse",
        "--path-format=absolute",
        "--git-path",
        "shallow",
    ];
    let place = git::run(root, args)?;
    let place = git::path_of(place.trim_ascii_end());
    let text = fs::read_to_string(&place).map_err(|error| RepoError::Git {
        command: "log".to_owned(),
        root: root.to_path_buf(),
        message: format!("cannot read `{}`: {error}", place.display()),
    })?;
    Ok(text.lines().map(|line| line.trim().to_owned()).collect())
}

fn log(root: &Path, repository: &Repository, commit: &str) -> Result<Vec<u8>, RepoError> {
    let folder = git::run(root, ["rev-parse", "--absolute-git-dir"])?;
    let folder = git::path_of(folder.trim_ascii_end());
    // Git is run inside its own folder and told which `.mailmap` to read: the commit's, and not
    // the one that happens to lie in the worktree or that the user keeps. One commit, one answer.
    let mut command = git::command(&folder);
    let mut git_folder = OsString::from("--git-dir=");
    git_folder.push(&folder);
    command
        .arg(git_folder)
        .arg("-c")
        .arg(format!("mailmap.blob={commit}:.mailmap"))
        .args(["-c", "mailmap.file=", "-c", "log.showRoot=true"])
        .args([
            "log",
            "-z",
            "--format=:%H %ct %aN",
            "--encoding=UTF-8",
            "--name-status",
            // Merges show what differs from all their parents: what was written while merging.
            "-c",
            "--no-renames",
            "--no-relative",
            "--no-show-signature",
            "--no-ext-diff",
            "--no-textconv",
            "--ignore-submodules=none",
            "-O/dev/null",
            // Parents before children even where a clock was wrong.
            "--date-order",
            "--reverse",
            "--full-history",
            commit,
            "--",
        ]);
    if !repository.prefix.is_empty() {
        let mut below = OsString::from(":(top,literal)");
        below.push(git::path_of(&repository.prefix));
        command.arg(below);
    }
    git::succeed(root, &mut command)
}

/// Reads commits from the oldest to the newest: `:commit time author`, then pairs of a status and
/// a path, everything ended by NUL.
fn read_log(
    log: &[u8],
    prefix: &[u8],
    boundary: &BTreeSet<String>,
) -> BTreeMap<SitePath, FileHistory> {
    let mut files: BTreeMap<SitePath, FileHistory> = BTreeMap::new();
    let mut deleted: BTreeSet<SitePath> = BTreeSet::new();
    let mut inherited: BTreeSet<SitePath> = BTreeSet::new();
    let mut change = None;
    let mut is_boundary = false;
    let mut fields = log.split(|byte| *byte == 0);
    while let Some(field) = fields.next() {
        let field = field.strip_prefix(b"\n").unwrap_or(field);
        if let Some(commit) = field.strip_prefix(b":") {
            change = read_change(commit);
            is_boundary = change
                .as_ref()
                .is_some_and(|change| boundary.contains(&change.commit));
            continue;
        }
        if field.is_empty() {
            continue;
        }
        let path = fields
            .next()
            .and_then(|path| path.strip_prefix(prefix))
            .and_then(|path| std::str::from_utf8(path).ok())
            .and_then(|path| SitePath::parse(path).ok());
        let (Some(path), Some(change)) = (path, &change) else {
            continue;
        };
        if is_boundary {
            inherited.insert(path);
        } else if field.iter().all(|status| *status == b'D') {
            deleted.insert(path);
        } else {
            let is_new = field.iter().all(|status| *status == b'A');
            if deleted.remove(&path) && is_new {
                files.remove(&path);
                inherited.remove(&path);
            }
            let is_whole = !inherited.contains(&path);
            let file = files.entry(path).or_insert_with(|| FileHistory {
                first: change.clone(),
                last: change.clone(),
                authors: Vec::new(),
                is_whole,
            });
            file.last.clone_from(change);
            file.is_whole &= is_whole;
            if !file.authors.contains(&change.author) {
                file.authors.push(change.author.clone());
            }
        }
    }
    files
}

fn read_change(line: &[u8]) -> Option<Change> {
    let line = String::from_utf8_lossy(line);
    let mut parts = line.splitn(3, ' ');
    Some(Change {
        commit: parts.next()?.to_owned(),
        time: parts.next()?.parse().ok()?,
        author: parts.next()?.to_owned(),
    })
}
