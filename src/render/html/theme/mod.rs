//! The theme: layers of templates, styles, scripts and words, the upper ones before the lower.
//!
//! What comes with the program is trusted; what comes with the project is bounded, and whatever is
//! wrong with it is a finding while the layer below stands in.

mod built_in;
mod folder;
mod layer;
mod look;
mod parse;
mod pinned;
mod ready;
mod sheets;
mod stack;

pub(super) use ready::{Content, Theme};
