//! What keeps an asset from being made at all.

use crate::assets::avif::PASSING;
use crate::assets::read::broken_image;
use crate::diagnostic::Diagnostic;
use crate::repo::RepoError;
use crate::site::Site;
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
    /// The source could not be decoded this time, perhaps because the machine is busy.
    #[error("cannot decode `{path}`: {}", PASSING)]
    Passing {
        /// The source.
        path: SitePath,
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

impl AssetError {
    /// A source that a decoder refused.
    pub(super) fn undecoded(path: &SitePath, reason: String) -> Self {
        let path = path.clone();
        match reason == PASSING {
            true => Self::Passing { path },
            false => Self::Broken { path, reason },
        }
    }

    /// The error that is told of a picture which may be decoded the next time; what was made without
    /// it must not be kept. None if the fault will stay.
    pub fn passing(&self, site: &Site) -> Option<Diagnostic> {
        match self {
            Self::Passing { path } => Some(broken_image(site, path, PASSING)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assets::testing::{path, project};
    use crate::diagnostic::Severity;

    #[test]
    fn what_may_pass_is_told_as_an_error() {
        let site = project("![x](a.avif)\n", &[("content/a.avif", b"")]).site;
        let told = |reason: &str| {
            let fault = AssetError::undecoded(&path("content/a.avif"), reason.to_owned());
            fault.passing(&site)
        };
        let found = told(PASSING).unwrap();
        assert_eq!(
            (found.code.as_ref(), found.severity, found.path.as_str()),
            ("image-broken", Severity::Error, "content/index.md")
        );
        assert_eq!(told("its pixels are broken"), None);
    }
}
