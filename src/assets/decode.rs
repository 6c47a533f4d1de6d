//! Decoding: the samples of a picture as they are stored, neither turned nor converted.
//!
//! Every decoder is Rust; what one of them makes of hostile bytes is an error and never the end of
//! the program.

use std::io::Cursor;

use image::codecs::gif::GifDecoder;
use image::codecs::webp::WebPDecoder;
use image::{DynamicImage, ImageDecoder, Limits};
use png::Transformations;
use zune_bmp::BmpDecoder;
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use crate::assets::avif::decode_avif;
use crate::assets::color::{by_table, has_table, read_profile};
use crate::assets::header::{Header, MAX_DECODED, guard};
use crate::assets::map::ImageKind;
use crate::assets::pixels::Layout;
use crate::assets::tiff::decode_tiff;

/// Samples in rows without gaps.
pub(super) struct Raster {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) layout: Layout,
    pub(super) samples: Samples,
    /// What the samples mean, if it is anything but sRGB.
    pub(super) profile: Option<Vec<u8>>,
}

/// Samples of eight bits or of sixteen.
pub(super) enum Samples {
    Eight(Vec<u8>),
    Sixteen(Vec<u16>),
}

/// Decodes a picture whose header was found good. One that ends too early is decoded as far as it
/// goes, if its format can be.
pub(super) fn decode(bytes: &[u8], header: &Header) -> Result<Raster, String> {
    let reader = Cursor::new(bytes);
    let raster = guard(|| {
        Ok(match header.kind {
            ImageKind::Jpeg => decode_jpeg(bytes),
            ImageKind::Png => decode_png(bytes),
            ImageKind::Tiff => decode_tiff(bytes),
            ImageKind::Bmp => decode_bmp(bytes),
            ImageKind::WebP => read(WebPDecoder::new(reader)?),
            ImageKind::Gif => read(GifDecoder::new(reader)?),
            ImageKind::Avif => decode_avif(bytes),
            ImageKind::Svg | ImageKind::Other => Err("it is not decoded".to_owned()),
        })
    })??;
    let pixels = raster.width as usize * raster.height as usize;
    let whole = pixels * raster.layout.channels();
    let found = match &raster.samples {
        Samples::Eight(samples) => samples.len(),
        Samples::Sixteen(samples) => samples.len(),
    };
    match found == whole && whole > 0 {
        true => Ok(by_its_table(raster)),
        false => Err("some of its pixels are missing".to_owned()),
    }
}

fn limits() -> Limits {
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_DECODED);
    limits
}

fn read(mut decoder: impl ImageDecoder) -> Result<Raster, String> {
    let failed = |error: image::ImageError| error.to_string();
    decoder.set_limits(limits()).map_err(failed)?;
    let profile = decoder.icc_profile().unwrap_or(None);
    let image = DynamicImage::from_decoder(decoder).map_err(failed)?;
    let (width, height) = (image.width(), image.height());
    let (layout, samples) = match image {
        DynamicImage::ImageLuma8(image) => (Layout::Gray, Samples::Eight(image.into_raw())),
        DynamicImage::ImageLumaA8(image) => (Layout::GrayAlpha, Samples::Eight(image.into_raw())),
        DynamicImage::ImageRgb8(image) => (Layout::Rgb, Samples::Eight(image.into_raw())),
        DynamicImage::ImageRgba8(image) => (Layout::Rgba, Samples::Eight(image.into_raw())),
        DynamicImage::ImageLuma16(image) => (Layout::Gray, Samples::Sixteen(image.into_raw())),
        DynamicImage::ImageLumaA16(image) => {
            (Layout::GrayAlpha, Samples::Sixteen(image.into_raw()))
        }
        DynamicImage::ImageRgb16(image) => (Layout::Rgb, Samples::Sixteen(image.into_raw())),
        other => {
            let image = other.into_rgba16();
            (Layout::Rgba, Samples::Sixteen(image.into_raw()))
        }
    };
    Ok(Raster {
        width,
        height,
        layout,
        samples,
        profile,
    })
}

