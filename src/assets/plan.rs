//! Which files are made of an image, and their names, before a pixel is decoded.
//!
//! A name holds a digest of everything that decides the bytes, so a file may be kept forever and
//! a page can be rendered before its images are.

use std::sync::Arc;

use image::metadata::Orientation;

use crate::assets::encoders::{self, Format};
use crate::assets::header::Header;
use crate::assets::map::{Crop, ImageAsset, ImageFile, ImageKind, ImageSet};
use crate::config::{Animation, ImageFormat, ImageOptions};
use crate::digest::Digest;
use crate::site_path::SitePath;

/// The version of the encoding step: a change of any output raises it.
pub(super) const VERSION: u32 = 9;

/// The width that `img src` is near to: what a browser without `srcset` gets.
const FALLBACK_WIDTH: u32 = 960;
/// The widths that pictures are decoded to, before their files are made from that.
const MASTERS: [u32; 3] = [1920, 3840, 8192];
/// Icons and rules narrower or lower than this have no variants.
const SMALLEST: u32 = 16;
/// The longest side of a WebP (RFC 9649 §2.6).
const LONGEST_WEBP: u32 = 16_383;

/// What an image is made of and how.
#[derive(Debug, Clone, Copy)]
pub(super) struct Subject<'a> {
    /// The source, whose name the files have; of several with the same bytes the first.
    pub(super) source: &'a SitePath,
    pub(super) digest: Digest,
    pub(super) header: &'a Header,
    pub(super) crop: Option<Crop>,
    pub(super) options: &'a Arc<ImageOptions>,
    /// Whether drawings are published as they are.
    pub(super) raw_html: bool,
}

/// Lays out the files of one image.
pub(super) fn plan(subject: &Subject<'_>) -> ImageAsset {
    let Subject {
        header, options, ..
    } = *subject;
    let (width, height) = subject.size();
    let widths = match header.is_raster() {
        true => widths((width, height), &options.widths),
        false => Vec::new(),
    };
    let own = fallback_format(header);
    let master = master((width, height), widths.last().copied());
    let sets = options.formats.iter().map(|format| match format {
        ImageFormat::Avif => Format::Avif,
        ImageFormat::WebP => Format::WebP,
    });
    let fallback_width = match header.is_raster() {
        true => (widths.iter().copied())
            .min_by_key(|width| width.abs_diff(FALLBACK_WIDTH))
            .unwrap_or(width.min(FALLBACK_WIDTH)),
        false => width,
    };
    let file = |width, format| file(subject, width, format, master);
    let set = |format, widths: &[u32]| ImageSet {
        format,
        files: widths
            .iter()
            .map(|width| file(*width, Some(format)))
            .collect(),
    };
    let mut sets: Vec<ImageSet> = match subject.is_animated() {
        true => vec![set(Format::WebP, &[width])],
        false => sets
            .filter(|_| !widths.is_empty())
            .filter(|format| *format != Format::Avif || encoders::avif_speed().is_some())
            .map(|format| set(format, &widths))
            .collect(),
    };
    // An AVIF stays what it is, whatever else is asked for, where no narrower file is made of it: the
    // only file of the best format is what narrow windows would load too.
    let has_avif = sets.iter().any(|set| set.format == Format::Avif);
    if subject.is_own_avif() && !has_avif && !sets.is_empty() && widths == [width] {
        sets.insert(0, set(Format::Avif, &[width]));
    }
    let fallback = file(fallback_width, own);
    let spare = own.filter(|_| widths.len() > 1);
    let spare = spare.map_or_else(Vec::new, |format| set(format, &widths).files);
    let files = sets.iter().flat_map(|set| &set.files);
    let files = files.chain(&spare).chain([&fallback]);
    let decided = files.map(|file| &file.key.bytes()[..]);
    // A blurred one is a WebP.
    let encoder = encoders::version(Format::WebP);
    let placeholder = format!("{:?} {encoder}", options.placeholder);
    let key = Digest::of_parts(decided.chain([placeholder.as_bytes()]));
    ImageAsset {
        source: subject.source.clone(),
        digest: subject.digest,
        kind: header.kind,
        width,
        height,
        crop: subject.crop,
        sets,
        fallback,
        original: None,
        placeholder: None,
        options: Arc::clone(options),
        master,
        copy: file(width, None),
        spare,
        key,
    }
}

/// The size that a picture is decoded to: the first of a few that has room for the widest file.
fn master(size: (u32, u32), widest: Option<u32>) -> (u32, u32) {
    let widest = widest.unwrap_or(FALLBACK_WIDTH);
    let has_room = |step: &u32| *step >= widest;
    let step = MASTERS.into_iter().find(has_room).unwrap_or(widest);
    let width = step.min(size.0);
    (width, height_for(size, width))
}

