//! From the model to bytes: every output is planned first, then rendered when it is wanted.
//!
//! Renderers return artifacts and write nothing.

mod archive;
mod binding;
mod brand;
mod clauses;
mod code;
mod compress;
mod context;
mod diagram;
mod documents;
mod docx;
pub mod dom;
pub mod epub;
mod files;
pub mod highlight;
mod html;
mod machines;
mod mounted;
mod naming;
#[cfg(feature = "pdf")]
pub mod pdf;
mod plan;
mod references;
mod search;
mod stage;
mod tiles;
mod tree;
mod words;

pub(crate) use brand::ENGINE as DRAWING_ENGINE;
pub use context::{RenderContext, RenderError, Workbench};
pub use documents::{destination, fonts_of_the_machine};
pub use mounted::Version;
pub use plan::{Job, JobKind, Plan, Rendered, Renderer};
pub use stage::{Stage, Wanted};
