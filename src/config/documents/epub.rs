//! How e-books are made.

use serde::Deserialize;
use toml::Spanned;

use crate::config::read::Reader;
use crate::site_path::SitePath;

/// How e-books are made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Epub {
    /// The picture of the cover of documents that name none, relative to the project.
    pub cover: Option<SitePath>,
    /// The book's identifier, such as `urn:isbn:…`; derived from the project if absent.
    pub identifier: Option<String>,
    /// The colors of its images; the cover keeps its own.
    pub images: Ink,
}

/// The colors of images in e-books.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Ink {
    /// As they are.
    #[default]
    Color,
    /// Shades of gray, for readers with electronic paper.
    Gray,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(in crate::config) struct EpubFile {
    cover: Option<Spanned<String>>,
    identifier: Option<String>,
    images: Option<Spanned<String>>,
}

impl Reader<'_> {
    /// What is written, over what is usual.
    pub(in crate::config) fn epub(&mut self, written: EpubFile, usual: &Epub) -> Epub {
        let inks = [("color", Ink::Color), ("gray", Ink::Gray)];
        let cover = written.cover.and_then(|cover| self.path(&cover));
        let images = written.images;
        let images = images.and_then(|written| self.one_of(&written, "ink", &inks));
        Epub {
            cover: cover.or_else(|| usual.cover.clone()),
            identifier: written.identifier.or_else(|| usual.identifier.clone()),
            images: images.unwrap_or(usual.images),
        }
    }
}
