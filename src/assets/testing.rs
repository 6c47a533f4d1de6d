//! Pictures and projects for the tests of this room, made in place.

use image::{DynamicImage, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};

use crate::repo::{History, Snapshot};
use crate::site::{LoadOptions, Site};
use crate::site_path::SitePath;
use crate::store::Store;

/// A project in a folder of its own.
pub(super) struct Project {
    pub(super) snapshot: Snapshot,
    pub(super) site: Site,
    pub(super) store: Store,
    pub(super) folder: tempfile::TempDir,
    _kept: tempfile::TempDir,
}

/// A project of one page with this text, and these files beside it.
pub(super) fn project(text: &str, files: &[(&str, &[u8])]) -> Project {
    let folder = tempfile::tempdir().unwrap();
    let kept = tempfile::tempdir().unwrap();
    let page = [("content/index.md", text.as_bytes())];
    for (name, bytes) in files.iter().chain(&page) {
        let file = folder.path().join(name);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, bytes).unwrap();
    }
    let snapshot = Snapshot::worktree(folder.path()).unwrap();
    let options = LoadOptions::default();
    Project {
        site: Site::load(&snapshot, &History::default(), &options, &[]),
        store: Store::open(kept.path()),
        snapshot,
        folder,
        _kept: kept,
    }
}

pub(super) fn path(text: &str) -> SitePath {
    SitePath::parse(text).unwrap()
}

/// A picture that is dark on top and red on the left, with enough detail to be a photograph.
pub(super) fn photo(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let grain = (x * 7919 + y * 104_729) % 23;
        let down = y * 200 / height;
        let right = x * 200 / width;
        let shade = |value: u32| u8::try_from(value.min(255)).unwrap();
        Rgb([shade(255 - right), shade(down + grain), shade(down)])
    })
}

/// A disc on nothing.
pub(super) fn disc(side: u32) -> RgbaImage {
    let middle = i64::from(side / 2);
    RgbaImage::from_fn(side, side, |x, y| {
        let (dx, dy) = (i64::from(x) - middle, i64::from(y) - middle);
        let inside = dx * dx + dy * dy < middle * middle / 2;
        if inside {
            Rgba([250, 10, 20, 255])
        } else {
            Rgba([0, 255, 0, 0])
        }
    })
}

pub(super) fn jpeg(image: &RgbImage) -> Vec<u8> {
    written(image.clone().into(), ImageFormat::Jpeg)
}

pub(super) fn png(image: impl Into<DynamicImage>) -> Vec<u8> {
    written(image.into(), ImageFormat::Png)
}

pub(super) fn written(image: DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// The same JPEG with camera metadata: an orientation, and a place to be kept secret.
pub(super) fn with_exif(jpeg: &[u8], orientation: u8) -> Vec<u8> {
    let mut exif = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
    exif.extend_from_slice(&[orientation, 0, 0, 0, 0, 0, 0, 0]);
    exif.extend_from_slice(b"GPS 54.32N 10.12E");
    let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
    [&jpeg[..2], b"\xff\xe1", &length, &exif, &jpeg[2..]].concat()
}

/// The same JPEG or PNG with a color profile.
pub(super) fn with_profile(image: &[u8], profile: &[u8]) -> Vec<u8> {
    let mut image = img_parts::DynImage::from_bytes(image.to_vec().into())
        .unwrap()
        .unwrap();
    img_parts::ImageICC::set_icc_profile(&mut image, Some(profile.to_vec().into()));
    image.encoder().bytes().to_vec()
}

/// An AVIF that has nothing but a size and quarters of a turn.
pub(super) fn avif((width, height): (u32, u32), quarters: u8) -> Vec<u8> {
    let part = |name: &[u8; 4], contents: &[&[u8]]| {
        let contents = contents.concat();
        let length = u32::try_from(contents.len() + 8).unwrap().to_be_bytes();
        [&length, &name[..], &contents].concat()
    };
    let size = [width.to_be_bytes(), height.to_be_bytes()].concat();
    let properties = part(
        b"ipco",
        &[
            &part(b"ispe", &[&[0; 4], &size]),
            &part(b"irot", &[&[quarters]]),
        ],
    );
    let owned = part(b"ipma", &[&[0; 4], &[0, 0, 0, 1, 0, 1, 2, 1, 0x82]]);
    let main = part(b"pitm", &[&[0; 4], &[0, 1]]);
    let meta = part(
        b"meta",
        &[&[0; 4], &main, &part(b"iprp", &[&properties, &owned])],
    );
    [part(b"ftyp", &[b"avif\0\0\0\0avifmif1"]), meta].concat()
}

/// Two pictures that take turns.
pub(super) fn animation() -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = image::codecs::gif::GifEncoder::new(&mut bytes);
    for image in [disc(40), RgbaImage::new(40, 40)] {
        encoder.encode_frame(image::Frame::new(image)).unwrap();
    }
    drop(encoder);
    bytes
}

/// A PNG that is all there and cannot be decoded.
pub(super) fn broken() -> Vec<u8> {
    let mut png = png(photo(600, 400));
    let at = png.windows(4).position(|name| name == b"IDAT").unwrap();
    png[at + 4..at + 40].fill(0xff);
    png
}

/// A PNG whose header is good and declares a size, and which holds almost nothing.
pub(super) fn declares(width: u32, height: u32) -> Vec<u8> {
    let small = png(RgbImage::new(1, 1));
    let mut png = img_parts::png::Png::from_bytes(small.into()).unwrap();
    let header = &png.chunks()[0];
    let sides = [width.to_be_bytes(), height.to_be_bytes()].concat();
    let contents = [&sides, &header.contents()[8..]].concat();
    png.chunks_mut()[0] = img_parts::png::PngChunk::new(*b"IHDR", contents.into());
    png.encoder().bytes().to_vec()
}
