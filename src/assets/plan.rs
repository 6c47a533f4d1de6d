//! Which files are made of an image, and their names, before a pixel is decoded.
//!
//! A name holds a digest of everything that decides the bytes, so a file may be kept forever and
//! a page can be rendered before its images are.

use crate::assets::encoders::{self, Format};
use crate::assets::header::Header;
use crate::assets::map::{ImageAsset, ImageFile, ImageKind};
use crate::config::Config;
use crate::digest::Digest;
use crate::site_path::SitePath;

/// The version of the encoding step: a change of any output raises it.
pub(super) const VERSION: u32 = 1;

/// The width that `img src` is near to: what a browser without `srcset` gets.
const FALLBACK_WIDTH: u32 = 960;
/// Icons and rules narrower or lower than this have no variants.
const SMALLEST: u32 = 16;
/// The longest side of a WebP (RFC 9649 §2.6).
const LONGEST_WEBP: u32 = 16_383;

/// Lays out the files of one image.
pub(super) fn plan(
    source: &SitePath,
    digest: Digest,
    header: &Header,
    config: &Config,
) -> ImageAsset {
    let kind = header.kind;
    let file = |width: u32, extension: &str| {
        let height = height_for(header, width);
        let recipe = recipe(kind, width, height, extension, config);
        // The source's place counts too: two copies of one picture are two sources, and no two
        // sources may claim one file.
        let parts = [source.as_str(), &digest.hex(), &recipe];
        let name = Digest::of_parts(parts.map(str::as_bytes)).short();
        let stem = stem(source);
        let name = match kind {
            ImageKind::Gif | ImageKind::Svg | ImageKind::Other => {
                format!("_tympan/images/{stem}-{name}.{extension}")
            }
            _ => format!("_tympan/images/{stem}-{width}-{name}.{extension}"),
        };
        ImageFile {
            path: SitePath::parse(&name).expect("the stem holds letters, digits and hyphens"),
            width,
            height,
        }
    };
    let variants: Vec<ImageFile> = widths(header, &config.images.widths)
        .into_iter()
        .map(|width| file(width, "webp"))
        .collect();
    let fallback = if header.is_raster() && header.width > FALLBACK_WIDTH {
        let width = variants
            .iter()
            .map(|variant| variant.width)
            .min_by_key(|width| width.abs_diff(FALLBACK_WIDTH))
            .unwrap_or(FALLBACK_WIDTH);
        file(width, extension(kind))
    } else {
        file(header.width, extension(kind))
    };
    ImageAsset {
        source: source.clone(),
        digest,
        kind,
        width: header.width,
        height: header.height,
        variants,
        fallback,
    }
}

/// The height that keeps the proportions at a width.
pub(super) fn height_for(header: &Header, width: u32) -> u32 {
    let (w, h) = (u64::from(header.width), u64::from(header.height));
    let height = (h * u64::from(width) + w / 2) / w.max(1);
    u32::try_from(height).unwrap_or(u32::MAX).max(1)
}

/// The widths of the variants: those configured that are narrower than the image, and its own if
/// it is no wider than the widest of them. Of two widths within a tenth the narrower is left out.
fn widths(header: &Header, configured: &[u32]) -> Vec<u32> {
    let small = header.width < SMALLEST || header.height < SMALLEST;
    if !header.is_raster() || small {
        return Vec::new();
    }
    let native = header.width;
    let largest = configured.iter().copied().max().unwrap_or(0);
    let mut candidates: Vec<u32> = configured
        .iter()
        .copied()
        .filter(|width| (1..native).contains(width))
        .chain((native <= largest).then_some(native))
        .filter(|width| *width.max(&height_for(header, *width)) <= LONGEST_WEBP)
        .collect();
    candidates.sort_unstable();
    let mut kept: Vec<u32> = Vec::new();
    for width in candidates.into_iter().rev() {
        let apart = |next: &u32| u64::from(width) * 11 < u64::from(*next) * 10;
        if kept.last().is_none_or(apart) {
            kept.push(width);
        }
    }
    kept.reverse();
    kept
}

/// Everything but the source that decides the bytes of a file.
fn recipe(kind: ImageKind, width: u32, height: u32, extension: &str, config: &Config) -> String {
    let quality = config.images.quality;
    let raw = config.html.raw_html;
    match kind {
        ImageKind::Svg => format!("svg raw={raw} v{VERSION}"),
        ImageKind::Gif | ImageKind::Other => format!("copy v{VERSION}"),
        _ => format!(
            "{extension} {width}x{height} q{quality} {} v{VERSION}",
            encoders::version(Format::WebP)
        ),
    }
}

/// The extension for a kind, whatever the source is called.
pub(super) fn extension(kind: ImageKind) -> &'static str {
    match kind {
        ImageKind::Jpeg => "jpg",
        ImageKind::Png => "png",
        ImageKind::Gif => "gif",
        ImageKind::WebP => "webp",
        ImageKind::Svg => "svg",
        ImageKind::Other => "avif",
    }
}

