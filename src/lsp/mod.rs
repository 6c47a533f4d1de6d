//! The findings of the checks in an editor, over the Language Server Protocol 3.17.
//!
//! A workspace holds one project or several (`workspace`); each is loaded once, and what an editor
//! has not saved stands before what lies on the disk (`session`). Findings and their edits are put
//! into the protocol's words and columns (`convert`, `actions`) and told over a pair of streams
//! (`server`). Nothing is written: edits are the editor's to make.

mod actions;
mod convert;
mod server;
mod session;
mod workspace;

pub use server::{ServerError, serve};
pub use session::Opened;
