//! What is put into a page before it is Markdown: includes, variables, shortcodes and references,
//! in the dialects that writers bring along. It reads nothing but files of the project, and every
//! byte of the result knows the place it came from.

mod arguments;
mod builtin;
mod calls;
mod dialects;
mod expander;
mod include;
mod regions;
mod shortcodes;
#[cfg(test)]
mod tests;
mod text;
mod variables;

pub(super) use calls::might_call;
pub(super) use expander::{Surroundings, expand};
pub use shortcodes::Shortcodes;
pub(super) use text::{Expanded, Origins};
pub use text::{Fault, FaultKind};
pub(super) use variables::Variables;
