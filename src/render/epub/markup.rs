//! From a page's Markdown to the HTML of its chapter: the event stream with footnotes, alerts,
//! math and task marks in the form that books have. Links and images stay as written.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt::Write as _;

use pulldown_cmark::{CodeBlockKind, Event, Tag, TagEnd, html};

use crate::digest::Digest;
use crate::markdown::{Edition, MathMode};
use crate::render::context::RenderContext;
use crate::render::dom::escape;
use crate::render::epub::blocks::plain_html;
use crate::render::epub::code::code_block;
use crate::render::epub::math::math;
use crate::render::epub::names::ascii_name;
use crate::render::tiles::tiles_apart;
use crate::render::words::Words;
use crate::site::Page;

/// The HTML of a page.
pub(super) fn markup(context: &RenderContext<'_>, page: &Page, words: &Words) -> String {
    let events = tiles_apart(context.site.reading(page, Edition::Epub));
    let events = plain_html(context, page, words, events);
    let events = number_headings(page, events);
    let events = write_code(context, events);
    let (text, mut notes) = Notes::split(events);
    let mut out = Vec::with_capacity(text.len());
    for event in text {
        adapt(event, &mut notes, &mut out);
    }
    let mut html = String::with_capacity(page.markdown().len() * 2);
    html::push_html(&mut html, out.into_iter());
    notes.write(words, &mut html);
    html
}

/// Headings take their ids and numbers from the page's outline, which has them in the same order.
fn number_headings<'a>(page: &Page, events: Vec<Event<'a>>) -> Vec<Event<'a>> {
    let known = page.headings_for(Edition::Epub);
    let mut headings = known.iter();
    let mut out = Vec::with_capacity(events.len());
    for event in events {
        let Event::Start(Tag::Heading {
            level, id, classes, ..
        }) = event
        else {
            out.push(event);
            continue;
        };
        let known = headings.next();
        out.push(Event::Start(Tag::Heading {
            level,
            id: known.map(|known| known.id.clone().into()).or(id),
            classes,
            attrs: Vec::new(),
        }));
        if let Some(number) = known.and_then(|known| known.number.as_deref()) {
            let number = format!("<span class=\"number\">{number}</span> ");
            out.push(Event::InlineHtml(number.into()));
        }
    }
    out
}

/// Puts the markup of a block of code where its events stand.
fn write_code<'a>(context: &RenderContext<'_>, events: Vec<Event<'a>>) -> Vec<Event<'a>> {
    let mut out = Vec::with_capacity(events.len());
    let mut events = events.into_iter();
    while let Some(event) = events.next() {
        let Event::Start(Tag::CodeBlock(kind)) = event else {
            out.push(event);
            continue;
        };
        let mut code = String::new();
        for event in events.by_ref() {
            match event {
                Event::Text(text) => code.push_str(&text),
                Event::End(TagEnd::CodeBlock) => break,
                _ => {}
            }
        }
        let info = match &kind {
            CodeBlockKind::Fenced(info) => info,
            CodeBlockKind::Indented => "",
        };
        out.push(Event::Html(code_block(context, info, &code).into()));
    }
    out
}

fn adapt<'a>(event: Event<'a>, notes: &mut Notes<'a>, out: &mut Vec<Event<'a>>) {
    let html = |text: String| Event::InlineHtml(text.into());
    let event = match event {
        Event::InlineMath(tex) => html(math(&tex, MathMode::Inline)),
        Event::DisplayMath(tex) => html(math(&tex, MathMode::Display)),
        // A book has no form controls.
        Event::TaskListMarker(done) => {
            let item = out.iter_mut().rev().take(2);
            let mut item = item.filter(|event| **event == Event::Start(Tag::Item));
            if let Some(item) = item.next() {
                *item = html("<li class=\"task\">".to_owned());
            }
            Event::Text(if done { "☑ " } else { "☐ " }.into())
        }
        Event::FootnoteReference(label) => notes.reference(&label),
        event => event,
    };
    out.push(event);
}

/// A note that is referred to.
struct Known {
    number: usize,
    /// The end of its ids, which follows from its label: a note added above changes no id.
    name: String,
    /// How often it is referred to.
    count: usize,
}

/// The footnotes of a chapter, numbered in the order in which the text refers to them.
#[derive(Default)]
struct Notes<'a> {
    bodies: BTreeMap<String, Vec<Event<'a>>>,
    /// What is known of each note that is referred to.
    known: BTreeMap<String, Known>,
    names: BTreeSet<String>,
    waiting: VecDeque<String>,
}

