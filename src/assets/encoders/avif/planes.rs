//! Pixels as AV1 codes them: luma apart from color, and opacity apart from both.

use crate::assets::encoders::format::Content;
use crate::assets::pixels::{Layout, Pixels};

/// One picture: a plane of luma, and two of color unless it is gray.
pub(super) struct Planes {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) shape: Shape,
    /// Luma, blue and red, rows without gaps.
    pub(super) rows: [Vec<u8>; 3],
}

/// How fine the planes of color are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// There are none.
    Gray,
    /// One color for four pixels, which photographs forgive.
    Quarter,
    /// One for each pixel.
    Full,
}

impl Shape {
    /// The profile of AV1 (§A.2) that has it.
    pub(super) fn profile(self) -> u8 {
        match self {
            Self::Gray | Self::Quarter => 0,
            Self::Full => 1,
        }
    }
}

impl Planes {
    /// The sides of a plane.
    pub(super) fn size(&self, plane: usize) -> (usize, usize) {
        match (plane, self.shape) {
            (0, _) | (_, Shape::Full) => (self.width, self.height),
            (_, Shape::Quarter) => (self.width.div_ceil(2), self.height.div_ceil(2)),
            (_, Shape::Gray) => (0, 0),
        }
    }
}

/// A picture and its opacity.
pub(super) struct Picture {
    pub(super) color: Planes,
    pub(super) alpha: Option<Planes>,
}

/// The planes of pixels.
///
/// # Errors
/// Fails for pixels that do not fill their rows.
pub(super) fn of(pixels: &Pixels, content: Content) -> Result<Picture, String> {
    let (width, height) = (pixels.width as usize, pixels.height as usize);
    let channels = pixels.layout.channels();
    let whole = width
        .checked_mul(height)
        .and_then(|area| area.checked_mul(channels));
    if whole != Some(pixels.bytes.len()) || pixels.bytes.is_empty() {
        return Err("the pixels do not fill their rows".to_owned());
    }
    let gray = |plane: Vec<u8>| Planes {
        width,
        height,
        shape: Shape::Gray,
        rows: [plane, Vec::new(), Vec::new()],
    };
    let channel = |at: usize| -> Vec<u8> {
        let pixels = pixels.bytes.chunks_exact(channels);
        pixels.map(|pixel| pixel[at]).collect()
    };
    let alpha = pixels
        .layout
        .has_alpha()
        .then(|| gray(channel(channels - 1)));
    let color = match pixels.layout {
        Layout::Gray | Layout::GrayAlpha => gray(channel(0)),
        Layout::Rgb | Layout::Rgba => {
            let (luma, blue, red) = apart(&pixels.bytes, channels);
            let full = Planes {
                width,
                height,
                shape: Shape::Full,
                rows: [luma, blue, red],
            };
            match content {
                Content::Graphic => full,
                Content::Photo => quartered(full),
            }
        }
    };
    Ok(Picture { color, alpha })
}

/// Luma and the two differences of color, full range (ITU-R BT.601 §2.5.1), in steps of 1/65536.
fn apart(bytes: &[u8], channels: usize) -> (Vec<u8>, Vec<u8>, Vec<u8>) {
    let area = bytes.len() / channels;
    let [mut luma, mut blue, mut red] = [0; 3].map(|_: u8| Vec::with_capacity(area));
    let level = |sum: i32| u8::try_from((sum >> 16).clamp(0, 255)).unwrap_or(0);
    for pixel in bytes.chunks_exact(channels) {
        let [r, g, b] = [pixel[0], pixel[1], pixel[2]].map(i32::from);
        luma.push(level(19_595 * r + 38_470 * g + 7_471 * b + 32_768));
        let middle = (128 << 16) + 32_767;
        blue.push(level(middle - 11_058 * r - 21_710 * g + 32_768 * b));
        red.push(level(middle + 32_768 * r - 27_439 * g - 5_329 * b));
    }
    (luma, blue, red)
}

/// The same with each color the average of up to four pixels.
fn quartered(full: Planes) -> Planes {
    let (width, height) = (full.width, full.height);
    let quarter = |plane: &[u8]| -> Vec<u8> {
        let mut small = Vec::with_capacity(width.div_ceil(2) * height.div_ceil(2));
        for top in (0..height).step_by(2) {
            let upper = &plane[top * width..(top + 1) * width];
            let below = (top + 1).min(height - 1);
            let lower = &plane[below * width..(below + 1) * width];
            for (upper, lower) in upper.chunks(2).zip(lower.chunks(2)) {
                let sum = |pair: &[u8]| match pair {
                    [left, right] => u16::from(*left) + u16::from(*right),
                    _ => u16::from(pair[0]) * 2,
                };
                small.push(u8::try_from((sum(upper) + sum(lower) + 2) / 4).unwrap_or(u8::MAX));
            }
        }
        small
    };
    let [luma, blue, red] = full.rows;
    Planes {
        shape: Shape::Quarter,
        rows: [luma, quarter(&blue), quarter(&red)],
        width,
        height,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assets::header::read_header;
    use crate::assets::testing::{disc, photo, png};

    fn planes(image: impl Into<image::DynamicImage>, content: Content) -> Picture {
        let bytes = png(image);
        of(
            &Pixels::decode(&bytes, &read_header(&bytes).unwrap()).unwrap(),
            content,
        )
        .unwrap()
    }

    #[test]
    fn planes_have_their_sizes() {
        for (width, height) in [(5, 4), (4, 5), (1, 1), (7, 7)] {
            for content in [Content::Photo, Content::Graphic] {
                let color = planes(photo(width, height), content).color;
                for (at, plane) in color.rows.iter().enumerate() {
                    let (across, down) = color.size(at);
                    assert_eq!(plane.len(), across * down, "{width}x{height} {content:?}");
                }
            }
        }
        assert!(planes(disc(9), Content::Photo).alpha.is_some());
    }

    #[test]
    fn known_colors_have_known_planes() {
        let solid = |color: [u8; 3]| {
            let image = image::RgbImage::from_pixel(3, 3, image::Rgb(color));
            let color = planes(image, Content::Photo).color;
            [0, 1, 2].map(|at: usize| color.rows[at][0])
        };
        assert_eq!(solid([255, 0, 0]), [76, 85, 255]);
        assert_eq!(solid([0, 255, 0]), [150, 44, 21]);
        assert_eq!(solid([0, 0, 255]), [29, 255, 107]);
    }
}
