//! Decoded pixels, eight bits a channel, upright, and their resizing.

use fast_image_resize as fir;
use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::{DynamicImage, ExtendedColorType, ImageEncoder as _, ImageResult, Limits};

use crate::assets::header::{Header, MAX_DECODED, decoder, guard};

/// Upright pixels in rows without gaps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pixels {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) layout: Layout,
    pub(super) bytes: Vec<u8>,
    /// The color profile of the pixels, if it is one of theirs and not sRGB.
    pub(super) profile: Option<Vec<u8>>,
}

/// The channels of a pixel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    Gray,
    GrayAlpha,
    Rgb,
    Rgba,
}

impl Layout {
    pub(super) fn channels(self) -> usize {
        match self {
            Self::Gray => 1,
            Self::GrayAlpha => 2,
            Self::Rgb => 3,
            Self::Rgba => 4,
        }
    }

    pub(super) fn has_alpha(self) -> bool {
        matches!(self, Self::GrayAlpha | Self::Rgba)
    }

    fn color(self) -> ExtendedColorType {
        match self {
            Self::Gray => ExtendedColorType::L8,
            Self::GrayAlpha => ExtendedColorType::La8,
            Self::Rgb => ExtendedColorType::Rgb8,
            Self::Rgba => ExtendedColorType::Rgba8,
        }
    }

    fn pixel_type(self) -> fir::PixelType {
        match self {
            Self::Gray => fir::PixelType::U8,
            Self::GrayAlpha => fir::PixelType::U8x2,
            Self::Rgb => fir::PixelType::U8x3,
            Self::Rgba => fir::PixelType::U8x4,
        }
    }
}

impl Pixels {
    /// Decodes an image whose header was found good. The caller holds memory of the
    /// budget.
    pub(super) fn decode(bytes: &[u8], header: &Header) -> Result<Self, String> {
        guard(|| {
            let mut decoder = decoder(bytes, header.kind)?;
            let mut limits = Limits::default();
            limits.max_alloc = Some(MAX_DECODED);
            decoder.set_limits(limits)?;
            let profile = decoder.icc_profile().unwrap_or(None);
            let mut image = to_eight_bits(DynamicImage::from_decoder(decoder)?);
            image.apply_orientation(header.orientation);
            Ok(Self::of(image, profile))
        })
        .and_then(|pixels| {
            let promised = (header.width, header.height);
            match (pixels.width, pixels.height) == promised {
                true => Ok(pixels),
                false => Err("its size is not the one its header names".to_owned()),
            }
        })
    }

    fn of(image: DynamicImage, profile: Option<Vec<u8>>) -> Self {
        let (width, height) = (image.width(), image.height());
        let (layout, bytes) = match image {
            DynamicImage::ImageLuma8(image) => (Layout::Gray, image.into_raw()),
            DynamicImage::ImageLumaA8(image) => (Layout::GrayAlpha, image.into_raw()),
            DynamicImage::ImageRgb8(image) => (Layout::Rgb, image.into_raw()),
            other => (Layout::Rgba, other.into_rgba8().into_raw()),
        };
        let profile = profile.filter(|profile| is_worth_keeping(profile, layout));
        Self {
            width,
            height,
            layout,
            bytes,
            profile,
        }
        .without_idle_alpha()
    }

    /// Screenshots often carry an alpha channel that hides nothing.
    fn without_idle_alpha(self) -> Self {
        let channels = self.layout.channels();
        let opaque = |pixel: &[u8]| pixel[channels - 1] == u8::MAX;
        if !self.layout.has_alpha() || !self.bytes.chunks_exact(channels).all(opaque) {
            return self;
        }
        let layout = match self.layout {
            Layout::GrayAlpha => Layout::Gray,
            _ => Layout::Rgb,
        };
        let keep = channels - 1;
        let bytes = self.bytes.chunks_exact(channels);
        let bytes = bytes
            .flat_map(|pixel| pixel[..keep].iter().copied())
            .collect();
        Self {
            layout,
            bytes,
            ..self
        }
    }

    /// The same picture at another size, by Lanczos3 over premultiplied pixels.
    pub(super) fn resized(&self, width: u32, height: u32) -> Result<Self, String> {
        if (width, height) == (self.width, self.height) {
            return Ok(self.clone());
        }
        let kind = self.layout.pixel_type();
        let from = fir::images::ImageRef::new(self.width, self.height, &self.bytes, kind)
            .map_err(|error| error.to_string())?;
        let mut to = fir::images::Image::new(width, height, kind);
        let filter = fir::ResizeAlg::Convolution(fir::FilterType::Lanczos3);
        let options = fir::ResizeOptions::new().resize_alg(filter).use_alpha(true);
        fir::Resizer::new()
            .resize(&from, &mut to, &options)
            .map_err(|error| error.to_string())?;
        Ok(Self {
            width,
            height,
            layout: self.layout,
            bytes: to.into_vec(),
            profile: self.profile.clone(),
        })
    }

