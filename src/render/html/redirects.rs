//! Redirects: for browsers as small pages and as a list of moved fragments, for servers as rules.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::config::RedirectRules;
use crate::site::{Redirect, Site, redirect_file, url_of};
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

/// The redirects as rules for a server. Servers never see a fragment, so those are left out.
pub(super) fn rules(site: &Site, kind: RedirectRules) -> String {
    let base = site.release_url();
    let prefix = base.and_then(|base| {
        let rest = base.split_once("://")?.1;
        Some(rest[rest.find('/')?..].trim_end_matches('/'))
    });
    let prefix = prefix.unwrap_or("");
    let mut text = String::new();
    let sites = std::iter::once(site).chain(&site.translations);
    let all = sites.flat_map(|site| site.redirects.iter().map(move |one| (&site.mount, one)));
    let outer = site.outer_redirects.iter().map(|one| (&site.base, one));
    let all = outer.chain(all);
    for (mount, Redirect { from, to }) in all {
        let prefix = match mount.is_root() {
            true => prefix.to_owned(),
            false => format!("{prefix}/{}", mount.to_url()),
        };
        if from.contains('#') {
            continue;
        }
        let from = format!("{prefix}{}", encoded(from));
        let to = match to.contains("://") {
            true => to.clone(),
            false => match to.split_once('#') {
                Some((path, fragment)) => format!("{prefix}{}#{fragment}", encoded(path)),
                None => format!("{prefix}{}", encoded(to)),
            },
        };
        let _ = match kind {
            RedirectRules::Netlify => writeln!(text, "{from} {to} 301"),
            RedirectRules::Nginx => writeln!(text, "\"{}\" \"{to}\";", from.replace('"', "\\\"")),
            RedirectRules::Apache => {
                writeln!(text, "RedirectMatch 301 \"^{}$\" \"{to}\"", literal(&from))
            }
        };
    }
    text
}

/// An address as it stands in a request.
fn encoded(url: &str) -> String {
    let path = SitePath::parse(url.trim_matches('/')).unwrap_or_else(|_| SitePath::root());
    match url.ends_with('/') {
        true => url_of(&SitePath::parse(&redirect_file(&path).to_url()).unwrap_or(path)),
        false => format!("/{}", path.to_url()),
    }
}

/// A regular expression for nothing but this text.
fn literal(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if "\\.^$|()[]{}*+?\"".contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
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

    #[test]
    fn rules_match_one_address_each() {
        assert_eq!(literal("/a.b/(c)/"), "/a\\.b/\\(c\\)/");
        assert_eq!(encoded("/a b/"), "/a%20b/");
        assert_eq!(encoded("/a.html"), "/a.html");
    }
}
