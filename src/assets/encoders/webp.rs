//! The door to libwebp for pictures that stand still.
//!
//! C sees nothing but pixels that were decoded here; no byte of a repository reaches it. One thread
//! and fixed settings, so that the same pixels give the same bytes.

use std::ffi::c_int;

use libwebp_sys::{
    WebPConfig, WebPEncode, WebPGetEncoderVersion, WebPMemoryWrite, WebPMemoryWriter,
    WebPMemoryWriterClear, WebPMemoryWriterInit, WebPPicture, WebPPictureFree,
    WebPPictureImportRGB, WebPPictureImportRGBA,
};

use crate::assets::pixels::{Layout, Pixels};

/// The effort of the encoder, 0 to 6: above 4 it takes much time for few bytes.
const METHOD: c_int = 4;

/// How pixels are coded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::assets::encoders) enum Coding {
    /// As a photograph.
    Lossy(u8),
    /// As a drawing: colors at edges keep their place, which takes twice the time.
    LossySharp(u8),
    /// Pixel by pixel.
    Lossless,
    /// The same in a quarter of the time, to learn about how much it weighs.
    LosslessRough,
}

/// The encoder's name and version.
pub(in crate::assets::encoders) fn version() -> String {
    #[expect(unsafe_code, reason = "the binding declares every C function unsafe")]
    // SAFETY: the function takes nothing and returns a constant.
    let version = unsafe { WebPGetEncoderVersion() };
    format!(
        "libwebp {}.{}.{}",
        version >> 16,
        (version >> 8) & 0xff,
        version & 0xff
    )
}

/// Encodes pixels.
///
/// # Errors
/// Says why the encoder refused: a side over 16383 pixels, or no memory.
pub(in crate::assets::encoders) fn encode(
    pixels: &Pixels,
    coding: Coding,
) -> Result<Vec<u8>, String> {
    let mut config = match coding {
        Coding::Lossy(quality) | Coding::LossySharp(quality) => config(Some(quality))?,
        Coding::Lossless | Coding::LosslessRough => config(None)?,
    };
    if coding == Coding::LosslessRough {
        config.method = 1;
    }
    config.use_sharp_yuv = c_int::from(matches!(coding, Coding::LossySharp(_)));
    let mut picture = Picture::new()?;
    picture.import(&pixels.to_color(), matches!(coding, Coding::Lossy(_)))?;
    picture.encode(&config)
}

/// The settings for coding with a quality, or for coding exactly.
pub(in crate::assets::encoders) fn config(quality: Option<u8>) -> Result<WebPConfig, String> {
    let config = WebPConfig::new();
    let mut config = config.map_err(|()| "the WebP encoder is of another version")?;
    config.method = METHOD;
    config.thread_level = 0;
    match quality {
        Some(quality) => config.quality = f32::from(quality),
        None => {
            config.lossless = 1;
            config.quality = 75.0;
        }
    }
    Ok(config)
}

/// A picture of libwebp, freed when dropped.
pub(in crate::assets::encoders) struct Picture(WebPPicture);

impl Picture {
    fn new() -> Result<Self, String> {
        let picture = WebPPicture::new();
        let picture = picture.map_err(|()| "the WebP encoder is of another version")?;
        Ok(Self(picture))
    }

    /// A picture of pixels in color, as they are.
    pub(in crate::assets::encoders) fn of(pixels: &Pixels) -> Result<Self, String> {
        let mut picture = Self::new()?;
        picture.import(pixels, false)?;
        Ok(picture)
    }

    /// Where libwebp finds it.
    pub(in crate::assets::encoders) fn as_mut_ptr(&mut self) -> *mut WebPPicture {
        &raw mut self.0
    }

    /// Copies the pixels in. Planes of luma and chroma are made at once where that loses nothing
    /// that the encoder wants to see.
    fn import(&mut self, pixels: &Pixels, as_planes: bool) -> Result<(), String> {
        let channels = pixels.layout.channels();
        let (width, height) = (pixels.width as usize, pixels.height as usize);
        let whole = width
            .checked_mul(height)
            .and_then(|n| n.checked_mul(channels));
        if whole != Some(pixels.bytes.len()) {
            return Err("the pixels do not fill their rows".to_owned());
        }
        let number = |value: usize| c_int::try_from(value).map_err(|_| "too wide".to_owned());
        self.0.width = number(width)?;
        self.0.height = number(height)?;
        self.0.use_argb = c_int::from(!as_planes);
        let stride = number(width * channels)?;
        let import: unsafe extern "C" fn(*mut WebPPicture, *const u8, c_int) -> c_int =
            match pixels.layout {
                Layout::Rgb => WebPPictureImportRGB,
                Layout::Rgba => WebPPictureImportRGBA,
                Layout::Gray | Layout::GrayAlpha => return Err("the pixels are gray".to_owned()),
            };
        let data = pixels.bytes.as_ptr();
        #[expect(unsafe_code, reason = "libwebp is C")]
        // SAFETY: `data` points to `height` rows of `stride` bytes, as was just checked, which
        // the call reads and does not keep: `import` takes as many bytes a pixel as `stride` has,
        // three or four. The picture was initialised by `WebPPicture::new`.
        let imported = unsafe { import(&raw mut self.0, data, stride) };
        match imported {
            0 => Err(format!(
                "the WebP encoder refused the pixels: {:?}",
                self.0.error_code
            )),
            _ => Ok(()),
        }
    }

