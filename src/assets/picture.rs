//! A picture that something else is drawn from: an icon, the logo on a card.

use std::collections::BTreeMap;

use crate::assets::budget::BUDGET;
use crate::assets::header::{HeaderFault, read_header};
use crate::assets::map::ImageKind;
use crate::assets::master::Master;
use crate::assets::pixels::Layout;
use crate::assets::sanitize::sanitize;

/// The names of SVG and of the links in it.
const SVG: &str = "http://www.w3.org/2000/svg";
const XLINK: &str = "http://www.w3.org/1999/xlink";

/// A picture that was found good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// The width in pixels.
    pub width: u32,
    /// The height in pixels.
    pub height: u32,
    /// What it is made of.
    pub content: PictureContent,
}

/// What a picture is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PictureContent {
    /// A sanitized SVG.
    Drawing(String),
    /// A file of pixels.
    Pixels(Vec<u8>),
}

/// Pixels in rows without gaps: red, green, blue and opacity.
pub struct Rgba {
    /// The width in pixels.
    pub width: u32,
    /// The height in pixels.
    pub height: u32,
    /// Four bytes a pixel.
    pub bytes: Vec<u8>,
}

impl Picture {
    /// Looks a file over.
    ///
    /// # Errors
    /// Says why it cannot be drawn from.
    pub fn read(bytes: Vec<u8>) -> Result<Self, String> {
        let header = read_header(&bytes).map_err(|fault| match fault {
            HeaderFault::Broken(reason) => reason,
            _ => "it is neither an SVG nor a PNG, JPEG, WebP, AVIF, GIF, BMP or TIFF".to_owned(),
        })?;
        if header.kind != ImageKind::Svg && !header.is_raster() {
            return Err("it moves, or has more pixels than are read".to_owned());
        }
        let content = match header.kind {
            ImageKind::Svg => PictureContent::Drawing(modest(sanitize(&bytes)?)?),
            _ => PictureContent::Pixels(bytes),
        };
        Ok(Self {
            width: header.width,
            height: header.height,
            content,
        })
    }

    /// The bytes that decide what it looks like.
    pub fn bytes(&self) -> &[u8] {
        match &self.content {
            PictureContent::Drawing(svg) => svg.as_bytes(),
            PictureContent::Pixels(bytes) => bytes,
        }
    }

    /// Its pixels, so small that it fits into a box; none of a drawing.
    pub fn within(&self, width: u32, height: u32) -> Option<Rgba> {
        let PictureContent::Pixels(bytes) = &self.content else {
            return None;
        };
        let header = read_header(bytes).ok()?;
        let (width, height) = fit((self.width, self.height), (width, height));
        let _reserved = BUDGET.reserve(&header, (width, height), 0);
        let master = Master::decode(bytes, &header, None, (width, height)).ok()?;
        let pixels = master.at(width, height).ok()?.to_color();
        let bytes = match pixels.layout {
            Layout::Rgba => pixels.bytes,
            _ => {
                let solid = |pixel: &[u8]| [pixel[0], pixel[1], pixel[2], u8::MAX];
                pixels.bytes.chunks_exact(3).flat_map(solid).collect()
            }
        };
        Some(Rgba {
            width,
            height,
            bytes,
        })
    }
}

/// How many parts of a drawing may cost as much as the whole canvas: filters, masks and the like.
const MOST_DEAR: usize = 64;
/// How many elements a drawing may copy, those within copies counted too.
const MOST_COPIED: usize = 100_000;
/// How deep copies may be made of copies.
const DEEPEST: usize = 32;

/// A drawing that takes no more work than a picture of that size is worth.
fn modest(svg: String) -> Result<String, String> {
    let document = roxmltree::Document::parse(&svg).map_err(|error| error.to_string())?;
    let is_dear = |node: &roxmltree::Node<'_, '_>| {
        let own = ["filter", "mask", "pattern", "clipPath"].contains(&node.tag_name().name())
            || node.tag_name().name().starts_with("fe");
        let names = ["filter", "mask", "clip-path"];
        let used = names.iter().any(|name| node.has_attribute(*name));
        own || used
            || node
                .attribute("style")
                .is_some_and(|style| style.contains("url("))
    };
    let dear = document.descendants().filter(is_dear).count();
    if dear > MOST_DEAR {
        return Err(format!("it has more than {MOST_DEAR} filters and masks"));
    }
    copies(&document).map_err(str::to_owned)?;
    Ok(svg)
}

/// What drawing a part takes.
#[derive(Debug, Clone, Copy, Default)]
struct Cost {
    /// The elements that are written.
    elements: usize,
    /// The elements that are copied.
    copied: usize,
    /// How deep copies are made of copies.
    depth: usize,
}

impl Cost {
    fn and(self, other: Self) -> Self {
        Self {
            elements: self.elements.saturating_add(other.elements),
            copied: self.copied.saturating_add(other.copied),
            depth: self.depth.max(other.depth),
        }
    }

    fn copied(self) -> Self {
        Self {
            elements: 0,
            copied: self.copied.saturating_add(self.elements),
            depth: self.depth + 1,
        }
    }
}

