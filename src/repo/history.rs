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
pub(super) fn boundary(root: &Path) -> Result<BTreeSet<String>, RepoError> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repo::fixture::{BEGIN, Fixture, path};

    /// One file's history on a line: minutes of the first and last change, and the authors.
    fn shown(history: &History, name: &str) -> String {
        history.get(&path(name)).map_or("none".to_owned(), |file| {
            let minute = |change: &Change| (change.time - BEGIN) / 60;
            let part = if file.is_whole { "" } else { " (part)" };
            let authors = file.authors.join(", ");
            format!(
                "{}..{} {authors}{part}",
                minute(&file.first),
                minute(&file.last)
            )
        })
    }

    #[track_caller]
    fn case(fixture: &Fixture, name: &str, expected: &str) {
        let history = History::read(fixture.root(), None).unwrap();
        assert_eq!(shown(&history, name), expected);
    }

    #[test]
    fn authors_come_by_first_contribution() {
        let mut fixture = Fixture::with(&[("a b/ü.md", "1"), ("b.md", "1")]);
        for (author, text) in [("Zoe Ö", "2"), ("Ada Example", "3"), ("Bob", "4")] {
            fixture.write("a b/ü.md", text);
            fixture.commit_as(author, "Change");
        }
        case(&fixture, "a b/ü.md", "0..3 Ada Example, Zoe Ö, Bob");
        case(&fixture, "b.md", "0..0 Ada Example");
        case(&fixture, "gone.md", "none");
        let history = History::read(fixture.root(), Some("HEAD~2")).unwrap();
        assert_eq!(shown(&history, "a b/ü.md"), "0..1 Ada Example, Zoe Ö");
        let last = &history.get(&path("a b/ü.md")).unwrap().last;
        assert_eq!(last.commit, fixture.git(&["rev-parse", "HEAD~2"]));
        assert_eq!(last.author, "Zoe Ö");
    }

    #[test]
    fn the_mailmap_of_the_commit_is_honored() {
        let mut fixture = Fixture::with(&[("a.md", "1")]);
        fixture.write("a.md", "2");
        fixture.commit_as("ada", "Change");
        fixture.write(
            ".mailmap",
            "Ada Example <Ada.Example@example> <ada@example>\n",
        );
        case(&fixture, "a.md", "0..1 Ada Example, ada");
        fixture.commit("Map");
        case(&fixture, "a.md", "0..1 Ada Example");
        // Neither an unsaved one nor the user's own may change what one commit says.
        fixture.write(".mailmap", "Eve <Ada.Example@example>\n");
        fixture.write("mine", "Eve <Ada.Example@example>\n");
        let mine = fixture.at("mine");
        fixture.git(&["config", "mailmap.file", mine.to_str().unwrap()]);
        case(&fixture, "a.md", "0..1 Ada Example");
    }

    #[test]
    fn a_folder_of_a_repository_has_its_own_paths() {
        let fixture = Fixture::with(&[("do cs/a.md", "1"), ("a.md", "1"), ("do cs2/b.md", "1")]);
        let history = History::read(&fixture.at("do cs"), None).unwrap();
        assert_eq!(shown(&history, "a.md"), "0..0 Ada Example");
        assert_eq!(history.files.len(), 1);
    }

    #[test]
    fn a_linked_worktree_has_the_same_history() {
        let fixture = Fixture::with(&[("docs/a.md", "1")]);
        fixture.git(&["worktree", "add", "--quiet", "linked"]);
        let linked = fixture.at("linked/docs");
        let history = History::read(&linked, None).unwrap();
        assert_eq!(shown(&history, "a.md"), "0..0 Ada Example");
        assert!(
            !crate::repo::Snapshot::worktree(&linked)
                .unwrap()
                .source()
                .dirty
        );
        // A submodule keeps its repository elsewhere and names its worktree there.
        fixture.git(&["init", "--quiet", "--separate-git-dir=kept.git", "."]);
        let place = fixture.root().to_str().unwrap();
        fixture.git(&["config", "core.worktree", place]);
        case(&fixture, "docs/a.md", "0..0 Ada Example");
    }

    #[test]
    fn a_file_made_anew_begins_anew() {
        let mut fixture = Fixture::with(&[("a.md", "1")]);
        std::fs::remove_file(fixture.at("a.md")).unwrap();
        fixture.commit_as("Bob", "Delete");
        case(&fixture, "a.md", "0..0 Ada Example");
        fixture.write("a.md", "2");
        fixture.commit_as("Zoe", "Write again");
        case(&fixture, "a.md", "2..2 Zoe");
    }

    #[test]
    fn work_on_a_branch_counts_as_its_own() {
        let mut fixture = Fixture::with(&[("docs/a.md", "1"), ("docs/b.md", "1")]);
        fixture.git(&["checkout", "--quiet", "-b", "topic"]);
        fixture.write("docs/a.md", "2");
        fixture.commit_as("Bob", "Change on a branch");
        fixture.git(&["checkout", "--quiet", "main"]);
        fixture.write("docs/b.md", "2");
        fixture.commit_as("Zoe", "Change on main");
        let merge = [
            "-c",
            "user.name=Mia",
            "-c",
            "user.email=mia@example",
            "merge",
            "--no-ff",
        ];
        fixture.dated(&[&merge[..], &["-m", "Merge", "topic"]].concat());
        case(&fixture, "docs/a.md", "0..1 Ada Example, Bob");
        case(&fixture, "docs/b.md", "0..2 Ada Example, Zoe");
        // What is written while merging is the merging author's.
        fixture.git(&["checkout", "--quiet", "-b", "other"]);
        fixture.write("docs/a.md", "3");
        fixture.commit_as("Bob", "Change");
        fixture.git(&["checkout", "--quiet", "main"]);
        fixture.dated(&[&merge[..], &["--no-commit", "other"]].concat());
        fixture.write("docs/a.md", "4");
        fixture.commit_as("Mia", "Merge and change");
        let history = History::read(&fixture.at("docs"), None).unwrap();
        assert_eq!(shown(&history, "a.md"), "0..6 Ada Example, Bob, Mia");
    }

    #[test]
    fn a_shallow_clone_tells_nothing_false() {
        let mut fixture = Fixture::with(&[("old.md", "1"), ("changed.md", "1")]);
        fixture.commit_as("Bob", "Nothing");
        fixture.write("changed.md", "2");
        fixture.write("new.md", "1");
        fixture.commit_as("Zoe", "Change");
        let clones = Fixture::folder();
        let place = fixture.root().to_str().unwrap().replace('\\', "/");
        let address = format!("file:///{}", place.trim_start_matches('/'));
        for (depth, changed, new) in [("1", "none", "none"), ("2", "2..2 Zoe (part)", "2..2 Zoe")] {
            clones.git(&["clone", "--quiet", "--depth", depth, &address, depth]);
            let history = History::read(&clones.at(depth), None).unwrap();
            assert!(history.is_shallow());
            assert_eq!(shown(&history, "old.md"), "none");
            assert_eq!(shown(&history, "changed.md"), changed);
            assert_eq!(shown(&history, "new.md"), new);
            let snapshot = crate::repo::Snapshot::worktree(&clones.at(depth)).unwrap();
            assert!(snapshot.source().shallow && !snapshot.source().dirty);
        }
        assert!(!History::read(fixture.root(), None).unwrap().is_shallow());
    }

    #[test]
    fn without_commits_there_is_no_history() {
        for fixture in [Fixture::folder(), Fixture::empty()] {
            assert!(
                History::read(fixture.root(), None)
                    .unwrap()
                    .files
                    .is_empty()
            );
        }
        let fixture = Fixture::empty();
        let error = History::read(fixture.root(), Some("v9")).unwrap_err();
        assert!(
            matches!(error, RepoError::UnknownRevision { .. }),
            "{error}"
        );
    }

    #[test]
    fn a_hostile_author_is_only_a_name() {
        let mut fixture = Fixture::with(&[("a.md", "1")]);
        fixture.write("a.md", "2");
        fixture.commit_as(":0123 9 M\u{1}", "Change");
        let history = History::read(fixture.root(), None).unwrap();
        let authors = &history.get(&path("a.md")).unwrap().authors;
        assert_eq!(authors.len(), 2);
    }
}
