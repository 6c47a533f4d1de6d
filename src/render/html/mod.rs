//! Pages: the model through the theme's templates, links relative, nothing but HTML and CSS.

mod body;
mod events;
mod feeds;
mod figures;
mod footnotes;
mod pages;
mod renderer;
mod sanitize;
mod shared;
mod theme;

pub use renderer::Html;
