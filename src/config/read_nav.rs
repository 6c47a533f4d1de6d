//! The navigation table and the documents, from text to meaning.

use toml::Spanned;

use crate::config::file::{DocumentFile, DocumentSource, NavFile};
use crate::config::meant::{Document, Format, Nav};
use crate::config::read::Reader;

impl Reader<'_> {
    pub(super) fn nav(&mut self, written: NavFile) -> Option<Nav> {
        match written {
            NavFile::Page(page) => {
                let span = self.find(&page);
                let page = Some(self.path_at(&page, span.clone())?);
                Some(Nav {
                    title: None,
                    page,
                    span,
                    pages: Vec::new(),
                })
            }
            NavFile::Entry(entry) => {
                let written = entry.page.as_deref();
                let span = written.map_or(0..0, |page| self.find(page));
                let page = entry
                    .page
                    .and_then(|page| self.path_at(&page, span.clone()));
                let pages = entry
                    .pages
                    .into_iter()
                    .filter_map(|below| self.nav(below))
                    .collect();
                Some(Nav {
                    title: entry.title,
                    page,
                    span,
                    pages,
                })
            }
        }
    }

    pub(super) fn document(&mut self, written: DocumentFile) -> Document {
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
            None => Format::ALL.to_vec(),
            Some(formats) => formats
                .iter()
                .filter_map(|format| self.format(format))
                .collect(),
        };
        Document {
            name,
            title: written.title,
            source,
            span,
            formats,
        }
    }

    fn format(&mut self, written: &Spanned<String>) -> Option<Format> {
        let found = Format::ALL
            .into_iter()
            .find(|format| format.name() == written.get_ref());
        if found.is_none() {
            let message = format!("`{}` is not a format", written.get_ref());
            self.fault(written.span(), message, "known: pdf, epub");
        }
        found
    }
}
