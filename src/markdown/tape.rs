//! A text that was parsed once, kept small: what the steps say stands in the text already, so a tape
//! holds little more than their kinds and places. Reading it costs a fraction of parsing again.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, CowStr, Event, HeadingLevel, LinkType, Tag, TagEnd};

use crate::markdown::element::Markup;
use crate::markdown::parse::Spanned;

/// How many places of a text's first letter are looked at, to find it in its span.
const NEAR: usize = 16;

/// The steps through a text, without the text.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Tape {
    bytes: Box<[u8]>,
    /// The steps that are seldom, which are kept as they are.
    rare: Box<[Markup<'static>]>,
}

/// What a step is, in a byte.
mod code {
    pub(super) const RARE: u8 = 0;
    pub(super) const END: u8 = 1;
    pub(super) const TEXT: u8 = 2;
    pub(super) const CODE: u8 = 3;
    pub(super) const HTML: u8 = 4;
    pub(super) const INLINE_HTML: u8 = 5;
    pub(super) const SOFT_BREAK: u8 = 6;
    pub(super) const LINK: u8 = 7;
    pub(super) const FENCE: u8 = 8;
    pub(super) const HARD_BREAK: u8 = 9;
    /// And the level.
    pub(super) const HEADING: u8 = 10;
    /// And the place in [`super::PLAIN`].
    pub(super) const PLAIN: u8 = 20;
}

/// The elements of which there is nothing more to say.
const PLAIN: [Tag<'static>; 10] = [
    Tag::Paragraph,
    Tag::Item,
    Tag::Emphasis,
    Tag::Strong,
    Tag::List(None),
    Tag::TableHead,
    Tag::TableRow,
    Tag::TableCell,
    Tag::BlockQuote(None),
    Tag::HtmlBlock,
];

fn place_in_plain(tag: &Tag<'_>) -> Option<u8> {
    Some(match tag {
        Tag::Paragraph => 0,
        Tag::Item => 1,
        Tag::Emphasis => 2,
        Tag::Strong => 3,
        Tag::List(None) => 4,
        Tag::TableHead => 5,
        Tag::TableRow => 6,
        Tag::TableCell => 7,
        Tag::BlockQuote(None) => 8,
        Tag::HtmlBlock => 9,
        _ => return None,
    })
}

const LEVELS: [HeadingLevel; 6] = [
    HeadingLevel::H1,
    HeadingLevel::H2,
    HeadingLevel::H3,
    HeadingLevel::H4,
    HeadingLevel::H5,
    HeadingLevel::H6,
];

impl Tape {
    /// Keeps the steps of [`events`](crate::markdown::events) through `text`; `offset` is that of their spans.
    pub fn of(steps: &[Spanned<'_>], text: &str, offset: usize) -> Self {
        let mut writer = Writer::new(text, offset);
        for (markup, span) in steps {
            writer.step(markup, span);
        }
        writer.finish()
    }

    /// The steps through `text`, which must be the one that was kept; the same as parsing it would
    /// give.
    pub fn events<'a>(&'a self, text: &'a str, offset: usize) -> Vec<Spanned<'a>> {
        let mut reader = Reader {
            text,
            offset,
            bytes: &self.bytes,
            rare: self.rare.iter(),
            open: Vec::new(),
            before: 0,
        };
        let mut steps = Vec::with_capacity(self.bytes.len() / 4 + 8);
        steps.extend(std::iter::from_fn(|| reader.step()));
        steps
    }
}

/// Keeps steps one by one.
pub(super) struct Writer<'t> {
    text: &'t str,
    offset: usize,
    bytes: Vec<u8>,
    rare: Vec<Markup<'static>>,
    open: Vec<TagEnd>,
    /// Where the last step began.
    before: usize,
}

impl<'t> Writer<'t> {
    /// Nothing so far; `offset` is that of the spans to come.
    pub(super) fn new(text: &'t str, offset: usize) -> Self {
        Self {
            text,
            offset,
            bytes: Vec::with_capacity(text.len() / 2 + 16),
            rare: Vec::new(),
            open: Vec::new(),
            before: 0,
        }
    }

    /// What was kept.
    pub(super) fn finish(self) -> Tape {
        Tape {
            bytes: self.bytes.into(),
            rare: self.rare.into(),
        }
    }

