//! The index at the back of a book: `((tide))` marks a word, `(((tide, spring)))` marks a place
//! without a word, as in `AsciiDoc`; a container `::: {#index}` or a page whose role is `index` lists
//! them. Where there is no such place the marks are text.

use std::collections::BTreeMap;
use std::ops::Range;

use pulldown_cmark::{CowStr, Event, LinkType, Tag, TagEnd};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::markdown::{
    Attributes, Edition, Markup, Spanned, fill, holds, in_texts, might_hold_editions, slug,
};
use crate::site::citations::way;
use crate::site::labels::reading_order;
use crate::site::model::{PageId, Site};
use crate::site::page::Page;

/// The id of the container that is filled with the index.
const PLACE: &str = "index";

/// How deep a term may stand below others.
const DEEPEST: usize = 3;

/// The index of a work.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TermIndex {
    /// The page that lists the terms, if there is one.
    home: Option<PageId>,
    terms: Terms,
    /// Those of each edition, where a page that has marks says other things in another.
    own: BTreeMap<Edition, Terms>,
}

/// Terms of one level, by what they are sorted by.
type Terms = BTreeMap<(String, String), Entry>;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Entry {
    places: Vec<(PageId, String)>,
    below: Terms,
}

/// A mark in a text.
struct Mark {
    /// The term, below the terms it belongs to.
    path: Vec<String>,
    /// Whether its word is a part of the text.
    is_shown: bool,
}

impl TermIndex {
    /// Writes the marks of a page as anchors, and the index where its place is.
    pub(super) fn write<'p>(
        &self,
        site: &Site,
        page: &Page,
        events: Vec<Spanned<'p>>,
        edition: Edition,
    ) -> Vec<Spanned<'p>> {
        let Some(home) = self.home else {
            return events;
        };
        let mut events = events;
        if may_mark(page) {
            let mut counts = BTreeMap::new();
            events = in_texts(events, &marks, &mut |mark, _| {
                let anchor = format!("<span id=\"{}\"></span>", anchor(&mark, &mut counts));
                let mut steps = vec![Markup::Plain(Event::InlineHtml(anchor.into()))];
                if let Some(word) = mark.path.last().filter(|_| mark.is_shown) {
                    steps.push(Markup::Plain(Event::Text(word.clone().into())));
                }
                steps
            });
        }
        let terms = self.own.get(&edition).unwrap_or(&self.terms);
        if site.page_at(&page.path) == Some(home) && !terms.is_empty() {
            let mut steps = Vec::new();
            list(site, page, terms, edition, &mut steps);
            fill(&mut events, PLACE, steps);
        }
        events
    }

    /// Whether there is one.
    pub(super) fn is_there(&self) -> bool {
        self.home.is_some()
    }
}

/// Gathers the terms of all pages.
pub(super) fn read_terms(site: &Site) -> TermIndex {
    let has_role = |page: &Page| {
        page.front
            .extra
            .get("role")
            .is_some_and(|role| role == PLACE)
    };
    let has_place = |page: &Page| {
        page.markdown().contains("#index")
            && page.events().iter().any(|(markup, _)| holds(markup, PLACE))
    };
    let marked = |page: &Page| page.markdown().contains("((");
    if !site.pages.iter().any(|page| marked(page)) {
        return TermIndex::default();
    }
    let order = reading_order(site);
    let home = order.iter().copied().find(|id| {
        let page = site.page(*id);
        has_role(page) || has_place(page)
    });
    if home.is_none() {
        return TermIndex::default();
    }
    let marked = order.into_iter().filter(|id| may_mark(site.page(*id)));
    let marked: Vec<PageId> = marked.collect();
    let may_differ = |id: &PageId| might_hold_editions(site.page(*id).markdown());
    let editions = Edition::ALL.into_iter();
    let own = editions.map(|edition| (edition, terms_of(site, &marked, Some(edition))));
    match marked.iter().any(may_differ) {
        true => TermIndex {
            home,
            own: own.collect(),
            ..TermIndex::default()
        },
        false => TermIndex {
            home,
            terms: terms_of(site, &marked, None),
            ..TermIndex::default()
        },
    }
}