    /// The pixels with three or four channels.
    pub(super) fn to_color(&self) -> Self {
        let (layout, bytes): (Layout, Vec<u8>) = match self.layout {
            Layout::Gray => (
                Layout::Rgb,
                self.bytes.iter().flat_map(|gray| [*gray; 3]).collect(),
            ),
            Layout::GrayAlpha => (
                Layout::Rgba,
                self.bytes
                    .chunks_exact(2)
                    .flat_map(|pixel| [pixel[0], pixel[0], pixel[0], pixel[1]])
                    .collect(),
            ),
            layout => (layout, self.bytes.clone()),
        };
        // A profile of grays says nothing about colors.
        let profile = self.profile.clone().filter(|_| layout == self.layout);
        Self {
            width: self.width,
            height: self.height,
            layout,
            bytes,
            profile,
        }
    }

    /// A PNG of the pixels.
    pub(super) fn to_png(&self) -> Result<Vec<u8>, String> {
        let mut png = Vec::new();
        let mut encoder = PngEncoder::new(&mut png);
        if let Some(profile) = &self.profile {
            // A profile that does not fit is left out; the picture still shows.
            let _ = encoder.set_icc_profile(profile.clone());
        }
        let color = self.layout.color();
        let written = encoder.write_image(&self.bytes, self.width, self.height, color);
        finish(written, png)
    }

    /// A JPEG of the pixels, which have no alpha worth keeping.
    pub(super) fn to_jpeg(&self, quality: u8) -> Result<Vec<u8>, String> {
        let mut jpeg = Vec::new();
        let mut encoder = JpegEncoder::new_with_quality(&mut jpeg, quality);
        if let Some(profile) = &self.profile {
            let _ = encoder.set_icc_profile(profile.clone());
        }
        let written = match self.layout {
            Layout::Gray | Layout::Rgb => {
                encoder.write_image(&self.bytes, self.width, self.height, self.layout.color())
            }
            layout => {
                let channels = layout.channels();
                let pixels = self.bytes.chunks_exact(channels);
                let bytes: Vec<u8> = pixels
                    .flat_map(|pixel| pixel[..channels - 1].iter().copied())
                    .collect();
                let color = match layout {
                    Layout::GrayAlpha => ExtendedColorType::L8,
                    _ => ExtendedColorType::Rgb8,
                };
                encoder.write_image(&bytes, self.width, self.height, color)
            }
        };
        finish(written, jpeg)
    }
}

/// A decoded picture at the largest size that is wanted of it.
pub(super) struct Master(Pixels);

impl Master {
    pub(super) fn decode(
        bytes: &[u8],
        header: &Header,
        crop: Option<crate::assets::map::Crop>,
        largest: (u32, u32),
    ) -> Result<Self, String> {
        let mut pixels = Pixels::decode(bytes, header)?;
        if let Some(crop) = crop {
            let channels = pixels.layout.channels();
            let mut bytes = Vec::new();
            for y in crop.y..crop.y + crop.height {
                let at = (y as usize * pixels.width as usize + crop.x as usize) * channels;
                bytes.extend_from_slice(&pixels.bytes[at..at + crop.width as usize * channels]);
            }
            pixels.bytes = bytes;
            (pixels.width, pixels.height) = (crop.width, crop.height);
        }
        Ok(Self(pixels.resized(largest.0, largest.1)?))
    }

    pub(super) fn at(&self, width: u32, height: u32) -> Result<Pixels, String> {
        self.0.resized(width, height)
    }

    pub(super) fn has_alpha(&self) -> bool {
        self.0.layout.has_alpha()
    }

    pub(super) fn average(&self) -> [u8; 3] {
        let pixels = self.0.to_color();
        let channels = pixels.layout.channels();
        let count = (pixels.bytes.len() / channels).max(1) as u64;
        [0, 1, 2].map(|at| {
            let sum: u64 = (pixels.bytes.iter().skip(at).step_by(channels))
                .map(|value| u64::from(*value))
                .sum();
            u8::try_from(sum / count).unwrap_or(u8::MAX)
        })
    }
}

fn finish(written: ImageResult<()>, bytes: Vec<u8>) -> Result<Vec<u8>, String> {
    written.map(|()| bytes).map_err(|error| error.to_string())
}

