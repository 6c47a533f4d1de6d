//! TIFF: the first page of what scanners and cameras write.

use std::collections::BTreeSet;
use std::io::Cursor;

use tiff::decoder::DecodingResult;
use tiff::tags::Tag;

use crate::assets::decode::{Raster, Samples, colors_of, narrow};
use crate::assets::header::MAX_DECODED;
use crate::assets::pixels::Layout;
use crate::assets::walk::number;

/// Tags that decide how a page looks (TIFF 6.0, its supplements, ICC.1), and where a map lies on earth
/// (`GeoTIFF` 1.1), which is what it shows. All others are left out.
const LOOKS: &[u16] = &[
    254, 255, 256, 257, 258, 259, 262, 263, 264, 265, 266, 273, 274, 277, 278, 279, 280, 281, 282,
    283, 284, 286, 287, 290, 291, 292, 293, 296, 297, 301, 317, 318, 319, 320, 321, 322, 323, 324,
    325, SUB_PAGES, 332, 333, 334, 336, 338, 339, 340, 341, 342, 347, 512, 513, 514, 515, 517, 518,
    519, 529, 530, 531, 532, 33550, 33922, 34675,
];
const MAPS: [u16; 4] = [34264, 34735, 34736, 34737];
/// Who made it, and who owns it.
const CREDIT: [u16; 2] = [315, 33432];
/// Pages that belong to a page.
const SUB_PAGES: u16 = 330;
/// Directories of metadata: of cameras, of places, and of how both are read (CIPA DC-008 §4.6.3).
const PRIVATE: [u16; 3] = [34665, 34853, 40965];
/// The most entries that are looked at.
const MOST_ENTRIES: usize = 1 << 17;

/// A TIFF without its metadata, each page of it in its place: what entries point to is zeros, and
/// the entries are gone.
pub(super) fn strip_tiff(bytes: &[u8], keeps_credit: bool) -> Vec<u8> {
    let is_big = bytes.starts_with(b"MM");
    let short = |at: usize| match is_big {
        true => number(bytes, at).map(u16::from_be_bytes),
        false => number(bytes, at).map(u16::from_le_bytes),
    };
    let long = |at: usize| {
        let long = match is_big {
            true => number(bytes, at).map(u32::from_be_bytes),
            false => number(bytes, at).map(u32::from_le_bytes),
        };
        long.map(|long| long as usize)
    };
    let mut stripped = bytes.to_vec();
    let clear = |stripped: &mut [u8], start: usize, length: usize| {
        let end = start.saturating_add(length).min(stripped.len());
        if let Some(part) = stripped.get_mut(start..end) {
            part.fill(0);
        }
    };
    // Values of a broken file may be the same bytes many times.
    let mut most = bytes.len().saturating_mul(4);
    let mut left = MOST_ENTRIES;
    let mut seen = BTreeSet::new();
    let mut found: Vec<(usize, bool)> = long(4).map(|start| (start, false)).into_iter().collect();
    while let Some((start, is_private)) = found.pop() {
        let Some(count) = short(start).map(usize::from) else {
            continue;
        };
        if !seen.insert(start) || count > left {
            continue;
        }
        left -= count;
        let (first, end) = (start + 2, start + 2 + count * 12);
        let mut kept = Vec::new();
        for at in (first..end).step_by(12) {
            let (Some(tag), Some(kind)) = (short(at), short(at + 2)) else {
                break;
            };
            let (Some(items), Some(value)) = (long(at + 4), long(at + 8)) else {
                break;
            };
            let length = items.saturating_mul(width_of(kind));
            let looks = LOOKS.contains(&tag) || MAPS.contains(&tag);
            if !is_private && (looks || keeps_credit && CREDIT.contains(&tag)) {
                kept.extend_from_slice(&bytes[at..at + 12]);
                if tag == SUB_PAGES {
                    let first = if items == 1 { at + 8 } else { value };
                    let pages = items.min(left);
                    left -= pages;
                    let pages = (0..pages).map_while(|page| long(first + page * 4));
                    found.extend(pages.map(|page| (page, false)));
                }
                continue;
            }
            if PRIVATE.contains(&tag) {
                found.push((value, true));
            } else if length > 4 {
                let length = length.min(bytes.len().saturating_sub(value)).min(most);
                most -= length;
                clear(&mut stripped, value, length);
            }
        }
        let next = long(end).filter(|_| !is_private);
        clear(&mut stripped, start, end + 4 - start);
        if is_private {
            continue;
        }
        found.extend(next.filter(|next| *next > 0).map(|next| (next, false)));
        let count = u16::try_from(kept.len() / 12).unwrap_or(u16::MAX);
        let next = u32::try_from(next.unwrap_or(0)).unwrap_or(0);
        let (count, next) = match is_big {
            true => (count.to_be_bytes(), next.to_be_bytes()),
            false => (count.to_le_bytes(), next.to_le_bytes()),
        };
        let page = [&count[..], &kept, &next].concat();
        for (place, byte) in stripped.iter_mut().skip(start).zip(page) {
            *place = byte;
        }
    }
    stripped
}

