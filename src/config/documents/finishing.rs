//! What is done to a PDF after it is laid out.

use serde::Deserialize;
use toml::Spanned;

use crate::config::read::Reader;
use crate::diagnostic::Place;
use crate::site_path::SitePath;

/// The most letters of a word that is stamped, or of what stands before a number.
const LONGEST: usize = 40;

/// The most letters of the title of an exhibit.
const LONGEST_TITLE: usize = 120;

/// How many pages stand in a row of a contact sheet: usually, and at most.
const COLUMNS: usize = 4;
const MOST_COLUMNS: usize = 10;

/// What is done to a PDF after it is laid out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Finishing {
    /// A word across every page.
    pub stamp: Option<String>,
    /// Numbers at the foot of every page.
    pub bates: Option<Bates>,
    /// Whether the foot of every page says which commit it was made from.
    pub source_mark: bool,
    /// Whether a booklet is made beside the document.
    pub booklet: Option<Booklet>,
    /// How many pages stand in a row of the contact sheet that is made beside the document, if one is.
    pub contact_sheet: Option<usize>,
    /// What is bound behind the document.
    pub exhibits: Vec<Exhibit>,
}

/// A PDF file of the project that is bound behind a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exhibit {
    /// The file, relative to the project.
    pub file: SitePath,
    /// What it is; the name of the file if it does not say so.
    pub title: String,
    /// Where it is named.
    pub place: Place,
}

/// Numbers that name every page of a bundle of documents, as courts want them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bates {
    /// What stands before the number.
    pub prefix: String,
    /// The number of the first page.
    pub start: u32,
    /// How many digits it has at least.
    pub digits: usize,
}

impl Bates {
    /// The number of a page, counted from 0.
    pub fn of(&self, page: usize) -> String {
        let number = u64::from(self.start).saturating_add(page as u64);
        format!("{}{number:0digits$}", self.prefix, digits = self.digits)
    }
}

/// A document as sheets to print on both sides and fold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Booklet {
    /// How many pages are folded together, a multiple of four; all of them if absent.
    pub signature: Option<usize>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BatesFile {
    #[serde(default)]
    prefix: String,
    #[serde(default = "one")]
    start: u32,
    #[serde(default = "six")]
    digits: Spanned<usize>,
}

fn one() -> u32 {
    1
}

fn six() -> Spanned<usize> {
    Spanned::new(0..0, 6)
}

/// True, false, or how many pages are folded together.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(
    untagged,
    expecting = "true, false, or how many pages are folded together"
)]
pub(super) enum BookletFile {
    Switch(bool),
    Signature(usize),
}

/// True, false, or how many pages stand in a row.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(untagged, expecting = "true, false, or how many pages stand in a row")]
pub(super) enum ContactSheetFile {
    Switch(bool),
    Columns(usize),
}

/// A file, or a file and what it is.
#[derive(Debug, Deserialize)]
#[serde(
    untagged,
    expecting = "a PDF file, or a table of `file` and `title`, as an exhibit"
)]
pub(super) enum ExhibitFile {
    File(String),
    Titled(TitledFile),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TitledFile {
    file: String,
    title: Option<String>,
}

/// The keys of a table that are about finishing, as written.
pub(super) struct FinishingFile {
    pub(super) stamp: Option<Spanned<String>>,
    pub(super) bates: Option<BatesFile>,
    pub(super) booklet: Option<Spanned<BookletFile>>,
    pub(super) contact_sheet: Option<Spanned<ContactSheetFile>>,
    pub(super) source_mark: Option<bool>,
    pub(super) exhibits: Option<Vec<ExhibitFile>>,
}

impl Reader<'_> {
    /// What is written, over what is usual. An empty stamp is none.
    pub(super) fn finishing(&mut self, written: FinishingFile, usual: &Finishing) -> Finishing {
        Finishing {
            stamp: match written.stamp {
                None => usual.stamp.clone(),
                Some(word) => self.stamp(&word),
            },
            bates: match written.bates {
                None => usual.bates.clone(),
                Some(bates) => self.bates(bates),
            },
            booklet: match written.booklet {
                None => usual.booklet,
                Some(booklet) => self.booklet(&booklet),
            },
            contact_sheet: match written.contact_sheet {
                None => usual.contact_sheet,
                Some(columns) => self.contact_sheet(&columns),
            },
            source_mark: written.source_mark.unwrap_or(usual.source_mark),
            exhibits: match written.exhibits {
                None => usual.exhibits.clone(),
                Some(exhibits) => {
                    let exhibits = exhibits.into_iter();
                    exhibits
                        .filter_map(|written| self.exhibit(written))
                        .collect()
                }
            },
        }
    }

