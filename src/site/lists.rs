//! Lists of pages, and the pages that a long list is cut into.

use crate::config::Kind;
use crate::site::model::{PageId, Site};
use crate::site::taxonomies::{Membership, Taxonomy, Term, TermId};
use crate::site_path::SitePath;

/// The file that all dated pages are listed in.
pub const ARCHIVE_FILE: &str = "archive/index.html";
/// How many pages the front page of a site lists.
const LATEST: usize = 10;

/// A list of pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ListId {
    /// Of the section of this folder.
    Section(SitePath),
    /// Of a term.
    Term(TermId),
}

/// A list of pages and how it is cut.
#[derive(Debug, Clone, Copy)]
pub struct List<'a> {
    /// The file that its first page is served from.
    pub route: &'a SitePath,
    /// The pages, in order; nothing of it is copied.
    pub pages: &'a [PageId],
    /// How many stand on one page of the list; 0 stands for all.
    pub size: usize,
    /// The folder of the second page of the list and those after it.
    pub path: &'a SitePath,
}

impl<'a> List<'a> {
    /// The number of pages it is cut into.
    pub fn count(&self) -> usize {
        match self.size {
            0 => 1,
            size => self.pages.len().div_ceil(size).max(1),
        }
    }

    /// The entries of one page, counted from 1.
    pub fn entries(&self, number: usize) -> &'a [PageId] {
        if self.size == 0 {
            return self.pages;
        }
        let start = (number.saturating_sub(1) * self.size).min(self.pages.len());
        let end = (start + self.size).min(self.pages.len());
        &self.pages[start..end]
    }

    /// The file that one page is served from.
    pub fn route(&self, number: usize) -> SitePath {
        if number < 2 {
            return self.route.clone();
        }
        let folder = match self.route.file_name() {
            "index.html" => self.route.parent(),
            _ => self
                .route
                .parent()
                .join(&SitePath::parse(self.route.stem()).expect("a part of a path is a path")),
        };
        let below = format!("{number}/index.html");
        let below = SitePath::parse(&below).expect("a number is a path");
        folder.join(self.path).join(&below)
    }
}

impl Site {
    /// A list of this site.
    pub fn list(&self, id: &ListId) -> Option<List<'_>> {
        match id {
            ListId::Section(folder) => self.section_list(folder),
            ListId::Term(id) => {
                let taxonomy = self.taxonomies.get(id.taxonomy)?;
                let term = taxonomy.terms.get(id.term)?;
                Some(List {
                    route: &term.route,
                    pages: &term.pages,
                    size: taxonomy.size,
                    path: &self.config.lists.paginate_path,
                })
            }
        }
    }

    /// What the page of a section lists. The front page of a site lists the newest of all pages;
    /// chapters are listed by the navigation alone.
    fn section_list(&self, folder: &SitePath) -> Option<List<'_>> {
        let section = self.sections.get(folder)?;
        let front = folder.is_root() && self.kind == Kind::Site;
        let pages: &[PageId] = match self.kind {
            Kind::Site if front => &self.dated,
            Kind::Docs if folder.is_root() && section.page.is_some() => &[],
            Kind::Site | Kind::Docs => &section.listed,
            Kind::Book | Kind::Contract => &[],
        };
        let own = section.rules.paginate_by;
        let size = match own {
            Some(size) => size,
            None if front => 0,
            None => self.config.lists.size(self.kind),
        };
        let pages = match front && own.is_none() {
            true => &pages[..pages.len().min(LATEST)],
            false => pages,
        };
        Some(List {
            route: &section.route,
            pages,
            size,
            path: section
                .paginate_path
                .as_ref()
                .unwrap_or(&self.config.lists.paginate_path),
        })
    }

    /// Whether there is a list of all dated pages.
    pub fn has_archive(&self) -> bool {
        let wanted = self.kind == Kind::Site;
        !self.dated.is_empty() && self.config.lists.archive.unwrap_or(wanted)
    }

    /// The section whose own page this is.
    pub fn section_of_index(&self, id: PageId) -> Option<SitePath> {
        let page = self.page(id);
        if !page.is_index() {
            return None;
        }
        let folder = page.place.parent();
        let section = self.sections.get(&folder)?;
        (section.page == Some(id)).then_some(folder)
    }

    /// The terms of a page.
    pub fn terms_of(&self, id: PageId) -> &[Membership] {
        self.terms.get(id.0).map_or(&[], Vec::as_slice)
    }

    /// A term.
    pub fn term(&self, id: TermId) -> &Term {
        &self.taxonomies[id.taxonomy].terms[id.term]
    }

    /// Whether a file holds the list of a taxonomy or of a term.
    pub(super) fn is_list(&self, route: &SitePath) -> bool {
        let of = |taxonomy: &Taxonomy| {
            taxonomy.route == *route || taxonomy.terms.iter().any(|term| term.route == *route)
        };
        self.taxonomies
            .iter()
            .filter(|taxonomy| route.is_within(&taxonomy.route.parent()))
            .any(of)
    }

    /// The term whose list a page stands for, because it is served where the list would be.
    pub fn term_at(&self, route: &SitePath) -> Option<TermId> {
        let (taxonomy, terms) = self
            .taxonomies
            .iter()
            .enumerate()
            .find(|(_, taxonomy)| route.is_within(&taxonomy.route.parent()))?;
        // Terms are sorted by their slugs, which is not quite the order of their routes.
        let term = terms.terms.iter().position(|term| term.route == *route)?;
        Some(TermId { taxonomy, term })
    }
}
