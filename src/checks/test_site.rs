//! Small sites for the tests of this room.

use crate::diagnostic::Diagnostic;
use crate::progress::silent;
pub(super) use crate::site::test_site::site;
use crate::store::Store;

use crate::checks::check::{Check, CheckContext};

/// What a check finds in these files, sorted.
pub(super) fn found(check: &dyn Check, files: &[(&str, &str)]) -> Vec<Diagnostic> {
    let (site, folder) = (site(files), tempfile::tempdir().unwrap());
    let store = Store::open(folder.path());
    let context = CheckContext {
        site: &site,
        store: &store,
        progress: &silent,
        about: None,
    };
    let mut found = check.run(&context);
    crate::diagnostic::sort(&mut found);
    let known = |found: &Diagnostic| {
        check
            .code_prefixes()
            .iter()
            .any(|prefix| found.code.starts_with(prefix))
    };
    assert!(found.iter().all(known), "{found:?}");
    found
}

/// Findings as `path:line:column code "text"`, with the text that `files` have there.
pub(super) fn shown(files: &[(&str, &str)], found: &[Diagnostic]) -> Vec<String> {
    let line = |found: &Diagnostic| {
        let text = files
            .iter()
            .find(|(path, _)| *path == found.path.as_str())
            .map_or("", |file| file.1);
        match &found.place {
            Some(place) => format!(
                "{}:{}:{} {} {:?}",
                found.path,
                place.line,
                place.column,
                found.code,
                &text[place.span.clone()]
            ),
            None => format!("{} {}", found.path, found.code),
        }
    };
    found.iter().map(line).collect()
}
