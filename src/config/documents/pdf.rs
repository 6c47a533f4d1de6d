//! How PDFs are made.

use serde::Deserialize;
use toml::Spanned;

use crate::config::read::Reader;

/// How PDFs are made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pdf {
    /// The paper.
    pub paper: Paper,
    /// What its images are made for.
    pub images: Medium,
}

/// What the images of a PDF are made for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Medium {
    /// Paper: 300 dots an inch.
    #[default]
    Print,
    /// A screen: 150 dots an inch.
    Screen,
}

impl Pdf {
    /// The longer side in pixels that an image needs at most: as wide as the paper.
    pub fn longest_image(&self) -> u32 {
        let dots = match self.images {
            Medium::Print => 300,
            Medium::Screen => 150,
        };
        // In tenths of a millimeter, of which an inch has 254.
        let width = match self.paper {
            Paper::A4 => 2100,
            Paper::A5 => 1480,
            Paper::Letter => 2159,
        };
        width * dots / 254
    }
}

/// A paper size.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Paper {
    /// 210 by 297 mm (ISO 216).
    #[default]
    A4,
    /// 148 by 210 mm (ISO 216).
    A5,
    /// 8.5 by 11 inches.
    Letter,
}

impl Paper {
    /// The name that Typst knows it by.
    pub fn typst_name(self) -> &'static str {
        match self {
            Self::A4 => "a4",
            Self::A5 => "a5",
            Self::Letter => "us-letter",
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(in crate::config) struct PdfFile {
    paper: Option<Spanned<String>>,
    images: Option<Spanned<String>>,
}

impl Reader<'_> {
    /// What is written, over what is usual.
    pub(in crate::config) fn pdf(&mut self, written: PdfFile, usual: &Pdf) -> Pdf {
        let papers = [
            ("a4", Paper::A4),
            ("a5", Paper::A5),
            ("letter", Paper::Letter),
        ];
        let mediums = [("print", Medium::Print), ("screen", Medium::Screen)];
        let paper = written.paper;
        let paper = paper.and_then(|written| self.one_of(&written, "paper", &papers));
        let images = written.images;
        let images = images.and_then(|written| self.one_of(&written, "medium", &mediums));
        Pdf {
            paper: paper.unwrap_or(usual.paper),
            images: images.unwrap_or(usual.images),
        }
    }
}
