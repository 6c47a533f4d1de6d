//! Which page is served where, and where old routes lead.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Severity};
use crate::site::model::{Redirect, Site};
use crate::site::page::{Page, url_of};
use crate::site_path::SitePath;

/// Sorts pages by route; of two on one route the first by path stays.
pub(super) fn settle_routes(
    pages: Vec<Arc<Page>>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Arc<Page>> {
    let mut by_route: BTreeMap<SitePath, Arc<Page>> = BTreeMap::new();
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

/// Gathers the aliases of all pages.
pub(super) fn read_redirects(site: &Site, diagnostics: &mut Vec<Diagnostic>) -> Vec<Redirect> {
    let mut redirects: BTreeMap<String, String> = BTreeMap::new();
    for (_, page) in site.pages_with_ids() {
        for alias in &page.front.aliases {
            let from = match alias.strip_prefix('/') {
                Some(rest) => SitePath::parse(rest),
                None => page.route.parent().parent().resolve(alias),
            };
            let Ok(from) = from else {
                let message = format!("the alias `{alias}` leads out of the site");
                let found = Diagnostic::new("alias-outside", Severity::Error, &page.path, message);
                diagnostics
                    .push(found.help("write it from the root of the site, such as `/old/name/`"));
                continue;
            };
            let file = redirect_file(&from);
            let url = url_of(&file);
            if file == page.route {
                continue;
            }
            let taken = site
                .page_routed(&file)
                .map(|id| site.page(id).path.to_string());
            let twice = redirects.get(&url).filter(|to| **to != page.url()).cloned();
            if let Some(other) = taken.or(twice) {
                let message = format!("the alias `{alias}` is already taken by `{other}`");
                let found =
                    Diagnostic::new("alias-duplicate", Severity::Error, &page.path, message);
                diagnostics.push(found.help("remove the alias"));
                continue;
            }
            redirects.insert(url, page.url());
        }
    }
    redirects
        .into_iter()
        .map(|(from, to)| Redirect { from, to })
        .collect()
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
