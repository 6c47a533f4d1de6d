//! The text in blocks of raw HTML, between the tags.

use std::ops::Range;

use pulldown_cmark::{Event, Parser};

use crate::checks::text::block::{Block, Kind};
use crate::checks::text::walk::Walker;
use crate::markdown::{HtmlTag, HtmlTagKind};

/// What is known between the lines of a block of HTML.
#[derive(Default)]
pub(super) struct HtmlState {
    /// What ends the comment or the declaration that is open.
    until: Option<&'static str>,
    /// The element that is open and whose content is no prose, and how many of its name are.
    hidden: Option<(String, usize)>,
    /// The space that stands before the next words.
    gap: Option<(&'static str, Range<usize>)>,
}

enum Piece {
    /// A tag, by its place among those of the page.
    Tag(usize),
    Text,
    Nothing,
}

/// What an element is to a reader.
enum Role {
    /// Words inside a sentence.
    Inline,
    /// Words of programs inside a sentence.
    Code,
    /// No prose at all.
    Hidden,
    Break,
    Image,
    Block(Kind),
}

impl Role {
    fn of(element: &str) -> Self {
        match element {
            "a" | "abbr" | "acronym" | "b" | "bdi" | "bdo" | "big" | "button" | "cite" | "data"
            | "del" | "dfn" | "em" | "font" | "i" | "ins" | "label" | "mark" | "nobr" | "q"
            | "s" | "small" | "span" | "strike" | "strong" | "sub" | "sup" | "time" | "u"
            | "wbr" => Self::Inline,
            "code" | "kbd" | "samp" | "var" | "tt" => Self::Code,
            "pre" | "script" | "style" | "svg" | "math" | "textarea" | "iframe" | "template"
            | "select" | "object" | "title" | "xmp" | "noembed" | "noframes" | "ruby"
            | "canvas" | "audio" | "video" => Self::Hidden,
            "br" => Self::Break,
            "img" => Self::Image,
            "h1" => Self::Block(Kind::Heading(1)),
            "h2" => Self::Block(Kind::Heading(2)),
            "h3" => Self::Block(Kind::Heading(3)),
            "h4" => Self::Block(Kind::Heading(4)),
            "h5" => Self::Block(Kind::Heading(5)),
            "h6" => Self::Block(Kind::Heading(6)),
            "td" => Self::Block(Kind::Cell),
            "th" => Self::Block(Kind::HeaderCell),
            "dt" => Self::Block(Kind::Term),
            "figcaption" | "caption" => Self::Block(Kind::Caption),
            _ => Self::Block(Kind::Paragraph),
        }
    }
}

impl Walker<'_> {
    /// Reads a line of HTML.
    pub(super) fn html(&mut self, line: Range<usize>) {
        let mut at = line.start;
        while at < line.end {
            let (piece, end) = self.piece(at..line.end);
            match piece {
                Piece::Tag(tag) => self.html_tag(tag),
                Piece::Text => self.html_text(at..end),
                Piece::Nothing => {}
            }
            at = end.max(at + 1);
        }
    }

    /// A block that is no HTML begins.
    pub(super) fn leave_html(&mut self) {
        self.html = HtmlState::default();
    }

    /// A block ends.
    pub(super) fn end_html_block(&mut self) {
        self.html.gap = None;
    }

    /// What stands at the beginning of a part of a line, and where it ends.
    fn piece(&mut self, part: Range<usize>) -> (Piece, usize) {
        let rest = self.text.get(part.clone()).unwrap_or("");
        if let Some(until) = self.html.until {
            let Some(end) = rest.find(until) else {
                return (Piece::Nothing, part.end);
            };
            self.html.until = None;
            return (Piece::Nothing, part.start + end + until.len());
        }
        let tags = self.tags;
        let next = tags.partition_point(|tag| tag.span.start < part.start);
        // A tag may have begun in a line before.
        let inside = next.checked_sub(1).and_then(|last| tags.get(last));
        if let Some(tag) = inside.filter(|tag| tag.span.end > part.start) {
            return (Piece::Nothing, tag.span.end.min(part.end));
        }
        if let Some(tag) = tags.get(next).filter(|tag| tag.span.start == part.start) {
            return (Piece::Tag(next), tag.span.end.min(part.end));
        }
        if self.html.hidden.is_none() {
            // Two dashes may open and close a comment at once.
            let opens = [("<!--", 2, "-->"), ("<![CDATA[", 9, "]]>"), ("<!", 2, ">")];
            let opens = opens.into_iter().chain([("<?", 2, "?>")]);
            for (open, length, until) in opens {
                if rest.starts_with(open) {
                    self.html.until = Some(until);
                    return (Piece::Nothing, part.start + length);
                }
            }
        }
        let bracket = memchr::memchr_iter(b'<', rest.as_bytes()).find(|at| *at > 0);
        (Piece::Text, bracket.map_or(part.end, |at| part.start + at))
    }

