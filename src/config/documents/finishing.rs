//! What is done to a PDF after it is laid out.

use serde::Deserialize;
use toml::Spanned;

use crate::config::read::Reader;

/// The most letters of a word that is stamped, or of what stands before a number.
const LONGEST: usize = 40;

/// What is done to a PDF after it is laid out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Finishing {
    /// A word across every page.
    pub stamp: Option<String>,
    /// Numbers at the foot of every page.
    pub bates: Option<Bates>,
    /// Whether a booklet is made beside the document.
    pub booklet: Option<Booklet>,
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

/// The keys of a table that are about finishing, as written.
pub(super) struct FinishingFile {
    pub(super) stamp: Option<Spanned<String>>,
    pub(super) bates: Option<BatesFile>,
    pub(super) booklet: Option<Spanned<BookletFile>>,
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
        }
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

#[cfg(test)]
mod tests {
    use super::*;

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