    fn contact_sheet(&mut self, written: &Spanned<ContactSheetFile>) -> Option<usize> {
        match *written.get_ref() {
            ContactSheetFile::Switch(false) => None,
            ContactSheetFile::Switch(true) => Some(COLUMNS),
            ContactSheetFile::Columns(columns) if (1..=MOST_COLUMNS).contains(&columns) => {
                Some(columns)
            }
            ContactSheetFile::Columns(columns) => {
                let message = format!("{columns} pages do not fit into a row");
                let help = format!("write 1 to {MOST_COLUMNS}");
                self.fault(written.span(), message, help);
                None
            }
        }
    }

    fn exhibit(&mut self, written: ExhibitFile) -> Option<Exhibit> {
        let (file, title) = match written {
            ExhibitFile::File(file) => (file, None),
            ExhibitFile::Titled(TitledFile { file, title }) => (file, title),
        };
        let span = self.find(&file);
        let file = self.path_at(&file, span.clone())?;
        if !file.extension().eq_ignore_ascii_case("pdf") {
            let message = format!("`{file}` is no PDF");
            self.fault(span, message, "an exhibit is a file that ends in `.pdf`");
            return None;
        }
        let title = title.unwrap_or_else(|| named_after(&file));
        let title = title.chars().filter(|letter| !letter.is_control());
        Some(Exhibit {
            title: title.take(LONGEST_TITLE).collect(),
            file,
            place: self.source.place(span),
        })
    }

    fn stamp(&mut self, written: &Spanned<String>) -> Option<String> {
        let word = written.get_ref().trim();
        if word.chars().count() > LONGEST || word.chars().any(char::is_control) {
            let help = format!("write one line of at most {LONGEST} letters");
            self.fault(written.span(), "this cannot be a stamp", help);
            return None;
        }
        Some(word.to_owned()).filter(|word| !word.is_empty())
    }

    fn bates(&mut self, written: BatesFile) -> Option<Bates> {
        let digits = *written.digits.get_ref();
        if !(1..=12).contains(&digits) {
            let message = format!("a number of {digits} digits is out of range");
            self.fault(written.digits.span(), message, "write 1 to 12");
            return None;
        }
        let prefix = written.prefix.chars().filter(|letter| !letter.is_control());
        Some(Bates {
            prefix: prefix.take(LONGEST).collect(),
            start: written.start,
            digits,
        })
    }

    fn booklet(&mut self, written: &Spanned<BookletFile>) -> Option<Booklet> {
        match *written.get_ref() {
            BookletFile::Switch(false) => None,
            BookletFile::Switch(true) => Some(Booklet { signature: None }),
            BookletFile::Signature(pages) if pages > 0 && pages % 4 == 0 => Some(Booklet {
                signature: Some(pages),
            }),
            BookletFile::Signature(pages) => {
                let message = format!("{pages} pages cannot be folded together");
                self.fault(
                    written.span(),
                    message,
                    "write a multiple of four, such as 16",
                );
                None
            }
        }
    }
}

/// The name of a file as a person would write it: `floor-plan.pdf` is "Floor plan".
fn named_after(file: &SitePath) -> String {
    let name = file.file_name();
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let words = stem.replace(['-', '_'], " ");
    let mut letters = words.trim().chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exhibit_is_called_as_its_file() {
        let case = |path: &str, expected: &str| {
            assert_eq!(named_after(&SitePath::parse(path).unwrap()), expected);
        };
        case("exhibits/floor-plan.pdf", "Floor plan");
        case("élan_2.v1.PDF", "Élan 2.v1");
        case("-.pdf", "");
    }

    #[test]
    fn numbers_count_on() {
        let bates = Bates {
            prefix: "A-".to_owned(),
            start: 98,
            digits: 3,
        };
        assert_eq!(
            [0, 2, 999].map(|page| bates.of(page)),
            ["A-098", "A-100", "A-1097"]
        );
    }
}