    /// Keeps the next step.
    pub(super) fn step(&mut self, markup: &Markup<'_>, span: &Range<usize>) {
        let span = span.start - self.offset..span.end - self.offset;
        let Markup::Plain(event) = markup else {
            return self.rare(markup, &span);
        };
        match event {
            Event::Start(tag) => {
                self.start(tag, markup, &span);
                self.open.push(tag.to_end());
            }
            Event::End(tag) => match self.open.pop() {
                Some(open) if open == *tag => self.put(code::END, &span),
                _ => self.rare(markup, &span),
            },
            Event::Text(text) => self.put_text(code::TEXT, text, &span),
            Event::Code(text) => self.put_text(code::CODE, text, &span),
            Event::Html(text) => self.put_text(code::HTML, text, &span),
            Event::InlineHtml(text) => self.put_text(code::INLINE_HTML, text, &span),
            Event::SoftBreak => self.put(code::SOFT_BREAK, &span),
            Event::HardBreak => self.put(code::HARD_BREAK, &span),
            _ => self.rare(markup, &span),
        }
    }

    fn start(&mut self, tag: &Tag<'_>, markup: &Markup<'_>, span: &Range<usize>) {
        if let Some(at) = place_in_plain(tag) {
            return self.put(code::PLAIN + at, span);
        }
        match tag {
            Tag::Heading {
                level,
                id: None,
                classes,
                attrs,
            } if classes.is_empty() && attrs.is_empty() => {
                self.put(code::HEADING + *level as u8, span);
            }
            Tag::Link {
                link_type: LinkType::Inline,
                dest_url,
                title,
                id,
            } if title.is_empty() && id.is_empty() => self.put_text(code::LINK, dest_url, span),
            Tag::CodeBlock(CodeBlockKind::Fenced(info)) => self.put_text(code::FENCE, info, span),
            _ => self.rare(markup, span),
        }
    }

    fn rare(&mut self, markup: &Markup<'_>, span: &Range<usize>) {
        self.put(code::RARE, span);
        self.rare.push(markup.clone().into_static());
    }

    fn put(&mut self, code: u8, span: &Range<usize>) {
        self.bytes.push(code);
        // The lowest bit says that a step begins before the one that was read before it.
        let back = span.start < self.before;
        let apart = span.start.abs_diff(self.before) as u64;
        self.number(apart << 1 | u64::from(back));
        self.number(span.len() as u64);
        self.before = span.start;
    }

    /// A step with a text: mostly a part of its span.
    fn put_text(&mut self, code: u8, text: &str, span: &Range<usize>) {
        self.put(code, span);
        let find = |written: &str| match written.starts_with(text) {
            true => Some(0),
            // One that stands far from the beginning is written down.
            false => memchr::memchr_iter(*text.as_bytes().first()?, written.as_bytes())
                .take(NEAR)
                .find(|at| written.as_bytes()[*at..].starts_with(text.as_bytes())),
        };
        match self.text.get(span.clone()).and_then(find) {
            Some(at) => {
                self.number(at as u64 + 1);
                // How much of the span is left out, which is mostly nothing.
                self.number((span.len() - at - text.len()) as u64);
            }
            None => {
                self.number(0);
                self.number(text.len() as u64);
                self.bytes.extend_from_slice(text.as_bytes());
            }
        }
    }

    /// Seven bits in a byte, the lowest first; the highest bit says that more follow.
    fn number(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.bytes.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.bytes.push(number as u8);
    }
}

struct Reader<'a> {
    text: &'a str,
    offset: usize,
    bytes: &'a [u8],
    rare: std::slice::Iter<'a, Markup<'static>>,
    open: Vec<TagEnd>,
    before: usize,
}

