//! The test of what is live, right after a switch.

use crate::digest::Digest;
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
pub(super) fn test(request: &Request<'_>) -> Option<String> {
    let ask = |route: &str| match request.smoke {
        Some(smoke) => smoke(route),
        None => is_there(request, route),
    };
    routes(request)
        .into_iter()
        .find_map(|route| Some(format!("`{route}`: {}", ask(route).err()?)))
}

fn is_there(request: &Request<'_>, route: &str) -> Result<(), String> {
    let file = file_of(request.release, route).ok_or("the release has no file for it")?;
    let live = Object::Live(file.path.clone());
    let found = request
        .target
        .read(&live)
        .map_err(|error| error.to_string())?;
    match found {
        Some(found) if Digest::of(&found.bytes) == file.sha256 => Ok(()),
        Some(_) => Err(format!("`{}` is not the release's", file.path)),
        None => Err(format!("`{}` is not there", file.path)),
    }
}