/// Counts what a drawing copies, each part once and those first that others are made of.
///
/// # Errors
/// Fails where that never ends, or is too much.
fn copies(document: &roxmltree::Document<'_>) -> Result<(), &'static str> {
    let mut parts = BTreeMap::new();
    for node in document.descendants() {
        if let Some(id) = node.attribute("id") {
            parts.entry(id).or_insert(node);
        }
    }
    let target = |node: roxmltree::Node<'_, '_>| {
        let is_copy = node.has_tag_name((SVG, "use"));
        let named = node.attribute((XLINK, "href")).or(node.attribute("href"));
        let id = named?.trim().strip_prefix('#')?;
        is_copy.then(|| parts.get(id).copied()).flatten()
    };
    // None of a part that was begun and is not done.
    let mut costs: BTreeMap<u32, Option<Cost>> = BTreeMap::new();
    let mut steps = vec![(document.root(), false)];
    while let Some((node, is_counted)) = steps.pop() {
        let below = node.children().filter(roxmltree::Node::is_element);
        if !is_counted {
            match costs.get(&node.id().get()) {
                Some(Some(_)) => continue,
                Some(None) => return Err("it copies a part of itself into that part"),
                None => {}
            }
            costs.insert(node.id().get(), None);
            steps.push((node, true));
            steps.extend(below.chain(target(node)).map(|node| (node, false)));
            continue;
        }
        let cost = |node: roxmltree::Node<'_, '_>| costs.get(&node.id().get()).copied().flatten();
        let own = Cost {
            elements: 1,
            ..Cost::default()
        };
        let copy = target(node).and_then(cost).map(Cost::copied);
        let sum = below.filter_map(cost).chain(copy).fold(own, Cost::and);
        if sum.copied > MOST_COPIED || sum.depth > DEEPEST {
            return Err("it copies too many parts of itself");
        }
        costs.insert(node.id().get(), Some(sum));
    }
    Ok(())
}

/// The largest size of the same shape within a box, at least one pixel a side.
pub fn fit((width, height): (u32, u32), (across, down): (u32, u32)) -> (u32, u32) {
    let (w, h) = (u64::from(width.max(1)), u64::from(height.max(1)));
    let (across, down) = (u64::from(across), u64::from(down));
    let (fitted_w, fitted_h) = match w * down > h * across {
        true => (across, (h * across + w / 2) / w),
        false => ((w * down + h / 2) / h, down),
    };
    let side = |side: u64| u32::try_from(side).unwrap_or(u32::MAX).max(1);
    (side(fitted_w), side(fitted_h))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_keeps_its_shape() {
        assert_eq!(fit((100, 100), (50, 80)), (50, 50));
        assert_eq!(fit((300, 100), (60, 60)), (60, 20));
        assert_eq!(fit((1, 9000), (60, 60)), (1, 60));
        assert_eq!(fit((10, 20), (200, 200)), (100, 200));
    }

    #[test]
    fn a_drawing_may_not_cost_what_it_likes() {
        let read = |inside: &str| {
            let svg =
                format!("<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 4 4'>{inside}</svg>");
            Picture::read(svg.into_bytes()).map(|_| ())
        };
        let nest: Vec<String> = (1..12)
            .map(|level| {
                let copy = format!("<use href='#n{}'/>", level - 1);
                format!("<g id='n{level}'>{}</g>", copy.repeat(10))
            })
            .collect();
        let nest = format!(
            "<g id='n0'><rect width='1' height='1'/></g>{}",
            nest.concat()
        );
        assert!(read("<g id='a'/><use href='#a'/>").is_ok());
        assert!(read(&nest).unwrap_err().contains("copies"));
        assert!(read("<g id='a'><use href='#a'/></g>").is_err());
        assert!(read("<use id='a' href='#a'/>").is_err());
        // Two hundred copies of six hundred elements.
        let large = format!("<g id='a'><g id='b'>{}</g></g>", "<path/>".repeat(600));
        let uses = |times: usize| format!("{large}{}", "<use href='#b'/>".repeat(times));
        assert!(read(&uses(100)).is_ok());
        assert!(read(&uses(200)).unwrap_err().contains("copies"));
        let chain = |length: usize| -> String {
            let link = |at: usize| format!("<use id='n{}' href='#n{at}'/>", at + 1);
            (0..length).map(link).collect()
        };
        assert!(read(&format!("<path id='n0'/>{}", chain(30))).is_ok());
        assert!(read(&format!("<path id='n0'/>{}", chain(40))).is_err());
        assert!(read(&"<use href='#none'/>".repeat(50_000)).is_ok());
        let dear = "<rect width='1' height='1' filter='url(#f)'/>".repeat(100);
        assert!(read(&dear).unwrap_err().contains("filters"));
    }

    #[test]
    fn what_is_no_picture_is_refused() {
        for bytes in [&b""[..], b"text", b"<svg", b"\x89PNG\r\n\x1a\n"] {
            assert!(Picture::read(bytes.to_vec()).is_err());
        }
        let svg = b"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 4 2' onload='x()'/>";
        let picture = Picture::read(svg.to_vec()).unwrap();
        assert_eq!((picture.width, picture.height), (4, 2));
        assert!(!String::from_utf8_lossy(picture.bytes()).contains("onload"));
        assert!(picture.within(9, 9).is_none());
    }
}
