//! The works that pages cite: each citation in the words of a style, and the lists of the works.
//! In a book or a contract all pages cite together; elsewhere each page does for itself.

#[cfg(feature = "citations")]
mod bounds;
#[cfg(feature = "citations")]
mod format;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use pulldown_cmark::{CowStr, Event, LinkType, Tag, TagEnd};

use crate::diagnostic::{Diagnostic, Severity, nearest};
use crate::digest::Digest;
use crate::markdown::{
    Attributes, Citation, Edition, Markup, Spanned, fill, holds, with_citations,
};
use crate::repo::Snapshot;
use crate::site::labels::reading_order;
use crate::site::model::{PageId, Site};
use crate::site::page::Page;
use crate::site::project::read_text;
use crate::site_path::SitePath;

/// The id of the container that is filled with the list of works, as in pandoc.
const LIST: &str = "refs";

/// What pages cite.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bibliography {
    /// The keys of all works.
    keys: BTreeSet<String>,
    /// The citations of each page, in order.
    citations: BTreeMap<PageId, Vec<Set>>,
    /// What each page lists.
    lists: BTreeMap<PageId, Vec<Listed>>,
    /// The page on which the works are listed that a page cites.
    homes: BTreeMap<PageId, PageId>,
}

/// A citation, and how it reads.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Set {
    citation: Citation,
    pieces: Vec<Piece>,
}

/// A work in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Listed {
    key: String,
    pieces: Vec<Piece>,
}

/// A part of a citation or of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Piece {
    text: String,
    look: Look,
    /// The key of the work, or an address.
    leads: Option<Leads>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Leads {
    Work(String),
    Away(String),
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Look {
    italic: bool,
    bold: bool,
}

impl Site {
    /// The steps through a page as an edition has it: with its own punctuation, and citations as
    /// they read.
    pub fn reading<'p>(&self, page: &'p Page, edition: Edition) -> Vec<Spanned<'p>> {
        let events = page.events_for(edition, self.punctuation(page));
        let events = match self.bibliography.keys.is_empty() {
            true => events,
            false => self.bibliography.write(self, page, events),
        };
        self.index.write(self, page, events, edition)
    }

    /// Whether the text of a page may cite works.
    pub(super) fn may_cite(&self, page: &Page) -> bool {
        !self.config.citations.sources.is_empty() && page.markdown().contains('@')
    }
}

impl Bibliography {
    fn write<'p>(&self, site: &Site, page: &Page, events: Vec<Spanned<'p>>) -> Vec<Spanned<'p>> {
        let Some(id) = site.page_at(&page.path) else {
            return events;
        };
        // What another edition cites is passed over.
        let mut citations = self.citations.get(&id).into_iter().flatten();
        let place = match self.homes.get(&id) {
            Some(home) if *home != id => way(&page.path, &site.page(*home).path),
            _ => String::new(),
        };
        let mut events = with_citations(
            events,
            &|key| self.keys.contains(key),
            &mut |citation, _| match citations.find(|set| set.citation == citation) {
                Some(set) => steps(&set.pieces, &place),
                None => Vec::new(),
            },
        );
        if let Some(list) = self.lists.get(&id) {
            put_list(&mut events, list);
        }
        events
    }
}

/// The way from one file to another, both relative to the project.
pub(super) fn way(from: &SitePath, to: &SitePath) -> String {
    let up = from.parts().count().saturating_sub(1);
    format!("{}{}", "../".repeat(up), to.to_url())
}

fn put_list(events: &mut Vec<Spanned<'_>>, list: &[Listed]) {
    let mut steps = Vec::new();
    for work in list {
        let attributes = Attributes {
            id: Some(anchor(&work.key)),
            classes: vec!["reference".to_owned()],
            ..Attributes::default()
        };
        steps.push(Markup::Attributes(Box::new(attributes)));
        steps.push(Markup::Plain(Event::Start(Tag::Paragraph)));
        steps.extend(self::steps(&work.pieces, ""));
        steps.push(Markup::Plain(Event::End(TagEnd::Paragraph)));
    }
    fill(events, LIST, steps);
}

