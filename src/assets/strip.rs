//! Copies of images without what their makers did not mean to publish: places, cameras, thumbnails,
//! edits. Pixels, colors and orientation stay exactly as they are.

use image::metadata::Orientation;
use img_parts::jpeg::{Jpeg, JpegSegment, markers};
use img_parts::png::{Png, PngChunk};
use img_parts::riff::{RiffChunk, RiffContent};
use img_parts::webp::{CHUNK_EXIF, CHUNK_VP8X, CHUNK_XMP, WebP};
use img_parts::{Bytes, Error};

use crate::assets::header::Header;
use crate::assets::map::ImageKind;

/// Chunks of a PNG that decide how it looks (PNG-3 §11); all others are left out.
const PNG_CHUNKS: [&[u8; 4]; 19] = [
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"cICP",
    b"mDCV", b"cLLI", b"sBIT", b"bKGD", b"pHYs", b"hIST", b"acTL", b"fcTL", b"fdAT",
];

/// Removes metadata from an image. What cannot be taken apart is returned as it is: it is broken,
/// and was reported as such.
pub(super) fn strip(bytes: &[u8], header: &Header) -> Vec<u8> {
    let copy = Bytes::copy_from_slice(bytes);
    let stripped = match header.kind {
        ImageKind::Jpeg => strip_jpeg(copy, header.orientation),
        ImageKind::Png => strip_png(copy, header.orientation),
        ImageKind::WebP => strip_webp(copy, header.orientation),
        ImageKind::Gif | ImageKind::Svg | ImageKind::Other => return bytes.to_vec(),
    };
    stripped.unwrap_or_else(|_| bytes.to_vec())
}

/// Where a JPEG ends: after the first end-of-image marker outside a segment (ITU-T T.81 §B.1);
/// none if it was cut. Telephones append further pictures, with places of their own.
pub(super) fn jpeg_end(bytes: &[u8]) -> Option<usize> {
    let mut at = 2;
    loop {
        match (*bytes.get(at)?, *bytes.get(at + 1)?) {
            (0xff, 0xd9) => return Some(at + 2),
            // Fill bytes, stuffed bytes, markers without a length, and entropy-coded bytes.
            (0xff, 0xff) => at += 1,
            (0xff, 0x00 | 0x01 | 0xd0..=0xd8) => at += 2,
            (0xff, _) => {
                let length = [*bytes.get(at + 2)?, *bytes.get(at + 3)?];
                at += 2 + usize::from(u16::from_be_bytes(length));
            }
            _ => at += 1,
        }
    }
}

fn strip_jpeg(bytes: Bytes, orientation: Orientation) -> Result<Vec<u8>, Error> {
    let mut jpeg = Jpeg::from_bytes(bytes)?;
    jpeg.segments_mut()
        .retain(|segment| match segment.marker() {
            markers::APP0 => segment.contents().starts_with(b"JFIF\0"),
            markers::APP2 => segment.contents().starts_with(b"ICC_PROFILE\0"),
            // Adobe's segment says how the colors are coded.
            markers::APP14 => true,
            markers::APP1 | markers::APP3..=markers::APP13 | markers::APP15 | markers::COM => false,
            _ => true,
        });
    if let Some(exif) = exif_of(orientation) {
        let contents = [&b"Exif\0\0"[..], &exif].concat();
        let segment = JpegSegment::new_with_contents(markers::APP1, contents.into());
        jpeg.segments_mut().insert(0, segment);
    }
    let mut stripped = jpeg.encoder().bytes().to_vec();
    if let Some(end) = jpeg_end(&stripped) {
        stripped.truncate(end);
    }
    Ok(stripped)
}

fn strip_png(bytes: Bytes, orientation: Orientation) -> Result<Vec<u8>, Error> {
    let mut png = Png::from_bytes(bytes)?;
    png.chunks_mut()
        .retain(|chunk| PNG_CHUNKS.contains(&&chunk.kind()));
    if let Some(exif) = exif_of(orientation) {
        let at = png.chunks().len().min(1);
        let chunk = PngChunk::new(*b"eXIf", exif.into());
        png.chunks_mut().insert(at, chunk);
    }
    Ok(png.encoder().bytes().to_vec())
}

