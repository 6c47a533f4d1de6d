//! Copies of images without what their makers did not mean to publish: places, cameras, thumbnails,
//! edits. Pixels, colors and orientation stay exactly as they are.

use std::collections::BTreeSet;
use std::ops::Range;

use img_parts::jpeg::{Jpeg, JpegSegment, markers};
use img_parts::png::{Png, PngChunk};
use img_parts::riff::{RiffChunk, RiffContent};
use img_parts::webp::{CHUNK_EXIF, CHUNK_VP8X, CHUNK_XMP, WebP};
use img_parts::{Bytes, Error};

use crate::assets::credit::Credit;
use crate::assets::header::Header;
use crate::assets::map::ImageKind;

/// Chunks of a PNG that decide how it looks (PNG-3 §11); all others are left out.
const PNG_CHUNKS: [&[u8; 4]; 19] = [
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"cICP",
    b"mDCV", b"cLLI", b"sBIT", b"bKGD", b"pHYs", b"hIST", b"acTL", b"fcTL", b"fdAT",
];

/// Removes metadata from an image, but for who made it if that is to stay. What cannot be taken
/// apart is returned as it is: it is broken, and was reported as such.
pub(super) fn strip(bytes: &[u8], header: &Header, credit: &Credit) -> Vec<u8> {
    let copy = Bytes::copy_from_slice(bytes);
    let exif = credit.exif(header.orientation);
    let stripped = match header.kind {
        ImageKind::Jpeg => strip_jpeg(copy, exif),
        ImageKind::Png => strip_png(copy, exif),
        ImageKind::WebP => strip_webp(copy, exif),
        ImageKind::Gif => return strip_gif(bytes).unwrap_or_else(|| bytes.to_vec()),
        ImageKind::Other => return strip_avif(bytes),
        ImageKind::Tiff | ImageKind::Bmp | ImageKind::Svg => return bytes.to_vec(),
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

fn strip_jpeg(bytes: Bytes, exif: Option<Vec<u8>>) -> Result<Vec<u8>, Error> {
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
    if let Some(exif) = exif {
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

fn strip_png(bytes: Bytes, exif: Option<Vec<u8>>) -> Result<Vec<u8>, Error> {
    let mut png = Png::from_bytes(bytes)?;
    png.chunks_mut()
        .retain(|chunk| PNG_CHUNKS.contains(&&chunk.kind()));
    if let Some(exif) = exif {
        let at = png.chunks().len().min(1);
        let chunk = PngChunk::new(*b"eXIf", exif.into());
        png.chunks_mut().insert(at, chunk);
    }
    Ok(png.encoder().bytes().to_vec())
}

fn strip_webp(bytes: Bytes, exif: Option<Vec<u8>>) -> Result<Vec<u8>, Error> {
    const HAS_EXIF: u8 = 0x08;
    const HAS_XMP: u8 = 0x04;
    let mut webp = WebP::from_bytes(bytes)?;
    webp.remove_chunks_by_id(CHUNK_XMP);
    webp.remove_chunks_by_id(CHUNK_EXIF);
    // What stays can only have come from metadata, so the flags of a file with some are there.
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

/// A GIF without comments, texts, and what programs wrote (GIF89a §24 to §26), but for how often it
/// plays. None if its blocks make no sense.
fn strip_gif(bytes: &[u8]) -> Option<Vec<u8>> {
    let table = |flags: u8| match flags & 0x80 {
        0 => 0,
        _ => 3 << ((flags & 7) + 1),
    };
    let mut at = 13 + table(*bytes.get(10)?);
    let mut kept = bytes.get(..at)?.to_vec();
    loop {
        let start = at;
        let keep = match *bytes.get(at)? {
            0x21 => {
                let label = *bytes.get(at + 1)?;
                let name = bytes.get(at + 3..at + 14).unwrap_or_default();
                at += 2;
                label == 0xf9
                    || label == 0xff
                        && [b"NETSCAPE2.0", b"ANIMEXTS1.0"]
                            .contains(&name.try_into().unwrap_or(&[0; 11]))
            }
            0x2c => {
                at += 10 + table(*bytes.get(at + 9)?) + 1;
                true
            }
            // What follows the trailer is of no use to anybody.
            0x3b => {
                kept.push(0x3b);
                return Some(kept);
            }
            _ => return None,
        };
        loop {
            let length = usize::from(*bytes.get(at)?);
            at += 1 + length;
            if length == 0 {
                break;
            }
        }
        if keep {
            kept.extend_from_slice(bytes.get(start..at)?);
        }
    }
}

/// An AVIF whose metadata is zeros: the contents of its `Exif` and `mime` items (ISO/IEC 23008-12
/// §6.5, ISO/IEC 14496-12 §8.11). Their places stay, so that nothing else moves.
fn strip_avif(bytes: &[u8]) -> Vec<u8> {
    let mut stripped = bytes.to_vec();
    for range in avif_metadata(bytes).unwrap_or_default() {
        if let Some(part) = stripped.get_mut(range) {
            part.fill(0);
        }
    }
    stripped
}

/// Where the metadata of an AVIF lies in the file; none if its boxes make no sense.
fn avif_metadata(bytes: &[u8]) -> Option<Vec<Range<usize>>> {
    let meta = boxes(bytes, 0..bytes.len())
        .find(|(kind, _)| kind == b"meta")?
        .1;
    let meta = meta.start + 4..meta.end;
    let inner = |wanted: &[u8; 4]| {
        let mut found = boxes(bytes, meta.clone());
        found
            .find(|(kind, _)| kind == wanted)
            .map(|(_, range)| range)
    };
    let idat = inner(b"idat").map_or(0, |range| range.start);
    let mut items = BTreeSet::new();
    let infos = inner(b"iinf")?;
    let head = if bytes.get(infos.start) == Some(&0) {
        6
    } else {
        8
    };
    for (kind, info) in boxes(bytes, infos.start + head..infos.end) {
        if &kind != b"infe" {
            continue;
        }
        let mut reader = Reader {
            bytes: bytes.get(info)?,
        };
        let version = reader.number(1)?;
        reader.number(3)?;
        let id = reader.number(if version < 3 { 2 } else { 4 })?;
        reader.number(2)?;
        if [&b"Exif"[..], b"mime"].contains(&reader.bytes.get(..4)?) {
            items.insert(id);
        }
    }
    let mut reader = Reader {
        bytes: bytes.get(inner(b"iloc")?)?,
    };
    let version = reader.number(1)?;
    reader.number(3)?;
    let sizes = reader.number(2)?;
    let size = |shift: u32| usize::try_from(sizes >> shift & 15).unwrap_or(0);
    let (offset, length, base) = (size(12), size(8), size(4));
    let index = if version > 0 { size(0) } else { 0 };
    let wide = if version < 2 { 2 } else { 4 };
    let mut found = Vec::new();
    for _ in 0..reader.number(wide)? {
        let id = reader.number(wide)?;
        let method = if version > 0 {
            reader.number(2)? & 15
        } else {
            0
        };
        reader.number(2)?;
        let base = reader.number(base)?;
        for _ in 0..reader.number(2)? {
            reader.number(index)?;
            let start = base.checked_add(reader.number(offset)?)?;
            let length = reader.number(length)?;
            if items.contains(&id) && method < 2 {
                let from = if method == 1 { idat as u64 } else { 0 };
                let start = usize::try_from(start.checked_add(from)?).ok()?;
                let end = start.checked_add(usize::try_from(length).ok()?)?;
                found.push(start..end);
            }
        }
    }
    Some(found)
}

/// The boxes of a part of a file: what they are called, and where their contents lie.
fn boxes(bytes: &[u8], within: Range<usize>) -> impl Iterator<Item = ([u8; 4], Range<usize>)> {
    let mut at = within.start;
    std::iter::from_fn(move || {
        let head = bytes.get(at..at.checked_add(8)?)?;
        let kind = [head[4], head[5], head[6], head[7]];
        let short = u32::from_be_bytes([head[0], head[1], head[2], head[3]]);
        let (head, length) = match short {
            0 => (8, within.end.checked_sub(at)?),
            1 => {
                let mut reader = Reader {
                    bytes: bytes.get(at + 8..)?,
                };
                (16, usize::try_from(reader.number(8)?).ok()?)
            }
            short => (8, short as usize),
        };
        let contents = at + head..at.checked_add(length)?;
        if contents.start > contents.end || contents.end > within.end {
            return None;
        }
        at = contents.end;
        Some((kind, contents))
    })
}

/// Reads big-endian numbers one after the other.
struct Reader<'a> {
    bytes: &'a [u8],
}

impl Reader<'_> {
    /// A number of up to eight bytes; of none it is 0.
    fn number(&mut self, bytes: usize) -> Option<u64> {
        let (number, rest) = self.bytes.split_at_checked(bytes)?;
        self.bytes = rest;
        Some(
            number
                .iter()
                .fold(0, |sum, byte| sum << 8 | u64::from(*byte)),
        )
    }
}

#[cfg(test)]
mod tests {
    use image::metadata::Orientation;

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
        let stripped = strip(bytes, &header, &Credit::default());
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
        let exif = PngChunk::new(
            *b"eXIf",
            Credit::default()
                .exif(Orientation::Rotate90)
                .unwrap()
                .into(),
        );
        whole.chunks_mut().splice(1..1, [gamma, text, exif]);
        let stripped = case(&whole.encoder().bytes());
        assert!(holds(&stripped, b"gAMA") && !holds(&stripped, b"tEXt"));
    }

    #[test]
    fn a_webp_loses_its_metadata() {
        use img_parts::ImageEXIF as _;
        let plain = written(photo(20, 10).into(), image::ImageFormat::WebP);
        let mut webp = WebP::from_bytes(plain.into()).unwrap();
        let exif = [
            &Credit::default().exif(Orientation::Rotate90).unwrap()[..],
            b"GPS",
        ]
        .concat();
        webp.set_exif(Some(exif.into()));
        case(&webp.encoder().bytes());
    }

    #[test]
    fn a_gif_keeps_its_pictures_and_how_often_it_plays() {
        let whole = animation();
        let loops = b"\x21\xff\x0bNETSCAPE2.0\x03\x01\0\0\0";
        let comment = b"\x21\xfe\x08GPS 54 N\0";
        let xmp = b"\x21\xff\x0bXMP DataXMP\x03GPS\0";
        let head = 13 + 3 * (2 << (whole[10] & 7)) * usize::from(whole[10] >> 7);
        let (start, rest) = whole.split_at(head);
        let bytes = [start, loops, comment, xmp, rest, b"GPS"].concat();
        let stripped = case(&bytes);
        assert!(holds(&stripped, b"NETSCAPE2.0"));
        assert_eq!(stripped.len(), bytes.len() - comment.len() - xmp.len() - 3);
    }

    #[test]
    fn an_avif_tells_nothing() {
        let boxed = |kind: &[u8; 4], parts: &[&[u8]]| {
            let contents = parts.concat();
            let length = u32::try_from(contents.len() + 8).unwrap().to_be_bytes();
            [&length[..], kind, &contents].concat()
        };
        let item = |id: u8, kind: &[u8; 4]| {
            boxed(b"infe", &[&[2, 0, 0, 0], &[0, id], &[0, 0], kind, &[0]])
        };
        let infos = boxed(
            b"iinf",
            &[&[0; 4], &[0, 2], &item(1, b"av01"), &item(2, b"Exif")],
        );
        let ftyp = boxed(b"ftyp", &[b"avif\0\0\0\0avifmif1"]);
        let meta = |at: usize| {
            let place = |id: u8, at: usize, length: u8| {
                let at = u32::try_from(at).unwrap().to_be_bytes();
                [&[0, id, 0, 0, 0, 1][..], &at, &[0, 0, 0, length]].concat()
            };
            let places = [&[0; 4][..], &[0x44, 0, 0, 2]].concat();
            let iloc = boxed(b"iloc", &[&places, &place(1, at, 6), &place(2, at + 6, 8)]);
            boxed(b"meta", &[&[0; 4], &infos, &iloc])
        };
        let at = ftyp.len() + meta(0).len() + 8;
        let whole = [
            ftyp.clone(),
            meta(at),
            boxed(b"mdat", &[b"pixels", b"GPS 54 N"]),
        ]
        .concat();
        let stripped = strip_avif(&whole);
        assert!(holds(&whole, b"GPS") && !holds(&stripped, b"GPS"));
        assert!(holds(&stripped, b"pixels"));
        assert_eq!(stripped.len(), whole.len());
        for end in 0..whole.len() {
            strip_avif(&whole[..end]);
        }
    }

    #[test]
    fn what_cannot_be_taken_apart_stays_as_it_is() {
        for whole in [jpeg(&photo(40, 30)), png(disc(20))] {
            let header = read_header(&whole).unwrap();
            for end in (0..whole.len()).step_by(7) {
                strip(&whole[..end], &header, &Credit::default());
            }
        }
        case(&animation());
    }
}
