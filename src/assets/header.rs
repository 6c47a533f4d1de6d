//! What an image is, read off its first bytes: the content decides and never the file's name.
//!
//! Nothing is decoded here, and what is too large to decode is told before anybody tries.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use image::codecs::gif::GifDecoder;
use image::codecs::png::PngDecoder;
use image::codecs::webp::WebPDecoder;
use image::metadata::Orientation;
use image::{ImageDecoder, ImageResult};
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;

use crate::assets::decode::jpeg_options;
use crate::assets::light::turned;
use crate::assets::map::ImageKind;
use crate::assets::svg;

/// The most pixels that are decoded.
pub(super) const MAX_PIXELS: u64 = 100_000_000;
/// The most bytes that a decoded image may take.
pub(super) const MAX_DECODED: u64 = 512 << 20;

/// What the first bytes of an image say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) kind: ImageKind,
    /// The width as seen, after orientation.
    pub(super) width: u32,
    /// The height as seen.
    pub(super) height: u32,
    pub(super) orientation: Orientation,
    /// Whether it moves, so that no still may stand for it.
    pub(super) animated: bool,
    /// Whether its pixels were never coded with loss.
    pub(super) lossless: bool,
    /// The bytes it takes once decoded.
    pub(super) decoded: u64,
}

/// Why there is no header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum HeaderFault {
    /// The bytes are of no image format that is known here.
    NoImage,
    /// A format that browsers may know, but whose size is not read here.
    Opaque,
    /// An image whose first bytes make no sense.
    Broken(String),
}

impl Header {
    /// Whether decoding it is refused.
    pub(super) fn is_too_large(&self) -> bool {
        u64::from(self.width) * u64::from(self.height) > MAX_PIXELS || self.decoded > MAX_DECODED
    }

    /// Whether its pixels can be read and resized.
    pub(super) fn is_raster(&self) -> bool {
        let still = matches!(
            self.kind,
            ImageKind::Jpeg | ImageKind::Png | ImageKind::WebP
        );
        still && !self.animated && !self.is_too_large()
    }

    fn still(kind: ImageKind, width: u32, height: u32) -> Self {
        Self {
            kind,
            width,
            height,
            orientation: Orientation::NoTransforms,
            animated: false,
            lossless: true,
            decoded: 0,
        }
    }
}

/// The format of some bytes; [`ImageKind::Other`] is one that is known by name only.
pub(super) fn sniff(bytes: &[u8]) -> Option<ImageKind> {
    let starts = |magic: &[u8]| bytes.starts_with(magic);
    let at = |at: usize, magic: &[u8]| bytes.get(at..).is_some_and(|rest| rest.starts_with(magic));
    if starts(b"\xff\xd8\xff") {
        Some(ImageKind::Jpeg)
    } else if starts(b"\x89PNG\r\n\x1a\n") {
        Some(ImageKind::Png)
    } else if starts(b"GIF87a") || starts(b"GIF89a") {
        Some(ImageKind::Gif)
    } else if starts(b"RIFF") && at(8, b"WEBP") {
        Some(ImageKind::WebP)
    } else if is_avif(bytes)
        || starts(b"\0\0\x01\0")
        || starts(b"BM")
        || starts(b"II*\0")
        || starts(b"MM\0*")
        || starts(b"\xff\x0a")
        || starts(b"\0\0\0\x0cJXL ")
    {
        Some(ImageKind::Other)
    } else if svg::is_svg(bytes) {
        Some(ImageKind::Svg)
    } else {
        None
    }
}

/// Reads the header of an image.
pub(super) fn read_header(bytes: &[u8]) -> Result<Header, HeaderFault> {
    let kind = sniff(bytes).ok_or(HeaderFault::NoImage)?;
    match kind {
        ImageKind::Svg => {
            let (width, height) = svg::size(bytes).map_err(HeaderFault::Broken)?;
            Ok(Header::still(kind, width, height))
        }
        ImageKind::Other => {
            let (width, height) = avif_size(bytes).ok_or(HeaderFault::Opaque)?;
            Ok(Header::still(kind, width, height))
        }
        ImageKind::Jpeg => guard(|| Ok(read_jpeg(bytes)))
            .and_then(|header| header)
            .map_err(HeaderFault::Broken),
        _ => guard(|| read_raster(bytes, kind)).map_err(HeaderFault::Broken),
    }
}

/// Runs a decoder, whose panics on hostile input are faults of the input like any other.
pub(super) fn guard<T>(work: impl FnOnce() -> ImageResult<T>) -> Result<T, String> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(result) => result.map_err(|error| error.to_string()),
        Err(_) => Err("the decoder gave up".to_owned()),
    }
}

fn read_jpeg(bytes: &[u8]) -> Result<Header, String> {
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), jpeg_options());
    decoder
        .decode_headers()
        .map_err(|error| error.to_string())?;
    let info = decoder.info().ok_or("it has no header")?;
    let exif = info.exif_data.as_deref().unwrap_or_default();
    // An orientation that cannot be read is none; browsers see it the same way.
    let orientation = Orientation::from_exif_chunk(exif).unwrap_or(Orientation::NoTransforms);
    let stored = (u32::from(info.width), u32::from(info.height));
    let (width, height) = turned(orientation, stored);
    let components = u64::from(info.components.max(1));
    Ok(Header {
        kind: ImageKind::Jpeg,
        width: width.max(1),
        height: height.max(1),
        orientation,
        animated: false,
        lossless: false,
        decoded: u64::from(width) * u64::from(height) * components,
    })
}

