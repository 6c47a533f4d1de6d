//! The files of a commit, straight from Git's objects. Nothing is checked out.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
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

#[derive(Debug)]
struct Batch {
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
            None => Batch::start(&self.root)?,
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
    fn start(root: &Path) -> Result<Self, RepoError> {
        let fault = |source: io::Error| match source.kind() {
            io::ErrorKind::NotFound => RepoError::NoGit,
            _ => RepoError::Start {
                command: "cat-file".to_owned(),
                root: root.to_path_buf(),
                source,
            },
        };
        let mut child = git::command(root)
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
    fn read(&mut self, object: &str) -> io::Result<Option<Vec<u8>>> {
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
