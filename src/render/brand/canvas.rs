//! A surface that SVG and pixels are drawn on, and the PNG of it. The engine sees no file, no font
//! of the machine and no network.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use resvg::tiny_skia::{Color, Pixmap, PixmapPaint, Transform};
use resvg::usvg::{ImageHrefResolver, Options, Tree, fontdb::Database};

use crate::assets::{Picture, PictureContent, Rgba, fit};
use crate::render::brand::letters::{FAMILY, embedded, of_all_kinds};

/// The stack of the engine, which recurses with the drawing.
const STACK: usize = 32 << 20;
/// The longest drawing that is read, in bytes.
const LONGEST: usize = 1 << 20;
/// How deep elements may nest.
const DEEPEST: usize = 256;
/// More colors than this are not sorted out.
const MANY: usize = 8192;

/// A place on the canvas.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) x: u32,
    pub(super) y: u32,
    pub(super) width: u32,
    pub(super) height: u32,
}

/// A surface to draw on.
pub(super) struct Canvas(Pixmap);

impl Canvas {
    /// A surface of one color, `#rrggbb`, or of none.
    pub(super) fn new(width: u32, height: u32, color: Option<&str>) -> Option<Self> {
        let mut pixmap = Pixmap::new(width, height)?;
        if let Some(color) = color {
            let part = |at: usize| u8::from_str_radix(color.get(at..at + 2)?, 16).ok();
            let color = Color::from_rgba8(part(1)?, part(3)?, part(5)?, u8::MAX);
            pixmap.fill(color);
        }
        Some(Self(pixmap))
    }

    /// Whether nothing was drawn.
    pub(super) fn is_empty(&self) -> bool {
        self.0.pixels().iter().all(|pixel| pixel.alpha() == 0)
    }

    /// Draws a picture as large as it fits, in the middle of a place.
    pub(super) fn picture(&mut self, picture: &Picture, place: Place) -> Option<()> {
        let (width, height) = fit((picture.width, picture.height), (place.width, place.height));
        let place = Place {
            x: place.x + (place.width - width) / 2,
            y: place.y + (place.height - height) / 2,
            width,
            height,
        };
        match &picture.content {
            PictureContent::Drawing(svg) => self.svg(svg, &embedded(), place),
            PictureContent::Pixels(_) => self.pixels(picture.within(width, height)?, place),
        }
    }

    /// Draws an SVG over a place.
    pub(super) fn svg(&mut self, svg: &str, fonts: &Arc<Database>, place: Place) -> Option<()> {
        if svg.len() > LONGEST || depth(svg) > DEEPEST {
            return None;
        }
        let pixmap = &mut self.0;
        let draw = || {
            let options = Options {
                image_href_resolver: ImageHrefResolver {
                    resolve_data: Box::new(|_, _, _| None),
                    resolve_string: Box::new(|_, _| None),
                },
                fontdb: Arc::clone(fonts),
                font_family: FAMILY.to_owned(),
                ..Options::default()
            };
            let tree = Tree::from_str(svg, &options).ok()?;
            let size = tree.size();
            #[expect(clippy::cast_precision_loss, reason = "a canvas is small")]
            let transform = Transform::from_translate(place.x as f32, place.y as f32).pre_scale(
                place.width as f32 / size.width(),
                place.height as f32 / size.height(),
            );
            resvg::render(&tree, transform, &mut pixmap.as_mut());
            Some(())
        };
        std::thread::scope(|scope| {
            let builder = std::thread::Builder::new().stack_size(STACK);
            let drawing = builder
                .spawn_scoped(scope, || catch_unwind(AssertUnwindSafe(draw)).ok()?)
                .ok()?;
            drawing.join().ok()?
        })
    }

    fn pixels(&mut self, pixels: Rgba, place: Place) -> Option<()> {
        let size = resvg::tiny_skia::IntSize::from_wh(pixels.width, pixels.height)?;
        let mut bytes = pixels.bytes;
        for pixel in bytes.chunks_exact_mut(4) {
            let alpha = u16::from(pixel[3]);
            for part in &mut pixel[..3] {
                *part = u8::try_from((u16::from(*part) * alpha + 127) / 255).unwrap_or(u8::MAX);
            }
        }
        let pixmap = Pixmap::from_vec(bytes, size)?;
        let (x, y) = (i32::try_from(place.x).ok()?, i32::try_from(place.y).ok()?);
        let paint = PixmapPaint::default();
        self.0
            .draw_pixmap(x, y, pixmap.as_ref(), &paint, Transform::identity(), None);
        Some(())
    }

    /// A PNG of the surface: one byte a pixel where its colors are few, as those of text are.
    pub(super) fn png(&self) -> Option<Vec<u8>> {
        let runs = self.0.pixels().chunk_by(|a, b| a == b);
        let runs: Vec<([u8; 4], usize)> = runs
            .map(|same| {
                let pixel = same[0].demultiply();
                let color = [pixel.red(), pixel.green(), pixel.blue(), pixel.alpha()];
                (color, same.len())
            })
            .collect();
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, self.0.width(), self.0.height());
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_compression(png::Compression::High);
        let data = match indexed(&runs) {
            Some((palette, data)) => {
                encoder.set_color(png::ColorType::Indexed);
                encoder.set_filter(png::Filter::NoFilter);
                let shades: Vec<u8> = palette
                    .iter()
                    .flat_map(|color| color[..3].to_vec())
                    .collect();
                encoder.set_palette(shades);
                if palette.iter().any(|color| color[3] != u8::MAX) {
                    let alphas: Vec<u8> = palette.iter().map(|color| color[3]).collect();
                    encoder.set_trns(alphas);
                }
                data
            }
            None => {
                encoder.set_color(png::ColorType::Rgba);
                let pixels = runs.iter().map(|(color, count)| color.repeat(*count));
                pixels.collect::<Vec<_>>().concat()
            }
        };
        let mut writer = encoder.write_header().ok()?;
        writer.write_image_data(&data).ok()?;
        writer.finish().ok()?;
        Some(bytes)
    }
}

