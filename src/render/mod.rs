//! From the model to bytes: every output is planned first, then rendered when it is wanted.
//!
//! Renderers return artifacts and write nothing.

mod context;
pub mod dom;
pub mod epub;
#[cfg(feature = "pdf")]
pub mod pdf;

pub use context::{RenderContext, RenderError};
