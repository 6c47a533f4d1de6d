//! Bound outputs: which there are, what they say about themselves, and how each format is made.
//! What a document does not say, the project says.

mod about;
mod docx;
mod epub;
mod finishing;
mod fonts;
mod paper;
mod pdf;

use std::fmt;
use std::ops::Range;

use serde::{Deserialize, Serialize};
use toml::Spanned;

pub(super) use about::AboutFile;
pub use about::{About, Contributor, Series};
pub use docx::Docx;
pub(super) use docx::DocxFile;
pub(super) use epub::EpubFile;
pub use epub::{Epub, Ink, Writing};
pub use finishing::{Bates, Booklet, Exhibit, Finishing};
pub use fonts::{Family, Fonts};
pub use paper::Paper;
pub(super) use pdf::PdfFile;
pub use pdf::{List, Medium, Opening, Pdf, Sides};

use crate::config::read::Reader;
use crate::site_path::SitePath;

/// A bound output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// The file name without extension.
    pub name: String,
    /// The title; the project's if absent.
    pub title: Option<String>,
    /// What it says of itself besides.
    pub about: About,
    /// The section, `SUMMARY.md` or pages it is bound from, relative to the content folder;
    /// empty means the whole of the navigation.
    pub source: Vec<SitePath>,
    /// The bytes of `tympan.toml` that name the document.
    pub span: Range<usize>,
    /// The formats.
    pub formats: Vec<Format>,
    /// How its PDF is made.
    pub pdf: Pdf,
    /// How its e-book is made.
    pub epub: Epub,
    /// How its Word file is made.
    pub docx: Docx,
}

/// A format a document can be bound in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// PDF.
    Pdf,
    /// EPUB 3.
    Epub,
    /// Office Open XML, as word processors read it.
    Docx,
}

impl Format {
    /// The formats this version writes.
    pub const ALL: [Self; 3] = [Self::Pdf, Self::Epub, Self::Docx];

    /// The formats of a document that names none.
    pub const USUAL: [Self; 2] = [Self::Pdf, Self::Epub];

    /// The name, which is also the file extension.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Epub => "epub",
            Self::Docx => "docx",
        }
    }

    /// The format of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DocumentFile {
    name: Spanned<String>,
    title: Option<String>,
    source: Option<DocumentSource>,
    formats: Option<Vec<Spanned<String>>>,
    subtitle: Option<String>,
    description: Option<String>,
    authors: Option<Vec<about::ContributorFile>>,
    language: Option<Spanned<String>>,
    date: Option<Spanned<String>>,
    edition: Option<String>,
    publisher: Option<String>,
    isbn: Option<Spanned<String>>,
    copyright: Option<String>,
    series: Option<about::SeriesFile>,
    cover: Option<Spanned<String>>,
    #[serde(default)]
    pdf: PdfFile,
    #[serde(default)]
    epub: EpubFile,
    #[serde(default)]
    docx: DocxFile,
}

#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "a section, a SUMMARY.md, or a list of pages")]
enum DocumentSource {
    One(String),
    List(Vec<String>),
}

/// How documents of the project are made that do not say otherwise.
pub(super) struct Usual {
    pub(super) pdf: Pdf,
    pub(super) epub: Epub,
    pub(super) docx: Docx,
}

impl Reader<'_> {
    pub(super) fn document(&mut self, written: DocumentFile, usual: &Usual) -> Document {
        let span = written.name.span();
        let name = written.name.into_inner();
        let plain = |c: char| c.is_alphanumeric() || "-_. ".contains(c);
        if name.is_empty() || name.starts_with('.') || !name.chars().all(plain) {
            let message = format!("`{name}` cannot be a file name");
            self.fault(span.clone(), message, "use letters, digits, `-` and `_`");
        }
        let sources = match written.source {
            None => Vec::new(),
            Some(DocumentSource::One(source)) => vec![source],
            Some(DocumentSource::List(sources)) => sources,
        };
        let source = sources
            .iter()
            .filter_map(|source| self.path_at(source, self.find(source)))
            .collect();
        let formats = match written.formats {
            None => Format::USUAL.to_vec(),
            Some(formats) => formats
                .iter()
                .filter_map(|format| self.format(format))
                .collect(),
        };
        let about = self.about(AboutFile {
            subtitle: written.subtitle,
            description: written.description,
            authors: written.authors,
            language: written.language,
            date: written.date,
            edition: written.edition,
            publisher: written.publisher,
            isbn: written.isbn,
            copyright: written.copyright,
            series: written.series,
            cover: written.cover,
        });
        Document {
            name,
            title: written.title,
            about,
            source,
            span,
            formats,
            pdf: self.pdf(written.pdf, &usual.pdf),
            epub: self.epub(written.epub, &usual.epub),
            docx: self.docx(written.docx, &usual.docx),
        }
    }

    fn format(&mut self, written: &Spanned<String>) -> Option<Format> {
        let found = Format::named(written.get_ref());
        if found.is_none() {
            let message = format!("`{}` is not a format", written.get_ref());
            let names = Format::ALL.map(Format::name).join(", ");
            self.fault(written.span(), message, format!("known: {names}"));
        }
        found
    }
}