fn to_eight_bits(image: DynamicImage) -> DynamicImage {
    match image {
        DynamicImage::ImageLuma16(_) => DynamicImage::ImageLuma8(image.into_luma8()),
        DynamicImage::ImageLumaA16(_) => DynamicImage::ImageLumaA8(image.into_luma_alpha8()),
        DynamicImage::ImageRgb16(_) | DynamicImage::ImageRgb32F(_) => {
            DynamicImage::ImageRgb8(image.into_rgb8())
        }
        DynamicImage::ImageRgba16(_) | DynamicImage::ImageRgba32F(_) => {
            DynamicImage::ImageRgba8(image.into_rgba8())
        }
        image => image,
    }
}

/// Whether a profile (ICC.1:2022 §7.2) is of the pixels' own color space, which a CMYK JPEG's no
/// longer is, and says more than sRGB, which is what a browser assumes without one.
fn is_worth_keeping(profile: &[u8], layout: Layout) -> bool {
    let space: &[u8] = match layout {
        Layout::Gray | Layout::GrayAlpha => b"GRAY",
        Layout::Rgb | Layout::Rgba => b"RGB ",
    };
    let says = |text: &[u8]| profile.windows(text.len()).any(|part| part == text);
    profile.get(16..20) == Some(space) && !says(b"sRGB") && !says(b"\0s\0R\0G\0B")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assets::header::read_header;
    use crate::assets::testing::{disc, jpeg, photo, png, with_exif};

    fn decode(bytes: &[u8]) -> Pixels {
        Pixels::decode(bytes, &read_header(bytes).unwrap()).unwrap()
    }

    /// Whether the corner at the top left of the picture was there before it was turned.
    fn corner(pixels: &Pixels) -> [u8; 3] {
        let at = (pixels.width as usize * 2 + 2) * 3;
        pixels.bytes[at..at + 3].try_into().unwrap()
    }

    #[test]
    fn every_orientation_comes_out_upright() {
        // What is stored is the upright picture turned the other way, as a camera would do.
        let upright = DynamicImage::from(photo(64, 48));
        let stored = |orientation: u8| match orientation {
            2 => upright.fliph(),
            3 => upright.rotate180(),
            4 => upright.flipv(),
            5 => upright.rotate90().fliph(),
            6 => upright.rotate270(),
            7 => upright.rotate90().flipv(),
            8 => upright.rotate90(),
            _ => upright.clone(),
        };
        for orientation in 1..=8 {
            let bytes = jpeg(&stored(orientation).into_rgb8());
            let pixels = decode(&with_exif(&bytes, orientation));
            assert_eq!((pixels.width, pixels.height), (64, 48), "{orientation}");
            let [red, green, blue] = corner(&pixels);
            assert!(red > 200 && green < 80 && blue < 60, "{orientation}");
        }
    }

    #[test]
    fn nothing_bleeds_through_an_edge() {
        // What is transparent is green and must never color what is not.
        let small = decode(&png(disc(400))).resized(37, 37).unwrap();
        assert_eq!(small.layout, Layout::Rgba);
        let seen = small.bytes.chunks_exact(4).filter(|pixel| pixel[3] > 8);
        assert!(seen.clone().count() > 100);
        assert!(seen.clone().all(|pixel| pixel[1] < 60), "green at an edge");
    }

    #[test]
    fn an_alpha_channel_that_hides_nothing_is_dropped() {
        let opaque = DynamicImage::from(photo(20, 20)).into_rgba8();
        assert_eq!(decode(&png(opaque)).layout, Layout::Rgb);
        let gray = DynamicImage::from(photo(20, 20)).into_luma_alpha16();
        assert_eq!(decode(&png(gray)).layout, Layout::Gray);
        assert_eq!(decode(&png(disc(20))).layout, Layout::Rgba);
    }

    #[test]
    fn pixels_read_back_from_a_png() {
        for image in [DynamicImage::from(photo(9, 7)), disc(16).into()] {
            let pixels = decode(&png(image));
            assert_eq!(decode(&pixels.to_png().unwrap()), pixels);
            assert_eq!(
                pixels.resized(pixels.width, pixels.height),
                Ok(pixels.clone())
            );
        }
    }

    #[test]
    fn a_profile_stays_if_it_says_something() {
        let profile = |space: &[u8; 4], name: &[u8]| [&[0; 16], &space[..], name].concat();
        assert!(is_worth_keeping(
            &profile(b"RGB ", b"Display P3"),
            Layout::Rgb
        ));
        assert!(!is_worth_keeping(
            &profile(b"RGB ", b"sRGB IEC"),
            Layout::Rgb
        ));
        assert!(!is_worth_keeping(&profile(b"CMYK", b"Coated"), Layout::Rgb));
        assert!(!is_worth_keeping(b"", Layout::Gray));
    }

    #[test]
    fn a_broken_body_is_a_fault() {
        let whole = png(photo(64, 64));
        let header = read_header(&whole).unwrap();
        assert!(Pixels::decode(&whole[..whole.len() / 2], &header).is_err());
        assert!(Pixels::decode(b"", &header).is_err());
    }
}
