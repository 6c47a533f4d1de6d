//! Copies of images without what their makers did not mean to publish: places, cameras, thumbnails,
//! edits. Pixels, colors and orientation stay exactly as they are.

use img_parts::png::PngChunk;
use memchr::memchr;

use crate::assets::boxes::strip_boxes;
use crate::assets::credit::Credit;
use crate::assets::header::Header;
use crate::assets::map::ImageKind;
use crate::assets::tiff::strip_tiff;
use crate::assets::walk::{png_chunks, webp_chunks};

/// Chunks of a PNG that decide how it looks (PNG-3 §11); all others are left out.
const PNG_CHUNKS: [&[u8; 4]; 19] = [
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"cICP",
    b"mDCV", b"cLLI", b"sBIT", b"bKGD", b"pHYs", b"hIST", b"acTL", b"fcTL", b"fdAT",
];

/// Chunks of a WebP that decide how it looks (RFC 9649 §2.7).
const WEBP_CHUNKS: [&[u8; 4]; 7] = [
    b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ICCP", b"ANIM", b"ANMF",
];

/// Removes metadata from an image, but for who made it if that is to stay. Of one that is broken or
/// ends too early, what is there is kept as it is.
pub(super) fn strip(bytes: &[u8], header: &Header, credit: &Credit) -> Vec<u8> {
    let exif = credit.exif(header.orientation);
    match header.kind {
        ImageKind::Jpeg => strip_jpeg(bytes, exif),
        ImageKind::Png => strip_png(bytes, exif),
        ImageKind::WebP => strip_webp(bytes, exif),
        ImageKind::Gif => strip_gif(bytes).unwrap_or_else(|| bytes.to_vec()),
        ImageKind::Tiff => strip_tiff(bytes, *credit != Credit::default()),
        ImageKind::Avif | ImageKind::Other => strip_boxes(bytes),
        ImageKind::Bmp | ImageKind::Svg => bytes.to_vec(),
    }
}

