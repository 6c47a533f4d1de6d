//! What keeps an asset from being made at all.

use crate::repo::RepoError;
use crate::site_path::SitePath;

/// An asset could not be made. Faults of the picture itself, which the author can mend, come as
/// diagnostics where the page can still be built.
#[derive(Debug, thiserror::Error)]
pub enum AssetError {
    /// The source cannot be read.
    #[error("cannot read the asset `{path}`")]
    Read {
        /// The source.
        path: SitePath,
        /// The cause.
        #[source]
        source: RepoError,
    },
    /// The source is no longer what its name in the site was made from.
    #[error("`{path}` changed while the site was being built")]
    Changed {
        /// The source.
        path: SitePath,
    },
    /// The source cannot be decoded.
    #[error("cannot decode `{path}`: {reason}")]
    Broken {
        /// The source.
        path: SitePath,
        /// What the decoder said.
        reason: String,
    },
    /// The source has more pixels than are decoded.
    #[error("`{path}` is too large to decode: {width} x {height} pixels")]
    TooLarge {
        /// The source.
        path: SitePath,
        /// Its width.
        width: u32,
        /// Its height.
        height: u32,
    },
    /// The source is of a format that is copied but never decoded.
    #[error("`{path}` is of a format that cannot be bound into a document")]
    Unsupported {
        /// The source.
        path: SitePath,
    },
}
