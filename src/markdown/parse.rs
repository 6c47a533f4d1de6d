//! The event stream with byte spans, and the passes that every reader of it needs.

use std::ops::Range;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use crate::markdown::attach::Attacher;
use crate::markdown::autolink::{link_bare_urls, might_hold_url};
use crate::markdown::blocks::{BlockFault, faults, read_blocks};
use crate::markdown::element::Markup;
use crate::markdown::inline::{might_hold_marks, read_inline};
use crate::markdown::labels::{might_hold_labels, read_references};
use crate::markdown::merge::Merged;
use crate::markdown::numbered::read_numbered;

/// A step and the bytes of the text that it came from.
pub type Spanned<'a> = (Markup<'a>, Range<usize>);

/// Parses `text`; spans are shifted by `offset`, the place of `text` in its file.
pub fn events(text: &str, offset: usize) -> Vec<Spanned<'_>> {
    let mut events = read_blocks(text, parse).unwrap_or_else(|| parse(text));
    if might_hold_labels(text) {
        events = read_numbered(read_references(events, text), text);
    }
    if offset > 0 {
        for (_, span) in &mut events {
            *span = span.start + offset..span.end + offset;
        }
    }
    events
}

/// The blocks of other dialects that something is wrong with, by the places of their first lines.
pub fn block_faults(text: &str, offset: usize) -> Vec<(BlockFault, Range<usize>)> {
    let shifted =
        |(fault, line): (BlockFault, Range<usize>)| (fault, line.start + offset..line.end + offset);
    faults(text, parse).into_iter().map(shifted).collect()
}

/// What [`events`] reads but for blocks of other dialects, references and numbers.
pub(super) fn parse(text: &str) -> Vec<Spanned<'_>> {
    let parser = steps(text);
    let mut attacher = Attacher::new(text);
    // What an entity stands for is only known once it is read; without one, a look at the text as a
    // whole says what need not be looked for in its parts.
    let entities = might_hold_entity(text);
    if entities || might_hold_url(text) {
        link_bare_urls(parser, text, |event, span| attacher.read(event, span));
    } else {
        parser.for_each(|(event, span)| attacher.read(event, span));
    }
    let events = attacher.finish();
    match entities || might_hold_marks(text) {
        true => read_inline(events, text),
        false => events,
    }
}

/// The steps that pulldown-cmark takes.
pub(super) fn steps(text: &str) -> impl Iterator<Item = (Event<'_>, Range<usize>)> {
    let parser = Parser::new_ext(text, options()).into_offset_iter();
    Merged::new(parser, text)
}

/// Whether a character may be written by its name or number.
pub(super) fn might_hold_entity(text: &str) -> bool {
    /// The longest name has 31 letters.
    const LONGEST: usize = 40;
    let bytes = text.as_bytes();
    memchr::memchr_iter(b'&', bytes).any(|at| {
        let rest = &bytes[at + 1..];
        let named = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'#';
        let end = rest.iter().take(LONGEST).position(|byte| !named(byte));
        end.is_some_and(|end| end > 0 && rest[end] == b';')
    })
}

/// The bytes of `text` that are code: fences, indented blocks and code spans, in order.
pub fn code_spans(text: &str) -> Vec<Range<usize>> {
    let mut spans = Vec::new();
    for (event, span) in Parser::new_ext(text, options()).into_offset_iter() {
        match event {
            Event::Code(_) | Event::Start(Tag::CodeBlock(_)) => spans.push(span),
            _ => {}
        }
    }
    spans
}

pub(super) fn options() -> Options {
    Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_HEADING_ATTRIBUTES
        | Options::ENABLE_MATH
        | Options::ENABLE_GFM
        | Options::ENABLE_DEFINITION_LIST
}

/// Whether what ends here stands as it was written, such as code.
pub(super) fn is_verbatim_end(tag: TagEnd) -> bool {
    matches!(
        tag,
        TagEnd::CodeBlock | TagEnd::HtmlBlock | TagEnd::MetadataBlock(_)
    )
}

/// Whether text inside this tag must not be searched for addresses.
pub(super) fn is_opaque_end(tag: TagEnd) -> bool {
    is_verbatim_end(tag) || matches!(tag, TagEnd::Link | TagEnd::Image)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn spans_are_places_in_the_file() {
        let found = events("# Ä\n\n[x](y.md)\n", 10);
        let link = found
            .iter()
            .find(|(event, _)| matches!(event, Markup::Plain(Event::Start(Tag::Link { .. }))));
        assert_eq!(link.unwrap().1, 16..25);
    }

    #[test]
    fn code_is_found_in_order() {
        assert_eq!(code_spans("a `b` c\n\n```\nd\n```\n"), [2..5, 9..18]);
    }

    proptest! {
        #[test]
        fn no_text_panics_and_spans_stay_inside(text in "[a-zé#*_`\\[\\]()<>!|:~$\\n /.&;{}=\\\\]{0,60}") {
            for (_, span) in events(&text, 0) {
                prop_assert!(span.start <= span.end && span.end <= text.len());
                prop_assert!(text.is_char_boundary(span.start) && text.is_char_boundary(span.end));
            }
        }
    }
}
