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
            _ => "it is neither an SVG nor a PNG, JPEG, WebP, GIF, BMP or TIFF".to_owned(),
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
/// How many copies of parts a drawing may make, those within copies counted too.
const MOST_COPIES: usize = 2_000;

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
    let mut counts = BTreeMap::new();
    let mut parts = BTreeMap::new();
    for node in document.descendants() {
        if let Some(id) = node.attribute("id") {
            parts.entry(id).or_insert(node);
        }
    }
    copies(document.root(), &parts, &mut counts, 0)
        .ok_or_else(|| format!("it copies parts of itself more than {MOST_COPIES} times"))?;
    Ok(svg)
}

/// How many copies a part of a drawing makes; none if that never ends, or is too many. `parts` are those
/// with an id, `counts` are those of parts that were counted.
fn copies<'a>(
    part: roxmltree::Node<'a, 'a>,
    parts: &BTreeMap<&'a str, roxmltree::Node<'a, 'a>>,
    counts: &mut BTreeMap<&'a str, usize>,
    depth: usize,
) -> Option<usize> {
    if depth > 32 {
        return None;
    }
    let mut sum = 0_usize;
    for node in part
        .descendants()
        .filter(|node| node.has_tag_name((SVG, "use")))
    {
        let named = node.attribute((XLINK, "href")).or(node.attribute("href"));
        let Some(id) = named.and_then(|named| named.strip_prefix('#')) else {
            continue;
        };
        let inner = match counts.get(id) {
            Some(known) => *known,
            None => {
                let inner = match parts.get(id) {
                    Some(part) => copies(*part, parts, counts, depth + 1)?,
                    None => 0,
                };
                counts.insert(id, inner);
                inner
            }
        };
        sum = sum.saturating_add(1).saturating_add(inner);
        if sum > MOST_COPIES {
            return None;
        }
    }
    Some(sum)
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
        let strange: Vec<String> = (0..50_000)
            .map(|number| format!("<use href='#a{number}'/>"))
            .collect();
        assert!(read(&strange.concat()).unwrap_err().contains("copies"));
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
