//! The images of a document: each file once, whatever the number of its uses.

use std::collections::BTreeMap;
use std::ops::Range;

use serde_json::{Value, json};

use crate::assets::{ImageAsset, ImageKind};
use crate::diagnostic::{Diagnostic, Severity};
#[cfg(feature = "pdf")]
use crate::digest::Digest;
use crate::render::naming::bare;
use crate::render::tree::links::link;
use crate::render::tree::page::PageInput;
use crate::site::LinkTarget;
use crate::site_path::SitePath;

/// The images that a document uses, by their number in it.
#[derive(Default)]
pub(in crate::render) struct Images {
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
    pub(in crate::render) fn node(
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
        let instead = |words: &str| {
            let mut link = link(input, target);
            link["c"] = json!([words]);
            link
        };
        let path = match input.context.site.resolve(input.page, target) {
            LinkTarget::File(path) => path,
            // What lies elsewhere and says nothing of itself goes by its address.
            LinkTarget::External(address) if words.is_empty() => return instead(bare(&address)),
            _ => return instead(words),
        };
        let Some(asset) = input.context.assets.images.get(&path) else {
            return instead(words);
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
    #[cfg(feature = "pdf")]
    pub(in crate::render) fn digests(&self) -> Vec<Digest> {
        self.used.iter().map(|used| used.asset.digest).collect()
    }

    /// The images by the names of their files, in order.
    pub(in crate::render) fn assets(&self) -> impl Iterator<Item = (String, &ImageAsset)> {
        let used = self.used.iter().enumerate();
        used.map(|(number, used)| (file_name(number), &used.asset))
    }

    /// What is to be said about the images that are not among `files`.
    pub(in crate::render) fn faults(&self, missing: &[String]) -> Vec<Diagnostic> {
        let used = self.used.iter().enumerate();
        used.filter(|(number, _)| missing.contains(&file_name(*number)))
            .map(|(_, used)| used.fault.clone())
            .collect()
    }

    /// The names of all images that are not among `loaded`.
    pub(in crate::render) fn missing<T>(&self, loaded: &BTreeMap<String, T>) -> Vec<String> {
        let names = (0..self.used.len()).map(file_name);
        names.filter(|name| !loaded.contains_key(name)).collect()
    }
}

/// The names are numbers and not digests, because the engine of PDF never forgets a name.
fn file_name(number: usize) -> String {
    format!("/image-{number}")
}
