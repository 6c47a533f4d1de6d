//! Colors for code: which bytes of a text are a keyword, a string, a comment.
//!
//! A text is cut into tokens, each of a class; the style gives the classes their colors. Without
//! the feature `highlight` no language is known and every text stays plain.

mod class;
#[cfg(all(test, feature = "highlight"))]
mod endurance;
#[cfg(feature = "highlight")]
mod engine;
#[cfg(feature = "highlight")]
mod grammar;
#[cfg(feature = "highlight")]
mod languages;
mod pack;
mod token;

pub use class::Class;
pub use pack::Highlights;
pub use token::Token;
