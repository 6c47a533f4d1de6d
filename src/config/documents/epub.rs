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
    /// The files of fonts that it brings, relative to the project.
    pub fonts: Vec<SitePath>,
    /// How its lines run.
    pub writing: Writing,
    /// Whether it says where the pages of the PDF begin.
    pub pages: bool,
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

/// How lines run and follow each other.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Writing {
    /// From one side to the other, one below the other.
    #[default]
    Horizontal,
    /// From top to bottom, the first at the right: Chinese and Japanese.
    VerticalRl,
    /// From top to bottom, the first at the left: Mongolian.
    VerticalLr,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(in crate::config) struct EpubFile {
    cover: Option<Spanned<String>>,
    identifier: Option<String>,
    images: Option<Spanned<String>>,
    fonts: Option<Vec<Spanned<String>>>,
    writing: Option<Spanned<String>>,
    pages: Option<bool>,
}

impl Reader<'_> {
    /// What is written, over what is usual.
    pub(in crate::config) fn epub(&mut self, written: EpubFile, usual: &Epub) -> Epub {
        let inks = [("color", Ink::Color), ("gray", Ink::Gray)];
        let ways = [
            ("horizontal-tb", Writing::Horizontal),
            ("vertical-rl", Writing::VerticalRl),
            ("vertical-lr", Writing::VerticalLr),
        ];
        let cover = written.cover.and_then(|cover| self.path(&cover));
        let images = written.images;
        let images = images.and_then(|written| self.one_of(&written, "ink", &inks));
        let writing = written.writing;
        let writing = writing.and_then(|written| self.one_of(&written, "way of writing", &ways));
        let fonts = written.fonts.map(|fonts| {
            let files = fonts.iter().filter_map(|file| self.path(file));
            files.collect::<Vec<SitePath>>()
        });
        Epub {
            cover: cover.or_else(|| usual.cover.clone()),
            identifier: written.identifier.or_else(|| usual.identifier.clone()),
            images: images.unwrap_or(usual.images),
            fonts: fonts.unwrap_or_else(|| usual.fonts.clone()),
            writing: writing.unwrap_or(usual.writing),
            pages: written.pages.unwrap_or(usual.pages),
        }
    }
}
