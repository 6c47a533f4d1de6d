//! Outputs that programs read: the sitemap, robots.txt, llms.txt, pages as Markdown.

mod llms;
mod renderer;
mod sitemap;
mod source;

pub use renderer::{MachineJob, Machines};
pub(super) use sitemap::robots;
pub(super) use source::markdown_route;
