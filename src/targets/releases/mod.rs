//! Where releases are kept between the machine that builds them and the one that ships them.
//!
//! A release is its JSON and the blobs it names. It is there only once all of it is: the JSON goes
//! last, and what is read back counts only if it is what its digest says.

mod error;
mod folder;
mod release_store;

pub use error::{ReleaseStoreError, STORE};
pub use release_store::{Pushed, ReleaseStore};

use crate::config::TargetKind;
use crate::targets::access::Access;
use crate::targets::target::TargetError;

/// Opens the place that keeps releases, `[store]`. Nothing is written yet, and no server is asked.
///
/// # Errors
/// Fails where this build cannot reach it, and where it is described in a way that cannot be.
pub fn open(store: &TargetKind, access: Access<'_>) -> Result<ReleaseStore, TargetError> {
    match store {
        TargetKind::Directory { path } => Ok(ReleaseStore::in_folder(&access.project.join(path))),
        _ => Err(TargetError::Unsupported {
            target: STORE.to_owned(),
            reason: "this build of tympan cannot reach it".to_owned(),
        }),
    }
}
