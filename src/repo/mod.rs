//! Snapshots and history: the only room that runs `git`.
//!
//! Everything here reads, except [`init()`]. No Git call runs a hook, a pager, a monitor or a filter
//! that the repository itself configures, asks a question, or reaches the network.

mod error;
mod git;
mod history;
mod init;
mod links;
mod listing;
mod objects;
mod refs;
mod snapshot;
mod status;
mod walk;
mod worktree;

pub use error::RepoError;
pub use git::resolve;
pub use history::{Change, FileHistory, History};
pub use init::init;
pub use refs::{Ref, refs};
pub use snapshot::{Snapshot, SnapshotFile, Source};

#[cfg(test)]
mod fixture;
