//! The chapters of a document in reading order, with the part that each plays in a book: one reading
//! for all formats.

use std::collections::BTreeSet;

use crate::site::{Document, NavItem, Page, PageId, Site};

/// The deepest level of an outline that a title gets.
const DEEPEST: usize = 5;

/// The chapters of a document, one after the other.
pub(super) struct Binding<'a> {
    /// Parts, chapters and what is below them.
    pub(super) entries: Vec<Bound<'a>>,
}

/// One entry of a document.
pub(super) struct Bound<'a> {
    /// The entry of the navigation.
    pub(super) item: &'a NavItem,
    /// Its text; a part has none, and a chapter that is still to be written.
    pub(super) page: Option<PageId>,
    /// The level of its title in the outline, from 1.
    pub(super) level: usize,
    /// What it is.
    pub(super) place: Place,
    /// The part it plays.
    pub(super) matter: Matter,
    /// Whether it stands before the first chapter, where pages have Roman numbers.
    pub(super) front: bool,
}

/// What an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// A title above chapters.
    Part,
    /// A text that begins on a page of its own.
    Chapter,
    /// A text below a chapter.
    Section,
}

impl Place {
    /// Its name.
    #[cfg(feature = "pdf")]
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Part => "part",
            Self::Chapter => "chapter",
            Self::Section => "section",
        }
    }
}

impl<'a> Binding<'a> {
    /// Reads the navigation of a document. A page that is listed twice stands where it is listed
    /// first.
    pub(super) fn of(site: &'a Site, document: &'a Document) -> Self {
        let mut reader = Reader {
            site,
            seen: BTreeSet::new(),
            entries: Vec::new(),
        };
        let has_numbers = document.chapters.iter().any(|item| item.number.is_some());
        let mut in_part = false;
        let mut front = has_numbers;
        for item in &document.chapters {
            if item.part {
                in_part = true;
                front = false;
                reader.entries.push(Bound {
                    item,
                    page: None,
                    level: 1,
                    place: Place::Part,
                    matter: Matter::PART,
                    front,
                });
                continue;
            }
            front &= item.number.is_none();
            // A chapter without a number after the parts, such as a glossary, belongs to no part.
            let level = match in_part && item.number.is_some() {
                true => 2,
                false => 1,
            };
            reader.collect(item, level, Place::Chapter, front);
        }
        Self {
            entries: reader.entries,
        }
    }

    /// The place of the entry that has a page.
    #[cfg(feature = "pdf")]
    pub(super) fn place_of(&self, page: PageId) -> Option<usize> {
        let mut entries = self.entries.iter();
        entries.position(|entry| entry.page == Some(page))
    }
}

struct Reader<'a> {
    site: &'a Site,
    seen: BTreeSet<PageId>,
    entries: Vec<Bound<'a>>,
}

impl<'a> Reader<'a> {
    fn collect(&mut self, item: &'a NavItem, level: usize, place: Place, front: bool) {
        let named = own_page(item);
        let page = item.page.or(named).filter(|page| self.seen.insert(*page));
        let below = item.children.iter().flat_map(NavItem::pages);
        let has_text = page.is_some() || below.into_iter().any(|page| !self.seen.contains(&page));
        if !has_text {
            return;
        }
        let matter = match page {
            Some(id) => Matter::of(self.site.page(id), item),
            None => Matter::CHAPTER,
        };
        // A preface behind the first chapter stays where the reader is told that it stands.
        let is_first = || self.entries.iter().all(|entry| entry.front);
        let front = front || (place == Place::Chapter && matter.body == FRONT && is_first());
        self.entries.push(Bound {
            item,
            page,
            level,
            place,
            matter,
            front,
        });
        for child in &item.children {
            self.collect(child, (level + 1).min(DEEPEST), Place::Section, front);
        }
    }
}

/// The page of an entry that has none of its own, but whose first page bears its name: the two are
/// one chapter.
fn own_page(item: &NavItem) -> Option<PageId> {
    let first = item.children.first()?;
    let same = first.title.trim().to_lowercase() == item.title.trim().to_lowercase();
    first.page.filter(|_| same && first.children.is_empty())
}

