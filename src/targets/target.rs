//! The promise a target makes, in terms that a folder with releases side by side and a flat
//! bucket can both keep.
//!
//! A target holds three things: *state*, small objects below `.tympan/` with a version each; one
//! or more *trees*, copies of releases; and what readers see, the *live* files. A target with
//! [`Capability::SideBySide`] keeps every tree apart and makes one of them live at a stroke. A flat
//! one has a single set of names: putting a file into a tree shows it to readers at once, which is
//! why files come in the order in which readers may meet them, and why files that went out of use
//! are removed only by a later publish.

use std::collections::BTreeSet;
use std::error::Error;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::release::{File, Manifest};
use crate::site_path::SitePath;

/// The state object that says which release is live.
pub const POINTER: &str = "current";
/// The folder of state that holds one record a deployment.
pub const LOG: &str = "log";
/// The folder of state that holds the releases, named by digest.
pub const RELEASES: &str = "releases";

/// A place that holds published files.
///
/// Every method may fail half done, and may be called again after that: what it wrote is either
/// whole or not there. No method follows a link that it finds among the files, and none touches a
/// file that it did not write.
pub trait Target: Sync {
    /// What this target can promise.
    fn capabilities(&self) -> Capabilities;

    /// Refuses files of which one would take the place of somebody else's, or could not be named
    /// there, before anything is sent.
    fn admit(&self, _files: &Manifest) -> Result<(), TargetError> {
        Ok(())
    }

    /// Reads a state object or a live file with the version it has now; nothing if there is none.
    fn read(&self, object: &Object) -> Result<Option<Versioned>, TargetError>;

    /// Writes a state object if what stands there still has the version `expected`, or if nothing
    /// stands there and nothing is expected. With [`Capability::ConditionalPut`] the comparison
    /// and the writing are one step for everyone who uses this target.
    fn swap(
        &self,
        state: &SitePath,
        expected: Option<&Version>,
        bytes: &[u8],
    ) -> Result<Swap, TargetError>;

    /// Makes sure that [`Capability::ConditionalPut`] is kept, where somebody else's word is all
    /// there is for it: `state` was just replaced by a swap that expected `stale`, and doing that
    /// again must be lost.
    fn prove(
        &self,
        _state: &SitePath,
        _stale: Option<&Version>,
        _bytes: &[u8],
    ) -> Result<(), TargetError> {
        Ok(())
    }

    /// Lists what is there, with digests where [`Capability::ListDigests`] is promised.
    fn observe(&self, view: View) -> Result<Observed, TargetError>;

    /// Puts a file into a tree out of bytes that the target holds already and that are, as far as
    /// [`Target::observe`] tells digests, the ones the file names. Says whether it could.
    fn keep(&self, tree: Tree, file: &File) -> Result<bool, TargetError>;

    /// Puts a file into a tree. With [`Capability::ConditionalFiles`] it takes the place of what the
    /// last [`Target::observe`] found there, and of nothing else.
    fn put(&self, tree: Tree, file: &File, bytes: &[u8]) -> Result<Put, TargetError>;

    /// The same, so that whoever saw this content there before finds another version of it, as far as
    /// the target has more than one.
    fn put_anew(&self, tree: Tree, file: &File, bytes: &[u8]) -> Result<Put, TargetError> {
        self.put(tree, file, bytes)
    }

    /// Makes a whole tree live and replaces the pointer, unless the pointer's version is another
    /// than `expected`. Everything in the tree is on disk for good before.
    fn switch(&self, tree: Tree, expected: &Version, pointer: &[u8]) -> Result<Swap, TargetError>;

    /// Removes trees other than `keep` that are older than the newest of them, or, where trees
    /// share one set of names, the `stale` files, as long as they are what was seen last. What is
    /// live always stays. Where some were others by now, or could not be removed on a condition, it is
    /// busy and has looked again: the same call removes them.
    fn collect(&self, keep: &[Tree], stale: &[SitePath]) -> Result<(), TargetError>;
}

/// Something a target may be able to promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Capability {
    /// A reader meets the old release or the new one, never a mixture and never nothing.
    AtomicSwitch,
    /// Releases are kept apart, so an old one can be made live again without sending it.
    SideBySide,
    /// Of two who write one state object at once, exactly one succeeds.
    ConditionalPut,
    /// A file that comes late takes the place of nothing that was written since its publisher looked.
    /// Where trees stand apart nothing can: each has one writer.
    ConditionalFiles,
    /// Listing tells the digest of every file.
    ListDigests,
    /// Media types and cache times are kept with the files.
    Headers,
}

