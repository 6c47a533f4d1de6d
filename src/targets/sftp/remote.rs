//! A folder on a server: paths in it are looked up, made, listed and removed without ever going
//! through a link below its root.

use std::collections::BTreeSet;
use std::io;
use std::sync::{Mutex, PoisonError};

use futures_util::future::join_all;
use tokio::process::Child;

use crate::site_path::SitePath;
use crate::targets::sftp::session::{FileKind, Found, Session};

/// Something at a path could not be read or written.
pub(super) type Fault = (String, io::Error);

/// How many removals are asked for at once.
const AT_ONCE: usize = 64;

/// A folder on a server, with the session to it.
pub(super) struct Remote {
    /// The session.
    pub session: Session,
    child: Mutex<Child>,
    root: String,
    made: Mutex<BTreeSet<String>>,
}

/// What is below a folder.
#[derive(Debug, Default)]
pub(super) struct Walked {
    /// The plain files, sorted.
    pub files: Vec<(SitePath, Found)>,
    /// Everything that no release can hold, sorted.
    pub strangers: Vec<String>,
    /// Every path in the order in which it can be removed, and whether it is a folder.
    pub paths: Vec<(String, bool)>,
}

impl Remote {
    pub(super) fn new(session: Session, child: Child, root: &str) -> Self {
        Self {
            session,
            child: Mutex::new(child),
            root: root.trim_end_matches('/').to_owned(),
            made: Mutex::default(),
        }
    }

    /// Whether the connection still stands, as far as this side can tell.
    pub(super) fn is_alive(&self) -> bool {
        let mut child = self.child.lock().unwrap_or_else(PoisonError::into_inner);
        matches!(child.try_wait(), Ok(None))
    }

    /// A path below the root as the server has it.
    pub(super) fn path(&self, below: &str) -> String {
        match (below, self.root.as_str()) {
            ("", "") => "/".to_owned(),
            ("", root) => root.to_owned(),
            (below, root) => format!("{root}/{below}"),
        }
    }

    /// What stands at a path, if all above it are folders.
    pub(super) async fn find(&self, below: &str) -> Result<Option<Found>, Fault> {
        let prefixes: Vec<&str> = prefixes(below).collect();
        let looks = prefixes.iter().map(|prefix| async {
            let path = self.path(prefix);
            let found = self.session.look(&path).await;
            found.map_err(|error| (path, error))
        });
        let mut last = None;
        for (at, found) in join_all(looks).await.into_iter().enumerate() {
            // Below something that is no folder a server may have more than one answer.
            let found = match found {
                Ok(Some(found)) => found,
                Ok(None) => return Ok(None),
                Err(fault) => return Err(fault),
            };
            if at + 1 < prefixes.len() && found.kind != FileKind::Folder {
                return Ok(None);
            }
            last = Some(found);
        }
        Ok(last)
    }

    /// Reads a plain file.
    pub(super) async fn read(&self, below: &str) -> Result<Option<(Vec<u8>, Found)>, Fault> {
        match self.find(below).await? {
            Some(found) if found.kind == FileKind::Plain => {
                let path = self.path(below);
                let read = self.session.read(&path).await;
                let bytes = read.map_err(|error| (path, error))?;
                Ok(bytes.map(|bytes| (bytes, found)))
            }
            _ => Ok(None),
        }
    }

    /// Makes a folder and those above it, and says where it is.
    pub(super) async fn make_folder(&self, below: &str) -> Result<String, Fault> {
        self.make_root().await?;
        for prefix in prefixes(below) {
            let path = self.path(prefix);
            if self.is_made(&path) {
                continue;
            }
            let made = self.session.make_folder(&path).await;
            // Another may have made it; only what stands there afterwards counts.
            let found = self.session.look(&path).await;
            match (made, found) {
                (_, Ok(Some(found))) if found.kind == FileKind::Folder => self.note(path),
                (_, Ok(Some(_))) => return Err((path, in_the_way())),
                (Err(error), _) | (_, Err(error)) => return Err((path, error)),
                (Ok(()), Ok(None)) => return Err((path, io::ErrorKind::NotFound.into())),
            }
        }
        Ok(self.path(below))
    }

