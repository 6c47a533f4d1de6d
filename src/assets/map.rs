//! The map from a source file to what a page may use of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::assets::derive::Derived;
use crate::assets::encoders::Format;
use crate::config::ImageOptions;
use crate::digest::Digest;
use crate::site_path::SitePath;

/// The images and files that the pages of a site use, by their source relative to the project.
#[derive(Debug, Clone, Default)]
pub struct AssetMap {
    /// Images that are understood.
    pub images: BTreeMap<SitePath, ImageAsset>,
    /// Files that are copied as they are: their source and their place in the site.
    pub files: BTreeMap<SitePath, SitePath>,
    /// The pictures that pages asked for while they were rendered.
    pub(super) derived: Arc<Derived>,
    /// Those of earlier states of the site, for pages that are still open.
    pub(super) earlier: Vec<ImageAsset>,
    /// Whether every image was made and measured, so that no page names a file in vain.
    pub(super) settled: bool,
    /// Whether what is known of an image is asked for, and nothing is made.
    pub(super) recalled: bool,
}

/// One source image and the files made of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageAsset {
    /// The source, relative to the project.
    pub source: SitePath,
    /// The digest of the source.
    pub digest: Digest,
    /// What the bytes are, whatever the name says.
    pub kind: ImageKind,
    /// The width in pixels as seen, after orientation and cropping.
    pub width: u32,
    /// The height in pixels as seen.
    pub height: u32,
    /// The part of the source that is shown; all of it if absent.
    pub crop: Option<Crop>,
    /// The files by format, the best first; none for drawings and tiny images. A set of the
    /// fallback's own format holds its other widths.
    pub sets: Vec<ImageSet>,
    /// The file for `img src`: every browser knows its format.
    pub fallback: ImageFile,
    /// The place of the source in the site, if it is published and has more to show than the
    /// widest file of the sets.
    pub original: Option<SitePath>,
    /// What stands in the room of the image while it loads: a color (`#rrggbb`), or the address of
    /// a picture of a few pixels (`data:`).
    pub placeholder: Option<String>,
    /// How it is made.
    pub options: Arc<ImageOptions>,
    /// The size that it is decoded to, by a rule that does not ask which files are planned: a
    /// file's bytes must not depend on the others.
    pub(super) master: (u32, u32),
    /// The source without its metadata, for an image that it shows in fewer bytes than the fallback.
    pub(super) copy: ImageFile,
    /// The widths of the fallback's own format, for an image that no other makes smaller.
    pub(super) spare: Vec<ImageFile>,
    /// Everything that decides which of the files are worth naming.
    pub(super) key: Digest,
}

/// The files of one format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageSet {
    /// The format of all of them.
    pub format: Format,
    /// The files by ascending width, at least one.
    pub files: Vec<ImageFile>,
}

/// One encoded size of an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageFile {
    /// Where it stands in the site.
    pub path: SitePath,
    /// Its width in pixels.
    pub width: u32,
    /// Its height in pixels.
    pub height: u32,
    /// The format that it is encoded in; none if it is the source without its metadata.
    pub format: Option<Format>,
    /// Its size, once it was made.
    pub bytes: Option<u64>,
    /// Everything that decides its bytes.
    pub(super) key: Digest,
}

/// A part of a picture, in pixels of the picture as seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Crop {
    /// Pixels left out on the left.
    pub x: u32,
    /// Pixels left out above.
    pub y: u32,
    /// Its width, at least 1.
    pub width: u32,
    /// Its height, at least 1.
    pub height: u32,
}

/// What an image is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ImageKind {
    /// JPEG.
    Jpeg,
    /// PNG.
    Png,
    /// GIF, one picture or an animation.
    Gif,
    /// WebP.
    WebP,
    /// TIFF, of which the first page is shown.
    Tiff,
    /// BMP.
    Bmp,
    /// SVG.
    Svg,
    /// AVIF.
    Avif,
    /// Another format that browsers know but this version does not decode, or such a picture.
    Other,
}

impl AssetMap {
    /// The image made of a source.
    pub fn image(&self, source: &SitePath) -> Option<&ImageAsset> {
        self.images.get(source)
    }
}

impl ImageAsset {
    /// An image with no file but its source, for tests of other rooms.
    #[cfg(test)]
    pub fn as_it_is(
        source: &SitePath,
        digest: Digest,
        kind: ImageKind,
        (width, height): (u32, u32),
    ) -> Self {
        let file = ImageFile {
            path: source.clone(),
            width,
            height,
            format: None,
            bytes: None,
            key: digest,
        };
        Self {
            source: source.clone(),
            digest,
            kind,
            width,
            height,
            crop: None,
            sets: Vec::new(),
            fallback: file.clone(),
            copy: file,
            original: None,
            placeholder: None,
            options: Arc::default(),
            master: (width, height),
            spare: Vec::new(),
            key: digest,
        }
    }

    /// Whether its pixels are decoded for all of its files: it neither moves nor is only copied.
    pub(super) fn is_still(&self) -> bool {
        self.fallback.format.is_some()
    }

    /// Whether any file is made of it, and it is not only copied.
    pub fn is_made(&self) -> bool {
        self.encoded().any(|file| file.format.is_some())
    }

    /// The files of the fallback's own format by ascending width; none if it stands alone.
    pub fn own_files(&self) -> &[ImageFile] {
        let own = |set: &&ImageSet| Some(set.format) == self.fallback.format;
        self.sets.iter().find(own).map_or(&[], |set| &set.files)
    }

    /// The places of the files that are made of it, each once.
    pub fn files(&self) -> impl Iterator<Item = &SitePath> {
        self.encoded().map(|file| &file.path)
    }

    /// The files that are made of it, each once: those of the sets, then the fallback, which may
    /// be one of them.
    pub fn encoded(&self) -> impl Iterator<Item = &ImageFile> {
        let of_sets = || self.sets.iter().flat_map(|set| &set.files);
        let known = of_sets().any(|file| file.path == self.fallback.path);
        of_sets().chain(Some(&self.fallback).filter(|_| !known))
    }
}