/// The id of a work in a list.
fn anchor(key: &str) -> String {
    let good = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
    let name: String = key.chars().map(|c| if good(c) { c } else { '-' }).collect();
    if name == key {
        return format!("ref-{name}");
    }
    // Slugs have no dots, so keys that differ in other signs only are told apart.
    let digest = Digest::of(key.as_bytes()).hex();
    format!("ref-{name}.{}", digest.get(..6).unwrap_or(""))
}

/// Pieces as steps; `place` is the file that lists the works, empty if it is the same.
fn steps(pieces: &[Piece], place: &str) -> Vec<Markup<'static>> {
    let mut out = Vec::new();
    let mut put = |event: Event<'static>| out.push(Markup::Plain(event));
    for piece in pieces {
        let address = piece.leads.as_ref().map(|leads| match leads {
            Leads::Work(key) => format!("{place}#{}", anchor(key)),
            Leads::Away(address) => address.clone(),
        });
        let is_link = address.is_some();
        if let Some(address) = address {
            put(Event::Start(Tag::Link {
                link_type: LinkType::Inline,
                dest_url: address.into(),
                title: CowStr::Borrowed(""),
                id: CowStr::Borrowed(""),
            }));
        }
        if piece.look.bold {
            put(Event::Start(Tag::Strong));
        }
        if piece.look.italic {
            put(Event::Start(Tag::Emphasis));
        }
        put(Event::Text(piece.text.clone().into()));
        if piece.look.italic {
            put(Event::End(TagEnd::Emphasis));
        }
        if piece.look.bold {
            put(Event::End(TagEnd::Strong));
        }
        if is_link {
            put(Event::End(TagEnd::Link));
        }
    }
    out
}

/// The citations of a page as they are written.
fn citations_of(page: &Page, known: &dyn Fn(&str) -> bool) -> Vec<Citation> {
    let mut found = Vec::new();
    with_citations(page.events(), known, &mut |citation, _| {
        found.push(citation);
        Vec::new()
    });
    found
}

/// Whether a page says where the works are listed.
fn has_list(page: &Page) -> bool {
    page.markdown().contains(LIST) && page.events().iter().any(|(markup, _)| holds(markup, LIST))
}

/// Reads the works, and sets every citation.
#[cfg(feature = "citations")]
pub(super) fn read_bibliography(
    site: &Site,
    snapshot: &Snapshot,
    diagnostics: &mut Vec<Diagnostic>,
) -> Bibliography {
    let config = &site.config.citations;
    if config.sources.is_empty() {
        return Bibliography::default();
    }
    let order = reading_order(site);
    let (works, faults) = format::Works::read(config, &|path| read_text(snapshot, path));
    diagnostics.extend(faults);
    let Some(works) = works else {
        return Bibliography::default();
    };
    let mut made = Bibliography {
        keys: works.keys().map(str::to_owned).collect(),
        ..Bibliography::default()
    };
    let known = |key: &str| made.keys.contains(key);
    let citing: Vec<(PageId, Vec<Citation>)> = order
        .iter()
        .filter(|id| site.may_cite(site.page(**id)))
        .map(|id| (*id, citations_of(site.page(*id), &known)))
        .collect();
    for (id, _) in &citing {
        diagnostics.extend(unknown(site.page(*id), &made.keys));
    }
    let language = &site.config.project.language;
    let home = order.iter().find(|id| has_list(site.page(**id)));
    match home.filter(|_| site.is_one_work()) {
        Some(home) => {
            let all: Vec<&Citation> = citing.iter().flat_map(|(_, found)| found).collect();
            let Some((mut set, list)) = works.set(&all, language) else {
                diagnostics.push(unset(site.page(*home)));
                return Bibliography::default();
            };
            for (id, found) in &citing {
                let rest = set.split_off(found.len().min(set.len()));
                made.citations
                    .insert(*id, std::mem::replace(&mut set, rest));
                made.homes.insert(*id, *home);
            }
            made.lists.insert(*home, list);
        }
        None => {
            for (id, found) in &citing {
                let all: Vec<&Citation> = found.iter().collect();
                let page = site.page(*id);
                let Some((set, list)) = works.set(&all, site.language_of(page)) else {
                    diagnostics.push(unset(page));
                    return Bibliography::default();
                };
                made.citations.insert(*id, set);
                if !found.is_empty() {
                    made.lists.insert(*id, list);
                }
            }
        }
    }
    made
}