impl Subject<'_> {
    /// Whether it moves and a moving WebP is made of it.
    fn is_animated(&self) -> bool {
        let Header { kind, animated, .. } = *self.header;
        let can = animated && matches!(kind, ImageKind::Gif | ImageKind::Png);
        let all = self.header.pictures.saturating_mul(self.header.pixels());
        can && all <= encoders::MOST_PIXELS
            && !self.header.is_too_large()
            && !self.header.is_too_deep()
            && self.options.animation == Animation::WebP
    }

    /// Whether it is an AVIF of which all is shown as it is stored.
    fn is_own_avif(&self) -> bool {
        let upright = self.header.orientation == Orientation::NoTransforms;
        self.header.kind == ImageKind::Avif && upright && self.crop.is_none()
    }

    /// Width and height of what is shown.
    fn size(&self) -> (u32, u32) {
        match self.crop {
            Some(crop) => (crop.width, crop.height),
            None => (self.header.width, self.header.height),
        }
    }
}

fn file(
    subject: &Subject<'_>,
    width: u32,
    format: Option<Format>,
    master: (u32, u32),
) -> ImageFile {
    let height = height_for(subject.size(), width);
    let recipe = recipe(subject, (width, height), format, master);
    let extension = format.map_or(extension(subject.header.kind), Format::extension);
    let key = Digest::of_parts([&subject.digest.bytes()[..], recipe.as_bytes()]);
    let name = key.short();
    let stem = stem(subject.source);
    let name = match format {
        None => format!("_tympan/images/{stem}-{name}.{extension}"),
        Some(_) => format!("_tympan/images/{stem}-{width}-{name}.{extension}"),
    };
    ImageFile {
        path: SitePath::parse(&name).expect("the stem holds letters, digits and hyphens"),
        width,
        height,
        format,
        bytes: None,
        key,
    }
}

/// The height that keeps the proportions at a width.
pub(super) fn height_for(size: (u32, u32), width: u32) -> u32 {
    let (w, h) = (u64::from(size.0), u64::from(size.1));
    let height = (h * u64::from(width) + w / 2) / w.max(1);
    u32::try_from(height).unwrap_or(u32::MAX).max(1)
}

