//! Which parts of a page are in a language of their own: what says so with `lang`, in HTML or in
//! an attribute list.

use std::ops::Range;
use std::sync::Arc;

use pulldown_cmark::{Event, Tag};

use crate::checks::text::html::attribute_value;
use crate::markdown::{Attributes, Element, HtmlTag, HtmlTagKind, Markup, Spanned, is_void};

/// The parts of a page that name their language.
#[derive(Debug, Default)]
pub(super) struct Languages {
    parts: Vec<(Range<usize>, Arc<str>)>,
    /// Where each stretch begins, and the innermost part that it is in.
    stretches: Vec<(usize, Option<usize>)>,
}

/// The longest tag of a language that counts, in bytes (BCP 47 §2.1 makes room for less).
const LONGEST: usize = 35;

/// How many elements may stand open between one and its end.
const DEEPEST: usize = 100;

impl Languages {
    /// Reads the steps through a page and the tags in it.
    pub(super) fn read(text: &str, events: &[Spanned<'_>], tags: &[HtmlTag]) -> Self {
        let mut parts = of_attributes(events);
        parts.extend(of_tags(text, tags));
        if parts.is_empty() {
            return Self::default();
        }
        parts.sort_by_key(|(range, _)| (range.start, std::cmp::Reverse(range.end)));
        let mut stretches = Vec::new();
        let mut open: Vec<usize> = Vec::new();
        for (at, (range, _)) in parts.iter().enumerate() {
            leave(&parts, &mut open, range.start, &mut stretches);
            open.push(at);
            stretches.push((range.start, Some(at)));
        }
        leave(&parts, &mut open, usize::MAX, &mut stretches);
        stretches.sort_by_key(|(start, _)| *start);
        Self { parts, stretches }
    }

    /// The innermost part that holds a place.
    pub(super) fn at(&self, place: usize) -> Option<usize> {
        let next = self.stretches.partition_point(|(start, _)| *start <= place);
        self.stretches.get(next.checked_sub(1)?)?.1
    }

    /// The language of a part.
    pub(super) fn name(&self, part: Option<usize>) -> Option<Arc<str>> {
        self.parts.get(part?).map(|(_, name)| name.clone())
    }

    /// The bytes of a part.
    pub(super) fn range(&self, part: Option<usize>) -> Option<Range<usize>> {
        self.parts.get(part?).map(|(range, _)| range.clone())
    }
}

/// Ends the parts that end before `place`.
fn leave(
    parts: &[(Range<usize>, Arc<str>)],
    open: &mut Vec<usize>,
    place: usize,
    stretches: &mut Vec<(usize, Option<usize>)>,
) {
    while let Some((range, _)) = open.last().and_then(|last| parts.get(*last)) {
        if range.end > place {
            break;
        }
        open.pop();
        stretches.push((range.end, open.last().copied()));
    }
}

fn name(tag: &str) -> Arc<str> {
    let tag = tag.trim();
    // What is no tag is a language that nobody knows.
    if tag.len() > LONGEST { "und" } else { tag }.into()
}

fn of_attributes(events: &[Spanned<'_>]) -> Vec<(Range<usize>, Arc<str>)> {
    let mut parts = Vec::new();
    let mut told: Option<Arc<str>> = None;
    let mut open: Vec<Option<(usize, Arc<str>)>> = Vec::new();
    for (markup, span) in events {
        match markup {
            Markup::Attributes(attributes) => {
                told = attributes.get("lang").map(name).or(told);
            }
            Markup::Open(element) => {
                let own = attributes(element).and_then(|attributes| attributes.get("lang"));
                let told = own.map(name).or(told.take());
                open.push(told.map(|told| (span.start, told)));
            }
            Markup::Close(_) => {
                told = None;
                if let Some((start, told)) = open.pop().flatten() {
                    parts.push((start..span.end.max(start), told));
                }
            }
            Markup::Plain(Event::Start(tag)) => {
                let own = match tag {
                    Tag::Heading { attrs, .. } => attrs.iter().find(|(key, _)| &**key == "lang"),
                    _ => None,
                };
                let own = own.and_then(|(_, value)| value.as_deref()).map(name);
                if let Some(told) = own.or(told.take()) {
                    // Words inside a sentence begin after the sign that marks them.
                    let range = match is_inline(tag) {
                        true => span.start + 1..span.end.saturating_sub(1),
                        false => span.clone(),
                    };
                    parts.push((range, told));
                }
            }
            Markup::Plain(_) => told = None,
        }
    }
    parts.retain(|(range, _)| range.start < range.end);
    parts
}

fn is_inline(tag: &Tag<'_>) -> bool {
    matches!(
        tag,
        Tag::Emphasis
            | Tag::Strong
            | Tag::Strikethrough
            | Tag::Superscript
            | Tag::Subscript
            | Tag::Link { .. }
            | Tag::Image { .. }
    )
}

fn attributes(element: &Element) -> Option<&Attributes> {
    match element {
        Element::Note(note) => Some(&note.attributes),
        Element::Tabs(attributes) | Element::Division(attributes) => Some(attributes),
        Element::Numbered(numbered) => Some(&numbered.attributes),
        _ => None,
    }
}

/// An element that is open: its name, and where its content begins if it names its language.
type OpenTag<'t> = (&'t str, Option<(usize, Arc<str>)>);

fn of_tags(text: &str, tags: &[HtmlTag]) -> Vec<(Range<usize>, Arc<str>)> {
    let mut parts = Vec::new();
    let mut open: Vec<OpenTag<'_>> = Vec::new();
    let mut end = |(_, told): OpenTag<'_>, end: usize| {
        if let Some((start, told)) = told.filter(|(start, _)| *start < end) {
            parts.push((start..end, told));
        }
    };
    let is_lang = |(key, _): &&(String, Range<usize>)| key == "lang" || key == "xml:lang";
    if !tags
        .iter()
        .any(|tag| tag.attributes.iter().any(|pair| is_lang(&pair)))
    {
        return parts;
    }
    for tag in tags {
        match tag.kind {
            HtmlTagKind::Open | HtmlTagKind::Slashed if !is_void(&tag.element) => {
                let ends_itself = matches!(
                    tag.element.as_str(),
                    "p" | "li" | "td" | "th" | "tr" | "dt" | "dd"
                );
                if ends_itself && let Some(last) = open.pop_if(|(last, _)| *last == tag.element) {
                    end(last, tag.span.start);
                }
                let told = tag.attributes.iter().find(is_lang);
                let told = told.map(|(_, key)| {
                    let value = attribute_value(text, key.end).map_or("", |(value, _)| value);
                    (tag.span.end, name(value))
                });
                open.push((&tag.element, told));
            }
            HtmlTagKind::Close => {
                let found = open.iter().rev().take(DEEPEST);
                let found = found
                    .enumerate()
                    .find(|(_, (last, _))| *last == tag.element);
                let depth = found.map_or(0, |(depth, _)| depth + 1);
                for _ in 0..depth {
                    if let Some(last) = open.pop() {
                        end(last, tag.span.start);
                    }
                }
            }
            _ => {}
        }
    }
    // What nothing closes reaches as far as its paragraph.
    for last in open {
        if let Some((start, _)) = &last.1 {
            let rest = text.get(*start..).unwrap_or("");
            let paragraph = rest.find("\n\n").unwrap_or(rest.len());
            let until = *start + paragraph;
            end(last, until);
        }
    }
    parts
}
