//! Moving pictures as a moving WebP: the same frames, times and turns in a fraction of the bytes.
//!
//! Frames are decoded in Rust, one at a time, and C sees their pixels only. What is kept of all of
//! them is what they are coded to.

use std::ffi::{CStr, c_int};
use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr::NonNull;

use image::codecs::gif::GifDecoder;
use image::codecs::png::PngDecoder;
use image::metadata::LoopCount;
use image::{AnimationDecoder, Frame, Frames, ImageDecoder as _, ImageResult, Limits};
use libwebp_sys::{
    WEBP_MUX_ABI_VERSION, WebPAnimEncoder, WebPAnimEncoderAdd, WebPAnimEncoderAssemble,
    WebPAnimEncoderDelete, WebPAnimEncoderGetError, WebPAnimEncoderNewInternal,
    WebPAnimEncoderOptions, WebPAnimEncoderOptionsInitInternal, WebPConfig, WebPData,
    WebPDataClear, WebPDataInit,
};

use crate::assets::encoders::format::Settings;
use crate::assets::encoders::webp::{Picture, config};
use crate::assets::header::{Header, MAX_DECODED};
use crate::assets::map::ImageKind;
use crate::assets::pixels::{Layout, Pixels};
use crate::config::Lossless;

/// The most pixels of all frames together: two minutes of work and more.
pub(in crate::assets) const MOST_PIXELS: u64 = 600_000_000;
/// Browsers show a frame of a GIF that asks for less than this as long as [`USUAL`].
const SHORTEST: u32 = 11;
const USUAL: u32 = 100;

/// A moving WebP of a moving GIF or PNG.
///
/// # Errors
/// Says why there is none: a file that cannot be decoded to its end, or more frames than are worth
/// the time.
pub(in crate::assets) fn animate(
    bytes: &[u8],
    header: &Header,
    settings: &Settings,
) -> Result<Vec<u8>, String> {
    let work = || {
        let moving = open(bytes, header.kind).map_err(|error| error.to_string())?;
        encode(moving, header, settings)
    };
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err("the decoder gave up".to_owned()))
}

/// The frames of a file, and how it is played.
struct Moving<'a> {
    frames: Frames<'a>,
    /// How often it is played; 0 is forever.
    turns: u32,
    /// Whether times are a GIF's.
    is_gif: bool,
}

fn open(bytes: &[u8], kind: ImageKind) -> ImageResult<Moving<'_>> {
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_DECODED);
    if kind == ImageKind::Png {
        let mut decoder = PngDecoder::new(Cursor::new(bytes))?;
        decoder.set_limits(limits)?;
        let decoder = decoder.apng()?;
        let turns = match decoder.loop_count() {
            LoopCount::Infinite => 0,
            LoopCount::Finite(turns) => turns.get(),
        };
        return Ok(Moving {
            frames: decoder.into_frames(),
            turns,
            is_gif: false,
        });
    }
    let mut decoder = GifDecoder::new(Cursor::new(bytes))?;
    decoder.set_limits(limits)?;
    // A GIF says how often it is played again; one that says nothing is played once.
    let turns = match decoder.loop_count() {
        LoopCount::Finite(again) => again.get().saturating_add(1),
        LoopCount::Infinite if says_so(bytes) => 0,
        LoopCount::Infinite => 1,
    };
    Ok(Moving {
        frames: decoder.into_frames(),
        turns,
        is_gif: true,
    })
}

/// Whether a GIF has the extension that names its turns.
fn says_so(gif: &[u8]) -> bool {
    [b"NETSCAPE2.0", b"ANIMEXTS1.0"]
        .iter()
        .any(|name| memchr::memmem::find(gif, *name).is_some())
}

fn encode(moving: Moving<'_>, header: &Header, settings: &Settings) -> Result<Vec<u8>, String> {
    let (width, height) = (header.width, header.height);
    let config = match settings.lossless {
        Lossless::Always => config(None)?,
        Lossless::Auto | Lossless::Never => config(Some(settings.quality))?,
    };
    let mixed = settings.lossless == Lossless::Auto;
    let mut encoder = Encoder::new(width, height, moving.turns, mixed)?;
    let (mut time, mut pixels) = (0_i32, 0_u64);
    for frame in moving.frames {
        let frame = frame.map_err(|error| error.to_string())?;
        pixels += u64::from(width) * u64::from(height);
        if pixels > MOST_PIXELS {
            return Err(format!(
                "it has more than {MOST_PIXELS} pixels in its frames"
            ));
        }
        let lasts = lasts(&frame, moving.is_gif);
        let frame = frame.into_buffer();
        if frame.dimensions() != (width, height) {
            return Err("a frame is of another size".to_owned());
        }
        let frame = Pixels {
            width,
            height,
            layout: Layout::Rgba,
            bytes: frame.into_raw(),
        };
        encoder.add(&frame, time, &config)?;
        time = time.saturating_add(lasts);
    }
    if pixels == 0 {
        return Err("it has no frames".to_owned());
    }
    encoder.finish(time)
}

