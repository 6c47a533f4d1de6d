//! What a tree is made for, as far as the tree differs by it.

use crate::markdown::Edition;
use crate::render::tree::breaks::{self, Measure};

/// What a tree is made for.
#[derive(Clone, Copy)]
pub(in crate::render) struct Medium {
    /// The edition whose text it has.
    pub(in crate::render) edition: Edition,
    /// Whether long words are given places to break, as U+200B.
    pub(in crate::render) softens: bool,
    /// The size of a drawing in points; none if it cannot be shown.
    pub(in crate::render) drawing_size: fn(&str) -> Option<(f64, f64)>,
}

impl Medium {
    /// The text as the medium has it.
    pub(super) fn soften(self, text: &str, measure: Measure) -> String {
        match self.softens {
            true => breaks::soften(text, measure),
            false => text.to_owned(),
        }
    }
}