/// What is told where the engine gives up; all citations then stay as they are written.
#[cfg(feature = "citations")]
fn unset(page: &Page) -> Diagnostic {
    let message = "the citations cannot be set in this style, so they stay as they are written";
    let found = page.diagnostic("citation-format", Severity::Error, 0..0, message);
    found.help("name another `style` in `[citations]`, or look for a work with odd fields")
}

/// A program without the feature leaves citations as they are written, and says so.
#[cfg(not(feature = "citations"))]
pub(super) fn read_bibliography(
    site: &Site,
    _: &Snapshot,
    diagnostics: &mut Vec<Diagnostic>,
) -> Bibliography {
    if !site.config.citations.sources.is_empty()
        && let Ok(path) = SitePath::parse(crate::config::CONFIG_FILE)
    {
        let message = "this tympan was built without citations, so they stay as they are written";
        let found = Diagnostic::new("citation-format", Severity::Warning, &path, message);
        diagnostics.push(found.help("install it with its default features"));
    }
    Bibliography::default()
}

/// Names in brackets that look like citations and are keys of no work.
fn unknown(page: &Page, keys: &BTreeSet<String>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let is_label = |key: &str| crate::markdown::LabelKind::of(&key.to_lowercase()).is_some();
    let any = |key: &str| !key.is_empty() && !is_label(key);
    with_citations(page.events(), &any, &mut |citation, span| {
        if citation.in_sentence {
            return Vec::new();
        }
        for work in citation.works {
            if keys.contains(&work.key) {
                continue;
            }
            let message = format!("no work has the key `{}`", work.key);
            let help = match nearest(&work.key, keys.iter().map(String::as_str)) {
                Some(near) => Cow::Owned(format!("did you mean `@{near}`?")),
                None => Cow::Borrowed("add it to a file of `sources` in `[citations]`"),
            };
            let told =
                page.diagnostic("citation-missing", Severity::Warning, span.clone(), message);
            found.push(told.help(help));
        }
        Vec::new()
    });
    found
}

#[cfg(all(test, feature = "citations"))]
mod tests {
    use std::fmt::Write as _;

    use super::*;
    use crate::site::test_site::site;

    const WORKS: &str = "@book{tide, author={Ada Example}, title={The Tide}, year={1984}, \
        publisher={Low Press}, address={Kiel}}\n\
        @article{sand, author={Ben Sample and Ada Example}, title={On Sand}, \
        journaltitle={Shores}, volume={3}, pages={5--9}, year={2001}}\n";

    /// What the pages of a project read, each on a line of its own.
    fn read(config: &str, pages: &[(&str, &str)]) -> (Vec<String>, Vec<String>) {
        let mut files = vec![("tympan.toml", config), ("works.bib", WORKS)];
        files.extend(pages);
        let site = site(&files);
        let texts = site.pages.iter().map(|page| {
            let mut text = String::new();
            for (markup, _) in site.reading(page, Edition::Pdf) {
                match markup {
                    Markup::Plain(Event::Text(words)) => text.push_str(&words),
                    Markup::Plain(Event::Start(Tag::Link { dest_url, .. })) => {
                        let _ = write!(text, "<{dest_url} ");
                    }
                    Markup::Plain(Event::End(TagEnd::Link)) => text.push('>'),
                    Markup::Plain(Event::Start(Tag::Emphasis) | Event::End(TagEnd::Emphasis)) => {
                        text.push('*');
                    }
                    Markup::Plain(Event::End(TagEnd::Paragraph)) => text.push('|'),
                    _ => {}
                }
            }
            text
        });
        let texts = texts.collect();
        let told = site.diagnostics.iter();
        let told = told.map(|found| format!("{} {}", found.code, found.message));
        (texts, told.collect())
    }