/// How long a frame is shown, in milliseconds.
fn lasts(frame: &Frame, is_gif: bool) -> c_int {
    let (parts, of) = frame.delay().numer_denom_ms();
    let time = parts / of.max(1);
    let time = if is_gif && time < SHORTEST {
        USUAL
    } else {
        time
    };
    // A WebP has 24 bits for it (RFC 9649 §2.7.1.1).
    c_int::try_from(time.clamp(1, 0x00ff_ffff)).unwrap_or(1)
}

/// An encoder of libwebp, deleted when dropped.
struct Encoder(NonNull<WebPAnimEncoder>);

impl Encoder {
    fn new(width: u32, height: u32, turns: u32, mixed: bool) -> Result<Self, String> {
        let number = |value: u32| c_int::try_from(value).map_err(|_| "too wide".to_owned());
        let (width, height) = (number(width)?, number(height)?);
        let version = WEBP_MUX_ABI_VERSION.cast_signed();
        let mut options = std::mem::MaybeUninit::<WebPAnimEncoderOptions>::zeroed();
        #[expect(unsafe_code, reason = "libwebp is C")]
        // SAFETY: the first call fills the options, all of whose fields are numbers that may be
        // zero; the second reads them and does not keep them.
        let encoder = unsafe {
            if WebPAnimEncoderOptionsInitInternal(options.as_mut_ptr(), version) == 0 {
                return Err("the WebP encoder is of another version".to_owned());
            }
            let mut options = options.assume_init();
            // 16 bits (RFC 9649 §2.7.1.1).
            options.anim_params.loop_count = turns.min(0xffff).cast_signed();
            options.anim_params.bgcolor = 0;
            options.allow_mixed = c_int::from(mixed);
            WebPAnimEncoderNewInternal(width, height, &raw const options, version)
        };
        let encoder = NonNull::new(encoder).ok_or("there is no memory for the WebP encoder")?;
        Ok(Self(encoder))
    }

    /// Adds a frame that is shown from a time on, in milliseconds.
    fn add(&mut self, frame: &Pixels, time: c_int, config: &WebPConfig) -> Result<(), String> {
        let mut picture = Picture::of(frame)?;
        #[expect(unsafe_code, reason = "libwebp is C")]
        // SAFETY: the encoder lives, the picture was initialised and holds a frame of its size,
        // which the call copies; the configuration was initialised by libwebp.
        let added =
            unsafe { WebPAnimEncoderAdd(self.0.as_ptr(), picture.as_mut_ptr(), time, config) };
        self.check(added)
    }

    /// The file, whose last frame ends at a time.
    fn finish(self, time: c_int) -> Result<Vec<u8>, String> {
        let encoder = self.0.as_ptr();
        #[expect(unsafe_code, reason = "libwebp is C")]
        // SAFETY: the encoder lives; without a picture and a configuration the call ends the last
        // frame.
        let ended =
            unsafe { WebPAnimEncoderAdd(encoder, std::ptr::null_mut(), time, std::ptr::null()) };
        self.check(ended)?;
        let mut file = WebPData {
            bytes: std::ptr::null(),
            size: 0,
        };
        WebPDataInit(&mut file);
        #[expect(unsafe_code, reason = "libwebp is C")]
        // SAFETY: the encoder lives and `file` was initialised. Its bytes are null or `size` bytes
        // that the call allocated, which are copied before they are freed, once.
        let bytes = unsafe {
            let assembled = WebPAnimEncoderAssemble(encoder, &raw mut file);
            let bytes = match assembled != 0 && !file.bytes.is_null() {
                true => Some(std::slice::from_raw_parts(file.bytes, file.size).to_vec()),
                false => None,
            };
            WebPDataClear(&mut file);
            bytes
        };
        self.check(c_int::from(bytes.is_some()))?;
        bytes.ok_or_else(|| "the WebP encoder gave nothing".to_owned())
    }

    fn check(&self, done: c_int) -> Result<(), String> {
        if done != 0 {
            return Ok(());
        }
        #[expect(unsafe_code, reason = "libwebp is C")]
        // SAFETY: the encoder lives and keeps the text, which ends in zero, until its next call.
        let reason = unsafe {
            let text = WebPAnimEncoderGetError(self.0.as_ptr());
            match text.is_null() {
                true => String::new(),
                false => CStr::from_ptr(text).to_string_lossy().into_owned(),
            }
        };
        Err(format!("the WebP encoder failed: {reason}"))
    }
}

