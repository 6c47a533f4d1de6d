//! The files of a commit, straight from Git's objects. Nothing is checked out.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Mutex, PoisonError};

use crate::repo::error::RepoError;
use crate::repo::git;
use crate::repo::listing::Listing;
use crate::site_path::SitePath;

/// Reads objects through one long-running `git cat-file`, started when first needed.
#[derive(Debug)]
pub(crate) struct Objects {
    root: PathBuf,
    batch: Mutex<Option<Batch>>,
}

/// A `git cat-file` that is asked for one object after the other.
#[derive(Debug)]
pub(crate) struct Batch {
    child: Child,
    requests: ChildStdin,
    replies: BufReader<ChildStdout>,
}

impl Objects {
    pub(crate) fn new(root: &Path) -> Self {
        Self {
            root: root.to_path_buf(),
            batch: Mutex::new(None),
        }
    }

    /// The bytes of the blob `object`, which is the content of `path`.
    pub(crate) fn read(&self, path: &SitePath, object: &str) -> Result<Vec<u8>, RepoError> {
        let mut batch = self.batch.lock().unwrap_or_else(PoisonError::into_inner);
        // Taken out while it talks: after a fault half way through a reply it is not used again.
        let mut talking = match batch.take() {
            Some(talking) => talking,
            None => Batch::start(&self.root, git::command(&self.root))?,
        };
        let reply = talking.read(object).map_err(|source| RepoError::Read {
            path: path.clone(),
            source,
        })?;
        *batch = Some(talking);
        reply.ok_or_else(|| RepoError::MissingObject {
            path: path.clone(),
            object: object.to_owned(),
        })
    }

    /// Lists a tree with everything below it.
    pub(crate) fn list(&self, tree: &str) -> Result<Listing, RepoError> {
        let listed = git::run(
            &self.root,
            ["ls-tree", "-r", "-z", "-l", "--full-tree", tree],
        )?;
        let mut listing = Listing::default();
        for line in listed.split(|byte| *byte == 0) {
            let Some(tab) = line.iter().position(|byte| *byte == b'\t') else {
                continue;
            };
            let Some(path) = listing.name(&line[tab + 1..]) else {
                continue;
            };
            let facts = String::from_utf8_lossy(&line[..tab]);
            let facts: Vec<&str> = facts.split_ascii_whitespace().collect();
            let &[mode, kind, object, size] = facts.as_slice() else {
                continue;
            };
            match (mode, kind) {
                ("120000", "blob") => {
                    let target = self.read(&path, object)?;
                    listing.link(path, &target);
                }
                // An object that a partial clone lacks has no size; reading it says so.
                (_, "blob") => listing.file(path, size.parse().unwrap_or(0), Some(object.into())),
                _ => listing.submodule(&path),
            }
        }
        Ok(listing)
    }
}

