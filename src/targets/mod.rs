//! Places that hold published files. This room moves bytes and small state objects; it never
//! decides what ought to be live.

mod beside;
mod directory;
mod disk;
mod home;
mod live;
mod output;
mod target;
mod tree;

use std::path::Path;

pub use directory::Directory;
pub use output::{Output, OutputError, Written};
pub use target::{
    Capabilities, Capability, LOG, Object, Observed, ObservedFile, POINTER, RELEASES, Swap, Target,
    TargetError, Tree, Version, Versioned, View,
};

use crate::config;

/// What a target may ask of those who open it.
#[derive(Clone, Copy)]
pub struct Access<'a> {
    /// The project's folder.
    pub project: &'a Path,
    /// Reads a variable of the environment: a credential, where the platform has no chain of its own
    /// for one. The variables of a target begin with `TYMPAN_` and its name
    /// ([`config::variable_part`]).
    pub variable: &'a (dyn Fn(&str) -> Option<String> + Sync),
}

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