/// Removes metadata from a file whose header is not read here, if it is a picture all the same.
pub(super) fn strip_unread(bytes: Vec<u8>) -> Vec<u8> {
    let brands = [b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"];
    let brands = [&brands[..], &[b"mif1", b"msf1", b"avif", b"avis", b"jxl "]].concat();
    let brand = bytes.get(4..8) == Some(b"ftyp");
    let brand = brand
        && brands
            .iter()
            .any(|brand| bytes.get(8..12) == Some(&brand[..]));
    match brand || bytes.starts_with(b"\0\0\0\x0cJXL ") {
        true => strip_boxes(&bytes),
        false => bytes,
    }
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

fn strip_jpeg(bytes: &[u8], exif: Option<Vec<u8>>) -> Vec<u8> {
    let mut kept = vec![0xff, 0xd8];
    let exif = exif.map(|exif| [&b"Exif\0\0"[..], &exif].concat());
    if let Some(exif) = exif
        && let Ok(length) = u16::try_from(exif.len() + 2)
    {
        kept.extend([0xff, 0xe1]);
        kept.extend(length.to_be_bytes());
        kept.extend(exif);
    }
    let (mut at, mut in_scan) = (2, false);
    while let Some(byte) = bytes.get(at) {
        let start = at;
        let keep = match (byte, bytes.get(at + 1)) {
            (0xff, Some(0xd9)) => {
                kept.extend([0xff, 0xd9]);
                break;
            }
            (0xff, Some(0xff)) => {
                at += 1;
                false
            }
            (0xff, Some(0x00 | 0x01 | 0xd0..=0xd8)) => {
                at += 2;
                in_scan
            }
            (0xff, Some(marker)) => {
                let length = match bytes.get(at + 2..at + 4) {
                    Some(&[high, low]) => usize::from(u16::from_be_bytes([high, low])),
                    _ => bytes.len(),
                };
                at += 2 + length;
                in_scan = *marker == 0xda;
                let contents = bytes.get(start + 4..).unwrap_or_default();
                match marker {
                    0xe0 => contents.starts_with(b"JFIF\0"),
                    0xe2 => contents.starts_with(b"ICC_PROFILE\0"),
                    // Adobe's segment says how the colors are coded; the last is a comment.
                    0xe1..=0xed | 0xef | 0xfe => false,
                    _ => true,
                }
            }
            _ => {
                let rest = bytes.get(at + 1..).unwrap_or_default();
                at = memchr(0xff, rest).map_or(bytes.len(), |next| start + 1 + next);
                in_scan
            }
        };
        if keep {
            kept.extend_from_slice(&bytes[start..at.min(bytes.len())]);
        }
    }
    kept
}

fn strip_png(bytes: &[u8], exif: Option<Vec<u8>>) -> Vec<u8> {
    let mut kept = bytes.get(..8).unwrap_or_default().to_vec();
    let mut exif = exif.map(|exif| PngChunk::new(*b"eXIf", exif.into()));
    for (kind, contents) in png_chunks(bytes) {
        if PNG_CHUNKS.contains(&&kind) {
            let end = (contents.end + 4).min(bytes.len());
            kept.extend_from_slice(&bytes[contents.start - 8..end]);
        }
        if let Some(exif) = exif.take() {
            kept.extend_from_slice(&exif.encoder().bytes());
        }
    }
    kept
}

fn strip_webp(bytes: &[u8], exif: Option<Vec<u8>>) -> Vec<u8> {
    const HAS_EXIF: u8 = 0x08;
    const HAS_XMP: u8 = 0x04;
    // What stays can only have come from metadata, so the flags of a file with some are there.
    let flag = exif.as_ref().map_or(0, |_| HAS_EXIF);
    let mut kept = b"RIFF\0\0\0\0WEBP".to_vec();
    // The length that is named: of a file that ends too early it is more than there is.
    let mut whole = 4;
    let mut write = |kind: [u8; 4], length: usize, contents: &[u8]| {
        let padding = length % 2;
        whole += 8 + length + padding;
        let at = kept.len() + 8;
        kept.extend(kind);
        kept.extend(u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes());
        kept.extend_from_slice(contents);
        if contents.len() == length {
            kept.extend(&[0][..padding]);
        }
        if &kind == b"VP8X"
            && let Some(flags) = kept.get_mut(at)
        {
            *flags = *flags & !(HAS_EXIF | HAS_XMP) | flag;
        }
    };
    for (kind, contents) in webp_chunks(bytes) {
        if WEBP_CHUNKS.contains(&&kind) {
            let end = contents.end.min(bytes.len());
            write(kind, contents.len(), &bytes[contents.start..end]);
        }
    }
    if let Some(exif) = exif {
        write(*b"EXIF", exif.len(), &exif);
    }
    let whole = u32::try_from(whole).unwrap_or(u32::MAX);
    kept[4..8].copy_from_slice(&whole.to_le_bytes());
    kept
}

/// A GIF without comments, texts, and what programs wrote (`GIF89a` §24 to §26), but for how often it
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

#[cfg(test)]
mod tests {
    use image::metadata::Orientation;
    use img_parts::png::Png;
    use img_parts::webp::WebP;

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

    /// What is published where, and shown as before; nobody says where it was taken.
    #[track_caller]
    fn same(bytes: &[u8]) {
        let header = read_header(bytes).unwrap();
        let stripped = strip(bytes, &header, &Credit::default());
        assert!(holds(bytes, b"GPS") && !holds(&stripped, b"GPS"));
        let after = read_header(&stripped).unwrap();
        assert_eq!(
            (after.truncated, after.width),
            (header.truncated, header.width)
        );
        let pixels = |bytes: &[u8]| {
            let header = read_header(bytes).unwrap();
            crate::assets::pixels::Pixels::decode(bytes, &header)
        };
        assert!(pixels(&stripped).is_ok());
        assert_eq!(pixels(&stripped), pixels(bytes));
    }

    #[test]
    fn what_is_broken_or_cut_tells_nothing_either() {
        let plain = png(photo(200, 200));
        let mut whole = Png::from_bytes(plain.into()).unwrap();
        let text = PngChunk::new(*b"tEXt", b"Comment\0GPS 54N"[..].into());
        whole.chunks_mut().insert(1, text);
        let mut whole = whole.encoder().bytes().to_vec();
        let crc = 8 + 25 + 8 + 15;
        whole[crc] ^= 1;
        same(&whole);
        same(&whole[..whole.len() - 12]);
        same(&whole[..whole.len() / 2]);
        let mut webp = written(photo(20, 10).into(), image::ImageFormat::WebP);
        webp.extend(b"XMP \x04\0\0\0GPS ");
        let length = u32::try_from(webp.len() - 8 + 10).unwrap();
        webp[4..8].copy_from_slice(&length.to_le_bytes());
        let header = read_header(&webp).unwrap();
        let stripped = strip(&webp, &header, &Credit::default());
        assert!(header.truncated && !holds(&stripped, b"GPS"));
        case(&stripped);
        let camera = with_exif(&jpeg(&photo(200, 200)), 6);
        let filled = [&camera[..2], b"\xff\xff", &camera[2..]].concat();
        same(&filled);
        same(&camera[..camera.len() / 2]);
    }

    #[test]
    fn pictures_that_are_not_read_tell_nothing() {
        let jxl = b"\0\0\0\x0cJXL \r\n\x87\n\0\0\0\x10Exif\0\0\0\0GPS \0\0\0\0jxlcpixels";
        let stripped = strip_unread(jxl.to_vec());
        assert!(!holds(&stripped, b"GPS") && holds(&stripped, b"pixels"));
        assert_eq!(strip_unread(b"%PDF GPS".to_vec()), b"%PDF GPS");
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