/// The bytes of a value (TIFF 6.0 §2).
fn width_of(kind: u16) -> usize {
    match kind {
        3 | 8 => 2,
        4 | 9 | 11 | 13 => 4,
        5 | 10 | 12 | 16..=18 => 8,
        _ => 1,
    }
}

/// The pages of a TIFF.
type Pages<'a> = tiff::decoder::Decoder<Cursor<&'a [u8]>>;

/// A decoder at the first page of a TIFF, and the bytes that a pixel takes once decoded.
pub(super) fn open_tiff(bytes: &[u8]) -> Result<(Pages<'_>, u64), String> {
    let failed = |error: tiff::TiffError| error.to_string();
    let mut limits = tiff::decoder::Limits::default();
    let most = usize::try_from(MAX_DECODED).unwrap_or(usize::MAX);
    limits.decoding_buffer_size = most;
    limits.intermediate_buffer_size = most;
    let decoder = tiff::decoder::Decoder::new(Cursor::new(bytes)).map_err(failed)?;
    let mut decoder = decoder.with_limits(limits);
    let (channels, bits) = match decoder.colortype().map_err(failed)? {
        tiff::ColorType::Gray(bits) => (1, bits),
        tiff::ColorType::GrayA(bits) => (2, bits),
        tiff::ColorType::RGB(bits) => (3, bits),
        tiff::ColorType::RGBA(bits) | tiff::ColorType::CMYK(bits) => (4, bits),
        other => return Err(format!("its colors are stored as {other:?}")),
    };
    Ok((decoder, channels * u64::from(bits).div_ceil(8)))
}

