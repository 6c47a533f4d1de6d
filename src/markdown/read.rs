//! A text that is read in one pass: what it holds, and the steps through it to be taken again.

use std::ops::Range;

use pulldown_cmark::{Event, Tag};

use crate::markdown::autolink::might_hold_url;
use crate::markdown::blocks::might_hold_blocks;
use crate::markdown::element::Markup;
use crate::markdown::inline::might_hold_marks;
use crate::markdown::labels::might_hold_labels;
use crate::markdown::outline::{self, Outline};
use crate::markdown::parse::{events, is_verbatim_end, might_hold_entity, steps};
use crate::markdown::tape::{self, Tape};

/// Reads `text`; spans are shifted by `offset`, the place of `text` in its file.
pub fn read(text: &str, offset: usize) -> (Outline, Tape) {
    read_plain(text, offset).unwrap_or_else(|| {
        let events = events(text, offset);
        (Outline::of(&events), Tape::of(&events, text, offset))
    })
}

/// Reads a text that has nothing but CommonMark and GFM in it, as nearly all have, without gathering
/// its steps; none if it may have more.
fn read_plain(text: &str, offset: usize) -> Option<(Outline, Tape)> {
    if might_hold_blocks(text) || might_hold_labels(text) {
        return None;
    }
    let doubts = Doubts::about(text);
    let mut outline = outline::Reader::default();
    let mut tape = tape::Writer::new(text, offset);
    let mut code = 0_usize;
    for (event, span) in steps(text) {
        match &event {
            Event::Start(Tag::BlockQuote(Some(_))) => return None,
            Event::Start(tag) => code += usize::from(is_verbatim_end(tag.to_end())),
            Event::End(tag) => code -= usize::from(is_verbatim_end(*tag)).min(code),
            Event::Text(words) if code == 0 && doubts.hold_for(words) => return None,
            _ => {}
        }
        let (markup, span) = (Markup::Plain(event), shifted(&span, offset));
        outline.step(&markup, &span);
        tape.step(&markup, &span);
    }
    Some((outline.finish(), tape.finish()))
}

fn shifted(span: &Range<usize>, offset: usize) -> Range<usize> {
    span.start + offset..span.end + offset
}

/// What some word of a text may be, so that each has to be looked at.
struct Doubts {
    urls: bool,
    marks: bool,
    attributes: bool,
}

impl Doubts {
    fn about(text: &str) -> Self {
        // What an entity stands for is only known once it is read.
        let entities = might_hold_entity(text);
        Self {
            urls: entities || might_hold_url(text),
            marks: entities || might_hold_marks(text),
            attributes: entities || might_hold_attributes(text),
        }
    }

    fn hold_for(&self, words: &str) -> bool {
        (self.attributes && might_hold_attributes(words))
            || (self.marks && might_hold_marks(words))
            || (self.urls && might_hold_url(words))
    }
}

fn might_hold_attributes(text: &str) -> bool {
    memchr::memchr(b'{', text.as_bytes()).is_some()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read_whole(text: &str) -> (Outline, Tape) {
        let events = events(text, 3);
        (Outline::of(&events), Tape::of(&events, text, 3))
    }

    proptest! {
        #[test]
        fn what_is_plain_is_read_alike(
            text in "(\\PC{0,3}|[a-cé&;#*_`\\[\\]()<>!|:~$\\n /.\\-{}=\\\\@^+]{0,9}|&#123;|&amp;|\\n> |\\n\\[\\^a\\]: |`c`|www\\.|==a==|:smile:|\\{\\.a\\}){0,9}"
        ) {
            if let Some(read) = read_plain(&text, 3) {
                prop_assert_eq!(read, read_whole(&text));
            }
        }
    }

    #[track_caller]
    fn case(text: &str, is_plain: bool) {
        assert_eq!(read_plain(text, 3).is_some(), is_plain, "{text}");
    }

    #[test]
    fn most_texts_are_plain() {
        case(
            "# A\n\nb *c* [d](e.md) `{f}`\n\n```\nif a == b { www.c.d }\n```\n",
            true,
        );
        case("a {.b}\n", false);
        case("==a==\n", false);
        case("www.example.org\n", false);
        case("> [!NOTE]\n> a\n", false);
        case("!!! note\n    a\n", false);
        case("&equals;&equals;a==\n", false);
    }
}
