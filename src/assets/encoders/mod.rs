//! From pixels to the smallest file that looks the same.
//!
//! An encoder runs on one thread with fixed settings, so that the same pixels give the same bytes
//! on every machine of one architecture. None of them sees a byte of a repository: only pixels that
//! were decoded here.

mod animation;
mod avif;
mod choice;
mod content;
mod format;
mod jpeg;
mod png;
#[cfg(test)]
mod quality;
#[cfg(test)]
mod samples;
mod webp;

pub use format::Format;

pub(super) use animation::{MOST_PIXELS, animate};
pub(super) use avif::{Speed, speed as avif_speed};
pub(super) use choice::{encode, is_best_lossy, version};
pub(super) use content::content_of;
pub(super) use format::{Content, Settings};
pub(super) use png::repack;
