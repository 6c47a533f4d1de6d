//! A snapshot: the files of one commit or of the worktree, below the project's root.
//!
//! It is all that the rest of the house sees of a disk or a repository. It never follows a link
//! out of the root and never reads what is not a regular file.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::diagnostic::Diagnostic;
use crate::repo::bundle::Files;
use crate::repo::error::RepoError;
use crate::repo::git;
use crate::repo::objects::Objects;
use crate::repo::origin::Origin;
use crate::repo::root::Root;
use crate::repo::worktree;
use crate::site_path::SitePath;

/// The files of one commit or of the worktree, below the project's root.
///
/// A revision and a clean worktree of the same commit list the same files. They hold the same
/// bytes too, unless Git was told to convert them on checkout (line ends, Git LFS).
#[derive(Debug)]
pub struct Snapshot {
    root: PathBuf,
    files: Vec<SnapshotFile>,
    source: Source,
    diagnostics: Vec<Diagnostic>,
    origin: Arc<Origin>,
}

/// One file of a snapshot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotFile {
    /// Where it is.
    pub path: SitePath,
    /// Its length in bytes when the snapshot was taken.
    pub size: u64,
    /// The file that a symbolic link leads to.
    pub(crate) link: Option<SitePath>,
    /// The Git object, in a revision.
    pub(crate) object: Option<Box<str>>,
}

/// Where a snapshot comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The commit; for a worktree the one it stands on. None without Git or before the first commit.
    pub commit: Option<String>,
    /// The Git tree of the root's folder at that commit, if it has one there.
    pub tree: Option<String>,
    /// The committer's time of that commit, in Unix seconds.
    pub time: Option<i64>,
    /// Whether the files may differ from that commit. Always so where there is no commit.
    pub dirty: bool,
    /// Whether the repository holds only the last part of its history.
    pub shallow: bool,
}

impl Snapshot {
    /// Takes the files of the worktree at `root`: a Git worktree, a folder inside one, or a folder
    /// without Git. What Git ignores is left out, and so are hidden files where there is no Git.
    ///
    /// # Errors
    /// Fails where the root cannot be listed.
    pub fn worktree(root: &Path) -> Result<Self, RepoError> {
        let repository = git::locate(root)?;
        let canonical = root.canonicalize().map_err(|_| RepoError::NoRoot {
            root: root.to_path_buf(),
        })?;
        let (listing, source) = worktree::list(root, repository)?;
        let (files, diagnostics) = listing.finish();
        Ok(Self {
            root: root.to_path_buf(),
            files,
            source,
            diagnostics,
            origin: Arc::new(Origin::Worktree(Root::open(canonical))),
        })
    }

    /// Takes the files of any revision from Git's objects; below `root`, if that is a folder inside
    /// the repository.
    ///
    /// # Errors
    /// Fails where there is no repository, no such commit, or no such folder in it.
    pub fn revision(root: &Path, rev: &str) -> Result<Self, RepoError> {
        let repository = git::locate(root)?.ok_or_else(|| RepoError::NoRepository {
            root: root.to_path_buf(),
        })?;
        let commit = git::find_commit(root, rev)?.ok_or_else(|| RepoError::UnknownRevision {
            rev: rev.to_owned(),
            root: root.to_path_buf(),
        })?;
        let (tree, time) = git::commit_facts(root, &repository, &commit)?;
        let Some(tree) = tree else {
            return Err(RepoError::NoFolder {
                rev: rev.to_owned(),
                root: root.to_path_buf(),
            });
        };
        let source = Source {
            commit: Some(commit),
            tree: Some(tree.clone()),
            time,
            dirty: false,
            shallow: repository.is_shallow,
        };
        Self::of_tree(root, &tree, source)
    }

    /// Takes the files of a tree.
    pub(super) fn of_tree(root: &Path, tree: &str, source: Source) -> Result<Self, RepoError> {
        let objects = Objects::new(root);
        let (files, diagnostics) = objects.list(tree)?.finish();
        Ok(Self {
            root: root.to_path_buf(),
            files,
            source,
            diagnostics,
            origin: Arc::new(Origin::Objects(objects)),
        })
    }

