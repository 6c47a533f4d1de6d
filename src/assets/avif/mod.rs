//! AVIF: what a file says of its picture, and the picture itself.
//!
//! The boxes and the colors are read here. What is coded as AV1 is decoded by a crate, in a process
//! of its own: it was not written for hostile bytes, and cannot be stopped once it gives up.

mod colors;
mod frames;
mod sight;

pub(super) use frames::PASSING;
pub use frames::{WORD, answer};
pub(super) use sight::{Sight, read_sight};

use crate::assets::avif::colors::{Canvas, Meaning};
use crate::assets::avif::frames::{Frame, decode_frames};
use crate::assets::decode::Raster;
use crate::assets::heif::Heif;
use crate::assets::pixels::Layout;

/// Decodes a picture whose header was found good.
///
/// # Errors
/// Says why it cannot be.
pub(super) fn decode_avif(bytes: &[u8]) -> Result<Raster, String> {
    let heif = Heif::read(bytes).ok_or("its boxes are broken")?;
    let sight = read_sight(bytes, &heif).ok_or("its header is broken")?;
    if let Some(reason) = sight.obstacle {
        return Err(reason.to_owned());
    }
    let colors = sight.tiles.len();
    let all = sight.tiles.iter().chain(&sight.alpha);
    let mut items = Vec::with_capacity(colors + sight.alpha.len());
    let mut length = 0;
    for item in all {
        let contents = heif
            .contents(*item)
            .ok_or("some of its pixels are missing")?;
        length += contents.len();
        // Tiles that all lie in one place are a few bytes that take long.
        if length > bytes.len() {
            return Err("its parts lie upon each other".to_owned());
        }
        items.push(contents);
    }
    let tile = sight.tile;
    let frames = decode_frames(&items, tile)?;
    let fits = |frame: &Frame| (frame.width, frame.height) == tile;
    if !frames.iter().all(fits) {
        return Err("its size is not the one its header names".to_owned());
    }
    let (colors, alpha) = frames.split_at(colors);
    let first = colors.first().ok_or("it has no picture")?;
    let is_alike = |frame: &Frame| frame.layout == first.layout && frame.bits == first.bits;
    if !colors.iter().all(is_alike) {
        return Err("its parts are not alike".to_owned());
    }
    // Memory was set aside for what the header names.
    if (first.is_gray(), first.bits > 8) != (sight.is_gray, sight.is_deep) {
        return Err("its coding is not the one its header names".to_owned());
    }
    let meaning = Meaning::of(first, sight.cicp)?;
    let layout = match (first.is_gray(), alpha.is_empty()) {
        (true, true) => Layout::Gray,
        (true, false) => Layout::GrayAlpha,
        (false, true) => Layout::Rgb,
        (false, false) => Layout::Rgba,
    };
    let mut canvas = Canvas::new((sight.width, sight.height), layout, first.bits > 8);
    let place = |at: usize| {
        let (column, row) = (at % sight.columns, at / sight.columns);
        (column * tile.0 as usize, row * tile.1 as usize)
    };
    for (at, frame) in colors.iter().enumerate() {
        canvas.paint(frame, &meaning, place(at));
    }
    for (at, frame) in alpha.iter().enumerate() {
        canvas.cover(frame, place(at));
    }
    if sight.is_premultiplied && !alpha.is_empty() {
        canvas.divide();
    }
    let profile = match sight.profile {
        Some(profile) => Some(profile.to_vec()),
        None => meaning.profile()?,
    };
    Ok(Raster {
        width: sight.width,
        height: sight.height,
        layout,
        samples: canvas.samples,
        profile,
    })
}

#[cfg(test)]
#[cfg(feature = "avif-decode")]
mod tests {
    use image::metadata::Orientation;
    use image::{DynamicImage, RgbImage, RgbaImage};

    use super::*;
    use crate::assets::decode::{Samples, narrow};
    use crate::assets::header::{Header, read_header};
    use crate::assets::map::{AssetMap, ImageKind};
    use crate::assets::master::Master;
    use crate::assets::testing::project;
    use crate::progress::silent;

    const PHOTO: &[u8] = include_bytes!("../../../tests/fixtures/images/photo.avif");
    const ALPHA: &[u8] = include_bytes!("../../../tests/fixtures/images/alpha.avif");
    const GRAY: &[u8] = include_bytes!("../../../tests/fixtures/images/gray.avif");
    const LIMITED: &[u8] = include_bytes!("../../../tests/fixtures/images/limited.avif");
    const GRID: &[u8] = include_bytes!("../../../tests/fixtures/images/grid.avif");

