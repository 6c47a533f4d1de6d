//! What a book is made of before anything is written: its chapters with their file names, its
//! table of contents, and what it says about itself.

use std::collections::{BTreeMap, BTreeSet};

use crate::config::{Contributor, Writing, direction};
use crate::digest::Digest;
use crate::render::RenderContext;
use crate::render::binding::{Binding, Bound, Matter, Place};
use crate::render::brand::Cover;
use crate::render::epub::names::{file_name, language_tag, part_name, plain};
use crate::render::epub::paper::{Places, places};
use crate::render::words::Words;
use crate::site::{Date, Document, Page, PageId};

/// Names that the book needs for itself.
const RESERVED: &[&str] = &[
    "nav",
    "cover",
    "titlepage",
    "imprint",
    "colophon",
    "toc",
    "content",
];

/// A moment for books that come from no commit.
const NO_TIME: &str = "2000-01-01T00:00:00Z";

/// A book before anything is written.
pub(super) struct Book<'a> {
    pub context: RenderContext<'a>,
    pub document: &'a Document,
    pub title: String,
    pub subtitle: Option<String>,
    pub language: String,
    pub direction: &'static str,
    pub writing: Writing,
    /// Everybody who made it, the authors first.
    pub people: Vec<Contributor>,
    pub description: Option<String>,
    pub publisher: Option<String>,
    pub edition: Option<String>,
    pub rights: Option<String>,
    /// The series, and the place in it.
    pub series: Option<(String, Option<String>)>,
    /// The digits of its number.
    pub isbn: Option<String>,
    pub identifier: String,
    /// The day of the edition, as it is written in metadata.
    pub date: Option<String>,
    pub modified: String,
    /// What the book itself says, in its language.
    pub words: Words,
    pub parts: Vec<Part>,
    pub chapters: Vec<Chapter<'a>>,
    pub toc: Vec<Entry>,
    /// Where the pages of the PDF begin.
    pub places: Places,
    by_page: BTreeMap<PageId, usize>,
}

/// A title above chapters, on a page of its own.
pub(super) struct Part {
    pub file: String,
    pub title: String,
    /// The chapter that follows it.
    pub before: usize,
    /// Its place in the binding.
    pub place: usize,
}

/// One page as a chapter.
pub(super) struct Chapter<'a> {
    pub page: &'a Page,
    pub file: String,
    pub title: String,
    pub number: Option<String>,
    pub matter: Matter,
    pub language: String,
    /// Its place in the binding.
    pub place: usize,
}

/// One line of the table of contents. What is neither a part nor a chapter is a chapter still to be
/// written that has others below.
pub(super) struct Entry {
    pub title: String,
    pub part: Option<usize>,
    pub chapter: Option<usize>,
    pub children: Vec<Entry>,
}

impl<'a> Book<'a> {
    pub(super) fn of(context: &RenderContext<'a>, document: &'a Document) -> Self {
        let site = context.site;
        let about = &document.about;
        let language = about.language.as_deref();
        let language = language_tag(language.unwrap_or(&site.config.project.language));
        let told = |text: &Option<String>| {
            let text = text.as_deref().map(plain);
            text.filter(|text| !text.is_empty())
        };
        let series = about.series.as_ref().map(|series| {
            let number = told(&series.number);
            (plain(&series.name), number)
        });
        let title = plain(&document.title);
        let mut book = Self {
            context: *context,
            document,
            title: match title.is_empty() {
                true => document.name.clone(),
                false => title,
            },
            subtitle: told(&about.subtitle),
            direction: direction(&language),
            writing: document.epub.writing,
            words: Words::of(site, &language),
            people: people(&about.authors),
            description: told(&about.description),
            publisher: told(&about.publisher),
            edition: told(&about.edition),
            rights: told(&about.copyright),
            series: series.filter(|(name, _)| !name.is_empty()),
            isbn: told(&about.isbn),
            identifier: identifier(context, document),
            date: told(&about.date),
            modified: modified(site.source.time),
            language,
            parts: Vec::new(),
            chapters: Vec::new(),
            toc: Vec::new(),
            places: places(context, document),
            by_page: BTreeMap::new(),
        };
        book.bind(&Binding::of(site, document));
        book
    }

    /// The chapter that a page became, if it is in the book.
    pub(super) fn chapter_of(&self, page: PageId) -> Option<usize> {
        self.by_page.get(&page).copied()
    }

    /// The first chapter that is neither a preface nor anything of the kind, or the part above it.
    pub(super) fn start(&self) -> Option<&str> {
        let mut chapters = self.chapters.iter();
        let at = chapters
            .position(|chapter| chapter.number.is_some())
            .or_else(|| {
                let mut chapters = self.chapters.iter();
                chapters.position(|chapter| chapter.matter.body == "bodymatter")
            })
            .unwrap_or(0);
        let part = self.parts.iter().find(|part| part.before == at);
        let chapter = || Some(&self.chapters.get(at)?.file);
        part.map(|part| &part.file)
            .or_else(chapter)
            .map(String::as_str)
    }