/// The options of the decoder of JPEGs: a file that ends too soon is shown as far as it goes.
pub(super) fn jpeg_options() -> DecoderOptions {
    DecoderOptions::default()
        .set_strict_mode(false)
        .set_max_width(usize::MAX)
        .set_max_height(usize::MAX)
}

fn decode_jpeg(bytes: &[u8]) -> Result<Raster, String> {
    let failed = |error: zune_jpeg::errors::DecodeErrors| error.to_string();
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), jpeg_options());
    decoder.decode_headers().map_err(failed)?;
    let stored = decoder.input_colorspace().unwrap_or(ColorSpace::YCbCr);
    // Inks are left as they are stored: what they look like is for their profile to say.
    let wanted = match stored {
        ColorSpace::Luma | ColorSpace::CMYK | ColorSpace::YCCK => stored,
        _ => ColorSpace::RGB,
    };
    decoder.set_options(jpeg_options().jpeg_set_out_colorspace(wanted));
    let profile = decoder.icc_profile();
    let samples = decoder.decode().map_err(failed)?;
    let (width, height) = decoder.dimensions().ok_or("it has no size")?;
    let side = |side: usize| u32::try_from(side).map_err(|error| error.to_string());
    let (layout, samples, profile) = match wanted {
        ColorSpace::Luma => (Layout::Gray, samples, profile),
        ColorSpace::RGB => (Layout::Rgb, samples, profile),
        _ => {
            let inks = inks_of(samples, stored == ColorSpace::YCCK);
            (Layout::Rgb, colors_of(inks, profile.as_deref()), None)
        }
    };
    Ok(Raster {
        width: side(width)?,
        height: side(height)?,
        layout,
        samples: Samples::Eight(samples),
        profile,
    })
}

fn decode_png(bytes: &[u8]) -> Result<Raster, String> {
    let failed = |error: png::DecodingError| error.to_string();
    let limits = png::Limits {
        bytes: usize::try_from(MAX_DECODED).unwrap_or(usize::MAX),
    };
    let mut decoder = png::Decoder::new_with_limits(Cursor::new(bytes), limits);
    decoder.set_ignore_text_chunk(true);
    decoder.set_transformations(Transformations::EXPAND);
    let mut reader = decoder.read_info().map_err(failed)?;
    let info = reader.info();
    let (width, height, interlaced) = (info.width, info.height, info.interlaced);
    let profile = info.icc_profile.as_ref().map(|profile| profile.to_vec());
    let (color, depth) = reader.output_color_type();
    let layout = match color {
        png::ColorType::Grayscale => Layout::Gray,
        png::ColorType::GrayscaleAlpha => Layout::GrayAlpha,
        png::ColorType::Rgb => Layout::Rgb,
        png::ColorType::Rgba => Layout::Rgba,
        png::ColorType::Indexed => return Err("its palette is missing".to_owned()),
    };
    let length = reader.output_buffer_size().ok_or("it is too large")?;
    if length as u64 > MAX_DECODED {
        return Err("it is too large".to_owned());
    }
    let is_deep = depth == png::BitDepth::Sixteen;
    let wide = |row: &[u8]| -> Vec<u16> {
        let pairs = row.chunks_exact(2);
        pairs
            .map(|pair| u16::from_be_bytes([pair[0], pair[1]]))
            .collect()
    };
    let samples = if interlaced {
        let mut samples = vec![u8::MAX; length];
        reader.next_frame(&mut samples).map_err(failed)?;
        match is_deep {
            true => Samples::Sixteen(wide(&samples)),
            false => Samples::Eight(samples),
        }
    } else {
        // Rows become numbers one by one, so that the picture is held once.
        let (mut deep, mut samples) = match is_deep {
            true => (Vec::with_capacity(length / 2), Vec::new()),
            false => (Vec::new(), Vec::with_capacity(length)),
        };
        let line = length / height.max(1) as usize;
        for read in 0..height {
            match reader.next_row() {
                Ok(Some(row)) if row.data().len() == line => match is_deep {
                    true => deep.extend(wide(row.data())),
                    false => samples.extend_from_slice(row.data()),
                },
                // What is there of a file that was cut is shown, on white.
                Err(_) if read > 0 => break,
                Err(error) => return Err(failed(error)),
                _ => return Err("some of its rows are missing".to_owned()),
            }
        }
        if is_deep {
            deep.resize(length / 2, u16::MAX);
            Samples::Sixteen(deep)
        } else {
            samples.resize(length, u8::MAX);
            Samples::Eight(samples)
        }
    };
    Ok(Raster {
        width,
        height,
        layout,
        samples,
        profile,
    })
}

