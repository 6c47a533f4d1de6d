//! Walking through the parts of an image file without decoding any: its size, how many pictures it
//! holds, which side is up, and whether its end is there.
//!
//! Every walk is one pass that copies nothing, so a file of 100,000 pictures costs no more than its
//! bytes, and what is packed into it stays packed.

use std::ops::Range;

/// What a walk has seen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Walk<'a> {
    /// The width of the canvas as stored.
    pub(super) width: u32,
    /// Its height.
    pub(super) height: u32,
    /// How many bytes a pixel takes once decoded.
    pub(super) depth: u64,
    /// How many bytes a pixel takes besides, in another form that its decoder holds.
    pub(super) working: u64,
    /// How many pixels the largest of its pictures has, where that is not the canvas.
    pub(super) largest: u64,
    /// How many pictures take turns; one for a still.
    pub(super) pictures: u64,
    /// Whether it says of itself that it moves.
    pub(super) moves: bool,
    /// Whether its pixels were never coded with loss.
    pub(super) lossless: bool,
    /// What a camera wrote about it (CIPA DC-008).
    pub(super) exif: Option<&'a [u8]>,
    /// Whether the end is there.
    pub(super) complete: bool,
}

/// Reads a number of two or four bytes.
pub(super) fn number<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..)?.first_chunk().copied()
}

fn big(bytes: &[u8], at: usize) -> Option<u32> {
    number(bytes, at).map(u32::from_be_bytes)
}

fn little(bytes: &[u8], at: usize) -> Option<u32> {
    number(bytes, at).map(u32::from_le_bytes)
}

fn short(bytes: &[u8], at: usize) -> Option<u32> {
    number(bytes, at).map(u16::from_le_bytes).map(u32::from)
}

/// Walks through the chunks of a PNG (PNG-3 §5.3); none if it does not begin as one.
pub(super) fn png(bytes: &[u8]) -> Option<Walk<'_>> {
    (bytes.get(12..16)? == b"IHDR").then_some(())?;
    let depth = u64::from(*bytes.get(24)?);
    let channels = match *bytes.get(25)? {
        0 => 1,
        4 => 2,
        2 => 3,
        3 | 6 => 4,
        _ => return None,
    };
    let mut walk = Walk {
        width: big(bytes, 16)?,
        height: big(bytes, 20)?,
        depth: channels * depth.div_ceil(8),
        pictures: 1,
        lossless: true,
        ..Walk::default()
    };
    let mut frames = 0;
    for (kind, contents) in png_chunks(bytes) {
        match &kind {
            b"acTL" => {
                walk.moves = true;
                frames = frames.max(u64::from(big(bytes, contents.start).unwrap_or(0)));
            }
            b"fcTL" => walk.pictures += 1,
            b"eXIf" => walk.exif = bytes.get(contents),
            b"IEND" => walk.complete = contents.end + 4 <= bytes.len(),
            // One color stands for transparency.
            b"tRNS" if channels == 1 || channels == 3 => walk.depth += depth.div_ceil(8),
            _ => {}
        }
    }
    if depth == 16 && bytes.get(28) == Some(&1) {
        // What is not stored in rows becomes numbers when all of it is there.
        walk.working = walk.depth;
    }
    walk.pictures = walk.pictures.max(frames);
    Some(walk)
}

/// The chunks of a PNG up to its end or the file's: their kinds, and where their contents lie, of
/// which the last may lack some.
pub(super) fn png_chunks(bytes: &[u8]) -> impl Iterator<Item = ([u8; 4], Range<usize>)> {
    let mut next = Some(8_usize);
    std::iter::from_fn(move || {
        let at = next?;
        let (length, kind) = (big(bytes, at)?, number(bytes, at + 4)?);
        let start = at + 8;
        let end = start.checked_add(length as usize)?;
        let behind = end.checked_add(4)?;
        next = (kind != *b"IEND").then_some(behind);
        Some((kind, start..end))
    })
}

/// Walks through the blocks of a GIF (`GIF89a` §17 and on).
pub(super) fn gif(bytes: &[u8]) -> Option<Walk<'_>> {
    let flags = *bytes.get(10)?;
    bytes.get(12)?;
    let mut walk = Walk {
        width: short(bytes, 6)?,
        height: short(bytes, 8)?,
        depth: 4,
        working: 4,
        lossless: true,
        ..Walk::default()
    };
    let table = |flags: u8| match flags & 0x80 {
        0 => 0,
        _ => 3 << ((flags & 7) + 1),
    };
    let mut at = 13 + table(flags);
    loop {
        match bytes.get(at) {
            Some(0x2c) => {
                let Some(flags) = bytes.get(at + 9) else {
                    break;
                };
                walk.pictures += 1;
                // A picture may be larger than the canvas it is put on.
                let side = |at: usize| short(bytes, at).map_or(0, u64::from);
                walk.largest = walk.largest.max(side(at + 5) * side(at + 7));
                at += 11 + table(*flags);
            }
            Some(0x21) => at += 2,
            Some(0x3b) => {
                walk.complete = true;
                break;
            }
            // What is neither is passed over as browsers do it, by ending here.
            _ => break,
        }
        let Some(end) = sub_blocks(bytes, at) else {
            break;
        };
        at = end;
        // Many programs leave out the last byte, which nobody misses.
        walk.complete = at == bytes.len();
    }
    walk.moves = walk.pictures > 1;
    Some(walk)
}

