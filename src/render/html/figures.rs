//! Images in a page: every size a reader may need, with the room they take.

use std::fmt::Write as _;

use crate::assets::{ImageAsset, ImageFile, Slot};
use crate::render::context::RenderContext;
use crate::render::html::events::escape;
use crate::site::Site;
use crate::site_path::SitePath;

/// How an image is to be loaded.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Loading {
    /// It is likely on the first screen, and what its reader waits for.
    First,
    /// It is loaded with the page.
    Eager,
    /// It is further down.
    #[default]
    Lazy,
}

/// How an image is shown.
#[derive(Debug, Clone, Default)]
pub(super) struct Shown {
    /// The room that it has.
    pub(super) slot: Option<Slot>,
    /// What is told of the room, if the author tells it.
    pub(super) sizes: Option<String>,
    /// Its width in CSS pixels.
    pub(super) width: Option<u32>,
    /// Its share of the line, of which `width` is the most CSS pixels.
    pub(super) share: Option<f64>,
    /// Its height, if the width is not given or the shape is not known.
    pub(super) height: Option<u32>,
    /// When it is loaded.
    pub(super) loading: Loading,
    /// Further attributes for the tag, with a space before each.
    pub(super) more: String,
}

/// The markup for an image of the site; `alt` is escaped already.
pub(super) fn picture(
    (site, asset): (&Site, &ImageAsset),
    alt: &str,
    from: &SitePath,
    shown: &Shown,
) -> String {
    let mut html = String::new();
    let image = &asset.fallback;
    let (width, height) = size(asset, shown);
    let sizes = shown.sizes.as_deref().map_or_else(
        || {
            let slot = shown.slot.clone().unwrap_or_else(|| Slot::fixed(width));
            slot.at_most(f64::from(width)).sizes()
        },
        escape,
    );
    let set = |files: &[ImageFile]| {
        let set = srcset(files, |file| site.asset_url_from(&file.path, from));
        format!("srcset=\"{set}\" sizes=\"{sizes}\"")
    };
    let own = asset.own_files();
    let others = || (asset.sets.iter()).filter(|set| Some(set.format) != image.format);
    let source = others().next().is_some();
    if source {
        html.push_str("<picture>");
    }
    for other in others() {
        let kind = other.format.media_type();
        let _ = write!(html, "<source type=\"{kind}\" {}>", set(&other.files));
    }
    let src = site.asset_url_from(&image.path, from);
    let _ = write!(
        html,
        "<img src=\"{src}\" alt=\"{alt}\" width=\"{width}\" height=\"{height}\"{}",
        shown.more
    );
    if !own.is_empty() {
        let _ = write!(html, " {}", set(own));
    }
    html.push_str(shown.loading.text());
    html.push_str(&shown.style(asset.placeholder.as_deref()));
    html.push('>');
    if source {
        html.push_str("</picture>");
    }
    html
}

impl Shown {
    /// The style of our own, with a space before it; none beside one of the author's.
    fn style(&self, placeholder: Option<&str>) -> String {
        let share = self.share.map(|share| {
            let tenths = (share * 1000.0).round().max(1.0);
            format!("width:{}%", tenths / 10.0)
        });
        let background = placeholder.map(background);
        let styles: Vec<String> = share.into_iter().chain(background).collect();
        match styles.is_empty() || self.more.contains(" style=") {
            true => String::new(),
            false => format!(" style=\"{}\"", styles.join(";")),
        }
    }
}

impl Loading {
    /// The attributes, with a space before each.
    fn text(self) -> &'static str {
        match self {
            Self::First => " fetchpriority=\"high\" decoding=\"async\"",
            Self::Eager => " decoding=\"async\"",
            Self::Lazy => " loading=\"lazy\" decoding=\"async\"",
        }
    }
}

/// The style of an image while it loads.
pub(super) fn background(placeholder: &str) -> String {
    match placeholder.starts_with('#') {
        true => format!("background:{placeholder}"),
        false => format!("background:url({placeholder}) 0 0/100% 100%"),
    }
}

/// An image of one size, which may be unknown; `alt` is escaped already.
pub(super) fn plain_image(url: &str, alt: &str, shown: &Shown) -> String {
    let url = escape(url);
    let side = |name: &str, size: Option<u32>| {
        size.map_or_else(String::new, |size| format!(" {name}=\"{size}\""))
    };
    let (width, height) = (side("width", shown.width), side("height", shown.height));
    let (loading, more, style) = (shown.loading.text(), &shown.more, shown.style(None));
    format!("<img src=\"{url}\" alt=\"{alt}\"{width}{height}{loading}{more}{style}>")
}

/// The room of an image, in the size that the author gives and in its own shape. Without one it is
/// no wider than its own pixels, its room or what a browser without styles has.
pub(super) fn size(asset: &ImageAsset, shown: &Shown) -> (u32, u32) {
    let scaled = |size: u32, by: u32, of: u32| {
        let (by, of) = (u64::from(by), u64::from(of.max(1)));
        let scaled = (u64::from(size) * by + of / 2) / of;
        u32::try_from(scaled).unwrap_or(u32::MAX).max(1)
    };
    let (own_width, own_height) = (asset.width, asset.height);
    let fallback = &asset.fallback;
    match (shown.width, shown.height) {
        (Some(width), _) => (width, scaled(own_height, width, own_width)),
        (None, Some(height)) => (scaled(own_width, height, own_height), height),
        (None, None) => {
            let room = shown.slot.as_ref().map_or(0, Slot::widest);
            match own_width.min(room) > fallback.width {
                true => {
                    let width = own_width.min(room);
                    (width, scaled(own_height, width, own_width))
                }
                false => (fallback.width, fallback.height),
            }
        }
    }
}

/// The value of a `srcset` attribute.
pub(super) fn srcset(files: &[ImageFile], url: impl Fn(&ImageFile) -> String) -> String {
    // A comma or a space in a file name is percent-encoded in the URL, but a comma at its end
    // would still be read as a separator; image file names of ours hold none.
    let one = |file: &ImageFile| format!("{} {}w", url(file), file.width);
    files.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// The address of a file of the project, seen from a page, if it is published.
pub(in crate::render) fn file_url(
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
        .map(|path| context.site.asset_url_from(path, from))
}
