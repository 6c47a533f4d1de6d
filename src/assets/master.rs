//! The picture that all sizes are made from: decoded once, upright, in sRGB, and no larger than the
//! largest of them.

use crate::assets::color::{SRGB, sample_of};
use crate::assets::decode::decode;
use crate::assets::header::Header;
use crate::assets::light::{Light, multiply, resize, turned};
use crate::assets::map::Crop;
use crate::assets::part::Part;
use crate::assets::pixels::{Layout, Pixels};

/// Why a picture cannot be decoded whose file ends too early; its header told so before.
pub(super) const CUT: &str = "it ends too early";

/// A decoded picture at the largest size that is wanted of it.
pub(super) enum Master {
    /// As it is stored, for nothing has to be smaller: what is lossless stays so.
    Whole(Pixels),
    /// Made smaller.
    Smaller(Light),
}

impl Master {
    /// Decodes a picture whose header was found good, or a part of it. No size that is asked for
    /// later may be larger than `largest`. The caller holds memory of the budget.
    ///
    /// # Errors
    /// Says why it cannot be decoded.
    pub(super) fn decode(
        bytes: &[u8],
        header: &Header,
        crop: Option<Crop>,
        largest: (u32, u32),
    ) -> Result<Self, String> {
        let raster = decode(bytes, header).map_err(|reason| match header.truncated {
            true => CUT.to_owned(),
            false => reason,
        })?;
        let seen = turned(header.orientation, (raster.width, raster.height));
        if seen != (header.width, header.height) {
            return Err("its size is not the one its header names".to_owned());
        }
        let part = Part::new(&raster, header.orientation, crop)?;
        let seen = turned(header.orientation, (part.width, part.height));
        match largest.0 >= seen.0 || largest.1 >= seen.1 {
            true => Ok(Self::Whole(part.whole(header.orientation))),
            false => {
                let largest = turned(header.orientation, largest);
                let light = part.smaller(largest)?.without_idle();
                Ok(Self::Smaller(light.upright(header.orientation)))
            }
        }
    }

    /// The picture at a size.
    ///
    /// # Errors
    /// Says why it cannot be made.
    pub(super) fn at(&self, width: u32, height: u32) -> Result<Pixels, String> {
        match self {
            Self::Whole(pixels) => pixels.resized(width, height),
            Self::Smaller(light) if (light.width, light.height) == (width, height) => {
                Ok(Pixels::of(light))
            }
            Self::Smaller(light) => {
                let row = light.width as usize * light.layout.channels();
                let fill = |y: u32, out: &mut [u16]| {
                    let at = y as usize * row;
                    out.copy_from_slice(&light.samples[at..at + row]);
                    Ok(())
                };
                let size = (light.width, light.height);
                resize(size, light.layout, (width, height), fill).map(|light| Pixels::of(&light))
            }
        }
    }

    /// Whether anything shows through it.
    pub(super) fn has_alpha(&self) -> bool {
        match self {
            Self::Whole(pixels) => pixels.layout.has_alpha(),
            Self::Smaller(light) => light.layout.has_alpha(),
        }
    }

    /// Its average color in sRGB, over white where it is transparent.
    pub(super) fn average(&self) -> [u8; 3] {
        let mut sum = Sum::default();
        match self {
            Self::Smaller(light) => sum.add(&light.samples, light.layout),
            Self::Whole(pixels) => {
                let row = pixels.width as usize * pixels.layout.channels();
                let mut light = vec![0; row];
                for samples in pixels.bytes.chunks_exact(row.max(1)) {
                    SRGB.light(samples, pixels.layout.channels(), &mut light);
                    multiply(&mut light, pixels.layout);
                    sum.add(&light, pixels.layout);
                }
            }
        }
        sum.mean()
    }
}

/// Sums of light.
#[derive(Default)]
struct Sum {
    light: [u64; 3],
    pixels: u64,
}

impl Sum {
    fn add(&mut self, light: &[u16], layout: Layout) {
        for pixel in light.chunks_exact(layout.channels()) {
            let colors = match pixel {
                [gray] => [*gray; 3],
                [gray, opacity] => [gray.saturating_add(u16::MAX - opacity); 3],
                [red, green, blue] => [*red, *green, *blue],
                [red, green, blue, opacity] => {
                    let white = u16::MAX - opacity;
                    [*red, *green, *blue].map(|color| color.saturating_add(white))
                }
                _ => continue,
            };
            for (sum, color) in self.light.iter_mut().zip(colors) {
                *sum += u64::from(color);
            }
            self.pixels += 1;
        }
    }

    fn mean(&self) -> [u8; 3] {
        let mean = |sum: u64| (sum + self.pixels / 2) / self.pixels.max(1);
        self.light
            .map(|sum| sample_of(u16::try_from(mean(sum)).unwrap_or(u16::MAX)))
    }
}

#[cfg(test)]
mod tests {
    use image::{DynamicImage, GrayImage, ImageBuffer, Luma, Rgb, RgbImage, Rgba, RgbaImage};
    use moxcms::ColorProfile;

