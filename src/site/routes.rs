//! Which page is served where: one page a route.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Severity};
use crate::site::addresses::url_of;
use crate::site::page::Page;
use crate::site_path::SitePath;

/// Sorts pages by route; of two on one route the first by path stays.
pub(super) fn settle_routes(
    pages: Vec<Arc<Page>>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Arc<Page>> {
    let mut by_route: BTreeMap<SitePath, Arc<Page>> = BTreeMap::new();
    let mut by_letters: BTreeMap<String, SitePath> = BTreeMap::new();
    // An index stands before the README of its folder, whatever the alphabet says.
    let (mut first, second): (Vec<_>, Vec<_>) = pages
        .into_iter()
        .partition(|page| page.place.stem().ends_with("index") || !page.is_index());
    first.sort_by(|a, b| a.path.cmp(&b.path));
    for mut page in first.into_iter().chain(second) {
        let readme = page.is_index() && !page.place.stem().ends_with("index");
        if readme && by_route.contains_key(&page.route) {
            // A README beside an index is a page of its own.
            let name = format!("{}/index.html", page.place.stem());
            if let Ok(route) = page.route.resolve_beside(&name) {
                page = Arc::new(page.rerouted(route));
            }
        }
        match by_route.get(&page.route) {
            None => {
                let letters = page.route.as_str().to_lowercase();
                if let Some(other) = by_letters.get(&letters) {
                    let (url, other) = (url_of(&page.route), url_of(other));
                    let message = format!("the routes `{url}` and `{other}` differ in case only");
                    let found = Diagnostic::new("route-case", Severity::Error, &page.path, message);
                    let help = "many computers and servers take the two for one; rename one, or give it a `slug`";
                    diagnostics.push(found.help(help));
                    continue;
                }
                by_letters.insert(letters, page.route.clone());
                by_route.insert(page.route.clone(), page);
            }
            Some(other) => {
                let url = url_of(&page.route);
                let message = format!("the route `{url}` is already taken by `{}`", other.path);
                let found =
                    Diagnostic::new("route-duplicate", Severity::Error, &page.path, message);
                diagnostics.push(found.help("rename one of the two, or give one a `slug`"));
            }
        }
    }
    by_route.into_values().collect()
}

/// The file that answers for an old route.
pub fn redirect_file(from: &SitePath) -> SitePath {
    match from.extension() {
        "html" | "htm" => from.clone(),
        _ => from
            .resolve("index.html")
            .expect("a plain name stays inside"),
    }
}

#[cfg(test)]
mod tests {
    use crate::site::test_site::{found, site};

    #[track_caller]
    fn case(paths: &[&str], expected: &[&str]) {
        let files: Vec<(&str, &str)> = paths.iter().map(|path| (*path, "# A\n")).collect();
        assert_eq!(found(&site(&files)), expected);
    }

    #[test]
    fn one_page_stands_at_one_route() {
        case(
            &["content/a.md", "content/a/index.md"],
            &["content/a/index.md route-duplicate"],
        );
        case(&["content/a/index.md", "content/a/README.md"], &[]);
        case(&["content/a.md", "content/b.md"], &[]);
    }

    #[test]
    fn two_routes_differ_in_more_than_case() {
        case(
            &["content/Guide/x.md", "content/guide/x.md"],
            &["content/guide/x.md route-case"],
        );
        case(
            &["content/Über.md", "content/über.md"],
            &["content/über.md route-case"],
        );
        case(&["content/A.md", "content/b.md"], &[]);
    }

    #[test]
    fn names_that_windows_refuses_are_reported() {
        case(&["content/con.md"], &["content/con.md name-unportable"]);
        case(&["content/aux/x.md"], &["content/aux/x.md name-unportable"]);
        case(
            &["content/x/what?.md"],
            &["content/x/what?.md name-unportable"],
        );
        case(
            &["content/ends./x.md"],
            &["content/ends./x.md name-unportable"],
        );
        case(
            &["content/index.md", "content/nul.txt"],
            &["content/nul.txt name-unportable"],
        );
        case(
            &[
                "content/contact.md",
                "content/auxiliary.md",
                "content/a.b.md",
            ],
            &[],
        );
    }
}
