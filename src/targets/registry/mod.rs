//! A repository of an OCI registry, from which Flux, Argo CD and every OCI client can pull.
//!
//! ```text
//! <tag>                         what is live: one layer, a tar of the site
//! tympan_tree_<epoch>-<hex>     what one publish laid out; what was live under `<tag>`
//! tympan_release_<hex>          a release as it was laid out last, the same but for the epoch
//! tympan_current, tympan_lease, tympan_releases__<hex>.json, tympan_log__<epoch>.json, …
//!                               the state, an artifact each
//! ```
//!
//! A registry has no compare-and-swap, so two who publish at once may overwrite each other; and
//! nothing is ever deleted from it, which is what its own rules for keeping are for.

mod client;
mod layer;
mod login;
mod opened;
mod target;

pub(super) use client::{Artifact, Client, Fault, Part};
pub(super) use login::Login;
pub use target::Registry;
