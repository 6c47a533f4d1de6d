//! Which of two commits came first.

use std::path::Path;

use crate::repo::error::RepoError;
use crate::repo::git;

/// Whether `newer` was made on top of `older`. They are full names; a commit is not older than itself,
/// and of one that is not known here nothing is.
///
/// # Errors
/// Fails where Git does.
pub fn is_older(root: &Path, older: &str, newer: &str) -> Result<bool, RepoError> {
    if older == newer || git::find_commit(root, newer)?.is_none() {
        return Ok(false);
    }
    let asked = git::output(root, ["merge-base", "--is-ancestor", older, newer])?;
    match asked.status.code() {
        Some(0) => Ok(true),
        Some(1) => Ok(false),
        _ => Err(git::failure(root, "merge-base", &asked)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repo::fixture::Fixture;

    #[test]
    fn one_commit_is_older_than_what_was_made_on_top_of_it() {
        let mut fixture = Fixture::with(&[("a.md", "a")]);
        let first = fixture.git(&["rev-parse", "HEAD"]);
        fixture.write("a.md", "b");
        let second = fixture.commit("More");
        let is_older = |older: &str, newer: &str| is_older(fixture.root(), older, newer).unwrap();
        assert!(is_older(&first, &second));
        assert!(!is_older(&second, &first));
        assert!(!is_older(&first, &first));
        assert!(!is_older(&first, &"0123456789".repeat(4)));
    }
}
