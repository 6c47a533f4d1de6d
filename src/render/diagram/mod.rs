//! Diagrams that are written as text: drawn as SVG when the site is built, so that pages need no
//! script and books have them too.
//!
//! Every engine draws in one palette; a page then takes the colors of its own scheme. What an engine
//! makes is sanitized like a drawing of the author's. Without the feature `diagrams` a diagram is
//! code.

#[cfg(feature = "diagrams")]
mod dot;
mod drawing;
#[cfg(feature = "diagrams")]
mod engine;
#[cfg(feature = "diagrams")]
mod mermaid;
mod notation;
#[cfg(feature = "diagrams")]
mod palette;
#[cfg(feature = "diagrams")]
mod pikchr;
#[cfg(feature = "diagrams")]
mod rewrite;

pub(super) use drawing::Drawing;
pub(super) use notation::Notation;
