//! The tags of the raw HTML in a page, with their places, read as browsers read them.
//!
//! A tag may reach over lines, and the marks of a quotation between them are no part of it. This
//! reads what stands there; [`sanitize`](crate::markdown::sanitize()) decides what is kept.

use std::ops::Range;

use pulldown_cmark::{Event, Tag, TagEnd};

use crate::markdown::element::Markup;
use crate::markdown::parse::Spanned;

/// A tag in raw HTML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HtmlTag {
    /// The element, in lower case; `!--` for a comment that nothing closes.
    pub element: String,
    /// What the tag does.
    pub kind: HtmlTagKind,
    /// The attributes in lower case, with the places of their names.
    pub attributes: Vec<(String, Range<usize>)>,
    /// The bytes of the tag.
    pub span: Range<usize>,
}

/// What a tag does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HtmlTagKind {
    /// It opens an element.
    Open,
    /// It opens an element and says with a slash that it closes it too, which only MathML and SVG
    /// heed.
    Slashed,
    /// It closes an element.
    Close,
    /// It does not end.
    Torn,
}

/// The tags in the raw HTML of a page, in order. What stands in a script or in another element
/// whose content is text is none, and what an image says in place of itself is not HTML.
pub fn html_tags(events: &[Spanned<'_>]) -> Vec<HtmlTag> {
    let mut tags = Tags::default();
    let mut images = 0_usize;
    for (markup, span) in events {
        let Markup::Plain(event) = markup else {
            tags.flush();
            continue;
        };
        match event {
            Event::Html(html) => tags.run.add(html, span),
            Event::InlineHtml(html) if images == 0 => {
                tags.flush();
                tags.run.add(html, span);
                tags.flush();
            }
            event => {
                tags.flush();
                match event {
                    Event::Start(Tag::Image { .. }) => images += 1,
                    Event::End(TagEnd::Image) => images = images.saturating_sub(1),
                    _ => {}
                }
            }
        }
    }
    tags.flush();
    tags.found
}

/// Whether an HTML element never has children, and so no end tag.
pub fn is_void(element: &str) -> bool {
    matches!(
        element,
        "area"
            | "base"
            | "basefont"
            | "bgsound"
            | "br"
            | "col"
            | "embed"
            | "frame"
            | "hr"
            | "img"
            | "input"
            | "keygen"
            | "link"
            | "meta"
            | "param"
            | "source"
            | "track"
            | "wbr"
    )
}

/// Whether browsers take what stands in an element for text.
pub fn holds_text(element: &str) -> bool {
    matches!(
        element,
        "script"
            | "style"
            | "iframe"
            | "textarea"
            | "title"
            | "xmp"
            | "noembed"
            | "noframes"
            | "plaintext"
    )
}

/// HTML that nothing interrupts, which comes line by line.
#[derive(Default)]
pub(super) struct HtmlRun {
    /// The HTML, without the marks of quotations between its lines.
    pub(super) html: String,
    /// Where each piece of it begins, in it and in the page.
    pieces: Vec<(usize, usize)>,
}

impl HtmlRun {
    /// Adds the next piece.
    pub(super) fn add(&mut self, html: &str, span: &Range<usize>) {
        self.pieces.push((self.html.len(), span.start));
        self.html.push_str(html);
    }

    fn place(&self, at: usize) -> usize {
        let piece = self.pieces.partition_point(|(start, _)| *start <= at);
        let piece = piece
            .checked_sub(1)
            .and_then(|piece| self.pieces.get(piece));
        piece.map_or(0, |(start, place)| place + (at - start))
    }

    /// The bytes of the page that a part of the HTML came from.
    pub(super) fn span(&self, span: &Range<usize>) -> Range<usize> {
        let start = self.place(span.start);
        match span.is_empty() {
            true => start..start,
            false => start..self.place(span.end - 1) + 1,
        }
    }
}

#[derive(Default)]
struct Tags {
    found: Vec<HtmlTag>,
    run: HtmlRun,
    /// The element that is open and holds text.
    text: Option<String>,
}

impl Tags {
    /// Reads the tags of what was gathered.
    fn flush(&mut self) {
        if self.run.html.is_empty() {
            return;
        }
        let html = std::mem::take(&mut self.run.html);
        let mut at = 0;
        loop {
            if let Some(element) = &self.text {
                let Some(end) = end_tag(&html, at, element) else {
                    break;
                };
                at = end;
                self.text = None;
            }
            let Some(open) = memchr::memchr(b'<', html.as_bytes().get(at..).unwrap_or(b"")) else {
                break;
            };
            at = self.read(&html, at + open);
        }
        self.run = HtmlRun::default();
    }

    /// Reads what begins with the bracket at `start`; where it ends.
    fn read(&mut self, html: &str, start: usize) -> usize {
        let rest = html.get(start..).unwrap_or("");
        if rest.starts_with("<!--") {
            // Two dashes may open and close a comment at once.
            if let Some(end) = rest.get(2..).and_then(|rest| rest.find("-->")) {
                return start + 2 + end + 3;
            }
            self.push(
                "!--".to_owned(),
                HtmlTagKind::Torn,
                Vec::new(),
                start..html.len(),
            );
            return html.len();
        }
        let bytes = html.as_bytes();
        let closes = bytes.get(start + 1) == Some(&b'/');
        let name = start + 1 + usize::from(closes);
        if !bytes.get(name).is_some_and(u8::is_ascii_alphabetic) {
            return start + 1;
        }
        let (end, attributes, slashed, whole) = self.tag(html, name);
        let element = name_at(html, name);
        let kind = match (whole, closes, slashed) {
            (false, ..) => HtmlTagKind::Torn,
            (true, true, _) => HtmlTagKind::Close,
            (true, false, true) => HtmlTagKind::Slashed,
            (true, false, false) => HtmlTagKind::Open,
        };
        if matches!(kind, HtmlTagKind::Open | HtmlTagKind::Slashed) && holds_text(&element) {
            self.text = Some(element.clone());
        }
        self.push(element, kind, attributes, start..end);
        end
    }

    fn push(
        &mut self,
        element: String,
        kind: HtmlTagKind,
        attributes: Vec<(String, Range<usize>)>,
        span: Range<usize>,
    ) {
        let span = self.run.span(&span);
        self.found.push(HtmlTag {
            element,
            kind,
            attributes,
            span,
        });
    }

    /// The end of the tag whose name is at `name`, its attributes, whether a slash stands at its end,
    /// and whether it has one.
    fn tag(&self, html: &str, name: usize) -> (usize, Vec<(String, Range<usize>)>, bool, bool) {
        let bytes = html.as_bytes();
        let mut attributes = Vec::new();
        let mut at = skip(bytes, name, |byte| !ends_name(byte));
        let mut slashed = false;
        loop {
            match bytes.get(at) {
                None => return (html.len(), attributes, slashed, false),
                Some(b'>') => return (at + 1, attributes, slashed, true),
                Some(byte) if *byte == b'/' || byte.is_ascii_whitespace() => {
                    slashed = *byte == b'/';
                    at += 1;
                    continue;
                }
                Some(_) => slashed = false,
            }
            // An equals sign that opens a name is a part of it.
            let end = skip(bytes, at + 1, |byte| !ends_name(byte) && byte != b'=');
            let attribute = html.get(at..end).unwrap_or("").to_ascii_lowercase();
            attributes.push((attribute, self.run.span(&(at..end))));
            at = end;
            let equals = skip(bytes, at, |byte| byte.is_ascii_whitespace());
            if bytes.get(equals) == Some(&b'=') {
                let value = skip(bytes, equals + 1, |byte| byte.is_ascii_whitespace());
                at = match bytes.get(value) {
                    Some(quote @ (b'"' | b'\'')) => {
                        skip(bytes, value + 1, |byte| byte != *quote) + 1
                    }
                    _ => skip(bytes, value, |byte| {
                        !byte.is_ascii_whitespace() && byte != b'>'
                    }),
                };
            }
        }
    }
}

fn ends_name(byte: u8) -> bool {
    byte.is_ascii_whitespace() || matches!(byte, b'/' | b'>')
}

/// The first byte from `at` that is not so.
fn skip(bytes: &[u8], at: usize, is_so: impl Fn(u8) -> bool) -> usize {
    let rest = bytes.get(at..).unwrap_or(b"");
    at + rest
        .iter()
        .position(|byte| !is_so(*byte))
        .unwrap_or(rest.len())
}

fn name_at(html: &str, at: usize) -> String {
    let end = skip(html.as_bytes(), at, |byte| !ends_name(byte));
    html.get(at..end).unwrap_or("").to_ascii_lowercase()
}

/// Where the end tag of an element that holds text begins.
fn end_tag(html: &str, from: usize, element: &str) -> Option<usize> {
    let bytes = html.as_bytes();
    memchr::memmem::find_iter(bytes.get(from..)?, b"</")
        .map(|at| from + at)
        .find(|at| {
            let end = at + 2 + element.len();
            let name = bytes.get(at + 2..end).unwrap_or(b"");
            name.eq_ignore_ascii_case(element.as_bytes())
                && bytes.get(end).is_none_or(|byte| ends_name(*byte))
        })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::markdown::events;

    #[track_caller]
    fn case(text: &str, expected: &[&str]) {
        let tags = html_tags(&events(text, 0));
        let shown = |tag: &HtmlTag| {
            let kind = match tag.kind {
                HtmlTagKind::Open => "",
                HtmlTagKind::Slashed => "/",
                HtmlTagKind::Close => "-",
                HtmlTagKind::Torn => "?",
            };
            let names = tag.attributes.iter().map(|(name, span)| {
                assert_eq!(text[span.clone()].to_ascii_lowercase(), *name);
                format!(" {name}")
            });
            format!("{kind}{}{}", tag.element, names.collect::<String>())
        };
        assert_eq!(tags.iter().map(shown).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn tags_are_read_as_browsers_read_them() {
        case(
            "a <B Class='x>' id=y/ checked>b</B> <br/>\n",
            &["b class id checked", "-b", "/br"],
        );
        case(
            "<div\n  id=a\n  class=b>\n\n*c*\n\n</div>\n",
            &["div id class", "-div"],
        );
        case("> <div\n> id=a>\n", &["div id"]);
        case("a < b <!-- <i> --> `<i>` ![<i>](x)\n", &[]);
    }

    #[test]
    fn what_is_text_holds_no_tags() {
        case(
            "<script>\nif (a<b\") {}\n\n</SCRIPT x>\n\n<i>x</i>\n",
            &["script", "-script x", "i", "-i"],
        );
        case(
            "a <textarea><b></textarea> <i>\n",
            &["textarea", "-textarea", "i"],
        );
        case("<iframe>\n\n<b>x</b>\n", &["iframe"]);
    }

    #[test]
    fn what_does_not_end_is_torn() {
        case("<div class=\"a>\n\nb\n", &["?div class"]);
        case("<!-- a\n\nb\n", &["?!--"]);
        case("<!--> <i>\n", &["i"]);
    }

    proptest! {
        #[test]
        fn no_html_panics(text in "(<|>|</|a|b |ä|'|\"|=|!--|-->|-|\\n|\\n\\n|> |script|<div|<script>|\\t){0,30}") {
            let tags = html_tags(&events(&text, 0));
            for tag in tags {
                prop_assert!(tag.span.start < tag.span.end && tag.span.end <= text.len());
            }
        }
    }
}