    fn header(bytes: &[u8]) -> Header {
        let header = read_header(bytes).unwrap();
        assert_eq!(header.kind, ImageKind::Avif);
        header
    }

    fn eight(raster: &Raster) -> Vec<u8> {
        match &raster.samples {
            Samples::Eight(samples) => samples.clone(),
            Samples::Sixteen(samples) => samples.iter().map(|sample| narrow(*sample)).collect(),
        }
    }

    /// The pixels at some places of a picture as it is stored, as libavif has them.
    #[track_caller]
    fn case(bytes: &[u8], layout: Layout, expected: &[(usize, usize, &[u8])]) {
        let raster = decode_avif(bytes).unwrap();
        assert_eq!(raster.layout, layout);
        let (samples, channels) = (eight(&raster), layout.channels());
        for (x, y, pixel) in expected {
            let at = (y * raster.width as usize + x) * channels;
            let seen = &samples[at..at + channels];
            let near = |(a, b): (&u8, &u8)| a.abs_diff(*b) <= 4;
            assert!(
                seen.iter().zip(*pixel).all(near),
                "{seen:?} for {pixel:?} at {x}, {y}"
            );
        }
    }

    #[test]
    fn colors_are_those_that_were_coded() {
        let corners: [(usize, usize, &[u8]); 3] = [
            (3, 3, &[255, 13, 7]),
            (200, 114, &[57, 200, 110]),
            (200, 3, &[59, 9, 6]),
        ];
        case(PHOTO, Layout::Rgb, &corners);
        let corners: [(usize, usize, &[u8]); 2] =
            [(3, 3, &[245, 23, 9, 22]), (57, 37, &[67, 193, 95, 239])];
        case(ALPHA, Layout::Rgba, &corners);
        case(GRAY, Layout::Gray, &[(3, 3, &[88]), (57, 37, &[144])]);
        case(LIMITED, Layout::Rgb, &[(9, 9, &[180, 90, 30])]);
        let corners: [(usize, usize, &[u8]); 2] =
            [(3, 3, &[253, 20, 7]), (97, 57, &[103, 182, 153])];
        case(GRID, Layout::Rgb, &corners);
    }

    #[test]
    fn a_header_tells_what_is_there() {
        let seen = |bytes| {
            let header = header(bytes);
            (
                header.width,
                header.height,
                header.has_alpha,
                header.decoded,
            )
        };
        assert_eq!(seen(PHOTO), (203, 117, false, 203 * 117 * 3));
        assert_eq!(seen(ALPHA), (60, 40, true, 60 * 40 * 4));
        assert_eq!(seen(GRAY), (60, 40, false, 60 * 40));
        assert_eq!(seen(GRID), (60, 100, false, 2 * 64 * 64 * 3));
        assert!(!header(PHOTO).truncated);
        let cut = &PHOTO[..PHOTO.len() - 100];
        assert!(header(cut).truncated);
        assert!(decode_avif(cut).is_err());
    }

    #[test]
    fn a_wide_gamut_is_told() {
        assert!(decode_avif(PHOTO).unwrap().profile.is_none());
        let profile = decode_avif(GRID).unwrap().profile.unwrap();
        assert!(crate::assets::color::read_profile(&profile).is_some());
    }

    #[test]
    fn what_is_turned_and_mirrored_comes_out_upright() {
        let put = |name: &[u8; 4], value: u8, bytes: &mut [u8]| {
            let at = bytes.windows(4).position(|part| part == name).unwrap();
            bytes[at + 4] = value;
        };
        let seen = |quarters: u8, axis: u8| {
            let mut bytes = GRID.to_vec();
            put(b"irot", quarters, &mut bytes);
            put(b"imir", axis, &mut bytes);
            let header = header(&bytes);
            let size = (header.width, header.height);
            let pixels = Master::decode(&bytes, &header, None, size).unwrap();
            let pixels = pixels.at(size.0, size.1).unwrap();
            DynamicImage::from(RgbImage::from_raw(size.0, size.1, pixels.bytes).unwrap())
        };
        let stored = seen(0, 1).fliph();
        for (quarters, turned) in [
            (0, stored.clone()),
            (1, stored.rotate270()),
            (2, stored.rotate180()),
            (3, stored.rotate90()),
        ] {
            assert_eq!(seen(quarters, 1), turned.fliph(), "{quarters}");
            assert_eq!(seen(quarters, 0), turned.flipv(), "{quarters}");
        }
        assert_eq!(header(PHOTO).orientation, Orientation::NoTransforms);
    }

