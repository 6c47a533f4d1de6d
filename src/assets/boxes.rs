//! Metadata in files of boxes: AVIF, HEIC and JPEG XL.

use std::collections::BTreeSet;
use std::ops::Range;

/// An AVIF, a HEIC or a JPEG XL whose metadata is zeros: the contents of its `Exif` and `mime` items
/// (ISO/IEC 23008-12 §6.5, ISO/IEC 14496-12 §8.11), or of such boxes (ISO/IEC 18181-2 §9). Their
/// places stay, so that nothing else moves.
pub(super) fn strip_boxes(bytes: &[u8]) -> Vec<u8> {
    let mut stripped = bytes.to_vec();
    for (kind, contents) in boxes(bytes, 0..bytes.len()) {
        if [b"Exif", b"xml ", b"brob", b"jumb"].contains(&&kind) {
            stripped[contents].fill(0);
        }
    }
    for range in avif_metadata(bytes).unwrap_or_default() {
        let range = range.start.min(bytes.len())..range.end.min(bytes.len());
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
    use super::*;

    fn holds(bytes: &[u8], text: &[u8]) -> bool {
        bytes.windows(text.len()).any(|part| part == text)
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
        let stripped = strip_boxes(&whole);
        assert!(holds(&whole, b"GPS") && !holds(&stripped, b"GPS"));
        assert!(holds(&stripped, b"pixels"));
        assert_eq!(stripped.len(), whole.len());
        for end in 0..whole.len() {
            strip_boxes(&whole[..end]);
        }
    }
}