/// Decodes the first page of a TIFF.
pub(super) fn decode_tiff(bytes: &[u8]) -> Result<Raster, String> {
    let failed = |error: tiff::TiffError| error.to_string();
    let (mut decoder, _) = open_tiff(bytes)?;
    let (width, height) = decoder.dimensions().map_err(failed)?;
    let color = decoder.colortype().map_err(failed)?;
    let profile = decoder.find_tag(Tag::IccProfile).ok().flatten();
    let profile = profile.and_then(|value| value.into_u8_vec().ok());
    let mut result = DecodingResult::U8(Vec::new());
    let stored = decoder.read_image_to_buffer(&mut result).map_err(failed)?;
    if stored.planes > 1 {
        return Err("its channels are stored apart from each other".to_owned());
    }
    let (layout, samples) = match (color, result) {
        (tiff::ColorType::Gray(1), DecodingResult::U8(bits)) => {
            let row = (width as usize).div_ceil(8);
            let bit = |row: &[u8], x: usize| row.get(x / 8).copied().unwrap_or(0) << (x % 8) & 0x80;
            let rows = bits.chunks(row.max(1)).take(height as usize);
            let row = |row: &[u8]| -> Vec<u8> {
                let shade = |x: usize| if bit(row, x) == 0 { 0 } else { u8::MAX };
                (0..width as usize).map(shade).collect()
            };
            (Layout::Gray, Samples::Eight(rows.flat_map(row).collect()))
        }
        (tiff::ColorType::CMYK(_), DecodingResult::U8(inks)) => {
            let colors = colors_of(inks, profile.as_deref());
            return Ok(tiff_of(
                (width, height),
                Layout::Rgb,
                Samples::Eight(colors),
                None,
            ));
        }
        (tiff::ColorType::CMYK(_), DecodingResult::U16(inks)) => {
            let inks = inks.into_iter().map(narrow).collect();
            let colors = colors_of(inks, profile.as_deref());
            return Ok(tiff_of(
                (width, height),
                Layout::Rgb,
                Samples::Eight(colors),
                None,
            ));
        }
        (color, result) => {
            let layout = match color {
                tiff::ColorType::Gray(8 | 16) => Layout::Gray,
                tiff::ColorType::GrayA(8 | 16) => Layout::GrayAlpha,
                tiff::ColorType::RGB(8 | 16) => Layout::Rgb,
                tiff::ColorType::RGBA(8 | 16) => Layout::Rgba,
                other => return Err(format!("its colors are stored as {other:?}")),
            };
            let samples = match result {
                DecodingResult::U8(samples) => Samples::Eight(samples),
                DecodingResult::U16(samples) => Samples::Sixteen(samples),
                _ => return Err("its samples are no whole numbers".to_owned()),
            };
            (layout, samples)
        }
    };
    Ok(tiff_of((width, height), layout, samples, profile))
}

