//! From light and differences of color to red, green and blue (ITU-T H.273 §8).
//!
//! Everything is whole numbers, so that one picture gives the same pixels on every machine.

use moxcms::{
    CicpColorPrimaries, CicpProfile, ColorProfile, MatrixCoefficients, TransferCharacteristics,
};

use crate::assets::avif::frames::Frame;
use crate::assets::avif::sight::Cicp;
use crate::assets::decode::Samples;
use crate::assets::header::guard;
use crate::assets::pixels::Layout;

/// How many bits of a factor stand behind the point; a difference of color comes in sixteenths.
const BITS: u32 = 24;
const CHROMA_BITS: u32 = BITS - 4;

/// What the samples of a frame mean.
pub(super) struct Meaning {
    rule: Rule,
    is_full: bool,
    primaries: u8,
    transfer: u8,
}

/// How red, green and blue are made.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Rule {
    /// They are stored as they are: green, blue, red.
    Plain,
    /// Sums and differences of halves.
    Halves,
    /// By the shares that red and blue have in what is seen as light.
    Shares { red: f64, blue: f64 },
}

impl Meaning {
    /// What the file says goes before what the coded picture says.
    ///
    /// # Errors
    /// Says so where it is nothing that is known here.
    pub(super) fn of(frame: &Frame, told: Option<Cicp>) -> Result<Self, String> {
        let [primaries, transfer, matrix] = frame.meaning;
        let cicp = told.unwrap_or(Cicp {
            primaries,
            transfer,
            matrix,
            is_full: frame.is_full,
        });
        let rule = match cicp.matrix {
            0 => Rule::Plain,
            1 => shares(0.2126, 0.0722),
            4 => shares(0.30, 0.11),
            2 | 5 | 6 => shares(0.299, 0.114),
            7 => shares(0.212, 0.087),
            8 => Rule::Halves,
            9 => shares(0.2627, 0.0593),
            // Where the matrix is made of the primaries, those of screens are the ones seen.
            12 if cicp.primaries == 1 => shares(0.2126, 0.0722),
            12 if cicp.primaries == 9 => shares(0.2627, 0.0593),
            _ if frame.is_gray() => Rule::Plain,
            other => return Err(format!("its colors are made by the rule {other}")),
        };
        if rule == Rule::Plain && !frame.is_gray() && frame.layout.shift() != (0, 0) {
            return Err("its colors make no sense".to_owned());
        }
        Ok(Self {
            rule,
            is_full: cicp.is_full,
            primaries: cicp.primaries,
            transfer: cicp.transfer,
        })
    }

    /// The profile of the colors; none if they are sRGB.
    ///
    /// # Errors
    /// Says so where nobody could print them.
    pub(super) fn profile(&self) -> Result<Option<Vec<u8>>, String> {
        // As browsers have it, what films are made for is seen like sRGB.
        let transfer = match self.transfer {
            4 | 5 | 7 | 8 => self.transfer,
            9..=12 | 16..=18 => return Err("it is of a high dynamic range".to_owned()),
            _ => 13,
        };
        let primaries = match self.primaries {
            4..=12 | 22 => self.primaries,
            _ => 1,
        };
        if (primaries, transfer) == (1, 13) {
            return Ok(None);
        }
        let (Ok(color_primaries), Ok(transfer_characteristics)) = (
            CicpColorPrimaries::try_from(primaries),
            TransferCharacteristics::try_from(transfer),
        ) else {
            return Ok(None);
        };
        let cicp = CicpProfile {
            color_primaries,
            transfer_characteristics,
            matrix_coefficients: MatrixCoefficients::Identity,
            full_range: true,
        };
        let profile = guard(|| Ok(ColorProfile::new_from_cicp(cicp).encode()));
        Ok(profile.ok().and_then(Result::ok))
    }
}

fn shares(red: f64, blue: f64) -> Rule {
    Rule::Shares { red, blue }
}

/// The factors of one depth and range.
struct Factors {
    /// What is black.
    black: i64,
    light: i64,
    /// Of red by the second difference, of green by the first and the second, of blue by the first.
    chroma: [i64; 4],
    /// No difference, in sixteenths.
    middle: i64,
    most: i64,
}

