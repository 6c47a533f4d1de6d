//! The one door to libaom: planes in, one still of AV1 out.
//!
//! C sees nothing but planes that were made here. One thread and fixed settings, so that the same
//! planes give the same bytes.

use std::ffi::{CStr, c_int, c_uint};
use std::mem::MaybeUninit;

use libaom_sys as aom;

use crate::assets::encoders::avif::planes::{Planes, Shape};

/// The effort, 0 to 9: below 8 it takes five times the time for a twentieth of the bytes.
const SPEED: c_int = 8;

/// The encoder's name and version.
pub(super) fn version() -> String {
    #[expect(unsafe_code, reason = "libaom is C")]
    // SAFETY: the function takes nothing and returns a constant string that ends in zero.
    let version = unsafe { CStr::from_ptr(aom::aom_codec_version_str()) };
    format!("libaom {}", version.to_string_lossy())
}

/// Encodes a picture with a quantizer, 0 to 63.
///
/// # Errors
/// Says why the encoder refused.
pub(super) fn encode(planes: &Planes, quantizer: u8) -> Result<Vec<u8>, String> {
    let image = Image::of(planes)?;
    let mut encoder = Encoder::new(planes, c_uint::from(quantizer))?;
    encoder.encode(&image)
}

fn fault(what: &str, code: aom::aom_codec_err_t) -> String {
    format!("the AVIF encoder {what}: fault {code} of libaom")
}

/// A picture of libaom, freed when dropped.
struct Image(*mut aom::aom_image_t);

impl Image {
    fn of(planes: &Planes) -> Result<Self, String> {
        let side = |side: usize| c_uint::try_from(side).map_err(|_| "too wide".to_owned());
        let (width, height) = (side(planes.width)?, side(planes.height)?);
        let format = match planes.shape {
            Shape::Full => aom::AOM_IMG_FMT_I444,
            Shape::Gray | Shape::Quarter => aom::AOM_IMG_FMT_I420,
        };
        #[expect(unsafe_code, reason = "libaom is C")]
        // SAFETY: without a place of ours the call allocates one; null is handled below.
        let image = unsafe { aom::aom_img_alloc(std::ptr::null_mut(), format, width, height, 32) };
        if image.is_null() {
            return Err("there is no memory for the AVIF encoder".to_owned());
        }
        let image = Self(image);
        #[expect(unsafe_code, reason = "libaom is C")]
        // SAFETY: the picture was just allocated and nobody else holds it.
        let raw = unsafe { &mut *image.0 };
        raw.range = aom::AOM_CR_FULL_RANGE;
        raw.monochrome = c_int::from(planes.shape == Shape::Gray);
        for (at, plane) in planes.rows.iter().enumerate() {
            let (across, down) = match planes.shape {
                // Readers do not look at the colors of what is gray, but the encoder does.
                Shape::Gray if at > 0 => (planes.width.div_ceil(2), planes.height.div_ceil(2)),
                _ => planes.size(at),
            };
            let stride = usize::try_from(raw.stride[at]).unwrap_or(0);
            let is_gray = planes.shape == Shape::Gray && at > 0;
            if stride < across || raw.planes[at].is_null() {
                return Err("the AVIF encoder has no room for a row".to_owned());
            }
            if !is_gray && plane.len() != across * down {
                return Err("the pixels do not fill their rows".to_owned());
            }
            for row in 0..down {
                #[expect(unsafe_code, reason = "libaom is C")]
                // SAFETY: libaom allocated `down` rows of `stride` bytes for this plane of a
                // picture of this size, and `across` is no more than `stride`; `plane` holds
                // `down` rows of `across` bytes, as was just checked.
                unsafe {
                    let to = raw.planes[at].add(row * stride);
                    match is_gray {
                        true => std::ptr::write_bytes(to, 128, across),
                        false => {
                            let from = plane.as_ptr().add(row * across);
                            std::ptr::copy_nonoverlapping(from, to, across);
                        }
                    }
                }
            }
        }
        Ok(image)
    }
}

impl Drop for Image {
    fn drop(&mut self) {
        #[expect(unsafe_code, reason = "libaom is C")]
        // SAFETY: the picture was allocated by libaom and is freed once.
        unsafe {
            aom::aom_img_free(self.0);
        }
    }
}

/// An encoder, destroyed when dropped. It stays where it was started.
struct Encoder(Box<aom::aom_codec_ctx_t>);

