//! Blobs by digest and cached step results. Deleting the store costs time, never truth.

mod folder;
mod key;
mod pack;

pub use folder::{Store, StoreError};
pub use key::Key;
pub use pack::Pack;
