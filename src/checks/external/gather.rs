//! The addresses on other servers that a site leads to, each once, with every place it stands in.

use std::collections::BTreeMap;
use std::ops::Range;

use url::Url;

use crate::checks::check::CheckContext;
use crate::site::{LinkTarget, Page, Site};
use crate::site_path::SitePath;

/// The addresses without the parts of pages, and where each stands.
pub(super) type Addresses<'a> = BTreeMap<String, Vec<Use<'a>>>;

/// One place that leads to an address.
pub(super) struct Use<'a> {
    /// The page.
    pub page: &'a Page,
    /// The link or image as a whole, or the value of an attribute.
    pub span: &'a Range<usize>,
    /// The address as written.
    pub written: &'a str,
    /// The part of the page it leads to.
    pub part: Option<String>,
}

/// Gathers the addresses of all languages; `about` says which files are reported on.
pub(super) fn gather<'a>(
    context: &CheckContext<'a>,
    about: &dyn Fn(&SitePath) -> bool,
) -> Addresses<'a> {
    let mut found = Addresses::new();
    for site in context.site.in_all_languages() {
        let context = CheckContext { site, ..*context };
        let pages = context.pages().into_iter().map(|(_, page)| page);
        for page in pages.filter(|page| about(&page.path)) {
            gather_page(site, page, &mut found);
        }
    }
    found
}

fn gather_page<'a>(site: &Site, page: &'a Page, found: &mut Addresses<'a>) {
    let outline = &page.outline;
    let links = outline.links.iter().map(|link| (&link.target, &link.span));
    let images = outline.images.iter();
    let images = images.map(|image| (&image.target, &image.span));
    for (written, span) in links.chain(images) {
        let might_lead_out = written.trim_start().starts_with("//") || written.contains(':');
        if !might_lead_out || !matches!(site.resolve(page, written), LinkTarget::External(_)) {
            continue;
        }
        let Some((address, part)) = address(written) else {
            continue;
        };
        found.entry(address).or_default().push(Use {
            page,
            span,
            written,
            part,
        });
    }
}

/// An address of the web without the part of the page, and that part; nothing for other schemes.
/// Names and passwords are left out: nobody else's are ours to send.
fn address(written: &str) -> Option<(String, Option<String>)> {
    let written = written.trim();
    // In HTML an ampersand is written as an entity.
    let written = written.replace("&amp;", "&");
    let mut url = match written.starts_with("//") {
        true => Url::parse(&format!("https:{written}")).ok()?,
        false => Url::parse(&written).ok()?,
    };
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none_or(is_example) {
        return None;
    }
    let part = url.fragment().map(str::to_owned);
    url.set_fragment(None);
    let _ = (url.set_username(""), url.set_password(None));
    Some((url.into(), part.filter(|part| is_place(part))))
}

/// Whether a name was set apart for examples and tests (RFC 2606).
fn is_example(host: &str) -> bool {
    let host = host.trim_end_matches('.');
    let last_two = host.rsplit('.').take(2).collect::<Vec<_>>();
    match last_two[..] {
        ["example" | "test" | "invalid", ..] => true,
        ["com" | "net" | "org", domain] => domain == "example",
        _ => false,
    }
}

/// Whether a fragment names a place in the page, and does not speak to a program in it.
fn is_place(part: &str) -> bool {
    !part.is_empty()
        && part != "top"
        && !part.starts_with(['/', '!', ':', '?'])
        && !part.contains('=')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn case(written: &str, expected: Option<(&str, Option<&str>)>) {
        let found = address(written);
        let found = found
            .as_ref()
            .map(|(address, part)| (address.as_str(), part.as_deref()));
        assert_eq!(found, expected, "{written}");
    }

    #[test]
    fn addresses_are_told_from_the_parts_of_pages() {
        case("https://x.dev", Some(("https://x.dev/", None)));
        case("//x.dev/a#b", Some(("https://x.dev/a", Some("b"))));
        case(
            "HTTP://X.dev/ä?a=1&amp;b#",
            Some(("http://x.dev/%C3%A4?a=1&b", None)),
        );
        case("https://x.dev/#/app", Some(("https://x.dev/", None)));
        case("https://x.dev/#:~:text=a", Some(("https://x.dev/", None)));
        case("mailto:ada@x.dev", None);
        case("http://", None);
        case("https://docs.example.org/", None);
        case("http://ci.test/", None);
    }

    #[test]
    fn passwords_stay_here() {
        case("https://ada:secret@x.dev/", Some(("https://x.dev/", None)));
    }
}