    const BOOK: &str =
        "[project]\nkind = \"book\"\n[citations]\nsources = [\"works.bib\"]\nstyle = \"STYLE\"\n";

    #[test]
    fn a_book_lists_its_works_once() {
        let pages = [
            ("SUMMARY.md", "- [A](a.md)\n- [B](b.md)\n"),
            ("a.md", "As [see @tide, p. 3; @sand] or @sand has it.\n"),
            ("b.md", "# Works\n\n::: {#refs}\n:::\n"),
        ];
        let (texts, told) = read(&BOOK.replace("STYLE", "chicago-author-date"), &pages);
        assert!(told.is_empty(), "{told:?}");
        insta::assert_snapshot!(texts.join("\n"), @r"
        As (see <b.md#ref-tide Example 1984, 3>; <b.md#ref-sand Sample and Example 2001>) or <b.md#ref-sand Sample and Example (2001)> has it.|
        WorksExample, Ada. 1984. *The Tide*. Low Press.|Sample, Ben, and Ada Example. 2001. “On Sand.” *Shores* 3 : 5–9.|
        ");
        let (texts, _) = read(&BOOK.replace("STYLE", "ieee"), &pages);
        insta::assert_snapshot!(texts.join("\n"), @r"
        As see <b.md#ref-tide [1, p. 3]>, <b.md#ref-sand [2]> or <b.md#ref-sand B. Sample and A. Example [2]> has it.|
        Works[1] A. Example, *The Tide*. Kiel: Low Press, 1984.|[2] B. Sample and A. Example, “On Sand,” *Shores*, vol. 3, pp. 5–9, 2001.|
        ");
    }

    #[test]
    fn a_page_of_a_site_lists_its_own() {
        let config = "[project]\nkind = \"docs\"\n[citations]\nsources = [\"works.bib\"]\n";
        let pages = [
            ("a.md", "One [-@tide] me@tide.example `[@tide]` [@tides].\n"),
            ("b.md", "Nothing.\n"),
        ];
        let (texts, told) = read(config, &pages);
        insta::assert_snapshot!(texts.join("\n"), @r"
        One (<#ref-tide 1984>) <mailto:me@tide.example me@tide.example>  [@tides].|Example, Ada. 1984. *The Tide*. Low Press.|
        Nothing.|
        ");
        assert_eq!(told, ["citation-missing no work has the key `tides`"]);
    }

    #[test]
    fn keys_are_told_apart() {
        assert_eq!(anchor("tide-1"), "ref-tide-1");
        assert_ne!(anchor("p/q"), anchor("p:q"));
        assert_ne!(anchor("p/q"), anchor("p-q"));
    }

    #[test]
    fn works_that_lead_to_themselves_are_told_of() {
        let config = "[citations]\nsources = [\"a.bib\"]\n";
        let bib = (
            "a.bib",
            "@string{a = b} @string{b = a} @book{k, title = a}\n",
        );
        let (texts, told) = read(config, &[bib, ("a.md", "[@k]\n")]);
        assert_eq!(texts, ["[@k]|"]);
        let expected = "citation-source `a.bib` is not read: a name in it leads to itself, or to too many others";
        assert_eq!(told[0], expected);
    }

    #[test]
    fn faults_of_sources_and_styles_are_told() {
        let pages = [("a.md", "[@tide]\n")];
        let config = "[citations]\nsources = [\"works.bib\", \"none.bib\"]\nstyle = \"no\"\n";
        let (texts, told) = read(config, &pages);
        assert_eq!(texts, ["[@tide]|"]);
        assert_eq!(
            told,
            [
                "citation-source `none.bib` does not exist",
                "citation-style there is no style `no`"
            ]
        );
    }
}
