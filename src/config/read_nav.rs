//! The navigation table, from text to meaning.

use crate::config::file::NavFile;
use crate::config::meant::Nav;
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
}