    /// The names of those whose text it is.
    pub(super) fn authors(&self) -> impl Iterator<Item = &str> {
        let authors = self.people.iter().filter(|person| person.is_author());
        authors.map(|person| person.name.as_str())
    }

    /// The series and the place in it, on one line.
    pub(super) fn series_line(&self) -> Option<String> {
        let (name, number) = self.series.as_ref()?;
        Some(match number {
            Some(number) => format!("{name} · {number}"),
            None => name.clone(),
        })
    }

    /// The day of the edition, or of the commit.
    pub(super) fn day(&self) -> Option<String> {
        let time = self.context.site.source.time;
        let made = time.and_then(Date::from_seconds).map(Date::rfc3339);
        let made = made.and_then(|moment| moment.get(..10).map(str::to_owned));
        self.date.clone().or(made)
    }

    /// What stands on its cover if it has to be drawn.
    pub(super) fn cover(&self) -> Cover {
        Cover {
            title: self.title.clone(),
            subtitle: self.subtitle.clone().unwrap_or_default(),
            series: self.series_line().unwrap_or_default(),
            authors: self.authors().map(str::to_owned).collect(),
            publisher: self.publisher.clone().unwrap_or_default(),
            is_rtl: self.direction == "rtl",
        }
    }

    /// The direction in which its pages follow each other.
    pub(super) fn progression(&self) -> &'static str {
        match self.writing {
            Writing::Horizontal => self.direction,
            Writing::VerticalRl => "rtl",
            Writing::VerticalLr => "ltr",
        }
    }

    fn bind(&mut self, binding: &Binding<'a>) {
        let mut names = RESERVED.iter().map(|name| (*name).to_owned()).collect();
        let entries = &binding.entries;
        let mut lines = Vec::new();
        for (place, bound) in entries.iter().enumerate() {
            let next = entries.get(place + 1);
            let title = plain(&bound.item.title);
            let mut entry = Entry {
                title,
                part: None,
                chapter: None,
                children: Vec::new(),
            };
            if bound.place == Place::Part {
                // A part without chapters would be a page without a sense.
                let holds = next.is_some_and(|next| next.level > bound.level);
                if !holds || entry.title.is_empty() {
                    continue;
                }
                entry.part = Some(self.parts.len());
                self.parts.push(Part {
                    file: format!("{}.xhtml", part_name(&entry.title, &mut names)),
                    title: entry.title.clone(),
                    before: self.chapters.len(),
                    place,
                });
            } else if let Some(page) = bound.page {
                let at = self.add(bound, page, place, &mut names);
                entry.chapter = Some(at);
                entry.title = self.chapters[at].titled(&entry.title);
            }
            lines.push((bound.level, entry));
        }
        self.toc = nest(&mut lines.into_iter().peekable(), 0);
    }

    fn add(
        &mut self,
        bound: &Bound<'a>,
        id: PageId,
        place: usize,
        names: &mut BTreeSet<String>,
    ) -> usize {
        let page = self.context.site.page(id);
        let title = [&bound.item.title, &page.title]
            .map(|title| plain(title))
            .into_iter()
            .find(|title| !title.is_empty())
            .unwrap_or_else(|| page.path.stem().to_owned());
        self.chapters.push(Chapter {
            page,
            file: format!("{}.xhtml", file_name(&page.route, names)),
            number: bound.item.number.as_deref().map(plain),
            matter: bound.matter,
            language: language_tag(self.context.site.language_of(page)),
            title,
            place,
        });
        self.by_page.insert(id, self.chapters.len() - 1);
        self.chapters.len() - 1
    }
}

impl Chapter<'_> {
    /// The title as the table of contents has it, after the number.
    fn titled(&self, title: &str) -> String {
        let title = match title.is_empty() {
            true => &self.title,
            false => title,
        };
        match &self.number {
            Some(number) => format!("{number} {title}"),
            None => title.to_owned(),
        }
    }
}

/// The lines of one level with those below them; what leads nowhere goes.
fn nest(
    lines: &mut std::iter::Peekable<impl Iterator<Item = (usize, Entry)>>,
    above: usize,
) -> Vec<Entry> {
    let mut entries = Vec::new();
    while let Some((level, mut entry)) = lines.next_if(|(level, _)| *level > above) {
        entry.children = nest(lines, level);
        let leads = entry.part.is_some() || entry.chapter.is_some();
        if leads || !entry.children.is_empty() {
            entries.push(entry);
        }
    }
    entries
}

/// Those who have a name, the authors first.
fn people(written: &[Contributor]) -> Vec<Contributor> {
    let mut people: Vec<Contributor> = written
        .iter()
        .map(|person| Contributor {
            name: plain(&person.name),
            sort: person.sort.as_deref().map(plain),
            ..person.clone()
        })
        .filter(|person| !person.name.is_empty())
        .collect();
    people.sort_by_key(|person| !person.is_author());
    people
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