impl Capability {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::AtomicSwitch,
        Self::SideBySide,
        Self::ConditionalPut,
        Self::ConditionalFiles,
        Self::ListDigests,
        Self::Headers,
    ];

    /// What is lost where it is missing.
    pub fn loss(self) -> &'static str {
        match self {
            Self::AtomicSwitch => {
                "for a moment a reader may meet no page, or pages of two releases"
            }
            Self::SideBySide => "going back sends the older files again",
            Self::ConditionalPut => "two publishes at once may overwrite each other",
            Self::ConditionalFiles => {
                "a publish that hangs may put an older file over a newer one, until the next publish"
            }
            Self::ListDigests => "a changed file of the same size is not noticed",
            Self::Headers => "the web server decides media types and cache times",
        }
    }
}

/// What a target can promise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Capabilities(pub BTreeSet<Capability>);

impl Capabilities {
    /// Whether `capability` is promised.
    pub fn has(&self, capability: Capability) -> bool {
        self.0.contains(&capability)
    }

    /// What is not promised.
    pub fn missing(&self) -> impl Iterator<Item = Capability> {
        Capability::ALL.into_iter().filter(|one| !self.has(*one))
    }
}

/// One copy of a release at a target, made by the deployment with this epoch.
///
/// An epoch is granted once, so a tree has one writer, ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Tree {
    /// The deployment that made it.
    pub epoch: u64,
    /// The release it is a copy of.
    pub release: Digest,
}

/// Something that can be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Object {
    /// A state object, below `.tympan/`.
    State(SitePath),
    /// A file that readers see.
    Live(SitePath),
}

/// Something that can be listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    /// What readers see.
    Live,
    /// One tree.
    Tree(Tree),
}

/// Names one state of an object: an entity tag, a generation, a digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version(pub String);

/// An object and its version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Versioned {
    /// The content.
    pub bytes: Vec<u8>,
    /// The version it has.
    pub version: Version,
}

/// How a conditional write ended.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum Swap {
    /// Written; the version it has now.
    Done(Version),
    /// Somebody else wrote first; nothing was changed.
    Lost,
}

/// How putting a file ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Put {
    /// It stands there.
    Done,
    /// Somebody else has written there since the last look, and nothing was changed. The target has
    /// looked again: the same call takes the place of what stands there now.
    Lost,
}

/// What is there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Observed {
    /// The tree that is live, where the target can tell.
    pub tree: Option<Tree>,
    /// The plain files, sorted by path.
    pub files: Vec<ObservedFile>,
    /// Everything that no release can hold, sorted: links, devices, names that are no site paths.
    pub strangers: Vec<String>,
}

/// One file that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObservedFile {
    /// Where.
    pub path: SitePath,
    /// Its size in bytes.
    pub size: u64,
    /// Its content, where the target can tell.
    pub sha256: Option<Digest>,
}

/// A target could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum TargetError {
    /// Reading failed.
    #[error("cannot read `{path}` at target `{target}`")]
    Read {
        /// The target's name.
        target: String,
        /// The file, folder or address.
        path: String,
        /// The cause.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// Writing failed.
    #[error("cannot write `{path}` at target `{target}`")]
    Write {
        /// The target's name.
        target: String,
        /// The file, folder or address.
        path: String,
        /// The cause.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// The target could not keep up or was not reached. Trying again may help.
    #[error("cannot write `{path}` at target `{target}` now")]
    Busy {
        /// The target's name.
        target: String,
        /// The file, folder or address.
        path: String,
        /// The cause.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// The target cannot be opened as it is described.
    #[error("cannot open target `{target}`: {reason}")]
    Unsupported {
        /// The target's name.
        target: String,
        /// What is missing, and how to get it.
        reason: String,
    },
    /// Something that tympan did not write stands where it must write.
    #[error(
        "`{path}` at target `{target}` was not written by tympan: move it away, or choose another path"
    )]
    Foreign {
        /// The target's name.
        target: String,
        /// What stands in the way.
        path: String,
    },
}

impl fmt::Display for Tree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.epoch, self.release.hex())
    }
}

impl Tree {
    /// Reads a name that [`Tree`] wrote, and no other spelling of it.
    pub fn parse(name: &str) -> Option<Self> {
        let (epoch, hex) = name.split_once('-')?;
        let tree = Self {
            epoch: epoch.parse().ok()?,
            release: Digest::from_hex(hex).ok()?,
        };
        (tree.to_string() == name).then_some(tree)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_reads_back_its_name_and_nothing_else() {
        let hex = Digest::of(b"").hex();
        let name = format!("12-{hex}");
        assert_eq!(Tree::parse(&name).unwrap().to_string(), name);
        for other in [
            String::new(),
            hex.clone(),
            format!("012-{hex}"),
            format!("+12-{hex}"),
            format!("-1-{hex}"),
            format!("12-{}", hex.to_uppercase()),
            format!("99999999999999999999-{hex}"),
        ] {
            assert_eq!(Tree::parse(&other), None, "{other}");
        }
    }

    #[test]
    fn what_is_not_promised_is_missing() {
        let capabilities = Capabilities([Capability::SideBySide].into());
        assert!(capabilities.has(Capability::SideBySide));
        assert_eq!(capabilities.missing().count(), Capability::ALL.len() - 1);
    }
}
