//! What a book is made of before anything is written: its chapters with their file names, its
//! table of contents, and what it says about itself.

use std::collections::{BTreeMap, BTreeSet};

use crate::config::direction;
use crate::digest::Digest;
use crate::render::RenderContext;
use crate::render::binding::Matter;
use crate::render::brand::Cover;
use crate::render::dom::xml_text;
use crate::render::words::Words;
use crate::site::{Date, Document, NavItem, Page, PageId};
use crate::site_path::SitePath;

/// Names that the book needs for itself.
const RESERVED: &[&str] = &["nav", "cover", "titlepage", "colophon", "toc", "content"];

/// A moment for books that come from no commit.
const NO_TIME: &str = "2000-01-01T00:00:00Z";

/// A book before anything is written.
pub(super) struct Book<'a> {
    pub context: RenderContext<'a>,
    pub document: &'a Document,
    pub title: String,
    pub language: String,
    pub direction: &'static str,
    pub authors: Vec<String>,
    pub description: Option<String>,
    pub rights: Option<String>,
    pub identifier: String,
    pub modified: String,
    /// What the book itself says, in its language.
    pub words: Words,
    pub chapters: Vec<Chapter<'a>>,
    pub toc: Vec<Entry>,
    by_page: BTreeMap<PageId, usize>,
}

/// One page as a chapter.
pub(super) struct Chapter<'a> {
    pub page: &'a Page,
    pub file: String,
    pub title: String,
    pub number: Option<String>,
    pub matter: Matter,
    pub language: String,
}

/// One line of the table of contents; without a chapter it is a part, or a chapter still to be
/// written that has chapters below.
pub(super) struct Entry {
    pub title: String,
    pub chapter: Option<usize>,
    pub children: Vec<Entry>,
}

impl<'a> Book<'a> {
    pub(super) fn of(context: &RenderContext<'a>, document: &'a Document) -> Self {
        let site = context.site;
        let about = &document.about;
        let language = about.language.as_deref();
        let language = language_tag(language.unwrap_or(&site.config.project.language));
        let title = plain(&document.title);
        let mut book = Self {
            context: *context,
            direction: direction(&language),
            words: Words::of(site, &language),
            document,
            authors: (about.authors.iter())
                .filter(|person| person.is_author())
                .map(|person| plain(&person.name))
                .collect(),
            description: about.description.as_deref().map(plain),
            rights: about.copyright.as_deref().map(plain),
            identifier: identifier(context, document),
            modified: modified(site.source.time),
            title: if title.is_empty() {
                document.name.clone()
            } else {
                title
            },
            language,
            chapters: Vec::new(),
            toc: Vec::new(),
            by_page: BTreeMap::new(),
        };
        book.authors.retain(|name| !name.is_empty());
        let mut names = RESERVED.iter().map(|name| (*name).to_owned()).collect();
        book.toc = book.entries(&document.chapters, &mut names);
        book
    }

    /// The chapter that a page became, if it is in the book.
    pub(super) fn chapter_of(&self, page: PageId) -> Option<usize> {
        self.by_page.get(&page).copied()
    }

    /// The first chapter that is neither a preface nor anything of the kind.
    pub(super) fn start(&self) -> Option<&Chapter<'a>> {
        let numbered = self
            .chapters
            .iter()
            .find(|chapter| chapter.number.is_some());
        let body = || {
            self.chapters
                .iter()
                .find(|chapter| chapter.matter.body == "bodymatter")
        };
        numbered.or_else(body).or_else(|| self.chapters.first())
    }

    /// What stands on its cover if it has to be drawn.
    pub(super) fn cover(&self) -> Cover {
        Cover {
            title: self.title.clone(),
            authors: self.authors.clone(),
            is_rtl: self.direction == "rtl",
            ..Cover::default()
        }
    }

    fn entries(&mut self, items: &'a [NavItem], names: &mut BTreeSet<String>) -> Vec<Entry> {
        let mut entries: Vec<Entry> = Vec::new();
        let mut part: Option<Entry> = None;
        for item in items {
            // A part holds the numbered chapters up to the next part.
            if item.part || (part.is_some() && item.number.is_none()) {
                entries.extend(part.take().filter(|part| !part.children.is_empty()));
            }
            let Some(entry) = self.entry(item, names) else {
                continue;
            };
            match &mut part {
                _ if item.part => part = Some(entry),
                Some(part) => part.children.push(entry),
                None => entries.push(entry),
            }
        }
        entries.extend(part.filter(|part| !part.children.is_empty()));
        entries
    }

    fn entry(&mut self, item: &'a NavItem, names: &mut BTreeSet<String>) -> Option<Entry> {
        // A page that is listed twice is one chapter, where it is listed first.
        let new = item.page.filter(|id| !self.by_page.contains_key(id));
        let chapter = new.map(|id| self.add(item, id, names));
        let children = self.entries(&item.children, names);
        let title = match chapter {
            Some(at) => self.chapters[at].titled(&item.title, item.number.as_deref()),
            None => plain(&item.title),
        };
        let empty = title.is_empty() || (chapter.is_none() && children.is_empty() && !item.part);
        (!empty).then_some(Entry {
            title,
            chapter,
            children,
        })
    }

    fn add(&mut self, item: &NavItem, id: PageId, names: &mut BTreeSet<String>) -> usize {
        let page = self.context.site.page(id);
        let title = [&item.title, &page.title]
            .map(|title| plain(title))
            .into_iter()
            .find(|title| !title.is_empty())
            .unwrap_or_else(|| page.path.stem().to_owned());
        self.chapters.push(Chapter {
            page,
            file: format!("{}.xhtml", file_name(&page.route, names)),
            number: item.number.as_deref().map(plain),
            matter: Matter::of(page, item),
            language: language_tag(self.context.site.language_of(page)),
            title,
        });
        self.by_page.insert(id, self.chapters.len() - 1);
        self.chapters.len() - 1
    }
}

