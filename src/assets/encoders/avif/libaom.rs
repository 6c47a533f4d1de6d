//! AVIF by libaom: planes, each a still of AV1, in one container.

use avif_serialize::constants::{ColorPrimaries, MatrixCoefficients, TransferCharacteristics};

use crate::assets::encoders::avif::{aom, planes};
use crate::assets::encoders::format::Content;
use crate::assets::pixels::Pixels;

pub(super) use crate::assets::encoders::avif::aom::version;

/// Encodes pixels.
///
/// # Errors
/// Says why the encoder refused.
pub(super) fn encode(pixels: &Pixels, content: Content, quality: u8) -> Result<Vec<u8>, String> {
    let planes = planes::of(pixels, content)?;
    let color = aom::encode(&planes.color, quantizer(quality))?;
    let alpha = planes.alpha.as_ref();
    let alpha = alpha.map(|alpha| aom::encode(alpha, ALPHA_QUANTIZER));
    let alpha = alpha.transpose()?;
    let mut container = avif_serialize::Aviffy::new();
    container
        .set_width(pixels.width)
        .set_height(pixels.height)
        .set_bit_depth(8)
        .set_seq_profile(planes.color.shape.profile())
        .set_monochrome(planes.color.shape == planes::Shape::Gray)
        .set_chroma_subsampling(match planes.color.shape {
            planes::Shape::Full => (false, false),
            _ => (true, true),
        })
        .set_color_primaries(ColorPrimaries::Bt709)
        .set_transfer_characteristics(TransferCharacteristics::Srgb)
        .set_matrix_coefficients(MatrixCoefficients::Bt601)
        .set_full_color_range(true);
    let mut avif = Vec::new();
    container
        .write_slice(&mut avif, &color, alpha.as_deref())
        .map_err(|error| format!("the AVIF container cannot be written: {error}"))?;
    Ok(avif)
}

/// Opacity is small and shows every fault, so it is coded nearly exactly.
const ALPHA_QUANTIZER: u8 = 8;

/// The quantizer of libaom, 63 to 0, that looks like a quality: measured by SSIMULACRA2 beside
/// WebP at 50, 65, 80 and 90.
fn quantizer(quality: u8) -> u8 {
    let quality = u32::from(quality.min(100));
    let level = match quality {
        0..=50 => 63 - quality * 34 / 50,
        51..=80 => 29 - (quality - 50) * 7 / 30,
        _ => 22 - (quality - 80) * 22 / 20,
    };
    u8::try_from(level).unwrap_or(63)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn qualities_have_their_quantizers() {
        assert_eq!([0, 50, 80, 100].map(quantizer), [63, 29, 22, 0]);
        assert!((0..100).all(|quality| quantizer(quality) >= quantizer(quality + 1)));
    }
}
