//! What the repository says: pages, sections, navigation, taxonomies, documents.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use serde_json::Value;

use crate::config::{About, Config, Docx, Epub, Format, Kind, Pdf};
use crate::diagnostic::Diagnostic;
use crate::markdown::LabelKind;
use crate::repo::{FileHistory, Source};
use crate::site::authors::Author;
use crate::site::citations::Bibliography;
use crate::site::expand::Shortcodes;
use crate::site::front_matter::ListRules;
use crate::site::index_terms::TermIndex;
use crate::site::labels::Labels;
use crate::site::languages::Languages;
use crate::site::lexicons::Lexicons;
use crate::site::page::Page;
use crate::site::style_files::StyleFile;
use crate::site::taxonomies::{Membership, Taxonomy};
use crate::site::versions::Versions;
use crate::site_path::SitePath;

/// A page of a site, by its place in [`Site::pages`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PageId(pub usize);

/// The model of one snapshot: its pages, and what follows from them.
#[derive(Debug, Clone)]
pub struct Site {
    /// The pages that are published, sorted by route.
    pub pages: Vec<Arc<Page>>,
    /// The commit it was read from.
    pub source: Source,
    /// What was found while reading.
    pub diagnostics: Vec<Diagnostic>,
    /// The same work in the other languages.
    pub translations: Vec<Site>,
    /// How often a text was edited, in any language, since the site was loaded ([`Site::edited`]).
    pub edition: u64,
    pub(super) structure: Arc<Structure>,
}

/// What follows from the configuration and from what pages say of themselves, read through
/// [`Site`]. The texts of pages have no part in it, so that an edit of one leaves it as it is.
#[derive(Debug, Clone)]
pub struct Structure {
    /// The configuration.
    pub config: Arc<Config>,
    /// The kind, as configured or as guessed.
    pub kind: Kind,
    /// The title, as configured or as found.
    pub title: String,
    /// The content folder.
    pub content: SitePath,
    /// The history of each page, in the same order; none outside Git.
    pub history: Vec<Option<FileHistory>>,
    /// The folders that hold pages, by their folder relative to the site.
    pub sections: BTreeMap<SitePath, Section>,
    /// The navigation.
    pub nav: Vec<NavItem>,
    /// The dated pages, newest first.
    pub dated: Vec<PageId>,
    /// The ways in which pages are sorted, by name.
    pub taxonomies: Vec<Taxonomy>,
    /// The bound outputs.
    pub documents: Vec<Document>,
    /// What the data files say, shared by all templates.
    pub data: Arc<Value>,
    /// What is known of authors, by the short names that pages use.
    pub authors: BTreeMap<String, Author>,
    /// The files with rules of style that the project names.
    pub styles: Arc<Vec<StyleFile>>,
    /// What has a label that text can refer to.
    pub labels: Labels,
    /// What its pages cite.
    pub bibliography: Bibliography,
    /// The index at the back of it.
    pub index: TermIndex,
    /// The page of a work that lists all labels of a kind.
    pub list_pages: BTreeMap<LabelKind, PageId>,
    /// Old routes and where they lead.
    pub redirects: Vec<Redirect>,
    /// Old routes from where the work begins, where its own language has a folder.
    pub outer_redirects: Vec<Redirect>,
    /// Every file of the snapshot that is not a page, relative to the project.
    pub files: BTreeSet<SitePath>,
    /// Files of the content folder that are published whether or not a page names them.
    pub published_files: BTreeSet<SitePath>,
    /// How many pages were left out.
    pub hidden: Hidden,
    /// The folder of the release that it stands in; all its routes are relative to it.
    pub mount: SitePath,
    /// The folder of the release that its version stands in, with the files of all languages.
    pub base: SitePath,
    /// What every version knows of all; empty if there is one alone.
    pub versions: Arc<Versions>,
    /// Its tag in the table of languages; none if it is the project's own language.
    pub language: Option<String>,
    /// What every language knows of all; empty if there is one alone.
    pub languages: Arc<Languages>,
    /// The file of findings that are not told again, if there is one.
    pub baseline: Option<(SitePath, Arc<str>)>,
    /// The words that are right, and the dictionaries.
    pub lexicons: Arc<Lexicons>,
    /// The moment it is read for, in seconds after the Unix epoch: that of a clean commit, else that of
    /// the load.
    pub moment: i64,
    pub(super) by_place: HashMap<SitePath, PageId>,
    pub(super) own_language: String,
    /// The configuration as written, before it is that of one language.
    pub(super) written: Arc<Config>,
    pub(super) shortcodes: Shortcodes,
    /// Whether the same pages are shown at the moment of the commit as at that of the load.
    pub(super) is_timeless: bool,
    pub(super) terms: Vec<Vec<Membership>>,
    pub(super) by_path: HashMap<SitePath, PageId>,
    /// The page of each file name; none where several have it.
    pub(super) by_name: HashMap<String, Option<PageId>>,
    pub(super) by_route: HashMap<SitePath, PageId>,
}

impl Deref for Site {
    type Target = Structure;

    fn deref(&self) -> &Structure {
        &self.structure
    }
}

impl DerefMut for Site {
    /// A structure that another site shares is copied first.
    fn deref_mut(&mut self) -> &mut Structure {
        Arc::make_mut(&mut self.structure)
    }
}

/// An old route and where it leads, both as addresses with slashes at their ends.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Redirect {
    /// The route that is gone.
    pub from: String,
    /// The route that takes its place.
    pub to: String,
}

/// Pages that are not published now.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Hidden {
    /// Not finished.
    pub drafts: usize,
    /// Dated after the commit.
    pub future: usize,
    /// Expired before the commit.
    pub expired: usize,
}

