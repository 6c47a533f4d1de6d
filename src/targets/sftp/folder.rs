//! The state, the trees and the name `live` of a folder on a server, laid out as
//! [`crate::targets::Directory`] lays them out.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::digest::Digest;
use crate::site_path::SitePath;
use crate::targets::sftp::index::Index;
use crate::targets::sftp::lock::{self, Held, token};
use crate::targets::sftp::remote::{Fault, Remote};
use crate::targets::sftp::session::{FileKind, was};
use crate::targets::target::{ObservedFile, Swap, Tree, Version, Versioned};

const STATE: &str = ".tympan";
const LIVE: &str = "live";
/// Says that `live` is ours, and where there are no links which tree stands there.
const NOTE: &str = ".tympan/live";
/// Not the name that a folder on this machine uses: there the lock is the system's, and the file
/// stays.
const LOCK: &str = ".tympan/held";

/// A target's folder on a server.
pub(super) struct Folder {
    pub remote: Remote,
    /// Whether the server makes no symbolic links, as far as is known.
    linkless: AtomicBool,
    probed: AtomicBool,
}

/// What `live` means now.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Live {
    Nothing,
    /// A link to one of our trees.
    Linked(Tree),
    /// One of our trees, moved there.
    Moved(Tree),
    /// A link that leads elsewhere, although we once made it: its text.
    Astray(String),
    /// Something that we did not make.
    Foreign,
}

impl Live {
    pub(super) fn tree(&self) -> Option<Tree> {
        match self {
            Self::Linked(tree) | Self::Moved(tree) => Some(*tree),
            _ => None,
        }
    }
}

/// The files of a tree, and what stands among them that is none.
pub(super) type Listing = (Vec<ObservedFile>, Vec<String>);

impl Folder {
    pub(super) fn new(remote: Remote) -> Self {
        Self {
            remote,
            linkless: AtomicBool::new(false),
            probed: AtomicBool::new(false),
        }
    }

    /// Whether `live` can be replaced in one step.
    pub(super) async fn switches_at_a_stroke(&self) -> bool {
        let moved = matches!(self.live().await, Ok(Live::Moved(_)));
        let links = !moved && !self.linkless.load(Ordering::Relaxed);
        links && self.remote.session.has_posix_rename
    }

    pub(super) async fn read_state(&self, path: &SitePath) -> Result<Option<Versioned>, Fault> {
        let place = format!("{STATE}/{path}");
        let mut read = self.remote.read(&place).await?;
        if read.is_none() && !self.remote.session.has_posix_rename {
            // It may be about to be replaced, or whoever replaced it broke off.
            read = self.remote.read(&was(&place)).await?;
            if read.is_none() {
                read = self.remote.read(&place).await?;
            }
        }
        Ok(read.map(|(bytes, _)| Versioned {
            version: version(&bytes),
            bytes,
        }))
    }

    /// Takes the lock of this folder, making what it needs.
    pub(super) async fn lock(&self) -> Result<Held, Fault> {
        let aside = self.remote.make_folder(&format!("{STATE}/tmp")).await?;
        self.probe(&aside).await;
        let path = self.remote.path(LOCK);
        let taken = lock::take(&self.remote.session, &path, &aside).await;
        taken.map_err(|error| (path, error))
    }

    /// Tries once whether the server makes symbolic links.
    async fn probe(&self, aside: &str) {
        if self.probed.swap(true, Ordering::Relaxed) {
            return;
        }
        let path = format!("{aside}/link-{}", token());
        let session = &self.remote.session;
        let made = session.symlink("nowhere", &path).await.is_ok()
            && session
                .read_link(&path)
                .await
                .is_ok_and(|to| to == "nowhere");
        self.linkless.store(!made, Ordering::Relaxed);
        let _ = session.remove(&path).await;
    }

    pub(super) async fn release(&self, held: Held) -> Result<(), Fault> {
        let released = held.release(&self.remote.session).await;
        released.map_err(|error| (self.remote.path(LOCK), error))
    }

