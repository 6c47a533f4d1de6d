//! The images of a document as the layout engine takes them.

use std::collections::BTreeMap;

use typst::foundations::Bytes;
use typst::visualize::{ExchangeFormat, ImageFormat, RasterFormat, RasterImage, SvgImage};

use crate::assets::{DocumentNeeds, ImageAsset, document_image};
use crate::config::{Ink, Pdf};
use crate::diagnostic::Diagnostic;
use crate::render::context::RenderContext;
use crate::render::tree::Images;
use crate::site::Document;

/// What is embedded. The colors stay: who prints knows better what to do with them.
pub(super) fn needs(options: &Pdf) -> DocumentNeeds {
    DocumentNeeds {
        longest: options.longest_image(),
        ink: Ink::Color,
    }
}

/// The name of the picture of the cover.
pub(super) const COVER: &str = "/cover";

/// The picture of the cover, if the document names one that there is.
pub(super) fn cover<'a>(
    context: &RenderContext<'a>,
    document: &Document,
) -> Option<&'a ImageAsset> {
    context.assets.images.get(document.about.cover.as_ref()?)
}

/// Reads one image; none if it cannot be printed. What may be fine the next time is `passing`.
pub(super) fn load_one(
    asset: &ImageAsset,
    context: &RenderContext<'_>,
    options: &Pdf,
    passing: &mut Vec<Diagnostic>,
) -> Option<Bytes> {
    let image = document_image(asset, needs(options), context.snapshot, context.store);
    let image = image.inspect_err(|fault| passing.extend(fault.passing(context.site)));
    let bytes = Bytes::new(image.ok()?.bytes);
    is_sound(&bytes).then_some(bytes)
}

/// Reads the images; those that cannot be printed are left out.
pub(super) fn load(
    images: &Images,
    context: &RenderContext<'_>,
    options: &Pdf,
    passing: &mut Vec<Diagnostic>,
) -> BTreeMap<String, Bytes> {
    let mut read = |asset| load_one(asset, context, options, passing);
    let images = images.assets();
    images
        .filter_map(|(name, asset)| Some((name, read(asset)?)))
        .collect()
}

/// The size of a drawing in points, if the engine can read it: one that it cannot would stop the
/// document.
pub(super) fn drawing_size(svg: &str) -> Option<(f64, f64)> {
    let image = SvgImage::new(Bytes::from_string(svg.to_owned())).ok()?;
    Some((image.width() * 0.75, image.height() * 0.75))
}

/// Whether the engine can decode it. One broken image would stop the whole document; decoding is
/// kept by the engine, so that asking costs nothing.
fn is_sound(bytes: &Bytes) -> bool {
    let known = match ImageFormat::detect(bytes) {
        Some(ImageFormat::Raster(RasterFormat::Exchange(format))) => Some(format),
        Some(ImageFormat::Vector(_)) => return SvgImage::new(bytes.clone()).is_ok(),
        _ => None::<ExchangeFormat>,
    };
    known.is_some_and(|format| RasterImage::plain(bytes.clone(), format).is_ok())
}