const FRONT: &str = "frontmatter";
const BODY: &str = "bodymatter";
const BACK: &str = "backmatter";

/// The part that a chapter plays in a book, in the words of EPUB Structural Semantics 1.1 and
/// DPUB-ARIA 1.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Matter {
    /// What it is.
    pub(super) kind: &'static str,
    /// Its role for assistive technology.
    pub(super) role: &'static str,
    /// The part of the book it belongs to: `frontmatter`, `bodymatter` or `backmatter`.
    pub(super) body: &'static str,
}

/// What a page may be, by the `role` of its front matter.
const MATTERS: [(&str, &str, &str); 17] = [
    ("abstract", "doc-abstract", FRONT),
    ("acknowledgments", "doc-acknowledgments", BACK),
    ("afterword", "doc-afterword", BACK),
    ("appendix", "doc-appendix", BACK),
    ("bibliography", "doc-bibliography", BACK),
    ("chapter", "doc-chapter", BODY),
    ("colophon", "doc-colophon", BACK),
    ("conclusion", "doc-conclusion", BODY),
    ("dedication", "doc-dedication", FRONT),
    ("epigraph", "doc-epigraph", FRONT),
    ("epilogue", "doc-epilogue", BODY),
    ("foreword", "doc-foreword", FRONT),
    ("glossary", "doc-glossary", BACK),
    ("index", "doc-index", BACK),
    ("introduction", "doc-introduction", BODY),
    ("preface", "doc-preface", FRONT),
    ("prologue", "doc-prologue", BODY),
];

impl Matter {
    /// A chapter of the body.
    pub(super) const CHAPTER: Self = Self {
        kind: "chapter",
        role: "doc-chapter",
        body: BODY,
    };

    /// A title above chapters.
    pub(super) const PART: Self = Self {
        kind: "part",
        role: "doc-part",
        body: BODY,
    };

    /// What a page is where it is listed: what its front matter says with `role`, else what its
    /// title or the name of its file does; a numbered chapter is a chapter.
    pub(super) fn of(page: &Page, item: &NavItem) -> Self {
        let told = page.front.extra.get("role").and_then(|role| role.as_str());
        let title = match item.title.trim() {
            "" => page.title.as_str(),
            title => title,
        };
        told.and_then(Self::named)
            .unwrap_or_else(|| Self::guess(title, page.path.stem(), item.number.is_some()))
    }

    fn named(name: &str) -> Option<Self> {
        let name = match name.trim().to_ascii_lowercase().as_str() {
            "acknowledgements" => "acknowledgments".to_owned(),
            name => name.to_owned(),
        };
        let found = MATTERS.iter().find(|(kind, ..)| *kind == name);
        found.map(|(kind, role, body)| Self { kind, role, body })
    }

    fn guess(title: &str, stem: &str, numbered: bool) -> Self {
        let known = |name: &str| {
            let name = name.to_lowercase();
            let mut words = name.split(|c: char| !c.is_alphabetic());
            match words.next() {
                Some("appendix") => Self::named("appendix"),
                // These are as often chapters about what they name.
                _ if ["index", "abstract", "epigraph"].contains(&name.as_str()) => None,
                _ => Self::named(&name),
            }
        };
        match known(title).or_else(|| known(stem)) {
            Some(found) if !numbered || found.kind == "appendix" => found,
            _ => Self::CHAPTER,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn front_and_back_matter_are_known_by_name() {
        let case = |title: &str, stem: &str, numbered: bool, expected: &str| {
            assert_eq!(
                Matter::guess(title, stem, numbered).kind,
                expected,
                "{title}"
            );
        };
        case("Before You Go", "preface", false, "preface");
        case("Appendix B: Data", "b", true, "appendix");
        case("Introduction", "intro", true, "chapter");
        case("Acknowledgements", "x", false, "acknowledgments");
        case("Sand", "sand", true, "chapter");
        case("Sand", "index", false, "chapter");
    }
}
