//! One more commit of a branch that changes one file, made of Git's own objects: no other file of
//! the worktree and no other entry of the index is touched, and nobody's commit is overwritten.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::repo::error::RepoError;
use crate::repo::git::{self, Repository};
use crate::repo::init::named;
use crate::repo::status::without_local_filters;
use crate::site_path::SitePath;

/// How often one looks whether another Git has ended.
const LOOKS: usize = 10;
/// The time between two looks.
const LOOK: Duration = Duration::from_millis(100);

/// A branch that is about to get a commit. Among the runs on this machine only one holds it at a
/// time.
pub struct Branch {
    pub(super) root: PathBuf,
    pub(super) name: String,
    repository: Repository,
    // Held until this is dropped.
    _lock: File,
}

/// What a commit changes.
#[derive(Debug, Clone, Copy)]
pub struct Edit<'a> {
    /// The file, below the project's root.
    pub path: &'a SitePath,
    /// What it holds then.
    pub text: &'a str,
    /// The whole message.
    pub message: &'a str,
    /// By whose word, where Git itself does not know.
    pub who: &'a str,
}

/// Whether a branch got its commit.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum Advanced {
    /// It did.
    Done,
    /// It did, and the file in the worktree is still the older one, for this reason.
    Behind(String),
    /// Somebody else's commit came first; nothing was changed.
    Overtaken,
}

/// The name of the branch that is checked out at `root`; none where a commit is.
///
/// # Errors
/// Fails where Git does.
pub fn branch_of_head(root: &Path) -> Result<Option<String>, RepoError> {
    let output = git::output(root, ["symbolic-ref", "--quiet", "HEAD"])?;
    let name = String::from_utf8_lossy(&output.stdout);
    Ok(name.trim().strip_prefix("refs/heads/").map(str::to_owned))
}

/// A file of the project at a commit; nothing if it is not there.
///
/// # Errors
/// Fails where there is no such commit, or Git cannot read it.
pub fn file_at(root: &Path, commit: &str, path: &SitePath) -> Result<Option<Vec<u8>>, RepoError> {
    let listed = git::run(root, ["ls-tree", "-z", commit, "--", path.as_str()])?;
    let listed = String::from_utf8_lossy(&listed);
    match blob(&listed) {
        Some((_, object)) => git::run(root, ["cat-file", "blob", &object]).map(Some),
        None => Ok(None),
    }
}

impl Branch {
    /// Waits for the branch `name` of the repository around `root`.
    ///
    /// # Errors
    /// Fails where there is no repository, or its folder cannot be written to.
    pub fn open(root: &Path, name: &str) -> Result<Self, RepoError> {
        let repository = git::locate(root)?.ok_or_else(|| RepoError::NoRepository {
            root: root.to_path_buf(),
        })?;
        let folder = git::run(
            root,
            ["rev-parse", "--path-format=absolute", "--git-common-dir"],
        )?;
        let folder = git::path_of(folder.trim_ascii_end());
        let lock = lock(&folder.join("tympan.lock")).map_err(|source| RepoError::Start {
            command: "commit".to_owned(),
            root: root.to_path_buf(),
            source,
        })?;
        Ok(Self {
            root: root.to_path_buf(),
            name: name.to_owned(),
            repository,
            _lock: lock,
        })
    }

    /// Its newest commit here; none if there is no such branch.
    ///
    /// # Errors
    /// Fails where Git does.
    pub fn tip(&self) -> Result<Option<String>, RepoError> {
        git::find_commit(&self.root, &self.reference())
    }

    /// A file at a commit; nothing if it is not there.
    ///
    /// # Errors
    /// Fails where Git does.
    pub fn read(&self, commit: &str, path: &SitePath) -> Result<Option<Vec<u8>>, RepoError> {
        file_at(&self.root, commit, path)
    }

    /// Whether a file differs from the newest commit, in the worktree or the index, where the branch
    /// is checked out.
    ///
    /// # Errors
    /// Fails where Git does.
    pub fn is_edited(&self, path: &SitePath) -> Result<bool, RepoError> {
        match self.worktree()? {
            Some(worktree) => Ok(!status(&worktree, &self.place(path))?.is_empty()),
            None => Ok(false),
        }
    }

    /// Waits a little until no other Git is at work where the branch is checked out.
    ///
    /// # Errors
    /// Fails where one still is.
    pub fn wait_for_index(&self) -> Result<(), RepoError> {
        let Some(worktree) = self.worktree()? else {
            return Ok(());
        };
        let args = [
            "rev-parse",
            "--path-format=absolute",
            "--git-path",
            "index.lock",
        ];
        let lock = git::path_of(git::run(&worktree, args)?.trim_ascii_end());
        for _ in 0..LOOKS {
            if !lock.exists() {
                return Ok(());
            }
            std::thread::sleep(LOOK);
        }
        Err(RepoError::Locked { lock })
    }