impl Factors {
    fn new(rule: Rule, bits: u8, is_full: bool) -> Self {
        let most = if bits > 8 { 65_535 } else { 255 };
        let step = 1_i64 << (bits - 8);
        let (black, light, range) = match is_full {
            true => (0, (1 << bits) - 1, (1 << bits) - 1),
            false => (16 * step, 219 * step, 224 * step),
        };
        #[expect(clippy::cast_precision_loss, reason = "all are small")]
        let factor = |share: f64, of: i64, bits: u32| {
            (share * most as f64 / of as f64 * (1_i64 << bits) as f64).round() as i64
        };
        let chroma = match rule {
            Rule::Plain => [0.0; 4],
            Rule::Halves => [1.0, 0.0, 0.0, 0.0],
            Rule::Shares { red, blue } => {
                let green = 1.0 - red - blue;
                [
                    2.0 * (1.0 - red),
                    -2.0 * blue * (1.0 - blue) / green,
                    -2.0 * red * (1.0 - red) / green,
                    2.0 * (1.0 - blue),
                ]
            }
        };
        Self {
            black,
            light: factor(1.0, light, BITS),
            chroma: chroma.map(|share| factor(share, range, CHROMA_BITS)),
            middle: 16 << (bits - 1),
            most,
        }
    }

    /// A sample of light, as a sum of factors.
    fn light(&self, sample: u16) -> i64 {
        (i64::from(sample) - self.black) * self.light
    }

    /// The sample of a sum of factors.
    fn sample(&self, sum: i64) -> u16 {
        let sample = (sum + (1 << (BITS - 1))) >> BITS;
        u16::try_from(sample.clamp(0, self.most)).unwrap_or(u16::MAX)
    }
}

/// A picture that is painted.
pub(super) struct Canvas {
    width: usize,
    height: usize,
    channels: usize,
    pub(super) samples: Samples,
}

impl Canvas {
    pub(super) fn new(size: (u32, u32), layout: Layout, is_deep: bool) -> Self {
        let (width, height) = (size.0 as usize, size.1 as usize);
        let channels = layout.channels();
        let length = width * height * channels;
        Self {
            width,
            height,
            channels,
            samples: match is_deep {
                true => Samples::Sixteen(vec![0; length]),
                false => Samples::Eight(vec![0; length]),
            },
        }
    }

    /// Paints a frame with its left upper corner at a place.
    pub(super) fn paint(&mut self, frame: &Frame, meaning: &Meaning, (left, top): (usize, usize)) {
        let factors = Factors::new(meaning.rule, frame.bits, meaning.is_full);
        let width = (frame.width as usize).min(self.width.saturating_sub(left));
        let height = (frame.height as usize).min(self.height.saturating_sub(top));
        let mut light = Vec::new();
        let (mut blue, mut red) = (Differences::default(), Differences::default());
        for y in 0..height {
            frame.row(0, y, &mut light);
            let at = ((top + y) * self.width + left) * self.channels;
            if frame.is_gray() {
                for (x, sample) in light.iter().take(width).enumerate() {
                    let gray = factors.sample(factors.light(*sample));
                    self.put(at + x * self.channels, gray);
                }
                continue;
            }
            if meaning.rule == Rule::Plain {
                frame.row(1, y, &mut blue.near);
                frame.row(2, y, &mut red.near);
                let rows = light.iter().zip(&blue.near).zip(&red.near).take(width);
                for (x, ((green, blue), red)) in rows.enumerate() {
                    for (channel, sample) in [red, green, blue].into_iter().enumerate() {
                        let sample = factors.sample(factors.light(*sample));
                        self.put(at + x * self.channels + channel, sample);
                    }
                }
                continue;
            }
            blue.read(frame, 1, y);
            red.read(frame, 2, y);
            let [red_by_red, green_by_blue, green_by_red, blue_by_blue] = factors.chroma;
            for (x, sample) in light.iter().take(width).enumerate() {
                let light = factors.light(*sample);
                let first = blue.at(x) - factors.middle;
                let second = red.at(x) - factors.middle;
                let colors = match meaning.rule {
                    // Of this rule green has the first alone, and blue both.
                    Rule::Halves => [
                        light + (second - first) * red_by_red,
                        light + first * red_by_red,
                        light - (first + second) * red_by_red,
                    ],
                    _ => [
                        light + second * red_by_red,
                        light + first * green_by_blue + second * green_by_red,
                        light + first * blue_by_blue,
                    ],
                };
                for (channel, sum) in colors.into_iter().enumerate() {
                    self.put(at + x * self.channels + channel, factors.sample(sum));
                }
            }
        }
    }

    /// Sets the opacity of what a frame covers.
    pub(super) fn cover(&mut self, frame: &Frame, (left, top): (usize, usize)) {
        let mut factors = Factors::new(Rule::Plain, frame.bits, frame.is_full);
        // Opacity may have another depth than the colors.
        let most = match self.samples {
            Samples::Eight(_) => 255,
            Samples::Sixteen(_) => 65_535,
        };
        factors.light = factors.light * most / factors.most;
        factors.most = most;
        let width = (frame.width as usize).min(self.width.saturating_sub(left));
        let height = (frame.height as usize).min(self.height.saturating_sub(top));
        let mut row = Vec::new();
        for y in 0..height {
            frame.row(0, y, &mut row);
            let at = ((top + y) * self.width + left + 1) * self.channels - 1;
            for (x, sample) in row.iter().take(width).enumerate() {
                let opacity = factors.sample(factors.light(*sample));
                self.put(at + x * self.channels, opacity);
            }
        }
    }

