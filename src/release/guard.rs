//! Whether a release loses an address that the one before it had.
//!
//! A redirect stands at the old address as a file, so an address is lost when no file is left there.
//! What is found is told to people and is no part of a release: the same commit makes the same
//! release, whatever was published before.

use crate::diagnostic::{Diagnostic, Severity, nearest};
use crate::release::manifest::Manifest;
use crate::site_path::SitePath;

/// How many findings name a page that may take the place of a lost one.
const HINTS: usize = 50;

/// The addresses among files that are `gone` for which the next release has nothing. `holder` says
/// what had them, such as `the last release`.
pub fn lost_routes<'a>(
    gone: impl IntoIterator<Item = &'a SitePath>,
    next: &Manifest,
    holder: &str,
) -> Vec<Diagnostic> {
    let lost = gone
        .into_iter()
        .filter(|path| is_page(path) && next.get(path).is_none());
    let urls: Vec<String> = next
        .files()
        .iter()
        .filter(|file| is_page(&file.path))
        .map(|file| url(&file.path))
        .collect();
    let found = lost.enumerate().map(|(at, path)| {
        let old = url(path);
        let near = match at < HINTS {
            true => successor(&old, &urls),
            false => None,
        };
        let place = near.map_or(String::new(), |near| format!(", perhaps `{near}`"));
        let message = format!("`{old}` is in {holder}, and nothing is there in this one");
        let help = format!("add `aliases: [{old}]` to the page that takes its place{place}");
        Diagnostic::new("route-lost", Severity::Warning, path, message).help(help)
    });
    found.collect()
}

/// The page of the same name elsewhere, else the one with the nearest address.
fn successor<'a>(old: &str, urls: &'a [String]) -> Option<&'a str> {
    let name = |url: &str| {
        let last = url.trim_end_matches('/').rsplit('/').next();
        last.unwrap_or_default().to_owned()
    };
    let wanted = name(old);
    let mut same = urls.iter().filter(|url| name(url) == wanted);
    match (same.next(), same.next()) {
        (Some(only), None) => Some(only),
        _ => nearest(old, urls.iter().map(String::as_str)),
    }
}

/// Whether a reader may have kept the address of a file. The later pages of a list hold other
/// entries every week, and nobody keeps the page for what is missing.
fn is_page(path: &SitePath) -> bool {
    let later = path
        .parent()
        .file_name()
        .bytes()
        .all(|byte| byte.is_ascii_digit())
        && path.parent().parent().file_name() == "page";
    matches!(path.extension(), "html" | "htm") && path.file_name() != "404.html" && !later
}

fn url(path: &SitePath) -> String {
    match path.file_name() {
        "index.html" if path.parent().is_root() => "/".to_owned(),
        "index.html" => format!("/{}/", path.parent()),
        _ => format!("/{path}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::release::artifact::{Artifact, Role};

    #[track_caller]
    fn case(gone: &[&str], next: &[&str], expected: &[&str]) {
        let path = |text: &&str| SitePath::parse(text).unwrap();
        let gone: Vec<SitePath> = gone.iter().map(path).collect();
        let artifact = |text| Artifact::new(path(text), Role::Page, Vec::new());
        let artifacts: Vec<Artifact> = next.iter().map(artifact).collect();
        let found = lost_routes(&gone, &Manifest::of(&artifacts), "the last release");
        let shown: Vec<String> = found
            .iter()
            .map(|found| {
                let help = found.help.as_deref().unwrap_or("");
                let near = help.split("perhaps `").nth(1).unwrap_or("`");
                format!("{} {}", found.path, near.trim_end_matches('`'))
            })
            .collect();
        assert_eq!(shown, expected);
    }

    #[test]
    fn an_address_that_is_gone_is_named_with_its_successor() {
        case(
            &["a/x/index.html"],
            &["b/x/index.html"],
            &["a/x/index.html /b/x/"],
        );
        case(
            &["setup.html"],
            &["setups.html", "z.html"],
            &["setup.html /setups.html"],
        );
        case(
            &["a/index.html"],
            &["entirely/else/index.html"],
            &["a/index.html "],
        );
    }

    #[test]
    fn what_nobody_keeps_is_not_missed() {
        case(&["a.css", "404.html", "posts/page/7/index.html"], &[], &[]);
        case(&["a/index.html"], &["a/index.html"], &[]);
        case(&["page/index.html"], &[], &["page/index.html "]);
    }
}
