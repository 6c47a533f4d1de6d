//! What raw HTML in Markdown refers to: ids, links and images, with their places.
//!
//! This reads references for the checks; it never decides what is safe.

use std::borrow::Cow;
use std::collections::HashSet;
use std::ops::Range;

/// One attribute that names or leads somewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HtmlReference {
    /// The element, in lower case.
    pub element: String,
    /// `id`, `name`, `href`, `src`, `alt`, `poster` or `srcset`.
    pub attribute: String,
    /// The value, its character references decoded; of the several addresses of a `srcset`, one.
    pub value: String,
    /// The bytes of the value as written.
    pub span: Range<usize>,
    /// Where its tag begins, by which attributes of one tag are told from those of the next.
    pub tag: usize,
}

impl HtmlReference {
    /// Whether it leads to a page or a file and is not the image that an `img` shows.
    pub(super) fn leads(&self) -> bool {
        match self.attribute.as_str() {
            "href" => self.element == "a",
            "src" => matches!(
                self.element.as_str(),
                "audio" | "source" | "track" | "video"
            ),
            "poster" => self.element == "video",
            "srcset" => matches!(self.element.as_str(), "img" | "source"),
            _ => false,
        }
    }
}

/// The tags in `html` with their angle brackets, each with what follows the first bracket up to the
/// end of the name: `img`, `/picture`. Comments are left out.
pub fn html_tag_spans(html: &str) -> Vec<(Range<usize>, &str)> {
    let mut found = Vec::new();
    let mut rest = html;
    while let Some(open) = rest.find('<') {
        let at = html.len() - rest.len() + open;
        let end = match html[at..].starts_with("<!--") {
            true => html[at..]
                .find("-->")
                .map_or(html.len(), |end| at + end + 3),
            false => {
                let inner = &html[at + 1..];
                let is_name = |c: char| c.is_ascii_alphanumeric() || c == '-';
                let slash = usize::from(inner.starts_with('/'));
                let name = inner[slash..].find(|c| !is_name(c));
                let name = name.map_or(inner.len(), |name| slash + name);
                let end = (tag_end(html, at + 1) + 1).min(html.len());
                found.push((at..end, &inner[..name]));
                end
            }
        };
        rest = &html[end..];
    }
    found
}

/// Finds the references of the tags in `html`, with spans shifted by `offset`.
pub fn html_references(html: &str, offset: usize) -> Vec<HtmlReference> {
    let mut found = Vec::new();
    for (tag, name) in html_tag_spans(html) {
        if name.is_empty() || name.starts_with('/') {
            continue;
        }
        let start = tag.start + 1;
        for attribute in tag_attributes(&html[start..tag.end]) {
            let span = start + attribute.span.start..start + attribute.span.end;
            let spans = match attribute.name.as_str() {
                "id" | "name" | "href" | "src" | "alt" | "poster" => vec![span],
                "srcset" => candidates(html, span),
                _ => continue,
            };
            found.extend(spans.into_iter().map(|span| HtmlReference {
                element: name.to_ascii_lowercase(),
                attribute: attribute.name.clone(),
                value: decode_references(&html[span.clone()]).into_owned(),
                span: offset + span.start..offset + span.end,
                tag: offset + start,
            }));
        }
    }
    found
}

/// How long a link may be to be looked into, so that the work follows the length of the text.
const LONGEST_LINK: usize = 4096;

/// Whether the link whose tag begins at `tag` has no words: nothing stands in it, or pictures that have
/// no text.
pub(super) fn is_wordless_link(html: &str, tag: usize) -> bool {
    let html = &html[tag.saturating_sub(1)..];
    let near = &html.as_bytes()[..html.len().min(LONGEST_LINK)];
    let end = memchr::memmem::find(near, b"</a").or_else(|| memchr::memmem::find(near, b"</A"));
    let Some(link) = end.and_then(|end| html.get(..end)) else {
        return false;
    };
    let says = |tag: &Range<usize>, names: &[&str]| {
        let attributes = tag_attributes(&link[tag.start + 1..tag.end]);
        let mut said = attributes
            .iter()
            .filter(|it| names.contains(&it.name.as_str()));
        said.any(|it| !it.value.trim().is_empty())
    };
    let mut done = 0;
    for (tag, name) in html_tag_spans(link) {
        let is_silent = match name.to_ascii_lowercase().as_str() {
            "a" => tag.start == 0 && !says(&tag, &["aria-label", "title"]),
            "img" => !says(&tag, &["alt", "aria-label", "title"]),
            "br" | "picture" | "/picture" | "source" | "span" | "/span" => true,
            _ => false,
        };
        if !is_silent || !link[done..tag.start].trim().is_empty() {
            return false;
        }
        done = tag.end;
    }
    link[done..].trim().is_empty()
}

