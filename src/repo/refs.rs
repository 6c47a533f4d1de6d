//! Tags and branches, by name.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::repo::error::RepoError;
use crate::repo::git;

/// A tag or branch and the commit it stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ref {
    /// The short name, such as `v1.2` or `main`.
    pub name: String,
    /// The full name of the commit.
    pub commit: String,
}

/// Every tag and branch, sorted by name; of two with one name a tag comes before a branch, and a
/// branch here before one of `origin`, which is all that a checkout in CI has.
///
/// # Errors
/// Fails where there is no repository, or Git cannot read it.
pub fn refs(root: &Path) -> Result<Vec<Ref>, RepoError> {
    if git::locate(root)?.is_none() {
        return Err(RepoError::NoRepository {
            root: root.to_path_buf(),
        });
    }
    let places = ["refs/tags/", "refs/heads/", "refs/remotes/origin/"];
    let format = "--format=%(refname) %(objectname) %(*objectname)";
    let text = git::run(
        root,
        ["for-each-ref", format, places[0], places[1], places[2]],
    )?;
    let text = String::from_utf8_lossy(&text);
    let mut found: BTreeMap<&str, &str> = BTreeMap::new();
    for place in places {
        for line in text.lines() {
            let mut parts = line.split(' ');
            let (name, object) = (parts.next().unwrap_or(""), parts.next().unwrap_or(""));
            let commit = parts.next().filter(|peeled| !peeled.is_empty());
            match name.strip_prefix(place) {
                None | Some("HEAD") => {}
                Some(name) => {
                    found.entry(name).or_insert(commit.unwrap_or(object));
                }
            }
        }
    }
    let found = found.into_iter().map(|(name, commit)| Ref {
        name: name.to_owned(),
        commit: commit.to_owned(),
    });
    Ok(found.collect())
}

/// The file that Git writes to when a commit is made or checked out, wherever the repository is.
pub fn head_log(root: &Path) -> Option<PathBuf> {
    let done = git::output(root, ["rev-parse", "--git-path", "logs/HEAD"]).ok()?;
    let text = std::str::from_utf8(&done.stdout)
        .ok()?
        .trim_end_matches('\n');
    (done.status.success() && !text.is_empty()).then(|| root.join(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repo::fixture::Fixture;

    #[test]
    fn tags_come_before_branches_and_stand_for_commits() {
        let mut fixture = Fixture::with(&[("a.md", "a")]);
        let first = fixture.git(&["rev-parse", "HEAD"]);
        fixture.git(&["tag", "v1"]);
        let ada = ["-c", "user.name=Ada", "-c", "user.email=ada@guide.example"];
        fixture.git(&[&ada[..], &["tag", "-a", "-m", "two", "v2"]].concat());
        fixture.git(&["branch", "v1-maintenance"]);
        fixture.write("a.md", "b");
        let second = fixture.commit("Change");
        fixture.git(&["branch", "v1"]);
        fixture.git(&["update-ref", "refs/remotes/origin/far", &second]);
        fixture.git(&["update-ref", "refs/remotes/origin/main", &first]);
        let shown: Vec<(String, bool)> = (refs(fixture.root()).unwrap().into_iter())
            .map(|found| (found.name, found.commit == first))
            .collect();
        let expected = [
            ("far", false),
            ("main", false),
            ("v1", true),
            ("v1-maintenance", true),
            ("v2", true),
        ];
        assert_eq!(
            shown,
            expected.map(|(name, is_first)| (name.to_owned(), is_first))
        );
    }

    #[test]
    fn a_folder_without_a_repository_has_none() {
        let folder = Fixture::folder();
        assert!(matches!(
            refs(folder.root()),
            Err(RepoError::NoRepository { .. })
        ));
    }
}