fn decode_bmp(bytes: &[u8]) -> Result<Raster, String> {
    let mut decoder = BmpDecoder::new_with_options(ZCursor::new(bytes), jpeg_options());
    let mut samples = decoder.decode().map_err(|error| format!("{error:?}"))?;
    let (width, height) = decoder.dimensions().ok_or("it has no size")?;
    let side = |side: usize| u32::try_from(side).map_err(|error| error.to_string());
    let layout = match decoder.colorspace() {
        Some(ColorSpace::Luma) => Layout::Gray,
        Some(ColorSpace::RGB) => Layout::Rgb,
        Some(ColorSpace::RGBA) => Layout::Rgba,
        other => return Err(format!("its colors are stored as {other:?}")),
    };
    // Most programs leave the fourth byte empty, and mean no opacity by it.
    if layout == Layout::Rgba
        && samples
            .iter()
            .skip(3)
            .step_by(4)
            .all(|opacity| *opacity == 0)
    {
        for pixel in samples.chunks_exact_mut(4) {
            pixel[3] = u8::MAX;
        }
    }
    Ok(Raster {
        width: side(width)?,
        height: side(height)?,
        layout,
        samples: Samples::Eight(samples),
        profile: decoder.icc_profile().cloned(),
    })
}

/// Cyan, magenta, yellow and black, as much as there is of each. Adobe's programs, and all others
/// after them, store how much is missing; of luma and chroma, only black is stored so.
fn inks_of(mut samples: Vec<u8>, is_luma: bool) -> Vec<u8> {
    for pixel in samples.chunks_exact_mut(4) {
        if is_luma {
            // ITU-T T.871 §7, in whole numbers.
            let part = |sample: u8| i32::from(sample) - 128;
            let (luma, blue, red) = (i32::from(pixel[0]) << 16, part(pixel[1]), part(pixel[2]));
            let byte = |value: i32| {
                u8::try_from(((value + (1 << 15)) >> 16).clamp(0, 255)).unwrap_or(u8::MAX)
            };
            pixel[0] = byte(luma + 91_881 * red);
            pixel[1] = byte(luma - 22_554 * blue - 46_802 * red);
            pixel[2] = byte(luma + 116_130 * blue);
            pixel[3] = 255 - pixel[3];
        } else {
            for ink in pixel.iter_mut() {
                *ink = 255 - *ink;
            }
        }
    }
    samples
}

/// What inks look like: by their profile, or as a plain screen would have it.
pub(super) fn colors_of(inks: Vec<u8>, profile: Option<&[u8]>) -> Vec<u8> {
    let profile = profile.and_then(read_profile);
    if let Some(colors) = profile.and_then(|profile| by_table(&profile, &inks, 4)) {
        return colors;
    }
    let mut colors = Vec::with_capacity(inks.len() / 4 * 3);
    for pixel in inks.chunks_exact(4) {
        let left = |ink: u8| u32::from(255 - ink);
        let light = |ink: u8| ((left(ink) * left(pixel[3]) + 127) / 255) as u8;
        colors.extend([light(pixel[0]), light(pixel[1]), light(pixel[2])]);
    }
    colors
}