impl Chapter<'_> {
    /// The title as the table of contents has it, after the number.
    fn titled(&self, title: &str, number: Option<&str>) -> String {
        let title = Some(plain(title)).filter(|title| !title.is_empty());
        let title = title.unwrap_or_else(|| self.title.clone());
        match number {
            Some(number) => format!("{} {title}", plain(number)),
            None => title,
        }
    }
}

/// Text on one line, of characters that XML allows.
pub(super) fn plain(text: &str) -> String {
    let text = xml_text(text);
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A language that XML and EPUB accept; English if the author's is none.
pub(super) fn language_tag(written: &str) -> String {
    let good = |(at, part): (usize, &str)| {
        let length = if at == 0 { 2..=8 } else { 1..=8 };
        let letters = |c: char| c.is_ascii_alphabetic() || (at > 0 && c.is_ascii_digit());
        length.contains(&part.len()) && part.chars().all(letters)
    };
    match written.split('-').enumerate().all(good) {
        true => written.to_owned(),
        false => "en".to_owned(),
    }
}

/// A readable, stable file name of plain ASCII from a route: `guide/setup/index.html` is
/// `guide-setup`. Where letters are lost, or the name is taken, a digest of the route is added.
fn file_name(route: &SitePath, taken: &mut BTreeSet<String>) -> String {
    let path = route.as_str();
    let path = path.strip_suffix("index.html").unwrap_or(path);
    let path = path.strip_suffix(".html").unwrap_or(path).trim_matches('/');
    let mut name = ascii_name(if path.is_empty() { "index" } else { path });
    let lossy = !path.is_ascii() || name.len() > 80;
    if lossy || taken.contains(&name) {
        name.truncate(80);
        let digest = Digest::of(route.as_str().as_bytes()).short();
        name = format!("{}-{digest}", name.trim_end_matches('-'));
    }
    taken.insert(name.clone());
    name
}

/// The letters and digits of a name in lower case, with hyphens for everything else.
pub(super) fn ascii_name(text: &str) -> String {
    let mut name = String::new();
    for c in text.chars() {
        if c.is_ascii_alphanumeric() {
            name.push(c.to_ascii_lowercase());
        } else if !name.ends_with('-') && !name.is_empty() {
            name.push('-');
        }
    }
    let name = name.trim_end_matches('-');
    if name.is_empty() {
        "page".to_owned()
    } else {
        name.to_owned()
    }
}

/// The identifier that stays the same from edition to edition: the author's, or a UUID derived
/// from the work's name. It is of version 8 (RFC 9562 §5.8), whose bits are the maker's own.
fn identifier(context: &RenderContext<'_>, document: &Document) -> String {
    let config = &context.site.config;
    if let Some(own) = document.epub.identifier.as_deref().map(plain)
        && !own.is_empty()
    {
        return own;
    }
    let base = config.project.base_url.as_deref().unwrap_or("");
    let parts = [document.title.as_str(), base, document.name.as_str()];
    let hex = Digest::of_parts(parts.iter().map(|part| part.as_bytes())).hex();
    let variant = match hex.as_bytes()[16] {
        b'0'..=b'3' => '8',
        b'4'..=b'7' => '9',
        b'8'..=b'b' => 'a',
        _ => 'b',
    };
    format!(
        "urn:uuid:{}-{}-8{}-{variant}{}-{}",
        &hex[..8],
        &hex[8..12],
        &hex[13..16],
        &hex[17..20],
        &hex[20..32]
    )
}

fn modified(time: Option<i64>) -> String {
    let date = time.and_then(Date::from_seconds).map(Date::rfc3339);
    // EPUB 3.3 §5.5.6 asks for exactly this form, with a year of four digits.
    date.filter(|date| date.len() == NO_TIME.len())
        .unwrap_or_else(|| NO_TIME.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names_are_plain_and_unique() {
        let mut taken: BTreeSet<String> = ["nav".to_owned()].into();
        let mut case = |route: &str, expected: &str| {
            let route = SitePath::parse(route).unwrap();
            assert_eq!(file_name(&route, &mut taken), expected);
        };
        case("sea/tide-tables/index.html", "sea-tide-tables");
        case("index.html", "index");
        case("404.html", "404");
        case("sea/tide tables/index.html", "sea-tide-tables-6fef2f24");
        case("nav/index.html", "nav-cec9cc5a");
        case("潮/index.html", "page-3bdb63ff");
    }

    #[test]
    fn languages_that_are_none_become_english() {
        for (written, expected) in [
            ("en-GB", "en-GB"),
            ("zh-Hant-TW", "zh-Hant-TW"),
            ("x\"", "en"),
            ("", "en"),
            ("english_uk", "en"),
        ] {
            assert_eq!(language_tag(written), expected);
        }
    }
}
