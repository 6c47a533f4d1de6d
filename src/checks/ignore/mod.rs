//! What an author does not want to be told: findings that a remark in the text, or the front matter of
//! a page, says are none. Each remark names its rules, and one that silences nothing is itself found.

mod apply;
mod directive;
mod reach;

pub(in crate::checks) use apply::ignore;
pub use apply::{Ignored, Judged};
pub(in crate::checks) use directive::names;
