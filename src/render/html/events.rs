//! Small questions about events and texts that every writer of HTML asks.

use pulldown_cmark::{BlockQuoteKind, Event, TagEnd};

use crate::markdown::Spanned;

/// Escapes text for HTML content and quoted attributes.
pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

pub(super) fn plain_image(url: &str, alt: &str) -> String {
    format!(
        "<img src=\"{}\" alt=\"{}\" loading=\"lazy\" decoding=\"async\">",
        escape(url),
        escape(alt)
    )
}

/// A fragment percent-encoded where HTML needs it; letters of any script may stand as they are.
pub(super) fn encode_fragment(fragment: &str) -> String {
    fragment.replace('%', "%25").replace(' ', "%20")
}

pub(super) fn alert(kind: BlockQuoteKind) -> (&'static str, &'static str) {
    match kind {
        BlockQuoteKind::Note => ("note", "Note"),
        BlockQuoteKind::Tip => ("tip", "Tip"),
        BlockQuoteKind::Important => ("important", "Important"),
        BlockQuoteKind::Warning => ("warning", "Warning"),
        BlockQuoteKind::Caution => ("caution", "Caution"),
    }
}

pub(super) fn plain_text<'e>(event: &'e Event<'_>) -> &'e str {
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
pub(super) fn until<'a>(
    events: &mut impl Iterator<Item = Spanned<'a>>,
    end: TagEnd,
) -> Vec<Spanned<'a>> {
    let mut inner = Vec::new();
    let mut depth = 0;
    for (event, span) in events {
        match &event {
            Event::Start(tag) if tag.to_end() == end => depth += 1,
            Event::End(tag) if *tag == end => {
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
