//! How the library tells what it is doing. It never prints; `cli/ui.rs` decides what is shown.

use crate::site_path::SitePath;

/// A stage of the work, in the order of the flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// Reading files and parsing pages.
    Load,
    /// Running the checks.
    Check,
    /// Reading image headers and laying out variants.
    Assets,
    /// Rendering pages, images and documents.
    Render,
    /// Hashing and sealing.
    Seal,
    /// Writing to a folder or target.
    Write,
}

impl Stage {
    /// All stages in the order of the flow.
    pub const ALL: [Self; 6] = [
        Self::Load,
        Self::Check,
        Self::Assets,
        Self::Render,
        Self::Seal,
        Self::Write,
    ];

    /// The name used in summaries and in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Load => "load",
            Self::Check => "check",
            Self::Assets => "assets",
            Self::Render => "render",
            Self::Seal => "seal",
            Self::Write => "write",
        }
    }
}

/// Something that happened.
#[derive(Debug, Clone)]
pub enum Event {
    /// A stage begins.
    Started {
        /// Which.
        stage: Stage,
        /// The number of steps it will take; 0 if not known.
        total: usize,
    },
    /// One step of a stage is done.
    Stepped {
        /// Which.
        stage: Stage,
        /// The file it was about.
        path: SitePath,
    },
    /// A document of so many pages was laid out, which is the next step of its stage.
    LaidOut(usize),
    /// An image was made, which is the next step of its stage.
    Made(Made),
    /// So many bytes of a file were sent to a target, which is the next step of its stage.
    Sent(u64),
    /// A stage ended.
    Finished {
        /// Which.
        stage: Stage,
    },
    /// A cached result was used.
    CacheHit,
    /// A result had to be computed.
    CacheMiss,
}

/// What became of an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Made {
    /// Its share of the work, in pixels.
    pub share: u64,
    /// The work of the whole stage, in pixels.
    pub of: u64,
    /// The length of the source in bytes.
    pub before: u64,
    /// The length in bytes of the largest file that takes its place.
    pub after: u64,
}

/// Takes events from any thread.
pub type Progress<'a> = &'a (dyn Fn(Event) + Sync);

/// A listener for callers that want none.
pub fn silent(_: Event) {}
