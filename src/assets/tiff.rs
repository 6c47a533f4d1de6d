//! TIFF: the first page of what scanners and cameras write.

use std::io::Cursor;

use tiff::decoder::DecodingResult;
use tiff::tags::Tag;

use crate::assets::decode::{Raster, Samples, colors_of, narrow};
use crate::assets::header::MAX_DECODED;
use crate::assets::pixels::Layout;

/// A decoder at the first page of a TIFF, and the bytes that a pixel takes once decoded.
pub(super) fn open_tiff(
    bytes: &[u8],
) -> Result<(tiff::decoder::Decoder<Cursor<&[u8]>>, u64), String> {
    let failed = |error: tiff::TiffError| error.to_string();
    let mut limits = tiff::decoder::Limits::default();
    let most = usize::try_from(MAX_DECODED).unwrap_or(usize::MAX);
    limits.decoding_buffer_size = most;
    limits.intermediate_buffer_size = most;
    let decoder = tiff::decoder::Decoder::new(Cursor::new(bytes)).map_err(failed)?;
    let mut decoder = decoder.with_limits(limits);
    let (channels, bits) = match decoder.colortype().map_err(failed)? {
        tiff::ColorType::Gray(bits) => (1, bits),
        tiff::ColorType::GrayA(bits) => (2, bits),
        tiff::ColorType::RGB(bits) => (3, bits),
        tiff::ColorType::RGBA(bits) | tiff::ColorType::CMYK(bits) => (4, bits),
        other => return Err(format!("its colors are stored as {other:?}")),
    };
    Ok((decoder, channels * u64::from(bits).div_ceil(8)))
}

/// Decodes the first page of a TIFF.
pub(super) fn decode_tiff(bytes: &[u8]) -> Result<Raster, String> {
    let failed = |error: tiff::TiffError| error.to_string();
    let (mut decoder, _) = open_tiff(bytes)?;
    let (width, height) = decoder.dimensions().map_err(failed)?;
    let color = decoder.colortype().map_err(failed)?;
    let profile = decoder.find_tag(Tag::IccProfile).ok().flatten();
    let profile = profile.and_then(|value| value.into_u8_vec().ok());
    let mut result = DecodingResult::U8(Vec::new());
    let stored = decoder.read_image_to_buffer(&mut result).map_err(failed)?;
    if stored.planes > 1 {
        return Err("its channels are stored apart from each other".to_owned());
    }
    let (layout, samples) = match (color, result) {
        (tiff::ColorType::Gray(1), DecodingResult::U8(bits)) => {
            let row = (width as usize).div_ceil(8);
            let bit = |row: &[u8], x: usize| row.get(x / 8).copied().unwrap_or(0) << (x % 8) & 0x80;
            let rows = bits.chunks(row.max(1)).take(height as usize);
            let row = |row: &[u8]| -> Vec<u8> {
                let shade = |x: usize| if bit(row, x) == 0 { 0 } else { u8::MAX };
                (0..width as usize).map(shade).collect()
            };
            (Layout::Gray, Samples::Eight(rows.flat_map(row).collect()))
        }
        (tiff::ColorType::CMYK(_), DecodingResult::U8(inks)) => {
            let colors = colors_of(inks, profile.as_deref());
            return Ok(tiff_of(
                (width, height),
                Layout::Rgb,
                Samples::Eight(colors),
                None,
            ));
        }
        (tiff::ColorType::CMYK(_), DecodingResult::U16(inks)) => {
            let inks = inks.into_iter().map(narrow).collect();
            let colors = colors_of(inks, profile.as_deref());
            return Ok(tiff_of(
                (width, height),
                Layout::Rgb,
                Samples::Eight(colors),
                None,
            ));
        }
        (color, result) => {
            let layout = match color {
                tiff::ColorType::Gray(8 | 16) => Layout::Gray,
                tiff::ColorType::GrayA(8 | 16) => Layout::GrayAlpha,
                tiff::ColorType::RGB(8 | 16) => Layout::Rgb,
                tiff::ColorType::RGBA(8 | 16) => Layout::Rgba,
                other => return Err(format!("its colors are stored as {other:?}")),
            };
            let samples = match result {
                DecodingResult::U8(samples) => Samples::Eight(samples),
                DecodingResult::U16(samples) => Samples::Sixteen(samples),
                _ => return Err("its samples are no whole numbers".to_owned()),
            };
            (layout, samples)
        }
    };
    Ok(tiff_of((width, height), layout, samples, profile))
}

fn tiff_of(
    (width, height): (u32, u32),
    layout: Layout,
    samples: Samples,
    profile: Option<Vec<u8>>,
) -> Raster {
    Raster {
        width,
        height,
        layout,
        samples,
        profile,
    }
}
