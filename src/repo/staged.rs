//! The files that are staged for the next commit.

use std::path::Path;

use crate::repo::error::RepoError;
use crate::repo::git;
use crate::repo::snapshot::{Snapshot, Source};

impl Snapshot {
    /// Takes the files that are staged for the next commit, below `root`. `index` is the file that
    /// holds them, if not the usual one. Git keeps their tree among its objects.
    ///
    /// # Errors
    /// Fails where there is no repository, and while a merge is not settled.
    pub fn staged(root: &Path, index: Option<&Path>) -> Result<Self, RepoError> {
        let repository = git::locate(root)?.ok_or_else(|| RepoError::NoRepository {
            root: root.to_path_buf(),
        })?;
        let of_index = |name: &str| {
            let mut command = git::command(root);
            if let Some(index) = index {
                command.env("GIT_INDEX_FILE", index);
            }
            command.arg(name);
            command
        };
        let mut command = of_index("write-tree");
        if !repository.prefix.is_empty() {
            let listed = git::succeed(root, of_index("ls-files").args(["--cached", "--", "."]))?;
            let prefix = String::from_utf8_lossy(&repository.prefix);
            match listed.is_empty() {
                // Git finds no tree for a folder without files.
                true => command = of_index("mktree"),
                false => _ = command.arg(format!("--prefix={prefix}")),
            }
        }
        let tree = git::succeed(root, &mut command)?;
        let tree = String::from_utf8_lossy(&tree).trim().to_owned();
        let source = Source {
            commit: git::find_commit(root, "HEAD")?,
            tree: None,
            time: None,
            dirty: true,
            shallow: repository.is_shallow,
        };
        Self::of_tree(root, &tree, source)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repo::fixture::{Fixture, path};

    #[test]
    fn the_index_is_read_and_not_the_worktree() {
        let fixture = Fixture::with(&[("a.md", "committed"), ("sub/b.md", "b")]);
        fixture.write("a.md", "staged");
        fixture.write("new.md", "new");
        fixture.git(&["add", "-A"]);
        fixture.write("a.md", "edited");
        fixture.write("later.md", "later");
        let snapshot = Snapshot::staged(fixture.root(), None).unwrap();
        assert_eq!(snapshot.read(&path("a.md")).unwrap(), b"staged");
        assert!(snapshot.holds(&path("new.md")) && !snapshot.holds(&path("later.md")));
        let below = Snapshot::staged(&fixture.at("sub"), None).unwrap();
        assert_eq!(below.files().len(), 1);
        std::fs::create_dir(fixture.at("empty")).unwrap();
        let empty = Snapshot::staged(&fixture.at("empty"), None).unwrap();
        assert_eq!(empty.files().len(), 0);
    }
}
