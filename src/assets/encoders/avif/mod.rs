//! AVIF: light, color and opacity, each coded as a still of AV1, in one container.
//!
//! The feature `avif` codes them by libaom. Without it the feature `avif-slow` does by rav1e, in
//! about fifteen times the time; without either there is no AVIF.

#[cfg(feature = "avif")]
mod aom;
#[cfg(feature = "avif")]
mod libaom;
#[cfg(not(any(feature = "avif", feature = "avif-slow")))]
mod none;
#[cfg(feature = "avif")]
mod planes;
#[cfg(all(feature = "avif-slow", not(feature = "avif")))]
mod rav1e;

#[cfg(feature = "avif")]
use libaom as encoder;
#[cfg(not(any(feature = "avif", feature = "avif-slow")))]
use none as encoder;
#[cfg(all(feature = "avif-slow", not(feature = "avif")))]
use rav1e as encoder;

use crate::assets::encoders::format::Content;
use crate::assets::pixels::Pixels;

/// The longest side that is coded, which decoders of pictures have room for.
const LONGEST: u32 = 16_384;

/// How fast AVIF is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::assets) enum Speed {
    /// In about twice the time of WebP.
    Fast,
    /// In about thirty times the time of WebP.
    Slow,
}

/// Whether this program can make AVIF, and how fast.
pub(in crate::assets) fn speed() -> Option<Speed> {
    match (cfg!(feature = "avif"), cfg!(feature = "avif-slow")) {
        (true, _) => Some(Speed::Fast),
        (false, true) => Some(Speed::Slow),
        (false, false) => None,
    }
}

/// The encoder's name and version.
pub(in crate::assets::encoders) fn version() -> String {
    encoder::version()
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
    if pixels.width > LONGEST || pixels.height > LONGEST {
        return Err(format!("no side of an AVIF is over {LONGEST} pixels"));
    }
    encoder::encode(pixels, content, quality)
}

#[cfg(test)]
#[cfg(any(feature = "avif", feature = "avif-slow"))]
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
