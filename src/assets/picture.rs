//! A picture that something else is drawn from: an icon, the logo on a card.

use crate::assets::budget::BUDGET;
use crate::assets::header::{HeaderFault, read_header};
use crate::assets::map::ImageKind;
use crate::assets::pixels::{Layout, Pixels};
use crate::assets::sanitize::sanitize;

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
            _ => "it is neither an SVG nor a PNG, JPEG or WebP".to_owned(),
        })?;
        if header.kind != ImageKind::Svg && (header.is_too_large() || !header.is_raster()) {
            return Err("it moves, or has more pixels than are read".to_owned());
        }
        let content = match header.kind {
            ImageKind::Svg => PictureContent::Drawing(sanitize(&bytes)?),
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
        let _reserved = BUDGET.reserve(&header);
        let pixels = Pixels::decode(bytes, &header).ok()?;
        let (width, height) = fit((self.width, self.height), (width, height));
        let pixels = pixels.to_color().resized(width, height).ok()?;
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
