//! The same page for a reader that knows no more than CommonMark and GFM.

use std::ops::Range;

use pulldown_cmark::{BlockQuoteKind, Event, Tag, TagEnd};

use crate::markdown::element::{CaptionSource, Element, ElementEnd, Markup};
use crate::markdown::parse::Spanned;

/// The steps through a text with every construct of ours as the nearest plain one: notes are
/// alerts, titles are bold paragraphs, captions are paragraphs unless they say again what an
/// image says, references are code without words, containers are gone.
pub fn plain(events: Vec<Spanned<'_>>) -> Vec<(Event<'_>, Range<usize>)> {
    let mut out = Vec::with_capacity(events.len());
    let mut kinds = Vec::new();
    // A title that says nothing is left to the reader.
    let mut title = 0;
    // A reference or a caption that is left out.
    let mut silent = 0_usize;
    for (markup, span) in events {
        match markup {
            Markup::Close(
                ElementEnd::Reference | ElementEnd::Caption(CaptionSource::Attribute),
            ) => {
                silent = silent.saturating_sub(1);
            }
            Markup::Open(element)
                if matches!(*element, Element::Caption(CaptionSource::Attribute)) =>
            {
                silent += 1;
            }
            Markup::Open(element) if matches!(*element, Element::Reference(_)) => {
                if silent == 0 {
                    out.push((Event::Code("".into()), span));
                }
                silent += 1;
            }
            _ if silent > 0 => {}
            Markup::Plain(event) => out.push((event, span)),
            Markup::Open(element) => match *element {
                Element::Note(note) => {
                    let kind = Some(alert_kind(note.known_kind()));
                    kinds.push(kind);
                    out.push((Event::Start(Tag::BlockQuote(kind)), span));
                }
                Element::Title => {
                    out.push((Event::Start(Tag::Paragraph), span.clone()));
                    out.push((Event::Start(Tag::Strong), span));
                    title = out.len();
                }
                Element::Caption(_) => out.push((Event::Start(Tag::Paragraph), span)),
                _ => {}
            },
            Markup::Close(ElementEnd::Note(_)) => {
                let kind = kinds.pop().unwrap_or_default();
                out.push((Event::End(TagEnd::BlockQuote(kind)), span));
            }
            Markup::Close(ElementEnd::Title) if out.len() == title => {
                out.truncate(title - 2);
            }
            Markup::Close(ElementEnd::Title) => {
                out.push((Event::End(TagEnd::Strong), span.clone()));
                out.push((Event::End(TagEnd::Paragraph), span));
            }
            Markup::Close(ElementEnd::Caption(_)) => {
                out.push((Event::End(TagEnd::Paragraph), span));
            }
            Markup::Close(_) | Markup::Attributes(_) => {}
        }
    }
    out
}

/// The nearest of the five kinds of GitHub.
fn alert_kind(known: Option<&str>) -> BlockQuoteKind {
    match known.unwrap_or_default() {
        "tip" | "success" => BlockQuoteKind::Tip,
        "important" => BlockQuoteKind::Important,
        "warning" => BlockQuoteKind::Warning,
        "caution" | "danger" | "failure" | "bug" => BlockQuoteKind::Caution,
        _ => BlockQuoteKind::Note,
    }
}
