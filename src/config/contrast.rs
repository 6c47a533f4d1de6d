//! Whether one color can be read on another, as WCAG 2.2 measures it.

use std::fmt;

/// The contrast that text needs (WCAG 2.2, level AA).
pub(super) const READABLE: f64 = 4.5;

/// The paper of the program's own themes, light and dark.
pub(super) const PAPER: [Color; 2] = [Color([0xfd, 0xfb, 0xf6]), Color([0x14, 0x13, 0x11])];

/// A color by its red, green and blue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Color([u8; 3]);

impl Color {
    /// Reads `#rgb` or `#rrggbb`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let hex = text.strip_prefix('#').filter(|hex| hex.is_ascii())?;
        let digit = |at: usize| u8::from_str_radix(hex.get(at..=at)?, 16).ok();
        let pair = |at: usize| Some(digit(at)? * 16 + digit(at + 1)?);
        let twice = |at: usize| Some(digit(at)? * 17);
        match hex.len() {
            3 => Some(Self([twice(0)?, twice(1)?, twice(2)?])),
            6 => Some(Self([pair(0)?, pair(2)?, pair(4)?])),
            _ => None,
        }
    }

    /// How much two colors stand out from each other, from 1 to 21.
    pub(super) fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    fn luminance(self) -> f64 {
        let linear = self.0.map(|part| {
            let part = f64::from(part) / 255.0;
            if part <= 0.04045 {
                part / 12.92
            } else {
                ((part + 0.055) / 1.055).powf(2.4)
            }
        });
        0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    }

    /// This color with a part of another, in hundredths.
    fn mixed(self, other: Self, hundredths: u16) -> Self {
        let mut parts = [0; 3];
        for (at, part) in parts.iter_mut().enumerate() {
            let (own, other) = (u16::from(self.0[at]), u16::from(other.0[at]));
            *part = u8::try_from((own * (100 - hundredths) + other * hundredths) / 100)
                .expect("a mean of two bytes is a byte");
        }
        Self(parts)
    }
}

/// The shade of a color, nearest to it, that can be read on a paper.
pub(super) fn nearest_readable(color: Color, paper: Color) -> Color {
    let far = match paper.luminance() > 0.18 {
        true => Color([0, 0, 0]),
        false => Color([255, 255, 255]),
    };
    let shades = (0..=100).map(|hundredths| color.mixed(far, hundredths));
    let mut readable = shades.filter(|shade| shade.contrast(paper) >= READABLE);
    readable.next().unwrap_or(far)
}

impl fmt::Display for Color {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contrast_is_that_of_wcag() {
        let color = |text| Color::parse(text).unwrap();
        assert!((color("#000").contrast(color("#ffffff")) - 21.0).abs() < 0.01);
        assert!((color("#777").contrast(color("#fff")) - 4.48).abs() < 0.01);
        assert_eq!(Color::parse("#12345"), None);
        assert_eq!(Color::parse("#ééé"), None);
    }

    #[test]
    fn the_nearest_shade_can_be_read() {
        for paper in PAPER {
            for color in ["#fff", "#000", "#ffd200", "#1a5fb4", "#888"] {
                let shade = nearest_readable(Color::parse(color).unwrap(), paper);
                assert!(shade.contrast(paper) >= READABLE, "{color}");
            }
        }
        let good = Color::parse("#9a2f1a").unwrap();
        assert_eq!(nearest_readable(good, PAPER[0]), good);
    }
}
