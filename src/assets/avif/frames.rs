//! The process that decodes AV1, and the one that asks it.

use std::io::{Read, Write};
use std::time::Duration;

use crate::apart::{self, Patience};
use crate::assets::boxes::Reader;

/// The one argument by which this program is told to decode pictures and do nothing else.
pub const WORD: &str = "__decode-av1";

/// Why nothing came back, which may be the fault of a busy machine.
pub(in crate::assets) const PASSING: &str =
    "it takes more time or memory than it may, or the decoder gave up";

/// How many pixels are decoded in a second, at the very least.
const SLOWEST: u64 = 500_000;
/// How many seconds any picture may take.
const LEAST_CPU: u64 = 10;
/// How many bytes of memory the process may ask for, with the program itself, and for a pixel.
const LEAST_MEMORY: u64 = 2 << 30;
const PIXEL_MEMORY: u64 = 40;

/// A picture as it is coded: light and, unless it is gray, two differences of color.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Frame {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) layout: Chroma,
    /// Eight, ten or twelve.
    pub(super) bits: u8,
    /// Whether samples use all of their bits.
    pub(super) is_full: bool,
    /// Primaries, transfer and matrix in the numbers of ITU-T H.273.
    pub(super) meaning: [u8; 3],
    /// Rows of samples without gaps; those of more than eight bits take two bytes, the lower first.
    planes: Vec<Vec<u8>>,
}

/// How many samples of color there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Chroma {
    /// None.
    None,
    /// One for four pixels.
    Quarter,
    /// One for two pixels that stand side by side.
    Half,
    /// One for each.
    Whole,
}

impl Chroma {
    /// By how many bits the width and the height of color are less.
    pub(super) fn shift(self) -> (u32, u32) {
        match self {
            Self::Quarter => (1, 1),
            Self::Half => (1, 0),
            Self::Whole | Self::None => (0, 0),
        }
    }
}

impl Frame {
    /// Whether it has no color.
    pub(super) fn is_gray(&self) -> bool {
        self.layout == Chroma::None
    }

    /// The size of one of its planes.
    pub(super) fn plane(&self, at: usize) -> (usize, usize) {
        let (across, down) = if at == 0 { (0, 0) } else { self.layout.shift() };
        let side = |side: u32, shift: u32| ((side as usize) + (1 << shift) - 1) >> shift;
        (side(self.width, across), side(self.height, down))
    }

    /// A row of one of its planes; what is missing is nothing.
    pub(super) fn row(&self, plane: usize, y: usize, row: &mut Vec<u16>) {
        row.clear();
        let (width, _) = self.plane(plane);
        let length = width * self.wide();
        let bytes = self.planes.get(plane);
        let bytes = bytes.and_then(|bytes| bytes.get(y * length..(y + 1) * length));
        match (bytes, self.wide()) {
            (Some(bytes), 1) => row.extend(bytes.iter().map(|sample| u16::from(*sample))),
            (Some(bytes), _) => {
                let pairs = bytes.chunks_exact(2);
                row.extend(pairs.map(|pair| u16::from_le_bytes([pair[0], pair[1]])));
            }
            (None, _) => row.resize(width, 0),
        }
    }

    /// How many bytes a sample takes.
    fn wide(&self) -> usize {
        if self.bits > 8 { 2 } else { 1 }
    }

    fn count(&self) -> usize {
        if self.is_gray() { 1 } else { 3 }
    }

    fn write(&self, out: &mut Vec<u8>) {
        for side in [self.width, self.height] {
            out.extend(side.to_be_bytes());
        }
        let layout = match self.layout {
            Chroma::None => 0,
            Chroma::Quarter => 1,
            Chroma::Half => 2,
            Chroma::Whole => 3,
        };
        out.extend([layout, self.bits, u8::from(self.is_full)]);
        out.extend(self.meaning);
        for plane in &self.planes {
            out.extend(plane);
        }
    }

    /// The first of some frames, and the bytes of the others.
    fn read(bytes: &[u8]) -> Option<(Self, &[u8])> {
        let (head, mut rest) = bytes.split_first_chunk::<14>()?;
        let side = |at: usize| Some(u32::from_be_bytes(*head.get(at..)?.first_chunk()?));
        let bits = Some(head[9]).filter(|bits| matches!(bits, 8 | 10 | 12))?;
        let mut frame = Self {
            width: side(0)?,
            height: side(4)?,
            layout: match head[8] {
                0 => Chroma::None,
                1 => Chroma::Quarter,
                2 => Chroma::Half,
                _ => Chroma::Whole,
            },
            bits,
            is_full: head[10] != 0,
            meaning: [head[11], head[12], head[13]],
            planes: Vec::new(),
        };
        for at in 0..frame.count() {
            let (width, height) = frame.plane(at);
            let length = width.checked_mul(height)?.checked_mul(frame.wide())?;
            let (plane, others) = rest.split_at_checked(length)?;
            rest = others;
            frame.planes.push(plane.to_vec());
        }
        Some((frame, rest))
    }
}

