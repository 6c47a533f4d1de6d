//! Pages: the model through the theme's templates, links relative, nothing but HTML and CSS.

mod attributes;
mod authors;
mod blocks;
mod body;
mod cards;
mod code;
mod diagrams;
mod downloads;
mod entrance;
mod events;
mod feed;
mod feed_formats;
mod figures;
mod finish;
mod footnotes;
mod images;
mod languages;
mod links;
mod lists;
mod lookup;
mod menus;
mod pages;
mod portraits;
mod print;
mod redirects;
mod references;
mod related;
mod renderer;
mod rules;
mod shared;
mod sidebar;
mod structured;
mod tables;
mod theme;
mod versions;
mod whole;
mod written;

#[cfg(test)]
mod tests;

pub(super) use attributes::attribute_text;
pub(super) use entrance::Entrance;
pub(super) use events::{escape, plain_text, until};
pub(super) use figures::file_url;
pub(super) use languages::{absolute, alternates};
pub(super) use lists::firsts;
pub use renderer::Html;
pub(super) use shared::canonical;
