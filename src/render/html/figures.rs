//! Images in a page: every size a reader may need, with the room they take.

use std::fmt::Write as _;

use crate::assets::{ImageAsset, ImageFile};
use crate::render::context::RenderContext;
use crate::render::html::events::escape;
use crate::site::Site;
use crate::site_path::SitePath;

/// How an image is to be loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Loading {
    /// It is likely on the first screen.
    Eager,
    /// It is further down.
    Lazy,
}

/// The markup for an image of the site.
pub(super) fn picture(
    (site, asset): (&Site, &ImageAsset),
    alt: &str,
    from: &SitePath,
    loading: Loading,
) -> String {
    let mut html = String::new();
    let image = &asset.fallback;
    let sizes = format!(
        "(max-width: {}px) 100vw, {}px",
        image.width.min(720),
        image.width.min(720)
    );
    let source = !asset.variants.is_empty();
    if source {
        let set = srcset(&asset.variants, |file| {
            site.url_in_release_from(&file.path, from)
        });
        let _ = write!(
            html,
            "<picture><source type=\"image/webp\" srcset=\"{set}\" sizes=\"{sizes}\">"
        );
    }
    let (src, alt) = (site.url_in_release_from(&image.path, from), escape(alt));
    let (width, height) = (image.width, image.height);
    let _ = write!(
        html,
        "<img src=\"{src}\" alt=\"{alt}\" width=\"{width}\" height=\"{height}\""
    );
    html.push_str(match loading {
        Loading::Eager => " fetchpriority=\"high\" decoding=\"async\">",
        Loading::Lazy => " loading=\"lazy\" decoding=\"async\">",
    });
    if source {
        html.push_str("</picture>");
    }
    html
}

/// The value of a `srcset` attribute.
pub(super) fn srcset(files: &[ImageFile], url: impl Fn(&ImageFile) -> String) -> String {
    // A comma or a space in a file name is percent-encoded in the URL, but a comma at its end
    // would still be read as a separator; image file names of ours hold none.
    let one = |file: &ImageFile| format!("{} {}w", url(file), file.width);
    files.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// The address of a file of the project, seen from a page, if it is published.
pub(super) fn file_url(
    context: &RenderContext<'_>,
    file: &SitePath,
    from: &SitePath,
) -> Option<String> {
    let assets = context.assets;
    let image = || assets.images.get(file).map(|asset| &asset.fallback.path);
    assets
        .files
        .get(file)
        .or_else(image)
        .map(|path| context.site.url_in_release_from(path, from))
}
