//! The meeting room of the making and the shipping wing: what a release is, and how two differ.
//!
//! Nothing here knows words or servers; a release is paths, digests and facts about them.

mod artifact;
mod canonical;
mod changes;
mod guard;
mod manifest;
mod sealed;
mod sink;
mod statement;

pub use artifact::{Artifact, CacheClass, Role, media_type};
pub use canonical::to_canonical_json;
pub use changes::{Change, Changes};
pub use guard::lost_routes;
pub use manifest::{File, Manifest};
pub use sealed::{CheckSummary, FORMAT, Lock, Output, Redirect, Release, ReleaseSource};
pub use sink::{Sink, SinkError};
pub use statement::Builder;
