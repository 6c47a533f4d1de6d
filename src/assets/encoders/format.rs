//! What can be made of pixels, and how.

use crate::config::Lossless;

/// A format that pixels are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// AVIF.
    Avif,
    /// WebP.
    WebP,
    /// JPEG, which has no transparency.
    Jpeg,
    /// PNG.
    Png,
}

impl Format {
    /// The end of a file's name, without the dot.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Avif => "avif",
            Self::WebP => "webp",
            Self::Jpeg => "jpg",
            Self::Png => "png",
        }
    }

    /// The media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Avif => "image/avif",
            Self::WebP => "image/webp",
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
        }
    }
}

/// What pixels show, which decides how they may be coded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::assets) enum Content {
    /// A photograph or a painting: soft, noisy, and forgiving.
    Photo,
    /// A screenshot, a diagram, a drawing: flat, with edges and letters.
    Graphic,
}

/// How pixels are coded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::assets) struct Settings {
    /// From 1 to 100; one number looks about the same in every format.
    pub(in crate::assets) quality: u8,
    pub(in crate::assets) lossless: Lossless,
}
