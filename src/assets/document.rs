//! Images for bound documents: one file each, in a format that every PDF and e-book reader knows.

use crate::assets::budget::{BUDGET, PIXEL};
use crate::assets::credit::Credit;
use crate::assets::encode::{encoder_version, read_source};
use crate::assets::encoders::{self, Format, Settings};
use crate::assets::error::AssetError;
use crate::assets::header::{Header, HeaderFault, read_header};
use crate::assets::map::{ImageAsset, ImageKind};
use crate::assets::master::Master;
use crate::assets::minify::{Ids, cleaned};
use crate::assets::picture::fit;
use crate::assets::pixels::{Layout, Pixels};
use crate::assets::plan::{VERSION, extension};
use crate::assets::strip::strip;
use crate::config::{Ink, Lossless};
use crate::repo::Snapshot;
use crate::store::{Key, Store};

/// The quality of a JPEG that has to be made anew; paper shows more than a screen.
const QUALITY: u8 = 85;

/// An image for a PDF or an EPUB.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentImage {
    /// The file.
    pub bytes: Vec<u8>,
    /// `jpg`, `png`, `gif` or `svg`.
    pub extension: &'static str,
    /// The width in pixels.
    pub width: u32,
    /// The height in pixels.
    pub height: u32,
}

/// What a document needs of its images.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DocumentNeeds {
    /// The longest side in pixels.
    pub longest: u32,
    /// Their colors.
    pub ink: Ink,
}

/// Makes the image that a document holds: upright, without metadata, its longest side at most what
/// is needed, and never in more bytes than its source. A JPEG, PNG or GIF that is so already keeps
/// its pixels as they were coded, unless they are inks, which become colors; that it can be decoded is made sure of, for a reader may do no more
/// than fail.
///
/// # Errors
/// Fails where the source cannot be read or decoded, is too large, or is of a format that is only
/// copied.
pub fn document_image(
    asset: &ImageAsset,
    needs: DocumentNeeds,
    snapshot: &Snapshot,
    store: &Store,
) -> Result<DocumentImage, AssetError> {
    let key = Key::new("document-image", VERSION)
        .digest("source", asset.digest)
        .input("needs", format!("{needs:?}").as_bytes())
        .input("inks", b"become colors")
        .input("encoders", encoder_version().as_bytes());
    if let Some(image) = store.cached(&key).and_then(|bytes| unpack(&bytes)) {
        return Ok(image);
    }
    let bytes = read_source(asset, snapshot)?;
    let broken = |reason| AssetError::undecoded(&asset.source, reason);
    let header = read_header(&bytes).map_err(|fault| match fault {
        HeaderFault::Broken(reason) => broken(reason),
        _ => AssetError::Unsupported {
            path: asset.source.clone(),
        },
    })?;
    let image = match header.kind {
        ImageKind::Other => {
            return Err(AssetError::Unsupported {
                path: asset.source.clone(),
            });
        }
        ImageKind::Svg => DocumentImage {
            bytes: cleaned(&bytes, Ids::Drop).map_err(broken)?.into_bytes(),
            extension: extension(header.kind),
            width: header.width,
            height: header.height,
        },
        _ if header.is_too_large() || header.is_too_deep() => {
            return Err(AssetError::TooLarge {
                path: asset.source.clone(),
                width: header.width,
                height: header.height,
            });
        }
        _ => make(&bytes, &header, needs).map_err(broken)?,
    };
    store.cache(&key, &pack(&image));
    Ok(image)
}

