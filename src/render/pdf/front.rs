//! What a document says before its text, and what every chapter of it is set with.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::config::{Kind, List, Medium, Opening, Sides};
use crate::markdown::LabelKind;
use crate::render::binding::{Bound, Place};
use crate::render::context::RenderContext;
use crate::render::pdf::book::language_of;
use crate::render::pdf::fonts::Fonts;
use crate::render::pdf::images::{COVER, cover};
use crate::render::references::caption_label;
use crate::render::words::Words;
use crate::site::{Date, Document, Labelled, PageId, Site};

/// A contract of more words than this is worth a table of contents.
const LONG_CONTRACT: usize = 8000;
/// A document of fewer chapters than this lists the sections of each in its contents.
const FEW_CHAPTERS: usize = 8;

/// The words that the template prints.
const STRINGS: [&str; 7] = [
    "contents",
    "part",
    "chapter",
    "revision",
    "page_of",
    "set_in",
    "made_with",
];

/// The roles (MARC relators) that are told on the title page, each with its words.
const CREDITS: [(&str, &str); 3] = [
    ("edt", "edited_by"),
    ("trl", "translated_by"),
    ("ill", "illustrated_by"),
];

/// What every chapter is set with. It changes seldom, so that an edit of one chapter leaves the
/// layout of the others as it was.
pub(super) fn settings(
    context: &RenderContext<'_>,
    document: &Document,
    entries: &[Bound<'_>],
    fonts: &Fonts,
) -> Value {
    let site = context.site;
    let words = entries.iter().filter_map(|entry| entry.page);
    let words: usize = words.map(|id| site.page(id).outline.words).sum();
    let sections = match site.kind {
        Kind::Contract => words > LONG_CONTRACT,
        _ => texts(entries) < FEW_CHAPTERS,
    };
    let options = &document.pdf;
    let language = language_in(site, document);
    let words = Words::of(site, language);
    let strings: BTreeMap<&str, &str> = STRINGS.map(|key| (key, words.get(key))).into();
    let millimeters = |hundredths: u32| f64::from(hundredths) / 100.0;
    json!({
        "kind": match site.kind {
            Kind::Site => "site",
            Kind::Docs => "docs",
            Kind::Book => "book",
            Kind::Contract => "contract",
        },
        "paper": {
            "width": millimeters(options.paper.width),
            "height": millimeters(options.paper.height),
        },
        "bleed": millimeters(options.bleed),
        "marks": options.crop_marks,
        "sides": if is_two_sided(site, document) { 2 } else { 1 },
        "profile": match options.profile {
            Medium::Print => "print",
            Medium::Screen => "screen",
        },
        "accent": accent(site),
        "language": language_of(language),
        "sections": sections,
        "fonts": fonts.settings(),
        "strings": strings,
    })
}

/// The accent of the project, if it names one as a color of the web.
fn accent(site: &Site) -> Option<&str> {
    let color = site.config.look.colors.get("accent")?.light.as_deref()?;
    let digits = color.strip_prefix('#')?;
    let is_hex = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    (is_hex && [3, 6].contains(&digits.len())).then_some(color)
}

fn is_two_sided(site: &Site, document: &Document) -> bool {
    match document.pdf.sides {
        Some(sides) => sides == Sides::Two,
        None => site.kind == Kind::Book,
    }
}

/// The number of entries that have a text of their own.
fn texts(entries: &[Bound<'_>]) -> usize {
    let texts = entries.iter().filter(|entry| entry.place != Place::Part);
    texts.count()
}

/// What the pages before the text are made of, and the order of those after them.
pub(super) fn front(
    context: &RenderContext<'_>,
    document: &Document,
    entries: &[Bound<'_>],
    places: &BTreeMap<PageId, usize>,
) -> Value {
    let site = context.site;
    let about = &document.about;
    let language = language_in(site, document);
    let printed = Words::of(site, language);
    let ids = || entries.iter().filter_map(|entry| entry.page);
    let words: usize = ids().map(|id| site.page(id).outline.words).sum();
    let contract = site.kind == Kind::Contract;
    let contents = match contract {
        true => texts(entries) >= 3 || words > LONG_CONTRACT,
        false => texts(entries) >= 2,
    };
    let deepest = entries.iter().map(|entry| entry.level).max().unwrap_or(1);
    let tags = ids().flat_map(|id| site.page(id).front.terms("tags"));
    let tags: BTreeSet<&str> = tags.collect();
    let own = ids().next().filter(|_| contract);
    let own = own.and_then(|id| site.page(id).front.date);
    let made = site.source.time.and_then(Date::from_seconds);
    let date = match about.date.as_deref() {
        Some(told) => Some(day_for_readers(told, language)),
        None => own.or(made).map(|date| date.for_readers(language)),
    };
    // The name of a commit would be untrue of pages that were changed after it.
    let commit = site.source.commit.as_deref().filter(|_| !site.source.dirty);
    let names = |role: &str| {
        let people = about.authors.iter().filter(|person| person.role == role);
        let names: Vec<&str> = people.map(|person| person.name.as_str()).collect();
        names
    };
    let credit = |(role, key): &(&str, &str)| {
        let names = names(role);
        let told = printed.get(key).replace("{names}", &names.join(", "));
        (!names.is_empty()).then_some(told)
    };
    let credits: Vec<String> = CREDITS.iter().filter_map(credit).collect();
    let series = about.series.as_ref().map(|series| match &series.number {
        Some(number) => format!("{} {number}", series.name),
        None => series.name.clone(),
    });
    let two_sided = is_two_sided(site, document);
    json!({
        "title": document.title,
        "subtitle": about.subtitle,
        "description": about.description,
        "authors": names("aut"),
        "credits": credits,
        "edition": about.edition,
        "publisher": about.publisher,
        "isbn": about.isbn.as_deref().map(hyphenated),
        "series": series,
        "copyright": about.copyright,
        "cover": cover(context, document).map(|_| COVER),
        "keywords": tags.iter().take(20).collect::<Vec<_>>(),
        "date": date,
        "commit": commit.map(|commit| commit.chars().take(8).collect::<String>()),
        "contents": contents,
        "depth": deepest.min(3) + 1,
        "lists": lists(site, document, places, &printed),
        "right": two_sided && document.pdf.chapters != Some(Opening::Any),
        "chapters": entries.iter().map(|entry| json!({
            "role": entry.place.name(), "front": entry.front, "matter": entry.matter.kind,
        })).collect::<Vec<_>>(),
    })
}

/// The lists that are asked for and have something to list.
fn lists(
    site: &Site,
    document: &Document,
    places: &BTreeMap<PageId, usize>,
    words: &Words,
) -> Vec<Value> {
    let Some(from) = places.keys().next() else {
        return Vec::new();
    };
    let list = |list: &List| {
        let (kind, title) = match list {
            List::Figures => (LabelKind::Figure, "list_of_figures"),
            List::Tables => (LabelKind::Table, "list_of_tables"),
            List::Listings => (LabelKind::Listing, "list_of_listings"),
        };
        let item = |found: &Labelled| {
            let index = places.get(&found.page)?;
            let number = found.number.as_deref().unwrap_or_default();
            Some(json!({
                "label": format!("p{index}--{}", found.id),
                "name": caption_label(kind, number, words.get(kind.name())),
                "text": found.title,
            }))
        };
        let all = site.list_of(*from, kind).into_iter();
        let items: Vec<Value> = all.filter_map(item).collect();
        (!items.is_empty()).then(|| json!({"title": words.get(title), "items": items}))
    };
    document.pdf.lists.iter().filter_map(list).collect()
}

/// An ISBN with a hyphen after its prefix: where its other parts end only a register tells.
fn hyphenated(digits: &str) -> String {
    match digits.split_at_checked(3) {
        Some((prefix, rest)) if digits.len() == 13 => format!("{prefix}-{rest}"),
        _ => digits.to_owned(),
    }
}

/// The language of the whole.
pub(super) fn language_in<'a>(site: &'a Site, document: &'a Document) -> &'a str {
    let own = document.about.language.as_deref();
    own.unwrap_or(&site.config.project.language)
}

/// A day as it is read; a month or a year stays as it is written.
fn day_for_readers(written: &str, language: &str) -> String {
    match Date::parse(written) {
        Some(date) => date.for_readers(language),
        None => written.to_owned(),
    }
}
