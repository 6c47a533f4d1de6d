//! Pages: the model through the theme's templates, links relative, nothing but HTML and CSS.

mod attributes;
mod blocks;
mod body;
mod code;
mod diagrams;
mod events;
mod feeds;
mod figures;
mod finish;
mod footnotes;
mod languages;
mod links;
mod menus;
mod pages;
mod print;
mod renderer;
mod sanitize;
mod shared;
mod sidebar;
mod tables;
mod theme;
mod versions;
mod whole;

#[cfg(test)]
mod tests;

pub use renderer::Html;
