//! The test of what is live, right after a switch.

use crate::digest::Digest;
use crate::publish::error::PublishError;
use crate::publish::request::Request;
use crate::release::{File, Release};
use crate::site_path::{SitePath, decode};
use crate::targets::Object;

/// The routes that are asked for; the front page if the environment names none.
pub(super) fn routes<'a>(request: &Request<'a>) -> Vec<&'a str> {
    match request.environment.smoke.as_slice() {
        [] if file_of(request.release, "/").is_some() => vec!["/"],
        routes => routes.iter().map(String::as_str).collect(),
    }
}

/// The file that answers for a route.
pub(super) fn file_of<'a>(release: &'a Release, route: &str) -> Option<&'a File> {
    let plain = route.split(['?', '#']).next().unwrap_or("");
    let path = SitePath::parse(&decode(plain.trim_start_matches('/'))).ok()?;
    let index = path.resolve("index.html").ok()?;
    let itself = (!plain.ends_with('/')).then(|| release.files.get(&path));
    itself.flatten().or_else(|| release.files.get(&index))
}

/// Asks for every route, and tells the first that fails. Without a question to ask, the live file
/// must be there and be the release's.
///
/// That the target could not be read is no word about the release, and denies it nothing.
pub(super) fn test(request: &Request<'_>) -> Result<Option<String>, PublishError> {
    for route in routes(request) {
        let answer = match request.smoke {
            Some(smoke) => smoke(route),
            None => is_there(request, route)?,
        };
        if let Err(reason) = answer {
            return Ok(Some(format!("`{route}`: {reason}")));
        }
    }
    Ok(None)
}

fn is_there(request: &Request<'_>, route: &str) -> Result<Result<(), String>, PublishError> {
    let Some(file) = file_of(request.release, route) else {
        return Ok(Err("the release has no file for it".to_owned()));
    };
    let found = request.target.read(&Object::Live(file.path.clone()))?;
    Ok(match found {
        Some(found) if Digest::of(&found.bytes) == file.sha256 => Ok(()),
        Some(_) => Err(format!("`{}` is not the release's", file.path)),
        None => Err(format!("`{}` is not there", file.path)),
    })
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
        let found = file_of(&release, route).map(|file| file.path.as_str());
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
}
