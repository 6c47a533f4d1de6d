//! What a writer may want to know of images that are good: those that weigh much, and those that are
//! shown larger than they are.

use crate::assets::layout::Layout;
use crate::assets::map::{AssetMap, ImageAsset, ImageKind};
use crate::assets::minify::{Ids, cleaned};
use crate::assets::uses::{ImageUse, Use};
use crate::assets::wishes::Asked;
use crate::diagnostic::{Diagnostic, Severity};
use crate::repo::Snapshot;
use crate::site::{LinkTarget, Site};
use crate::site_path::SitePath;

/// The bytes of a file that is published whole, and has more than most pages altogether.
const HEAVY: u64 = 1_000_000;
/// The bytes of a file of which only smaller ones are published: a commit keeps it for ever.
const HEAVY_SOURCE: u64 = 8_000_000;

/// What is to be said of the images of a site, at their first places.
pub(super) fn advice(
    map: &AssetMap,
    uses: &[(SitePath, ImageUse)],
    site: &Site,
    snapshot: &Snapshot,
) -> Vec<Diagnostic> {
    let heavy = uses.iter().filter_map(|(source, used)| {
        let asset = map.images.get(source)?;
        let bytes = published(asset, snapshot.get(source)?.size, site, snapshot);
        heavy(asset, bytes, site).map(|(message, help)| {
            let found = used
                .first
                .diagnostic("image-heavy", Severity::Suggestion, message);
            found.help(help)
        })
    });
    heavy.chain(tiny(map, site)).collect()
}

/// The bytes of a source, or what is left of them where it is a large drawing that is cleaned.
fn published(asset: &ImageAsset, bytes: u64, site: &Site, snapshot: &Snapshot) -> u64 {
    let is_cleaned = asset.kind == ImageKind::Svg && !site.config.html.raw_html;
    if !is_cleaned || bytes <= HEAVY {
        return bytes;
    }
    let drawing = snapshot.read(&asset.source).ok();
    let drawing = drawing.and_then(|drawing| cleaned(&drawing, Ids::Drop).ok());
    drawing.map_or(bytes, |drawing| drawing.len() as u64)
}

/// Why an image of some bytes is heavy, and what to do about it.
fn heavy(asset: &ImageAsset, bytes: u64, site: &Site) -> Option<(String, String)> {
    let source = &asset.source;
    let size = format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000);
    let is_whole = asset.sets.is_empty() && asset.fallback.format.is_none();
    if is_whole && bytes > HEAVY {
        let message = format!("the image `{source}` is published whole, with {size}");
        let help = match asset.kind {
            ImageKind::Gif | ImageKind::Png => {
                "make a film of it, or set `animation = \"webp\"` in `[images]`"
            }
            ImageKind::Svg => "take pictures and points out of the drawing that nobody sees",
            _ => "make it smaller, or save it as a JPEG or PNG",
        };
        return Some((message, help.to_owned()));
    }
    let widths = site.config.images.of(source.as_str()).widths;
    let needed = widths.iter().copied().max().unwrap_or(0).saturating_mul(2);
    let is_larger = asset.width.max(asset.height) > needed && needed > 0;
    if is_larger && bytes > HEAVY_SOURCE {
        let message = format!(
            "the image `{source}` has {size}, and {} x {} pixels of which no file is made",
            asset.width, asset.height
        );
        let help = format!("make it smaller with `tympan images --fix {source}`");
        return Some((message, help));
    }
    None
}

/// Images that are shown at a width that somebody asks for, and that they have not.
fn tiny(map: &AssetMap, site: &Site) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (site, page) in site.written_pages() {
        let mut layout = None;
        for image in &page.outline.images {
            let Some(attributes) = image.attributes.as_deref() else {
                continue;
            };
            let asked = Asked::of(attributes);
            // What is cut is as large as its part, and a theme sees to that.
            if asked.width.is_none() || asked.wish.is_some() {
                continue;
            }
            let LinkTarget::File(file) = site.resolve(page, &image.target) else {
                continue;
            };
            let Some(asset) = map.images.get(&file) else {
                continue;
            };
            let layout = layout.get_or_insert_with(|| Layout::of(site, page));
            let asked = asked.within(&image.around);
            let shown = asked.room(layout.slot(&image.around)).widest();
            let width = asset.width;
            if asset.kind == ImageKind::Svg || u64::from(shown) * 2 <= u64::from(width) * 3 {
                continue;
            }
            let message = format!("`{file}` is shown {shown} pixels wide, and has {width}");
            let place = Use::Page(std::sync::Arc::clone(page), image.span.clone());
            let told = place.diagnostic("image-tiny", Severity::Suggestion, message);
            found.push(told.help("take a larger one, or show it smaller"));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assets::testing::{photo, png, project};

    #[track_caller]
    fn case(text: &str, files: &[(&str, &[u8])], expected: &[&str]) {
        let project = project(text, files);
        let (_, found) = AssetMap::read(&project.site, &project.snapshot);
        let line = |found: &Diagnostic| found.place.as_ref().map_or(0, |place| place.line);
        let found = found
            .iter()
            .map(|found| format!("{} {}", found.code, line(found)));
        assert_eq!(found.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn a_picture_that_is_stretched_is_told() {
        let small = png(photo(100, 80));
        let small = [("content/a.png", &small[..])];
        case("![x](a.png)\n\n![x](a.png){width=140}\n", &small, &[]);
        case(
            "![x](a.png)\n\n![x](a.png){width=200}\n",
            &small,
            &["image-tiny 3"],
        );
        case("![x](a.png){width=100%}\n", &small, &["image-tiny 1"]);
        let drawing = b"<svg viewBox='0 0 9 9'/>";
        case(
            "![x](a.svg){width=200}\n",
            &[("content/a.svg", drawing)],
            &[],
        );
    }

    #[test]
    fn a_file_of_many_bytes_is_told() {
        let drawn = |inside: &str| format!("<svg viewBox='0 0 999 999'>{inside}</svg>");
        let points = (0..200_000_u64).map(|at| format!("L{} {}", at * at % 997, at * 7 % 991));
        let path = format!("<path d='M0 0{}'/>", points.collect::<String>());
        let idle = format!("<!--{}-->", " ".repeat(2_000_000));
        for (inside, expected) in [(path, &["image-heavy 3"][..]), (idle, &[])] {
            let drawing = drawn(&inside);
            let files = [("content/a.svg", drawing.as_bytes())];
            case("Text.\n\n![x](a.svg)\n", &files, expected);
        }
        let padded = |side: u32| {
            let mut bytes = png(photo(side, 9));
            bytes.resize(9 << 20, 0);
            bytes
        };
        let (large, small) = (padded(4000), padded(3000));
        case(
            "![x](a.png)\n",
            &[("content/a.png", &large)],
            &["image-heavy 1"],
        );
        case("![x](a.png)\n", &[("content/a.png", &small)], &[]);
    }
}
