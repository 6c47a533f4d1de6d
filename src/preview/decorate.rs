//! What is added to a page while it is served: two scripts and the overlay. A build never contains
//! it. Every address is relative, so that the preview may stand behind a proxy, below any path.

use crate::diagnostic::Diagnostic;
use crate::preview::overlay::{escape, overlay};

/// The script that keeps a page as its source is. It is a file of its own, so that a page whose policy
/// refuses inline scripts still runs it.
pub(super) const LIVE: &str = include_str!("live.js");
/// The script of the panel.
pub(super) const PANEL: &str = include_str!("panel.js");
/// The style of the overlay and of the panel.
pub(super) const STYLE: &str = include_str!("overlay.css");

/// Whether a page is shown where it stands, or in the place of one that is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place<'a> {
    /// At its own address, such as `/guide/`.
    Own(&'a str),
    /// At an address of any depth, from which its relative links would lead astray.
    Elsewhere(&'a str),
}

impl Place<'_> {
    /// The way from the address to the root of the site.
    fn root(self) -> String {
        let (Self::Own(request) | Self::Elsewhere(request)) = self;
        match request.matches('/').count() {
            0 | 1 => "./".to_owned(),
            slashes => "../".repeat(slashes - 1),
        }
    }
}

/// Adds the script and, if there are errors, the overlay before the end of the body.
pub(super) fn decorate(
    html: &[u8],
    stamp: &str,
    errors: &[Diagnostic],
    place: Place<'_>,
) -> Vec<u8> {
    let mut added = String::new();
    let root = place.root();
    if !errors.is_empty() {
        added.push_str(&overlay(errors, &root));
    }
    for script in ["live", "panel"] {
        added.push_str("<script src=\"");
        added.push_str(match place {
            Place::Own(_) => &root,
            Place::Elsewhere(_) => "",
        });
        added.push_str("__tympan/");
        added.push_str(script);
        added.push_str(".js\" data-stamp=\"");
        added.push_str(&escape(stamp));
        added.push_str("\"></script>\n");
    }
    let at = last(html, b"</body").unwrap_or(html.len());
    let head = match place {
        Place::Own(_) => None,
        Place::Elsewhere(_) => first_tag_end(html, b"<head"),
    };
    let mut page = Vec::with_capacity(html.len() + added.len() + 24);
    let (before, after) = html.split_at(at);
    match head.filter(|head| *head <= at) {
        Some(head) => {
            page.extend_from_slice(&before[..head]);
            page.extend_from_slice(format!("<base href=\"{root}\">").as_bytes());
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

    #[track_caller]
    fn case(html: &str, place: Place<'_>, scripts: &str, expected: &str) {
        let page = decorate(html.as_bytes(), "s-1", &[], place);
        let page = String::from_utf8(page).unwrap();
        let one = |name| {
            format!("<script src=\"{scripts}__tympan/{name}.js\" data-stamp=\"s-1\"></script>\n")
        };
        let added = [one("live"), one("panel")].concat();
        assert_eq!(page.matches(&added).count(), 1, "{page}");
        assert_eq!(page.replace(&added, "+"), expected);
    }

    #[test]
    fn the_scripts_stand_before_the_end_of_the_body() {
        let own = |html, expected| case(html, Place::Own("/"), "./", expected);
        own("<body>x</body></html>", "<body>x+</body></html>");
        own("<BODY>x</BODY >", "<BODY>x+</BODY >");
        own("<pre></body></pre></body>", "<pre></body></pre>+</body>");
        own("no body", "no body+");
        own("", "+");
        case("</body>", Place::Own("/a.html"), "./", "+</body>");
        case("</body>", Place::Own("/a/b/"), "../../", "+</body>");
    }

    #[test]
    fn a_page_in_a_strange_place_keeps_its_links() {
        let elsewhere = |html, expected| case(html, Place::Elsewhere("/a/b"), "", expected);
        elsewhere(
            "<head lang=a><b></body>",
            "<head lang=a><base href=\"../\"><b>+</body>",
        );
        elsewhere("<header></header>", "<header></header>+");
        elsewhere("</body><head>", "+</body><head>");
        elsewhere("<head", "<head+");
    }
}
