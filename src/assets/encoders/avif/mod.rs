//! AVIF: planes of luma, color and opacity, each coded as a still of AV1, in one container.
//!
//! The feature `avif` codes them by libaom. Without it the feature `avif-slow` does by rav1e, in
//! about seventeen times the time; without either there is no AVIF.

#[cfg(feature = "avif")]
mod aom;
#[cfg(feature = "avif")]
mod planes;

use crate::assets::encoders::format::Content;
use crate::assets::pixels::Pixels;

/// The longest side that is coded: the level of AV1 that every decoder has (AV1 §A.3) ends there.
#[cfg(any(feature = "avif", feature = "avif-slow"))]
const LONGEST: u32 = 16_384;

/// The encoder's name and version.
pub(in crate::assets::encoders) fn version() -> String {
    #[cfg(feature = "avif")]
    return aom::version();
    #[cfg(all(feature = "avif-slow", not(feature = "avif")))]
    return "rav1e 0.8".to_owned();
    #[cfg(not(any(feature = "avif", feature = "avif-slow")))]
    return "none".to_owned();
}

/// Encodes pixels.
///
/// # Errors
/// Says why the encoder refused: a side over 16384 pixels, no memory, or no encoder in this
/// program.
pub(in crate::assets::encoders) fn encode(
    pixels: &Pixels,
    content: Content,
    quality: u8,
) -> Result<Vec<u8>, String> {
    #[cfg(any(feature = "avif", feature = "avif-slow"))]
    if pixels.width > LONGEST || pixels.height > LONGEST {
        return Err(format!("no side of an AVIF is over {LONGEST} pixels"));
    }
    #[cfg(feature = "avif")]
    return by_libaom(pixels, content, quality);
    #[cfg(all(feature = "avif-slow", not(feature = "avif")))]
    return by_rav1e(pixels, content, quality);
    #[cfg(not(any(feature = "avif", feature = "avif-slow")))]
    {
        let _ = (pixels, content, quality);
        return Err("this program was built without an AVIF encoder".to_owned());
    }
}

/// Whether this program can make AVIF, and how fast.
pub(in crate::assets) fn speed() -> Option<Speed> {
    match (cfg!(feature = "avif"), cfg!(feature = "avif-slow")) {
        (true, _) => Some(Speed::Fast),
        (false, true) => Some(Speed::Slow),
        (false, false) => None,
    }
}

/// How fast AVIF is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::assets) enum Speed {
    /// About twice the time of WebP.
    Fast,
    /// About thirty times the time of WebP.
    Slow,
}

#[cfg(feature = "avif")]
fn by_libaom(pixels: &Pixels, content: Content, quality: u8) -> Result<Vec<u8>, String> {
    use avif_serialize::constants::{ColorPrimaries, MatrixCoefficients, TransferCharacteristics};

    let planes = planes::of(pixels, content)?;
    let color = aom::encode(&planes.color, quantizer(quality))?;
    let alpha = planes.alpha.as_ref();
    let alpha = alpha.map(|alpha| aom::encode(alpha, ALPHA_QUANTIZER));
    let alpha = alpha.transpose()?;
    let mut container = avif_serialize::Aviffy::new();
    container
        .set_width(pixels.width)
        .set_height(pixels.height)
        .set_bit_depth(8)
        .set_seq_profile(planes.color.shape.profile())
        .set_monochrome(planes.color.shape == planes::Shape::Gray)
        .set_chroma_subsampling(match planes.color.shape {
            planes::Shape::Full => (false, false),
            _ => (true, true),
        })
        .set_color_primaries(ColorPrimaries::Bt709)
        .set_transfer_characteristics(TransferCharacteristics::Srgb)
        .set_matrix_coefficients(MatrixCoefficients::Bt601)
        .set_full_color_range(true);
    let mut avif = Vec::new();
    container
        .write_slice(&mut avif, &color, alpha.as_deref())
        .map_err(|error| format!("the AVIF container cannot be written: {error}"))?;
    Ok(avif)
}

