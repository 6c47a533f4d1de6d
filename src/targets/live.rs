//! The one stable name that a web server serves, `live`, and how it comes to mean another tree.
//!
//! Where the system has symbolic links, `live` is one, replaced by renaming a new link over it
//! (rename(2) leaves no moment without it). Elsewhere `live` is the tree itself, moved there and
//! back: between the two moves readers find nothing, and the target says so in its capabilities.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::targets::disk;
use crate::targets::target::Tree;
use crate::targets::tree::Fault;

/// How `live` comes to be a tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Means {
    /// A symbolic link, replaced by rename.
    Link,
    /// The tree's own folder, moved.
    Move,
}

/// The name `live` in a target's folder.
#[derive(Debug, Clone)]
pub(super) struct Live {
    /// The target's folder.
    pub root: PathBuf,
    /// How the name changes its meaning.
    pub means: Means,
}

/// What `live` means now.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// Nothing is there.
    Nothing,
    /// One of our trees.
    Tree(Tree),
    /// A link that leads elsewhere, although we once made it: its text.
    Astray(String),
    /// Something that we did not make.
    Foreign,
}

impl Live {
    /// The path that a web server serves.
    pub(super) fn path(&self) -> PathBuf {
        self.root.join("live")
    }

    /// What is live now.
    pub(super) fn find(&self) -> Result<Found, Fault> {
        let path = self.path();
        let fault = |error| (path.clone(), error);
        let found = match fs::symlink_metadata(&path) {
            Ok(found) => found,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Found::Nothing),
            Err(error) => return Err(fault(error)),
        };
        match self.means {
            Means::Link if found.is_symlink() => {
                let link = fs::read_link(&path).map_err(fault)?;
                let tree = link
                    .to_str()
                    .and_then(|text| Tree::parse(text.strip_prefix(".tympan/tree/")?));
                Ok(match tree {
                    Some(tree) => Found::Tree(tree),
                    None if self.note().exists() => Found::Astray(link.display().to_string()),
                    None => Found::Foreign,
                })
            }
            Means::Move if found.is_dir() => Ok(self.moved().map_or(Found::Foreign, Found::Tree)),
            _ => Ok(Found::Foreign),
        }
    }

    /// The folder that holds a tree's files now.
    pub(super) fn folder_of(&self, tree: Tree) -> PathBuf {
        let here = self.means == Means::Move && self.find().is_ok_and(|at| at == Found::Tree(tree));
        if here { self.path() } else { self.home(tree) }
    }

    /// Makes `tree` live. The caller holds the lock and has seen that nothing foreign is there.
    pub(super) fn point(&self, tree: Tree) -> Result<(), Fault> {
        let found = self.find()?;
        if found == Found::Tree(tree) {
            return Ok(());
        }
        let temporary = self.state().join("tmp").join(format!("live-{tree}"));
        let fault = |error| (self.path(), error);
        match self.means {
            Means::Link => {
                disk::remove(&temporary).map_err(fault)?;
                link(&format!(".tympan/tree/{tree}"), &temporary).map_err(fault)?;
                fs::rename(&temporary, self.path()).map_err(fault)?;
                // From now on a link of this name is ours, wherever somebody may turn it.
                if !self.note().exists() {
                    let beside = self.state().join("tmp");
                    disk::write(&beside, &self.note(), b"link").map_err(fault)?;
                }
            }
            Means::Move => {
                // Here the note always names what stands at `live` while something does: between the
                // two moves nothing stands there, and that is when it changes.
                if let Found::Tree(old) = found {
                    fs::rename(self.path(), self.home(old)).map_err(fault)?;
                }
                let beside = self.state().join("tmp");
                disk::write(&beside, &self.note(), tree.to_string().as_bytes()).map_err(fault)?;
                fs::rename(self.home(tree), self.path()).map_err(fault)?;
            }
        }
        disk::sync_folder(&self.root).map_err(fault)
    }

    fn state(&self) -> PathBuf {
        self.root.join(".tympan")
    }

    fn home(&self, tree: Tree) -> PathBuf {
        self.state().join("tree").join(tree.to_string())
    }

    fn note(&self) -> PathBuf {
        self.state().join("live")
    }

    fn moved(&self) -> Option<Tree> {
        Tree::parse(&fs::read_to_string(self.note()).ok()?)
    }
}

#[cfg(unix)]
fn link(to: &str, at: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(to, at)
}

#[cfg(not(unix))]
fn link(_to: &str, _at: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::Digest;

    fn tree(epoch: u64) -> Tree {
        let release = Digest::of(b"");
        Tree { epoch, release }
    }

    /// A folder with the trees 1 and 2, and `live` moved to be the first.
    fn moved() -> (tempfile::TempDir, Live) {
        let folder = tempfile::tempdir().unwrap();
        let live = Live {
            root: folder.path().to_path_buf(),
            means: Means::Move,
        };
        fs::create_dir_all(live.state().join("tmp")).unwrap();
        for epoch in [1, 2] {
            fs::create_dir_all(live.home(tree(epoch))).unwrap();
            fs::write(live.home(tree(epoch)).join("epoch"), epoch.to_string()).unwrap();
        }
        live.point(tree(1)).unwrap();
        (folder, live)
    }

    #[track_caller]
    fn case(break_off: impl FnOnce(&Live), found: &Found) {
        let (_folder, live) = moved();
        break_off(&live);
        assert_eq!(&live.find().unwrap(), found);
        for epoch in [2, 1] {
            live.point(tree(epoch)).unwrap();
            assert_eq!(live.find().unwrap(), Found::Tree(tree(epoch)));
            let text = fs::read_to_string(live.path().join("epoch")).unwrap();
            assert_eq!(text, epoch.to_string());
        }
        assert!(live.home(tree(2)).join("epoch").exists());
    }

    #[test]
    fn a_move_that_broke_off_anywhere_is_finished() {
        let away = |live: &Live| fs::rename(live.path(), live.home(tree(1))).unwrap();
        let noted = |live: &Live| fs::write(live.note(), tree(2).to_string()).unwrap();
        case(|_| {}, &Found::Tree(tree(1)));
        case(away, &Found::Nothing);
        case(
            |live| {
                away(live);
                noted(live);
            },
            &Found::Nothing,
        );
        case(
            |live| {
                away(live);
                noted(live);
                fs::rename(live.home(tree(2)), live.path()).unwrap();
            },
            &Found::Tree(tree(2)),
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_link_that_was_left_half_made_is_no_hindrance() {
        let (folder, mut live) = moved();
        fs::rename(live.path(), live.home(tree(1))).unwrap();
        live.means = Means::Link;
        fs::write(
            folder.path().join(format!(".tympan/tmp/live-{}", tree(2))),
            "",
        )
        .unwrap();
        live.point(tree(2)).unwrap();
        assert_eq!(live.find().unwrap(), Found::Tree(tree(2)));
    }
}