/// Converts colors whose profile is a table, which few but scanners have. Sixteen bits become
/// eight, and opacity stays.
fn by_its_table(raster: Raster) -> Raster {
    let profile = raster.profile.as_deref().and_then(read_profile);
    let Some(profile) = profile.filter(has_table) else {
        return raster;
    };
    let channels = raster.layout.channels();
    let mut samples = match &raster.samples {
        _ if channels < 3 => return raster,
        Samples::Eight(samples) => samples.clone(),
        Samples::Sixteen(samples) => samples.iter().map(|sample| narrow(*sample)).collect(),
    };
    for strip in samples.chunks_mut(channels << 16) {
        let pixels = strip.chunks_exact(channels);
        let colors: Vec<u8> = pixels
            .flat_map(|pixel| pixel[..3].iter().copied())
            .collect();
        let Some(colors) = by_table(&profile, &colors, 3) else {
            return raster;
        };
        for (pixel, color) in strip.chunks_exact_mut(channels).zip(colors.chunks_exact(3)) {
            pixel[..3].copy_from_slice(color);
        }
    }
    Raster {
        samples: Samples::Eight(samples),
        profile: None,
        ..raster
    }
}

/// The sample of eight bits that is nearest to one of sixteen.
pub(super) fn narrow(sample: u16) -> u8 {
    ((u32::from(sample) + 128) / 257) as u8
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assets::header::read_header;
    use crate::assets::testing::{jpeg, photo};

    const INKS: &[u8] = include_bytes!("../../tests/fixtures/images/cmyk.jpg");
    const LUMA_INKS: &[u8] = include_bytes!("../../tests/fixtures/images/ycck.jpg");

    fn eight(raster: Raster) -> Vec<u8> {
        match raster.samples {
            Samples::Eight(samples) => samples,
            Samples::Sixteen(_) => panic!("sixteen bits"),
        }
    }

    #[track_caller]
    fn first_color(bytes: &[u8], expected: [u8; 3]) {
        let raster = decode(bytes, &read_header(bytes).unwrap()).unwrap();
        assert_eq!(raster.layout, Layout::Rgb);
        let samples = eight(raster);
        let near = |(a, b): (&u8, u8)| a.abs_diff(b) <= 3;
        assert!(
            samples.iter().zip(expected).all(near),
            "{:?}",
            &samples[..3]
        );
    }

    #[track_caller]
    fn same(bytes: &[u8], expected: &[u8]) {
        let raster = decode(bytes, &read_header(bytes).unwrap()).unwrap();
        assert_eq!((raster.width, raster.height), (60, 40));
        let expected = decode(expected, &read_header(expected).unwrap()).unwrap();
        assert!(eight(raster) == eight(expected));
    }

    #[test]
    fn every_format_gives_the_same_picture() {
        let png = include_bytes!("../../tests/fixtures/images/photo.png");
        same(
            include_bytes!("../../tests/fixtures/images/photo.webp"),
            png,
        );
        same(include_bytes!("../../tests/fixtures/images/photo.bmp"), png);
        same(include_bytes!("../../tests/fixtures/images/pages.tif"), png);
    }

    #[test]
    fn a_tiff_may_be_inks_bits_and_deep() {
        first_color(
            include_bytes!("../../tests/fixtures/images/inks.tif"),
            [184, 92, 46],
        );
        let bits = include_bytes!("../../tests/fixtures/images/bits.tif");
        let raster = decode(bits, &read_header(bits).unwrap()).unwrap();
        assert_eq!(
            (raster.width, raster.height, raster.layout),
            (30, 20, Layout::Gray)
        );
        assert!(eight(raster).iter().all(|sample| *sample == 255));
        let deep = include_bytes!("../../tests/fixtures/images/deep.tif");
        let raster = decode(deep, &read_header(deep).unwrap()).unwrap();
        assert!(matches!(raster.samples, Samples::Sixteen(samples) if samples[7] == 40_000));
        let turned = include_bytes!("../../tests/fixtures/images/turned.tif");
        let header = read_header(turned).unwrap();
        assert_eq!((header.width, header.height), (40, 60));
    }

    #[test]
    fn what_is_there_of_a_cut_file_is_decoded() {
        let noise = image::RgbImage::from_fn(100, 100, |x, y| {
            image::Rgb([x, y, x * y].map(|value| (value * 7_919 % 251) as u8))
        });
        let whole = crate::assets::testing::png(noise);
        let cut = &whole[..whole.len() / 2];
        let (cut, whole) = [cut, &whole[..]]
            .map(|bytes| eight(decode(bytes, &read_header(bytes).unwrap()).unwrap()))
            .into();
        assert!(cut[..9_000] == whole[..9_000] && cut[29_000..].iter().all(|byte| *byte == 255));
    }

    #[test]
    fn inks_are_colors() {
        // Cyan 20 %, magenta 60 %, yellow 80 %, black 10 %.
        first_color(INKS, [184, 92, 46]);
        first_color(LUMA_INKS, [184, 92, 46]);
    }

    /// A profile of inks for which all of them are a strong green, but no ink at all is white.
    fn green_inks() -> Vec<u8> {
        let identity: Vec<u8> = (0..=255).collect();
        let mut table = b"mft1\0\0\0\0\x04\x03\x02\0".to_vec();
        for number in [65_536_u32, 0, 0, 0, 65_536, 0, 0, 0, 65_536] {
            table.extend(number.to_be_bytes());
        }
        (0..4).for_each(|_| table.extend(&identity));
        for node in 0..16 {
            table.extend(if node == 0 {
                [255, 128, 128]
            } else {
                [128, 64, 192]
            });
        }
        (0..3).for_each(|_| table.extend(&identity));
        let mut profile = vec![0; 128];
        let length = 128 + 4 + 12 + table.len() as u32;
        profile[..4].copy_from_slice(&length.to_be_bytes());
        profile[8] = 2;
        profile[12..24].copy_from_slice(b"prtrCMYKLab ");
        profile[36..40].copy_from_slice(b"acsp");
        for (at, number) in [63_190_u32, 65_536, 54_061].into_iter().enumerate() {
            profile[68 + at * 4..72 + at * 4].copy_from_slice(&number.to_be_bytes());
        }
        profile.extend(1_u32.to_be_bytes());
        profile.extend(b"A2B0");
        profile.extend(144_u32.to_be_bytes());
        profile.extend((table.len() as u32).to_be_bytes());
        profile.extend(table);
        profile
    }

    #[test]
    fn inks_look_as_their_profile_says() {
        let profiled = crate::assets::testing::with_profile(INKS, &green_inks());
        let samples = eight(decode(&profiled, &read_header(&profiled).unwrap()).unwrap());
        assert!(
            samples[1] > samples[0] + 60 && samples[1] > samples[2] + 60,
            "{:?}",
            &samples[..3]
        );
    }

    #[test]
    fn a_jpeg_is_the_same_without_the_extensions_of_the_processor() {
        for bytes in [
            &jpeg(&photo(203, 117))[..],
            include_bytes!("../../tests/fixtures/images/progressive.jpg"),
        ] {
            let decoded = |fast: bool| {
                let options = jpeg_options().set_use_unsafe(fast);
                let options = options.jpeg_set_out_colorspace(ColorSpace::RGB);
                JpegDecoder::new_with_options(ZCursor::new(bytes), options)
                    .decode()
                    .unwrap()
            };
            let (fast, slow) = (decoded(true), decoded(false));
            let most = fast.iter().zip(&slow).map(|(a, b)| a.abs_diff(*b)).max();
            assert_eq!(most, Some(0));
        }
    }
}
