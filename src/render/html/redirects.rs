//! Redirects for browsers: small pages, and a list of moved fragments.

use std::collections::BTreeMap;

use crate::site::{Site, redirect_file};
use crate::site_path::SitePath;

/// The fragments of each file that lead elsewhere.
pub(super) type Moved = BTreeMap<SitePath, BTreeMap<String, String>>;

/// Gathers the fragments that have moved, as addresses relative to the file they were in.
pub(super) fn moved(site: &Site) -> Moved {
    let mut moved = Moved::new();
    for redirect in &site.redirects {
        let Some((path, fragment)) = redirect.from.split_once('#') else {
            continue;
        };
        let from = file_of(path);
        let to = address(&redirect.to, &from);
        moved
            .entry(from)
            .or_default()
            .insert(fragment.to_owned(), to);
    }
    moved
}

/// What a page has to say about its moved fragments: a JSON object for its script. It is data and
/// no script, so a policy without inline scripts lets it pass.
pub(super) fn moved_json(moved: &Moved, file: &SitePath) -> Option<String> {
    let json = serde_json::to_string(moved.get(file)?).ok()?;
    // Nothing in it may end the element that holds it.
    Some(json.replace('<', "\\u003c"))
}

/// The file of an address inside the site.
pub(super) fn file_of(address: &str) -> SitePath {
    let path = address.split('#').next().unwrap_or("");
    let path = SitePath::parse(path.trim_matches('/')).unwrap_or_else(|_| SitePath::root());
    redirect_file(&path)
}

/// Where a redirect leads, seen from a file.
pub(super) fn address(to: &str, from: &SitePath) -> String {
    if to.contains("://") {
        return to.to_owned();
    }
    let (path, fragment) = match to.split_once('#') {
        Some((path, fragment)) => (path, format!("#{fragment}")),
        None => (to, String::new()),
    };
    let file = match path.ends_with('/') {
        true => file_of(path),
        // A file that is no page is meant as it is.
        false => SitePath::parse(path.trim_matches('/')).unwrap_or_else(|_| SitePath::root()),
    };
    format!("{}{fragment}", file.url_from(from))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn case(to: &str, from: &str, expected: &str) {
        assert_eq!(address(to, &SitePath::parse(from).unwrap()), expected);
    }

    #[test]
    fn a_redirect_leads_from_where_it_stands() {
        case("/a/", "old/index.html", "../a/index.html");
        case("/a/#x", "old.html", "a/index.html#x");
        case("/files/a.pdf", "old/index.html", "../files/a.pdf");
        case(
            "https://other.example/#x",
            "old/index.html",
            "https://other.example/#x",
        );
    }
}