    /// Replaces a state object, unless the lock was taken away meanwhile.
    pub(super) async fn write_state(
        &self,
        held: &Held,
        path: &SitePath,
        bytes: &[u8],
    ) -> Result<Swap, Fault> {
        let folder = match path.parent() {
            parent if parent.is_root() => STATE.to_owned(),
            parent => format!("{STATE}/{parent}"),
        };
        let folder = self.remote.make_folder(&folder).await?;
        let place = format!("{folder}/{}", path.file_name());
        let aside = self.remote.make_folder(&format!("{STATE}/tmp")).await?;
        let fault = |error| (place.clone(), error);
        let (session, written) = (&self.remote.session, format!("{aside}/state-{}", token()));
        session.create(&written, bytes).await.map_err(fault)?;
        if !held.is_ours(session).await.map_err(fault)? {
            session.remove(&written).await.map_err(fault)?;
            return Ok(Swap::Lost);
        }
        let replaced = session.replace_kept(&written, &place).await;
        replaced.map_err(fault)?;
        Ok(Swap::Done(version(bytes)))
    }

    pub(super) async fn live(&self) -> Result<Live, Fault> {
        let path = self.remote.path(LIVE);
        let fault = |error| (path.clone(), error);
        let session = &self.remote.session;
        let Some(found) = session.look(&path).await.map_err(fault)? else {
            return Ok(Live::Nothing);
        };
        let note = self.remote.read(NOTE).await?.map(|(bytes, _)| bytes);
        match found.kind {
            FileKind::Link => {
                let link = session.read_link(&path).await.map_err(fault)?;
                let tree = link.strip_prefix(".tympan/tree/").and_then(Tree::parse);
                Ok(match (tree, note) {
                    (Some(tree), _) => Live::Linked(tree),
                    (None, Some(_)) => Live::Astray(link),
                    (None, None) => Live::Foreign,
                })
            }
            FileKind::Folder => {
                let noted = note.and_then(|note| Tree::parse(std::str::from_utf8(&note).ok()?));
                Ok(noted.map_or(Live::Foreign, Live::Moved))
            }
            _ => Ok(Live::Foreign),
        }
    }

    /// Where the files of a tree are now.
    pub(super) async fn place_of(&self, tree: Tree) -> Result<String, Fault> {
        Ok(match self.live().await? {
            Live::Moved(there) if there == tree => LIVE.to_owned(),
            _ => home(tree),
        })
    }

    /// Makes a tree live. The caller holds the lock and has seen that nothing foreign is there.
    pub(super) async fn point(&self, held: &Held, tree: Tree) -> Result<Swap, Fault> {
        let done = Ok(Swap::Done(Version(String::new())));
        let live = self.live().await?;
        if live.tree() == Some(tree) {
            return done;
        }
        let path = self.remote.path(LIVE);
        let fault = |error: io::Error| (path.clone(), error);
        let session = &self.remote.session;
        if !held.is_ours(session).await.map_err(fault)? {
            return Ok(Swap::Lost);
        }
        let is_link = matches!(live, Live::Linked(_) | Live::Astray(_));
        if is_link || (live == Live::Nothing && !self.linkless.load(Ordering::Relaxed)) {
            let aside = self.remote.make_folder(&format!("{STATE}/tmp")).await?;
            let temporary = format!("{aside}/live-{}", token());
            let linked = session.symlink(&home(tree), &temporary).await;
            linked.map_err(fault)?;
            session.replace(&temporary, &path).await.map_err(fault)?;
            // From now on a link of this name is ours, wherever somebody may turn it.
            if self.remote.find(NOTE).await?.is_none() {
                self.write_note("link").await?;
            }
            return done;
        }
        // The note always names what stands at `live` while something does: between the two moves
        // nothing stands there, and that is when it changes.
        if let Live::Moved(old) = live {
            let back = self.remote.path(&home(old));
            session.rename(&path, &back).await.map_err(fault)?;
        }
        self.write_note(&tree.to_string()).await?;
        let from = self.remote.path(&home(tree));
        session.rename(&from, &path).await.map_err(fault)?;
        done
    }

    async fn write_note(&self, text: &str) -> Result<(), Fault> {
        let path = self.remote.path(NOTE);
        self.write(&path, &format!("{STATE}/tmp"), text.as_bytes())
            .await
    }

    /// Puts a file into a tree, by way of a name beside it.
    pub(super) async fn put(&self, tree: Tree, path: &SitePath, bytes: &[u8]) -> Result<(), Fault> {
        let place = self.place(tree, path).await?;
        // Half-written files lie apart for each tree, so that whoever clears away an old one never
        // takes them from a newer publish.
        self.write(&place, &format!("{STATE}/tmp/{tree}"), bytes)
            .await
    }

    async fn write(&self, place: &str, aside: &str, bytes: &[u8]) -> Result<(), Fault> {
        let aside = self.remote.make_folder(aside).await?;
        let (session, written) = (&self.remote.session, format!("{aside}/{}", token()));
        let done = match session.create(&written, bytes).await {
            Ok(()) => session.replace(&written, place).await,
            failed => failed,
        };
        done.map_err(|error| (place.to_owned(), error))
    }