/// Where a row of blocks ends, each after its length and the last of them empty.
fn sub_blocks(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        let length = usize::from(*bytes.get(at)?);
        at += 1 + length;
        if length == 0 {
            return Some(at);
        }
    }
}

/// Walks through the chunks of a WebP (RFC 9649 §2.3).
pub(super) fn webp(bytes: &[u8]) -> Option<Walk<'_>> {
    let mut walk = Walk {
        depth: 3,
        working: 4,
        pictures: 0,
        ..Walk::default()
    };
    let whole = (little(bytes, 4)? as usize).saturating_add(8);
    walk.complete = whole <= bytes.len();
    for (kind, Range { start, end }) in webp_chunks(bytes) {
        let three = |at: usize| {
            Some(
                u32::from_le_bytes([*bytes.get(at)?, *bytes.get(at + 1)?, *bytes.get(at + 2)?, 0])
                    + 1,
            )
        };
        match &kind {
            b"VP8X" => {
                let flags = *bytes.get(start)?;
                walk.moves = flags & 0x02 != 0;
                if flags & 0x10 != 0 {
                    walk.depth = 4;
                }
                (walk.width, walk.height) = (three(start + 4)?, three(start + 7)?);
            }
            b"VP8L" => {
                let head = little(bytes, start + 1)?;
                if walk.width == 0 {
                    (walk.width, walk.height) = ((head & 0x3fff) + 1, (head >> 14 & 0x3fff) + 1);
                }
                walk.lossless = true;
                walk.depth = 4;
                walk.pictures += 1;
            }
            b"VP8 " => {
                if walk.width == 0 {
                    walk.width = short(bytes, start + 6)? & 0x3fff;
                    walk.height = short(bytes, start + 8)? & 0x3fff;
                }
                walk.pictures += 1;
            }
            b"ANMF" => walk.pictures += 1,
            b"EXIF" => walk.exif = bytes.get(start..end),
            _ => {}
        }
    }
    walk.pictures = walk.pictures.max(1);
    (walk.width > 0 && walk.height > 0).then_some(walk)
}

/// The chunks of a WebP up to its end or the file's, as [`png_chunks`].
pub(super) fn webp_chunks(bytes: &[u8]) -> impl Iterator<Item = ([u8; 4], Range<usize>)> {
    let whole = little(bytes, 4).map_or(0, |whole| (whole as usize).saturating_add(8));
    let bytes = bytes.get(..whole).unwrap_or(bytes);
    let mut at = 12_usize;
    std::iter::from_fn(move || {
        let (kind, length) = (number(bytes, at)?, little(bytes, at + 4)? as usize);
        let start = at + 8;
        let end = start.checked_add(length)?;
        at = end.checked_add(length % 2)?;
        Some((kind, start..end))
    })
}

/// Whether no value of a TIFF's first page (TIFF 6.0 §2) is longer than the file itself.
pub(super) fn tiff_holds_its_values(bytes: &[u8]) -> bool {
    let is_big = bytes.starts_with(b"MM");
    let long = |at: usize| match is_big {
        true => big(bytes, at),
        false => little(bytes, at),
    };
    let short = |at: usize| match is_big {
        true => number(bytes, at).map(u16::from_be_bytes),
        false => number(bytes, at).map(u16::from_le_bytes),
    };
    let Some((start, entries)) = long(4).and_then(|start| {
        let start = usize::try_from(start).ok()?;
        Some((start.checked_add(2)?, short(start)?))
    }) else {
        return false;
    };
    (0..usize::from(entries)).all(|entry| {
        let Some(at) = start.checked_add(entry * 12) else {
            return false;
        };
        let (kind, count) = (short(at + 2), long(at + 4));
        let width = match kind {
            Some(3 | 8) => 2,
            Some(4 | 9 | 11 | 13) => 4,
            Some(5 | 10 | 12 | 16..=18) => 8,
            _ => 1,
        };
        count.is_some_and(|count| u64::from(count) * width <= bytes.len() as u64)
    })
}
