//! What an image is, read off its first bytes: the content decides and never the file's name.
//!
//! Nothing is decoded here, and what is too large to decode is told before anybody tries.

use std::panic::{AssertUnwindSafe, catch_unwind};

use image::ImageResult;
use image::metadata::Orientation;
use zune_bmp::BmpDecoder;
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;

use crate::assets::avif::{Sight, read_sight};
use crate::assets::decode::jpeg_options;
use crate::assets::heif::Heif;
use crate::assets::light::turned;
use crate::assets::map::ImageKind;
use crate::assets::strip::jpeg_end;
use crate::assets::svg;
use crate::assets::tiff::open_tiff;
use crate::assets::walk::{self, Walk};

/// The most pixels that are decoded.
pub(super) const MAX_PIXELS: u64 = 100_000_000;
/// The most bytes that a decoded image may take.
pub(super) const MAX_DECODED: u64 = 512 << 20;
/// The most pictures of an animation that are looked at.
const MAX_PICTURES: u64 = 10_000;
/// The most pixels that the pictures of an animation have together: half an hour of a small one, and
/// half a minute of one that fills a screen.
const MAX_MOVING: u64 = 4_000_000_000;

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
    /// The bytes that its decoder takes besides.
    pub(super) working: u64,
    /// How many pictures take turns; one for a still.
    pub(super) pictures: u64,
    /// Whether anything is known to show through it.
    pub(super) has_alpha: bool,
    /// Whether the file ends too early.
    pub(super) truncated: bool,
    /// Whether it is in the four inks of a press, which few readers of documents know.
    pub(super) in_inks: bool,
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
    /// Whether decoding it is refused for its size; a drawing has none.
    pub(super) fn is_too_large(&self) -> bool {
        let large = self.pixels() > MAX_PIXELS || self.decoded > MAX_DECODED;
        large && self.kind != ImageKind::Svg
    }

    /// Whether it has more pictures than anybody should decode.
    pub(super) fn is_too_deep(&self) -> bool {
        let all = self.pictures.saturating_mul(self.pixels());
        self.pictures > MAX_PICTURES || self.pictures > 1 && all > MAX_MOVING
    }

    /// Whether its pixels can be read and resized.
    pub(super) fn is_raster(&self) -> bool {
        let drawn = matches!(self.kind, ImageKind::Svg | ImageKind::Other);
        !drawn && !self.animated && !self.is_too_large()
    }

    /// How many pixels one picture of it has.
    pub(super) fn pixels(&self) -> u64 {
        u64::from(self.width) * u64::from(self.height)
    }

    /// The header of a picture that stands still and upright.
    pub(super) fn still(kind: ImageKind, width: u32, height: u32) -> Self {
        Self {
            kind,
            width: width.max(1),
            height: height.max(1),
            orientation: Orientation::NoTransforms,
            animated: false,
            lossless: true,
            decoded: 0,
            working: 0,
            pictures: 1,
            has_alpha: false,
            truncated: false,
            in_inks: false,
        }
    }

    /// The header of a file of boxes.
    fn seen(sight: &Sight<'_>) -> Self {
        let (width, height) = turned(sight.orientation, (sight.width, sight.height));
        let can = cfg!(feature = "avif-decode") && sight.obstacle.is_none();
        let still = Self::still(ImageKind::Other, width, height);
        if !can {
            return still;
        }
        let decoded = sight.decoded();
        Self {
            kind: ImageKind::Avif,
            orientation: sight.orientation,
            lossless: false,
            decoded,
            // What is coded comes from another process, which has it too.
            working: decoded.saturating_mul(3),
            has_alpha: sight.has_alpha,
            truncated: sight.is_cut,
            ..still
        }
    }

    /// The header of what a walk has seen.
    fn walked(kind: ImageKind, walk: &Walk<'_>) -> Self {
        // An orientation that cannot be read is none; browsers see it the same way.
        let orientation = walk.exif.and_then(orientation_of);
        let orientation = orientation.unwrap_or(Orientation::NoTransforms);
        let (width, height) = turned(orientation, (walk.width, walk.height));
        let still = Self::still(kind, width, height);
        let largest = still.pixels().max(walk.largest);
        Self {
            orientation,
            animated: walk.moves,
            lossless: walk.lossless,
            decoded: largest.saturating_mul(walk.depth),
            working: largest.saturating_mul(walk.working),
            pictures: walk.pictures.max(1),
            truncated: !walk.complete,
            ..still
        }
    }
}