impl Drop for Encoder {
    fn drop(&mut self) {
        #[expect(unsafe_code, reason = "libwebp is C")]
        // SAFETY: the encoder was made by libwebp and is deleted once.
        unsafe {
            WebPAnimEncoderDelete(self.0.as_ptr());
        }
    }
}

#[cfg(test)]
mod tests {
    use image::codecs::gif::{GifEncoder, Repeat};
    use image::codecs::webp::WebPDecoder;
    use image::{Delay, RgbaImage};

    use super::*;
    use crate::assets::encoders::samples::screen;
    use crate::assets::header::read_header;
    use crate::assets::testing::{animation, disc};

    fn settings(lossless: Lossless) -> Settings {
        Settings {
            quality: 80,
            lossless,
        }
    }

    fn moved(gif: &[u8], lossless: Lossless) -> Vec<u8> {
        animate(gif, &read_header(gif).unwrap(), &settings(lossless)).unwrap()
    }

    fn gif(repeat: Option<Repeat>, times: &[u32]) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut encoder = GifEncoder::new(&mut bytes);
        if let Some(repeat) = repeat {
            encoder.set_repeat(repeat).unwrap();
        }
        for (at, time) in times.iter().enumerate() {
            let mut image = image::DynamicImage::from(screen(90, 60)).into_rgba8();
            let at = u32::try_from(at).unwrap();
            for x in 0..20 {
                image.put_pixel(x + at * 9, 50, image::Rgba([200, 0, 0, 255]));
            }
            let delay = Delay::from_numer_denom_ms(*time, 1);
            encoder
                .encode_frame(Frame::from_parts(image, 0, 0, delay))
                .unwrap();
        }
        drop(encoder);
        bytes
    }

    fn frames(webp: &[u8]) -> (Vec<(RgbaImage, u32)>, u32) {
        let decoder = WebPDecoder::new(Cursor::new(webp)).unwrap();
        let turns = match decoder.loop_count() {
            LoopCount::Infinite => 0,
            LoopCount::Finite(turns) => turns.get(),
        };
        let frames = decoder.into_frames().collect_frames().unwrap();
        let frames = frames.into_iter().map(|frame| {
            let time = frame.delay().numer_denom_ms().0;
            (frame.into_buffer(), time)
        });
        (frames.collect(), turns)
    }

    #[test]
    fn frames_and_their_times_come_back() {
        let gif = gif(Some(Repeat::Infinite), &[200, 50, 0, 400]);
        let (frames, turns) = frames(&moved(&gif, Lossless::Always));
        let times: Vec<u32> = frames.iter().map(|(_, time)| *time).collect();
        assert_eq!(times, [200, 50, 100, 400]);
        assert_eq!(turns, 0);
        let decoder = GifDecoder::new(Cursor::new(&gif)).unwrap();
        let originals = decoder.into_frames().collect_frames().unwrap();
        for (original, (frame, _)) in originals.iter().zip(&frames) {
            let pairs = original.buffer().iter().zip(frame.iter());
            // The decoder of this test rounds where it blends.
            assert!(pairs.map(|(a, b)| a.abs_diff(*b)).max() <= Some(2));
        }
    }

    #[test]
    fn it_is_played_as_often() {
        let turns = |repeat| frames(&moved(&gif(repeat, &[90, 90]), Lossless::Auto)).1;
        assert_eq!(turns(Some(Repeat::Infinite)), 0);
        assert_eq!(turns(Some(Repeat::Finite(2))), 3);
        assert_eq!(turns(None), 1);
    }

    #[test]
    fn what_is_transparent_stays_so() {
        for lossless in [Lossless::Auto, Lossless::Always, Lossless::Never] {
            let (frames, _) = frames(&moved(&animation(), lossless));
            let (corner, middle) = (frames[0].0.get_pixel(0, 0), frames[0].0.get_pixel(20, 20));
            assert_eq!((corner[3], middle[3]), (0, 255), "{lossless:?}");
            assert!(disc(40).get_pixel(20, 20)[0].abs_diff(middle[0]) < 12);
        }
    }

    #[test]
    fn what_is_cut_short_is_no_animation() {
        let whole = gif(Some(Repeat::Infinite), &[90, 90, 90]);
        let header = read_header(&whole).unwrap();
        for end in [whole.len() / 2, 40, 13] {
            let _ = animate(&whole[..end], &header, &settings(Lossless::Auto));
        }
        assert!(animate(b"GIF89a", &header, &settings(Lossless::Auto)).is_err());
    }
}
