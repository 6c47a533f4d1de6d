//! What a survey says of pictures and pages, and what follows from it.

use std::collections::{BTreeMap, BTreeSet};

use crate::assets::{ImageKind, Source};
use crate::build::survey::pages::Shown;
use crate::digest::Digest;
use crate::site_path::SitePath;

/// A picture with fewer bytes is not worth a word about its size.
const SMALL: u64 = 40_000;

/// The pictures of a project and the pages that show them.
#[derive(Debug, Clone, Default)]
pub struct Survey {
    /// The pictures, by path.
    pub pictures: Vec<SurveyedPicture>,
    /// The pages that show a picture, those first that load most.
    pub pages: Vec<SurveyedPage>,
}

/// A picture.
#[derive(Debug, Clone)]
pub struct SurveyedPicture {
    /// The file.
    pub source: Source,
    /// Whether anything uses it.
    pub usage: Usage,
    /// The files that are made of it.
    pub variants: Vec<Variant>,
    /// The pages that show it: their sources, or their addresses where a page has none.
    pub pages: BTreeSet<String>,
    /// The most room it takes in any page on any screen, in CSS pixels.
    pub slot: Option<u32>,
    /// The width that an author gives it, if that is more than it has.
    pub stretched: Option<u32>,
    /// The bytes that a telephone loads of it at most, where they are known.
    pub phone: Option<u64>,
    /// The bytes that a computer on a desk loads of it at most, where they are known.
    pub desktop: Option<u64>,
    /// The pages that show it without a text in its place.
    pub without_text: BTreeSet<SitePath>,
    /// The longest side in pixels that anything is made of.
    pub longest: u32,
    /// Whether it is the cover of a book, which fills a page wherever else it is shown.
    pub is_cover: bool,
}

/// Whether anything uses a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Usage {
    /// A page or a document shows it.
    Shown,
    /// It is linked or named: by a page, a style sheet, a template, data, the configuration.
    Named,
    /// No text of the project names it.
    Unused,
}

/// A file that is made of a picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variant {
    /// Where it stands in the site.
    pub path: SitePath,
    /// Its width in pixels.
    pub width: u32,
    /// Its height in pixels.
    pub height: u32,
    /// Its length; none if nobody made it yet.
    pub bytes: Option<u64>,
}

/// A page that shows pictures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SurveyedPage {
    /// Its source; none of a list that has none.
    pub path: Option<SitePath>,
    /// Its address.
    pub url: String,
    /// The pictures.
    pub pictures: BTreeSet<SitePath>,
    /// The bytes of pictures that a telephone loads, as far as they are known.
    pub phone: u64,
    /// The bytes of pictures that a computer on a desk loads, as far as they are known.
    pub desktop: u64,
    /// The files of which nobody knows the length yet.
    pub unknown: usize,
}

/// Pictures of the same bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duplicate<'a> {
    /// The files.
    pub paths: Vec<&'a SitePath>,
    /// The length of each.
    pub bytes: u64,
}

impl Survey {
    pub(super) fn new(
        pictures: BTreeMap<SitePath, SurveyedPicture>,
        mut pages: Vec<SurveyedPage>,
    ) -> Self {
        pages.sort_by(|a, b| (b.phone, &a.url).cmp(&(a.phone, &b.url)));
        Self {
            pictures: pictures.into_values().collect(),
            pages,
        }
    }

    /// Pictures of the same bytes, those first that waste most.
    pub fn duplicates(&self) -> Vec<Duplicate<'_>> {
        let mut by_digest: BTreeMap<&Digest, Duplicate<'_>> = BTreeMap::new();
        for picture in &self.pictures {
            let source = &picture.source;
            let one = by_digest.entry(&source.digest).or_insert(Duplicate {
                paths: Vec::new(),
                bytes: source.bytes,
            });
            one.paths.push(&source.path);
        }
        let mut all: Vec<Duplicate<'_>> = by_digest.into_values().collect();
        all.retain(|one| one.paths.len() > 1);
        all.sort_by(|a, b| b.wasted().cmp(&a.wasted()).then(a.paths.cmp(&b.paths)));
        all
    }
}

