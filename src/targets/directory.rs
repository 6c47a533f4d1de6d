//! A folder on this machine, with releases side by side and one stable name for the web server.
//!
//! ```text
//! <path>/live                   what the web server serves (docroot): a link to one of the trees
//! <path>/.tympan/current        the pointer: environment, live deployment, epoch
//! <path>/.tympan/lease          who publishes now
//! <path>/.tympan/releases/      the releases' own JSON, by digest
//! <path>/.tympan/log/           one record a deployment, each with the hash of the one before
//! <path>/.tympan/drift/         hand-edited files, saved before they were replaced
//! <path>/.tympan/older/         images and styles of older releases, for readers of their pages
//! <path>/.tympan/tree/          <epoch>-<digest>/…: whole copies; equal files are hard links
//! <path>/.tympan/tmp/, lock     files being written; held while a state object is compared and set
//! ```
//!
//! Nothing else in `<path>` is read or written, and nothing outside it.

use std::fs;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use crate::release::File;
use crate::site_path::SitePath;
use crate::targets::disk;
use crate::targets::home::{Home, plain};
use crate::targets::live::{Found, Live, Means};
use crate::targets::older;
use crate::targets::target::{
    Capabilities, Capability, Object, Observed, POINTER, Put, Swap, Target, TargetError, Tree,
    Version, Versioned, View,
};
use crate::targets::tree;

/// A folder on this machine.
#[derive(Debug, Clone)]
pub struct Directory {
    home: Home,
    live: Live,
}

impl Directory {
    /// Names a folder as a target; it is made when something is first published.
    pub fn open(name: &str, path: &Path) -> Self {
        let means = if cfg!(unix) { Means::Link } else { Means::Move };
        Self::with(name, path, means)
    }

    /// The same for a system without symbolic links, whose switch is not atomic.
    pub fn open_without_links(name: &str, path: &Path) -> Self {
        Self::with(name, path, Means::Move)
    }

    /// The folder that a web server must serve.
    pub fn document_root(&self) -> PathBuf {
        self.live.path()
    }

    fn with(name: &str, path: &Path, means: Means) -> Self {
        Self {
            home: Home {
                name: name.to_owned(),
                root: path.to_path_buf(),
            },
            live: Live {
                root: path.to_path_buf(),
                means,
            },
        }
    }

    fn trees(&self) -> PathBuf {
        self.home.state().join("tree")
    }

    /// The place of a file in a tree that is being made, its folder made too. No tree is written
    /// to once it is live.
    fn place(&self, tree: Tree, file: &File) -> Result<PathBuf, TargetError> {
        let folder = self
            .home
            .make_folder(&format!("tree/{tree}/{}", file.path.parent()))?;
        Ok(folder.join(file.path.file_name()))
    }

    /// The trees that are there, the newest first; names that are none are passed over.
    fn known_trees(&self) -> Result<Vec<Tree>, TargetError> {
        let folder = self.trees();
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) if tree::is_absence(&error) => return Ok(Vec::new()),
            Err(error) => return Err(self.home.read_fault((folder, error))),
        };
        let mut trees: Vec<Tree> = entries
            .filter_map(|entry| Tree::parse(entry.ok()?.file_name().to_str()?))
            .collect();
        trees.sort_by(|a, b| b.cmp(a));
        Ok(trees)
    }

    fn found(&self) -> Result<Found, TargetError> {
        match self
            .live
            .find()
            .map_err(|fault| self.home.read_fault(fault))?
        {
            Found::Foreign => Err(TargetError::Foreign {
                target: self.home.name.clone(),
                path: self.live.path().display().to_string(),
            }),
            found => Ok(found),
        }
    }

    fn live_tree(&self) -> Result<Option<Tree>, TargetError> {
        Ok(match self.found()? {
            Found::Tree(tree) => Some(tree),
            _ => None,
        })
    }

    /// A file that the target holds already, with the bytes that `file` names. It is hashed: a
    /// file that was edited by hand must not get into a new tree.
    fn donor(&self, tree: Tree, file: &File) -> Result<Option<(PathBuf, Vec<u8>)>, TargetError> {
        let live = self.live_tree()?;
        let others = self.known_trees()?.into_iter();
        let candidates = live
            .into_iter()
            .chain(others.filter(|one| Some(*one) != live));
        for candidate in candidates.filter(|one| *one != tree) {
            let folder = self.live.folder_of(candidate);
            let found = tree::file_of(&folder, file);
            let found = found.map_err(|error| self.home.read_fault((folder, error)))?;
            if found.is_some() {
                return Ok(found);
            }
        }
        Ok(None)
    }
}