/// Decodes pictures of at most a size each, to one frame for each.
///
/// # Errors
/// Says why one of them cannot be decoded.
pub(super) fn decode_frames(items: &[Vec<u8>], largest: (u32, u32)) -> Result<Vec<Frame>, String> {
    let largest = u64::from(largest.0) * u64::from(largest.1);
    let pixels = largest.saturating_mul(items.len() as u64);
    let mut request = Vec::new();
    request.extend(largest.to_be_bytes());
    request.extend(pixels.to_be_bytes());
    for item in items {
        request.extend((item.len() as u64).to_be_bytes());
        request.extend(item);
    }
    let patience = Patience {
        wait: Duration::from_secs(5 * seconds(pixels)),
        // Three planes of two bytes, and a little for what is told of each.
        answer: pixels.saturating_mul(6) + items.len() as u64 * 64 + (64 << 10),
    };
    let answer = match apart::is_possible() {
        true => apart::ask(WORD, request, patience)
            .filter(|answer| !answer.is_empty())
            .ok_or(PASSING)?,
        false => reply(&request),
    };
    let (is_good, mut rest) = answer.split_first().ok_or("the decoder gave up")?;
    if *is_good == 0 {
        return Err(String::from_utf8_lossy(rest).into_owned());
    }
    let mut frames = Vec::new();
    while let Some((frame, others)) = Frame::read(rest) {
        rest = others;
        frames.push(frame);
    }
    // A process that ends while it writes is a busy machine's fault too.
    match frames.len() == items.len() {
        true => Ok(frames),
        false => Err(PASSING.to_owned()),
    }
}

fn seconds(pixels: u64) -> u64 {
    LEAST_CPU + pixels / SLOWEST
}

/// Answers one request, in a process that does nothing else.
///
/// # Errors
/// Fails where the request cannot be read or the answer cannot be written.
pub fn answer(mut input: impl Read, mut output: impl Write) -> std::io::Result<()> {
    let mut request = Vec::new();
    input.read_to_end(&mut request)?;
    let pixels = request.get(8..16).and_then(|number| number.first_chunk());
    let pixels = pixels.map_or(0, |number| u64::from_be_bytes(*number));
    let memory = pixels.saturating_mul(PIXEL_MEMORY);
    apart::limit(seconds(pixels), memory.saturating_add(LEAST_MEMORY));
    output.write_all(&reply(&request))?;
    output.flush()
}

/// The pictures of a request after a one, or after a zero why there are none.
fn reply(request: &[u8]) -> Vec<u8> {
    let mut reply = vec![1];
    let frames = |reply: &mut Vec<u8>| -> Result<(), String> {
        let mut reader = Reader::new(request);
        let mut number = || reader.number(8);
        let (largest, _) = (number(), number());
        let largest = largest.and_then(|largest| u32::try_from(largest).ok());
        let mut rest = request.get(16..).unwrap_or_default();
        while let Some((length, others)) = rest.split_first_chunk() {
            let length = usize::try_from(u64::from_be_bytes(*length)).unwrap_or(usize::MAX);
            let (item, others) = others.split_at_checked(length).ok_or("it is cut")?;
            rest = others;
            av1::decode(item, largest.unwrap_or(1).max(1))?.write(reply);
        }
        Ok(())
    };
    if let Err(reason) = frames(&mut reply) {
        reply = [&[0], reason.as_bytes()].concat();
    }
    reply
}

#[cfg(feature = "avif-decode")]
mod av1 {
    //! The decoder.

    use re_rav1d::dav1d::pixel::{
        ColorPrimaries, MatrixCoefficients, TransferCharacteristic, YUVRange,
    };
    use re_rav1d::dav1d::{Decoder, Error, Picture, PixelLayout, PlanarImageComponent, Settings};

    use super::{Chroma, Frame};

    /// How often the decoder is asked for a picture that it has not got yet.
    const PATIENCE: usize = 100;

