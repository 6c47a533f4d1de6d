//! Files of boxes: AVIF, HEIC and JPEG XL, and the metadata in them.

use std::ops::Range;

use crate::assets::heif::Heif;

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
    let items = Heif::read(bytes).map(|items| items.ranges(&[b"Exif", b"mime"]));
    for range in items.unwrap_or_default() {
        if let Some(part) = stripped.get_mut(range) {
            part.fill(0);
        }
    }
    stripped
}

/// The boxes of a part of a file (ISO/IEC 14496-12 §4.2): what they are called, and where their
/// contents lie.
pub(super) fn boxes(
    bytes: &[u8],
    within: Range<usize>,
) -> impl Iterator<Item = ([u8; 4], Range<usize>)> {
    let mut at = within.start;
    std::iter::from_fn(move || {
        let head = bytes.get(at..at.checked_add(8)?)?;
        let kind = [head[4], head[5], head[6], head[7]];
        let short = u32::from_be_bytes([head[0], head[1], head[2], head[3]]);
        let (head, length) = match short {
            0 => (8, within.end.checked_sub(at)?),
            1 => {
                let mut reader = Reader::new(bytes.get(at + 8..)?);
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
pub(super) struct Reader<'a> {
    bytes: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes }
    }

    /// A number of up to eight bytes; of none it is 0.
    pub(super) fn number(&mut self, bytes: usize) -> Option<u64> {
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
            let part = |at: usize, length: u8| {
                let at = u32::try_from(at).unwrap().to_be_bytes();
                [&at[..], &[0, 0, 0, length]].concat()
            };
            let place = |id: u8, parts: &[Vec<u8>]| {
                let count = u8::try_from(parts.len()).unwrap();
                [&[0, id, 0, 0, 0, count][..], &parts.concat()].concat()
            };
            let (pixels, told) = (part(at, 6), [part(at + 8, 6), part(at + 6, 7)]);
            let places = [&[0; 4][..], &[0x44, 0, 0, 2]].concat();
            let iloc = boxed(b"iloc", &[&places, &place(1, &[pixels]), &place(2, &told)]);
            boxed(b"meta", &[&[0; 4], &infos, &iloc])
        };
        let at = ftyp.len() + meta(0).len() + 8;
        let whole = [
            ftyp.clone(),
            meta(at),
            boxed(b"mdat", &[b"pixels", b"GPS 54 N"]),
        ]
        .concat();
        let ranges = Heif::read(&whole).unwrap().ranges(&[b"Exif"]);
        assert_eq!(ranges, vec![at + 6..at + 14], "each byte lies in one");
        let stripped = strip_boxes(&whole);
        assert!(holds(&whole, b"GPS") && !holds(&stripped, b"GPS"));
        assert!(holds(&stripped, b"pixels"));
        assert_eq!(stripped.len(), whole.len());
        for end in 0..whole.len() {
            strip_boxes(&whole[..end]);
        }
    }
}