/// Opacity is small and shows every fault, so it is coded nearly exactly.
#[cfg(feature = "avif")]
const ALPHA_QUANTIZER: u8 = 8;

/// The quantizer of libaom, 63 to 0, that looks like a quality: measured by SSIMULACRA2 beside
/// WebP at 50, 65, 80 and 90.
#[cfg(feature = "avif")]
fn quantizer(quality: u8) -> u8 {
    let quality = u32::from(quality.min(100));
    let level = match quality {
        0..=50 => 63 - quality * 34 / 50,
        51..=80 => 29 - (quality - 50) * 7 / 30,
        _ => 22 - (quality - 80) * 22 / 20,
    };
    u8::try_from(level).unwrap_or(63)
}

#[cfg(all(feature = "avif-slow", not(feature = "avif")))]
fn by_rav1e(pixels: &Pixels, _content: Content, quality: u8) -> Result<Vec<u8>, String> {
    use crate::assets::pixels::Layout;

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
    match std::panic::catch_unwind(std::panic::AssertUnwindSafe(work)) {
        Ok(encoded) => encoded
            .map(|encoded| encoded.avif_file)
            .map_err(|error| format!("the AVIF encoder failed: {error}")),
        Err(_) => Err("the AVIF encoder gave up".to_owned()),
    }
}

#[cfg(all(test, feature = "avif"))]
mod tests {
    use super::*;
    use crate::assets::header::read_header;
    use crate::assets::testing::{disc, photo, png};

    fn pixels(image: impl Into<image::DynamicImage>) -> Pixels {
        let bytes = png(image);
        Pixels::decode(&bytes, &read_header(&bytes).unwrap()).unwrap()
    }

    #[test]
    fn the_file_has_the_size_of_its_picture() {
        for (width, height) in [(61, 47), (1, 1), (2, 300), (640, 3)] {
            let pixels = pixels(photo(width, height));
            for content in [Content::Photo, Content::Graphic] {
                let avif = encode(&pixels, content, 80).unwrap();
                let header = read_header(&avif).unwrap();
                assert_eq!((header.width, header.height), (width, height));
            }
        }
    }

    #[test]
    fn opacity_is_a_picture_of_its_own() {
        let names = |avif: &[u8], name: &[u8]| {
            avif.windows(name.len())
                .filter(|part| *part == name)
                .count()
        };
        let opaque = encode(&pixels(photo(60, 40)), Content::Photo, 80).unwrap();
        let clear = encode(&pixels(disc(60)), Content::Graphic, 80).unwrap();
        assert_eq!((names(&opaque, b"av01"), names(&opaque, b"auxC")), (1, 0));
        assert_eq!((names(&clear, b"av01"), names(&clear, b"auxC")), (2, 1));
    }

    #[test]
    fn quality_costs_bytes() {
        let pixels = pixels(photo(300, 200));
        let size = |quality| encode(&pixels, Content::Photo, quality).unwrap().len();
        assert!(size(20) < size(60) && size(60) < size(80) && size(80) < size(95));
        assert_eq!([quantizer(0), quantizer(80), quantizer(100)], [63, 22, 0]);
    }

    #[test]
    fn the_same_pixels_give_the_same_bytes() {
        let pixels = pixels(photo(400, 300));
        let once = encode(&pixels, Content::Photo, 80).unwrap();
        std::thread::scope(|scope| {
            let again: Vec<_> = (0..3)
                .map(|_| scope.spawn(|| encode(&pixels, Content::Photo, 80).unwrap()))
                .collect();
            for again in again {
                assert_eq!(again.join().unwrap(), once);
            }
        });
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let mut short = pixels(photo(20, 20));
        short.bytes.pop();
        assert!(encode(&short, Content::Photo, 80).is_err());
        let long = pixels(photo(1, 16_385));
        assert!(encode(&long, Content::Photo, 80).is_err());
    }
}
