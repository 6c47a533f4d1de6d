//! What a publish would change, as data. A dry run stops here.

use crate::digest::Digest;
use crate::publish::record::FileCounts;
use crate::publish::refusal::Refusal;
use crate::release::{Change, Changes, File, Manifest, Role, media_type};
use crate::targets::Observed;

/// What lies between what is live and a release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The release that will be live.
    pub release: Digest,
    /// What becomes of the files, sorted by path.
    pub changes: Changes,
    /// How many files stay as they are.
    pub kept: usize,
    /// How many bytes come new.
    pub bytes: u64,
}

/// Compares what is live with the files that must be, which are a release's as they are laid out.
pub(super) fn plan(release: Digest, files: &Manifest, observed: &Observed) -> Plan {
    let live = observed_manifest(files, observed);
    let changes = live.changes_to(files);
    let uploads = changes.uploads();
    Plan {
        release,
        kept: files.files().len() - uploads.len(),
        bytes: uploads.iter().map(|file| file.size).sum(),
        changes,
    }
}

/// What is there, in the shape of a manifest, so that the one diff can compare it.
///
/// What a listing cannot tell (media type, role, cache class, and the digest where the target
/// lists none) is taken from the `expected` file of the same size, or guessed from the name.
pub(super) fn observed_manifest(expected: &Manifest, observed: &Observed) -> Manifest {
    Manifest::new(observed.files.iter().map(|found| {
        let known = expected.get(&found.path);
        let sha256 = found.sha256.unwrap_or_else(|| {
            known
                .filter(|known| known.size == found.size)
                .map_or_else(|| Digest::of(b""), |known| known.sha256)
        });
        let mut file = known.cloned().unwrap_or_else(|| File {
            path: found.path.clone(),
            size: 0,
            sha256,
            media_type: media_type(&found.path).into(),
            role: Role::Asset,
            cache: crate::release::CacheClass::Revalidate,
        });
        (file.size, file.sha256) = (found.size, sha256);
        file
    }))
}

impl Plan {
    /// The number of files by what becomes of them.
    pub fn counts(&self) -> FileCounts {
        let mut counts = FileCounts::default();
        for change in &self.changes.0 {
            *match change {
                Change::Added(_) => &mut counts.added,
                Change::Modified(..) => &mut counts.modified,
                Change::Removed(_) => &mut counts.removed,
            } += 1;
        }
        counts
    }

    /// Whether nothing would change.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// Refuses a plan that removes more than `limit` files.
    pub(super) fn refusal(&self, limit: usize) -> Option<Refusal> {
        let count = self.counts().removed;
        (count > limit).then_some(Refusal::Removals { count, limit })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::publish::testing::place;
    use crate::site_path::SitePath;
    use crate::targets::ObservedFile;

    /// What is there as (path, text, whether its digest is listed), against a release of `a` and `bb`.
    #[track_caller]
    fn case(there: &[(&str, &str, bool)], words: &[&str], kept: usize, bytes: u64) {
        let release = place().release(&[("a", "a"), ("b", "bb")]);
        let file = |(path, text, listed): &(&str, &str, bool)| ObservedFile {
            path: SitePath::parse(path).unwrap(),
            size: text.len() as u64,
            sha256: listed.then(|| Digest::of(text.as_bytes())),
        };
        let observed = Observed {
            files: there.iter().map(file).collect(),
            ..Observed::default()
        };
        let plan = plan(release.digest(), &release.files, &observed);
        let told: Vec<&str> = plan.changes.0.iter().map(Change::word).collect();
        assert_eq!(
            (told.as_slice(), plan.kept, plan.bytes),
            (words, kept, bytes)
        );
        assert_eq!(plan.is_empty(), words.is_empty());
    }

    #[test]
    fn a_plan_tells_what_changes_and_what_it_costs() {
        case(&[], &["added", "added"], 0, 3);
        case(&[("a", "a", true), ("b", "bb", true)], &[], 2, 0);
        case(
            &[("a", "x", true), ("c", "", true)],
            &["modified", "added", "removed"],
            0,
            3,
        );
    }

    #[test]
    fn without_digests_the_size_must_do() {
        case(&[("a", "x", false), ("b", "bb", false)], &[], 2, 0);
        case(
            &[("a", "xx", false), ("b", "bb", false)],
            &["modified"],
            1,
            1,
        );
    }
}
