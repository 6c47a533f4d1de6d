//! Bare addresses become links, as GitHub Flavored Markdown has them (GFM §6.9), which
//! pulldown-cmark leaves as text.

use std::ops::Range;

use pulldown_cmark::{CowStr, Event, LinkType, Tag, TagEnd};

use crate::markdown::parse::is_opaque_end;
use crate::markdown::run::Run;

type Spanned<'a> = (Event<'a>, Range<usize>);

/// Hands every event on, and for each bare address a link.
pub(super) fn link_bare_urls<'a>(
    events: impl Iterator<Item = Spanned<'a>>,
    source: &str,
    mut put: impl FnMut(Event<'a>, Range<usize>),
) {
    let mut opaque = 0_usize;
    for (event, span) in events {
        match event {
            Event::Start(ref tag) if is_opaque_end(tag.to_end()) => opaque += 1,
            Event::End(tag) if is_opaque_end(tag) => opaque = opaque.saturating_sub(1),
            Event::Text(text) if opaque == 0 && might_hold_url(&text) => {
                split(text, span, source, &mut put);
                continue;
            }
            _ => {}
        }
        put(event, span);
    }
}

/// Whether an address may stand in a text, in one fast pass.
pub(super) fn might_hold_url(text: &str) -> bool {
    let bytes = text.as_bytes();
    memchr::memchr3_iter(b'@', b':', b'.', bytes).any(|at| match bytes[at] {
        b':' => bytes[at..].starts_with(b"://"),
        b'.' => bytes[..at].ends_with(b"www"),
        _ => true,
    })
}

fn split<'a>(
    text: CowStr<'a>,
    span: Range<usize>,
    source: &str,
    put: &mut impl FnMut(Event<'a>, Range<usize>),
) {
    let run = Run::new(&text, &span, source);
    let (mut done, mut at) = (0, 0);
    while at < text.len() {
        let Some((range, target)) = address_at(&text, at, done) else {
            at += text[at..].chars().next().map_or(1, char::len_utf8);
            continue;
        };
        let place = run.place(range.clone());
        let tag = Tag::Link {
            link_type: LinkType::Autolink,
            dest_url: target.into(),
            title: "".into(),
            id: "".into(),
        };
        let link = [
            run.part(done..range.start),
            Some((Event::Start(tag), place.clone())),
        ];
        let link = link.into_iter().chain([run.part(range.clone())]).flatten();
        link.for_each(|(event, span)| put(event, span));
        put(Event::End(TagEnd::Link), place);
        done = range.end;
        at = done;
    }
    match done {
        0 => put(Event::Text(text), span),
        done => {
            if let Some((event, span)) = run.part(done..text.len()) {
                put(event, span);
            }
        }
    }
}

/// The address that begins at `at`, or the mail address whose `@` stands there; nothing before
/// `floor` may be taken.
fn address_at(text: &str, at: usize, floor: usize) -> Option<(Range<usize>, String)> {
    let rest = &text[at..];
    if rest.starts_with('@') {
        return mail_address(text, at, floor);
    }
    let scheme = ["https://", "http://", "ftp://"]
        .into_iter()
        .find(|scheme| starts_with(rest, scheme));
    if scheme.is_none() && !starts_with(rest, "www.") {
        return None;
    }
    let before = text[..at].chars().next_back();
    if !before.is_none_or(|c| c.is_whitespace() || "*_~(".contains(c)) {
        return None;
    }
    let end = rest
        .find(|c: char| c.is_whitespace() || c == '<')
        .unwrap_or(rest.len());
    let url = trim_end(&rest[..end]);
    let host = &url[scheme.map_or(0, str::len)..];
    let host = host.split(['/', '?', '#']).next().unwrap_or("");
    if !is_domain(host) {
        return None;
    }
    let target = match scheme {
        Some(_) => url.to_owned(),
        None => format!("http://{url}"),
    };
    Some((at..at + url.len(), target))
}

fn mail_address(text: &str, at: usize, floor: usize) -> Option<(Range<usize>, String)> {
    let local = |c: char| c.is_ascii_alphanumeric() || ".-_+".contains(c);
    let start = text[floor..at]
        .rfind(|c: char| !local(c))
        .map_or(floor, |found| {
            floor
                + found
                + text[floor + found..]
                    .chars()
                    .next()
                    .map_or(1, char::len_utf8)
        });
    let host = &text[at + 1..];
    let end = host
        .find(|c: char| !(c.is_ascii_alphanumeric() || "-_.".contains(c)))
        .unwrap_or(host.len());
    let host = host[..end].trim_end_matches('.');
    let good = start < at && host.contains('.') && is_domain(host) && !host.ends_with(['-', '_']);
    let range = start..at + 1 + host.len();
    good.then(|| (range.clone(), format!("mailto:{}", &text[range])))
}

fn starts_with(text: &str, start: &str) -> bool {
    text.get(..start.len())
        .is_some_and(|head| head.eq_ignore_ascii_case(start))
}

/// At least two labels of letters, digits, `-` and `_`, no `_` in the last two (GFM §6.9).
fn is_domain(host: &str) -> bool {
    let host = host.split(':').next().unwrap_or("");
    let labels: Vec<&str> = host.split('.').collect();
    let good = |label: &&str| {
        !label.is_empty()
            && label
                .chars()
                .all(|c| c.is_alphanumeric() || c == '-' || c == '_')
    };
    labels.len() >= 2
        && labels.iter().all(good)
        && labels
            .iter()
            .rev()
            .take(2)
            .all(|label| !label.contains('_'))
}

/// Drops what belongs to the sentence: punctuation, a closing bracket that was opened outside,
/// an entity-like ending.
fn trim_end(url: &str) -> &str {
    let mut url = url;
    loop {
        let trimmed =
            url.trim_end_matches(['?', '!', '.', ',', ':', '*', '_', '~', '\'', '"', ';']);
        let closed =
            trimmed.ends_with(')') && trimmed.matches(')').count() > trimmed.matches('(').count();
        let next = if closed {
            &trimmed[..trimmed.len() - 1]
        } else if url[trimmed.len()..].starts_with(';') {
            trimmed
                .trim_end_matches(|c: char| c.is_ascii_alphanumeric())
                .strip_suffix('&')
                .unwrap_or(trimmed)
        } else {
            trimmed
        };
        if next.len() == url.len() {
            return url;
        }
        url = next;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::markdown::{Markup, events};

    #[track_caller]
    fn case(source: &str, expected: &[(&str, &str)]) {
        let mut found = Vec::new();
        for (event, span) in events(source, 0) {
            if let Markup::Plain(Event::Start(Tag::Link { dest_url, .. })) = event {
                found.push((dest_url.to_string(), source[span].to_owned()));
            }
        }
        let found: Vec<(&str, &str)> = found
            .iter()
            .map(|(a, b)| (a.as_str(), b.as_str()))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn bare_addresses_are_links() {
        case(
            "see https://a.example/x_y, ok",
            &[("https://a.example/x_y", "https://a.example/x_y")],
        );
        case(
            "(www.a.example/b(c))",
            &[("http://www.a.example/b(c)", "www.a.example/b(c)")],
        );
        case(
            "mail ada@guide.example.",
            &[("mailto:ada@guide.example", "ada@guide.example")],
        );
        case(
            "ä http://ö.example/",
            &[("http://ö.example/", "http://ö.example/")],
        );
    }

    #[test]
    fn other_text_is_left_alone() {
        case("`https://a.example`", &[]);
        case("xhttps://a.example https://localhost a@b @c", &[]);
        case("[https://a.example](b)", &[("b", "[https://a.example](b)")]);
    }
}
