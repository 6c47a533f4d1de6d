//! The theme: layers of templates, styles, scripts and words, the upper ones before the lower.

mod built_in;
mod layer;
mod ready;

pub(super) use ready::Theme;
