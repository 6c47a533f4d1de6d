//! Where releases are kept between the machine that builds them and the one that ships them.
//!
//! A release is its JSON and the blobs it names. It is there only once all of it is: the JSON goes
//! last, and what is read back counts only if it is what its digest says.

mod error;
mod folder;
mod place;
mod release_store;

pub use error::{ReleaseStoreError, STORE};
pub use release_store::{Pushed, ReleaseStore};

use crate::config::TargetKind;
use crate::targets::access::Access;
use crate::targets::releases::folder::Folder;
use crate::targets::releases::place::Place;
use crate::targets::target::TargetError;
#[cfg(feature = "remote")]
use crate::targets::{bucket, registry};

/// Opens the place that keeps releases, `[store]`. Nothing is written yet, and no server is asked.
///
/// # Errors
/// Fails where this build cannot reach it, and where it is described in a way that cannot be.
pub fn open(store: &TargetKind, access: Access<'_>) -> Result<ReleaseStore, TargetError> {
    let place = match store {
        TargetKind::Directory { path } => Place::Folder(Folder::at(&access.project.join(path))),
        #[cfg(feature = "remote")]
        TargetKind::Oci { repository, .. } => {
            let login = registry::Login::of(STORE, repository, access);
            let client = registry::Client::open(repository, &login);
            Place::Registry(Box::new(client.map_err(unsupported)?))
        }
        #[cfg(feature = "remote")]
        kind if bucket::is_reached(kind) => {
            Place::Bucket(Box::new(bucket::connect(STORE, kind, access)?))
        }
        #[cfg(feature = "remote")]
        _ => return Err(unsupported("releases cannot be kept there".to_owned())),
        #[cfg(not(feature = "remote"))]
        _ => {
            let reason = "it is reached by a build of tympan with the feature `remote`";
            return Err(unsupported(reason.to_owned()));
        }
    };
    Ok(ReleaseStore::new(place))
}

fn unsupported(reason: String) -> TargetError {
    TargetError::Unsupported {
        target: STORE.to_owned(),
        reason,
    }
}