/// A folder of pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// The file it is served from.
    pub route: SitePath,
    /// The title.
    pub title: String,
    /// Its own page, if it has one.
    pub page: Option<PageId>,
    /// Its pages in order, without its own and without those of sections below.
    pub pages: Vec<PageId>,
    /// What its list holds: its pages, those of transparent sections below, and the pages of the
    /// other sections right below.
    pub listed: Vec<PageId>,
    /// How its pages are listed.
    pub rules: ListRules,
    /// The folder of the second page of its list and those after it, if its page names one.
    pub paginate_path: Option<SitePath>,
}

/// One entry of the navigation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NavItem {
    /// The title.
    pub title: String,
    /// The page.
    pub page: Option<PageId>,
    /// The folder of a section that has no page of its own but is listed.
    pub section: Option<SitePath>,
    /// The number of a chapter, such as `2.1`.
    pub number: Option<String>,
    /// Whether it is the title of a part of a book.
    pub part: bool,
    /// The entries below.
    pub children: Vec<NavItem>,
}

/// A paginated work bound from pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// The file name without extension.
    pub name: String,
    /// The title.
    pub title: String,
    /// What it says of itself besides; where the document is silent, the project speaks.
    pub about: About,
    /// The chapters in order.
    pub chapters: Vec<NavItem>,
    /// The formats.
    pub formats: Vec<Format>,
    /// How its PDF is made.
    pub pdf: Pdf,
    /// How its e-book is made.
    pub epub: Epub,
    /// How its Word file is made.
    pub docx: Docx,
}

impl Site {
    /// The page with this id.
    pub fn page(&self, id: PageId) -> &Arc<Page> {
        &self.pages[id.0]
    }

    /// All pages with their ids, sorted by route.
    pub fn pages_with_ids(&self) -> impl Iterator<Item = (PageId, &Arc<Page>)> {
        self.pages
            .iter()
            .enumerate()
            .map(|(at, page)| (PageId(at), page))
    }

    /// The page read from a file, or the one that stands in this language for a file of another.
    pub fn page_at(&self, path: &SitePath) -> Option<PageId> {
        let own = self.by_path.get(path).copied();
        own.or_else(|| self.page_in_language(path))
    }

    /// The page served from a file.
    pub fn page_routed(&self, route: &SitePath) -> Option<PageId> {
        self.by_route.get(route).copied()
    }

    /// The history of a page's source.
    pub fn history_of(&self, id: PageId) -> Option<&FileHistory> {
        self.history.get(id.0)?.as_ref()
    }

    /// The pictures on the covers of documents.
    pub fn covers(&self) -> BTreeSet<&SitePath> {
        let documents = self.documents.iter();
        let covers = documents.filter_map(|document| document.about.cover.as_ref());
        covers.chain(&self.config.epub.cover).collect()
    }

    /// Where a file of the project stands in the site: relative to the content folder if it lies
    /// there, else relative to the project.
    pub fn file_route(&self, file: &SitePath) -> SitePath {
        file.below(&self.content).unwrap_or_else(|| file.clone())
    }

    /// The language of a page.
    pub fn language_of<'a>(&'a self, page: &'a Page) -> &'a str {
        let told = page.front.language.as_deref().or(page.language.as_deref());
        told.unwrap_or(&self.own_language)
    }

    /// Whether a file of the content has a place, and keeps it.
    pub fn publishes(&self, route: &SitePath) -> bool {
        self.published_files.contains(&self.content.join(route))
    }

    /// The authors of a page: its own, else the project's.
    pub fn authors_of<'a>(&'a self, page: &'a Page) -> &'a [String] {
        match page.front.authors.is_empty() {
            true => &self.config.project.authors,
            false => &page.front.authors,
        }
    }
}

impl NavItem {
    /// An entry for a page.
    pub fn of_page(title: impl Into<String>, page: PageId) -> Self {
        Self {
            title: title.into(),
            page: Some(page),
            ..Self::default()
        }
    }

    /// The pages of this entry and of those below, in reading order.
    pub fn pages(&self) -> Vec<PageId> {
        let below = self.children.iter().flat_map(NavItem::pages);
        self.page.into_iter().chain(below).collect()
    }
}

/// A file that is made of a PDF and stands beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beside {
    /// Its pages as sheets to print on both sides and fold.
    Booklet,
    /// Its pages, small, on few sheets.
    ContactSheet,
}

impl Document {
    /// The file of one format, relative to the site.
    pub fn route(&self, format: Format) -> SitePath {
        SitePath::parse(&format!("{}.{format}", self.name))
            .expect("document names hold no slash and no dot-dot")
    }

    /// The files that are made beside the PDF, if there is one.
    pub fn beside(&self) -> Vec<(Beside, SitePath)> {
        if !self.formats.contains(&Format::Pdf) {
            return Vec::new();
        }
        let finishing = &self.pdf.finishing;
        let booklet = finishing.booklet.map(|_| (Beside::Booklet, "booklet"));
        let contact = finishing.contact_sheet;
        let contact = contact.map(|_| (Beside::ContactSheet, "contact-sheet"));
        let files = booklet.into_iter().chain(contact);
        let file = |(beside, end): (Beside, &str)| {
            let path = SitePath::parse(&format!("{}-{end}.pdf", self.name)).ok()?;
            Some((beside, path))
        };
        files.filter_map(file).collect()
    }

    /// The pages in reading order, each once.
    pub fn pages(&self) -> Vec<PageId> {
        let mut seen = BTreeSet::new();
        let pages = self.chapters.iter().flat_map(NavItem::pages);
        pages.filter(|page| seen.insert(*page)).collect()
    }
}