    /// The root is the user's: it may be a link, and stand in a folder that is one.
    async fn make_root(&self) -> Result<(), Fault> {
        let root = self.path("");
        if self.is_made(&root) {
            return Ok(());
        }
        let fault = |error| (root.clone(), error);
        if !self.session.is_folder(&root).await.map_err(fault)? {
            let mut last = Ok(());
            for prefix in prefixes(&root).filter(|prefix| !prefix.is_empty()) {
                last = self.session.make_folder(prefix).await;
            }
            if !self.session.is_folder(&root).await.map_err(fault)? {
                return Err(fault(last.err().unwrap_or_else(in_the_way)));
            }
        }
        self.note(root);
        Ok(())
    }

    fn is_made(&self, path: &str) -> bool {
        let made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        made.contains(path)
    }

    fn note(&self, path: String) {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        made.insert(path);
    }

    /// Forgets which folders are there, because some of them went.
    pub(super) fn forget(&self) {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        made.clear();
    }

    /// Lists everything below a folder; one that is not there is empty.
    pub(super) async fn walk(&self, below: &str) -> Result<Walked, Fault> {
        let mut walked = Walked::default();
        match self.find(below).await? {
            None => return Ok(walked),
            Some(found) if found.kind == FileKind::Folder => {}
            Some(_) => {
                walked.strangers.push(below.to_owned());
                return Ok(walked);
            }
        }
        let mut level = vec![String::new()];
        while !level.is_empty() {
            let lists = level.iter().map(|folder| async {
                let path = match folder.as_str() {
                    "" => self.path(below),
                    folder => self.path(&format!("{below}/{folder}")),
                };
                let listed = self.session.list(&path).await;
                listed.map_err(|error| (path, error))
            });
            let lists = join_all(lists).await;
            let mut next = Vec::new();
            for (folder, list) in level.iter().zip(lists) {
                for entry in list? {
                    let path = match folder.as_str() {
                        "" => entry.name,
                        folder => format!("{folder}/{}", entry.name),
                    };
                    let is_folder = entry.found.kind == FileKind::Folder;
                    walked.paths.push((path.clone(), is_folder));
                    match SitePath::parse(&path).ok().filter(|at| at.as_str() == path) {
                        _ if is_folder => next.push(path),
                        Some(at) if entry.found.kind == FileKind::Plain => {
                            walked.files.push((at, entry.found));
                        }
                        _ => walked.strangers.push(path),
                    }
                }
            }
            level = next;
        }
        walked.files.sort_by(|a, b| a.0.cmp(&b.0));
        walked.strangers.sort();
        walked.paths.reverse();
        Ok(walked)
    }

    /// Removes a file, a link or a folder with all that is in it.
    pub(super) async fn remove_all(&self, below: &str) -> Result<(), Fault> {
        let path = self.path(below);
        match self.find(below).await? {
            None => return Ok(()),
            Some(found) if found.kind == FileKind::Folder => {}
            Some(_) => {
                let removed = self.session.remove(&path).await;
                return removed.map_err(|error| (path, error));
            }
        }
        let walked = self.walk(below).await?;
        let (folders, files): (Vec<_>, Vec<_>) =
            walked.paths.into_iter().partition(|(_, folder)| *folder);
        for some in files.chunks(AT_ONCE) {
            let removals = some.iter().map(|(file, _)| async move {
                let path = self.path(&format!("{below}/{file}"));
                let removed = self.session.remove(&path).await;
                removed.map_err(|error| (path, error))
            });
            for removed in join_all(removals).await {
                removed?;
            }
        }
        for (folder, _) in folders {
            let path = self.path(&format!("{below}/{folder}"));
            let removed = self.session.remove_folder(&path).await;
            removed.map_err(|error| (path, error))?;
        }
        let removed = self.session.remove_folder(&path).await;
        removed.map_err(|error| (path, error))
    }
}

fn in_the_way() -> io::Error {
    let reason = "a link or a file stands where a folder must be";
    io::Error::new(io::ErrorKind::NotADirectory, reason)
}

/// Every path on the way to one, itself last: `a/b` gives `a`, `a/b`.
fn prefixes(path: &str) -> impl Iterator<Item = &str> {
    let slashes = path.match_indices('/').map(|(at, _)| at);
    let ends = slashes.chain((!path.is_empty()).then_some(path.len()));
    ends.filter_map(|end| path.get(..end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_folder_on_the_way_is_named() {
        let told = |path| prefixes(path).collect::<Vec<_>>();
        assert_eq!(told("a/b/c"), ["a", "a/b", "a/b/c"]);
        assert_eq!(told("/srv/www"), ["", "/srv", "/srv/www"]);
        assert!(told("").is_empty());
    }
}