    /// Takes files that are held in memory, below a folder.
    pub fn held(files: &Files, folder: &SitePath) -> Self {
        let files: Files = files
            .iter()
            .map(|(path, bytes)| (folder.join(path), bytes.clone()))
            .collect();
        let listed = files.iter().map(|(path, bytes)| SnapshotFile {
            path: path.clone(),
            size: bytes.len() as u64,
            link: None,
            object: None,
        });
        Self {
            root: PathBuf::new(),
            files: listed.collect(),
            source: Source {
                commit: None,
                tree: None,
                time: None,
                dirty: false,
                shallow: false,
            },
            diagnostics: Vec::new(),
            origin: Arc::new(Origin::Held(files)),
        }
    }

    /// The same snapshot with files as they are held in memory, such as those that an editor has not
    /// saved. It counts as dirty.
    #[must_use]
    pub fn with(&self, held: &Files) -> Self {
        let apart = |file: &&SnapshotFile| !held.contains_key(&file.path);
        let mut files: Vec<SnapshotFile> = self.files.iter().filter(apart).cloned().collect();
        files.extend(held.iter().map(|(path, bytes)| SnapshotFile {
            path: path.clone(),
            size: bytes.len() as u64,
            link: None,
            object: None,
        }));
        files.sort_by(|a, b| a.path.cmp(&b.path));
        Self {
            root: self.root.clone(),
            files,
            source: Source {
                dirty: true,
                ..self.source.clone()
            },
            diagnostics: self.diagnostics.clone(),
            origin: Arc::new(Origin::Over(held.clone(), Arc::clone(&self.origin))),
        }
    }

    /// The same snapshot with some of its files only.
    #[must_use]
    pub fn only(&self, keep: impl Fn(&SnapshotFile) -> bool) -> Self {
        let files = self.files.iter().filter(|file| keep(file));
        Self {
            root: self.root.clone(),
            files: files.cloned().collect(),
            source: self.source.clone(),
            diagnostics: Vec::new(),
            origin: Arc::clone(&self.origin),
        }
    }

    /// Whether a file stands at `path`, or below it.
    pub fn holds(&self, path: &SitePath) -> bool {
        self.get(path).is_some() || self.files.iter().any(|file| file.path.is_within(path))
    }

    /// Whether another file is a link to this one, or it is itself a link.
    pub fn is_linked(&self, path: &SitePath) -> bool {
        let mut files = self.files.iter();
        files.any(|file| {
            file.link.is_some() && (file.path == *path || file.link.as_ref() == Some(path))
        })
    }

    /// The root's folder below that of its repository, with a slash at its end; nothing where the two
    /// are one, or there is no repository.
    ///
    /// # Errors
    /// Fails where Git does.
    pub fn prefix(&self) -> Result<String, RepoError> {
        let repository = git::locate(&self.root)?;
        let prefix = repository.map_or(Vec::new(), |found| found.prefix);
        Ok(String::from_utf8_lossy(&prefix).into_owned())
    }

    /// Whether the files may change, being those of a worktree.
    pub fn is_worktree(&self) -> bool {
        matches!(*self.origin, Origin::Worktree(_))
    }

    /// The files, sorted by path.
    pub fn files(&self) -> &[SnapshotFile] {
        &self.files
    }

    /// The file at `path`.
    pub fn get(&self, path: &SitePath) -> Option<&SnapshotFile> {
        let at = self
            .files
            .binary_search_by(|file| file.path.cmp(path))
            .ok()?;
        self.files.get(at)
    }

    /// The bytes of a file. May be called from many threads.
    ///
    /// # Errors
    /// Fails where the snapshot has no such file, or it cannot be read.
    pub fn read(&self, path: &SitePath) -> Result<Vec<u8>, RepoError> {
        let missing = || RepoError::NoFile { path: path.clone() };
        self.origin.read(self.get(path).ok_or_else(missing)?)
    }

    /// Where the files come from.
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// The project's root, as it was given.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// What was left out, and why.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use rayon::prelude::*;

    use super::*;
    use crate::repo::fixture::{BEGIN, Fixture, path};

    /// Every file with its bytes.
    fn content(snapshot: &Snapshot) -> Vec<(String, Vec<u8>)> {
        let read = |file: &SnapshotFile| {
            let bytes = snapshot.read(&file.path).unwrap();
            assert_eq!(bytes.len() as u64, file.size, "{}", file.path);
            (file.path.as_str().to_owned(), bytes)
        };
        snapshot.files().iter().map(read).collect()
    }

