//! The map from a source file to what a page may use of it.

use std::collections::BTreeMap;

use crate::digest::Digest;
use crate::site_path::SitePath;

/// The images and files that the pages of a site use, by their source relative to the project.
#[derive(Debug, Clone, Default)]
pub struct AssetMap {
    /// Images that are understood.
    pub images: BTreeMap<SitePath, ImageAsset>,
    /// Files that are copied as they are: their source and their place in the site.
    pub files: BTreeMap<SitePath, SitePath>,
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
    /// The width in pixels as seen, after orientation.
    pub width: u32,
    /// The height in pixels as seen.
    pub height: u32,
    /// The WebP variants by ascending width; empty for vectors, animations and tiny images.
    pub variants: Vec<ImageFile>,
    /// The file for `img src`: every browser knows its format.
    pub fallback: ImageFile,
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
    /// SVG.
    Svg,
    /// Another format that browsers know but this version does not decode, such as AVIF.
    Other,
}

impl AssetMap {
    /// The image made of a source.
    pub fn image(&self, source: &SitePath) -> Option<&ImageAsset> {
        self.images.get(source)
    }
}

impl ImageAsset {
    /// The places of the files that are made of it, each once.
    pub fn files(&self) -> impl Iterator<Item = &SitePath> {
        self.encoded().map(|file| &file.path)
    }

    /// The files that are made of it, each once: the variants, then the fallback, which of a WebP
    /// may be one of the variants.
    pub fn encoded(&self) -> impl Iterator<Item = &ImageFile> {
        let known = |path: &SitePath| self.variants.iter().any(|file| file.path == *path);
        let fallback = Some(&self.fallback).filter(|file| !known(&file.path));
        self.variants.iter().chain(fallback)
    }
}
