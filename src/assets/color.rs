//! Colors as light: what the samples of a picture mean, read off its profile.
//!
//! Everything is tables and whole numbers, so that one picture gives the same pixels on every
//! machine of one architecture. A profile that makes no sense says nothing: the picture is sRGB then,
//! as browsers have it.

use std::sync::LazyLock;

use moxcms::{ColorProfile, DataColorSpace, ParsingOptions, ToneReprCurve, TransformOptions};

use crate::assets::header::guard;

/// The largest profile that is read, in bytes; those of printing presses have a few millions.
const LARGEST_PROFILE: usize = 16 << 20;
/// How far light may be from that of sRGB and still be the same, of 65,535.
const SAME_LIGHT: u16 = 130;
/// How many bits of a matrix's numbers stand behind the point.
const BITS: u32 = 24;
/// One, as a number of a matrix.
const ONE: i64 = 1 << BITS;

/// What the samples of a picture mean.
pub(super) struct Space {
    /// The light of every sample: one curve for all channels, or one for each of three.
    curves: Vec<Curve>,
    /// From light of the picture's primaries to that of sRGB's.
    matrix: Option<[[i64; 3]; 3]>,
}

/// The light of each of 256 or 65,536 samples.
type Curve = Vec<u16>;

/// How a sample is stored.
pub(super) trait Sample: Copy {
    /// The largest.
    const MOST: u16;
    /// The sample as a place in a table.
    fn place(self) -> usize;
    /// The sample as an opacity.
    fn opacity(self) -> u16;
}

impl Sample for u8 {
    const MOST: u16 = 255;
    fn place(self) -> usize {
        usize::from(self)
    }
    fn opacity(self) -> u16 {
        u16::from(self) * 257
    }
}

impl Sample for u16 {
    const MOST: u16 = u16::MAX;
    fn place(self) -> usize {
        usize::from(self)
    }
    fn opacity(self) -> u16 {
        self
    }
}

/// sRGB (IEC 61966-2-1) in eight bits, which is what nobody needs to say.
pub(super) static SRGB: LazyLock<Space> = LazyLock::new(|| Space::srgb(255));
/// sRGB in sixteen bits.
pub(super) static DEEP_SRGB: LazyLock<Space> = LazyLock::new(|| Space::srgb(u16::MAX));

/// The sample of eight bits in sRGB that is nearest to each light.
static SAMPLES: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let sample = |light: f64| match light <= 0.003_130_8 {
        true => light * 12.92,
        false => 1.055 * light.powf(1.0 / 2.4) - 0.055,
    };
    let sample = |light: u16| whole(sample(f64::from(light) / 65_535.0), 255.0);
    (0..=u16::MAX).map(|light| sample(light) as u8).collect()
});

/// The sample in sRGB of some light.
pub(super) fn sample_of(light: u16) -> u8 {
    SAMPLES[usize::from(light)]
}

/// A share of one as a whole number up to `most`.
fn whole(share: f64, most: f64) -> u16 {
    #[expect(clippy::cast_sign_loss, reason = "the value is clamped")]
    match share.is_finite() {
        true => (share * most).round().clamp(0.0, most) as u16,
        false => 0,
    }
}

fn curve_of(most: u16, light: impl Fn(f64) -> f64) -> Curve {
    let share = |sample: u16| f64::from(sample) / f64::from(most);
    (0..=most)
        .map(|sample| whole(light(share(sample)), 65_535.0))
        .collect()
}

fn read_curve(curve: &ToneReprCurve, most: u16) -> Option<Curve> {
    let curve = guard(|| Ok(curve.make_linear_evaluator())).ok()?.ok()?;
    let light = |sample: f64| f64::from(curve.evaluate_value(sample as f32));
    guard(|| Ok(curve_of(most, light))).ok()
}

/// A profile, if it can be read.
pub(super) fn read_profile(profile: &[u8]) -> Option<ColorProfile> {
    let options = ParsingOptions {
        max_profile_size: LARGEST_PROFILE,
        ..ParsingOptions::default()
    };
    let read = || Ok(ColorProfile::new_from_slice_with_options(profile, options));
    guard(read).ok()?.ok()
}

impl Space {
    fn srgb(most: u16) -> Self {
        let light = |sample: f64| match sample <= 0.040_45 {
            true => sample / 12.92,
            false => ((sample + 0.055) / 1.055).powf(2.4),
        };
        Self {
            curves: vec![curve_of(most, light)],
            matrix: None,
        }
    }

    /// What samples up to `most` mean by a profile whose curves and primaries tell all of it; none
    /// if they do not, or say no more than sRGB.
    pub(super) fn read(profile: &ColorProfile, is_gray: bool, most: u16) -> Option<Self> {
        let space = match is_gray {
            true => Self::of_grays(profile, most)?,
            false => Self::of_colors(profile, most)?,
        };
        let srgb = if most == u16::MAX { &DEEP_SRGB } else { &SRGB };
        Some(space).filter(|space| !space.is_near(srgb))
    }

    fn of_grays(profile: &ColorProfile, most: u16) -> Option<Self> {
        let curve = profile.gray_trc.as_ref()?;
        (profile.color_space == DataColorSpace::Gray).then_some(())?;
        Some(Self {
            curves: vec![read_curve(curve, most)?],
            matrix: None,
        })
    }

