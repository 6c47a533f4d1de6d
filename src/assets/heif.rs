//! The items of a file of boxes: which pictures it holds, where their bytes lie, and what is said of
//! them (ISO/IEC 14496-12 §8.11, ISO/IEC 23008-12 §6).
//!
//! A part that makes no sense is as if it were not there.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::assets::boxes::{Reader, boxes};

/// What a file says of its items.
pub(super) struct Heif<'a> {
    bytes: &'a [u8],
    /// The item that is the picture.
    pub(super) main: Option<u32>,
    kinds: BTreeMap<u32, [u8; 4]>,
    places: BTreeMap<u32, Vec<Range<usize>>>,
    properties: Vec<Property<'a>>,
    owned: BTreeMap<u32, Vec<usize>>,
    references: Vec<Reference>,
}

/// Something that is said of an item: its name, and its contents.
pub(super) type Property<'a> = ([u8; 4], &'a [u8]);

/// What one item has to do with others.
struct Reference {
    kind: [u8; 4],
    from: u32,
    to: Vec<u32>,
}

impl<'a> Heif<'a> {
    /// What a file says of its items; none if it says nothing.
    pub(super) fn read(bytes: &'a [u8]) -> Option<Self> {
        let all = 0..bytes.len();
        let meta = boxes(bytes, all).find(|(name, _)| name == b"meta")?.1;
        let meta = meta.start.checked_add(4)?..meta.end;
        let inner = |wanted: &[u8; 4]| {
            let mut found = boxes(bytes, meta.clone());
            found
                .find(|(name, _)| name == wanted)
                .map(|(_, range)| range)
        };
        let part = |wanted: &[u8; 4]| bytes.get(inner(wanted)?);
        let idat = inner(b"idat").unwrap_or(0..0);
        let properties = inner(b"iprp").unwrap_or(0..0);
        let property = |wanted: &[u8; 4]| {
            let mut found = boxes(bytes, properties.clone());
            found
                .find(|(name, _)| name == wanted)
                .map(|(_, range)| range)
        };
        let contents = boxes(bytes, property(b"ipco").unwrap_or(0..0)).take(1 << 15);
        let contents = contents.filter_map(|(name, range)| Some((name, bytes.get(range)?)));
        let owned = property(b"ipma").and_then(|range| read_owned(bytes.get(range)?));
        let places = part(b"iloc").and_then(|table| read_places(table, &idat));
        Some(Self {
            bytes,
            main: part(b"pitm").and_then(read_main),
            kinds: inner(b"iinf").map_or_else(BTreeMap::new, |range| read_kinds(bytes, range)),
            places: places.unwrap_or_default(),
            properties: contents.collect(),
            owned: owned.unwrap_or_default(),
            references: inner(b"iref").map_or_else(Vec::new, |range| read_references(bytes, range)),
        })
    }

    /// What kind of item one is.
    pub(super) fn kind(&self, item: u32) -> Option<&[u8; 4]> {
        self.kinds.get(&item)
    }

    /// What is said of an item, in its order.
    pub(super) fn properties(&self, item: u32) -> impl Iterator<Item = Property<'a>> {
        let owned = self.owned.get(&item).into_iter().flatten();
        owned.filter_map(|at| self.properties.get(at.checked_sub(1)?).copied())
    }

    /// The first of the properties of an item that has a name.
    pub(super) fn property(&self, item: u32, name: [u8; 4]) -> Option<&'a [u8]> {
        let mut properties = self.properties(item);
        properties
            .find(|(found, _)| *found == name)
            .map(|(_, contents)| contents)
    }

    /// The width and height of an item as it is stored.
    pub(super) fn size(&self, item: u32) -> Option<(u32, u32)> {
        let mut reader = Reader::new(self.property(item, *b"ispe")?);
        reader.number(4)?;
        let mut side = || u32::try_from(reader.number(4)?).ok();
        Some((side()?, side()?)).filter(|(width, height)| *width > 0 && *height > 0)
    }

    /// The items that one refers to, in their order.
    pub(super) fn parts(&self, item: u32, kind: &[u8; 4]) -> impl Iterator<Item = u32> {
        let of = move |found: &&Reference| found.from == item && found.kind == *kind;
        let found = self.references.iter().filter(of);
        found.flat_map(|found| found.to.iter().copied())
    }

    /// The items that refer to one.
    pub(super) fn about(&self, item: u32, kind: &[u8; 4]) -> impl Iterator<Item = u32> {
        let of = move |found: &&Reference| found.kind == *kind && found.to.contains(&item);
        let found = self.references.iter().filter(of);
        found.map(|found| found.from)
    }

    /// Where items of some kinds lie in the file, as far as it goes: in order, and apart.
    pub(super) fn ranges(&self, kinds: &[&[u8; 4]]) -> Vec<Range<usize>> {
        let is_one = |item: &u32| self.kind(*item).is_some_and(|kind| kinds.contains(&kind));
        let places = self.places.iter().filter(|(item, _)| is_one(item));
        let end = self.bytes.len();
        let ranges = places.flat_map(|(_, ranges)| ranges);
        let within = |range: &Range<usize>| range.start.min(end)..range.end.min(end);
        let mut ranges: Vec<Range<usize>> = ranges.map(within).collect();
        ranges.sort_unstable_by_key(|range| range.start);
        let mut apart: Vec<Range<usize>> = Vec::new();
        for range in ranges {
            match apart.last_mut() {
                Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
                _ => apart.push(range),
            }
        }
        apart
    }

    /// Whether the file ends before an item does.
    pub(super) fn is_cut(&self, item: u32) -> bool {
        let places = self.places.get(&item).into_iter().flatten();
        places.into_iter().any(|range| range.end > self.bytes.len())
    }

    /// The bytes of an item; none if some of them are missing, or it names more than the file has.
    pub(super) fn contents(&self, item: u32) -> Option<Vec<u8>> {
        let mut contents = Vec::new();
        for range in self.places.get(&item)? {
            contents.extend_from_slice(self.bytes.get(range.clone())?);
            if contents.len() > self.bytes.len() {
                return None;
            }
        }
        Some(contents).filter(|contents| !contents.is_empty())
    }
}

