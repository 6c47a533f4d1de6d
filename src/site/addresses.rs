//! From the name of a file to the address and the title that its page has if it says nothing itself.

use crate::markdown::slug;
use crate::site_path::SitePath;

/// The address of a route's file: `guide/index.html` is `/guide/`.
pub fn url_of(route: &SitePath) -> String {
    address_of(route.as_str())
}

/// The same for a path that is percent-encoded already.
pub fn address_of(path: &str) -> String {
    let folder = path.strip_suffix("index.html");
    let folder = folder.filter(|folder| folder.is_empty() || folder.ends_with('/'));
    let path = folder.unwrap_or(path);
    let mut address = String::with_capacity(path.len() + 1);
    address.push('/');
    address.push_str(path);
    address
}

/// Whether a file is the page of its folder, by the names of any generator.
pub(super) fn is_index(path: &SitePath) -> bool {
    ["index", "_index"].contains(&path.stem()) || path.stem().eq_ignore_ascii_case("readme")
}

/// Whether a file is a page.
pub fn is_page(path: &SitePath) -> bool {
    matches!(
        path.extension().to_ascii_lowercase().as_str(),
        "md" | "markdown"
    )
}

/// A title for a file without one: `getting-started` is `Getting started`.
pub(super) fn humanize(name: &str) -> String {
    let words = name.replace(['-', '_'], " ");
    let mut letters = words.trim().chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).collect()
}

/// The route that a file's place and its slug give it.
pub(super) fn route_of(below: &SitePath, slug: Option<&str>) -> SitePath {
    let slug = slug.and_then(|slug| SitePath::parse(slug.trim_matches('/')).ok());
    let slug = slug.filter(|slug| !slug.is_root());
    let folder = match (is_index(below), slug) {
        (true, Some(slug)) if !below.parent().is_root() => below.parent().parent().join(&slug),
        (true, _) => below.parent(),
        (false, Some(slug)) => below.parent().join(&slug),
        (false, None) if below.as_str() == "404.md" => {
            return SitePath::parse("404.html").expect("a plain name is a path");
        }
        (false, None) => below.parent().join(&name_of(below.stem())),
    };
    folder.join(&SitePath::parse("index.html").expect("a plain name is a path"))
}

/// The name of a file as a part of a route. Some are no path by themselves, such as `..` of `...md`
/// and `a:b`, which is one on a drive; none of them may take the place of its folder.
fn name_of(stem: &str) -> SitePath {
    let part = |text: &str| {
        let path = SitePath::parse(text).ok()?;
        (!path.is_root()).then_some(path)
    };
    let name = part(stem).or_else(|| part(&slug(stem)));
    name.expect("a slug has a letter and no slash")
}
