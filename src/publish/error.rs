//! Why a publish could not be done, with the way out in the message.

use crate::digest::Digest;
use crate::publish::refusal::Refusal;
use crate::signing::SigningError;
use crate::site_path::SitePath;
use crate::store::StoreError;
use crate::targets::TargetError;

/// A publish could not be done.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// The target failed.
    #[error(transparent)]
    Target(#[from] TargetError),
    /// The store does not hold a file of the release.
    #[error("cannot read `{path}` of the release")]
    Store {
        /// The file.
        path: SitePath,
        /// The cause.
        #[source]
        source: StoreError,
    },
    /// The rules do not allow it.
    #[error("will not publish to target `{target}`: {refusal}")]
    Refused {
        /// The target's name.
        target: String,
        /// The rule.
        refusal: Box<Refusal>,
    },
    /// A state object at the target makes no sense.
    #[error("cannot read `.tympan/{path}` at target `{target}`: {reason}")]
    Unreadable {
        /// The target's name.
        target: String,
        /// The object.
        path: SitePath,
        /// What is wrong with it.
        reason: String,
    },
    /// Another publish took over meanwhile. What it did stands.
    #[error("another publish took over target `{target}` while epoch {epoch} was at work")]
    Overtaken {
        /// The target's name.
        target: String,
        /// The epoch of the publish that lost.
        epoch: u64,
    },
    /// A file is not what was written.
    #[error("`{path}` at target `{target}` is not what was written there")]
    Mismatch {
        /// The target's name.
        target: String,
        /// The file.
        path: String,
    },
    /// The release or its record could not be signed.
    #[error("cannot sign for target `{target}`")]
    Signing {
        /// The target's name.
        target: String,
        /// The cause.
        #[source]
        source: SigningError,
    },
    /// The release is live and could not be tested: nobody answered.
    #[error("cannot test release {release} at target `{target}`: {reason}")]
    Untested {
        /// The target's name.
        target: String,
        /// The release.
        release: Digest,
        /// The route, and why it could not be asked for.
        reason: String,
    },
    /// The smoke test failed.
    #[error("the smoke test of release {release} at target `{target}` failed on {reason}{}", back_again(.back.as_ref()))]
    Smoke {
        /// The target's name.
        target: String,
        /// The release.
        release: Digest,
        /// The route and what was wrong with it.
        reason: String,
        /// The release that is live again.
        back: Option<Digest>,
    },
}

impl PublishError {
    pub(super) fn refused(target: &str, refusal: Refusal) -> Self {
        Self::Refused {
            target: target.to_owned(),
            refusal: Box::new(refusal),
        }
    }

    /// What to do next.
    pub fn help(&self) -> Option<String> {
        let help = match self {
            Self::Refused { refusal, .. } => return Some(refusal.help()),
            Self::Target(_) => return None,
            Self::Store { .. } => "publish the release's commit again, which builds it",
            Self::Unreadable { .. } => "restore it from a backup, or publish to a new path",
            Self::Overtaken { .. } => "look at `tympan status`, then publish again if still needed",
            Self::Mismatch { .. } => {
                "publish again; if it stays so, look for a program that writes there"
            }
            Self::Signing { .. } => "look at TYMPAN_SIGNING_KEY, then publish again",
            Self::Untested { .. } => {
                "the release is live; publish again to test it, or set `over = \"target\"` in `[smoke]` to read its files back instead"
            }
            Self::Smoke { .. } => "mend the source and publish a new release",
        };
        Some(help.to_owned())
    }

    /// Whether the same command may succeed later without any change.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Target(_)
            | Self::Overtaken { .. }
            | Self::Mismatch { .. }
            | Self::Untested { .. } => true,
            Self::Refused { refusal, .. } => matches!(**refusal, Refusal::Leased { .. }),
            _ => false,
        }
    }
}

fn back_again(release: Option<&Digest>) -> String {
    release.map_or_else(String::new, |release| format!("; {release} is live again"))
}
