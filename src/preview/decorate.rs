//! What is added to a page while it is served: the reload script and the overlay. A build never
//! contains it.

use crate::diagnostic::Diagnostic;
use crate::preview::overlay::{escape, overlay};

/// The script that waits for a change. It is a file of its own, so that a page whose policy
/// refuses inline scripts still runs it.
pub(super) const SCRIPT: &str = include_str!("reload.js");
/// The style of the overlay.
pub(super) const STYLE: &str = include_str!("overlay.css");

/// Whether a page is shown where it stands, or in the place of one that is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// At its own address.
    Own,
    /// At an address of any depth, from which its relative links would lead astray.
    Elsewhere,
}

/// Adds the script and, if there are errors, the overlay before the end of the body.
pub(super) fn decorate(html: &[u8], stamp: &str, errors: &[Diagnostic], place: Place) -> Vec<u8> {
    let mut added = String::new();
    if !errors.is_empty() {
        added.push_str(&overlay(errors));
    }
    added.push_str("<script src=\"/__tympan/reload.js\" data-stamp=\"");
    added.push_str(&escape(stamp));
    added.push_str("\"></script>\n");
    let at = last(html, b"</body").unwrap_or(html.len());
    let head = match place {
        Place::Own => None,
        Place::Elsewhere => first_tag_end(html, b"<head"),
    };
    let mut page = Vec::with_capacity(html.len() + added.len() + 24);
    let (before, after) = html.split_at(at);
    match head.filter(|head| *head <= at) {
        Some(head) => {
            page.extend_from_slice(&before[..head]);
            page.extend_from_slice(b"<base href=\"/\">");
            page.extend_from_slice(&before[head..]);
        }
        None => page.extend_from_slice(before),
    }
    page.extend_from_slice(added.as_bytes());
    page.extend_from_slice(after);
    page
}

fn last(html: &[u8], tag: &[u8]) -> Option<usize> {
    html.windows(tag.len())
        .rposition(|window| window.eq_ignore_ascii_case(tag))
}

/// Where the first such tag ends; a longer name, such as `<header`, is another tag.
fn first_tag_end(html: &[u8], tag: &[u8]) -> Option<usize> {
    let named = |at: usize| {
        html[at..]
            .get(tag.len())
            .is_some_and(|next| *next == b'>' || next.is_ascii_whitespace())
    };
    let start = html
        .windows(tag.len())
        .enumerate()
        .find(|(at, window)| window.eq_ignore_ascii_case(tag) && named(*at))?
        .0;
    let end = html[start..].iter().position(|byte| *byte == b'>')?;
    Some(start + end + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADDED: &str = "<script src=\"/__tympan/reload.js\" data-stamp=\"s-1\"></script>\n";

    #[track_caller]
    fn case(html: &str, place: Place, expected: &str) {
        let page = decorate(html.as_bytes(), "s-1", &[], place);
        let page = String::from_utf8(page).unwrap();
        assert_eq!(page.replace(ADDED, "+"), expected);
        assert_eq!(page.matches(ADDED).count(), 1);
    }

    #[test]
    fn the_script_stands_before_the_end_of_the_body() {
        case(
            "<body>x</body></html>",
            Place::Own,
            "<body>x+</body></html>",
        );
        case("<BODY>x</BODY >", Place::Own, "<BODY>x+</BODY >");
        case(
            "<pre></body></pre></body>",
            Place::Own,
            "<pre></body></pre>+</body>",
        );
        case("no body", Place::Own, "no body+");
        case("", Place::Own, "+");
    }

    #[test]
    fn a_page_in_a_strange_place_keeps_its_links() {
        let elsewhere = Place::Elsewhere;
        case(
            "<head lang=a><b></body>",
            elsewhere,
            "<head lang=a><base href=\"/\"><b>+</body>",
        );
        case("<header></header>", elsewhere, "<header></header>+");
        case("</body><head>", elsewhere, "+</body><head>");
        case("<head", elsewhere, "<head+");
    }
}