fn strip_webp(bytes: Bytes, orientation: Orientation) -> Result<Vec<u8>, Error> {
    const HAS_EXIF: u8 = 0x08;
    const HAS_XMP: u8 = 0x04;
    let mut webp = WebP::from_bytes(bytes)?;
    webp.remove_chunks_by_id(CHUNK_XMP);
    webp.remove_chunks_by_id(CHUNK_EXIF);
    // An orientation can only have come from metadata, so the flags of a file with one are there.
    let exif = exif_of(orientation);
    let flag = exif.as_ref().map_or(0, |_| HAS_EXIF);
    for chunk in webp.chunks_mut() {
        if chunk.id() == CHUNK_VP8X
            && let RiffContent::Data(data) = chunk.content_mut()
            && let Some((flags, rest)) = data.split_first()
        {
            let flags = flags & !(HAS_EXIF | HAS_XMP) | flag;
            *data = [&[flags], rest].concat().into();
        }
    }
    if let Some(exif) = exif {
        let chunk = RiffChunk::new(CHUNK_EXIF, RiffContent::Data(exif.into()));
        webp.chunks_mut().push(chunk);
    }
    Ok(webp.encoder().bytes().to_vec())
}

/// The smallest metadata (CIPA DC-008 §4.6) that says which side is up, if it is not the top.
fn exif_of(orientation: Orientation) -> Option<Vec<u8>> {
    if orientation == Orientation::NoTransforms {
        return None;
    }
    let mut exif = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
    exif.extend_from_slice(&[orientation.to_exif(), 0, 0, 0]);
    exif.extend_from_slice(&[0; 4]);
    Some(exif)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assets::header::read_header;
    use crate::assets::testing::{animation, disc, jpeg, photo, png, with_exif, written};

    fn holds(bytes: &[u8], text: &[u8]) -> bool {
        bytes.windows(text.len()).any(|part| part == text)
    }

    /// Strips, and makes sure that nothing is told and everything looks as before.
    #[track_caller]
    fn case(bytes: &[u8]) -> Vec<u8> {
        let header = read_header(bytes).unwrap();
        let stripped = strip(bytes, &header);
        assert!(!holds(&stripped, b"GPS"));
        let after = read_header(&stripped).unwrap();
        assert_eq!((after.width, after.height), (header.width, header.height));
        assert_eq!(after.orientation, header.orientation);
        let pixels = |bytes| image::load_from_memory(bytes).unwrap();
        assert_eq!(pixels(&stripped), pixels(bytes));
        stripped
    }

    #[test]
    fn a_jpeg_tells_nothing_but_its_orientation() {
        for orientation in 1..=8 {
            case(&with_exif(&jpeg(&photo(40, 30)), orientation));
        }
    }

    #[test]
    fn what_follows_a_jpeg_is_cut_off() {
        let plain = jpeg(&photo(40, 30));
        let both = [&plain[..], &with_exif(&plain, 6)].concat();
        assert_eq!(jpeg_end(&both), Some(plain.len()));
        assert_eq!(case(&both).len(), plain.len());
        assert_eq!(jpeg_end(&plain[..plain.len() - 2]), None);
        assert_eq!(jpeg_end(b""), None);
    }

    #[test]
    fn a_png_keeps_what_decides_its_looks() {
        let mut whole = Png::from_bytes(png(disc(20)).into()).unwrap();
        let gamma = PngChunk::new(*b"gAMA", 45_455_u32.to_be_bytes().to_vec().into());
        let text = PngChunk::new(*b"tEXt", b"Comment\0GPS 54N"[..].into());
        let exif = PngChunk::new(*b"eXIf", exif_of(Orientation::Rotate90).unwrap().into());
        whole.chunks_mut().splice(1..1, [gamma, text, exif]);
        let stripped = case(&whole.encoder().bytes());
        assert!(holds(&stripped, b"gAMA") && !holds(&stripped, b"tEXt"));
    }

    #[test]
    fn a_webp_loses_its_metadata() {
        use img_parts::ImageEXIF as _;
        let plain = written(photo(20, 10).into(), image::ImageFormat::WebP);
        let mut webp = WebP::from_bytes(plain.into()).unwrap();
        let exif = [&exif_of(Orientation::Rotate90).unwrap()[..], b"GPS"].concat();
        webp.set_exif(Some(exif.into()));
        case(&webp.encoder().bytes());
    }

    #[test]
    fn what_cannot_be_taken_apart_stays_as_it_is() {
        for whole in [jpeg(&photo(40, 30)), png(disc(20))] {
            let header = read_header(&whole).unwrap();
            for end in (0..whole.len()).step_by(7) {
                strip(&whole[..end], &header);
            }
        }
        case(&animation());
    }
}
