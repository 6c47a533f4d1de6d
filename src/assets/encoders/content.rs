//! What pixels show, told from the pixels.

use crate::assets::encoders::format::Content;
use crate::assets::pixels::Pixels;

/// What pixels show. Those that were once coded with loss are a photograph's.
pub(in crate::assets) fn content_of(_pixels: &Pixels, came_lossless: bool) -> Content {
    match came_lossless {
        true => Content::Graphic,
        false => Content::Photo,
    }
}
