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

/// Opens the target `name` of a project in the folder `project`. Nothing is written yet.
pub fn open(name: &str, target: &config::Target, project: &Path) -> Box<dyn Target> {
    match &target.kind {
        config::TargetKind::Directory { path } => {
            Box::new(Directory::open(name, &project.join(path)))
        }
    }
}