fn tiff_of(
    (width, height): (u32, u32),
    layout: Layout,
    samples: Samples,
    profile: Option<Vec<u8>>,
) -> Raster {
    Raster {
        width,
        height,
        layout,
        samples,
        profile,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assets::credit::Credit;
    use crate::assets::header::read_header;
    use crate::assets::strip::strip;

    /// Numbers in one of the two orders.
    struct Order(bool);

    impl Order {
        fn short(&self, number: u16) -> [u8; 2] {
            if self.0 {
                number.to_be_bytes()
            } else {
                number.to_le_bytes()
            }
        }

        fn long(&self, number: usize) -> [u8; 4] {
            let number = u32::try_from(number).unwrap();
            if self.0 {
                number.to_be_bytes()
            } else {
                number.to_le_bytes()
            }
        }

        /// A directory at this place with texts behind it, and the place of the next.
        fn page(&self, at: usize, entries: &[(u16, Value)], next: usize) -> Vec<u8> {
            let texts = at + 2 + entries.len() * 12 + 4;
            let (mut page, mut behind) = (self.short(entries.len() as u16).to_vec(), Vec::new());
            for (tag, value) in entries {
                let (kind, items, value) = match value {
                    Value::Number(value) => (4, 1, *value),
                    Value::Text(text) => {
                        let place = texts + behind.len();
                        behind.extend_from_slice(text.as_bytes());
                        (2, text.len(), place)
                    }
                };
                page.extend(self.short(*tag));
                page.extend(self.short(kind));
                page.extend(self.long(items));
                page.extend(self.long(value));
            }
            page.extend(self.long(next));
            [page, behind].concat()
        }
    }

    enum Value {
        Number(usize),
        Text(&'static str),
    }

    fn holds(bytes: &[u8], text: &[u8]) -> bool {
        bytes.windows(text.len()).any(|part| part == text)
    }

    /// Two pages of one pixel, with what a camera, a place and two programs say of them.
    fn pages(is_big: bool) -> Vec<u8> {
        use Value::{Number, Text};
        let order = Order(is_big);
        let pixel = |about: &[(u16, &'static str)], links: &[(u16, usize)]| {
            let looks = [256, 257, 258, 259, 262, 273, 277, 278, 279];
            let values = [1, 1, 8, 1, 1, 400, 1, 1, 1];
            let looks = looks.into_iter().zip(values.map(Number));
            let about = about.iter().map(|(tag, text)| (*tag, Text(text)));
            let links = links.iter().map(|(tag, at)| (*tag, Number(*at)));
            let mut all: Vec<(u16, Value)> = looks.chain(about).chain(links).collect();
            all.sort_by_key(|(tag, _)| *tag);
            all
        };
        let first = pixel(
            &[
                (270, "GPS 54N"),
                (271, "GPS maker"),
                (315, "GPS Ada"),
                (700, "<GPS/>"),
                (33432, "GPS Bea"),
            ],
            &[(34665, 800), (34853, 900)],
        );
        let parts = [
            (8, order.page(8, &first, 500)),
            (400, vec![77]),
            (
                500,
                order.page(500, &pixel(&[(305, "GPS program")], &[]), 0),
            ),
            (
                800,
                order.page(800, &[(37500, Text("GPS note")), (40965, Number(950))], 0),
            ),
            (900, order.page(900, &[(2, Text("GPS 54 19 12"))], 0)),
            (950, order.page(950, &[(1, Text("GPS R98"))], 0)),
        ];
        let mut bytes = [if is_big { *b"MM\0*" } else { *b"II*\0" }, order.long(8)].concat();
        for (at, part) in parts {
            assert!(bytes.len() <= at);
            bytes.resize(at, 0);
            bytes.extend(part);
        }
        bytes
    }

    #[test]
    fn pages_tell_nothing_and_look_the_same() {
        for bytes in [pages(true), pages(false)] {
            let header = read_header(&bytes).unwrap();
            let stripped = strip(&bytes, &header, &Credit::default());
            assert!(holds(&bytes, b"GPS") && !holds(&stripped, b"GPS"));
            assert_eq!(stripped.len(), bytes.len());
            assert_eq!(read_header(&stripped).unwrap(), header);
            let pixel = |bytes: &[u8]| match decode_tiff(bytes).unwrap().samples {
                Samples::Eight(samples) => samples,
                Samples::Sixteen(_) => panic!("sixteen bits"),
            };
            assert_eq!((pixel(&bytes), pixel(&stripped)), (vec![77], vec![77]));
            let mut second = open_tiff(&stripped).unwrap().0;
            second.next_image().unwrap();
            assert_eq!(second.dimensions().unwrap(), (1, 1));
            assert_eq!(strip_tiff(&stripped, false), stripped);
            let signed = strip(&bytes, &header, &Credit::read(&bytes));
            assert!(holds(&signed, b"GPS Ada") && holds(&signed, b"GPS Bea"));
            assert!(!holds(&signed, b"GPS 54") && !holds(&signed, b"GPS note"));
        }
    }

    #[test]
    fn broken_pages_do_no_harm() {
        let bytes = pages(true);
        for at in 0..bytes.len() {
            strip_tiff(&bytes[..at], false);
            let mut broken = bytes.clone();
            broken[at] = 0xff;
            strip_tiff(&broken, true);
        }
    }

    #[test]
    fn fixtures_look_the_same() {
        for bytes in [
            &include_bytes!("../../tests/fixtures/images/pages.tif")[..],
            include_bytes!("../../tests/fixtures/images/inks.tif"),
            include_bytes!("../../tests/fixtures/images/bits.tif"),
            include_bytes!("../../tests/fixtures/images/deep.tif"),
            include_bytes!("../../tests/fixtures/images/turned.tif"),
        ] {
            let stripped = strip_tiff(bytes, false);
            assert_eq!(read_header(&stripped), read_header(bytes));
            let (before, after) = (decode_tiff(bytes).unwrap(), decode_tiff(&stripped).unwrap());
            assert!(match (before.samples, after.samples) {
                (Samples::Eight(before), Samples::Eight(after)) => before == after,
                (Samples::Sixteen(before), Samples::Sixteen(after)) => before == after,
                _ => false,
            });
        }
    }
}
