//! AVIF by rav1e: slow, and without a tool to be installed.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::assets::encoders::format::Content;
use crate::assets::pixels::{Layout, Pixels};

/// The encoder's name and version.
pub(super) fn version() -> String {
    "rav1e 0.8".to_owned()
}

/// Encodes pixels, whose colors are always as fine as their light.
///
/// # Errors
/// Says why the encoder refused.
pub(super) fn encode(pixels: &Pixels, _: Content, quality: u8) -> Result<Vec<u8>, String> {
    // Its scale is another one: 75 is what 65 is to libaom, and 80 to others.
    let encoder = ravif::Encoder::new()
        .with_quality(f32::from(quality.saturating_sub(5).clamp(1, 100)))
        .with_alpha_quality(90.0)
        .with_speed(8)
        .with_num_threads(Some(1))
        .with_bit_depth(ravif::BitDepth::Eight);
    let pixels = pixels.to_color();
    let (width, height) = (pixels.width as usize, pixels.height as usize);
    if pixels.bytes.len() != width * height * pixels.layout.channels() {
        return Err("the pixels do not fill their rows".to_owned());
    }
    let work = || match pixels.layout {
        Layout::Rgba | Layout::GrayAlpha => {
            let rows: Vec<ravif::RGBA8> = pixels
                .bytes
                .chunks_exact(4)
                .map(|pixel| ravif::RGBA8::new(pixel[0], pixel[1], pixel[2], pixel[3]))
                .collect();
            encoder.encode_rgba(ravif::Img::new(&rows, width, height))
        }
        Layout::Rgb | Layout::Gray => {
            let rows: Vec<ravif::RGB8> = pixels
                .bytes
                .chunks_exact(3)
                .map(|pixel| ravif::RGB8::new(pixel[0], pixel[1], pixel[2]))
                .collect();
            encoder.encode_rgb(ravif::Img::new(&rows, width, height))
        }
    };
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(encoded) => encoded
            .map(|encoded| encoded.avif_file)
            .map_err(|error| format!("the AVIF encoder failed: {error}")),
        Err(_) => Err("the AVIF encoder gave up".to_owned()),
    }
}