/// Text of HTML with its character references as the characters that they stand for: those that
/// markup needs, and all numbers. The others stay as they are.
pub fn decode_references(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        decoded.push_str(&rest[..at]);
        rest = &rest[at..];
        // The longest has ten letters: `&#1114111;`.
        let end = rest.bytes().take(12).position(|byte| byte == b';');
        let found = end.and_then(|end| Some((character(&rest[1..end])?, end + 1)));
        let (character, length) = found.unwrap_or(('&', 1));
        decoded.push(character);
        rest = &rest[length..];
    }
    decoded.push_str(rest);
    Cow::Owned(decoded)
}

/// The character of a reference, without its `&` and `;`.
fn character(reference: &str) -> Option<char> {
    if let Some(number) = reference.strip_prefix('#') {
        let number = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16),
            None => number.parse(),
        };
        let number = number.ok().filter(|number| *number > 0);
        return number.and_then(char::from_u32);
    }
    Some(match reference {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        _ => return None,
    })
}

/// The end of the tag that begins before `at`: the first `>` outside quotes.
fn tag_end(html: &str, at: usize) -> usize {
    let mut quote = None;
    for (index, byte) in html.bytes().enumerate().skip(at) {
        match (quote, byte) {
            (None, b'>') => return index,
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), byte) if byte == open => quote = None,
            _ => {}
        }
    }
    html.len()
}

/// One attribute of a tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HtmlAttribute {
    /// Its name in lower case.
    pub name: String,
    /// Its value as written, without quotes; empty if it has none.
    pub value: String,
    /// The bytes of the value.
    pub span: Range<usize>,
}

/// The attributes of the tag whose name begins `html`, up to its end; of several of one name the
/// first, which is the one that browsers take.
pub fn tag_attributes(html: &str) -> Vec<HtmlAttribute> {
    let end = tag_end(html, 0);
    let tag = &html[..end];
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let mut at = tag.find(|c: char| !is_name(c)).unwrap_or(tag.len());
    let skip = |from: usize, in_between: fn(char) -> bool| {
        let rest = &tag[from..];
        from + rest.find(|c| !in_between(c)).unwrap_or(rest.len())
    };
    let mut found = Vec::new();
    let mut known = HashSet::new();
    loop {
        let start = skip(at, |c| c.is_ascii_whitespace() || c == '/');
        let end = skip(start, |c| !c.is_ascii_whitespace() && !"=/".contains(c));
        // A name may begin with an equals sign, and then has to be stepped over.
        let end = match tag[start..].chars().next() {
            None => return found,
            Some('=') => start + 1,
            Some(_) => end,
        };
        let name = tag[start..end].to_ascii_lowercase();
        let equals = skip(end, |c| c.is_ascii_whitespace());
        let (value, after) = match tag[equals..].starts_with('=') {
            false => (end..end, end),
            true => {
                let value = skip(equals + 1, |c| c.is_ascii_whitespace());
                match tag[value..].chars().next() {
                    Some(quote @ ('"' | '\'')) => {
                        let length = tag[value + 1..].find(quote);
                        let end = length.map_or(tag.len(), |length| value + 1 + length);
                        (value + 1..end, (end + 1).min(tag.len()))
                    }
                    _ => {
                        let end = skip(value, |c| !c.is_ascii_whitespace());
                        (value..end, end)
                    }
                }
            }
        };
        if known.insert(name.clone()) {
            found.push(HtmlAttribute {
                name,
                value: tag[value.clone()].to_owned(),
                span: value,
            });
        }
        at = after;
    }
}

