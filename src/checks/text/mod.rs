//! The text of a page that is read by people, without its markup, and the way back to its bytes.
//!
//! A page is taken apart into blocks of plain text ([`block`], [`walk`]), those in raw HTML
//! ([`html`]) and in front matter ([`front`]) too, each with its language ([`languages`]) and with
//! everything that is not prose masked ([`mask`]). This room finds no faults.

pub(in crate::checks) mod block;
mod front;
mod html;
mod languages;
pub(in crate::checks) mod mask;
pub(in crate::checks) mod walk;
#[cfg(test)]
mod walk_tests;