fn read_raster(bytes: &[u8], kind: ImageKind) -> ImageResult<Header> {
    let reader = Cursor::new(bytes);
    match kind {
        ImageKind::Png => {
            let decoder = PngDecoder::new(reader)?;
            let animated = decoder.is_apng()?;
            Ok(header_of(decoder, kind, animated, true))
        }
        ImageKind::WebP => {
            let decoder = WebPDecoder::new(reader)?;
            let animated = decoder.has_animation();
            Ok(header_of(decoder, kind, animated, webp_is_lossless(bytes)))
        }
        _ => Ok(header_of(GifDecoder::new(reader)?, kind, true, true)),
    }
}

fn header_of(
    mut decoder: impl ImageDecoder,
    kind: ImageKind,
    animated: bool,
    lossless: bool,
) -> Header {
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let (width, height) = turned(orientation, decoder.dimensions());
    Header {
        kind,
        width: width.max(1),
        height: height.max(1),
        orientation,
        animated,
        lossless,
        decoded: decoder.total_bytes(),
    }
}

/// Whether the picture is in a `VP8L` chunk (RFC 9649 §2).
fn webp_is_lossless(bytes: &[u8]) -> bool {
    let mut at = 12;
    while let Some(head) = bytes.get(at..at + 8) {
        match &head[..4] {
            b"VP8L" => return true,
            b"VP8 " => return false,
            _ => {
                let length = u32::from_le_bytes([head[4], head[5], head[6], head[7]]) as usize;
                at += 8 + length + length % 2;
            }
        }
    }
    false
}

fn is_avif(bytes: &[u8]) -> bool {
    bytes.get(4..8) == Some(b"ftyp")
        && matches!(bytes.get(8..12), Some(b"avif" | b"avis" | b"mif1"))
}

/// The size of an AVIF: the first `ispe` box (ISO/IEC 23008-12 §6.5.3) near its beginning.
fn avif_size(bytes: &[u8]) -> Option<(u32, u32)> {
    if !is_avif(bytes) {
        return None;
    }
    let head = &bytes[..bytes.len().min(4096)];
    let at = head.windows(4).position(|name| name == b"ispe")? + 8;
    let number = |at: usize| Some(u32::from_be_bytes(head.get(at..at + 4)?.try_into().ok()?));
    let (width, height) = (number(at)?, number(at + 4)?);
    (width > 0 && height > 0).then_some((width, height))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assets::testing::{animation, declares, disc, jpeg, photo, png, with_exif, written};

    #[track_caller]
    fn case(bytes: &[u8], kind: ImageKind, width: u32, height: u32) -> Header {
        let header = read_header(bytes).unwrap();
        assert_eq!(
            (header.kind, header.width, header.height),
            (kind, width, height)
        );
        header
    }

    #[test]
    fn the_content_decides() {
        case(&jpeg(&photo(40, 30)), ImageKind::Jpeg, 40, 30);
        case(&png(photo(40, 30)), ImageKind::Png, 40, 30);
        case(b"<svg viewBox='0 0 4 3'/>", ImageKind::Svg, 4, 3);
        let webp = written(disc(20).into(), image::ImageFormat::WebP);
        assert!(case(&webp, ImageKind::WebP, 20, 20).lossless);
        assert!(case(&animation(), ImageKind::Gif, 40, 40).animated);
    }

    #[test]
    fn the_size_is_the_one_that_is_seen() {
        for orientation in 1..=8 {
            let turned = with_exif(&jpeg(&photo(40, 30)), orientation);
            let (width, height) = if orientation < 5 { (40, 30) } else { (30, 40) };
            case(&turned, ImageKind::Jpeg, width, height);
        }
    }

    #[test]
    fn a_bomb_is_told_from_its_header() {
        let bomb = case(&declares(60_000, 60_000), ImageKind::Png, 60_000, 60_000);
        assert!(bomb.is_too_large() && !bomb.is_raster());
        assert!(!case(&declares(9_000, 9_000), ImageKind::Png, 9_000, 9_000).is_too_large());
    }

    #[test]
    fn an_avif_has_a_size_but_is_no_raster() {
        let mut avif = b"\0\0\0\x1cftypavif\0\0\0\0avifmif1".to_vec();
        avif.extend_from_slice(b"\0\0\0\x14ispe\0\0\0\0\0\0\0\x40\0\0\0\x20");
        assert!(!case(&avif, ImageKind::Other, 64, 32).is_raster());
        assert_eq!(read_header(b"\0\0\x01\0\x01\0"), Err(HeaderFault::Opaque));
    }

    #[test]
    fn other_bytes_are_faults_and_never_panics() {
        assert_eq!(read_header(b""), Err(HeaderFault::NoImage));
        assert_eq!(read_header(b"GIF"), Err(HeaderFault::NoImage));
        for whole in [jpeg(&photo(40, 30)), png(photo(40, 30)), animation()] {
            for end in 0..whole.len().min(120) {
                let _ = read_header(&whole[..end]);
            }
            assert!(matches!(
                read_header(&whole[..12]),
                Err(HeaderFault::Broken(_))
            ));
        }
    }
}