    /// Brings a file along where an earlier decision moved the branch and was cut off before it did:
    /// where the index and the worktree hold exactly what was there before that commit.
    ///
    /// # Errors
    /// Fails where Git does.
    pub fn catch_up(&self, path: &SitePath) -> Result<(), RepoError> {
        let (Some(worktree), Some(tip)) = (self.worktree()?, self.tip()?) else {
            return Ok(());
        };
        let place = self.place(path);
        if status(&worktree, &place)? != format!("M  {place}\0").as_bytes() {
            return Ok(());
        }
        let args = ["log", "-1", "--format=%H%n%B", &tip, "--", &literal(&place)];
        let last = text(&git::run(&worktree, args)?);
        let Some((commit, message)) = last.split_once('\n') else {
            return Ok(());
        };
        let is_ours = message
            .lines()
            .any(|line| line.starts_with("Tympan-Environment: "));
        let Some(before) = git::find_commit(&self.root, &format!("{commit}^"))? else {
            return Ok(());
        };
        let staged = git::run(&worktree, ["ls-files", "-s", "-z", "--", &literal(&place)])?;
        let staged = String::from_utf8_lossy(&staged);
        let old = self.entry(&before, path)?;
        if is_ours && old.is_some_and(|(_, object)| staged.split(' ').nth(1) == Some(&object)) {
            self.bring_along(&tip, path)?;
        }
        Ok(())
    }

    /// Makes a commit behind `parent` that changes one file. Nobody sees it yet.
    ///
    /// # Errors
    /// Fails where Git does.
    pub fn commit(&self, parent: &str, edit: Edit<'_>) -> Result<String, RepoError> {
        let root = &self.root;
        let object = feed(
            root,
            git::command(root).args(["hash-object", "-w", "--stdin"]),
            edit.text,
        )?;
        let mode = self
            .entry(parent, edit.path)?
            .map_or_else(|| "100644".to_owned(), |(mode, _)| mode);
        let folder = tempfile::tempdir().map_err(|source| RepoError::Start {
            command: "read-tree".to_owned(),
            root: root.clone(),
            source,
        })?;
        let index = folder.path().join("index");
        let of_index = |args: &[&str]| {
            let mut command = git::command(root);
            command.env("GIT_INDEX_FILE", &index).args(args);
            git::succeed(root, &mut command)
        };
        of_index(&["read-tree", parent])?;
        let entry = format!("{mode},{object},{}", self.place(edit.path));
        of_index(&["update-index", "--add", "--cacheinfo", &entry])?;
        let tree = text(&of_index(&["write-tree"])?);
        let mut command = git::command(root);
        named(root, &mut command, edit.who)?;
        command.args(["commit-tree", "-p", parent, "-F", "-"]);
        // `git commit` would sign it; `git commit-tree` does so only when told.
        let signs = git::output(root, ["config", "--type=bool", "commit.gpgsign"])?;
        if signs.stdout.trim_ascii() == b"true" {
            command.arg("-S");
        }
        command.arg(&tree);
        feed(root, &mut command, edit.message)
    }

    /// Makes `commit` the newest of the branch, if `parent` still is, and brings the one file in the
    /// worktree and the index along where the branch is checked out.
    ///
    /// # Errors
    /// Fails where Git does; nothing was changed then.
    pub fn advance(
        &self,
        parent: &str,
        commit: &str,
        path: &SitePath,
    ) -> Result<Advanced, RepoError> {
        self.wait_for_index()?;
        let mut command = git::command(&self.root);
        command.args([
            "update-ref",
            "-m",
            "tympan",
            &self.reference(),
            commit,
            parent,
        ]);
        let output = git::finish(&self.root, &mut command)?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            // Another Git has moved the branch, holds it, or has deleted it.
            let signs = ["but expected", "File exists", "unable to resolve reference"];
            return match signs.iter().any(|sign| said.contains(sign)) {
                true => Ok(Advanced::Overtaken),
                false => Err(git::failure(&self.root, "update-ref", &output)),
            };
        }
        Ok(match self.bring_along(commit, path) {
            Ok(()) => Advanced::Done,
            Err(error) => Advanced::Behind(error.to_string()),
        })
    }

    /// Makes the index and the worktree hold the file as a commit has it, where the branch is checked
    /// out.
    fn bring_along(&self, commit: &str, path: &SitePath) -> Result<(), RepoError> {
        let (Some(worktree), Some((mode, object))) = (self.worktree()?, self.entry(commit, path)?)
        else {
            return Ok(());
        };
        let place = self.place(path);
        let entry = format!("{mode},{object},{place}");
        git::run(&worktree, ["update-index", "--add", "--cacheinfo", &entry])?;
        let mut command = git::command(&worktree);
        without_local_filters(&worktree, &mut command)?;
        command.args(["checkout-index", "--force", "-u", "--", &place]);
        git::succeed(&worktree, &mut command).map(drop)
    }

    /// The full name of the branch.
    pub(super) fn reference(&self) -> String {
        format!("refs/heads/{}", self.name)
    }

    /// A path as Git names it from the top of the repository.
    fn place(&self, path: &SitePath) -> String {
        format!("{}{path}", String::from_utf8_lossy(&self.repository.prefix))
    }

    /// The mode and the object of a file at a commit.
    fn entry(&self, commit: &str, path: &SitePath) -> Result<Option<(String, String)>, RepoError> {
        let place = self.place(path);
        let listed = git::run(
            &self.root,
            ["ls-tree", "-z", "--full-tree", commit, "--", &place],
        )?;
        Ok(blob(&String::from_utf8_lossy(&listed)))
    }

    /// The top of the worktree in which the branch is checked out, here or in a linked one.
    fn worktree(&self) -> Result<Option<PathBuf>, RepoError> {
        let reference = self.reference();
        let format = "--format=%(refname) %(worktreepath)";
        let listed = git::run(&self.root, ["for-each-ref", format, &reference])?;
        let mut lines = listed.split(|byte| *byte == b'\n');
        let found =
            lines.find_map(|line| line.strip_prefix(reference.as_bytes())?.strip_prefix(b" "));
        // A bare repository has none, and one that was removed is still listed.
        Ok(found
            .filter(|path| !path.is_empty())
            .map(git::path_of)
            .filter(|path| path.join(".git").exists()))
    }
}

