//! The few files that must differ by environment, made when a release is published and named in the
//! record of the deployment.
//!
//! A release has the same bytes everywhere, and its links are relative; but a search engine must not
//! list a place where authors try things, and the page for what is missing is served at addresses of
//! any depth, so its links begin at the root of the server.

use regex::Regex;
use std::sync::LazyLock;
use url::Url;

use crate::config::Environment;
use crate::digest::Digest;
use crate::publish::error::PublishError;
use crate::release::{CacheClass, File, Manifest, Release, Role, media_type};
use crate::site_path::SitePath;
use crate::store::Store;

/// Says of a whole server that no robot may read it (RFC 9309).
const NOBODY: &str = "User-agent: *\nDisallow: /\n";

/// The files that may differ in an environment.
pub(super) const PATHS: [&str; 2] = [MISSING, ROBOTS];
const MISSING: &str = "404.html";
const ROBOTS: &str = "robots.txt";

/// Makes the files that differ in an environment, sorted by path, and leaves their bytes in the store.
pub(super) fn overlay(
    environment: &Environment,
    release: &Release,
    store: &Store,
) -> Result<Vec<File>, PublishError> {
    let place = environment.url.as_deref().and_then(path_of);
    let base = release.base.as_deref().and_then(path_of);
    let mut files = Vec::new();
    if let (Some(place), Some(base)) = (&place, &base)
        && place != base
        && let Some(missing) = named(release, MISSING)
    {
        let bytes = blob(store, missing)?;
        let moved = moved(&String::from_utf8_lossy(&bytes), base, place);
        files.push(keep(
            store,
            missing.path.clone(),
            Role::Page,
            moved.as_bytes(),
        )?);
    }
    if !is_listed(environment, release) {
        let path = plain(ROBOTS);
        files.push(keep(store, path, Role::Feed, NOBODY.as_bytes())?);
    }
    // What is made is the same as the release's own where nothing had to be changed.
    files.retain(|file| release.files.get(&file.path) != Some(file));
    Ok(files)
}

/// The files of a release as they are at a target.
pub(super) fn laid(files: &Manifest, overlay: &[File]) -> Manifest {
    if overlay.is_empty() {
        return files.clone();
    }
    let own = |file: &&File| overlay.iter().all(|over| over.path != file.path);
    let kept = files.files().iter().filter(own);
    Manifest::new(kept.chain(overlay).cloned())
}

/// Whether search engines may list what is at an environment: as it says itself, else if it is at
/// the address that the release was built for.
fn is_listed(environment: &Environment, release: &Release) -> bool {
    environment
        .index
        .unwrap_or_else(|| match (&environment.url, &release.base) {
            (Some(url), Some(base)) => place_of(url) == place_of(base),
            _ => true,
        })
}

/// Where an address leads, however it is written and whether over TLS or not.
fn place_of(url: &str) -> Option<(String, Option<u16>, String)> {
    let parsed = Url::parse(url).ok()?;
    Some((parsed.host_str()?.to_owned(), parsed.port(), path_of(url)?))
}

fn named<'a>(release: &'a Release, name: &str) -> Option<&'a File> {
    release.files.get(&plain(name))
}

fn plain(name: &str) -> SitePath {
    SitePath::parse(name).expect("a plain name is a path")
}

/// The path of an address, with a slash at its end.
fn path_of(url: &str) -> Option<String> {
    let path = Url::parse(url).ok()?.path().to_owned();
    Some(format!("{}/", path.trim_end_matches('/')))
}

fn blob(store: &Store, file: &File) -> Result<Vec<u8>, PublishError> {
    store.blob(&file.sha256).map_err(|source| {
        let path = file.path.clone();
        PublishError::Store { path, source }
    })
}

fn keep(store: &Store, path: SitePath, role: Role, bytes: &[u8]) -> Result<File, PublishError> {
    let sha256 = Digest::of(bytes);
    store.put_named(&sha256, bytes).map_err(|source| {
        let path = path.clone();
        PublishError::Store { path, source }
    })?;
    Ok(File {
        size: bytes.len() as u64,
        sha256,
        media_type: media_type(&path).into(),
        role,
        cache: CacheClass::Revalidate,
        path,
    })
}