/// The terms of some pages as an edition has them.
fn terms_of(site: &Site, pages: &[PageId], edition: Option<Edition>) -> Terms {
    let mut terms = Terms::new();
    for id in pages {
        let page = site.page(*id);
        let events = match edition {
            Some(edition) => page.events_for(edition, None),
            None => page.events(),
        };
        let mut counts = BTreeMap::new();
        in_texts(events, &marks, &mut |mark, _| {
            let anchor = anchor(&mark, &mut counts);
            add(&mut terms, &mark.path, *id, anchor);
            Vec::new()
        });
    }
    terms
}

/// Whether there may be marks in a text; looking is cheaper than reading.
pub(super) fn may_mark(page: &Page) -> bool {
    page.markdown().contains("((")
}

fn add(terms: &mut Terms, path: &[String], page: PageId, anchor: String) {
    let Some((term, rest)) = path.split_first() else {
        return;
    };
    let entry = terms.entry((sorted_by(term), term.clone())).or_default();
    match rest {
        [] => entry.places.push((page, anchor)),
        rest => add(&mut entry.below, rest, page, anchor),
    }
}

/// What a term is sorted by: its letters, without case and accents.
fn sorted_by(term: &str) -> String {
    let letters = term.nfd().filter(|c| !is_combining_mark(*c));
    letters.flat_map(char::to_lowercase).collect()
}

/// The id of a mark, which stays when other terms come and go. Slugs have no dots, so it meets
/// neither that of a heading nor that of another mark.
fn anchor(mark: &Mark, counts: &mut BTreeMap<String, usize>) -> String {
    let name = slug(&mark.path.join(" "));
    let count = counts.entry(name.clone()).or_default();
    *count += 1;
    match *count {
        1 => format!("ix.{name}"),
        count => format!("ix.{name}.{count}"),
    }
}

/// The marks of a text, in order.
fn marks(text: &str) -> Vec<(Range<usize>, Mark)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(open) = text[at..].find("((").map(|open| at + open) {
        let hidden = text[open..].starts_with("(((");
        let length = if hidden { 3 } else { 2 };
        let inner = open + length;
        let end = text[inner..].find(['(', ')']).map(|end| inner + end);
        let closing = if hidden { ")))" } else { "))" };
        let is_word = |c: char| c.is_alphanumeric();
        let before = text[..open].chars().next_back();
        let read = end.and_then(|end| {
            let is_closed = text[end..].starts_with(closing) && !before.is_some_and(is_word);
            let path = path(&text[inner..end], hidden)?;
            is_closed.then_some((end + length, path))
        });
        at = match read {
            Some((end, path)) => {
                let is_shown = !hidden;
                found.push((open..end, Mark { path, is_shown }));
                end
            }
            None => inner,
        };
    }
    found
}

/// The terms of a mark; those of a hidden one stand between commas, the highest first.
fn path(inner: &str, hidden: bool) -> Option<Vec<String>> {
    let terms: Vec<String> = match hidden {
        true => inner
            .split(',')
            .map(|term| term.trim().to_owned())
            .collect(),
        false => vec![inner.trim().to_owned()],
    };
    let is_good = terms.len() <= DEEPEST && terms.iter().all(|term| !term.is_empty());
    is_good.then_some(terms)
}

fn list(site: &Site, page: &Page, terms: &Terms, edition: Edition, out: &mut Vec<Markup<'static>>) {
    // Where there is no paper, one place of a chapter stands for all that follow in it.
    let has_pages = matches!(edition, Edition::Pdf | Edition::Docx);
    out.push(Markup::Plain(Event::Start(Tag::List(None))));
    for ((_, term), entry) in terms {
        out.push(Markup::Plain(Event::Start(Tag::Item)));
        out.push(Markup::Plain(Event::Text(term.clone().into())));
        let mut before = None;
        for (there, anchor) in &entry.places {
            if !has_pages && before.replace(*there) == Some(*there) {
                continue;
            }
            let comma = Event::Text(CowStr::Borrowed(", "));
            out.push(Markup::Plain(comma));
            out.extend(link(site, page, *there, anchor));
        }
        if !entry.below.is_empty() {
            list(site, page, &entry.below, edition, out);
        }
        out.push(Markup::Plain(Event::End(TagEnd::Item)));
    }
    out.push(Markup::Plain(Event::End(TagEnd::List(false))));
}

