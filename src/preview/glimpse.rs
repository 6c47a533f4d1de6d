//! A page that is asked for before the project is loaded: made of its own file, of the pages of the
//! folders above it and of everything that is no page. It stands alone until the whole is there,
//! and the browser then shows it as it is.

use std::sync::Arc;

use crate::build::{Sources, prepare};
use crate::preview::generation::Generation;
use crate::preview::project::Preview;
use crate::preview::route::{Route, find};
use crate::progress::silent;
use crate::repo::{History, Snapshot, SnapshotFile};
use crate::site::is_page;
use crate::site_path::{SitePath, decode};

/// Names of pages that stand for their folder.
const INDEXES: [&str; 4] = ["index", "_index", "readme", "summary"];

impl Preview {
    /// The page at a request's path, if a file of its name makes it.
    pub(super) fn glimpse(&self, request: &str) -> Option<Vec<u8>> {
        let asked = SitePath::parse(decode(request).trim_start_matches('/')).ok()?;
        let asked = match asked.file_name() {
            "index.html" => asked.parent(),
            _ => asked,
        };
        // The pool of all is busy with the load.
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(1)
            .build()
            .ok()?;
        pool.install(|| {
            let snapshot = Arc::new(around(&self.first, &asked)?);
            let sources = Sources {
                snapshot: &snapshot,
                history: &History::default(),
                store: self.store(),
            };
            let prepared = prepare(&sources, &self.options, None, &silent);
            let generation = Generation::new(snapshot, prepared);
            if !generation.faults().is_empty() {
                return None;
            }
            let Route::File(path) = find(request, |path| generation.is_planned(path)) else {
                return None;
            };
            let shown = generation.show(&path, self.store())?;
            let is_page = shown.source.is_some();
            let artifact = shown.artifact.filter(|_| is_page)?;
            Some(artifact.bytes.to_vec())
        })
    }
}

/// The files that a page is made of, whichever of the pages it is; none if none could be it.
fn around(snapshot: &Snapshot, asked: &SitePath) -> Option<Snapshot> {
    let found = snapshot.only(|file| is_page(&file.path) && may_be(&file.path, asked));
    if found.files().is_empty() {
        return None;
    }
    let pages: Vec<&SitePath> = found.files().iter().map(|file| &file.path).collect();
    let above = |path: &SitePath| {
        let folder = path.parent();
        is_index(path) && pages.iter().any(|page| page.is_within(&folder))
    };
    let keep = |file: &SnapshotFile| {
        let path = &file.path;
        !is_page(path) || pages.contains(&path) || above(path)
    };
    Some(snapshot.only(keep))
}

/// Whether a file may be the source of the page at a path. The content may lie in any folder.
fn may_be(file: &SitePath, asked: &SitePath) -> bool {
    let folder = file.parent();
    let place = match is_index(file) {
        true => folder,
        false => folder.resolve(file.stem()).unwrap_or(folder),
    };
    if asked.is_root() {
        return is_index(file) && place.parts().count() <= 1;
    }
    let before = place.as_str().strip_suffix(asked.as_str());
    before.is_some_and(|before| before.is_empty() || before.ends_with('/'))
}

fn is_index(file: &SitePath) -> bool {
    let name = file.stem().to_lowercase();
    let name = name.split('.').next().unwrap_or_default();
    INDEXES.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn case(file: &str, asked: &str, expected: bool) {
        let (file, asked) = (
            SitePath::parse(file).unwrap(),
            SitePath::parse(asked).unwrap(),
        );
        assert_eq!(may_be(&file, &asked), expected, "{file} {asked}");
    }

    #[test]
    fn a_page_is_found_by_its_name() {
        case("content/guide/a.md", "guide/a", true);
        case("content/guide/a/index.md", "guide/a", true);
        case("content/guide/_index.md", "guide", true);
        case("guide/a.md", "guide/a", true);
        case("content/README.md", "", true);
        case("index.md", "", true);
        case("content/guide/aa.md", "guide/a", false);
        case("content/other-guide/a.md", "guide/a", false);
        case("content/guide/index.md", "", false);
    }
}
