//! The images of a document: each file once, whatever the number of its uses.

use std::collections::BTreeMap;
use std::ops::Range;

use serde_json::{Value, json};
use typst::foundations::Bytes;
use typst::visualize::{ExchangeFormat, ImageFormat, RasterFormat, RasterImage, SvgImage};

use crate::assets::{DocumentNeeds, ImageAsset, ImageKind, document_image};
use crate::config::Ink;
use crate::diagnostic::{Diagnostic, Severity};
use crate::digest::Digest;
use crate::render::context::RenderContext;
use crate::render::pdf::links::link;
use crate::render::pdf::tree::PageInput;
use crate::site::{LinkTarget, Site};
use crate::site_path::SitePath;

/// What is embedded. The colors stay: who prints knows better what to do with them.
pub(super) fn needs(site: &Site) -> DocumentNeeds {
    DocumentNeeds {
        longest: site.config.pdf.longest_image(),
        ink: Ink::Color,
    }
}

/// The images that a document uses, by their number in it.
#[derive(Default)]
pub(super) struct Images {
    numbers: BTreeMap<SitePath, usize>,
    used: Vec<Used>,
}

/// An image and what is said if it turns out to be broken.
struct Used {
    asset: ImageAsset,
    fault: Diagnostic,
}

impl Images {
    /// The node of an image as written in a page.
    pub(super) fn node(
        &mut self,
        input: &PageInput<'_>,
        target: &str,
        alt: &str,
        title: &str,
        span: Range<usize>,
    ) -> Value {
        let words = match alt.is_empty() {
            true => title,
            false => alt,
        };
        let instead = || {
            let mut link = link(input, target);
            link["c"] = json!([words]);
            link
        };
        let LinkTarget::File(path) = input.context.site.resolve(input.page, target) else {
            return instead();
        };
        let Some(asset) = input.context.assets.images.get(&path) else {
            return instead();
        };
        let next = self.used.len();
        let number = *self.numbers.entry(path).or_insert(next);
        if number == next {
            let message = format!("the image `{}` cannot be printed", asset.source);
            let fault = input
                .page
                .diagnostic("pdf-image", Severity::Warning, span, message)
                .help("save it again as PNG, JPEG or SVG; its alternative text is printed instead");
            self.used.push(Used {
                asset: asset.clone(),
                fault,
            });
        }
        // Pixels are taken as 144 an inch, those of a drawing as CSS has them: 96.
        let points = match asset.kind {
            ImageKind::Svg => 0.75,
            _ => 0.5,
        };
        json!({
            "i": "image", "file": file_name(number), "alt": alt, "caption": title,
            "width": f64::from(asset.width) * points, "height": f64::from(asset.height) * points,
        })
    }

    /// What decides the bytes of the images: the digests of their sources, in order.
    pub(super) fn digests(&self) -> Vec<Digest> {
        self.used.iter().map(|used| used.asset.digest).collect()
    }

    /// Reads the images; those that cannot be printed are left out.
    pub(super) fn load(&self, context: &RenderContext<'_>) -> BTreeMap<String, Bytes> {
        let mut loaded = BTreeMap::new();
        for (number, used) in self.used.iter().enumerate() {
            let needs = needs(context.site);
            let image = document_image(&used.asset, needs, context.snapshot, context.store);
            if let Ok(bytes) = image.map(|image| Bytes::new(image.bytes))
                && is_sound(&bytes)
            {
                loaded.insert(file_name(number), bytes);
            }
        }
        loaded
    }

    /// What is to be said about the images that are not among `files`.
    pub(super) fn faults(&self, missing: &[String]) -> Vec<Diagnostic> {
        let used = self.used.iter().enumerate();
        used.filter(|(number, _)| missing.contains(&file_name(*number)))
            .map(|(_, used)| used.fault.clone())
            .collect()
    }

    /// The names of all images that are not among `loaded`.
    pub(super) fn missing(&self, loaded: &BTreeMap<String, Bytes>) -> Vec<String> {
        let names = (0..self.used.len()).map(file_name);
        names.filter(|name| !loaded.contains_key(name)).collect()
    }
}

/// The names are numbers and not digests, because the engine never forgets a name.
fn file_name(number: usize) -> String {
    format!("/image-{number}")
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