/// A link to a mark. What has pages shows their numbers, everything else that of the chapter, or
/// its title.
fn link(site: &Site, page: &Page, there: PageId, anchor: &str) -> [Markup<'static>; 4] {
    let target = site.page(there);
    let address = match target.path == page.path {
        true => format!("#{anchor}"),
        false => format!("{}#{anchor}", way(&page.path, &target.path)),
    };
    let text = site.number_of(there).unwrap_or(target.short_title());
    let attributes = Attributes {
        classes: vec!["locator".to_owned()],
        ..Attributes::default()
    };
    [
        Markup::Attributes(Box::new(attributes)),
        Markup::Plain(Event::Start(Tag::Link {
            link_type: LinkType::Inline,
            dest_url: address.into(),
            title: CowStr::Borrowed(""),
            id: CowStr::Borrowed(""),
        })),
        Markup::Plain(Event::Text(text.to_owned().into())),
        Markup::Plain(Event::End(TagEnd::Link)),
    ]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::site::test_site::site;

    /// The marks of a text.
    #[track_caller]
    fn case(text: &str, expected: &[&str]) {
        let found = marks(text).into_iter().map(|(range, mark)| {
            let shown = if mark.is_shown { "" } else { "-" };
            format!("{} {shown}{}", &text[range], mark.path.join(">"))
        });
        assert_eq!(found.collect::<Vec<_>>(), expected, "{text}");
    }

    #[test]
    fn two_brackets_show_and_three_hide() {
        case(
            "the ((tide)) (((tide, spring)))",
            &["((tide)) tide", "(((tide, spring))) -tide>spring"],
        );
        case("f((x)) (()) ((a) b) ((a(b)))", &[]);
        case("(((a, , b))) (((a,b,c,d)))", &[]);
    }

    fn text(files: &[(&str, &str)], edition: Edition) -> String {
        let site = site(files);
        let mut text = String::new();
        for page in &site.pages {
            for (markup, _) in site.reading(page, edition) {
                match markup {
                    Markup::Plain(Event::Text(words) | Event::InlineHtml(words)) => {
                        text.push_str(&words);
                    }
                    Markup::Plain(Event::Start(Tag::Link { dest_url, .. })) => {
                        text.push_str(&dest_url);
                        text.push('=');
                    }
                    Markup::Plain(Event::End(TagEnd::Item | TagEnd::Paragraph)) => text.push('|'),
                    _ => {}
                }
            }
            text.push('\n');
        }
        text
    }

    #[test]
    fn terms_are_listed_where_their_place_is() {
        let config = ("tympan.toml", "[project]\nkind = \"book\"\n");
        let summary = ("SUMMARY.md", "- [A](a.md)\n\n[Index](z.md)\n");
        let a = (
            "a.md",
            "The ((tide)), `((code))` (((tide, spring))) and ((Ébb)). A ((tide)).\n",
        );
        let z = ("z.md", "---\nrole: index\n---\n# Index\n");
        insta::assert_snapshot!(text(&[config, summary, a, z], Edition::Html), @r#"
        The <span id="ix.tide"></span>tide,  <span id="ix.tide-spring"></span> and <span id="ix.ébb"></span>Ébb. A <span id="ix.tide.2"></span>tide.|
        IndexÉbb, a.md#ix.ébb=1|tide, a.md#ix.tide=1spring, a.md#ix.tide-spring=1||
        "#);
        let paper = text(&[config, summary, a, z], Edition::Pdf);
        assert!(
            paper.contains("tide, a.md#ix.tide=1, a.md#ix.tide.2=1"),
            "{paper}"
        );
        assert!(text(&[config, summary, a], Edition::Html).contains("The ((tide)),"));
    }

    #[test]
    fn an_edition_lists_what_it_has() {
        let config = ("tympan.toml", "[project]\nkind = \"book\"\n");
        let summary = ("SUMMARY.md", "- [A](a.md)\n\n[Index](z.md)\n");
        let a = (
            "a.md",
            "An ((ebb)).\n\n::: {.only-pdf}\nA ((tide)).\n:::\n\nA ((tide)).\n",
        );
        let z = ("z.md", "---\nrole: index\n---\n# Index\n");
        let files = [config, summary, a, z];
        let html = text(&files, Edition::Html);
        assert!(html.contains("|tide, a.md#ix.tide=1|"), "{html}");
        let paper = text(&files, Edition::Pdf);
        assert!(
            paper.contains("tide, a.md#ix.tide=1, a.md#ix.tide.2=1|"),
            "{paper}"
        );
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "[a(),é ]{0,40}") {
            let mut end = 0;
            for (range, _) in marks(&text) {
                prop_assert!(range.start >= end && range.end <= text.len());
                end = range.end;
            }
        }
    }
}