/// The orientation in the metadata of a camera, which some begin with their name.
fn orientation_of(exif: &[u8]) -> Option<Orientation> {
    let exif = exif.strip_prefix(b"Exif\0\0").unwrap_or(exif);
    Orientation::from_exif_chunk(exif)
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
    } else if starts(b"II*\0") || starts(b"MM\0*") {
        Some(ImageKind::Tiff)
    } else if starts(b"BM") && at(6, b"\0\0\0\0") {
        Some(ImageKind::Bmp)
    } else if is_avif(bytes)
        || starts(b"\0\0\x01\0")
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
    let walked = |walk: Option<Walk<'_>>| {
        let header = walk.map(|walk| Header::walked(kind, &walk));
        header
            .filter(|header| header.pixels() > 0)
            .ok_or("its header is broken".to_owned())
    };
    let header = match kind {
        ImageKind::Svg => {
            svg::size(bytes).map(|(width, height)| Header::still(kind, width, height))
        }
        ImageKind::Avif | ImageKind::Other => {
            let heif = Some(bytes)
                .filter(|bytes| is_avif(bytes))
                .and_then(Heif::read);
            let sight = heif.as_ref().and_then(|heif| read_sight(bytes, heif));
            match sight {
                Some(sight) => Ok(Header::seen(&sight)),
                None if bytes.get(8..12) == Some(b"avif") => Err("its header is broken".to_owned()),
                None => return Err(HeaderFault::Opaque),
            }
        }
        ImageKind::Jpeg => guard(|| Ok(read_jpeg(bytes))).and_then(|header| header),
        ImageKind::Tiff => guard(|| Ok(read_tiff(bytes))).and_then(|header| header),
        ImageKind::Bmp => guard(|| Ok(read_bmp(bytes))).and_then(|header| header),
        ImageKind::Png => walked(walk::png(bytes)),
        ImageKind::WebP => walked(walk::webp(bytes)),
        ImageKind::Gif => walked(walk::gif(bytes)),
    };
    header.map_err(HeaderFault::Broken)
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
    let orientation = orientation_of(exif).unwrap_or(Orientation::NoTransforms);
    let stored = (u32::from(info.width), u32::from(info.height));
    let (width, height) = turned(orientation, stored);
    let still = Header::still(ImageKind::Jpeg, width, height);
    let samples = still.pixels() * u64::from(info.components.max(1));
    Ok(Header {
        orientation,
        lossless: false,
        decoded: samples,
        // All coefficients of a progressive one are held until its last scan.
        working: match info.sof.is_sequential_dct() {
            true => 0,
            false => samples * 2,
        },
        truncated: jpeg_end(bytes).is_none(),
        in_inks: info.components == 4,
        ..still
    })
}

fn read_tiff(bytes: &[u8]) -> Result<Header, String> {
    if !walk::tiff_holds_its_values(bytes) {
        return Err("a value is longer than the file".to_owned());
    }
    let (mut decoder, depth) = open_tiff(bytes)?;
    let stored = decoder.dimensions().map_err(|error| error.to_string())?;
    let named = decoder.find_tag_unsigned(tiff::tags::Tag::Orientation);
    let orientation = named.ok().flatten().and_then(Orientation::from_exif);
    let orientation = orientation.unwrap_or(Orientation::NoTransforms);
    let (width, height) = turned(orientation, stored);
    let still = Header::still(ImageKind::Tiff, width, height);
    Ok(Header {
        orientation,
        decoded: still.pixels().saturating_mul(depth),
        working: still.pixels().saturating_mul(2),
        ..still
    })
}

fn read_bmp(bytes: &[u8]) -> Result<Header, String> {
    let mut decoder = BmpDecoder::new_with_options(ZCursor::new(bytes), jpeg_options());
    decoder
        .decode_headers()
        .map_err(|error| format!("{error:?}"))?;
    let (width, height) = decoder.dimensions().ok_or("it has no header")?;
    let side = |side: usize| u32::try_from(side).map_err(|error| error.to_string());
    let still = Header::still(ImageKind::Bmp, side(width)?, side(height)?);
    Ok(Header {
        decoded: still.pixels().saturating_mul(4),
        ..still
    })
}

fn is_avif(bytes: &[u8]) -> bool {
    bytes.get(4..8) == Some(b"ftyp")
        && matches!(bytes.get(8..12), Some(b"avif" | b"avis" | b"mif1"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assets::testing::{
        animation, avif, declares, disc, jpeg, photo, png, with_exif, written,
    };

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
        assert!(!case(&avif((64, 32), 0), ImageKind::Other, 64, 32).is_raster());
        case(&avif((64, 32), 1), ImageKind::Other, 32, 64);
        case(&avif((64, 32), 2), ImageKind::Other, 64, 32);
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

    #[test]
    fn an_end_that_is_missing_is_told() {
        let webp = written(photo(40, 30).into(), image::ImageFormat::WebP);
        for whole in [jpeg(&photo(40, 30)), png(photo(40, 30)), animation(), webp] {
            assert!(!read_header(&whole).unwrap().truncated);
            let cut = whole.len() * 3 / 4;
            assert!(read_header(&whole[..cut]).unwrap().truncated);
        }
    }

    #[test]
    fn pictures_that_take_turns_are_counted() {
        let header = case(&animation(), ImageKind::Gif, 40, 40);
        assert_eq!((header.pictures, header.is_too_deep()), (2, false));
        let frame = b"\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0";
        let start = b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff";
        let deep = [&start[..], &frame.repeat(100_000), b"\x3b"].concat();
        let header = case(&deep, ImageKind::Gif, 1, 1);
        assert_eq!((header.pictures, header.is_too_deep()), (100_000, true));
        let one = [&start[..], frame, b"\x3b"].concat();
        assert!(case(&one, ImageKind::Gif, 1, 1).is_raster());
    }

    #[test]
    fn a_picture_that_is_larger_than_its_canvas_is_told() {
        let start = b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff";
        let gif = |side: u16| {
            let [low, high] = side.to_le_bytes();
            let frame = [0x2c, 0, 0, 0, 0, low, high, low, high, 0, 2, 2, 0x44, 1, 0];
            case(
                &[&start[..], &frame, b"\x3b"].concat(),
                ImageKind::Gif,
                1,
                1,
            )
        };
        let header = gif(11_000);
        assert!(header.working >= 484_000_000 && !header.is_too_large());
        assert!(gif(12_000).is_too_large());
    }

    #[test]
    fn deep_pictures_that_are_not_in_rows_are_held_twice() {
        let mut bytes = declares(100, 100);
        bytes[24] = 16;
        assert_eq!(case(&bytes, ImageKind::Png, 100, 100).working, 0);
        bytes[28] = 1;
        let header = case(&bytes, ImageKind::Png, 100, 100);
        assert_eq!(header.working, header.decoded);
    }
}