/// The part of a name that people recognize: lower-case letters, digits and hyphens, at most 40.
fn stem(source: &SitePath) -> String {
    let mut stem = String::new();
    for c in source.stem().chars() {
        match c.to_ascii_lowercase() {
            c @ ('a'..='z' | '0'..='9') => stem.push(c),
            _ if stem.is_empty() || stem.ends_with('-') => {}
            _ => stem.push('-'),
        }
        if stem.len() == 40 {
            break;
        }
    }
    match stem.trim_end_matches('-') {
        "" => "image".to_owned(),
        stem => stem.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use image::metadata::Orientation;

    use super::*;
    use crate::assets::testing::path;

    fn header(kind: ImageKind, width: u32, height: u32) -> Header {
        Header {
            kind,
            width,
            height,
            orientation: Orientation::NoTransforms,
            animated: false,
            lossless: false,
            decoded: 0,
        }
    }

    fn planned(name: &str, header: &Header) -> ImageAsset {
        plan(&path(name), Digest::of(b""), header, &Config::default())
    }

    #[track_caller]
    fn case(width: u32, height: u32, widths: &[u32], fallback: (u32, u32)) {
        let asset = planned("a.jpg", &header(ImageKind::Jpeg, width, height));
        let found: Vec<u32> = asset.variants.iter().map(|file| file.width).collect();
        assert_eq!(found, widths);
        assert_eq!((asset.fallback.width, asset.fallback.height), fallback);
    }

    #[test]
    fn widths_never_exceed_the_source_and_keep_apart() {
        case(4000, 3000, &[480, 960, 1440, 1920], (960, 720));
        case(1920, 1080, &[480, 960, 1440, 1920], (960, 540));
        case(1500, 1000, &[480, 960, 1500], (960, 640));
        case(1000, 500, &[480, 1000], (1000, 500));
        case(500, 333, &[500], (500, 333));
        case(300, 200, &[300], (300, 200));
        case(15, 400, &[], (15, 400));
        case(400, 8, &[], (400, 8));
    }

    #[test]
    fn heights_are_rounded_and_never_nothing() {
        case(4000, 20, &[480, 960, 1440, 1920], (960, 5));
        let wide = header(ImageKind::Jpeg, 10_000, 1);
        assert_eq!(height_for(&wide, 480), 1);
        assert_eq!(height_for(&header(ImageKind::Jpeg, 3, 1000), 1), 333);
    }

    #[test]
    fn what_a_webp_cannot_hold_is_not_planned() {
        case(1200, 40_000, &[480], (480, 16_000));
        case(1200, 60_000, &[], (960, 48_000));
    }

    #[test]
    fn moving_and_drawn_images_have_one_file() {
        for kind in [ImageKind::Gif, ImageKind::Svg, ImageKind::Other] {
            let asset = planned("a.x", &header(kind, 2000, 1000));
            assert_eq!((asset.variants.len(), asset.fallback.width), (0, 2000));
        }
        let mut moving = header(ImageKind::Png, 2000, 1000);
        moving.animated = true;
        assert_eq!(planned("a.png", &moving).variants, []);
    }

    #[test]
    fn the_fallback_of_a_webp_is_one_of_its_variants() {
        let asset = planned("a.webp", &header(ImageKind::WebP, 2000, 1000));
        assert!(asset.variants.contains(&asset.fallback));
        assert_eq!(asset.files().count(), 4);
    }

    #[test]
    fn names_are_plain_and_say_what_decides_the_bytes() {
        let name = |name: &str, header: &Header, config: &Config| {
            let asset = plan(&path(name), Digest::of(b""), header, config);
            asset.fallback.path.file_name().to_owned()
        };
        let jpeg = header(ImageKind::Jpeg, 2000, 1000);
        let plain = Config::default();
        let (case, long) = (|text: &str| name(text, &jpeg, &plain), "x".repeat(60));
        assert!(case("b/Été à la Mer!.jpeg").starts_with("t-la-mer-960-"));
        assert!(case("日本.jpeg").starts_with("image-960-"));
        assert!(case(&long).starts_with(&format!("{}-960-", "x".repeat(40))));
        assert_eq!(path(&case("b/a.png")).extension(), "jpg");
        assert_ne!(case("a/a.jpg"), case("b/a.jpg"));
        let mut other = Config::default();
        other.images.quality = 60;
        assert_ne!(case("a.jpg"), name("a.jpg", &jpeg, &other));
        let svg = header(ImageKind::Svg, 20, 10);
        other.html.raw_html = true;
        assert_ne!(name("a.svg", &svg, &plain), name("a.svg", &svg, &other));
    }
}