    fn names(snapshot: &Snapshot) -> Vec<&str> {
        let files = snapshot.files().iter();
        files.map(|file| file.path.as_str()).collect()
    }

    #[test]
    fn what_is_held_stands_before_what_is_stored() {
        let fixture = Fixture::with(&[("a.md", "old\n"), ("b.md", "b\n")]);
        let disk = Snapshot::worktree(fixture.root()).unwrap();
        let held = [("a.md", "unsaved\n"), ("new.md", "new\n")];
        let held = held.map(|(name, text)| (path(name), text.as_bytes().into()));
        let snapshot = disk.with(&held.into_iter().collect());
        let texts: Vec<(String, Vec<u8>)> =
            [("a.md", "unsaved\n"), ("b.md", "b\n"), ("new.md", "new\n")]
                .map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec()))
                .into();
        assert_eq!(content(&snapshot), texts);
        assert!(snapshot.source().dirty);
    }

    #[test]
    fn a_revision_equals_the_clean_worktree() {
        let mut fixture = Fixture::with(&[
            ("index.md", "# Home\n"),
            ("guide/a b/it's here.md", "an apostrophe\n"),
            ("guide/größe.md", "composed\n"),
            ("guide/fu\u{308}r.md", "decomposed\n"),
            ("empty.md", ""),
            (".github/ci.yml", "hidden but tracked\n"),
        ]);
        #[cfg(unix)]
        {
            fixture.link("guide/home.md", "../index.md");
            fixture.write("\"quoted\" *.md", "quotes\n");
        }
        let commit = fixture.commit("Add a link");
        let worktree = Snapshot::worktree(fixture.root()).unwrap();
        let revision = Snapshot::revision(fixture.root(), "main").unwrap();
        assert_eq!(content(&worktree), content(&revision));
        assert_eq!(worktree.source(), revision.source());
        assert_eq!(worktree.diagnostics(), []);
        assert_eq!(worktree.files().len(), if cfg!(unix) { 8 } else { 6 });
        assert_eq!(
            revision.source(),
            &Source {
                commit: Some(commit),
                tree: Some(fixture.git(&["rev-parse", "HEAD^{tree}"])),
                time: Some(BEGIN + 60),
                dirty: false,
                shallow: false,
            }
        );
    }

    #[test]
    fn a_folder_of_a_repository_stands_alone() {
        let fixture = Fixture::with(&[("docs/in.md", "in"), ("out.md", "out")]);
        fixture.write("out.md", "changed");
        let docs = fixture.at("docs");
        let worktree = Snapshot::worktree(&docs).unwrap();
        let revision = Snapshot::revision(&docs, "HEAD").unwrap();
        assert_eq!(names(&worktree), ["in.md"]);
        assert_eq!(content(&worktree), content(&revision));
        assert_eq!(worktree.source(), revision.source());
        assert_eq!(
            revision.source().tree.as_deref(),
            Some(&*fixture.git(&["rev-parse", "HEAD:docs"]))
        );
        fixture.write("new/page.md", "new");
        let new = Snapshot::worktree(&fixture.at("new")).unwrap();
        assert_eq!(names(&new), ["page.md"]);
        assert_eq!((&new.source().tree, new.source().dirty), (&None, true));
    }

    #[test]
    fn an_old_revision_is_read_without_a_checkout() {
        let mut fixture = Fixture::with(&[("docs/a.md", "old")]);
        fixture.write("docs/a.md", "new");
        fixture.write("later/b.md", "b");
        fixture.commit("Change");
        let old = Snapshot::revision(fixture.root(), "HEAD~1").unwrap();
        assert_eq!(content(&old), [("docs/a.md".to_owned(), b"old".to_vec())]);
        let error = Snapshot::revision(&fixture.at("later"), "HEAD~1").unwrap_err();
        assert!(matches!(error, RepoError::NoFolder { .. }), "{error}");
    }

    #[test]
    fn a_bare_repository_has_revisions_only() {
        let fixture = Fixture::with(&[("a.md", "a")]);
        let bare = fixture.at("bare.git");
        fixture.git(&["clone", "--quiet", "--bare", ".", "bare.git"]);
        let revision = Snapshot::revision(&bare, "main").unwrap();
        assert_eq!(names(&revision), ["a.md"]);
        let error = Snapshot::worktree(&bare).unwrap_err();
        assert!(matches!(error, RepoError::NoWorktree { .. }), "{error}");
    }

    #[test]
    fn a_sha_256_repository_reads_the_same() {
        let mut fixture = Fixture::folder();
        fixture.git(&["init", "--quiet", "--object-format=sha256"]);
        fixture.write("a.md", "a");
        let commit = fixture.commit("Begin");
        assert_eq!(commit.len(), 64);
        let revision = Snapshot::revision(fixture.root(), &commit[..12]).unwrap();
        assert_eq!(content(&revision), [("a.md".to_owned(), b"a".to_vec())]);
        assert_eq!(revision.source().commit, Some(commit));
    }

    #[test]
    fn many_threads_read_one_revision() {
        let mut fixture = Fixture::empty();
        for at in 0..500 {
            let text = format!("{at}\n").repeat(at);
            fixture.write(&format!("pages/{at:03}.md"), &text);
        }
        fixture.commit("Begin");
        let revision = Snapshot::revision(fixture.root(), "HEAD").unwrap();
        revision.files().par_iter().for_each(|file| {
            let at: usize = file.path.stem().parse().unwrap();
            let bytes = revision.read(&file.path).unwrap();
            assert_eq!(bytes, format!("{at}\n").repeat(at).into_bytes());
        });
    }

    #[test]
    fn a_file_that_is_not_listed_is_not_read() {
        let fixture = Fixture::with(&[("a.md", "a"), (".gitignore", "secret\n")]);
        fixture.write("secret", "s");
        for snapshot in [
            Snapshot::worktree(fixture.root()).unwrap(),
            Snapshot::revision(fixture.root(), "HEAD").unwrap(),
        ] {
            for name in ["secret", ".git/config", "gone.md", ""] {
                let error = snapshot.read(&path(name)).unwrap_err();
                assert!(matches!(error, RepoError::NoFile { .. }), "{error}");
            }
        }
    }

    #[test]
    fn a_file_that_goes_away_is_an_error_that_names_it() {
        let fixture = Fixture::with(&[("a.md", "a")]);
        let worktree = Snapshot::worktree(fixture.root()).unwrap();
        fs::remove_file(fixture.at("a.md")).unwrap();
        let error = worktree.read(&path("a.md")).unwrap_err();
        assert_eq!(error.to_string(), "cannot read `a.md`");
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_turns_into_a_link_is_not_followed_out() {
        let fixture = Fixture::with(&[("a.md", "a"), ("b/c.md", "c")]);
        let outside = Fixture::folder();
        outside.write("c.md", "secret");
        let worktree = Snapshot::worktree(fixture.root()).unwrap();
        fs::remove_file(fixture.at("a.md")).unwrap();
        fixture.link("a.md", outside.at("c.md").to_str().unwrap());
        fs::rename(fixture.at("b"), fixture.at("was-b")).unwrap();
        fixture.link("b", outside.root().to_str().unwrap());
        for name in ["a.md", "b/c.md"] {
            let error = worktree.read(&path(name)).unwrap_err();
            assert!(matches!(error, RepoError::Moved { .. }), "{error}");
        }
    }

    #[test]
    fn an_unknown_revision_names_itself() {
        let fixture = Fixture::with(&[("a.md", "a")]);
        for rev in [
            "v9",
            "",
            "^HEAD",
            "HEAD~9",
            "HEAD:a.md",
            "HEAD..HEAD",
            "--all",
            "-h",
            "--output=x",
            "HEAD\nHEAD",
            "HEAD\0",
            "0000000000000000000000000000000000000000",
        ] {
            let error = Snapshot::revision(fixture.root(), rev).unwrap_err();
            let RepoError::UnknownRevision { rev: named, .. } = &error else {
                panic!("{rev}: {error}");
            };
            assert_eq!(named, rev);
        }
        assert!(!fixture.at("x").exists());
    }

    #[test]
    fn a_root_without_a_repository_has_no_revisions() {
        let folder = Fixture::folder();
        let error = Snapshot::revision(folder.root(), "HEAD").unwrap_err();
        assert!(matches!(error, RepoError::NoRepository { .. }), "{error}");
        let error = Snapshot::worktree(&folder.at("gone")).unwrap_err();
        assert!(matches!(error, RepoError::NoRoot { .. }), "{error}");
    }
}
