//! The notations that diagrams are written in.

use crate::render::diagram::drawing::Drawing;
use crate::store::Store;

/// What a diagram is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notation {
    /// Mermaid.
    Mermaid,
    /// The DOT language of Graphviz.
    Dot,
    /// Pikchr.
    Pikchr,
}

impl Notation {
    /// The notation that a fence names, if the program was built to draw it.
    pub fn of(language: &str) -> Option<Self> {
        let is = |name: &str| language.eq_ignore_ascii_case(name);
        match () {
            () if !cfg!(feature = "diagrams") => None,
            () if is("mermaid") => Some(Self::Mermaid),
            () if is("dot") || is("graphviz") => Some(Self::Dot),
            () if is("pikchr") => Some(Self::Pikchr),
            () => None,
        }
    }

    /// Draws a diagram, or takes the drawing from the store.
    ///
    /// # Errors
    /// Says in one line why it cannot be drawn.
    #[cfg(feature = "diagrams")]
    pub fn draw(self, store: &Store, source: &str) -> Result<Drawing, String> {
        crate::render::diagram::engine::draw(self, store, source)
    }

    /// Never called: no fence names a notation.
    ///
    /// # Errors
    /// Always.
    #[cfg(not(feature = "diagrams"))]
    pub fn draw(self, _store: &Store, _source: &str) -> Result<Drawing, String> {
        Err("this program was built without diagrams".to_owned())
    }
}