/// How a file of a worktree differs from its newest commit, as Git tells it.
fn status(worktree: &Path, place: &str) -> Result<Vec<u8>, RepoError> {
    let mut command = git::command(worktree);
    without_local_filters(worktree, &mut command)?;
    command.args(["status", "--porcelain=v1", "-z", "--untracked-files=all"]);
    command.arg("--").arg(literal(place));
    git::succeed(worktree, &mut command)
}

/// The mode and the object of a file as `git ls-tree` lists it.
fn blob(listed: &str) -> Option<(String, String)> {
    let mut facts = listed.split('\t').next()?.split(' ');
    let (mode, kind, object) = (facts.next()?, facts.next()?, facts.next()?);
    (kind == "blob").then(|| (mode.to_owned(), object.to_owned()))
}

fn lock(path: &Path) -> std::io::Result<File> {
    let file = File::options().create(true).append(true).open(path)?;
    file.lock()?;
    Ok(file)
}

fn feed(root: &Path, command: &mut Command, input: &str) -> Result<String, RepoError> {
    git::feed(root, command, input.as_bytes()).map(|printed| text(&printed))
}

fn literal(place: &str) -> String {
    format!(":(literal){place}")
}

fn text(printed: &[u8]) -> String {
    String::from_utf8_lossy(printed).trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repo::fixture::{Fixture, path};

    const FILE: &str = "environments/prod.toml";

    fn edit<'a>(path: &'a SitePath, text: &'a str) -> Edit<'a> {
        Edit {
            path,
            text,
            message: "Promote\n\nTympan-Environment: prod\n",
            who: "ada",
        }
    }

    #[test]
    fn one_file_is_committed_and_nothing_else_is_touched() {
        let fixture = Fixture::with(&[(FILE, "old\n"), ("a.md", "a"), ("b.md", "b")]);
        fixture.write("a.md", "edited");
        fixture.write("b.md", "staged");
        fixture.git(&["add", "b.md"]);
        fixture.write("new.md", "new");
        let path = path(FILE);
        let branch = Branch::open(fixture.root(), "main").unwrap();
        let parent = branch.tip().unwrap().unwrap();
        assert!(!branch.is_edited(&path).unwrap());
        let commit = branch.commit(&parent, edit(&path, "new\n")).unwrap();
        assert_eq!(branch.tip().unwrap().as_ref(), Some(&parent));
        let done = branch.advance(&parent, &commit, &path).unwrap();
        assert_eq!(done, Advanced::Done);
        let status = fixture.git(&["status", "--porcelain"]);
        assert_eq!(status, "M a.md\nM  b.md\n?? new.md");
        assert_eq!(
            fixture.git(&["diff", "--name-only", "HEAD~1", "HEAD"]),
            FILE
        );
        assert_eq!(std::fs::read_to_string(fixture.at(FILE)).unwrap(), "new\n");
        assert_eq!(branch.read(&commit, &path).unwrap().unwrap(), b"new\n");
        assert_eq!(branch.read(&parent, &path).unwrap().unwrap(), b"old\n");
        // Whoever is late changes nothing.
        let late = branch.commit(&parent, edit(&path, "late\n")).unwrap();
        assert_eq!(
            branch.advance(&parent, &late, &path).unwrap(),
            Advanced::Overtaken
        );
        assert_eq!(branch.tip().unwrap(), Some(commit));
        fixture.write(FILE, "by hand\n");
        assert!(branch.is_edited(&path).unwrap());
    }

    #[test]
    fn a_commit_is_signed_where_git_is_told_to_sign() {
        let fixture = Fixture::with(&[(FILE, "old\n")]);
        let path = path(FILE);
        let branch = Branch::open(fixture.root(), "main").unwrap();
        let parent = branch.tip().unwrap().unwrap();
        fixture.git(&["config", "commit.gpgsign", "yes"]);
        fixture.git(&["config", "gpg.program", "there-is-no-such-program"]);
        let unsigned = branch.commit(&parent, edit(&path, "new\n"));
        assert!(unsigned.is_err(), "{unsigned:?}");
    }

    #[test]
    fn a_branch_that_is_not_checked_out_moves_alone() {
        let fixture = Fixture::with(&[("docs/a.md", "a")]);
        fixture.git(&["branch", "other"]);
        let root = fixture.at("docs");
        let path = path(FILE);
        let branch = Branch::open(&root, "other").unwrap();
        let parent = branch.tip().unwrap().unwrap();
        let commit = branch.commit(&parent, edit(&path, "new\n")).unwrap();
        let done = branch.advance(&parent, &commit, &path).unwrap();
        assert_eq!(done, Advanced::Done);
        assert_eq!(fixture.git(&["status", "--porcelain"]), "");
        assert_eq!(branch.read(&commit, &path).unwrap().unwrap(), b"new\n");
        assert_eq!(
            fixture.git(&["show", "--name-only", "--format=", "other"]),
            format!("docs/{FILE}")
        );
        assert!(!branch.is_edited(&path).unwrap());
    }

    #[test]
    fn a_linked_worktree_is_brought_along() {
        let fixture = Fixture::with(&[(FILE, "old\n")]);
        fixture.git(&["worktree", "add", "-q", "-b", "other", "linked"]);
        let path = path(FILE);
        let branch = Branch::open(fixture.root(), "other").unwrap();
        let parent = branch.tip().unwrap().unwrap();
        let commit = branch.commit(&parent, edit(&path, "new\n")).unwrap();
        let done = branch.advance(&parent, &commit, &path).unwrap();
        assert_eq!(done, Advanced::Done);
        let linked = fixture.at("linked");
        assert_eq!(std::fs::read_to_string(linked.join(FILE)).unwrap(), "new\n");
        let at = linked.to_str().unwrap();
        assert_eq!(fixture.git(&["-C", at, "status", "--porcelain"]), "");
        assert_eq!(std::fs::read_to_string(fixture.at(FILE)).unwrap(), "old\n");
        std::fs::write(linked.join(FILE), "by hand\n").unwrap();
        assert!(branch.is_edited(&path).unwrap());
    }

    #[test]
    fn nothing_moves_while_another_git_is_at_work_and_what_was_cut_off_is_made_up() {
        let fixture = Fixture::with(&[(FILE, "old\n")]);
        let path = path(FILE);
        let branch = Branch::open(fixture.root(), "main").unwrap();
        let parent = branch.tip().unwrap().unwrap();
        let commit = branch.commit(&parent, edit(&path, "new\n")).unwrap();
        fixture.write(".git/index.lock", "");
        let error = branch.advance(&parent, &commit, &path).unwrap_err();
        assert!(error.to_string().contains("index.lock"), "{error}");
        assert_eq!(branch.tip().unwrap().as_ref(), Some(&parent));
        std::fs::remove_file(fixture.at(".git/index.lock")).unwrap();
        // The branch moved, and nothing else did.
        fixture.git(&["update-ref", "refs/heads/main", &commit]);
        assert!(branch.is_edited(&path).unwrap());
        branch.catch_up(&path).unwrap();
        assert!(!branch.is_edited(&path).unwrap());
        assert_eq!(std::fs::read_to_string(fixture.at(FILE)).unwrap(), "new\n");
        // What somebody staged himself stays.
        fixture.write(FILE, "by hand\n");
        fixture.git(&["add", FILE]);
        branch.catch_up(&path).unwrap();
        assert!(branch.is_edited(&path).unwrap());
    }

    #[test]
    fn a_detached_head_has_no_branch() {
        let fixture = Fixture::with(&[("a.md", "a")]);
        assert_eq!(
            branch_of_head(fixture.root()).unwrap().as_deref(),
            Some("main")
        );
        fixture.git(&["checkout", "--quiet", "--detach"]);
        assert_eq!(branch_of_head(fixture.root()).unwrap(), None);
        let branch = Branch::open(fixture.root(), "gone").unwrap();
        assert_eq!(branch.tip().unwrap(), None);
    }
}
