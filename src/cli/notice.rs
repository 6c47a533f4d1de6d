//! What a reader will notice of a new release: pages that come, change and go, and addresses that
//! are lost.

use serde::Serialize;

use crate::cli::ui::Ui;
use crate::release::{Change, Manifest, Release, Role, lost_routes};

/// How many pages of a kind are named.
const NAMED: usize = 20;

/// What lies between two releases, for readers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Notice {
    /// Pages and documents that were not there.
    pub added: Vec<String>,
    /// Pages and documents that are others.
    pub changed: Vec<String>,
    /// Pages and documents that are gone.
    pub removed: Vec<String>,
    /// Addresses at which nothing is left, not even a redirect.
    pub lost: Vec<String>,
    /// How many pictures, styles and other files differ.
    pub assets: usize,
}

impl Notice {
    /// Compares what is live, if anything is, with a release.
    pub fn between(live: Option<&Release>, next: &Release) -> Self {
        let nothing = Manifest::default();
        let before = live.map_or(&nothing, |live| &live.files);
        let mut notice = Self::default();
        for change in before.changes_to(&next.files).0 {
            let (list, file) = match &change {
                Change::Added(file) => (&mut notice.added, file),
                Change::Modified(_, file) => (&mut notice.changed, file),
                Change::Removed(file) => (&mut notice.removed, file),
            };
            match file.role {
                Role::Page | Role::Document => list.push(file.path.to_string()),
                _ => notice.assets += 1,
            }
        }
        let changes = before.changes_to(&next.files);
        let lost = lost_routes(changes.removals(), &next.files, "what is live");
        notice.lost = lost
            .into_iter()
            .map(|found| found.path.to_string())
            .collect();
        notice
    }

    /// Shows it, a line a page.
    pub fn show(&self, ui: &Ui) {
        for (word, paths) in [
            ("added", &self.added),
            ("changed", &self.changed),
            ("removed", &self.removed),
            ("lost", &self.lost),
        ] {
            for path in paths.iter().take(NAMED) {
                ui.result(&format!("{word:<9} {path}"));
            }
            if let Some(more) = paths.len().checked_sub(NAMED).filter(|more| *more > 0) {
                ui.result(&format!("{word:<9} and {more} more"));
            }
        }
        let pages = self.added.len() + self.changed.len() + self.removed.len();
        match (pages, self.assets) {
            (0, 0) => ui.note("readers notice nothing: the files are the same"),
            (_, 0) => {}
            (_, assets) => ui.note(&format!(
                "and {assets} other files, such as pictures and styles"
            )),
        }
    }
}
