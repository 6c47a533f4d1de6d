//! The pictures of a book: each source once, in a format that every reading system knows.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use crate::assets::{DocumentNeeds, document_image};
use crate::config::Ink;
use crate::diagnostic::Diagnostic;
use crate::render::RenderContext;
use crate::render::brand::COVER_SIZE;
use crate::render::dom::{Fragment, NodeId};
use crate::render::epub::book::Book;
use crate::render::epub::names::ascii_name;
use crate::site::{LinkTarget, Page};
use crate::site_path::SitePath;

/// The longest side of a picture in the text, in pixels.
const MAX_SIDE: u32 = 1600;
/// The longest side of the cover, in pixels.
const MAX_COVER: u32 = 2560;

/// One picture as it lies in the book.
pub(super) struct Picture {
    pub file: String,
    pub media_type: &'static str,
    pub bytes: Vec<u8>,
    pub width: u32,
    pub height: u32,
}

/// The pictures by their source, and the sources that could not be used, with the reason.
#[derive(Default)]
pub(super) struct Pictures {
    pub found: BTreeMap<SitePath, Picture>,
    pub broken: BTreeMap<SitePath, String>,
    /// What is told of those that may be fine the next time.
    pub passing: Vec<Diagnostic>,
}

/// Why a picture cannot be used, and what is told if it may be fine the next time.
pub(super) struct Unfit {
    pub reason: String,
    pub passing: Option<Box<Diagnostic>>,
}

impl From<String> for Unfit {
    fn from(reason: String) -> Self {
        let passing = None;
        Self { reason, passing }
    }
}

/// The file that an image of a chapter names, if it lies in the project.
pub(super) fn source(
    context: &RenderContext<'_>,
    page: &Page,
    tree: &Fragment,
    id: NodeId,
) -> Option<SitePath> {
    let element = tree.element(id).filter(|element| element.is("img"))?;
    match context.site.resolve(page, element.get("src")?) {
        LinkTarget::File(path) => Some(path),
        _ => None,
    }
}

/// Reads pictures, in parallel; names follow the order of their sources.
pub(super) fn pictures(
    context: &RenderContext<'_>,
    sources: &BTreeSet<SitePath>,
    ink: Ink,
) -> Pictures {
    let sources: Vec<&SitePath> = sources.iter().collect();
    let read = sources
        .par_iter()
        .map(|source| picture(context, source, MAX_SIDE, ink));
    let read: Vec<_> = read.collect();
    let mut pictures = Pictures::default();
    let mut names = BTreeSet::new();
    for (source, result) in sources.into_iter().zip(read) {
        match result {
            Ok(mut picture) => {
                let stem = ascii_name(source.stem());
                let mut name = stem.clone();
                let mut count = 1;
                while !names.insert(name.clone()) {
                    count += 1;
                    name = format!("{stem}-{count}");
                }
                picture.file = format!("images/{name}.{}", picture.file);
                pictures.found.insert(source.clone(), picture);
            }
            Err(unfit) => {
                pictures.passing.extend(unfit.passing.map(|told| *told));
                pictures.broken.insert(source.clone(), unfit.reason);
            }
        }
    }
    pictures
}

/// Reads the cover.
pub(super) fn cover(context: &RenderContext<'_>, source: &SitePath) -> Result<Picture, Unfit> {
    let picture = picture(context, source, MAX_COVER, Ink::Color)?;
    Ok(Picture {
        file: format!("cover.{}", picture.file),
        ..picture
    })
}

/// Draws the cover of a book that has none.
pub(super) fn drawn_cover(book: &Book<'_>) -> Picture {
    let drawn = book.cover().draw(&book.context);
    let (width, height) = COVER_SIZE;
    Picture {
        file: format!("cover.{}", drawn.extension),
        media_type: match drawn.extension {
            "png" => "image/png",
            _ => "image/svg+xml",
        },
        bytes: drawn.bytes,
        width,
        height,
    }
}

/// A picture whose file is its extension only.
fn picture(
    context: &RenderContext<'_>,
    source: &SitePath,
    longest: u32,
    ink: Ink,
) -> Result<Picture, Unfit> {
    let needs = DocumentNeeds { longest, ink };
    let asset = context.assets.images.get(source);
    let asset = asset.ok_or_else(|| "it is no image that is understood".to_owned())?;
    let image =
        document_image(asset, needs, context.snapshot, context.store).map_err(|error| Unfit {
            reason: error.to_string(),
            passing: error.passing(context.site).map(Box::new),
        })?;
    let media_type = match image.extension {
        "jpg" | "jpeg" => "image/jpeg",
        "png" => "image/png",
        "gif" => "image/gif",
        "svg" => "image/svg+xml",
        other => return Err(format!("e-books cannot show `{other}`").into()),
    };
    Ok(Picture {
        file: image.extension.to_owned(),
        media_type,
        bytes: image.bytes,
        width: image.width,
        height: image.height,
    })
}
