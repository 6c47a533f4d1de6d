//! JPEG by mozjpeg: progressive, its tables and quantization optimized.
//!
//! libjpeg reports a fault by unwinding through C, and without a word. Sizes and lengths are
//! checked before it is called, and what is left is caught here.

use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};

use mozjpeg::{ColorSpace, Compress};

use crate::assets::encoders::format::Content;
use crate::assets::pixels::{Layout, Pixels};

/// The longest side that libjpeg writes.
const LONGEST: u32 = 65_500;

/// The encoder's name and version, and the architecture: what it reckons in fractions may be rounded
/// otherwise on another.
pub(in crate::assets::encoders) fn version() -> String {
    format!("mozjpeg 4.1 {}", std::env::consts::ARCH)
}

/// Encodes pixels; what is transparent is seen on white.
///
/// # Errors
/// Says why the encoder refused: a side over 65500 pixels, or no memory.
pub(in crate::assets::encoders) fn encode(
    pixels: &Pixels,
    content: Content,
    quality: u8,
) -> Result<Vec<u8>, String> {
    let (width, height) = (pixels.width, pixels.height);
    if !(1..=LONGEST).contains(&width) || !(1..=LONGEST).contains(&height) {
        return Err(format!("no side of a JPEG is over {LONGEST} pixels"));
    }
    let space = match pixels.layout {
        Layout::Gray | Layout::GrayAlpha => ColorSpace::JCS_GRAYSCALE,
        Layout::Rgb | Layout::Rgba => ColorSpace::JCS_RGB,
    };
    let rows = on_white(pixels);
    let channels = match space {
        ColorSpace::JCS_GRAYSCALE => 1,
        _ => 3,
    };
    if rows.len() != width as usize * height as usize * channels {
        return Err("the pixels do not fill their rows".to_owned());
    }
    let work = || {
        let mut compress = Compress::new(space);
        compress.set_size(width as usize, height as usize);
        // At the same number it keeps more of a photograph than the other formats do.
        let quality = match content {
            Content::Photo => quality.saturating_sub(5).max(1),
            Content::Graphic => quality,
        };
        compress.set_quality(f32::from(quality));
        if channels == 3 {
            // Colors of a photograph may be coarse; those of letters and lines may not.
            let size = match content {
                Content::Photo => (2, 2),
                Content::Graphic => (1, 1),
            };
            compress.set_chroma_sampling_pixel_sizes(size, size);
        }
        let mut started = compress.start_compress(Vec::new())?;
        started.write_scanlines(&rows)?;
        started.finish()
    };
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(written) => written.map_err(|error| format!("the JPEG encoder failed: {error}")),
        Err(fault) => Err(match fault.downcast_ref::<String>() {
            Some(message) => format!("the JPEG encoder failed: {message}"),
            None => "the JPEG encoder gave up".to_owned(),
        }),
    }
}

/// The pixels without alpha, as they are seen on a white page.
fn on_white(pixels: &Pixels) -> Cow<'_, [u8]> {
    if !pixels.layout.has_alpha() {
        return Cow::Borrowed(&pixels.bytes);
    }
    let channels = pixels.layout.channels();
    let seen = |pixel: &[u8]| -> Vec<u8> {
        let (colors, alpha) = pixel.split_at(channels - 1);
        let alpha = u32::from(alpha[0]);
        let blend = |color: &u8| {
            let sum = u32::from(*color) * alpha + 255 * (255 - alpha);
            u8::try_from((sum + 127) / 255).unwrap_or(u8::MAX)
        };
        colors.iter().map(blend).collect()
    };
    Cow::Owned(pixels.bytes.chunks_exact(channels).flat_map(seen).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assets::header::read_header;
    use crate::assets::testing::{disc, photo, png};

    fn pixels(image: impl Into<image::DynamicImage>) -> Pixels {
        let bytes = png(image);
        Pixels::decode(&bytes, &read_header(&bytes).unwrap()).unwrap()
    }

    fn decoded(jpeg: &[u8]) -> image::DynamicImage {
        image::load_from_memory_with_format(jpeg, image::ImageFormat::Jpeg).unwrap()
    }

    #[test]
    fn pixels_come_back() {
        let image = photo(61, 47);
        for content in [Content::Photo, Content::Graphic] {
            let near = decoded(&encode(&pixels(image.clone()), content, 90).unwrap()).into_rgb8();
            let pairs = near.as_raw().iter().zip(image.as_raw());
            let sum: u64 = pairs.map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
            assert!(
                sum / (image.as_raw().len() as u64) < 8,
                "{content:?}: {sum}"
            );
        }
        let gray = image::DynamicImage::from(photo(30, 20)).into_luma8();
        let gray = decoded(&encode(&pixels(gray), Content::Photo, 80).unwrap());
        assert_eq!(gray.color(), image::ColorType::L8);
        assert!(encode(&pixels(photo(1, 1)), Content::Photo, 1).is_ok());
    }

    #[test]
    fn what_is_transparent_is_white() {
        let back = decoded(&encode(&pixels(disc(64)), Content::Graphic, 95).unwrap()).into_rgb8();
        assert!(back.get_pixel(1, 1).0.iter().all(|color| *color > 245));
        assert!(back.get_pixel(32, 32).0[0] > 230 && back.get_pixel(32, 32).0[1] < 40);
    }

    #[test]
    fn it_is_progressive_and_colors_of_photographs_are_coarse() {
        let marker = |jpeg: &[u8], kind: u8| {
            let at = jpeg.windows(2).position(|pair| pair == [0xff, kind]);
            at.map(|at| jpeg[at + 11])
        };
        for (content, sampling) in [(Content::Photo, 0x22), (Content::Graphic, 0x11)] {
            let jpeg = encode(&pixels(photo(90, 60)), content, 80).unwrap();
            assert_eq!(marker(&jpeg, 0xc2), Some(sampling));
        }
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let mut short = pixels(photo(20, 20));
        short.bytes.pop();
        assert!(encode(&short, Content::Photo, 80).is_err());
        let mut long = pixels(photo(1, 1));
        long.width = 65_501;
        long.bytes = vec![0; 65_501 * 3];
        assert!(encode(&long, Content::Photo, 80).is_err());
    }
}
