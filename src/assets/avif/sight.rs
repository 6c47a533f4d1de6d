//! What the boxes of an AVIF say of its picture (AV1 Image File Format 1.1, ISO/IEC 23008-12).

use std::collections::BTreeSet;

use image::metadata::Orientation;

use crate::assets::boxes::Reader;
use crate::assets::heif::Heif;

/// The most parts that a picture is put together of.
const MOST_TILES: usize = 1024;

/// What is seen of a picture before it is decoded.
pub(in crate::assets) struct Sight<'a> {
    /// The width as it is stored.
    pub(in crate::assets) width: u32,
    /// The height as it is stored.
    pub(in crate::assets) height: u32,
    pub(in crate::assets) orientation: Orientation,
    /// Bytes of a decoded pixel.
    depth: u64,
    /// Whether anything shows through it.
    pub(in crate::assets) has_alpha: bool,
    /// Whether the file ends before its pixels do.
    pub(in crate::assets) is_cut: bool,
    /// Why it is not decoded.
    pub(in crate::assets) obstacle: Option<&'static str>,
    /// The items that its colors are coded in: one, or the parts of a grid in rows.
    pub(super) tiles: Vec<u32>,
    /// The items of its opacity, if it has any.
    pub(super) alpha: Vec<u32>,
    /// How many parts stand side by side.
    pub(super) columns: usize,
    /// The size of a part.
    pub(super) tile: (u32, u32),
    /// Whether its coding is said to have no color.
    pub(super) is_gray: bool,
    /// Whether its coding is said to have more than eight bits.
    pub(super) is_deep: bool,
    pub(super) is_premultiplied: bool,
    pub(super) profile: Option<&'a [u8]>,
    pub(super) cicp: Option<Cicp>,
}

/// What the samples mean, in the numbers of ITU-T H.273.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cicp {
    pub(super) primaries: u8,
    pub(super) transfer: u8,
    pub(super) matrix: u8,
    pub(super) is_full: bool,
}

impl Sight<'_> {
    /// The bytes that its colors and its opacity take once they are decoded, with what its parts have
    /// beyond its edges.
    pub(in crate::assets) fn decoded(&self) -> u64 {
        let area = |(width, height): (u32, u32)| u64::from(width) * u64::from(height);
        let parts = area(self.tile).saturating_mul(self.tiles.len() as u64);
        let pixels = parts.max(area((self.width, self.height)));
        pixels.saturating_mul(self.depth)
    }
}

/// Parts in rows, which make up a picture of a size.
struct Grid {
    columns: usize,
    rows: usize,
    size: (u32, u32),
}

/// Reads what is said of the main picture; none if it has no size.
pub(in crate::assets) fn read_sight<'a>(bytes: &[u8], heif: &Heif<'a>) -> Option<Sight<'a>> {
    let main = heif.main?;
    let size = heif.size(main)?;
    let mut sight = Sight {
        width: size.0,
        height: size.1,
        orientation: orientation(heif, main),
        depth: 3,
        has_alpha: false,
        is_cut: false,
        obstacle: None,
        tiles: Vec::new(),
        alpha: Vec::new(),
        columns: 1,
        tile: size,
        is_gray: false,
        is_deep: false,
        is_premultiplied: false,
        profile: None,
        cicp: None,
    };
    sight.obstacle = sight.look(bytes, heif, main).err();
    Some(sight)
}

