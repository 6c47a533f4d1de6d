//! Something else in the place of what is found in a text. In code, in headings, in the text of
//! links and in that of images nothing is looked for.

use std::ops::Range;

use pulldown_cmark::{Event, TagEnd};

use crate::markdown::element::{Element, Markup};
use crate::markdown::parse::{Spanned, is_opaque_end};

/// What was found, and the bytes of the text that it stands in.
pub type Found<T> = (Range<usize>, T);

/// Puts something in the place of all that `find` finds in the texts of a page, in order; it gives
/// the bytes of a text that are replaced, one after the other.
pub fn in_texts<'a, T>(
    events: Vec<Spanned<'a>>,
    find: &dyn Fn(&str) -> Vec<Found<T>>,
    put: &mut dyn FnMut(T, &Range<usize>) -> Vec<Markup<'static>>,
) -> Vec<Spanned<'a>> {
    let mut out = Vec::with_capacity(events.len());
    let mut opaque = 0_usize;
    for (markup, span) in events {
        match &markup {
            Markup::Plain(Event::Start(tag)) => opaque += usize::from(is_opaque(tag.to_end())),
            Markup::Plain(Event::End(tag)) => {
                opaque = opaque.saturating_sub(usize::from(is_opaque(*tag)));
            }
            Markup::Plain(Event::Text(text)) if opaque == 0 => {
                let found = find(text);
                if found.is_empty() {
                    out.push((markup, span));
                    continue;
                }
                let part = |range: Range<usize>| {
                    let words = text.get(range).filter(|words| !words.is_empty())?;
                    Some((
                        Markup::Plain(Event::Text(words.to_owned().into())),
                        span.clone(),
                    ))
                };
                let mut done = 0;
                for (range, it) in found {
                    out.extend(part(done..range.start));
                    done = range.end;
                    let instead = put(it, &span).into_iter();
                    out.extend(instead.map(|markup| (markup, span.clone())));
                }
                out.extend(part(done..text.len()));
                continue;
            }
            _ => {}
        }
        out.push((markup, span));
    }
    out
}

/// Whether nothing is looked for inside of this tag.
pub(super) fn is_opaque(tag: TagEnd) -> bool {
    is_opaque_end(tag) || matches!(tag, TagEnd::Heading(_))
}

/// Puts steps into the container with an id, or behind everything where there is none.
pub fn fill<'a>(events: &mut Vec<Spanned<'a>>, id: &str, steps: Vec<Markup<'a>>) {
    let place = events.iter().position(|(markup, _)| holds(markup, id));
    let (at, span) = match place {
        Some(at) => (at + 1, events[at].1.clone()),
        None => {
            let end = events.last().map_or(0, |(_, span)| span.end);
            (events.len(), end..end)
        }
    };
    let steps = steps.into_iter().map(|markup| (markup, span.clone()));
    events.splice(at..at, steps);
}

/// Whether a container with an id begins here.
pub fn holds(markup: &Markup<'_>, id: &str) -> bool {
    matches!(markup, Markup::Open(element)
        if matches!(&**element, Element::Division(found) if found.id.as_deref() == Some(id)))
}