fn make(bytes: &[u8], header: &Header, needs: DocumentNeeds) -> Result<DocumentImage, String> {
    let longest = needs.longest.max(1);
    let fits = header.width.max(header.height) <= longest;
    let (width, height) = match fits {
        true => (header.width, header.height),
        false => fit((header.width, header.height), (longest, longest)),
    };
    let _reserved = BUDGET.reserve(header, (width, height), PIXEL);
    let mut pixels = Master::decode(bytes, header, None, (width, height))?.at(width, height)?;
    let upright = header.orientation == image::metadata::Orientation::NoTransforms;
    // An animation is not resized: its other pictures would be lost.
    let moves = header.animated && matches!(header.kind, ImageKind::Gif | ImageKind::Png);
    let is_common = matches!(
        header.kind,
        ImageKind::Jpeg | ImageKind::Png | ImageKind::Gif
    );
    let is_common = is_common && upright && !header.truncated && !header.in_inks;
    let as_it_is = || DocumentImage {
        bytes: strip(bytes, header, &Credit::default()),
        extension: extension(header.kind),
        width: header.width,
        height: header.height,
    };
    let is_gray = matches!(pixels.layout, Layout::Gray | Layout::GrayAlpha);
    if moves || is_common && fits && (needs.ink == Ink::Color || is_gray) {
        return Ok(as_it_is());
    }
    if needs.ink == Ink::Gray {
        pixels = gray(&pixels);
    }
    let content = encoders::content_of(&pixels, header.lossless);
    let (format, extension) = match header.lossless || pixels.layout.has_alpha() {
        true => (Format::Png, "png"),
        false => (Format::Jpeg, "jpg"),
    };
    let settings = Settings {
        quality: QUALITY,
        lossless: Lossless::Auto,
    };
    let coded = encoders::encode(&pixels, format, content, &settings)?;
    if is_common {
        let source = as_it_is();
        if source.bytes.len() <= coded.len() {
            return Ok(source);
        }
    }
    Ok(DocumentImage {
        bytes: coded,
        extension,
        width,
        height,
    })
}

/// The same picture in shades of gray, weighted as eyes see colors (ITU-R BT.709).
fn gray(pixels: &Pixels) -> Pixels {
    let shade = |pixel: &[u8]| {
        let part = |at: usize, weight: u32| pixel.get(at).map_or(0, |one| u32::from(*one) * weight);
        let sum = part(0, 2126) + part(1, 7152) + part(2, 722);
        u8::try_from((sum + 5000) / 10_000).unwrap_or(u8::MAX)
    };
    let (layout, bytes) = match pixels.layout {
        Layout::Rgb => {
            let all = pixels.bytes.chunks_exact(3);
            (Layout::Gray, all.map(shade).collect())
        }
        Layout::Rgba => {
            let all = pixels.bytes.chunks_exact(4);
            let both = all.flat_map(|pixel| [shade(pixel), pixel[3]]);
            (Layout::GrayAlpha, both.collect())
        }
        Layout::Gray | Layout::GrayAlpha => return pixels.clone(),
    };
    Pixels {
        width: pixels.width,
        height: pixels.height,
        layout,
        bytes,
    }
}

/// Width, height and format before the bytes.
fn pack(image: &DocumentImage) -> Vec<u8> {
    let sides = [image.width.to_le_bytes(), image.height.to_le_bytes()].concat();
    [&sides, image.extension.as_bytes(), &image.bytes].concat()
}