impl<'a> Notes<'a> {
    /// Takes the notes out of the text.
    fn split(events: Vec<Event<'a>>) -> (Vec<Event<'a>>, Self) {
        let mut notes = Self::default();
        let mut text = Vec::with_capacity(events.len());
        let mut open: Option<(String, Vec<Event<'a>>)> = None;
        for event in events {
            match event {
                Event::Start(Tag::FootnoteDefinition(label)) => {
                    open = Some((label.to_lowercase(), Vec::new()));
                }

                Event::End(TagEnd::FootnoteDefinition) => {
                    if let Some((label, body)) = open.take() {
                        notes.bodies.entry(label).or_insert(body);
                    }
                }
                event => match &mut open {
                    Some((_, body)) => body.push(event),
                    None => text.push(event),
                },
            }
        }
        (text, notes)
    }

    fn reference(&mut self, written: &str) -> Event<'a> {
        // Labels match whatever their case.
        let label = written.to_lowercase();
        if !self.bodies.contains_key(&label) {
            return Event::Text(format!("[^{written}]").into());
        }
        let next = self.known.len() + 1;
        let names = &mut self.names;
        let known = self.known.entry(label.clone()).or_insert_with(|| {
            self.waiting.push_back(label.clone());
            Known {
                number: next,
                name: note_name(&label, names),
                count: 0,
            }
        });
        known.count += 1;
        let Known { number, name, .. } = known;
        let id = reference_id(name, known.count);
        Event::InlineHtml(
            format!(
                "<a class=\"noteref\" id=\"{id}\" href=\"#note.{name}\" \
                 epub:type=\"noteref\" role=\"doc-noteref\">{number}</a>"
            )
            .into(),
        )
    }

    /// Writes the notes that are referred to, each with its ways back.
    fn write(mut self, words: &Words, html: &mut String) {
        let mut written = Vec::new();
        while let Some(label) = self.waiting.pop_front() {
            let body = self
                .bodies
                .get_mut(&label)
                .map(std::mem::take)
                .unwrap_or_default();
            let mut out = Vec::with_capacity(body.len());
            for event in body {
                adapt(event, &mut self, &mut out);
            }
            written.push((label, out));
        }
        if written.is_empty() {
            return;
        }
        html.push_str("<div class=\"footnotes\">\n");
        for (label, mut body) in written {
            let Some(known) = self.known.get(&label) else {
                continue;
            };
            let Known {
                number,
                name,
                count,
            } = known;
            let back = (1..=*count).map(|at| way_back(known, at, words));
            let back: Vec<String> = back.collect();
            let back = Event::InlineHtml(format!(" {}", back.join(" ")).into());
            let mark =
                Event::InlineHtml(format!("<span class=\"number\">{number}.</span> ").into());
            let paragraph = Event::Start(Tag::Paragraph);
            match body.first() == Some(&paragraph) {
                true => body.insert(1, mark),
                false => drop(body.splice(
                    0..0,
                    [paragraph.clone(), mark, Event::End(TagEnd::Paragraph)],
                )),
            }
            match body.last() == Some(&Event::End(TagEnd::Paragraph)) {
                true => body.insert(body.len() - 1, back),
                false => body.extend([paragraph, back, Event::End(TagEnd::Paragraph)]),
            }
            let _ = writeln!(
                html,
                "<aside class=\"footnote\" id=\"note.{name}\" epub:type=\"footnote\" \
                 role=\"doc-footnote\">"
            );
            html::push_html(html, body.into_iter());
            html.push_str("</aside>\n");
        }
        html.push_str("</div>\n");
    }
}

/// The label in letters that ids have, and one of its own.
fn note_name(label: &str, taken: &mut BTreeSet<String>) -> String {
    let mut name = ascii_name(label);
    let plain = label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    if !plain || name.len() > 40 || taken.contains(&name) {
        name.truncate(40);
        name = format!("{name}-{}", Digest::of(label.as_bytes()).short());
    }
    taken.insert(name.clone());
    name
}

/// Slugs have no dots, so these ids meet none of the author's headings.
fn reference_id(name: &str, count: usize) -> String {
    match count {
        1 => format!("noteref.{name}"),
        count => format!("noteref.{name}.{count}"),
    }
}

fn way_back(note: &Known, count: usize, words: &Words) -> String {
    let id = reference_id(&note.name, count);
    let which = match count {
        1 => note.number.to_string(),
        count => format!("{}.{count}", note.number),
    };
    let label = words.get("back_to_reference").replace("{n}", &which);
    let label = escape(&label).replace('"', "&quot;");
    // The second character keeps the arrow from being drawn as a picture.
    format!("<a href=\"#{id}\" role=\"doc-backlink\" aria-label=\"{label}\">\u{21a9}\u{fe0e}</a>")
}
