//! From a request's path to a planned file. Nothing here, or after it, opens a path on a disk.

use crate::site_path::{SitePath, decode};

/// Where a request leads.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Route {
    /// To this file.
    File(SitePath),
    /// To this address, which has the slash that was left out. It is relative to the one that was
    /// asked for, since that may stand anywhere behind a proxy.
    Moved(String),
    /// Nowhere.
    Missing,
}

/// Finds the file of a request's path, percent-encoded as it came. A path with `..` leads nowhere,
/// also where it would stay inside: no browser sends one.
pub(super) fn find(request: &str, is_planned: impl Fn(&SitePath) -> bool) -> Route {
    let decoded = decode(request);
    let Some(below) = decoded.strip_prefix('/') else {
        return Route::Missing;
    };
    if below.split('/').any(|part| matches!(part, "." | "..")) || below.contains("//") {
        return Route::Missing;
    }
    let Ok(path) = SitePath::parse(below) else {
        return Route::Missing;
    };
    let last = SitePath::parse(path.file_name()).unwrap_or_else(|_| path.clone());
    let index = path.resolve("index.html").ok().filter(&is_planned);
    match index {
        Some(index) if path.is_root() || below.ends_with('/') => Route::File(index),
        _ if path.is_root() || below.ends_with('/') => Route::Missing,
        _ if is_planned(&path) => Route::File(path),
        Some(_) => Route::Moved(format!("./{}/", last.to_url())),
        None => Route::Missing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn case(request: &str, expected: &str) {
        let planned = [
            "index.html",
            "guide/index.html",
            "guide/a b/index.html",
            "größe/index.html",
            "old.html",
            "book.pdf",
            "deep/er/index.html",
        ];
        let found = match find(request, |path| planned.contains(&path.as_str())) {
            Route::File(path) => path.to_string(),
            Route::Moved(to) => format!("-> {to}"),
            Route::Missing => "missing".to_owned(),
        };
        assert_eq!(found, expected, "{request}");
    }

    #[test]
    fn a_folder_is_its_index() {
        case("/", "index.html");
        case("/guide/", "guide/index.html");
        case("/guide/index.html", "guide/index.html");
        case("/guide/a%20b/", "guide/a b/index.html");
        case("/gr%C3%B6%C3%9Fe/", "größe/index.html");
        case("/old.html", "old.html");
        case("/book.pdf", "book.pdf");
    }

    #[test]
    fn a_slash_that_was_left_out_is_added() {
        case("/guide", "-> ./guide/");
        case("/deep/er", "-> ./er/");
        case("/guide/a%20b", "-> ./a%20b/");
        case("/gr%c3%b6%c3%9fe", "-> ./gr%C3%B6%C3%9Fe/");
    }

    #[test]
    fn everything_else_is_missing() {
        case("/nothing", "missing");
        case("/nothing/", "missing");
        case("/book.pdf/", "missing");
        case("/Guide/", "missing");
        case("", "missing");
        case("*", "missing");
        case("guide/", "missing");
    }

    #[test]
    fn a_path_that_climbs_or_hides_is_missing() {
        case("/../Cargo.toml", "missing");
        case("/guide/../index.html", "missing");
        case("/guide/..", "missing");
        case("/%2e%2e/etc/passwd", "missing");
        case("/..%2f..%2fetc/passwd", "missing");
        case("/guide/./", "missing");
        case("//guide/", "missing");
        case("//evil.example/", "missing");
        case("/\\evil.example", "missing");
        case("/%5cguide", "missing");
        case("/C:/guide", "missing");
        case("/guide%00", "missing");
        case("/guide/%0d%0aX:1", "missing");
        case("/%ff%fe", "missing");
        case("/%", "missing");
    }
}