impl Encoder {
    fn new(planes: &Planes, quantizer: c_uint) -> Result<Self, String> {
        let side = |side: usize| c_uint::try_from(side).map_err(|_| "too wide".to_owned());
        let mut config = MaybeUninit::<aom::aom_codec_enc_cfg_t>::zeroed();
        #[expect(unsafe_code, reason = "libaom is C")]
        // SAFETY: the call fills all of the configuration, or says that it did not.
        let mut config = unsafe {
            let (interface, usage) = (aom::aom_codec_av1_cx(), aom::AOM_USAGE_ALL_INTRA);
            match aom::aom_codec_enc_config_default(interface, config.as_mut_ptr(), usage) {
                aom::AOM_CODEC_OK => config.assume_init(),
                code => return Err(fault("has no settings", code)),
            }
        };
        config.g_w = side(planes.width)?;
        config.g_h = side(planes.height)?;
        config.g_threads = 1;
        config.g_limit = 1;
        config.g_lag_in_frames = 0;
        config.g_profile = c_uint::from(planes.shape.profile());
        config.full_still_picture_hdr = 1;
        config.monochrome = c_uint::from(planes.shape == Shape::Gray);
        config.rc_end_usage = aom::AOM_Q;
        config.rc_min_quantizer = 0;
        config.rc_max_quantizer = 63;
        let mut context = Box::new(MaybeUninit::<aom::aom_codec_ctx_t>::zeroed());
        #[expect(unsafe_code, reason = "libaom is C")]
        // SAFETY: the context is zeroed, as the call wants it; the call copies the configuration,
        // and leaves nothing to be destroyed where it fails. Once it succeeds the context is
        // initialised, and its box is neither moved out of nor copied.
        let mut encoder = unsafe {
            let interface = aom::aom_codec_av1_cx();
            let version = aom::AOM_ENCODER_ABI_VERSION.cast_signed();
            let at = context.as_mut_ptr();
            match aom::aom_codec_enc_init_ver(at, interface, &raw const config, 0, version) {
                aom::AOM_CODEC_OK => Self(context.assume_init()),
                code => return Err(fault("cannot start", code)),
            }
        };
        encoder.set(aom::AOME_SET_CPUUSED, SPEED)?;
        encoder.set(aom::AOME_SET_CQ_LEVEL, quantizer.cast_signed())?;
        encoder.set(aom::AOME_SET_TUNING, aom::AOM_TUNE_SSIM.cast_signed())?;
        encoder.set(
            aom::AV1E_SET_COLOR_RANGE,
            aom::AOM_CR_FULL_RANGE.cast_signed(),
        )?;
        // What the container says too: sRGB, with luma and color apart as in BT.601.
        encoder.set(aom::AV1E_SET_COLOR_PRIMARIES, 1)?;
        encoder.set(aom::AV1E_SET_TRANSFER_CHARACTERISTICS, 13)?;
        encoder.set(aom::AV1E_SET_MATRIX_COEFFICIENTS, 6)?;
        Ok(encoder)
    }

    /// Sets a control whose value is an `int` or an `unsigned int`.
    fn set(&mut self, control: aom::aome_enc_control_id, value: c_int) -> Result<(), String> {
        #[expect(unsafe_code, reason = "libaom is C")]
        // SAFETY: the context is initialised; each control set here takes one number of the size
        // of an `int`, which is what is passed.
        let code =
            unsafe { aom::aom_codec_control(&raw mut *self.0, control.cast_signed(), value) };
        match code {
            aom::AOM_CODEC_OK => Ok(()),
            code => Err(fault("refused a setting", code)),
        }
    }

    fn encode(&mut self, image: &Image) -> Result<Vec<u8>, String> {
        let mut bytes = Vec::new();
        // The second time there is no picture, which asks for what was held back.
        for image in [image.0.cast_const(), std::ptr::null()] {
            #[expect(unsafe_code, reason = "libaom is C")]
            // SAFETY: the context is initialised, the picture is null or lives until the end of
            // this function, and has the size and format that the encoder was started with.
            let code = unsafe { aom::aom_codec_encode(&raw mut *self.0, image, 0, 1, 0) };
            if code != aom::AOM_CODEC_OK {
                return Err(fault("failed", code));
            }
            let mut iter = std::ptr::null();
            loop {
                #[expect(unsafe_code, reason = "libaom is C")]
                // SAFETY: `iter` began as null and is changed by the call alone. The packet is
                // null, or valid until the next call of the encoder; its union holds a frame
                // where its kind says so, whose `sz` bytes at `buf` are copied at once.
                unsafe {
                    let packet = aom::aom_codec_get_cx_data(&raw mut *self.0, &raw mut iter);
                    let Some(packet) = packet.as_ref() else { break };
                    if packet.kind == aom::AOM_CODEC_CX_FRAME_PKT {
                        let frame = packet.data.frame;
                        let frame = std::slice::from_raw_parts(frame.buf.cast::<u8>(), frame.sz);
                        bytes.extend_from_slice(frame);
                    }
                }
            }
        }
        match bytes.is_empty() {
            true => Err("the AVIF encoder gave nothing".to_owned()),
            false => Ok(bytes),
        }
    }
}

impl Drop for Encoder {
    fn drop(&mut self) {
        #[expect(unsafe_code, reason = "libaom is C")]
        // SAFETY: the context was initialised and is destroyed once.
        unsafe {
            aom::aom_codec_destroy(&raw mut *self.0);
        }
    }
}