/// The PNG of a sanitized SVG on no ground; none where it cannot be drawn.
pub(in crate::render) fn drawn(svg: &str, width: u32, height: u32) -> Option<Vec<u8>> {
    let mut canvas = Canvas::new(width, height, None)?;
    let whole = Place {
        x: 0,
        y: 0,
        width,
        height,
    };
    canvas.svg(svg, &of_all_kinds(), whole)?;
    canvas.png()
}

/// How deep the elements of a sanitized SVG nest; their text and attributes hold no bracket.
fn depth(svg: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    for pair in svg.as_bytes().windows(2) {
        match pair {
            b"</" | b"/>" => depth = depth.saturating_sub(1),
            [b'<', _] => depth += 1,
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}

/// The colors and, for each pixel, the number of its color. Shades that differ by less than an eye
/// sees are one: the most frequent of them. None where 256 do not do.
fn indexed(runs: &[([u8; 4], usize)]) -> Option<(Vec<[u8; 4]>, Vec<u8>)> {
    let mut counts: BTreeMap<[u8; 4], usize> = BTreeMap::new();
    for (color, count) in runs {
        *counts.entry(*color).or_default() += count;
        if counts.len() > MANY {
            return None;
        }
    }
    let coarse = |color: &[u8; 4]| color.map(|part| part >> 2);
    let mut best: BTreeMap<[u8; 4], ([u8; 4], usize)> = BTreeMap::new();
    for (color, count) in &counts {
        let known = best.entry(coarse(color)).or_insert((*color, *count));
        if *count > known.1 {
            *known = (*color, *count);
        }
    }
    if best.len() > 256 {
        return None;
    }
    let number = |at: usize| u8::try_from(at).unwrap_or_default();
    let numbers: BTreeMap<[u8; 4], u8> = best
        .keys()
        .enumerate()
        .map(|(at, key)| (*key, number(at)))
        .collect();
    let mut data = Vec::new();
    for (color, count) in runs {
        let number = numbers.get(&coarse(color)).copied().unwrap_or_default();
        data.resize(data.len() + count, number);
    }
    let palette = best.into_values().map(|(color, _)| color).collect();
    Some((palette, data))
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: Place = Place {
        x: 0,
        y: 0,
        width: 8,
        height: 8,
    };

    #[test]
    fn nothing_outside_is_drawn() {
        let mut canvas = Canvas::new(8, 8, Some("#ffffff")).unwrap();
        let svg = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 8 8'>\
                   <image href='/etc/passwd' width='8' height='8'/></svg>";
        canvas.svg(svg, &Arc::default(), WHOLE).unwrap();
        let blank = Canvas::new(8, 8, Some("#ffffff")).unwrap();
        assert_eq!(canvas.png(), blank.png());
        assert!(canvas.svg("<svg", &Arc::default(), WHOLE).is_none());
    }

    #[test]
    fn a_drawing_that_nests_deep_stops_nothing() {
        let deep = format!(
            "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 8 8'>{}{}</svg>",
            "<g opacity='.9'>".repeat(5000),
            "</g>".repeat(5000)
        );
        let mut canvas = Canvas::new(8, 8, None).unwrap();
        assert!(canvas.svg(&deep, &Arc::default(), WHOLE).is_none());
        assert!(canvas.png().is_some());
    }

    #[test]
    fn few_colors_make_a_small_file() {
        let mut canvas = Canvas::new(8, 8, Some("#102030")).unwrap();
        let svg = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 8 8'>\
                   <circle cx='4' cy='4' r='3' fill='#ffeecc'/></svg>";
        canvas.svg(svg, &Arc::default(), WHOLE).unwrap();
        let png = canvas.png().unwrap();
        let image = image::load_from_memory(&png).unwrap().into_rgb8();
        assert_eq!(image.get_pixel(0, 0).0, [0x10, 0x20, 0x30]);
        assert_eq!(image.get_pixel(4, 4).0, [0xff, 0xee, 0xcc]);
    }

    /// What a drawing looks like at twice its size.
    fn drawn(svg: &str) -> Vec<u8> {
        let tree = Tree::from_str(svg, &Options::default()).unwrap();
        let longest = tree.size().width().max(tree.size().height());
        let scale = 2.0_f32.min(800.0 / longest);
        let size = tree.size().scale_by(scale).unwrap().to_int_size();
        let mut pixmap = Pixmap::new(size.width(), size.height()).unwrap();
        let transform = Transform::from_scale(scale, scale);
        resvg::render(&tree, transform, &mut pixmap.as_mut());
        pixmap.take()
    }

    #[test]
    fn a_drawing_in_fewer_bytes_looks_the_same() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
        let folders = [root.join("examples"), root.join("site/content")];
        let mut count = 0;
        for folder in folders {
            for entry in walkdir::WalkDir::new(folder).into_iter().flatten() {
                if entry.path().extension().is_none_or(|name| name != "svg") {
                    continue;
                }
                let bytes = std::fs::read(entry.path()).unwrap();
                let Ok(clean) = crate::assets::sanitize_svg(&bytes) else {
                    continue;
                };
                let small = crate::assets::minify_svg(&clean);
                assert!(small.len() <= clean.len());
                assert!(drawn(&small) == drawn(&clean), "{}", entry.path().display());
                count += 1;
            }
        }
        assert!(count > 1);
    }
}
