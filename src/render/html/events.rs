//! Small questions about events and texts that every writer of HTML asks.

use pulldown_cmark::{Event, TagEnd};

use crate::markdown::{Markup, Spanned};

/// Escapes text for HTML content and quoted attributes.
pub(in crate::render) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + text.len() / 8);
    let mut done = 0;
    for (at, byte) in text.bytes().enumerate() {
        let entity = match byte {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'"' => "&quot;",
            _ => continue,
        };
        escaped.push_str(&text[done..at]);
        escaped.push_str(entity);
        done = at + 1;
    }
    escaped.push_str(&text[done..]);
    escaped
}

/// Escapes text for HTML content alone, where quotes may stand as they are.
pub(super) fn escape_text(text: &str, html: &mut String) {
    let bytes = text.as_bytes();
    let mut done = 0;
    for at in memchr::memchr3_iter(b'&', b'<', b'>', bytes) {
        html.push_str(&text[done..at]);
        html.push_str(match bytes[at] {
            b'&' => "&amp;",
            b'<' => "&lt;",
            _ => "&gt;",
        });
        done = at + 1;
    }
    html.push_str(&text[done..]);
}

/// A fragment percent-encoded where HTML needs it; letters of any script may stand as they are.
pub(super) fn encode_fragment(fragment: &str) -> String {
    fragment.replace('%', "%25").replace(' ', "%20")
}

pub(in crate::render) fn plain_text<'e>(markup: &'e Markup<'_>) -> &'e str {
    let Markup::Plain(event) = markup else {
        return "";
    };
    match event {
        Event::Text(text)
        | Event::Code(text)
        | Event::InlineMath(text)
        | Event::DisplayMath(text) => text,
        Event::SoftBreak | Event::HardBreak => " ",
        _ => "",
    }
}

/// The events up to the end of an element that has just been opened; elements of one kind that
/// can stand inside each other are told apart by depth.
pub(in crate::render) fn until<'a>(
    events: &mut impl Iterator<Item = Spanned<'a>>,
    end: TagEnd,
) -> Vec<Spanned<'a>> {
    let mut inner = Vec::new();
    let mut depth = 0;
    for (event, span) in events {
        match &event {
            Markup::Plain(Event::Start(tag)) if tag.to_end() == end => depth += 1,
            Markup::Plain(Event::End(tag)) if *tag == end => {
                if depth == 0 {
                    break;
                }
                depth -= 1;
            }
            _ => {}
        }
        inner.push((event, span));
    }
    inner
}

/// The steps inside an element whose start stands before `events`, and those after its end; elements
/// of one kind that can stand inside each other are told apart by depth.
pub(super) fn split_at_end<'e, 'a>(
    events: &'e [Spanned<'a>],
    end: TagEnd,
) -> (&'e [Spanned<'a>], &'e [Spanned<'a>]) {
    let mut depth = 0;
    for (at, (markup, _)) in events.iter().enumerate() {
        match markup {
            Markup::Plain(Event::Start(tag)) if tag.to_end() == end => depth += 1,
            Markup::Plain(Event::End(tag)) if *tag == end => {
                if depth == 0 {
                    return (&events[..at], &events[at + 1..]);
                }
                depth -= 1;
            }
            _ => {}
        }
    }
    (events, &[])
}