impl Duplicate<'_> {
    /// The bytes of all copies but one.
    pub fn wasted(&self) -> u64 {
        (self.paths.len() as u64).saturating_sub(1) * self.bytes
    }
}

impl SurveyedPicture {
    pub(super) fn is_shown_in(&mut self, source: Option<&SitePath>, url: &str) {
        let page = source.map_or_else(|| url.to_owned(), ToString::to_string);
        self.pages.insert(page);
        self.usage = Usage::Shown;
    }

    /// Counts one place where it is shown, on a telephone (0) or on a desk (1).
    pub(super) fn takes(&mut self, shown: &Shown, at: usize, bytes: Option<u64>) {
        let side = self.source.width;
        let slot = match side {
            0 => shown.slot,
            side => shown.slot.min(shown.width.unwrap_or(side).max(side)),
        };
        self.slot = self.slot.max(Some(slot));
        if let Some(width) = shown.width.filter(|width| side > 0 && *width > side) {
            self.stretched = self.stretched.max(Some(width));
        }
        match at {
            0 => self.phone = self.phone.max(bytes),
            _ => self.desktop = self.desktop.max(bytes),
        }
    }

    /// Whether its size is a number of pixels.
    pub fn is_raster(&self) -> bool {
        !matches!(self.source.kind, None | Some(ImageKind::Svg))
    }

    /// Whether it has more than twice the pixels a side that any screen of today shows of it. Its
    /// room is multiplied by two for dense screens.
    pub fn is_far_too_large(&self) -> bool {
        let needs = |slot: u32| u64::from(slot) * 2;
        self.is_raster()
            && !self.is_cover
            && self.source.bytes > SMALL
            && self
                .slot
                .is_some_and(|slot| u64::from(self.source.width) > needs(slot) * 2)
    }

    /// Whether the file in the repository is larger than anything made of it needs.
    pub fn is_oversized(&self) -> bool {
        let longest = self.source.width.max(self.source.height);
        self.is_raster() && longest > self.longest && self.source.bytes > SMALL
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assets::Told;

    fn path(text: &str) -> SitePath {
        SitePath::parse(text).unwrap()
    }

    fn picture(name: &str, width: u32, bytes: u64) -> SurveyedPicture {
        SurveyedPicture {
            source: Source {
                path: path(name),
                kind: Some(ImageKind::Jpeg),
                width,
                height: width / 2,
                bytes,
                digest: Digest::of(&bytes.to_le_bytes()),
                told: Told::default(),
            },
            usage: Usage::Unused,
            variants: Vec::new(),
            pages: BTreeSet::new(),
            slot: None,
            stretched: None,
            phone: None,
            desktop: None,
            without_text: BTreeSet::new(),
            longest: 3840,
            is_cover: false,
        }
    }

    #[test]
    fn a_picture_is_too_large_for_its_room() {
        let case = |width: u32, slot: u32, expected: bool| {
            let mut one = picture("a.jpg", width, 900_000);
            let shown = Shown {
                phone: None,
                desktop: None,
                slot,
                width: None,
            };
            one.takes(&shown, 0, None);
            assert_eq!(one.is_far_too_large(), expected, "{width} in {slot}");
        };
        case(4000, 240, true);
        case(960, 240, false);
        case(961, 240, true);
        case(4000, 1000, false);
        assert!(!picture("a.jpg", 4000, 900_000).is_far_too_large());
        assert!(picture("a.jpg", 4000, 900_000).is_oversized());
        assert!(!picture("a.jpg", 4000, 900).is_oversized());
    }

    #[test]
    fn what_wastes_most_is_the_first_duplicate() {
        let names = [
            ("a.jpg", 9),
            ("b.jpg", 9),
            ("c.jpg", 5),
            ("d.jpg", 70),
            ("e.jpg", 70),
        ];
        let pictures = names.map(|(name, bytes)| (path(name), picture(name, 9, bytes)));
        let survey = Survey::new(BTreeMap::from(pictures), Vec::new());
        let found: Vec<(usize, u64)> = survey
            .duplicates()
            .iter()
            .map(|one| (one.paths.len(), one.wasted()))
            .collect();
        assert_eq!(found, [(2, 70), (2, 9)]);
    }
}