    fn encode(&mut self, config: &WebPConfig) -> Result<Vec<u8>, String> {
        let mut writer = WebPMemoryWriter {
            mem: std::ptr::null_mut(),
            size: 0,
            max_size: 0,
            pad: [0],
        };
        #[expect(unsafe_code, reason = "libwebp is C")]
        // SAFETY: `writer` outlives the call that writes to it, and the pointer to it is taken
        // back before it is gone; `config` and the picture were initialised by libwebp. `mem` is
        // null or holds `size` bytes that the call has written, which are copied before they are
        // freed, once, by the function made for that.
        unsafe {
            WebPMemoryWriterInit(&raw mut writer);
            self.0.writer = Some(WebPMemoryWrite);
            self.0.custom_ptr = (&raw mut writer).cast();
            let encoded = WebPEncode(config, &raw mut self.0);
            self.0.custom_ptr = std::ptr::null_mut();
            let bytes = if encoded == 0 || writer.mem.is_null() {
                Err(format!("the WebP encoder failed: {:?}", self.0.error_code))
            } else {
                Ok(std::slice::from_raw_parts(writer.mem, writer.size).to_vec())
            };
            WebPMemoryWriterClear(&raw mut writer);
            bytes
        }
    }
}

impl Drop for Picture {
    fn drop(&mut self) {
        #[expect(unsafe_code, reason = "libwebp is C")]
        // SAFETY: the picture was initialised by libwebp and is freed once.
        unsafe {
            WebPPictureFree(&raw mut self.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use image::{DynamicImage, GenericImageView as _};

    use super::*;
    use crate::assets::header::read_header;
    use crate::assets::testing::{disc, photo, png};

    fn pixels(image: impl Into<DynamicImage>) -> Pixels {
        let bytes = png(image);
        Pixels::decode(&bytes, &read_header(&bytes).unwrap()).unwrap()
    }

    fn decoded(webp: &[u8]) -> DynamicImage {
        image::load_from_memory_with_format(webp, image::ImageFormat::WebP).unwrap()
    }

    #[test]
    fn pixels_come_back() {
        let image = photo(61, 47);
        let exact = decoded(&encode(&pixels(image.clone()), Coding::Lossless).unwrap());
        assert_eq!(exact.into_rgb8(), image);
        for coding in [Coding::Lossy(90), Coding::LossySharp(90)] {
            let near = decoded(&encode(&pixels(image.clone()), coding).unwrap()).into_rgb8();
            let pairs = near.as_raw().iter().zip(image.as_raw());
            let sum: u64 = pairs.map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
            assert!(
                sum / (image.as_raw().len() as u64) < 10,
                "{coding:?}: {sum}"
            );
        }
    }

    #[test]
    fn what_is_transparent_stays_so() {
        for coding in [Coding::Lossy(80), Coding::LossySharp(80), Coding::Lossless] {
            let back = decoded(&encode(&pixels(disc(64)), coding).unwrap());
            assert_eq!(back.get_pixel(0, 0)[3], 0, "{coding:?}");
            assert_eq!(back.get_pixel(32, 32)[3], 255, "{coding:?}");
        }
    }

    #[test]
    fn grays_and_single_pixels_are_images_too() {
        let gray = DynamicImage::from(photo(30, 20)).into_luma8();
        assert_eq!(
            decoded(&encode(&pixels(gray), Coding::Lossy(80)).unwrap()).width(),
            30
        );
        let dot = pixels(photo(1, 1));
        assert_eq!(
            decoded(&encode(&dot, Coding::Lossless).unwrap()).height(),
            1
        );
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let mut short = pixels(photo(20, 20));
        short.bytes.pop();
        assert!(encode(&short, Coding::Lossless).is_err());
        let gray = pixels(DynamicImage::from(photo(20, 20)).into_luma8());
        assert!(Picture::of(&gray).is_err());
        let long = pixels(photo(1, 16_384));
        assert!(encode(&long, Coding::Lossy(80)).is_err());
    }

    #[test]
    fn the_version_is_a_number() {
        assert!(version().starts_with("libwebp 1."));
    }
}
