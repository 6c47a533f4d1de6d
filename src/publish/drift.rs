//! How what is live differs from what was published there.

use serde::Serialize;

use crate::publish::plan::observed_manifest;
use crate::publish::state::Pointer;
use crate::release::{Change, Manifest};
use crate::site_path::SitePath;
use crate::targets::{Observed, Tree};

/// What differs, each list sorted by path.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Drift {
    /// Files with another content.
    pub modified: Vec<Drifted>,
    /// Files that are gone.
    pub missing: Vec<Drifted>,
    /// Files that nobody published.
    pub extra: Vec<Drifted>,
    /// Links and other things that no release can hold.
    pub strangers: Vec<String>,
    /// How what readers see is not what the pointer says.
    pub pointer: Option<String>,
}

/// One file that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Drifted {
    /// Where.
    pub path: SitePath,
    /// Its size as published.
    pub published: Option<u64>,
    /// Its size as found.
    pub found: Option<u64>,
}

impl Drift {
    /// Compares what is live with the `manifest` of the tree that is live.
    ///
    /// Without a manifest the files cannot be judged, which the pointer's part of the drift says.
    pub fn of(pointer: Option<&Pointer>, manifest: Option<&Manifest>, observed: &Observed) -> Self {
        let published = pointer.and_then(|pointer| pointer.live.as_ref());
        let mut drift = Self {
            pointer: astray(
                published.map(crate::publish::record::Deployment::tree),
                observed,
            ),
            strangers: observed.strangers.clone(),
            ..Self::default()
        };
        let Some(manifest) = manifest else {
            if drift.pointer.is_none() && published.is_some() {
                drift.pointer = Some("the list of the files published there is lost".to_owned());
            }
            return drift;
        };
        let found = observed_manifest(manifest, observed);
        for change in manifest.changes_to(&found).0 {
            let path = change.path().clone();
            let (list, published, found) = match &change {
                Change::Modified(old, new) => (&mut drift.modified, Some(old), Some(new)),
                Change::Removed(old) => (&mut drift.missing, Some(old), None),
                Change::Added(new) => (&mut drift.extra, None, Some(new)),
            };
            list.push(Drifted {
                path,
                published: published.map(|file| file.size),
                found: found.map(|file| file.size),
            });
        }
        drift
    }

    /// Whether nothing differs.
    pub fn is_empty(&self) -> bool {
        self.pointer.is_none() && !self.has_files()
    }

    /// Whether files differ, apart from which tree is live.
    pub fn has_files(&self) -> bool {
        self.edits().next().is_some() || !self.missing.is_empty() || !self.strangers.is_empty()
    }

    /// The files whose bytes a heal would replace or drop.
    pub fn edits(&self) -> impl Iterator<Item = &SitePath> {
        self.modified
            .iter()
            .chain(&self.extra)
            .map(|drifted| &drifted.path)
    }

    /// The number of things that differ.
    pub fn count(&self) -> usize {
        self.edits().count()
            + self.missing.len()
            + self.strangers.len()
            + usize::from(self.pointer.is_some())
    }
}

fn astray(published: Option<Tree>, observed: &Observed) -> Option<String> {
    let told = |tree: Tree| format!("release {} of epoch {}", tree.release, tree.epoch);
    match (published, observed.tree) {
        (None, None) => None,
        (Some(published), Some(live)) if published == live => None,
        (Some(published), Some(live)) => Some(format!(
            "{} is live in the place of {}",
            told(live),
            told(published)
        )),
        (Some(published), None) => Some(format!("{} is not live", told(published))),
        (None, Some(live)) => Some(format!("{} is live and nothing says why", told(live))),
    }
}
