//! What pixels show, told from the pixels.

use crate::assets::encoders::format::Content;
use crate::assets::pixels::{Layout, Pixels};

/// How many rows are looked at; more would only take longer.
const ROWS: usize = 256;

/// What pixels show: those of a photograph differ from their neighbors nearly everywhere, in many
/// colors; a graphic has plains and edges.
///
/// Pixels that were once coded with loss are taken for a graphic only where that has left plains
/// and edges as they were.
pub(in crate::assets) fn content_of(pixels: &Pixels, came_lossless: bool) -> Content {
    let look = Look::of(pixels);
    let is_graphic = match came_lossless {
        false => look.flat >= 0.6 && look.edges >= 0.03,
        // The many levels of a scan, or of a photograph in gray.
        true if matches!(pixels.layout, Layout::Gray | Layout::GrayAlpha) => look.flat >= 0.25,
        true => {
            let soft = look.edges < 0.02 && look.flat < 0.8;
            look.colors < 0.02 || !(look.flat < 0.2 || soft)
        }
    };
    match is_graphic {
        true => Content::Graphic,
        false => Content::Photo,
    }
}

/// What is seen in a picture, as shares of its pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Look {
    /// Pixels like those to the left and above.
    flat: f64,
    /// Pixels far from one of these.
    edges: f64,
    /// Colors that differ.
    colors: f64,
}

impl Look {
    fn of(pixels: &Pixels) -> Self {
        let channels = pixels.layout.channels();
        let row = pixels.width as usize * channels;
        let rows: Vec<&[u8]> = pixels.bytes.chunks_exact(row.max(1)).collect();
        let step = rows.len().div_ceil(ROWS).max(1);
        let mut colors = Colors::new();
        let (mut flat, mut edges, mut all) = (0_u32, 0_u32, 0_u32);
        for pair in rows.windows(2).step_by(step) {
            let [above, row] = pair else { continue };
            let neighbors = row.chunks_exact(channels).zip(above.chunks_exact(channels));
            let mut left: Option<&[u8]> = None;
            for (pixel, above) in neighbors {
                colors.add(pixel);
                if let Some(left) = left {
                    let apart = apart(pixel, left).max(apart(pixel, above));
                    flat += u32::from(apart == 0);
                    edges += u32::from(apart > 40);
                    all += 1;
                }
                left = Some(pixel);
            }
        }
        if all == 0 {
            // A single row or column is a line.
            return Self {
                flat: 1.0,
                edges: 0.0,
                colors: 0.0,
            };
        }
        let all = f64::from(all);
        Self {
            flat: f64::from(flat) / all,
            edges: f64::from(edges) / all,
            colors: f64::from(colors.count) / all,
        }
    }
}

/// How far apart two pixels are in the channel where they are farthest.
fn apart(one: &[u8], other: &[u8]) -> u8 {
    let channels = one.iter().zip(other);
    channels.map(|(a, b)| a.abs_diff(*b)).max().unwrap_or(0)
}

/// The colors that were seen, a bit for each.
struct Colors {
    seen: Vec<u64>,
    count: u32,
}

impl Colors {
    fn new() -> Self {
        Self {
            seen: vec![0; (1 << 24) / 64],
            count: 0,
        }
    }

    fn add(&mut self, pixel: &[u8]) {
        let channels = pixel.iter().take(3);
        let color = channels.fold(0, |color, channel| color << 8 | usize::from(*channel));
        let bit = 1 << (color % 64);
        if let Some(word) = self.seen.get_mut(color / 64)
            && *word & bit == 0
        {
            *word |= bit;
            self.count += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use image::{DynamicImage, Rgb, RgbImage};

    use super::*;
    use crate::assets::encoders::samples::{scene, screen};
    use crate::assets::header::read_header;
    use crate::assets::testing::png;

    #[track_caller]
    fn case(image: impl Into<DynamicImage>, came_lossless: bool, expected: Content) {
        let bytes = png(image);
        let pixels = Pixels::decode(&bytes, &read_header(&bytes).unwrap()).unwrap();
        let look = Look::of(&pixels);
        assert_eq!(content_of(&pixels, came_lossless), expected, "{look:?}");
    }

    #[test]
    fn a_photograph_is_one_whatever_it_was_saved_as() {
        case(scene(400, 300), true, Content::Photo);
        case(scene(400, 300), false, Content::Photo);
        let gray = DynamicImage::from(scene(400, 300)).into_luma8();
        case(gray, true, Content::Photo);
    }

    #[test]
    fn a_screenshot_is_a_graphic() {
        case(screen(400, 300), true, Content::Graphic);
        let gray = DynamicImage::from(screen(400, 300)).into_luma8();
        case(gray, true, Content::Graphic);
    }

    #[test]
    fn what_is_tiny_or_empty_is_a_graphic() {
        case(RgbImage::new(1, 1), true, Content::Graphic);
        let plain = RgbImage::from_pixel(90, 1, Rgb([9, 90, 200]));
        case(plain, true, Content::Graphic);
    }
}