/// A page of which the links that begin at the root of the server are moved from one folder of it to
/// another.
fn moved(html: &str, from: &str, to: &str) -> String {
    static ATTRIBUTE: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r#"(\s(?:href|src|srcset|action|data-[a-z-]+)=")([^"]*)"#).expect("it is plain")
    });
    let link = |link: &str| match link.strip_prefix(from) {
        Some(rest) if !rest.starts_with('/') => format!("{to}{rest}"),
        _ => link.to_owned(),
    };
    ATTRIBUTE
        .replace_all(html, |found: &regex::Captures<'_>| {
            let (name, value) = (&found[1], &found[2]);
            // A list of pictures for widths; a plain address has no such comma.
            let links: Vec<String> = value.split(", ").map(link).collect();
            format!("{name}{}", links.join(", "))
        })
        .into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::publish::testing::{Place, place};

    const PAGE: &str = r##"<a href="#main">x</a><link href="/x/_tympan/a.css"><img srcset="/x/a.png 480w, /x/b.png 960w"><a href="//x/">y</a><a href="/y/">z</a>"##;

    fn case(change: impl FnOnce(&mut Place), base: &str) -> Vec<(String, String)> {
        let mut place = place();
        change(&mut place);
        let mut release = place.release(&[("404.html", PAGE), ("robots.txt", "Allow: /")]);
        release.base = Some(base.to_owned());
        let files = overlay(&place.environment, &release, &place.store).unwrap();
        let text =
            |file: &File| String::from_utf8(place.store.blob(&file.sha256).unwrap()).unwrap();
        files
            .iter()
            .map(|file| (file.path.to_string(), text(file)))
            .collect()
    }

    fn at(url: &str) -> impl FnOnce(&mut Place) {
        let url = url.to_owned();
        move |place| place.environment.url = Some(url)
    }

    #[test]
    fn the_address_it_was_built_for_gets_the_release_as_it_is() {
        assert!(case(|_| {}, "https://t.example/x/").is_empty());
        for url in [
            "https://t.example/x/",
            "https://T.example:443/x",
            "http://t.example/x/",
        ] {
            assert!(case(at(url), "https://t.example/x/").is_empty(), "{url}");
        }
    }

    #[test]
    fn another_address_is_not_listed_and_its_missing_pages_find_their_style() {
        let files = case(at("https://dev.t.example/"), "https://t.example/x/");
        let [(missing, page), (robots, nobody)] = files.as_slice() else {
            panic!("{files:?}");
        };
        assert_eq!(
            (missing.as_str(), robots.as_str()),
            ("404.html", "robots.txt")
        );
        assert_eq!(nobody, NOBODY);
        assert!(page.contains(r#"href="/_tympan/a.css""#), "{page}");
        assert!(
            page.contains(r#"srcset="/a.png 480w, /b.png 960w""#),
            "{page}"
        );
        for kept in [r##"href="#main""##, r#"href="//x/""#, r#"href="/y/""#] {
            assert!(page.contains(kept), "{page}");
        }
    }

    #[test]
    fn an_environment_may_say_itself_whether_it_is_listed() {
        let listed = |place: &mut Place| {
            place.environment.url = Some("https://dev.t.example/x/".to_owned());
            place.environment.index = Some(true);
        };
        assert!(case(listed, "https://t.example/x/").is_empty());
        let hidden = |place: &mut Place| place.environment.index = Some(false);
        assert_eq!(case(hidden, "https://t.example/x/").len(), 1);
    }

    #[test]
    fn what_is_laid_is_the_release_with_the_overlay_in_its_place() {
        let place = place();
        let release = place.release(&[("a.html", "1"), ("robots.txt", "2")]);
        let over = place.release(&[("robots.txt", "3")]).files.files().to_vec();
        let laid = laid(&release.files, &over);
        let told: Vec<(&str, bool)> = (laid.files().iter())
            .map(|file| (file.path.as_str(), file.sha256 == Digest::of(b"3")))
            .collect();
        assert_eq!(told, [("a.html", false), ("robots.txt", true)]);
    }
}