impl<'a> Sight<'a> {
    /// Finds out what it is put together of, or why it is not decoded.
    fn look(&mut self, bytes: &[u8], heif: &Heif<'a>, main: u32) -> Result<(), &'static str> {
        if bytes.get(8..12) == Some(b"avis") {
            return Err("it moves");
        }
        if heif.property(main, *b"clap").is_some() {
            return Err("a part of it is cut off by its header");
        }
        self.tiles = self.parts(heif, main)?;
        let first = self.tiles.first().copied().unwrap_or(main);
        // Each item is looked at once, however often it is named.
        let mut seen = BTreeSet::new();
        let is_alpha = |item: &u32| seen.insert(*item) && is_opacity(heif, *item);
        if let Some(alpha) = heif.about(main, b"auxl").find(is_alpha) {
            if heif.size(alpha) != Some((self.width, self.height)) {
                return Err("its opacity is of another size");
            }
            self.alpha = self.parts(heif, alpha)?;
            if self.alpha.len() != self.tiles.len() {
                return Err("its opacity has other parts than its colors");
            }
            self.is_premultiplied = heif.parts(main, b"prem").any(|item| item == alpha);
        }
        self.has_alpha = !self.alpha.is_empty();
        let all: BTreeSet<&u32> = self.tiles.iter().chain(&self.alpha).collect();
        self.is_cut = all.into_iter().any(|item| heif.is_cut(*item));
        let coding = heif
            .property(first, *b"av1C")
            .ok_or("its coding is not told")?;
        let flags = coding.get(2).copied().unwrap_or(0);
        (self.is_gray, self.is_deep) = (flags & 0x10 != 0, flags & 0x40 != 0);
        let colors = if self.is_gray { 1 } else { 3 };
        let bytes = if self.is_deep { 2 } else { 1 };
        self.depth = (colors + u64::from(self.has_alpha)) * bytes;
        // The colors of all stand at the whole mostly, and at its parts too.
        let told = heif.properties(main).chain(heif.properties(first));
        for (_, contents) in told.filter(|(name, _)| name == b"colr") {
            match contents.split_at_checked(4) {
                Some((b"prof" | b"rICC", profile)) => self.profile = self.profile.or(Some(profile)),
                Some((b"nclx", numbers)) => self.cicp = self.cicp.or(read_cicp(numbers)),
                _ => {}
            }
        }
        match self.cicp {
            Some(Cicp {
                transfer: 16..=18, ..
            }) if self.profile.is_none() => Err("it is of a high dynamic range"),
            _ => Ok(()),
        }
    }

    /// The items that one is coded in.
    fn parts(&mut self, heif: &Heif<'_>, item: u32) -> Result<Vec<u32>, &'static str> {
        match heif.kind(item) {
            Some(b"av01") => Ok(vec![item]),
            Some(b"grid") => {
                let grid = heif.contents(item).and_then(|grid| read_grid(&grid));
                let grid = grid.ok_or("its parts are not told")?;
                let parts: Vec<u32> = heif.parts(item, b"dimg").take(MOST_TILES + 1).collect();
                let first = parts.first().and_then(|first| heif.size(*first));
                let tile = first.ok_or("its parts are missing")?;
                // No part is so far out that nothing is seen of it.
                let room = |tile: u32, count: usize, whole: u32| {
                    let all = u64::from(tile) * count as u64;
                    all >= u64::from(whole) && all - u64::from(tile) < u64::from(whole)
                };
                let fits = room(tile.0, grid.columns, self.width)
                    && room(tile.1, grid.rows, self.height)
                    && grid.size == (self.width, self.height);
                let is_coded = |part: &u32| heif.kind(*part) == Some(b"av01");
                if !fits || parts.len() != grid.columns * grid.rows || !parts.iter().all(is_coded) {
                    return Err("its parts do not fit");
                }
                if parts.len() > MOST_TILES {
                    return Err("it has too many parts");
                }
                (self.columns, self.tile) = (grid.columns, tile);
                Ok(parts)
            }
            _ => Err("it is not coded as AV1"),
        }
    }
}

fn is_opacity(heif: &Heif<'_>, item: u32) -> bool {
    let names = [
        &b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha"[..],
        b"urn:mpeg:hevc:2015:auxid:1",
    ];
    let told = heif.property(item, *b"auxC").and_then(|told| told.get(4..));
    let name = told.and_then(|told| told.split(|byte| *byte == 0).next());
    name.is_some_and(|name| names.contains(&name))
}

/// ISO/IEC 23008-12 §6.6.2.3.
fn read_grid(grid: &[u8]) -> Option<Grid> {
    let mut reader = Reader::new(grid);
    reader.number(1)?;
    let side = if reader.number(1)? & 1 == 1 { 4 } else { 2 };
    let mut count = || usize::try_from(reader.number(1)? + 1).ok();
    let (rows, columns) = (count()?, count()?);
    let mut side = || u32::try_from(reader.number(side)?).ok();
    Some(Grid {
        columns,
        rows,
        size: (side()?, side()?),
    })
}

fn read_cicp(numbers: &[u8]) -> Option<Cicp> {
    let mut reader = Reader::new(numbers);
    let mut number = || u8::try_from(reader.number(2)?).ok();
    let (primaries, transfer, matrix) = (number()?, number()?, number()?);
    Some(Cicp {
        primaries,
        transfer,
        matrix,
        is_full: reader.number(1)? & 0x80 != 0,
    })
}

/// How the picture is turned to be seen: what is said of it is done in its order.
fn orientation(heif: &Heif<'_>, main: u32) -> Orientation {
    // Quarters clockwise, and then perhaps left for right.
    let (mut quarters, mut is_flipped) = (0_u8, false);
    for (name, contents) in heif.properties(main) {
        let value = contents.first().copied().unwrap_or(0);
        match &name {
            // Told in quarters the other way around.
            b"irot" if is_flipped => quarters = (quarters + (value & 3)) % 4,
            b"irot" => quarters = (quarters + 4 - (value & 3)) % 4,
            b"imir" => {
                is_flipped = !is_flipped;
                // Top for bottom is left for right and half around.
                quarters = (quarters + if value & 1 == 0 { 2 } else { 0 }) % 4;
            }
            _ => {}
        }
    }
    match (quarters, is_flipped) {
        (0, false) => Orientation::NoTransforms,
        (1, false) => Orientation::Rotate90,
        (2, false) => Orientation::Rotate180,
        (_, false) => Orientation::Rotate270,
        (0, true) => Orientation::FlipHorizontal,
        (1, true) => Orientation::Rotate90FlipH,
        (2, true) => Orientation::FlipVertical,
        (_, true) => Orientation::Rotate270FlipH,
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    #[test]
    fn an_item_that_is_named_often_is_looked_at_once() {
        let part = |name: &[u8; 4], contents: &[&[u8]]| {
            let contents = contents.concat();
            let length = u32::try_from(contents.len() + 8).unwrap().to_be_bytes();
            [&length, &name[..], &contents].concat()
        };
        let item = |id: u8| part(b"infe", &[&[2, 0, 0, 0, 0, id, 0, 0], b"av01\0"]);
        let infos = part(b"iinf", &[&[0; 4], &[0, 2], &item(1), &item(2)]);
        let ispe = part(b"ispe", &[&[0; 4], &[0, 0, 0, 9, 0, 0, 0, 9]]);
        let often = 400_u32;
        let many = [&[0, 2, 255][..], &[1; 255]].concat();
        let many = many.repeat(often as usize);
        let owned = part(
            b"ipma",
            &[&[0; 4], &(often + 1).to_be_bytes(), &[0, 1, 1, 1], &many],
        );
        let named = part(b"auxl", &[&[0, 2, 0, 1, 0, 1]]).repeat(10_000);
        let told = part(b"iprp", &[&part(b"ipco", &[&ispe]), &owned]);
        let main = part(b"pitm", &[&[0; 4], &[0, 1]]);
        let named = part(b"iref", &[&[0; 4], &named]);
        let meta = part(b"meta", &[&[0; 4], &main, &infos, &told, &named]);
        let bytes = [part(b"ftyp", &[b"avif\0\0\0\0avifmif1"]), meta].concat();
        let begun = Instant::now();
        let heif = Heif::read(&bytes).unwrap();
        assert_eq!(heif.about(1, b"auxl").count(), 10_000);
        let sight = read_sight(&bytes, &heif).unwrap();
        assert_eq!(sight.obstacle, Some("its coding is not told"));
        assert!(begun.elapsed() < Duration::from_secs(5));
    }
}
