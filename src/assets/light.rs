//! Resizing in linear light: half black and half white is the gray that the eye sees from afar.
//!
//! Opacity is multiplied in before and taken out after, so that what is transparent colors nothing.
//! The picture comes row by row and is narrowed at once; of its full size no more than a band is
//! held as light.

use fast_image_resize as fir;
use image::metadata::Orientation;

use crate::assets::color::sample_of;
use crate::assets::pixels::Layout;

/// How many samples of light are held before they are narrowed.
const BAND: usize = 1 << 21;

/// A picture as light of sRGB's primaries, sixteen bits a channel, opacity multiplied in.
pub(super) struct Light {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) layout: Layout,
    pub(super) samples: Vec<u16>,
}

/// Makes a picture of another size by Lanczos3. `fill` writes the next row of the picture as light,
/// opacity multiplied in.
pub(super) fn resize(
    (width, height): (u32, u32),
    layout: Layout,
    to: (u32, u32),
    mut fill: impl FnMut(u32, &mut [u16]) -> Result<(), String>,
) -> Result<Light, String> {
    let kind = pixel_type(layout);
    let row = width as usize * layout.channels();
    let narrow = to.0 as usize * layout.channels();
    let mut resizer = fir::Resizer::new();
    let mut across = vec![0_u16; narrow * height as usize];
    if to.0 == width {
        for (y, out) in (0..height).zip(across.chunks_exact_mut(row.max(1))) {
            fill(y, out)?;
        }
    } else {
        let rows = (BAND / row.max(1)).clamp(1, height.max(1) as usize);
        let mut band = vec![0_u16; row * rows];
        let mut y = 0;
        for out in across.chunks_mut((narrow * rows).max(1)) {
            let rows = out.len() / narrow.max(1);
            let band = &mut band[..rows * row];
            for line in band.chunks_exact_mut(row.max(1)) {
                fill(y, line)?;
                y += 1;
            }
            let rows = u32::try_from(rows).unwrap_or(u32::MAX);
            convolve(&mut resizer, kind, band, (width, rows), out, (to.0, rows))?;
        }
    }
    let samples = if to.1 == height {
        across
    } else {
        let mut samples = vec![0_u16; narrow * to.1 as usize];
        convolve(
            &mut resizer,
            kind,
            &across,
            (to.0, height),
            &mut samples,
            to,
        )?;
        samples
    };
    Ok(Light {
        width: to.0,
        height: to.1,
        layout,
        samples,
    })
}

fn convolve(
    resizer: &mut fir::Resizer,
    kind: fir::PixelType,
    from: &[u16],
    size: (u32, u32),
    to: &mut [u16],
    new: (u32, u32),
) -> Result<(), String> {
    let from = bytemuck::cast_slice(from);
    let from = fir::images::ImageRef::new(size.0, size.1, from, kind);
    let to = bytemuck::cast_slice_mut(to);
    let to = fir::images::Image::from_slice_u8(new.0, new.1, to, kind);
    let (from, mut to) = (
        from.map_err(|error| error.to_string())?,
        to.map_err(|error| error.to_string())?,
    );
    let filter = fir::ResizeAlg::Convolution(fir::FilterType::Lanczos3);
    let options = fir::ResizeOptions::new()
        .resize_alg(filter)
        .use_alpha(false);
    resizer
        .resize(&from, &mut to, &options)
        .map_err(|error| error.to_string())
}

fn pixel_type(layout: Layout) -> fir::PixelType {
    match layout {
        Layout::Gray => fir::PixelType::U16,
        Layout::GrayAlpha => fir::PixelType::U16x2,
        Layout::Rgb => fir::PixelType::U16x3,
        Layout::Rgba => fir::PixelType::U16x4,
    }
}

/// Multiplies opacity in.
pub(super) fn multiply(light: &mut [u16], layout: Layout) {
    if !layout.has_alpha() {
        return;
    }
    for pixel in light.chunks_exact_mut(layout.channels()) {
        if let Some((opacity, colors)) = pixel.split_last_mut()
            && *opacity < u16::MAX
        {
            for color in colors {
                let product = u32::from(*color) * u32::from(*opacity);
                *color = ((product + 32_767) / 65_535) as u16;
            }
        }
    }
}