fn unpack(bytes: &[u8]) -> Option<DocumentImage> {
    let (width, rest) = bytes.split_first_chunk::<4>()?;
    let (height, rest) = rest.split_first_chunk::<4>()?;
    let (name, bytes) = rest.split_at_checked(3)?;
    let extension = ["jpg", "png", "gif", "svg"];
    let extension = extension
        .into_iter()
        .find(|known| known.as_bytes() == name)?;
    Some(DocumentImage {
        bytes: bytes.to_vec(),
        extension,
        width: u32::from_le_bytes(*width),
        height: u32::from_le_bytes(*height),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assets::map::AssetMap;
    use crate::assets::testing::{
        Project, animation, avif, declares, disc, jpeg, photo, png, project, with_exif, written,
    };

    const NEEDS: DocumentNeeds = DocumentNeeds {
        longest: 400,
        ink: Ink::Color,
    };

    fn made(name: &str, bytes: &[u8]) -> (Project, Result<DocumentImage, AssetError>) {
        let text = format!("![x]({name})\n");
        let project = project(&text, &[(&format!("content/{name}"), bytes)]);
        let (map, _) = AssetMap::read(&project.site, &project.snapshot);
        let asset = map.images.values().next().unwrap();
        let image = document_image(asset, NEEDS, &project.snapshot, &project.store);
        let again = document_image(asset, NEEDS, &project.snapshot, &project.store);
        assert_eq!(again.ok(), image.as_ref().ok().cloned());
        (project, image)
    }

    #[track_caller]
    fn case(name: &str, bytes: &[u8], extension: &str, width: u32, height: u32) -> DocumentImage {
        let (project, image) = made(name, bytes);
        let image = image.unwrap();
        let found = (image.extension, image.width, image.height);
        assert_eq!(found, (extension, width, height));
        assert_eq!(project.store.counts(), (1, 1));
        if extension != "svg" {
            let read = image::load_from_memory(&image.bytes).unwrap();
            assert_eq!((read.width(), read.height()), (width, height));
        }
        image
    }

    #[test]
    fn what_fits_keeps_its_pixels() {
        let small = jpeg(&photo(300, 200));
        assert_eq!(
            case("a.jpg", &with_exif(&small, 1), "jpg", 300, 200).bytes,
            small
        );
        assert_eq!(
            case("a.png", &png(disc(100)), "png", 100, 100).bytes,
            png(disc(100))
        );
        assert_eq!(
            case("a.gif", &animation(), "gif", 40, 40).bytes,
            animation()
        );
    }

    #[test]
    fn what_does_not_is_made_anew() {
        case("a.jpg", &jpeg(&photo(1000, 500)), "jpg", 400, 200);
        case("a.jpg", &jpeg(&photo(30, 1000)), "jpg", 12, 400);
        case("a.png", &png(disc(1000)), "png", 400, 400);
        case("a.jpg", &with_exif(&jpeg(&photo(60, 40)), 6), "jpg", 40, 60);
        let webp = written(disc(60).into(), image::ImageFormat::WebP);
        case("a.webp", &webp, "png", 60, 60);
        let svg = case(
            "a.svg",
            b"<svg viewBox='0 0 900 9'><script/></svg>",
            "svg",
            900,
            9,
        );
        assert!(!svg.bytes.windows(6).any(|part| part == b"script"));
    }

    #[test]
    fn gray_images_are_gray_and_never_larger() {
        let needs = DocumentNeeds {
            ink: Ink::Gray,
            ..NEEDS
        };
        let gray = |bytes: &[u8]| make(bytes, &read_header(bytes).unwrap(), needs).unwrap();
        let photo = jpeg(&photo(300, 200));
        let found = gray(&photo);
        let read = image::load_from_memory(&found.bytes).unwrap();
        assert_eq!(read.color(), image::ColorType::L8);
        assert!(found.bytes.len() < photo.len());
        assert_eq!(gray(&found.bytes), found);
        let disc = gray(&png(disc(100)));
        let read = image::load_from_memory(&disc.bytes)
            .unwrap()
            .into_luma_alpha8();
        assert_eq!(read.get_pixel(50, 50).0, [62, 255]);
        assert_eq!(read.get_pixel(0, 0).0[1], 0);
    }

    #[test]
    fn what_cannot_be_shown_is_an_error() {
        let whole = png(photo(64, 64));
        let broken = made("a.png", &whole[..60]).1;
        assert!(matches!(broken, Err(AssetError::Broken { .. })));
        let bomb = made("a.png", &declares(60_000, 60_000)).1;
        assert!(matches!(bomb, Err(AssetError::TooLarge { .. })));
        let avif = made("a.avif", &avif((64, 32), 0)).1;
        assert!(matches!(avif, Err(AssetError::Unsupported { .. })));
    }
}