    use super::*;
    use crate::assets::header::read_header;
    use crate::assets::testing::{disc, jpeg, photo, png, with_exif, with_profile};

    fn master(bytes: &[u8], largest: (u32, u32)) -> Master {
        Master::decode(bytes, &read_header(bytes).unwrap(), None, largest).unwrap()
    }

    /// The color in the middle of a picture at two sizes: as it is stored, and made smaller.
    #[track_caller]
    fn case(bytes: &[u8], expected: [u8; 3]) {
        let header = read_header(bytes).unwrap();
        let whole = (header.width, header.height);
        for size in [whole, (whole.0 / 2, whole.1 / 2)] {
            let pixels = master(bytes, size).at(size.0, size.1).unwrap().to_color();
            let channels = pixels.layout.channels();
            let middle = (size.1 / 2 * size.0 + size.0 / 2) as usize * channels;
            for (seen, expected) in pixels.bytes[middle..].iter().zip(expected) {
                assert!(seen.abs_diff(expected) <= 1, "{seen} for {expected}");
            }
        }
    }

    fn flat(color: [u8; 3]) -> RgbImage {
        RgbImage::from_pixel(32, 32, Rgb(color))
    }

    /// What sRGB would say instead of Display P3 (the matrix of CSS Color 4 §18).
    fn of_p3(color: [u8; 3]) -> [u8; 3] {
        let light = |sample: u8| {
            let sample = f64::from(sample) / 255.0;
            match sample <= 0.040_45 {
                true => sample / 12.92,
                false => ((sample + 0.055) / 1.055).powf(2.4),
            }
        };
        let [r, g, b] = color.map(light);
        let rows = [
            [1.224_940, -0.224_940, 0.0],
            [-0.042_057, 1.042_057, 0.0],
            [-0.019_638, -0.078_636, 1.098_274],
        ];
        rows.map(|row| {
            let light: f64 = (row[0] * r + row[1] * g + row[2] * b).clamp(0.0, 1.0);
            let sample = match light <= 0.003_130_8 {
                true => light * 12.92,
                false => 1.055 * light.powf(1.0 / 2.4) - 0.055,
            };
            #[expect(clippy::cast_sign_loss, reason = "it is a share of one")]
            let whole = (sample * 255.0).round() as u8;
            whole
        })
    }

    #[test]
    fn a_wide_gamut_comes_out_as_srgb() {
        let p3 = ColorProfile::new_display_p3().encode().unwrap();
        for color in [
            [200, 100, 50],
            [60, 180, 90],
            [128, 128, 128],
            [255, 0, 0],
            [30, 20, 160],
        ] {
            let expected = of_p3(color);
            case(&with_profile(&png(flat(color)), &p3), expected);
            let deep = DynamicImage::from(flat(color)).into_rgb16();
            case(&with_profile(&png(deep), &p3), expected);
            let clear = DynamicImage::from(flat(color)).into_rgba8();
            case(&with_profile(&png(clear), &p3), expected);
        }
        assert_ne!(of_p3([200, 100, 50]), [200, 100, 50]);
        let gray = DynamicImage::from(flat([128; 3])).into_rgb8();
        case(&with_profile(&jpeg(&gray), &p3), [128; 3]);
        let red = master(&with_profile(&jpeg(&flat([200, 100, 50])), &p3), (16, 16));
        let red = red.at(16, 16).unwrap();
        for (seen, expected) in red.bytes.iter().zip(of_p3([200, 100, 50])) {
            assert!(seen.abs_diff(expected) <= 3, "{seen} for {expected}");
        }
    }

    #[test]
    fn srgb_by_any_name_is_left_alone() {
        let srgb = ColorProfile::new_srgb().encode().unwrap();
        let picture = png(photo(40, 30));
        let named = master(&with_profile(&picture, &srgb), (40, 30)).at(40, 30);
        assert_eq!(named, master(&picture, (40, 30)).at(40, 30));
    }

    #[test]
    fn grays_have_profiles_of_their_own() {
        let linear = ColorProfile::new_gray_with_gamma(1.0).encode().unwrap();
        let half = GrayImage::from_pixel(32, 32, Luma([128]));
        case(&with_profile(&png(half.clone()), &linear), [188; 3]);
        // A profile of another space says nothing.
        let p3 = ColorProfile::new_display_p3().encode().unwrap();
        case(&with_profile(&png(half), &p3), [128; 3]);
        case(
            &with_profile(&png(flat([9, 90, 200])), &linear),
            [9, 90, 200],
        );
    }

    #[test]
    fn a_profile_that_makes_no_sense_says_nothing() {
        let p3 = ColorProfile::new_display_p3().encode().unwrap();
        let mut other = p3.clone();
        other[300..].iter_mut().for_each(|byte| *byte ^= 0xa5);
        for profile in [&b"garbage"[..], &p3[..p3.len() / 2], &p3[..128], &other] {
            case(
                &with_profile(&png(flat([9, 90, 200])), profile),
                [9, 90, 200],
            );
        }
    }