impl Light {
    /// The picture as samples of sRGB, eight bits each, opacity taken out again.
    pub(super) fn to_samples(&self) -> Vec<u8> {
        let channels = self.layout.channels();
        if !self.layout.has_alpha() {
            return self.samples.iter().map(|light| sample_of(*light)).collect();
        }
        let mut samples = vec![0; self.samples.len()];
        let pixels = self.samples.chunks_exact(channels);
        for (from, to) in pixels.zip(samples.chunks_exact_mut(channels)) {
            let (Some((opacity, light)), Some((out, colors))) =
                (from.split_last(), to.split_last_mut())
            else {
                continue;
            };
            *out = ((u32::from(*opacity) + 128) / 257) as u8;
            // What nobody sees is black, which every encoder knows how to say shortly.
            let opacity = u32::from(*opacity);
            for (color, light) in colors.iter_mut().zip(light).filter(|_| *out > 0) {
                let light = (u32::from(*light) * 65_535 + opacity / 2) / opacity.max(1);
                *color = sample_of(u16::try_from(light).unwrap_or(u16::MAX));
            }
        }
        samples
    }

    /// The picture without channels that say nothing.
    pub(super) fn without_idle(self) -> Self {
        let (layout, samples) = without_idle(self.layout, self.samples, u16::MAX);
        Self {
            layout,
            samples,
            ..self
        }
    }

    /// The picture turned upright.
    pub(super) fn upright(self, orientation: Orientation) -> Self {
        let size = (self.width, self.height);
        let channels = self.layout.channels();
        let (samples, (width, height)) = turn(self.samples, channels, size, orientation);
        Self {
            width,
            height,
            layout: self.layout,
            samples,
        }
    }
}

/// Leaves out channels that say nothing: opacity that hides nothing, which screenshots often carry,
/// and colors that are all gray.
pub(super) fn without_idle<T: Copy + PartialEq>(
    layout: Layout,
    samples: Vec<T>,
    most: T,
) -> (Layout, Vec<T>) {
    let channels = layout.channels();
    let mut pixels = samples.chunks_exact(channels);
    let opaque = !layout.has_alpha() || pixels.all(|pixel| pixel[channels - 1] == most);
    let mut pixels = samples.chunks_exact(channels);
    let gray = channels < 3 || pixels.all(|pixel| pixel[0] == pixel[1] && pixel[1] == pixel[2]);
    let kept = match (gray, opaque) {
        (true, true) => Layout::Gray,
        (true, false) => Layout::GrayAlpha,
        (false, true) => Layout::Rgb,
        (false, false) => Layout::Rgba,
    };
    if kept == layout {
        return (layout, samples);
    }
    let colors = if gray { 1 } else { 3 };
    let mut rest = Vec::with_capacity(samples.len() / channels * kept.channels());
    for pixel in samples.chunks_exact(channels) {
        rest.extend_from_slice(&pixel[..colors]);
        if !opaque {
            rest.push(pixel[channels - 1]);
        }
    }
    (kept, rest)
}

/// Turns pixels the way their orientation says.
pub(super) fn turn<T: Copy>(
    samples: Vec<T>,
    channels: usize,
    (width, height): (u32, u32),
    orientation: Orientation,
) -> (Vec<T>, (u32, u32)) {
    if orientation == Orientation::NoTransforms {
        return (samples, (width, height));
    }
    let (new_width, new_height) = turned(orientation, (width, height));
    let mut upright = Vec::with_capacity(samples.len());
    for y in 0..new_height {
        for x in 0..new_width {
            let (x, y) = stored(orientation, (width, height), (x, y));
            let at = (y as usize * width as usize + x as usize) * channels;
            upright.extend_from_slice(&samples[at..at + channels]);
        }
    }
    (upright, (new_width, new_height))
}

/// A size after turning.
pub(super) fn turned(orientation: Orientation, (width, height): (u32, u32)) -> (u32, u32) {
    match orientation {
        Orientation::Rotate90
        | Orientation::Rotate270
        | Orientation::Rotate90FlipH
        | Orientation::Rotate270FlipH => (height, width),
        _ => (width, height),
    }
}