    /// Makes a file of one tree a file of another. Where that fails its bytes are copied.
    pub(super) async fn keep(&self, donor: &str, tree: Tree, path: &SitePath) -> Result<(), Fault> {
        let (from, place) = (self.remote.path(donor), self.place(tree, path).await?);
        if self.remote.session.link(&from, &place).await.is_ok() {
            return Ok(());
        }
        match self.remote.read(donor).await? {
            Some((bytes, _)) => self.put(tree, path, &bytes).await,
            None => Err((from, io::ErrorKind::NotFound.into())),
        }
    }

    async fn place(&self, tree: Tree, path: &SitePath) -> Result<String, Fault> {
        let folder = match path.parent() {
            parent if parent.is_root() => home(tree),
            parent => format!("{}/{parent}", home(tree)),
        };
        let folder = self.remote.make_folder(&folder).await?;
        Ok(format!("{folder}/{}", path.file_name()))
    }

    /// The trees that are there, the newest first; names that are none are passed over.
    pub(super) async fn trees(&self) -> Result<Vec<Tree>, Fault> {
        let below = format!("{STATE}/tree");
        let kind = self.remote.find(&below).await?.map(|found| found.kind);
        if kind != Some(FileKind::Folder) {
            return Ok(Vec::new());
        }
        let path = self.remote.path(&below);
        let listed = self.remote.session.list(&path).await;
        let entries = listed.map_err(|error| (path, error))?;
        let mut trees: Vec<Tree> = entries
            .iter()
            .filter_map(|entry| Tree::parse(&entry.name))
            .collect();
        trees.sort_by(|a, b| b.cmp(a));
        Ok(trees)
    }

    /// What was noted of a tree, and when by the server's clock.
    pub(super) async fn index(&self, tree: Tree) -> Result<(Index, u32), Fault> {
        let read = self.remote.read(&format!("{STATE}/index/{tree}")).await?;
        Ok(match read {
            Some((bytes, found)) => {
                let text = String::from_utf8_lossy(&bytes);
                (Index::parse(&text), found.modified)
            }
            None => (Index::default(), 0),
        })
    }

    pub(super) async fn write_index(&self, tree: Tree, index: &Index) -> Result<(), Fault> {
        let folder = self.remote.make_folder(&format!("{STATE}/index")).await?;
        let (place, aside) = (format!("{folder}/{tree}"), format!("{STATE}/tmp/{tree}"));
        self.write(&place, &aside, index.to_text().as_bytes()).await
    }

    /// Moves trees away and removes them, and what broken publishes left behind.
    pub(super) async fn collect(&self, keep: &[Tree]) -> Result<(), Fault> {
        let held = self.lock().await?;
        let gone = self.move_away(keep).await;
        self.release(held).await?;
        for below in gone? {
            self.remote.remove_all(&below).await?;
        }
        self.remote.forget();
        Ok(())
    }

    /// What may be removed; what bears a tree's name is never half a tree.
    async fn move_away(&self, keep: &[Tree]) -> Result<Vec<String>, Fault> {
        let live = self.live().await?.tree();
        let newest = keep.iter().map(|tree| tree.epoch).max().unwrap_or(0);
        let mut gone = Vec::new();
        for tree in self.trees().await? {
            if keep.contains(&tree) || live == Some(tree) || tree.epoch >= newest {
                continue;
            }
            let from = self.remote.path(&home(tree));
            let to = self.remote.path(&format!("{STATE}/tmp/gone-{tree}"));
            let moved = self.remote.session.rename(&from, &to).await;
            moved.map_err(|error| (from, error))?;
            gone.push(format!("{STATE}/index/{tree}"));
        }
        let aside = self.remote.make_folder(&format!("{STATE}/tmp")).await?;
        let listed = self.remote.session.list(&aside).await;
        for entry in listed.map_err(|error| (aside, error))? {
            let of_tree = Tree::parse(&entry.name);
            if of_tree.is_none_or(|tree| tree.epoch <= newest) {
                gone.push(format!("{STATE}/tmp/{}", entry.name));
            }
        }
        Ok(gone)
    }
}

/// Where a tree stands that is not moved to `live`.
pub(super) fn home(tree: Tree) -> String {
    format!("{STATE}/tree/{tree}")
}

/// The version of a state object, which is its content, as in a folder on this machine.
fn version(bytes: &[u8]) -> Version {
    Version(Digest::of(bytes).hex())
}
