//! Everything that is not a page: images become variants, other files are copied.
//!
//! Only headers are read to lay the map out, so that a page can be rendered before a pixel is
//! decoded; encoding is a job of its own.

mod map;

pub use map::{AssetMap, ImageAsset, ImageFile, ImageKind};
