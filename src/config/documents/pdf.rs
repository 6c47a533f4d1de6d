//! How PDFs are made.

use serde::Deserialize;
use toml::Spanned;

use crate::config::documents::finishing::{
    BatesFile, BookletFile, ContactSheetFile, ExhibitFile, Finishing, FinishingFile,
};
use crate::config::documents::fonts::{Fonts, FontsFile, NamesFile};
use crate::config::documents::paper::Paper;
use crate::config::read::Reader;

/// How PDFs are made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pdf {
    /// The paper.
    pub paper: Paper,
    /// What its images are made for.
    pub images: Medium,
    /// What the whole is made for.
    pub profile: Medium,
    /// How many sides of a sheet are printed; two in a book, one elsewhere if absent.
    pub sides: Option<Sides>,
    /// Where chapters begin; on a right-hand page in a book of two sides if absent.
    pub chapters: Option<Opening>,
    /// How far pictures go beyond the edge that is cut, in hundredths of a millimeter.
    pub bleed: u32,
    /// Whether the corners of the page are marked for the one who cuts it.
    pub crop_marks: bool,
    /// The lists that follow the contents.
    pub lists: Vec<List>,
    /// What it is set in.
    pub fonts: Fonts,
    /// What is done to it after it is laid out.
    pub finishing: Finishing,
}

impl Default for Pdf {
    fn default() -> Self {
        Self {
            paper: Paper::default(),
            images: Medium::Print,
            profile: Medium::Screen,
            sides: None,
            chapters: None,
            bleed: 0,
            crop_marks: false,
            lists: Vec::new(),
            fonts: Fonts::default(),
            finishing: Finishing::default(),
        }
    }
}

/// What a PDF or its images are made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Medium {
    /// Paper: 300 dots an inch, links in the color of the text, no cover.
    Print,
    /// A screen: 150 dots an inch, links in a color of their own.
    Screen,
}

/// How many sides of a sheet are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sides {
    /// The front alone: all pages are alike.
    One,
    /// Front and back: left-hand pages mirror right-hand ones.
    Two,
}

/// Where a chapter begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opening {
    /// On the next right-hand page.
    Right,
    /// On the next page.
    Any,
}

/// A list of what has labels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum List {
    /// Figures.
    Figures,
    /// Tables.
    Tables,
    /// Listings.
    Listings,
}

impl Pdf {
    /// The longer side in pixels that an image needs at most: as wide as the paper.
    pub fn longest_image(&self) -> u32 {
        let dots = match self.images {
            Medium::Print => 300,
            Medium::Screen => 150,
        };
        // In hundredths of a millimeter, of which an inch has 2540.
        self.paper.width * dots / 2540
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(in crate::config) struct PdfFile {
    paper: Option<Spanned<String>>,
    images: Option<Spanned<String>>,
    profile: Option<Spanned<String>>,
    sides: Option<Spanned<i64>>,
    chapters: Option<Spanned<String>>,
    bleed: Option<Spanned<String>>,
    crop_marks: Option<bool>,
    lists: Option<Vec<Spanned<String>>>,
    fonts: Option<Vec<Spanned<String>>>,
    system_fonts: Option<bool>,
    font: Option<NamesFile>,
    heading_font: Option<NamesFile>,
    mono_font: Option<NamesFile>,
    stamp: Option<Spanned<String>>,
    bates: Option<BatesFile>,
    booklet: Option<Spanned<BookletFile>>,
    contact_sheet: Option<Spanned<ContactSheetFile>>,
    source_mark: Option<bool>,
    exhibits: Option<Vec<ExhibitFile>>,
}

impl Reader<'_> {
    /// What is written, over what is usual.
    pub(in crate::config) fn pdf(&mut self, written: PdfFile, usual: &Pdf) -> Pdf {
        let mediums = [("print", Medium::Print), ("screen", Medium::Screen)];
        let openings = [("right", Opening::Right), ("any", Opening::Any)];
        let kinds = [
            ("figures", List::Figures),
            ("tables", List::Tables),
            ("listings", List::Listings),
        ];
        let profile = written.profile;
        let profile = profile.and_then(|written| self.one_of(&written, "profile", &mediums));
        let images = written.images;
        let images = images.and_then(|written| self.one_of(&written, "medium", &mediums));
        let fonts = FontsFile {
            folders: written.fonts,
            system: written.system_fonts,
            body: written.font,
            heading: written.heading_font,
            mono: written.mono_font,
        };
        let finishing = FinishingFile {
            stamp: written.stamp,
            bates: written.bates,
            booklet: written.booklet,
            contact_sheet: written.contact_sheet,
            source_mark: written.source_mark,
            exhibits: written.exhibits,
        };
        let chapters = written.chapters;
        let chapters = chapters.and_then(|written| self.one_of(&written, "opening", &openings));
        let lists = written.lists.map(|lists| {
            let lists = lists.iter();
            let lists = lists.filter_map(|written| self.one_of(written, "list", &kinds));
            lists.collect()
        });
        let paper = written.paper.and_then(|written| self.paper(&written));
        let bleed = written.bleed.and_then(|written| self.margin(&written));
        let sides = written.sides.and_then(|sides| self.sides(&sides));
        Pdf {
            paper: paper.unwrap_or(usual.paper),
            // A profile that is written speaks for the images too.
            images: images.or(profile).unwrap_or(usual.images),
            profile: profile.unwrap_or(usual.profile),
            sides: sides.or(usual.sides),
            chapters: chapters.or(usual.chapters),
            bleed: bleed.unwrap_or(usual.bleed),
            crop_marks: written.crop_marks.unwrap_or(usual.crop_marks),
            lists: lists.unwrap_or_else(|| usual.lists.clone()),
            fonts: self.fonts(fonts, &usual.fonts),
            finishing: self.finishing(finishing, &usual.finishing),
        }
    }

    fn sides(&mut self, written: &Spanned<i64>) -> Option<Sides> {
        match written.get_ref() {
            1 => Some(Sides::One),
            2 => Some(Sides::Two),
            other => {
                let message = format!("a sheet has no {other} sides");
                self.fault(written.span(), message, "write 1 or 2");
                None
            }
        }
    }
}
