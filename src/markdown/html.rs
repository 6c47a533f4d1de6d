//! What raw HTML in Markdown refers to: ids, links and images, with their places.
//!
//! This reads references for the checks; it never decides what is safe.

use std::ops::Range;

/// One attribute that names or leads somewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HtmlReference {
    /// The element, in lower case.
    pub element: String,
    /// `id`, `name`, `href`, `src`, `alt`, `poster` or `srcset`.
    pub attribute: String,
    /// The value as written; of the several addresses of a `srcset`, one.
    pub value: String,
    /// The bytes of the value.
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
                let is_name = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '/';
                let name = inner.find(|c| !is_name(c)).unwrap_or(inner.len());
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
    let mut rest = html;
    while let Some(open) = rest.find('<') {
        let at = html.len() - rest.len() + open;
        if html[at..].starts_with("<!--") {
            let end = html[at..]
                .find("-->")
                .map_or(html.len(), |end| at + end + 3);
            rest = &html[end..];
            continue;
        }
        let end = tag_end(html, at + 1);
        read_tag(html, at + 1..end, offset, &mut found);
        rest = &html[end..];
    }
    found
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
    /// The bytes of it all.
    pub span: Range<usize>,
}

/// The attributes of the tag whose name begins `html`, up to its end.
pub fn tag_attributes(html: &str) -> Vec<HtmlAttribute> {
    let end = tag_end(html, 0);
    let tag = html[..end].trim_end_matches('/');
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let mut at = tag.find(|c: char| !is_name(c)).unwrap_or(tag.len());
    let skip = |from: usize, in_between: fn(char) -> bool| {
        let rest = &tag[from..];
        from + rest.find(|c| !in_between(c)).unwrap_or(rest.len())
    };
    let mut found = Vec::new();
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
        found.push(HtmlAttribute {
            name,
            value: tag[value].to_owned(),
            span: start..after,
        });
        at = after;
    }
}

fn read_tag(html: &str, range: Range<usize>, offset: usize, found: &mut Vec<HtmlReference>) {
    let tag = &html[range.clone()];
    let name = tag
        .find(|c: char| !c.is_ascii_alphanumeric() && c != '-')
        .unwrap_or(tag.len());
    if name == 0 {
        return;
    }
    let element = tag[..name].to_ascii_lowercase();
    let mut at = name;
    while let Some(equals) = tag[at..].find('=').map(|found| at + found) {
        let attribute = tag[at..equals]
            .split_ascii_whitespace()
            .next_back()
            .unwrap_or("");
        let value = equals + 1 + tag[equals + 1..].len() - tag[equals + 1..].trim_start().len();
        let span = match tag[value..].chars().next() {
            Some(quote @ ('"' | '\'')) => {
                let end = tag[value + 1..]
                    .find(quote)
                    .map_or(tag.len(), |end| value + 1 + end);
                value + 1..end
            }
            _ => {
                let end = tag[value..].find(|c: char| c.is_ascii_whitespace());
                value..end.map_or(tag.len(), |end| value + end)
            }
        };
        let attribute = attribute.to_ascii_lowercase();
        let spans = match attribute.as_str() {
            "id" | "name" | "href" | "src" | "alt" | "poster" => vec![span.clone()],
            "srcset" => candidates(tag, span.clone()),
            _ => Vec::new(),
        };
        let start = offset + range.start;
        found.extend(spans.into_iter().map(|span| HtmlReference {
            element: element.clone(),
            attribute: attribute.clone(),
            value: tag[span.clone()].to_owned(),
            span: start + span.start..start + span.end,
            tag: start,
        }));
        at = (span.end + 1).min(tag.len());
        while !tag.is_char_boundary(at) {
            at += 1;
        }
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
        fn no_html_panics(html in "[<>a='\" \\-!/ä]{0,40}") {
            html_references(&html, 3);
            for (span, _) in html_tag_spans(&html) {
                assert!(html.get(span).is_some());
            }
            for found in tag_attributes(&html) {
                assert!(html.get(found.span).is_some());
            }
        }
    }
}