    #[test]
    fn black_and_white_make_the_gray_that_is_seen() {
        let board = GrayImage::from_fn(64, 64, |x, y| {
            Luma([if (x + y) % 2 == 0 { 0 } else { 255 }])
        });
        let small = master(&png(board), (32, 32)).at(32, 32).unwrap();
        assert_eq!(small.layout, Layout::Gray);
        let inside = small.bytes.chunks(32).skip(4).take(24);
        for row in inside {
            assert!(row[4..28].iter().all(|gray| *gray == 188), "{row:?}");
        }
    }

    #[test]
    fn sixteen_bits_have_no_steps() {
        // Four steps of eight bits over 2,000 pixels.
        let shade = |x: u32| 20_000 + x * 4 * 257 / 2_000;
        let deep = ImageBuffer::<Luma<u16>, Vec<u16>>::from_fn(2_000, 8, |x, _| {
            Luma([u16::try_from(shade(x)).unwrap()])
        });
        let small = master(&png(DynamicImage::from(deep)), (1_000, 4))
            .at(1_000, 4)
            .unwrap();
        for (x, gray) in small.bytes[..1_000].iter().enumerate().skip(4).take(990) {
            let exact = f64::from(shade(u32::try_from(x).unwrap() * 2)) / 257.0;
            assert!(
                (f64::from(*gray) - exact).abs() < 0.52,
                "{gray} for {exact} at {x}"
            );
        }
    }

    #[test]
    fn nothing_bleeds_through_an_edge() {
        let clear = master(&png(disc(400)), (37, 37)).at(37, 37).unwrap();
        assert_eq!(clear.layout, Layout::Rgba);
        assert!(clear.bytes.chunks_exact(4).all(|pixel| pixel[1] < 60));
        let faint = RgbaImage::from_fn(64, 64, |x, _| match x < 32 {
            true => Rgba([200, 40, 90, 8]),
            false => Rgba([0, 255, 0, 0]),
        });
        let faint = master(&png(faint), (32, 32)).at(32, 32).unwrap();
        let first = &faint.bytes[..4];
        assert!(first[0].abs_diff(200) < 9 && first[1].abs_diff(40) < 9 && first[3] == 8);
    }

    #[test]
    fn a_part_is_cut_as_it_is_seen() {
        let colors = |x: u32, y: u32| {
            Rgb([
                u8::try_from(x * 4).unwrap(),
                u8::try_from(y * 5).unwrap(),
                9,
            ])
        };
        let picture = DynamicImage::from(RgbImage::from_fn(60, 40, colors));
        let crop = Crop {
            x: 7,
            y: 11,
            width: 20,
            height: 16,
        };
        let expected = picture.crop_imm(7, 11, 20, 16).into_rgb8().into_raw();
        let cut = |bytes: &[u8], crop| {
            let header = read_header(bytes).unwrap();
            Master::decode(bytes, &header, Some(crop), (20, 16))
                .map(|master| master.at(20, 16).unwrap())
        };
        assert_eq!(cut(&png(picture.clone()), crop).unwrap().bytes, expected);
        for (orientation, stored) in [
            (6, picture.rotate270()),
            (3, picture.rotate180()),
            (7, picture.rotate90().flipv()),
        ] {
            let turned = with_exif(&jpeg(&stored.into_rgb8()), orientation);
            let near = |(a, b): (&u8, &u8)| a.abs_diff(*b) < 12;
            let cut = cut(&turned, crop).unwrap();
            assert!(cut.bytes.iter().zip(&expected).all(near), "{orientation}");
        }
        for crop in [
            Crop { x: 50, ..crop },
            Crop { height: 0, ..crop },
            Crop {
                y: u32::MAX,
                ..crop
            },
        ] {
            assert!(cut(&png(picture.clone()), crop).is_err());
        }
    }

    #[test]
    fn channels_that_say_nothing_are_left_out() {
        let gray = png(DynamicImage::from(flat([70; 3])).into_rgba8());
        for size in [32, 20] {
            assert_eq!(
                master(&gray, (size, size)).at(size, size).unwrap().layout,
                Layout::Gray
            );
            assert_eq!(
                master(&png(flat([1, 2, 3])), (size, size))
                    .at(size, size)
                    .unwrap()
                    .layout,
                Layout::Rgb
            );
        }
    }

    #[test]
    fn the_average_is_that_of_light() {
        let split = RgbImage::from_fn(40, 40, |x, _| {
            Rgb(if x < 20 { [255, 0, 0] } else { [0, 0, 255] })
        });
        for size in [40, 20] {
            let [red, green, blue] = master(&png(split.clone()), (size, size)).average();
            assert!(red.abs_diff(188) < 2 && green < 3 && blue.abs_diff(188) < 2);
        }
        let clear = RgbaImage::new(8, 8);
        assert_eq!(master(&png(clear), (8, 8)).average(), [255; 3]);
        assert_eq!(master(&jpeg(&flat([128; 3])), (9, 9)).average(), [128; 3]);
    }
}