impl<'a> Reader<'a> {
    fn step(&mut self) -> Option<Spanned<'a>> {
        let (code, rest) = self.bytes.split_first()?;
        self.bytes = rest;
        let apart = self.number()?;
        let (back, apart) = (apart & 1 == 1, (apart >> 1) as usize);
        let start = match back {
            true => self.before.checked_sub(apart)?,
            false => self.before + apart,
        };
        let span = start..start + self.number()? as usize;
        self.before = start;
        let event = match *code {
            code::RARE => {
                let markup = self.rare.next()?.clone();
                match &markup {
                    Markup::Plain(Event::Start(tag)) => self.open.push(tag.to_end()),
                    Markup::Plain(Event::End(_)) => {
                        self.open.pop();
                    }
                    _ => {}
                }
                return Some((markup, self.shifted(&span)));
            }
            code::END => Event::End(self.open.pop()?),
            code::TEXT => Event::Text(self.words(&span)?),
            code::CODE => Event::Code(self.words(&span)?),
            code::HTML => Event::Html(self.words(&span)?),
            code::INLINE_HTML => Event::InlineHtml(self.words(&span)?),
            code::SOFT_BREAK => Event::SoftBreak,
            code::HARD_BREAK => Event::HardBreak,
            code::LINK => {
                let dest_url = self.words(&span)?;
                self.start(Tag::Link {
                    link_type: LinkType::Inline,
                    dest_url,
                    title: "".into(),
                    id: "".into(),
                })
            }
            code::FENCE => {
                let info = self.words(&span)?;
                self.start(Tag::CodeBlock(CodeBlockKind::Fenced(info)))
            }
            code if code >= code::PLAIN => {
                self.start(PLAIN.get(usize::from(code - code::PLAIN))?.clone())
            }
            code => self.start(Tag::Heading {
                level: *LEVELS.get(usize::from(code.checked_sub(code::HEADING + 1)?))?,
                id: None,
                classes: Vec::new(),
                attrs: Vec::new(),
            }),
        };
        Some((Markup::Plain(event), self.shifted(&span)))
    }

    fn start(&mut self, tag: Tag<'a>) -> Event<'a> {
        self.open.push(tag.to_end());
        Event::Start(tag)
    }

    fn shifted(&self, span: &Range<usize>) -> Range<usize> {
        span.start + self.offset..span.end + self.offset
    }

    fn words(&mut self, span: &Range<usize>) -> Option<CowStr<'a>> {
        let (place, length) = (self.number()? as usize, self.number()? as usize);
        let words = match place.checked_sub(1) {
            Some(at) => self
                .text
                .get(span.start + at..span.end.checked_sub(length)?)?,
            None => {
                let (words, rest) = self.bytes.split_at_checked(length)?;
                self.bytes = rest;
                std::str::from_utf8(words).ok()?
            }
        };
        Some(CowStr::Borrowed(words))
    }

    fn number(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let (byte, rest) = self.bytes.split_first()?;
            self.bytes = rest;
            number |= u64::from(byte & 0x7f) << shift;
            if *byte < 0x80 {
                return Some(number);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::markdown::events;

    fn check(text: &str, offset: usize) -> Tape {
        let steps = events(text, offset);
        let tape = Tape::of(&steps, text, offset);
        assert_eq!(tape.events(text, offset), steps);
        tape
    }

    #[test]
    fn a_tape_says_what_was_parsed() {
        let text = "# One {#a .b}\n\n## Two &amp; *three*\n\nA `code` \\* [link](x.md) <b>b</b>[^1] https://a.example\n\
                    [ref][r] ![i](i.png \"T\") :smile: H~2~O\n\n> [!NOTE]\n> x\n\n!!! tip \"T\"\n    y\n\n- a\n- [ ] b\n\n1. c\n\n\
                    | a | b |\n|:-:|---|\n| c | d |\n\n```rust {1}\nlet x;\n```\n\n    indented\n\n$$x$$ {#eq-a}\n\n@eq-a\n\n\
                    <div>\n\nraw\n\n</div>\n\nTerm\n: meaning\n\n*[HTML]: Hyper\n\n[r]: /r\n[^1]: Note.\n";
        check(text, 0);
        check(text, 7);
    }

    #[test]
    fn plain_text_costs_a_fraction_of_itself() {
        let text = "A line of words that goes on for a while and ends here.\n".repeat(100);
        assert!(check(&text, 0).bytes.len() < text.len() / 4);
    }

    proptest! {
        #[test]
        fn no_text_is_read_differently(text in "[a-zé#*_`\\[\\]()<>!|:~$@&;\\\\\\n {}.=+^-]{0,80}") {
            check(&text, 3);
        }
    }
}
