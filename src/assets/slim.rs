//! The same picture in fewer bytes, for the repository: never larger than any reader can see, and
//! without what it tells of places and cameras.
//!
//! The format stays, and so does who owns it. Of a moving picture or a drawing nothing is touched.

use std::panic::{AssertUnwindSafe, catch_unwind};

use image::metadata::Orientation;

use crate::assets::budget::{BUDGET, PIXEL};
use crate::assets::credit::Credit;
use crate::assets::encoders::{self, Format, Settings};
use crate::assets::header::{Header, read_header};
use crate::assets::map::ImageKind;
use crate::assets::master::{CUT, Master};
use crate::assets::picture::fit;
use crate::assets::strip::strip;
use crate::assets::told::told;
use crate::config::Lossless;

/// The quality of a photograph that has to be coded anew; all that readers get is made of it.
const QUALITY: u8 = 92;
/// Fewer bytes are not worth a change of the file.
const LEAST: usize = 1_000;

/// A picture in fewer bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slim {
    /// The file.
    pub bytes: Vec<u8>,
    /// The width in pixels, as seen.
    pub width: u32,
    /// The height in pixels, as seen.
    pub height: u32,
}

/// Makes a picture smaller, its longest side at most `longest` pixels; none if it is well as it is.
///
/// # Errors
/// Says why it cannot be decoded.
pub fn slim(bytes: &[u8], longest: u32) -> Result<Option<Slim>, String> {
    let Ok(header) = read_header(bytes) else {
        return Ok(None);
    };
    if header.truncated && header.is_raster() {
        return Err(CUT.to_owned());
    }
    let format = match header.kind {
        ImageKind::Jpeg => Format::Jpeg,
        ImageKind::Png => Format::Png,
        ImageKind::WebP => Format::WebP,
        _ => return Ok(None),
    };
    let credit = Credit::read(bytes);
    let stripped = strip(bytes, &header, &credit);
    let told = told(bytes, &header);
    let secret = told.place || told.camera;
    let side = header.width.max(header.height);
    if side > longest.max(1) && header.is_raster() {
        let smaller = smaller(bytes, &header, (format, longest.max(1)), &credit)?;
        if is_worth_it(smaller.bytes.len(), stripped.len()) {
            return Ok(Some(smaller));
        }
    }
    let packed = match format {
        Format::Png if header.is_raster() => pack(&stripped, &header),
        _ => stripped,
    };
    // The way up of a PNG or a WebP stands where it did, since the pixels do.
    let gains = packed.len() < bytes.len();
    Ok(
        (gains && (secret || is_worth_it(packed.len(), bytes.len()))).then_some(Slim {
            bytes: packed,
            width: header.width,
            height: header.height,
        }),
    )
}

/// Whether a change of a file saves enough.
fn is_worth_it(after: usize, before: usize) -> bool {
    let saved = before.saturating_sub(after);
    saved >= LEAST && saved >= before / 50
}

fn smaller(
    bytes: &[u8],
    header: &Header,
    (format, longest): (Format, u32),
    credit: &Credit,
) -> Result<Slim, String> {
    let (width, height) = fit((header.width, header.height), (longest, longest));
    let _reserved = BUDGET.reserve(header, (width, height), PIXEL);
    let pixels = Master::decode(bytes, header, None, (width, height))?.at(width, height)?;
    let content = encoders::content_of(&pixels, header.lossless);
    let settings = Settings {
        quality: QUALITY,
        lossless: match header.lossless {
            true => Lossless::Always,
            false => Lossless::Never,
        },
    };
    let coded = encoders::encode(&pixels, format, content, &settings)?;
    Ok(Slim {
        bytes: credit.sign(coded, format),
        width,
        height,
    })
}

/// A PNG in fewer bytes; as it is where that fails, or where it says which side is up, which packing
/// could lose.
fn pack(bytes: &[u8], header: &Header) -> Vec<u8> {
    if header.orientation != Orientation::NoTransforms {
        return bytes.to_vec();
    }
    let _reserved = BUDGET.reserve(header, (header.width, header.height), PIXEL);
    let packed = catch_unwind(AssertUnwindSafe(|| encoders::repack(bytes)));
    match packed {
        Ok(Ok(packed)) if packed.len() < bytes.len() => packed,
        _ => bytes.to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assets::testing::{animation, declares, disc, jpeg, photo, png, with_exif, written};

    /// What becomes of a picture; a second time nothing does.
    #[track_caller]
    fn case(bytes: &[u8], longest: u32, expected: Option<(u32, u32)>) -> Option<Slim> {
        let found = slim(bytes, longest).unwrap();
        let size = found.as_ref().map(|slim| (slim.width, slim.height));
        assert_eq!(size, expected);
        if let Some(found) = &found {
            assert!(found.bytes.len() < bytes.len());
            let header = read_header(&found.bytes).unwrap();
            assert_eq!((header.width, header.height), (found.width, found.height));
            assert_eq!(header.kind, read_header(bytes).unwrap().kind);
            assert_eq!(slim(&found.bytes, longest), Ok(None));
        }
        found
    }

    #[test]
    fn what_is_too_large_becomes_as_large_as_is_needed() {
        case(&jpeg(&photo(900, 600)), 300, Some((300, 200)));
        case(&png(photo(300, 900)), 300, Some((100, 300)));
        let webp = written(photo(900, 600).into(), image::ImageFormat::WebP);
        case(&webp, 300, Some((300, 200)));
        case(&jpeg(&photo(300, 200)), 300, None);
    }

    #[test]
    fn a_turned_photograph_stays_upright() {
        let turned = with_exif(&jpeg(&photo(900, 600)), 6);
        let small = case(&turned, 300, Some((200, 300))).unwrap();
        let header = read_header(&small.bytes).unwrap();
        assert_eq!(header.orientation, Orientation::NoTransforms);
    }

    #[test]
    fn what_shows_nothing_goes_without_a_change_of_a_pixel() {
        let plain = png(disc(300));
        let slim = case(&plain, 900, Some((300, 300))).unwrap();
        let pixels = |bytes| image::load_from_memory(bytes).unwrap().into_rgba8();
        assert_eq!(pixels(&slim.bytes), pixels(&plain));
    }

    #[test]
    fn what_is_no_still_picture_is_left_alone() {
        case(&animation(), 10, None);
        case(b"<svg xmlns='http://www.w3.org/2000/svg'/>", 10, None);
        case(b"text", 10, None);
        case(&declares(60_000, 60_000), 10, None);
        let whole = png(photo(300, 200));
        assert!(slim(&whole[..whole.len() / 2], 10).is_err());
    }
}
