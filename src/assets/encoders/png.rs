//! PNG by oxipng: the fewest channels and bits that hold the pixels, and the filters that pack
//! them best. Always exact.

use oxipng::{BitDepth, ColorType, Options, RawImage};

use crate::assets::pixels::{Layout, Pixels};

/// How much is tried of a picture that few browsers ask for, 0 to 6: above it takes twice the time
/// for less than a hundredth.
const LEVEL: u8 = 1;
/// How much is tried of a file that stays: above it nothing is won.
const REPACK_LEVEL: u8 = 2;

/// The encoder's name and version.
pub(in crate::assets::encoders) fn version() -> String {
    "oxipng 10.2".to_owned()
}

/// Encodes pixels. The colors of what cannot be seen are not kept.
///
/// # Errors
/// Says why the encoder refused: pixels that do not fill their rows.
pub(in crate::assets::encoders) fn encode(pixels: &Pixels) -> Result<Vec<u8>, String> {
    let color = match pixels.layout {
        Layout::Gray => ColorType::Grayscale {
            transparent_shade: None,
        },
        Layout::GrayAlpha => ColorType::GrayscaleAlpha,
        Layout::Rgb => ColorType::RGB {
            transparent_color: None,
        },
        Layout::Rgba => ColorType::RGBA,
    };
    let options = Options {
        optimize_alpha: true,
        ..Options::from_preset(LEVEL)
    };
    let (width, height) = (pixels.width, pixels.height);
    RawImage::new(width, height, color, BitDepth::Eight, pixels.bytes.clone())
        .and_then(|raw| raw.create_optimized_png(&options))
        .map_err(|error| format!("the PNG encoder failed: {error}"))
}

/// Packs a PNG as it is: the same pixels in fewer bytes, with all that decides how they look.
///
/// # Errors
/// Says why it cannot be read.
pub(in crate::assets) fn repack(bytes: &[u8]) -> Result<Vec<u8>, String> {
    oxipng::optimize_from_memory(bytes, &Options::from_preset(REPACK_LEVEL))
        .map_err(|error| format!("the PNG cannot be packed: {error}"))
}

#[cfg(test)]
mod tests {
    use image::{DynamicImage, GenericImageView as _, Rgb, RgbImage};

    use super::*;
    use crate::assets::header::read_header;
    use crate::assets::testing::{disc, photo, png};

    fn pixels(image: impl Into<DynamicImage>) -> Pixels {
        let bytes = png(image);
        Pixels::decode(&bytes, &read_header(&bytes).unwrap()).unwrap()
    }

    /// The color type and bit depth (PNG 3 §11.2.1) of what comes back exactly.
    #[track_caller]
    fn case(image: DynamicImage, color: u8, depth: u8) {
        let encoded = encode(&pixels(image.clone())).unwrap();
        let back = image::load_from_memory(&encoded).unwrap();
        assert_eq!(back.into_rgba8(), image.into_rgba8());
        assert_eq!((encoded[25], encoded[24]), (color, depth));
    }

    #[test]
    fn the_fewest_channels_and_bits_are_taken() {
        case(photo(61, 47).into(), 2, 8);
        case(DynamicImage::from(photo(61, 47)).into_luma8().into(), 0, 8);
        let flat = |x: u32, _| Rgb([if x.is_multiple_of(2) { 250 } else { 20 }, 10, 20]);
        case(RgbImage::from_fn(40, 40, flat).into(), 3, 1);
    }

    #[test]
    fn what_is_transparent_stays_so() {
        let back = image::load_from_memory(&encode(&pixels(disc(64))).unwrap()).unwrap();
        assert_eq!(back.get_pixel(0, 0)[3], 0);
        assert_eq!(back.get_pixel(32, 32).0, [250, 10, 20, 255]);
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let mut short = pixels(photo(20, 20));
        short.bytes.pop();
        assert!(encode(&short).is_err());
    }
}
