//! The one diff: what lies between two manifests. It serves the publish plan, dry runs, drift,
//! promotion, rollback and live reload.

use std::cmp::Ordering;

use crate::release::manifest::{File, Manifest};
use crate::site_path::SitePath;

/// What lies between two manifests, sorted by path.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes(pub Vec<Change>);

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A file that was not there.
    Added(File),
    /// A file whose content is another; its description before and after.
    Modified(File, File),
    /// A file that is gone.
    Removed(File),
}

impl Changes {
    /// Compares two sorted lists in one pass.
    pub fn between(before: &Manifest, after: &Manifest) -> Self {
        let (mut old, mut new) = (
            before.files().iter().peekable(),
            after.files().iter().peekable(),
        );
        let mut changes = Vec::new();
        loop {
            let order = match (old.peek(), new.peek()) {
                (None, None) => return Self(changes),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some(a), Some(b)) => a.path.cmp(&b.path),
            };
            match order {
                Ordering::Less => changes.extend(old.next().cloned().map(Change::Removed)),
                Ordering::Greater => changes.extend(new.next().cloned().map(Change::Added)),
                Ordering::Equal => {
                    if let (Some(a), Some(b)) = (old.next(), new.next())
                        && a != b
                    {
                        changes.push(Change::Modified(a.clone(), b.clone()));
                    }
                }
            }
        }
    }

    /// Whether the two were equal.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Makes the second manifest out of the first.
    #[must_use]
    pub fn apply(&self, before: &Manifest) -> Manifest {
        let gone = |path: &SitePath| self.0.iter().any(|change| change.path() == path);
        let kept = before
            .files()
            .iter()
            .filter(|file| !gone(&file.path))
            .cloned();
        let come = self.0.iter().filter_map(Change::after).cloned();
        Manifest::new(kept.chain(come))
    }

    /// The files to upload, in the order in which a reader may meet them: assets first, then
    /// documents and pages, feeds last.
    pub fn uploads(&self) -> Vec<&File> {
        let mut files: Vec<&File> = self.0.iter().filter_map(Change::after).collect();
        files.sort_by(|a, b| (a.role, &a.path).cmp(&(b.role, &b.path)));
        files
    }

    /// The paths that are no longer there.
    pub fn removals(&self) -> Vec<&SitePath> {
        let removed = |change: &Change| matches!(change, Change::Removed(_));
        self.0
            .iter()
            .filter(|change| removed(change))
            .map(Change::path)
            .collect()
    }
}

impl Change {
    /// The path it is about.
    pub fn path(&self) -> &SitePath {
        match self {
            Self::Added(file) | Self::Modified(_, file) | Self::Removed(file) => &file.path,
        }
    }

    /// The file as it will be, unless it is gone.
    pub fn after(&self) -> Option<&File> {
        match self {
            Self::Added(file) | Self::Modified(_, file) => Some(file),
            Self::Removed(_) => None,
        }
    }

    /// One word for people.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Added(_) => "added",
            Self::Modified(..) => "modified",
            Self::Removed(_) => "removed",
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::release::artifact::{Artifact, Role};

    fn manifest(files: &[(String, u8)]) -> Manifest {
        let artifact = |(path, byte): &(String, u8)| {
            Artifact::new(SitePath::parse(path).unwrap(), Role::Page, vec![*byte])
        };
        Manifest::of(&files.iter().map(artifact).collect::<Vec<_>>())
    }

    #[test]
    fn feeds_go_up_last_and_assets_first() {
        let artifact =
            |path: &str, role| Artifact::new(SitePath::parse(path).unwrap(), role, vec![]);
        let next = Manifest::of(&[
            artifact("a-feed.xml", Role::Feed),
            artifact("b.html", Role::Page),
            artifact("c.png", Role::Asset),
        ]);
        let changes = Manifest::default().changes_to(&next);
        let order: Vec<&str> = changes
            .uploads()
            .iter()
            .map(|file| file.path.as_str())
            .collect();
        assert_eq!(order, ["c.png", "b.html", "a-feed.xml"]);
    }

    proptest! {
        #[test]
        fn applying_the_changes_gives_the_other(
            a in prop::collection::vec(("[a-d]{1,2}", 0..3u8), 0..8),
            b in prop::collection::vec(("[a-d]{1,2}", 0..3u8), 0..8),
        ) {
            let (a, b) = (manifest(&a), manifest(&b));
            prop_assert_eq!(a.changes_to(&b).apply(&a), b.clone());
            prop_assert!(b.changes_to(&b).is_empty());
        }
    }
}