    /// Decodes one picture of at most `largest` pixels.
    pub(super) fn decode(item: &[u8], largest: u32) -> Result<Frame, String> {
        let failed = |error: Error| format!("its pixels are broken: {error}");
        let mut settings = Settings::new();
        settings.set_n_threads(1);
        settings.set_max_frame_delay(1);
        settings.set_all_layers(false);
        settings.set_frame_size_limit(largest);
        let mut decoder = Decoder::with_settings(&settings).map_err(failed)?;
        match decoder.send_data(item.to_vec(), None, None, None) {
            Ok(()) | Err(Error::Again) => {}
            Err(error) => return Err(failed(error)),
        }
        for _ in 0..PATIENCE {
            match decoder.get_picture() {
                Ok(picture) => return frame(&picture),
                Err(Error::Again) => {}
                Err(error) => return Err(failed(error)),
            }
            match decoder.send_pending_data() {
                Ok(()) | Err(Error::Again) => {}
                Err(error) => return Err(failed(error)),
            }
        }
        Err("it holds no picture".to_owned())
    }

    fn frame(picture: &Picture) -> Result<Frame, String> {
        let layout = match picture.pixel_layout() {
            PixelLayout::I400 => Chroma::None,
            PixelLayout::I420 => Chroma::Quarter,
            PixelLayout::I422 => Chroma::Half,
            PixelLayout::I444 => Chroma::Whole,
        };
        let bits = match picture.bit_depth() {
            8 => 8,
            10 => 10,
            12 => 12,
            _ => return Err("its depth is unknown".to_owned()),
        };
        let mut frame = Frame {
            width: picture.width(),
            height: picture.height(),
            layout,
            bits,
            is_full: picture.color_range() == YUVRange::Full,
            meaning: [
                primaries(picture.color_primaries()),
                transfer(picture.transfer_characteristic()),
                matrix(picture.matrix_coefficients()),
            ],
            planes: Vec::new(),
        };
        let parts = [
            PlanarImageComponent::Y,
            PlanarImageComponent::U,
            PlanarImageComponent::V,
        ];
        for (at, part) in parts.into_iter().take(frame.count()).enumerate() {
            let (width, height) = frame.plane(at);
            let stride = picture.stride(part) as usize;
            let plane = picture.plane(part);
            let length = width * frame.wide();
            let mut samples = Vec::with_capacity(length * height);
            for row in plane.chunks(stride.max(1)).take(height) {
                let row = row.get(..length).ok_or("a row is missing")?;
                match (frame.wide(), cfg!(target_endian = "big")) {
                    (2, true) => {
                        samples.extend(row.chunks_exact(2).flat_map(|pair| [pair[1], pair[0]]));
                    }
                    _ => samples.extend_from_slice(row),
                }
            }
            if samples.len() != length * height {
                return Err("a row is missing".to_owned());
            }
            frame.planes.push(samples);
        }
        Ok(frame)
    }

    fn primaries(primaries: ColorPrimaries) -> u8 {
        match primaries {
            ColorPrimaries::BT709 => 1,
            ColorPrimaries::BT470M => 4,
            ColorPrimaries::BT470BG => 5,
            ColorPrimaries::ST240M => 7,
            ColorPrimaries::BT2020 => 9,
            ColorPrimaries::P3Display => 12,
            _ => 2,
        }
    }

    fn transfer(transfer: TransferCharacteristic) -> u8 {
        match transfer {
            TransferCharacteristic::BT1886 => 1,
            TransferCharacteristic::BT470M => 4,
            TransferCharacteristic::BT470BG => 5,
            TransferCharacteristic::Linear => 8,
            TransferCharacteristic::SRGB => 13,
            TransferCharacteristic::PerceptualQuantizer => 16,
            TransferCharacteristic::HybridLogGamma => 18,
            _ => 2,
        }
    }

    fn matrix(matrix: MatrixCoefficients) -> u8 {
        match matrix {
            MatrixCoefficients::Identity => 0,
            MatrixCoefficients::BT709 => 1,
            MatrixCoefficients::BT470M => 4,
            MatrixCoefficients::BT470BG | MatrixCoefficients::ST170M => 6,
            MatrixCoefficients::ST240M => 7,
            MatrixCoefficients::YCgCo => 8,
            MatrixCoefficients::BT2020NonConstantLuminance => 9,
            MatrixCoefficients::Unspecified => 2,
            _ => u8::MAX,
        }
    }
}

#[cfg(not(feature = "avif-decode"))]
mod av1 {
    //! No decoder.

    use super::Frame;

    pub(super) fn decode(_item: &[u8], _largest: u32) -> Result<Frame, String> {
        Err("this program was built without AVIF".to_owned())
    }
}