    /// Takes opacity out of colors that it was multiplied into.
    pub(super) fn divide(&mut self) {
        fn all<T: Copy + Into<u32> + TryFrom<u32>>(samples: &mut [T], channels: usize, most: T) {
            for pixel in samples.chunks_exact_mut(channels) {
                let Some((opacity, colors)) = pixel.split_last_mut() else {
                    continue;
                };
                let opacity: u32 = (*opacity).into();
                for color in colors.iter_mut().filter(|_| opacity > 0) {
                    let whole = ((*color).into() * most.into() + opacity / 2) / opacity;
                    *color = T::try_from(whole).unwrap_or(most);
                }
            }
        }
        match &mut self.samples {
            Samples::Eight(samples) => all(samples, self.channels, u8::MAX),
            Samples::Sixteen(samples) => all(samples, self.channels, u16::MAX),
        }
    }

    fn put(&mut self, at: usize, sample: u16) {
        match &mut self.samples {
            Samples::Eight(samples) => {
                if let Some(place) = samples.get_mut(at) {
                    *place = sample as u8;
                }
            }
            Samples::Sixteen(samples) => {
                if let Some(place) = samples.get_mut(at) {
                    *place = sample;
                }
            }
        }
    }
}

/// Differences of color along a row of pixels, in sixteenths: what lies between samples is made of
/// the two or four around it.
#[derive(Default)]
struct Differences {
    near: Vec<u16>,
    far: Vec<u16>,
    /// Both rows together, in quarters.
    rows: Vec<i64>,
    is_narrow: bool,
}

impl Differences {
    fn read(&mut self, frame: &Frame, plane: usize, y: usize) {
        let (across, down) = frame.layout.shift();
        let (_, height) = frame.plane(plane);
        self.is_narrow = across > 0;
        self.rows.clear();
        frame.row(plane, y >> down, &mut self.near);
        if down == 0 {
            let near = self.near.iter();
            self.rows.extend(near.map(|sample| i64::from(*sample) * 4));
            return;
        }
        let (row, last) = (y / 2, height.saturating_sub(1));
        let far = match y % 2 {
            0 => row.saturating_sub(1),
            _ => (row + 1).min(last),
        };
        frame.row(plane, far, &mut self.far);
        let both = self.near.iter().zip(&self.far);
        let both = both.map(|(near, far)| i64::from(*near) * 3 + i64::from(*far));
        self.rows.extend(both);
    }

    fn at(&self, x: usize) -> i64 {
        let at = |x: usize| self.rows.get(x).copied();
        if !self.is_narrow {
            return at(x).unwrap_or(0) * 4;
        }
        let near = at(x / 2).unwrap_or(0);
        let far = match x % 2 {
            0 => (x / 2).checked_sub(1).and_then(at),
            _ => at(x / 2 + 1),
        };
        near * 3 + far.unwrap_or(near)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opacity_is_taken_out_of_colors() {
        let mut canvas = Canvas::new((3, 1), Layout::Rgba, false);
        let samples = vec![50, 100, 0, 128, 9, 9, 9, 0, 200, 90, 30, 255];
        canvas.samples = Samples::Eight(samples);
        canvas.divide();
        let Samples::Eight(samples) = canvas.samples else {
            panic!("eight bits");
        };
        assert_eq!(samples, [100, 199, 0, 128, 9, 9, 9, 0, 200, 90, 30, 255]);
        let mut canvas = Canvas::new((1, 1), Layout::GrayAlpha, true);
        canvas.samples = Samples::Sixteen(vec![40_000, 20_000]);
        canvas.divide();
        assert!(matches!(canvas.samples, Samples::Sixteen(samples) if samples == [65_535, 20_000]));
    }

    #[test]
    fn black_white_and_gray_have_no_color() {
        for (bits, is_full) in [(8, true), (8, false), (10, false), (12, true)] {
            let factors = Factors::new(shares(0.2126, 0.0722), bits, is_full);
            let (black, white) = match is_full {
                true => (0, (1_u16 << bits) - 1),
                false => (16 << (bits - 8), 235 << (bits - 8)),
            };
            let most = u16::try_from(factors.most).unwrap();
            assert_eq!(factors.sample(factors.light(black)), 0, "{bits}");
            assert_eq!(factors.sample(factors.light(white)), most, "{bits}");
        }
    }
}
