//! Snapshots and history: the only room that runs `git`.
//!
//! Everything here reads, except [`init()`], [`Branch`], and [`RemoteRepository`], which writes to
//! others. No Git call runs a hook, a pager, a monitor or a filter that the repository itself
//! configures, or asks a question; none but [`fetch()`] and those of a [`RemoteRepository`] or of a
//! [`Branch`] with a remote reaches the network.

mod ancestry;
mod blobs;
mod branch;
mod bundle;
mod changes;
mod decided;
mod error;
mod fetch;
mod git;
mod history;
mod init;
mod links;
mod listing;
mod objects;
mod origin;
mod push;
mod refs;
mod remote;
mod remote_repository;
mod root;
mod snapshot;
mod staged;
mod status;
mod walk;
mod worktree;

pub use ancestry::is_older;
pub use blobs::BlobWriter;
pub use branch::{Advanced, Branch, Edit, branch_of_head, file_at};
pub use bundle::{Files, bundle, unbundle};
pub use changes::Changes;
pub use decided::{Approvals, Decided, approvals, decisions};
pub use error::RepoError;
pub use fetch::{FetchError, Fetched, Reach, fetch, is_remote};
pub use git::{is_bare, is_shallow, resolve};
pub use history::{Change, FileHistory, History};
pub use init::init;
pub use push::{Move, Moved, address_of, veiled};
pub use refs::{Ref, head_log, refs};
pub use remote::{Pushed, is_only_here, remote_of, remotes};
pub use remote_repository::{RemoteFile, RemoteRepository, TreeEdit};
pub use snapshot::{Snapshot, SnapshotFile, Source};
pub use worktree::ignored;

#[cfg(test)]
pub(crate) mod fixture;