/// The addresses of a `srcset`, each of which may have a width or a density after it.
fn candidates(tag: &str, span: Range<usize>) -> Vec<Range<usize>> {
    let (mut found, mut at) = (Vec::new(), span.start);
    let is_between = |c: char| c.is_ascii_whitespace() || c == ',';
    while let Some(first) = tag[at..span.end].find(|c| !is_between(c)) {
        let start = at + first;
        let length = tag[start..span.end].find(|c: char| c.is_ascii_whitespace());
        let end = length.map_or(span.end, |length| start + length);
        let address = tag[start..end].trim_end_matches(',');
        found.push(start..start + address.len());
        // A comma at the end of an address is the end of it all.
        let has_more = start + address.len() == end;
        let next = tag[end..span.end].find(',').filter(|_| has_more);
        at = match (has_more, next) {
            (true, Some(next)) => end + next,
            (true, None) => span.end,
            (false, _) => end,
        };
    }
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_set_of_sources_has_many_addresses() {
        let case = |set: &str, expected: &[&str]| {
            let html = format!("<source srcset=\"{set}\">");
            let found: Vec<String> = html_references(&html, 0)
                .into_iter()
                .map(|found| {
                    assert_eq!(&html[found.span.clone()], found.value);
                    found.value
                })
                .collect();
            assert_eq!(found, expected);
        };
        case("a.png", &["a.png"]);
        case(" a.png 1x, b.png 2x ", &["a.png", "b.png"]);
        case("a.png, b,c.png 300w,d.png", &["a.png", "b,c.png", "d.png"]);
        case("", &[]);
    }

    #[test]
    fn attributes_are_found_with_their_places() {
        let html = r#"<A id=top href='x.md'><!-- <a href="no"> --><img src="ä.png" alt="">"#;
        let found: Vec<String> = html_references(html, 0)
            .into_iter()
            .map(|found| {
                assert_eq!(&html[found.span.clone()], found.value);
                format!("{} {}={}", found.element, found.attribute, found.value)
            })
            .collect();
        assert_eq!(
            found,
            ["a id=top", "a href=x.md", "img src=ä.png", "img alt="]
        );
    }

    #[test]
    fn values_are_what_browsers_make_of_them() {
        let case = |html: &str, expected: &[&str]| {
            let found = html_references(html, 0).into_iter();
            let found: Vec<String> = found.map(|found| found.value).collect();
            assert_eq!(found, expected, "{html}");
        };
        case("<img src=s.png src=w.webp>", &["s.png"]);
        case("<img/src=a.png>", &["a.png"]);
        case("<img title='a=b src=c' src=d.png>", &["d.png"]);
        case("<img src='q&amp;a.jpg'>", &["q&a.jpg"]);
        case(
            "<img srcset='a&#38;b.jpg 1x, &#x63;.jpg 2x'>",
            &["a&b.jpg", "c.jpg"],
        );
        case("<a href='?a&b=&copy=1&amp;lt;'>", &["?a&b=&copy=1&lt;"]);
        case(
            "<a href='&lt;&gt;&quot;&apos;&#0;&#x110000;&#;&ä'>",
            &["<>\"'&#0;&#x110000;&#;&ä"],
        );
    }

    #[test]
    fn a_tag_has_its_attributes() {
        let case = |tag: &str, expected: &str| {
            let found: Vec<String> = tag_attributes(tag)
                .into_iter()
                .map(|found| format!("{}={}", found.name, found.value))
                .collect();
            assert_eq!(found.join(" "), expected);
        };
        case(
            "img src=a.jpg ALT='b c' hidden/>x",
            "src=a.jpg alt=b c hidden=",
        );
        case(
            "img\n width = \"3\" =x /a>",
            "width=3 ==  x= a=".replace("  ", " ").as_str(),
        );
        case("img src='a", "src=a");
        case("img", "");
    }

    proptest! {
        #[test]
        fn no_html_panics(html in "[<>a='\" \\-!/ä&#;x9]{0,40}") {
            html_references(&html, 3);
            for (span, _) in html_tag_spans(&html) {
                assert!(html.get(span).is_some());
            }
            for found in tag_attributes(&html) {
                assert_eq!(html.get(found.span), Some(found.value.as_str()));
            }
            decode_references(&html);
        }
    }

    #[test]
    fn a_link_of_pictures_has_words_or_none() {
        let case = |html: &str, expected: bool| {
            let tag = html.find("<a").unwrap() + 1;
            assert_eq!(is_wordless_link(html, tag), expected, "{html}");
        };
        case("<p><a href=\"x\"><img src=\"y\" alt=\"\"></a>", true);
        case("<a href=\"x\">\n<img src=\"y\">\n</a>", true);
        case("<a href=\"x\"><img src=\"y\" alt=\"boat\"></a>", false);
        case("<a href=\"x\" title=\"boat\"><img src=\"y\"></a>", false);
        case("<a href=\"x\"><img src=\"y\"> boat</a>", false);
        case("<a href=\"x\"><svg></svg></a>", false);
        case("<a href=\"x\"><img src=\"y\">", false);
        case("<a href=\"x\"> <br> </a>", true);
        case("<a href=\"x\"><i class=\"mast\"></i></a>", false);
    }
}
