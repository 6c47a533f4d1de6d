//! Pixels that are ready to be encoded: eight bits a channel, sRGB, upright.

use crate::assets::color::SRGB;
use crate::assets::light::{Light, multiply, resize};

/// Upright pixels in rows without gaps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pixels {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) layout: Layout,
    pub(super) bytes: Vec<u8>,
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
}

impl Pixels {
    /// Decodes a whole image whose header was found good.
    #[cfg(test)]
    pub(super) fn decode(
        bytes: &[u8],
        header: &crate::assets::header::Header,
    ) -> Result<Self, String> {
        use crate::assets::master::Master;
        let whole = (header.width, header.height);
        Master::decode(bytes, header, None, whole)?.at(whole.0, whole.1)
    }

    /// The picture of some light.
    pub(super) fn of(light: &Light) -> Self {
        Self {
            width: light.width,
            height: light.height,
            layout: light.layout,
            bytes: light.to_samples(),
        }
    }

    /// The same picture at another size.
    pub(super) fn resized(&self, width: u32, height: u32) -> Result<Self, String> {
        let size = (self.width, self.height);
        if (width, height) == size {
            return Ok(self.clone());
        }
        let channels = self.layout.channels();
        let row = self.width as usize * channels;
        let fill = |y: u32, light: &mut [u16]| {
            let at = y as usize * row;
            let samples = self.bytes.get(at..at + row).ok_or("a row is missing")?;
            SRGB.light(samples, channels, light);
            multiply(light, self.layout);
            Ok(())
        };
        resize(size, self.layout, (width, height), fill).map(|light| Self::of(&light))
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
        Self {
            width: self.width,
            height: self.height,
            layout,
            bytes,
        }
    }
}

#[cfg(test)]
mod tests {
    use image::DynamicImage;

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
    fn a_picture_of_its_own_size_is_itself() {
        for image in [DynamicImage::from(photo(9, 7)), disc(16).into()] {
            let pixels = decode(&png(image));
            let again = pixels.resized(pixels.width, pixels.height);
            assert_eq!(again, Ok(pixels));
        }
    }

    #[test]
    fn a_broken_body_is_a_fault() {
        let whole = png(photo(64, 64));
        let header = read_header(&whole).unwrap();
        assert!(Pixels::decode(&whole[..60], &header).is_err());
        assert!(Pixels::decode(b"", &header).is_err());
    }
}
