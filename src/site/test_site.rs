//! Small sites for the tests of this room.

use std::path::Path;

use crate::repo::{History, Snapshot};
use crate::site::load::{LoadOptions, Previous};
use crate::site::model::{PageId, Site};
use crate::site_path::SitePath;

/// A site of these files.
pub(crate) fn site(files: &[(&str, &str)]) -> Site {
    site_after(files, None)
}

/// A site of these files, loaded after another.
pub(super) fn site_after(files: &[(&str, &str)], previous: Option<&Site>) -> Site {
    let folder = folder(files);
    loaded(folder.path(), previous).1
}

/// A folder with these files.
pub(super) fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = SitePath::parse(path).unwrap().on_disk(folder.path());
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    folder
}

/// The snapshot of a folder and the site in it.
pub(super) fn loaded(folder: &Path, previous: Option<&Site>) -> (Snapshot, Site) {
    let snapshot = Snapshot::worktree(folder).unwrap();
    let history = History::read(folder, None).unwrap();
    let options = LoadOptions {
        now: 1_780_000_000,
        ..LoadOptions::default()
    };
    let previous = previous.map(|site| Previous {
        site,
        changed: None,
    });
    let site = Site::load(&snapshot, &history, &options, previous.as_slice());
    (snapshot, site)
}

/// The page read from a file.
#[track_caller]
pub(super) fn page(site: &Site, path: &str) -> PageId {
    site.page_at(&SitePath::parse(path).unwrap()).unwrap()
}

/// The addresses of pages.
pub(super) fn urls(site: &Site, pages: &[PageId]) -> Vec<String> {
    pages.iter().map(|id| site.page(*id).url()).collect()
}

/// Findings as `path:line code`.
pub(super) fn found(site: &Site) -> Vec<String> {
    let shown = |found: &crate::diagnostic::Diagnostic| match &found.place {
        Some(place) => format!("{}:{} {}", found.path, place.line, found.code),
        None => format!("{} {}", found.path, found.code),
    };
    site.diagnostics.iter().map(shown).collect()
}