impl Target for Directory {
    fn capabilities(&self) -> Capabilities {
        let mut promised = vec![
            Capability::SideBySide,
            Capability::ConditionalPut,
            Capability::ConditionalFiles,
            Capability::ListDigests,
        ];
        if self.live.means == Means::Link {
            promised.push(Capability::AtomicSwitch);
        }
        Capabilities(promised.into_iter().collect())
    }

    fn read(&self, object: &Object) -> Result<Option<Versioned>, TargetError> {
        match object {
            Object::State(path) => self.home.read_state(path),
            Object::Live(path) => match self.live_tree()? {
                Some(tree) => self.home.read_below(&self.live.folder_of(tree), path),
                None => Ok(None),
            },
        }
    }

    fn swap(
        &self,
        state: &SitePath,
        expected: Option<&Version>,
        bytes: &[u8],
    ) -> Result<Swap, TargetError> {
        let _lock = self.home.lock()?;
        let found = self.home.read_state(state)?;
        if found.map(|found| found.version).as_ref() != expected {
            return Ok(Swap::Lost);
        }
        self.home.write_state(state, bytes).map(Swap::Done)
    }

    fn observe(&self, view: View) -> Result<Observed, TargetError> {
        let tree = match view {
            View::Tree(tree) => tree,
            View::Live => match self.found()? {
                Found::Tree(tree) => tree,
                Found::Astray(link) => {
                    return Ok(Observed {
                        strangers: vec![format!("live -> {link}")],
                        ..Observed::default()
                    });
                }
                Found::Nothing | Found::Foreign => return Ok(Observed::default()),
            },
        };
        let (files, strangers) =
            tree::list(&self.live.folder_of(tree)).map_err(|fault| self.home.read_fault(fault))?;
        Ok(Observed {
            tree: Some(tree),
            files,
            strangers,
        })
    }

    fn keep(&self, tree: Tree, file: &File) -> Result<bool, TargetError> {
        let Some((donor, bytes)) = self.donor(tree, file)? else {
            return Ok(false);
        };
        let place = self.place(tree, file)?;
        disk::remove(&place).map_err(|error| self.home.write_fault((place.clone(), error)))?;
        // Some file systems have no links, and every one has a limit on the links of a file.
        if fs::hard_link(donor, &place).is_err() {
            let _done = self.put(tree, file, &bytes)?;
        }
        Ok(true)
    }

    fn put(&self, tree: Tree, file: &File, bytes: &[u8]) -> Result<Put, TargetError> {
        let place = self.place(tree, file)?;
        // Half-written files lie apart for each tree, so that whoever clears away an old one never
        // takes them from a newer publish.
        disk::write(
            &self.home.make_folder(&format!("tmp/{tree}"))?,
            &place,
            bytes,
        )
        .map_err(|error| self.home.write_fault((place, error)))?;
        Ok(Put::Done)
    }

    fn switch(&self, tree: Tree, expected: &Version, pointer: &[u8]) -> Result<Swap, TargetError> {
        let path = plain(POINTER);
        let _lock = self.home.lock()?;
        let found = self.home.read_state(&path)?;
        if found.map(|found| found.version).as_ref() != Some(expected) {
            return Ok(Swap::Lost);
        }
        self.found()?;
        self.home.make_folder(&format!("tree/{tree}"))?;
        self.home.temporary()?;
        tree::folders(&self.live.folder_of(tree))
            .map_err(|fault| self.home.write_fault(fault))?
            .par_iter()
            .try_for_each(|folder| {
                disk::sync_folder(folder).map_err(|error| (folder.clone(), error))
            })
            .and_then(|()| {
                let trees = self.trees();
                disk::sync_folder(&trees).map_err(|error| (trees, error))
            })
            .map_err(|fault| self.home.write_fault(fault))?;
        if let Some(old) = self.live_tree()? {
            let folder = |tree| self.live.folder_of(tree);
            older::leave(&self.home, &folder(old), &folder(tree))?;
        }
        // The link first: a crash between the two leaves a pointer that is older than what is
        // live, and the next publish, which still holds it for unpublished, puts that right.
        self.live
            .point(tree)
            .map_err(|fault| self.home.write_fault(fault))?;
        self.home.write_state(&path, pointer).map(Swap::Done)
    }