/// A number that is wide in later versions of a table.
fn id(reader: &mut Reader<'_>, is_wide: bool) -> Option<u32> {
    let wide = if is_wide { 4 } else { 2 };
    u32::try_from(reader.number(wide)?).ok()
}

/// The version of a table, and its flags.
fn version(reader: &mut Reader<'_>) -> Option<(u64, u64)> {
    Some((reader.number(1)?, reader.number(3)?))
}

fn read_main(table: &[u8]) -> Option<u32> {
    let mut reader = Reader::new(table);
    let (version, _) = version(&mut reader)?;
    id(&mut reader, version > 0)
}

fn read_kinds(bytes: &[u8], infos: Range<usize>) -> BTreeMap<u32, [u8; 4]> {
    let head = match bytes.get(infos.start) {
        Some(0) => 6,
        _ => 8,
    };
    let kind = |(name, info): ([u8; 4], Range<usize>)| {
        let mut reader = Reader::new(bytes.get(info).filter(|_| &name == b"infe")?);
        let (version, _) = version(&mut reader)?;
        let item = id(&mut reader, version > 2)?;
        reader.number(2)?;
        let kind = u32::try_from(reader.number(4)?).ok()?;
        Some((item, kind.to_be_bytes()))
    };
    let infos = infos.start.saturating_add(head)..infos.end;
    boxes(bytes, infos).filter_map(kind).collect()
}

fn read_places(table: &[u8], idat: &Range<usize>) -> Option<BTreeMap<u32, Vec<Range<usize>>>> {
    let mut reader = Reader::new(table);
    let (version, _) = version(&mut reader)?;
    let sizes = reader.number(2)?;
    let size = |shift: u32| usize::try_from(sizes >> shift & 15).unwrap_or(0);
    let (offset, length, base) = (size(12), size(8), size(4));
    let index = if version > 0 { size(0) } else { 0 };
    let mut places: BTreeMap<u32, Vec<Range<usize>>> = BTreeMap::new();
    let items = reader.number(if version < 2 { 2 } else { 4 })?;
    for _ in 0..items {
        let item = id(&mut reader, version > 1)?;
        let method = if version > 0 {
            reader.number(2)? & 15
        } else {
            0
        };
        reader.number(2)?;
        let base = reader.number(base)?;
        let extents = reader.number(2)?;
        // Extents of no bytes at all are one, however many there are said to be.
        let most = if index + offset + length == 0 {
            1
        } else {
            extents
        };
        for _ in 0..extents.min(most) {
            reader.number(index)?;
            let start = base.checked_add(reader.number(offset)?)?;
            let length = reader.number(length)?;
            let from = match method {
                0 => 0,
                1 => idat.start as u64,
                // What is made of other items has no place.
                _ => continue,
            };
            let start = usize::try_from(start.checked_add(from)?).ok()?;
            let end = start.checked_add(usize::try_from(length).ok()?)?;
            if end > start {
                places.entry(item).or_default().push(start..end);
            }
        }
    }
    Some(places)
}

/// The numbers of the properties that each item has, from 1, in their order.
fn read_owned(table: &[u8]) -> Option<BTreeMap<u32, Vec<usize>>> {
    let mut reader = Reader::new(table);
    let (version, flags) = version(&mut reader)?;
    let wide = if flags & 1 == 1 { 2 } else { 1 };
    let mut owned: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for _ in 0..reader.number(4)? {
        let Some(item) = id(&mut reader, version > 0) else {
            break;
        };
        for _ in 0..reader.number(1)? {
            let Some(number) = reader.number(wide) else {
                return Some(owned);
            };
            // The highest bit says that whoever does not know it must not show the item.
            let number = number & !(1 << (wide * 8 - 1));
            let number = usize::try_from(number).unwrap_or(0);
            owned.entry(item).or_default().push(number);
        }
    }
    Some(owned)
}

fn read_references(bytes: &[u8], table: Range<usize>) -> Vec<Reference> {
    let is_wide = bytes.get(table.start).is_some_and(|version| *version > 0);
    let inner = table.start.saturating_add(4)..table.end;
    let reference = |(kind, range): ([u8; 4], Range<usize>)| {
        let mut reader = Reader::new(bytes.get(range)?);
        let from = id(&mut reader, is_wide)?;
        let count = reader.number(2)?;
        let to = (0..count).map_while(|_| id(&mut reader, is_wide));
        Some(Reference {
            kind,
            from,
            to: to.collect(),
        })
    };
    boxes(bytes, inner).filter_map(reference).collect()
}
