//! What can go wrong between this machine and a store of releases.

use crate::digest::Digest;
use crate::release::Release;
use crate::store::StoreError;
use crate::targets::target::TargetError;

/// The name of the store in messages, and in the variables that hold its credentials.
pub const STORE: &str = "store";

/// A release could not be put into a store of releases, or got out of it.
#[derive(Debug, thiserror::Error)]
pub enum ReleaseStoreError {
    /// The place cannot be read or written.
    #[error(transparent)]
    Place(#[from] TargetError),
    /// The release was never put there, or was taken away.
    #[error("the release {release} is not in the store of releases")]
    Absent {
        /// The release.
        release: Digest,
    },
    /// Its JSON is not what its name says.
    #[error("the release {release} is damaged in the store of releases")]
    Damaged {
        /// The release.
        release: Digest,
    },
    /// Some of its files are not there, or are not what their names say.
    #[error(
        "the release {release} is not whole in the store of releases: {missing} of its files are missing or damaged, such as `{path}`{}",
        rebuilt(commit.as_deref())
    )]
    Incomplete {
        /// The release.
        release: Digest,
        /// The commit that it was built from, and can be built from again.
        commit: Option<String>,
        /// How many files are wanting.
        missing: usize,
        /// One of them.
        path: String,
    },
    /// A file of the release is not on this machine.
    #[error("cannot send `{path}` of the release {release}")]
    Unsent {
        /// The release.
        release: Digest,
        /// The file.
        path: String,
        /// The cause.
        #[source]
        source: StoreError,
    },
    /// A file of the release cannot be kept on this machine.
    #[error("cannot keep `{path}` of the release {release}")]
    Unkept {
        /// The release.
        release: Digest,
        /// The file.
        path: String,
        /// The cause.
        #[source]
        source: StoreError,
    },
}

fn rebuilt(commit: Option<&str>) -> String {
    match commit {
        Some(commit) => format!("; it can be built again from its commit {commit}"),
        None => String::new(),
    }
}

impl ReleaseStoreError {
    /// Whether building the commit of the release again, which must give the same digest, is a way
    /// out.
    pub fn is_mended_by_rebuilding(&self) -> bool {
        matches!(
            self,
            Self::Absent { .. } | Self::Damaged { .. } | Self::Incomplete { .. }
        )
    }

    /// That `missing` files of a release are wanting, the first of them `path`.
    pub(super) fn incomplete(release: &Release, missing: usize, path: String) -> Self {
        Self::Incomplete {
            release: release.digest(),
            commit: release.source.commit.clone(),
            missing,
            path,
        }
    }
}
