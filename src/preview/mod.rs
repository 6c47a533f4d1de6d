//! The preview: the flow of `build` on demand, for the browser of the person who writes.
//!
//! It serves only what the plan lists, from memory, to this machine alone. What it adds to a page,
//! the reload script and the overlay, is added while serving: a build never contains it, so the
//! bytes you preview are the bytes you publish.

mod answer;
mod beside;
mod decorate;
mod door;
mod findings;
mod generation;
mod glimpse;
mod loading;
mod news;
mod overlay;
mod project;
mod range;
mod route;
mod server;
#[cfg(test)]
mod tests;
mod watch;

pub use project::{Follow, Preview, Reloaded};
pub use server::{Access, PreviewError, PreviewEvent, serve};