impl Batch {
    /// Starts a prepared call of `git`, of which the arguments are still wanting.
    pub(crate) fn start(root: &Path, mut command: Command) -> Result<Self, RepoError> {
        let fault = |source: io::Error| match source.kind() {
            io::ErrorKind::NotFound => RepoError::NoGit,
            _ => RepoError::Start {
                command: "cat-file".to_owned(),
                root: root.to_path_buf(),
                source,
            },
        };
        let mut child = command
            .args(["cat-file", "--batch"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(fault)?;
        let requests = child.stdin.take().expect("its input was made a pipe");
        let replies = child.stdout.take().expect("its output was made a pipe");
        Ok(Self {
            child,
            requests,
            replies: BufReader::new(replies),
        })
    }

    /// Asks for one object; none if the repository lacks it.
    pub(crate) fn read(&mut self, object: &str) -> io::Result<Option<Vec<u8>>> {
        let broken = || io::Error::other("`git cat-file` ended or gave a broken reply");
        self.requests.write_all(format!("{object}\n").as_bytes())?;
        self.requests.flush()?;
        let mut header = String::new();
        self.replies.read_line(&mut header)?;
        let facts: Vec<&str> = header.split_ascii_whitespace().collect();
        let size: u64 = match facts.as_slice() {
            [_, "missing"] => return Ok(None),
            [_, "blob", size] => size.parse().map_err(|_| broken())?,
            _ => return Err(broken()),
        };
        let mut bytes = Vec::new();
        (&mut self.replies).take(size).read_to_end(&mut bytes)?;
        let mut end = [0];
        self.replies.read_exact(&mut end)?;
        if bytes.len() as u64 == size && end == *b"\n" {
            Ok(Some(bytes))
        } else {
            Err(broken())
        }
    }
}

impl Drop for Batch {
    fn drop(&mut self) {
        // It holds nothing but a read end; a child that is already gone needs no second end.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[cfg(test)]
mod tests {
    use crate::repo::fixture::{Fixture, path};
    use crate::repo::{RepoError, Snapshot};

    fn object_file(fixture: &Fixture, name: &str) -> std::path::PathBuf {
        let object = fixture.git(&["rev-parse", &format!("HEAD:{name}")]);
        let (folder, rest) = object.split_at(2);
        fixture.at(&format!(".git/objects/{folder}/{rest}"))
    }

    #[test]
    fn a_content_that_the_repository_lacks_is_an_error() {
        let fixture = Fixture::with(&[("a.md", "a"), ("b.md", "b")]);
        std::fs::remove_file(object_file(&fixture, "a.md")).unwrap();
        let revision = Snapshot::revision(fixture.root(), "HEAD");
        let error = match revision {
            Ok(revision) => {
                assert_eq!(revision.read(&path("b.md")).unwrap(), b"b");
                let error = revision.read(&path("a.md")).unwrap_err();
                assert_eq!(revision.read(&path("b.md")).unwrap(), b"b");
                error
            }
            Err(error) => error,
        };
        assert!(matches!(error, RepoError::MissingObject { .. }), "{error}");
    }

    #[test]
    fn a_partial_clone_fetches_nothing() {
        let fixture = Fixture::with(&[("a.md", "a")]);
        std::fs::remove_file(object_file(&fixture, "a.md")).unwrap();
        let ran = fixture.at(".git/ran");
        for (name, value) in [
            ("core.repositoryFormatVersion", "1"),
            ("extensions.partialClone", "origin"),
            ("remote.origin.promisor", "true"),
            (
                "remote.origin.url",
                &format!("ext::touch {}", ran.display()),
            ),
            ("protocol.ext.allow", "always"),
        ] {
            fixture.git(&["config", name, value]);
        }
        let revision = Snapshot::revision(fixture.root(), "HEAD").unwrap();
        let error = revision.read(&path("a.md")).unwrap_err();
        assert!(matches!(error, RepoError::MissingObject { .. }), "{error}");
        assert!(!ran.exists());
    }

    #[test]
    fn a_child_that_ends_is_replaced() {
        let fixture = Fixture::with(&[("a.md", "a")]);
        let objects = super::Objects::new(fixture.root());
        let object = fixture.git(&["rev-parse", "HEAD:a.md"]);
        assert_eq!(objects.read(&path("a.md"), &object).unwrap(), b"a");
        objects
            .batch
            .lock()
            .unwrap()
            .as_mut()
            .unwrap()
            .child
            .kill()
            .unwrap();
        assert!(objects.read(&path("a.md"), &object).is_err());
        assert_eq!(objects.read(&path("a.md"), &object).unwrap(), b"a");
    }

    #[test]
    fn a_forged_tree_brings_no_odd_names() {
        let mut fixture = Fixture::with(&[("a.md", "a")]);
        let object = fixture.git(&["rev-parse", "HEAD:a.md"]);
        let mut tree = Vec::new();
        let bytes: Vec<u8> = (0..object.len())
            .step_by(2)
            .map(|at| u8::from_str_radix(&object[at..at + 2], 16).unwrap())
            .collect();
        for name in ["..", ".GIT", ".git", "a.md", "a.md", "c:x", "e/../f"] {
            tree.extend_from_slice(format!("100644 {name}\0").as_bytes());
            tree.extend_from_slice(&bytes);
        }
        std::fs::write(fixture.at("tree"), tree).unwrap();
        let tree = fixture.git(&["hash-object", "-t", "tree", "--literally", "-w", "tree"]);
        let identity = ["-c", "user.name=A", "-c", "user.email=a@example"];
        let commit = ["commit-tree", "-m", "Forge", &tree];
        let commit = fixture.dated(&[&identity[..], &commit[..]].concat());
        let revision = Snapshot::revision(fixture.root(), &commit).unwrap();
        let names = revision.files().iter().map(|file| file.path.as_str());
        assert_eq!(names.collect::<Vec<_>>(), ["a.md"]);
        assert_eq!(revision.diagnostics().len(), 3);
    }
}