    #[cfg(feature = "avif-slow")]
    #[test]
    fn every_depth_and_model_of_color_is_read() {
        use ravif::{AlphaColorMode, BitDepth, ColorModel, Encoder, Img, RGBA8};
        let opacity = |x: u32| u8::try_from(55 + x * 3).unwrap();
        let picture = crate::assets::testing::photo(64, 48);
        let picture = RgbaImage::from_fn(64, 48, |x, y| {
            let [red, green, blue] = picture.get_pixel(x, y).0;
            image::Rgba([red, green, blue, opacity(x)])
        });
        let pixels = picture.pixels();
        let pixels: Vec<RGBA8> = pixels
            .map(|pixel| RGBA8::new(pixel[0], pixel[1], pixel[2], pixel[3]))
            .collect();
        let coded = |depth, model, mode| {
            let encoder = Encoder::new()
                .with_quality(99.0)
                .with_alpha_quality(99.0)
                .with_speed(10)
                .with_num_threads(Some(1))
                .with_bit_depth(depth)
                .with_internal_color_model(model)
                .with_alpha_color_mode(mode);
            encoder
                .encode_rgba(Img::new(&pixels, 64, 48))
                .unwrap()
                .avif_file
        };
        for depth in [BitDepth::Eight, BitDepth::Ten] {
            for model in [ColorModel::YCbCr, ColorModel::RGB] {
                let raster = decode_avif(&coded(depth, model, AlphaColorMode::UnassociatedDirty));
                let raster = raster.unwrap();
                let samples = eight(&raster);
                let all = samples.iter().zip(picture.as_raw());
                let far: u64 = all.map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
                assert_eq!(samples.len(), picture.as_raw().len());
                assert!(far < samples.len() as u64 * 4, "{depth:?} {model:?}: {far}");
                let is_deep = matches!(raster.samples, Samples::Sixteen(_));
                assert_eq!(is_deep, matches!(depth, BitDepth::Ten));
            }
        }
        // Only what is told is looked at: this encoder divides where it should multiply.
        let multiplied = coded(
            BitDepth::Eight,
            ColorModel::YCbCr,
            AlphaColorMode::Premultiplied,
        );
        let heif = Heif::read(&multiplied).unwrap();
        assert!(read_sight(&multiplied, &heif).unwrap().is_premultiplied);
    }

    #[test]
    fn an_avif_is_shown_as_it_is_and_in_formats_that_all_know() {
        let project = project("![x](a.avif)\n", &[("content/a.avif", PHOTO)]);
        let (mut map, found) = AssetMap::read(&project.site, &project.snapshot);
        assert!(found.is_empty());
        let (site, snapshot) = (&project.site, &project.snapshot);
        let found = map.settle(site, snapshot, &project.store, &silent);
        assert!(found.is_empty());
        let asset = map.images.into_values().next().unwrap();
        assert_eq!(asset.fallback.path.extension(), "jpg");
        let best = &asset.sets[0].files[0];
        assert_eq!((best.path.extension(), best.width), ("avif", 203));
        let made = crate::assets::encode_image(&asset, site, snapshot, &project.store).unwrap();
        let own = made.artifacts.iter().find(|file| file.path == best.path);
        assert_eq!(own.unwrap().bytes.len(), PHOTO.len());
    }

    #[test]
    fn parts_that_do_not_fit_are_no_picture() {
        let at = GRID.windows(4).position(|part| part == b"idat").unwrap();
        for (offset, value) in [(6, 200), (7, 0), (9, 255)] {
            let mut bytes = GRID.to_vec();
            bytes[at + offset] = value;
            assert_eq!(read_header(&bytes).unwrap().kind, ImageKind::Other);
            assert!(decode_avif(&bytes).is_err());
        }
    }

    #[test]
    fn a_picture_of_more_bytes_than_its_header_names_is_refused() {
        let name = b"av1C";
        let at = PHOTO.windows(4).position(|part| part == name).unwrap();
        for flag in [0x10, 0x40] {
            let mut bytes = PHOTO.to_vec();
            bytes[at + 6] ^= flag;
            let reason = decode_avif(&bytes).err().unwrap();
            assert_eq!(reason, "its coding is not the one its header names");
        }
    }
}
