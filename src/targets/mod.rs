//! Places that hold published files. This room moves bytes and small state objects; it never
//! decides what ought to be live.

mod access;
mod beside;
#[cfg(feature = "remote")]
mod bucket;
mod directory;
mod disk;
mod home;
mod live;
mod output;
pub mod releases;
mod target;
mod tree;

pub use access::Access;
#[cfg(feature = "remote")]
pub use bucket::Bucket;
pub use directory::Directory;
pub use output::{Output, OutputError, Written};
pub use target::{
    Capabilities, Capability, LOG, Object, Observed, ObservedFile, POINTER, RELEASES, Swap, Target,
    TargetError, Tree, Version, Versioned, View,
};

use crate::config;

/// Opens the target `name`. Nothing is written yet, and no server is asked.
pub fn open(
    name: &str,
    target: &config::Target,
    access: Access<'_>,
) -> Result<Box<dyn Target>, TargetError> {
    match &target.kind {
        config::TargetKind::Directory { path } => {
            Ok(Box::new(Directory::open(name, &access.project.join(path))))
        }
        #[cfg(feature = "remote")]
        kind if bucket::is_reached(kind) => {
            Ok(Box::new(Bucket::new(bucket::connect(name, kind, access)?)))
        }
        config::TargetKind::Sftp { .. }
        | config::TargetKind::Git { .. }
        | config::TargetKind::Oci { .. }
        | config::TargetKind::S3 { .. }
        | config::TargetKind::Gcs { .. }
        | config::TargetKind::Azblob { .. }
        | config::TargetKind::Webdav { .. }
        | config::TargetKind::Drive { .. } => Err(TargetError::Unsupported {
            target: name.to_owned(),
            reason: "this build of tympan cannot reach it".to_owned(),
        }),
    }
}