    fn of_colors(profile: &ColorProfile, most: u16) -> Option<Self> {
        (profile.is_matrix_shaper() && !has_table(profile)).then_some(())?;
        let curves = [&profile.red_trc, &profile.green_trc, &profile.blue_trc];
        let curves: Option<Vec<Curve>> = curves
            .into_iter()
            .map(|curve| read_curve(curve.as_ref()?, most))
            .collect();
        let to_srgb = || Ok(profile.transform_matrix(&ColorProfile::new_srgb()).v);
        let matrix: [[f64; 3]; 3] = guard(to_srgb).ok()?;
        // White stays white, or these are no primaries.
        let keeps_white = |row: &[f64; 3]| (row.iter().sum::<f64>() - 1.0).abs() < 0.1;
        let fits = |value: &f64| value.is_finite() && value.abs() < 64.0;
        if !matrix.iter().all(keeps_white) || !matrix.iter().flatten().all(fits) {
            return None;
        }
        #[expect(clippy::cast_precision_loss, reason = "a power of two is exact")]
        let number = |value: f64| (value * ONE as f64).round() as i64;
        Some(Self {
            curves: curves?,
            matrix: Some(matrix.map(|row| row.map(number))),
        })
    }

    /// Whether nobody sees the difference.
    fn is_near(&self, srgb: &Self) -> bool {
        let same = |(a, b): (&u16, &u16)| a.abs_diff(*b) <= SAME_LIGHT;
        let mut curves = self.curves.iter().zip(srgb.curves.iter().cycle());
        let same = curves.all(|(curve, srgb)| curve.iter().zip(srgb).all(same));
        let unit = |row: usize, column: usize| if row == column { ONE } else { 0 };
        let still = self.matrix.is_none_or(|matrix| {
            (0..9).all(|at| (matrix[at / 3][at % 3] - unit(at / 3, at % 3)).abs() < ONE / 250)
        });
        same && still
    }

    /// Turns samples into light, pixels of `channels` one after the other; an even number of them
    /// ends with opacity, which is only widened.
    pub(super) fn light<T: Sample>(&self, samples: &[T], channels: usize, light: &mut [u16]) {
        let curve = |at: usize| &*self.curves[at % self.curves.len()];
        let (first, second, third) = (curve(0), curve(1), curve(2));
        let pixels = samples.chunks_exact(channels);
        for (from, to) in pixels.zip(light.chunks_exact_mut(channels)) {
            match (from, to) {
                ([gray], [light]) => *light = first[gray.place()],
                ([gray, opacity], [light, widened]) => {
                    *light = first[gray.place()];
                    *widened = opacity.opacity();
                }
                ([red, green, blue], [r, g, b]) => {
                    *r = first[red.place()];
                    *g = second[green.place()];
                    *b = third[blue.place()];
                }
                ([red, green, blue, opacity], [r, g, b, widened]) => {
                    *r = first[red.place()];
                    *g = second[green.place()];
                    *b = third[blue.place()];
                    *widened = opacity.opacity();
                }
                _ => {}
            }
        }
    }

    /// Turns light of the picture's primaries into that of sRGB's. What lies outside of sRGB comes
    /// to its edge. `most` is the largest light of a pixel, by its opacity.
    pub(super) fn to_srgb(&self, light: &mut [u16], channels: usize, most: impl Fn(&[u16]) -> u16) {
        let Some(matrix) = self.matrix.as_ref().filter(|_| channels >= 3) else {
            return;
        };
        for pixel in light.chunks_exact_mut(channels) {
            let most = i64::from(most(pixel));
            let from = [pixel[0], pixel[1], pixel[2]].map(i64::from);
            for (value, row) in pixel.iter_mut().zip(matrix) {
                let sum = row[0] * from[0] + row[1] * from[1] + row[2] * from[2];
                let sum = (sum + ONE / 2) >> BITS;
                *value = u16::try_from(sum.clamp(0, most)).unwrap_or(u16::MAX);
            }
        }
    }
}

/// Whether a profile tells colors by a table, which counts before curves and primaries
/// (ICC.1:2022 §8.10.2).
pub(super) fn has_table(profile: &ColorProfile) -> bool {
    profile.lut_a_to_b_perceptual.is_some() || profile.lut_a_to_b_colorimetric.is_some()
}

/// Turns samples into those of sRGB by the table of a profile: four inks, as much as there is of
/// each, or three colors. None if that is not what the profile is about.
pub(super) fn by_table(profile: &ColorProfile, samples: &[u8], channels: usize) -> Option<Vec<u8>> {
    let (space, order) = match channels {
        4 => (DataColorSpace::Cmyk, moxcms::Layout::Rgba),
        _ => (DataColorSpace::Rgb, moxcms::Layout::Rgb),
    };
    (profile.color_space == space && has_table(profile)).then_some(())?;
    let (to, rgb) = (ColorProfile::new_srgb(), moxcms::Layout::Rgb);
    let options = TransformOptions::default();
    let transform = guard(|| Ok(profile.create_transform_8bit(order, &to, rgb, options)));
    let transform = transform.ok()?.ok()?;
    let mut colors = vec![0; samples.len() / channels * 3];
    guard(|| Ok(transform.transform(samples, &mut colors)))
        .ok()?
        .ok()?;
    Some(colors)
}