    fn collect(&self, keep: &[Tree], _stale: &[SitePath]) -> Result<(), TargetError> {
        let _lock = self.home.lock()?;
        let temporary = self.home.temporary()?;
        let live = self.live_tree()?;
        let newest = keep.iter().map(|tree| tree.epoch).max().unwrap_or(0);
        for tree in self.known_trees()? {
            if keep.contains(&tree) || live == Some(tree) || tree.epoch >= newest {
                continue;
            }
            // Moved away first: what bears a tree's name is never half a tree.
            let (from, to) = (
                self.live.folder_of(tree),
                temporary.join(format!("gone-{tree}")),
            );
            disk::remove(&to)
                .and_then(|()| fs::rename(&from, &to))
                .map_err(|error| self.home.write_fault((from, error)))?;
        }
        let entries = fs::read_dir(&temporary)
            .map_err(|error| self.home.read_fault((temporary.clone(), error)))?;
        for entry in entries.flatten() {
            let path = entry.path();
            let of_tree = entry.file_name().to_str().and_then(Tree::parse);
            if of_tree.is_some_and(|tree| tree.epoch > newest) {
                continue;
            }
            disk::remove(&path).map_err(|error| self.home.write_fault((path, error)))?;
        }
        let kept: Vec<_> = keep.iter().map(|one| self.live.folder_of(*one)).collect();
        older::clear(&self.home, &kept)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::Digest;
    use crate::release::{Artifact, Role};

    struct Place {
        folder: tempfile::TempDir,
        target: Directory,
    }

    fn place(open: fn(&str, &Path) -> Directory) -> Place {
        let folder = tempfile::tempdir().unwrap();
        let target = open("web", &folder.path().join("web"));
        Place { folder, target }
    }

    fn tree(epoch: u64) -> Tree {
        let release = Digest::of(b"release");
        Tree { epoch, release }
    }

    fn file(path: &str, bytes: &[u8]) -> File {
        File::of(&Artifact::new(plain(path), Role::Page, bytes))
    }

    impl Place {
        fn path(&self, below: &str) -> PathBuf {
            self.folder.path().join("web").join(below)
        }

        /// Fills a tree with one file and makes it live.
        fn go(&self, epoch: u64, bytes: &[u8]) -> Result<Swap, TargetError> {
            let file = file("a/index.html", bytes);
            if !self.target.keep(tree(epoch), &file)? {
                let _done = self.target.put(tree(epoch), &file, bytes)?;
            }
            let found = self.target.read(&Object::State(plain(POINTER)))?;
            let version = match found {
                Some(found) => found.version,
                None => match self.target.swap(&plain(POINTER), None, b"0")? {
                    Swap::Done(version) => version,
                    Swap::Lost => return Ok(Swap::Lost),
                },
            };
            let pointer = epoch.to_string();
            self.target
                .switch(tree(epoch), &version, pointer.as_bytes())
        }

        fn reads(&self) -> Vec<u8> {
            fs::read(self.target.document_root().join("a/index.html")).unwrap()
        }
    }

    #[test]
    fn a_switch_shows_another_tree_with_links_and_without() {
        for open in [Directory::open, Directory::open_without_links] {
            let place = place(open);
            for (epoch, bytes) in [(1, b"one"), (2, b"two"), (3, b"two")] {
                assert!(matches!(place.go(epoch, bytes).unwrap(), Swap::Done(_)));
                assert_eq!(place.reads(), bytes);
                let observed = place.target.observe(View::Live).unwrap();
                assert_eq!(
                    (observed.tree, observed.files.len()),
                    (Some(tree(epoch)), 1)
                );
                assert!(observed.strangers.is_empty());
            }
            // Back to a tree that is still there.
            let found = place
                .target
                .read(&Object::State(plain(POINTER)))
                .unwrap()
                .unwrap();
            let swap = place
                .target
                .switch(tree(1), &found.version, b"back")
                .unwrap();
            assert!(matches!(swap, Swap::Done(_)));
            assert_eq!(place.reads(), b"one");
            place.target.collect(&[tree(3)], &[]).unwrap();
            assert!(!place.target.known_trees().unwrap().contains(&tree(2)));
            assert_eq!(place.reads(), b"one");
        }
    }

    #[test]
    fn a_switch_with_an_old_version_changes_nothing() {
        let place = place(Directory::open);
        let _ = place.go(1, b"one").unwrap();
        let two = file("a/index.html", b"two");
        let _done = place.target.put(tree(2), &two, b"two").unwrap();
        let stale = Version("stale".to_owned());
        let swap = place.target.switch(tree(2), &stale, b"2").unwrap();
        assert_eq!((swap, place.reads()), (Swap::Lost, b"one".to_vec()));
    }

    #[test]
    fn of_many_who_write_one_object_one_succeeds() {
        let place = place(Directory::open);
        let swaps: Vec<Swap> = (0..16u8)
            .into_par_iter()
            .map(|at| place.target.swap(&plain("lease"), None, &[at]).unwrap())
            .collect();
        let done = swaps.iter().filter(|swap| **swap != Swap::Lost);
        assert_eq!(done.count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn equal_files_share_a_place_unless_one_was_edited() {
        use std::os::unix::fs::MetadataExt as _;
        let place = place(Directory::open);
        let inode = |epoch| {
            let path = place.path(&format!(".tympan/tree/{}/a/index.html", tree(epoch)));
            fs::metadata(path).unwrap().ino()
        };
        let _ = (place.go(1, b"same").unwrap(), place.go(2, b"same").unwrap());
        assert_eq!(inode(1), inode(2));
        fs::write(place.target.document_root().join("a/index.html"), "edit").unwrap();
        let _ = place.go(3, b"same").unwrap();
        assert_ne!(inode(2), inode(3));
        assert_eq!(place.reads(), b"same");
    }

    #[test]
    fn what_tympan_did_not_write_stays_where_it_is() {
        for open in [Directory::open, Directory::open_without_links] {
            let place = place(open);
            fs::create_dir_all(place.path("live/a")).unwrap();
            fs::write(place.path("live/a/index.html"), "mine").unwrap();
            assert!(matches!(
                place.go(1, b"one"),
                Err(TargetError::Foreign { .. })
            ));
            let observed = place.target.observe(View::Live);
            assert!(matches!(observed, Err(TargetError::Foreign { .. })));
            assert_eq!(place.reads(), b"mine");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_link_called_live_is_only_replaced_once_it_was_ours() {
        let place = place(Directory::open);
        fs::create_dir_all(place.path("elsewhere")).unwrap();
        std::os::unix::fs::symlink("elsewhere", place.path("live")).unwrap();
        let observed = place.target.observe(View::Live);
        assert!(matches!(observed, Err(TargetError::Foreign { .. })));
        fs::remove_file(place.path("live")).unwrap();
        let _ = place.go(1, b"one").unwrap();
        fs::remove_file(place.path("live")).unwrap();
        std::os::unix::fs::symlink("elsewhere", place.path("live")).unwrap();
        let observed = place.target.observe(View::Live).unwrap();
        assert_eq!(
            (observed.tree, observed.strangers),
            (None, vec!["live -> elsewhere".into()])
        );
        let _ = place.go(2, b"two").unwrap();
        assert_eq!(place.reads(), b"two");
    }

    #[cfg(unix)]
    #[test]
    fn nothing_is_written_through_a_link() {
        let (place, outside) = (place(Directory::open), tempfile::tempdir().unwrap());
        let link = |at: PathBuf| {
            fs::create_dir_all(at.parent().unwrap()).unwrap();
            std::os::unix::fs::symlink(outside.path(), at).unwrap();
        };
        link(place.path(&format!(".tympan/tree/{}/a", tree(1))));
        link(place.path(".tympan/log"));
        assert!(place.go(1, b"one").is_err());
        assert!(
            place
                .target
                .swap(&plain("log/1.json"), None, b"{}")
                .is_err()
        );
        fs::remove_dir_all(place.path(".tympan")).unwrap();
        link(place.path(".tympan"));
        assert!(place.target.swap(&plain("lease"), None, b"{}").is_err());
        assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 0);
    }

    #[cfg(unix)]
    #[test]
    fn names_that_are_no_trees_are_never_collected() {
        let place = place(Directory::open);
        for (epoch, bytes) in [(1, b"1"), (2, b"2"), (3, b"3")] {
            let _ = place.go(epoch, bytes).unwrap();
        }
        fs::create_dir(place.path(".tympan/tree/notes")).unwrap();
        fs::write(place.path(".tympan/tmp/left"), "").unwrap();
        place.target.collect(&[tree(3), tree(2)], &[]).unwrap();
        assert_eq!(place.target.known_trees().unwrap(), [tree(3), tree(2)]);
        assert!(place.path(".tympan/tree/notes").exists());
        assert_eq!(fs::read_dir(place.path(".tympan/tmp")).unwrap().count(), 0);
    }
}
