//! The test of what is live, right after a switch.

use memchr::memmem;

use crate::config::SmokePath;
use crate::digest::Digest;
use crate::publish::error::PublishError;
use crate::publish::request::Request;
use crate::release::{File, Manifest};
use crate::site_path::{SitePath, decode};
use crate::targets::Object;

/// What asking for a route came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// What was expected.
    Good,
    /// Something else; what, in words.
    Wrong(String),
    /// Nobody answered, which says nothing about the release; why, in words.
    Unreached(String),
}

/// What is asked for; the front page if the environment names nothing.
pub(super) fn routes(request: &Request<'_>, files: &Manifest) -> Vec<SmokePath> {
    match request.environment.smoke.as_slice() {
        [] if file_of(files, "/").is_some() => vec![SmokePath::there("/")],
        routes => routes.to_vec(),
    }
}

/// The file that answers for a route.
pub(super) fn file_of<'a>(files: &'a Manifest, route: &str) -> Option<&'a File> {
    let plain = route.split(['?', '#']).next().unwrap_or("");
    let path = SitePath::parse(&decode(plain.trim_start_matches('/'))).ok()?;
    let index = path.resolve("index.html").ok()?;
    let itself = (!plain.ends_with('/')).then(|| files.get(&path));
    itself.flatten().or_else(|| files.get(&index))
}

/// Asks for every route, and tells the first that fails. Without an address to ask at, the live file
/// must be there and be the release's.
///
/// That nobody answers is no word about the release, and denies it nothing.
pub(super) fn test(
    request: &Request<'_>,
    files: &Manifest,
) -> Result<Option<String>, PublishError> {
    for route in routes(request, files) {
        let file = file_of(files, &route.path);
        let answer = match request.smoke {
            Some(smoke) => smoke(&route, file),
            None => is_there(request, &route, file)?,
        };
        match answer {
            Answer::Good => {}
            Answer::Wrong(reason) => return Ok(Some(format!("`{}`: {reason}", route.path))),
            Answer::Unreached(reason) => {
                return Err(PublishError::Untested {
                    target: request.name.to_owned(),
                    release: request.release.digest(),
                    reason: format!("`{}`: {reason}", route.path),
                });
            }
        }
    }
    Ok(None)
}

/// Reads the live file back. Files tell of no status but that they are there or not.
fn is_there(
    request: &Request<'_>,
    route: &SmokePath,
    file: Option<&File>,
) -> Result<Answer, PublishError> {
    let wrong = |reason: String| Ok(Answer::Wrong(reason));
    let file = match (route.status, file) {
        (200, Some(file)) => file,
        (200, None) => return wrong("the release has no file for it".to_owned()),
        (404 | 410, Some(file)) => return wrong(format!("`{}` is there", file.path)),
        _ => return Ok(Answer::Good),
    };
    let found = request.target.read(&Object::Live(file.path.clone()))?;
    let Some(found) = found else {
        return wrong(format!("`{}` is not there", file.path));
    };
    if Digest::of(&found.bytes) != file.sha256 {
        return wrong(format!("`{}` is not the release's", file.path));
    }
    match &route.text {
        Some(text) if memmem::find(&found.bytes, text.as_bytes()).is_none() => {
            wrong(format!("`{}` does not contain `{text}`", file.path))
        }
        _ => Ok(Answer::Good),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::publish::testing::place;

    #[track_caller]
    fn case(route: &str, expected: Option<&str>) {
        let release = place().release(&[
            ("index.html", ""),
            ("a b/index.html", ""),
            ("guide.pdf", ""),
        ]);
        let found = file_of(&release.files, route).map(|file| file.path.as_str());
        assert_eq!(found, expected, "{route}");
    }

    #[test]
    fn a_route_is_answered_by_its_file_or_its_index() {
        case("/", Some("index.html"));
        case("", Some("index.html"));
        case("/a%20b/", Some("a b/index.html"));
        case("/a%20b?x=1#y", Some("a b/index.html"));
        case("/guide.pdf", Some("guide.pdf"));
        case("/guide.pdf/", None);
        case("/../index.html", None);
        case("/no/", None);
    }

    #[test]
    fn a_file_that_is_read_back_is_held_against_what_was_expected() {
        let mut place = place();
        let release = place.release(&[("index.html", "hello"), ("a/index.html", "a")]);
        place.publish(&release, 0).unwrap();
        let expected = |path: &str, status, text: Option<&str>| SmokePath {
            path: path.to_owned(),
            status,
            text: text.map(str::to_owned),
        };
        let mut case = |path: SmokePath, wrong: Option<&str>| {
            place.environment.smoke = vec![path];
            let told = test(&place.request(&release, 1), &release.files).unwrap();
            assert_eq!(told.as_deref(), wrong);
        };
        case(expected("/", 200, Some("ell")), None);
        case(
            expected("/", 200, Some("goodbye")),
            Some("`/`: `index.html` does not contain `goodbye`"),
        );
        case(expected("/no/", 404, None), None);
        case(
            expected("/a/", 404, None),
            Some("`/a/`: `a/index.html` is there"),
        );
    }
}
