//! Styles in SCSS and in the indented syntax, compiled to CSS.
//!
//! Nothing bounds what the language may do: its loops need no end, its texts and selectors can
//! double with every line. So it is compiled in a process of its own, this program run once more,
//! which ends when it takes too much time or memory, and reaches no file at all.

mod answers;
mod apart;
mod compile;

pub use answers::Answers;
pub use apart::{WORD, answer, ask};
pub use compile::{Fault, Request};
