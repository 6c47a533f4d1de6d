//! Places that hold published files. This room moves bytes and small state objects; it never
//! decides what ought to be live.

mod access;
mod beside;
mod branch;
#[cfg(feature = "remote")]
mod bucket;
mod directory;
mod disk;
mod home;
mod live;
mod older;
mod output;
#[cfg(feature = "remote")]
mod registry;
pub mod releases;
#[cfg(feature = "remote")]
mod sftp;
mod target;
mod tree;

pub use access::Access;
pub use branch::Branch;
#[cfg(feature = "remote")]
pub use bucket::Bucket;
pub use directory::Directory;
pub use output::{Output, OutputError, Written};
#[cfg(feature = "remote")]
pub use registry::Registry;
#[cfg(feature = "remote")]
pub use sftp::Sftp;
pub use target::{
    Capabilities, Capability, LOG, Object, Observed, ObservedFile, POINTER, Put, RELEASES, Swap,
    Target, TargetError, Tree, Version, Versioned, View,
};

use crate::config;
#[cfg(feature = "remote")]
use crate::repo;

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
        #[cfg(feature = "remote")]
        config::TargetKind::Sftp {
            host,
            port,
            user,
            path,
        } => {
            let ssh = (access.variable)(&variable(name, "SSH"));
            let address = sftp::Address {
                host: host.clone(),
                port: *port,
                user: user.clone(),
                path: path.clone(),
                program: ssh.unwrap_or_else(|| "ssh".to_owned()),
            };
            Ok(Box::new(Sftp::open(name, address)))
        }
        #[cfg(not(feature = "remote"))]
        config::TargetKind::Sftp { .. } | config::TargetKind::Oci { .. } => Err(left_out(name)),
        config::TargetKind::Git { remote, branch } => {
            Ok(Box::new(Branch::open(name, access.project, remote, branch)))
        }
        #[cfg(feature = "remote")]
        config::TargetKind::Oci { repository, tag } => {
            let login = registry::Login::of(name, repository, access);
            let source = repo::address_of(access.project, "origin");
            Ok(Box::new(Registry::open(
                name, repository, tag, login, source,
            )))
        }
        config::TargetKind::S3 { .. }
        | config::TargetKind::Gcs { .. }
        | config::TargetKind::Azblob { .. }
        | config::TargetKind::Webdav { .. }
        | config::TargetKind::Drive { .. } => Err(TargetError::Unsupported {
            target: name.to_owned(),
            reason: "this build of tympan cannot reach it".to_owned(),
        }),
    }
}

/// The variable of the environment that holds something of a target: `TYMPAN_<TARGET>_<WHAT>`.
#[cfg(feature = "remote")]
fn variable(name: &str, what: &str) -> String {
    format!("TYMPAN_{}_{what}", config::variable_part(name))
}

#[cfg(not(feature = "remote"))]
fn left_out(name: &str) -> TargetError {
    TargetError::Unsupported {
        target: name.to_owned(),
        reason: "it is reached by a build of tympan with the feature `remote`".to_owned(),
    }
}
