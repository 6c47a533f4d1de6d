//! Which encoder makes a file, and with what settings.

use crate::assets::encoders::format::{Content, Format, Settings};
use crate::assets::encoders::webp::{self, Coding};
use crate::assets::encoders::{avif, jpeg, png};
use crate::assets::pixels::Pixels;
use crate::config::Lossless;

/// Raised when the same encoder gives other bytes for the same pixels.
const REVISION: u32 = 4;

/// The encoder of a format, its version and that of its settings: a part of every key.
pub(in crate::assets) fn version(format: Format) -> String {
    let encoder = match format {
        Format::WebP => webp::version(),
        Format::Avif => avif::version(),
        Format::Jpeg => jpeg::version(),
        Format::Png => png::version(),
    };
    format!("{encoder} r{REVISION}")
}

/// Encodes pixels.
///
/// # Errors
/// Says why the encoder refused: sides that the format has no room for, no memory, or no encoder
/// in this program.
pub(in crate::assets) fn encode(
    pixels: &Pixels,
    format: Format,
    content: Content,
    settings: &Settings,
) -> Result<Vec<u8>, String> {
    let quality = match content {
        Content::Photo => settings.quality,
        Content::Graphic => sharper(settings.quality),
    };
    match format {
        Format::WebP => to_webp(pixels, content, settings.lossless, quality),
        Format::Jpeg => jpeg::encode(pixels, content, quality),
        Format::Png => png::encode(pixels),
        // It has no exact coding of these colors: the best of the others is next to it.
        Format::Avif if settings.lossless == Lossless::Always => {
            avif::encode(pixels, Content::Graphic, 100)
        }
        Format::Avif => avif::encode(pixels, content, quality),
    }
}

/// Edges and letters show loss sooner than photographs do.
fn sharper(quality: u8) -> u8 {
    quality.saturating_add(5).min(100)
}

/// Whether a graphic is by far smaller as WebP if it is coded with loss.
pub(in crate::assets) fn is_best_lossy(pixels: &Pixels, quality: u8) -> bool {
    let lossy = Coding::LossySharp(sharper(quality));
    likely(pixels, lossy).is_ok_and(|coding| coding == Some(lossy))
}

/// A photograph is coded with loss; of a graphic the smaller of both codings is kept.
fn to_webp(
    pixels: &Pixels,
    content: Content,
    lossless: Lossless,
    quality: u8,
) -> Result<Vec<u8>, String> {
    let lossy = match content {
        Content::Photo => Coding::Lossy(quality),
        Content::Graphic => Coding::LossySharp(quality),
    };
    let likely = match (lossless, content) {
        (Lossless::Always, _) => Some(Coding::Lossless),
        (Lossless::Never, _) | (Lossless::Auto, Content::Photo) => Some(lossy),
        (Lossless::Auto, Content::Graphic) => likely(pixels, lossy)?,
    };
    if let Some(coding) = likely {
        return webp::encode(pixels, coding);
    }
    let exact = webp::encode(pixels, Coding::Lossless)?;
    let near = webp::encode(pixels, lossy)?;
    Ok(match near.len() < exact.len() {
        true => near,
        false => exact,
    })
}

/// How many rows a strip has, and how many strips are tried.
const STRIP: usize = 32;
const STRIPS: usize = 3;

/// The coding that is smaller by far, told from a few strips of a picture; none if that is not
/// clear, or the picture is not much larger than they are.
fn likely(pixels: &Pixels, lossy: Coding) -> Result<Option<Coding>, String> {
    let height = pixels.height as usize;
    let row = pixels.width as usize * pixels.layout.channels();
    if height < STRIP * STRIPS * 3 {
        return Ok(None);
    }
    let strips = (0..STRIPS).map(|at| {
        let top = (height - STRIP) * (2 * at + 1) / (2 * STRIPS);
        pixels.bytes.get(top * row..(top + STRIP) * row)
    });
    let Some(strips) = strips.collect::<Option<Vec<&[u8]>>>() else {
        return Ok(None);
    };
    let sample = Pixels {
        height: (STRIP * STRIPS) as u32,
        bytes: strips.concat(),
        ..*pixels
    };
    // At little effort: what is lossless weighs up to a tenth more than it will, the other a little
    // less.
    let exact = webp::encode(&sample, Coding::LosslessRough)?.len();
    let near = match lossy {
        Coding::LossySharp(quality) => Coding::Lossy(quality),
        lossy => lossy,
    };
    let near = webp::encode(&sample, near)?.len();
    Ok(match () {
        () if exact * 3 > near * 4 => Some(lossy),
        () if near * 4 > exact * 5 => Some(Coding::Lossless),
        () => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assets::encoders::content::content_of;
    use crate::assets::encoders::samples::{scene, screen};
    use crate::assets::header::read_header;
    use crate::assets::testing::{disc, photo, png};

    fn pixels(bytes: &[u8]) -> Pixels {
        Pixels::decode(bytes, &read_header(bytes).unwrap()).unwrap()
    }

    #[test]
    fn every_format_is_what_it_says() {
        let settings = Settings {
            quality: 80,
            lossless: Lossless::Auto,
        };
        for bytes in [png(photo(50, 40)), png(disc(40))] {
            let pixels = pixels(&bytes);
            let content = content_of(&pixels, true);
            for format in [Format::WebP, Format::Jpeg, Format::Png] {
                let encoded = encode(&pixels, format, content, &settings).unwrap();
                let found = image::guess_format(&encoded).unwrap();
                assert_eq!(found.to_mime_type(), format.media_type());
                assert!(found.extensions_str().contains(&format.extension()));
                assert_eq!(
                    encode(&pixels, format, content, &settings).unwrap(),
                    encoded
                );
            }
        }
    }

    #[test]
    fn a_graphic_is_coded_as_what_is_smaller() {
        let size = |pixels: &Pixels, lossless| {
            to_webp(pixels, Content::Graphic, lossless, 85)
                .unwrap()
                .len()
        };
        let plain = image::RgbImage::from_pixel(500, 400, image::Rgb([9, 90, 200]));
        let pictures = [(scene(500, 400), true), (plain, false)];
        for (picture, is_lossy) in pictures {
            let pixels = pixels(&png(picture));
            assert_eq!(is_best_lossy(&pixels, 80), is_lossy);
        }
        for picture in [screen(300, 250), screen(500, 400), scene(500, 400)] {
            let pixels = pixels(&png(picture));
            let chosen = size(&pixels, Lossless::Auto);
            let least = [Lossless::Always, Lossless::Never].map(|other| size(&pixels, other));
            assert!(
                chosen * 4 <= least[0].min(least[1]) * 5,
                "{chosen}: {least:?}"
            );
        }
    }
}