    fn html_tag(&mut self, at: usize) {
        let Some(tag) = self.tags.get(at) else {
            return;
        };
        let closes = tag.kind == HtmlTagKind::Close;
        if let Some((element, depth)) = &mut self.html.hidden {
            if *element == tag.element {
                *depth = if closes { *depth - 1 } else { *depth + 1 };
                if *depth == 0 {
                    self.html.hidden = None;
                }
            }
            return;
        }
        match Role::of(&tag.element) {
            Role::Inline => {}
            Role::Code if closes => self.code_tags = self.code_tags.saturating_sub(1),
            Role::Code => self.code_tags += 1,
            Role::Hidden if closes => {}
            Role::Hidden => {
                self.close();
                self.html.hidden = Some((tag.element.clone(), 1));
            }
            Role::Break => self.html.gap = Some(("\n", tag.span.clone())),
            Role::Image => self.html_image(tag),
            Role::Block(kind) => {
                self.close();
                self.begin(tag.span.end);
                if !closes {
                    self.kind = kind;
                    self.in_item = tag.element == "li";
                }
            }
        }
    }

    fn html_image(&mut self, tag: &HtmlTag) {
        let alternative = tag.attributes.iter().find(|(key, _)| key == "alt");
        let alternative = alternative.and_then(|(_, key)| attribute_value(self.text, key.end));
        if let Some((value, place)) = alternative {
            let mut block = Block::new(Kind::Alternative);
            push_decoded(&mut block, value, place.start);
            block.language = self.languages.name(self.languages.at(tag.span.start));
            self.keep(block);
        }
        self.space(tag.span.start);
        self.mask(tag.span.clone());
    }

    fn html_text(&mut self, part: Range<usize>) {
        let text = self.text.get(part.clone()).unwrap_or("");
        let words = text.trim_end_matches(['\n', '\r']);
        let line_end = part.start + words.len()..part.end;
        if self.html.hidden.is_some() {
            if words.contains(char::is_alphabetic) {
                self.prose.code.push(part);
            }
            return;
        }
        let trimmed = words.trim_start();
        let inner = match self.is_at_edge() {
            true => trimmed,
            false => words,
        };
        if !inner.is_empty() {
            let start = line_end.start - inner.len();
            self.space(start);
            match self.code_tags {
                0 => push_decoded(self.block(), inner, start),
                _ => self.mask(start..line_end.start),
            }
        }
        if !line_end.is_empty() {
            self.html.gap.get_or_insert((" ", line_end));
        }
    }

    /// Whether nothing stands before the next words, or a space.
    fn is_at_edge(&self) -> bool {
        self.html.gap.is_some() || self.is_empty()
    }

    /// Puts the space that stands before words at a place.
    fn space(&mut self, place: usize) {
        let gap = self.html.gap.take();
        if let Some((space, span)) = gap.filter(|_| !self.is_empty()) {
            self.block().push_break(space, span);
        }
        self.turn(place);
    }
}

/// Adds text in which character references stand.
pub(super) fn push_decoded(block: &mut Block, text: &str, start: usize) {
    /// The longest name has 31 letters.
    const LONGEST: usize = 40;
    let mut done = 0;
    for at in memchr::memchr_iter(b'&', text.as_bytes()) {
        if at < done {
            continue;
        }
        let rest = &text.as_bytes()[at + 1..];
        let named = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'#';
        let length = rest.iter().take(LONGEST).position(|byte| !named(byte));
        let Some(length) = length.filter(|length| rest.get(*length) == Some(&b';')) else {
            continue;
        };
        let Some(entity) = text.get(at..at + length + 2) else {
            continue;
        };
        // The parser knows all names.
        let decoded: String = Parser::new(entity)
            .filter_map(|event| match event {
                Event::Text(text) => Some(text.into_string()),
                _ => None,
            })
            .collect();
        if decoded.is_empty() || decoded == entity {
            continue;
        }
        let before = &text[done..at];
        block.push(before, before, start + done..start + at);
        done = at + entity.len();
        block.push(&decoded, entity, start + at..start + done);
    }
    let rest = &text[done..];
    block.push(rest, rest, start + done..start + text.len());
}

/// The value of an attribute whose name ends at a place of a text, and its place.
pub(super) fn attribute_value(text: &str, name_end: usize) -> Option<(&str, Range<usize>)> {
    let rest = text.get(name_end..)?;
    let value = rest.trim_start().strip_prefix('=')?.trim_start();
    let (value, end) = match value.chars().next()? {
        quote @ ('"' | '\'') => {
            let value = &value[1..];
            (value, value.find(quote)?)
        }
        _ => {
            let end = value.find(|c: char| c.is_whitespace() || c == '>');
            (value, end.unwrap_or(value.len()))
        }
    };
    let start = text.len() - value.len();
    Some((&value[..end], start..start + end))
}