/// The widths of the variants: those configured that are narrower than the image, and its own if
/// it is no wider than the widest of them. Of two widths within a tenth the narrower is left out.
fn widths(size: (u32, u32), configured: &[u32]) -> Vec<u32> {
    if size.0 < SMALLEST || size.1 < SMALLEST {
        return Vec::new();
    }
    let native = size.0;
    let largest = configured.iter().copied().max().unwrap_or(0);
    let mut candidates: Vec<u32> = configured
        .iter()
        .copied()
        .filter(|width| (1..native).contains(width))
        .chain((native <= largest).then_some(native))
        .filter(|width| *width.max(&height_for(size, *width)) <= LONGEST_WEBP)
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
fn recipe(
    subject: &Subject<'_>,
    size: (u32, u32),
    format: Option<Format>,
    master: (u32, u32),
) -> String {
    let (width, height) = size;
    let ImageOptions {
        quality,
        lossless,
        copyright,
        ..
    } = **subject.options;
    let Some(format) = format else {
        return match subject.header.kind {
            ImageKind::Svg => format!("svg raw={} v{VERSION}", subject.raw_html),
            _ => format!("copy v{VERSION}"),
        };
    };
    let crop = subject.crop.map_or_else(String::new, |crop| {
        format!("{}x{}+{}+{} of ", crop.width, crop.height, crop.x, crop.y)
    });
    let (extension, encoder) = (format.extension(), encoders::version(format));
    let crop = if subject.is_animated() {
        "moving ".to_owned()
    } else {
        crop
    };
    format!(
        "{extension} {crop}{width}x{height} of {} q{quality} {lossless:?} c{copyright} {encoder} v{VERSION}",
        master.0
    )
}

/// The format that every browser knows, for what the source holds; none if it is only copied.
pub(super) fn fallback_format(header: &Header) -> Option<Format> {
    // A TIFF of colors without opacity is a photograph, mostly.
    let is_opaque = [3, 6].map(|deep| header.pixels().saturating_mul(deep));
    match header.kind {
        _ if !header.is_raster() => None,
        ImageKind::Tiff if is_opaque.contains(&header.decoded) => Some(Format::Jpeg),
        ImageKind::Png | ImageKind::Gif | ImageKind::Bmp | ImageKind::Tiff => Some(Format::Png),
        ImageKind::WebP => Some(Format::WebP),
        ImageKind::Avif if header.has_alpha => Some(Format::Png),
        ImageKind::Jpeg | ImageKind::Avif => Some(Format::Jpeg),
        ImageKind::Svg | ImageKind::Other => None,
    }
}

/// The extension for a kind, whatever the source is called.
pub(super) fn extension(kind: ImageKind) -> &'static str {
    match kind {
        ImageKind::Jpeg => "jpg",
        ImageKind::Png => "png",
        ImageKind::Gif => "gif",
        ImageKind::WebP => "webp",
        ImageKind::Tiff => "tif",
        ImageKind::Bmp => "bmp",
        ImageKind::Svg => "svg",
        ImageKind::Avif | ImageKind::Other => "avif",
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
    use super::*;
    use crate::assets::testing::path;

    fn header(kind: ImageKind, width: u32, height: u32) -> Header {
        Header {
            lossless: false,
            ..Header::still(kind, width, height)
        }
    }

    fn subject<'a>(
        source: &'a SitePath,
        header: &'a Header,
        options: &'a Arc<ImageOptions>,
    ) -> Subject<'a> {
        Subject {
            source,
            digest: Digest::of(b""),
            header,
            crop: None,
            options,
            raw_html: false,
        }
    }

    fn planned(name: &str, header: &Header) -> ImageAsset {
        let options = Arc::new(ImageOptions::default());
        plan(&subject(&path(name), header, &options))
    }

    /// The widths of the first set.
    fn widths_of(asset: &ImageAsset) -> Vec<u32> {
        let files = asset.sets.first().map_or(&[][..], |set| &set.files);
        files.iter().map(|file| file.width).collect()
    }

    #[track_caller]
    fn case(width: u32, height: u32, widths: &[u32], fallback: (u32, u32)) {
        let asset = planned("a.jpg", &header(ImageKind::Jpeg, width, height));
        assert_eq!(widths_of(&asset), widths);
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
        assert_eq!(planned("a.jpg", &wide).fallback.height, 1);
        assert_eq!(height_for((3, 1000), 1), 333);
    }

    #[test]
    fn an_avif_stays_what_it_is_where_it_has_one_width() {
        let formats = |width| {
            let asset = planned("a.avif", &header(ImageKind::Avif, width, 100));
            let sets = asset.sets.iter();
            sets.map(|set| (set.format.extension(), set.files.len()))
                .collect::<Vec<_>>()
        };
        assert_eq!(formats(500), [("avif", 1), ("webp", 1)]);
        assert_eq!(formats(1920), [("webp", 4)]);
    }

    #[test]
    fn what_a_webp_cannot_hold_is_not_planned() {
        case(1200, 40_000, &[480], (480, 16_000));
        case(1200, 60_000, &[], (960, 48_000));
    }

    #[test]
    fn moving_and_drawn_images_have_one_file() {
        for kind in [ImageKind::Gif, ImageKind::Svg, ImageKind::Other] {
            let mut header = header(kind, 2000, 1000);
            header.animated = kind == ImageKind::Gif;
            let asset = planned("a.x", &header);
            assert_eq!((asset.sets.len(), asset.fallback.width), (0, 2000));
        }
        let mut moving = header(ImageKind::Png, 2000, 1000);
        moving.animated = true;
        assert_eq!(planned("a.png", &moving).sets, []);
    }

    #[test]
    fn the_fallback_of_a_webp_is_one_of_its_variants() {
        let asset = planned("a.webp", &header(ImageKind::WebP, 2000, 1000));
        assert!(asset.sets[0].files.contains(&asset.fallback));
        assert_eq!(asset.files().count(), 4);
    }

    #[test]
    fn names_are_plain_and_say_what_decides_the_bytes() {
        let name = |name: &str, header: &Header, options: &Arc<ImageOptions>, raw_html| {
            let asset = plan(&Subject {
                raw_html,
                ..subject(&path(name), header, options)
            });
            asset.fallback.path.file_name().to_owned()
        };
        let jpeg = header(ImageKind::Jpeg, 2000, 1000);
        let plain = Arc::new(ImageOptions::default());
        let case = |text: &str| name(text, &jpeg, &plain, false);
        let long = "x".repeat(60);
        assert!(case("b/Été à la Mer!.jpeg").starts_with("t-la-mer-960-"));
        assert!(case("日本.jpeg").starts_with("image-960-"));
        assert!(case(&long).starts_with(&format!("{}-960-", "x".repeat(40))));
        assert_eq!(path(&case("b/a.png")).extension(), "jpg");
        assert_eq!(case("a/a.jpg"), case("b/a.jpg"), "one picture is one file");
        let other = Arc::new(ImageOptions {
            quality: 60,
            ..ImageOptions::default()
        });
        assert_ne!(case("a.jpg"), name("a.jpg", &jpeg, &other, false));
        let svg = header(ImageKind::Svg, 20, 10);
        assert_ne!(
            name("a.svg", &svg, &plain, false),
            name("a.svg", &svg, &plain, true)
        );
    }
}