/// Where a pixel of the upright picture is stored, in a picture that is stored at some size.
pub(super) fn stored(
    orientation: Orientation,
    (width, height): (u32, u32),
    (x, y): (u32, u32),
) -> (u32, u32) {
    let right = |x: u32| (width - 1).saturating_sub(x);
    let bottom = |y: u32| (height - 1).saturating_sub(y);
    match orientation {
        Orientation::NoTransforms => (x, y),
        Orientation::FlipHorizontal => (right(x), y),
        Orientation::Rotate180 => (right(x), bottom(y)),
        Orientation::FlipVertical => (x, bottom(y)),
        // Turned a quarter, the columns of what is stored are the rows of what is seen.
        Orientation::Rotate90 => (y, bottom(x)),
        Orientation::Rotate270 => (right(y), x),
        Orientation::Rotate90FlipH => (y, x),
        Orientation::Rotate270FlipH => (right(y), bottom(x)),
    }
}

#[cfg(test)]
mod tests {
    use fir::CpuExtensions;

    use super::*;

    const LAYOUTS: [Layout; 4] = [Layout::Gray, Layout::GrayAlpha, Layout::Rgb, Layout::Rgba];

    /// Samples without any order, the same every time.
    fn noise(length: usize) -> Vec<u16> {
        let mut state = 7_u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 16) as u16
        };
        (0..length).map(|_| next()).collect()
    }

    #[test]
    fn every_processor_gives_the_same_pixels() {
        let all = [
            CpuExtensions::None,
            #[cfg(target_arch = "x86_64")]
            CpuExtensions::Sse4_1,
            #[cfg(target_arch = "x86_64")]
            CpuExtensions::Avx2,
            #[cfg(target_arch = "aarch64")]
            CpuExtensions::Neon,
        ];
        for layout in LAYOUTS {
            let from = noise(211 * 97 * layout.channels());
            for to in [(64, 97), (211, 31), (100, 45)] {
                let mut seen = Vec::new();
                for extension in all.into_iter().filter(CpuExtensions::is_supported) {
                    let mut resizer = fir::Resizer::new();
                    #[expect(unsafe_code, reason = "the machine has the extension")]
                    // SAFETY: whether it is supported was just asked.
                    unsafe {
                        resizer.set_cpu_extensions(extension);
                    }
                    let mut out = vec![0; (to.0 * to.1) as usize * layout.channels()];
                    let kind = pixel_type(layout);
                    convolve(&mut resizer, kind, &from, (211, 97), &mut out, to).unwrap();
                    seen.push(out);
                }
                assert!(
                    seen.windows(2).all(|pair| pair[0] == pair[1]),
                    "{layout:?} {to:?}"
                );
            }
        }
    }

    #[test]
    fn bands_leave_no_trace() {
        // So wide that it takes many bands.
        let (width, height) = (90_000, 50);
        let from = noise(width as usize * height as usize);
        let fill = |y: u32, out: &mut [u16]| {
            out.copy_from_slice(&from[(y * width) as usize..((y + 1) * width) as usize]);
            Ok(())
        };
        let light = resize((width, height), Layout::Gray, (300, 20), fill).unwrap();
        let mut whole = vec![0; 300 * 20];
        let (size, kind) = ((width, height), fir::PixelType::U16);
        let resizer = &mut fir::Resizer::new();
        convolve(resizer, kind, &from, size, &mut whole, (300, 20)).unwrap();
        assert_eq!(light.samples, whole);
    }

    #[test]
    fn turning_is_what_everybody_else_does() {
        let picture = image::GrayImage::from_raw(3, 2, vec![1, 2, 3, 4, 5, 6]).unwrap();
        for orientation in 1..=8 {
            let orientation = Orientation::from_exif(orientation).unwrap();
            let mut expected = image::DynamicImage::from(picture.clone());
            expected.apply_orientation(orientation);
            let (samples, size) = turn(picture.as_raw().clone(), 1, (3, 2), orientation);
            assert_eq!(size, (expected.width(), expected.height()));
            assert_eq!(samples, expected.into_luma8().into_raw());
        }
    }

    #[test]
    fn opacity_comes_back() {
        let samples = vec![40_000, 100, 9_000, 30_000];
        let mut light = samples.clone();
        multiply(&mut light, Layout::GrayAlpha);
        assert_eq!(light, [61, 100, 4_120, 30_000]);
        let light = Light {
            width: 2,
            height: 1,
            layout: Layout::GrayAlpha,
            samples: light,
        };
        assert_eq!(light.to_samples(), [0, 0, sample_of(9_000), 117]);
    }
}
