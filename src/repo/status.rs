//! Whether a worktree differs from its commit.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use crate::repo::error::RepoError;
use crate::repo::git;
use crate::repo::listing::is_private;
use crate::repo::snapshot::Snapshot;
use crate::site_path::SitePath;

impl Snapshot {
    /// Whether the files differ from the commit now, where it is a worktree of one.
    ///
    /// # Errors
    /// Fails where Git does.
    pub fn is_dirty_now(&self) -> Result<bool, RepoError> {
        if self.source().commit.is_none() || !self.is_worktree() {
            return Ok(self.source().dirty);
        }
        match git::locate(self.root())? {
            Some(repository) => has_changes(self.root(), &repository.prefix),
            None => Ok(true),
        }
    }

    /// The files that differ from the commit now; none where there is no commit to go back to.
    ///
    /// # Errors
    /// Fails where Git does.
    pub fn changed_now(&self) -> Result<Option<BTreeSet<SitePath>>, RepoError> {
        if self.source().commit.is_none() || !self.is_worktree() {
            return Ok(None);
        }
        let repository = git::locate(self.root())?;
        let changed = |found: git::Repository| changed_files(self.root(), &found.prefix);
        repository.map(changed).transpose()
    }
}

/// Whether anything below `root` differs from HEAD: tracked, staged, or new and not ignored.
pub(crate) fn has_changes(root: &Path, prefix: &[u8]) -> Result<bool, RepoError> {
    Ok(!changes(root, prefix)?.is_empty())
}

/// The files below `root` that differ from HEAD: tracked, staged, or new and not ignored.
pub(crate) fn changed_files(root: &Path, prefix: &[u8]) -> Result<BTreeSet<SitePath>, RepoError> {
    let changes = changes(root, prefix)?;
    let path = |path: &Vec<u8>| SitePath::parse(std::str::from_utf8(path).ok()?).ok();
    Ok(changes.iter().filter_map(path).collect())
}

fn changes(root: &Path, prefix: &[u8]) -> Result<Vec<Vec<u8>>, RepoError> {
    let mut command = git::command(root);
    without_local_filters(root, &mut command)?;
    command.args([
        "status",
        "--porcelain=v1",
        "-z",
        "--untracked-files=all",
        "--ignore-submodules=all",
        "--no-renames",
        "--",
        ".",
    ]);
    let listed = git::succeed(root, &mut command)?;
    Ok(listed
        .split(|byte| *byte == 0)
        .filter_map(|line| line.get(3..))
        .map(|path| path.strip_prefix(prefix).unwrap_or(path))
        .filter(|path| {
            let is_ours = std::str::from_utf8(path)
                .ok()
                .and_then(|path| SitePath::parse(path).ok())
                .is_some_and(|path| is_private(&path));
            // A nested repository is not in the snapshot either.
            !is_ours && !path.ends_with(b"/")
        })
        .map(<[u8]>::to_vec)
        .collect())
}

/// Keeps the filters of the repository's own configuration from a call.
pub(crate) fn without_local_filters(root: &Path, command: &mut Command) -> Result<(), RepoError> {
    for (at, (name, value)) in local_filters(root)?.into_iter().enumerate() {
        // By the environment, because a driver's name may hold the `=` that `-c` splits at.
        let variable = format!("TYMPAN_GIT_FILTER_{at}");
        command.arg(format!("--config-env={name}={variable}"));
        command.env(variable, value);
    }
    Ok(())
}

/// The filters that the repository's own configuration defines, each with the value that the
/// user's configuration gives it, or none.
///
/// Git runs a filter to see whether a file has changed. Those of the user (such as Git LFS) must
/// run, or every filtered file would seem changed; those that came with the repository must not.
fn local_filters(root: &Path) -> Result<Vec<(String, String)>, RepoError> {
    let output = git::output(
        root,
        [
            "config",
            "--null",
            "--show-scope",
            "--get-regexp",
            r"^filter\.",
        ],
    )?;
    let mut filters: BTreeMap<String, (bool, String)> = BTreeMap::new();
    let mut fields = output.stdout.split(|byte| *byte == 0);
    while let (Some(scope), Some(entry)) = (fields.next(), fields.next()) {
        let entry = String::from_utf8_lossy(entry);
        let (name, value) = entry.split_once('\n').unwrap_or((&entry, "true"));
        let filter = filters.entry(name.to_owned()).or_default();
        match scope {
            b"local" | b"worktree" => filter.0 = true,
            _ => value.clone_into(&mut filter.1),
        }
    }
    Ok(filters
        .into_iter()
        .filter(|(_, (is_local, _))| *is_local)
        .map(|(name, (_, value))| {
            // `required` is a truth value, and an empty text is not one on every version.
            let value = match value.as_str() {
                "" if name.ends_with(".required") => "false".to_owned(),
                _ => value,
            };
            (name, value)
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use crate::repo::fixture::Fixture;
    use crate::repo::{History, Snapshot};

    fn is_dirty(fixture: &Fixture) -> bool {
        let snapshot = Snapshot::worktree(fixture.root()).unwrap();
        snapshot.source().dirty
    }

    #[test]
    fn a_change_of_any_kind_makes_it_dirty() {
        #[track_caller]
        fn case(expected: bool, change: impl Fn(&Fixture)) {
            let fixture = Fixture::with(&[("a.md", "a"), (".gitignore", "*.log\n")]);
            change(&fixture);
            assert_eq!(is_dirty(&fixture), expected);
        }
        case(false, |_| {});
        case(true, |fixture| fixture.write("a.md", "b"));
        case(true, |fixture| fixture.write("new.md", "new"));
        case(true, |fixture| fixture.write("deep/new.md", "new"));
        case(true, |fixture| {
            std::fs::remove_file(fixture.at("a.md")).unwrap();
        });
        case(true, |fixture| {
            fixture.write("a.md", "b");
            fixture.git(&["add", "a.md"]);
            fixture.write("a.md", "a");
        });
        case(false, |fixture| fixture.write("x.log", "ignored"));
        case(false, |fixture| fixture.write(".tympan/current", "ours"));
        case(false, |fixture| fixture.write("a.md", "a"));
        case(false, |fixture| {
            fixture.git(&["init", "--quiet", "nested"]);
            fixture.write("nested/a.md", "not ours");
        });
    }

    #[cfg(unix)]
    #[test]
    fn a_repository_runs_nothing_of_its_own() {
        use std::os::unix::fs::PermissionsExt as _;

        let fixture = Fixture::with(&[("a.md", "a"), (".gitattributes", "*.md filter=x=y\n")]);
        fixture.write(
            ".git/evil.sh",
            "#!/bin/sh\ntouch \"$(dirname \"$0\")/ran\"\ncat\n",
        );
        let evil = fixture.at(".git/evil.sh");
        std::fs::set_permissions(&evil, std::fs::Permissions::from_mode(0o755)).unwrap();
        std::fs::create_dir_all(fixture.at(".git/hooks")).unwrap();
        for hook in ["post-index-change", "fsmonitor-watchman", "post-commit"] {
            std::fs::copy(&evil, fixture.at(".git/hooks").join(hook)).unwrap();
        }
        let evil = evil.to_str().unwrap();
        for name in [
            "core.fsmonitor",
            "core.pager",
            "core.editor",
            "core.sshCommand",
            "diff.external",
            "diff.x.textconv",
            "gpg.program",
            "filter.x=y.clean",
            "filter.x=y.smudge",
            "filter.x=y.process",
        ] {
            fixture.git(&["config", name, evil]);
        }
        // A signature makes `git log` run the program that checks it.
        let commit = fixture.git(&["cat-file", "commit", "HEAD"]);
        let signed = commit.replacen("\n\n", "\ngpgsig -----BEGIN PGP SIGNATURE-----\n\n", 1);
        fixture.write(".git/signed", &signed);
        let signed = fixture.git(&["hash-object", "-t", "commit", "-w", ".git/signed"]);
        fixture.git(&["update-ref", "HEAD", &signed]);
        fixture.git(&["config", "log.showSignature", "true"]);
        fixture.git(&["config", "filter.x=y.required", "true"]);
        fixture.write("a.md", "b");
        assert!(is_dirty(&fixture));
        fixture.write("a.md", "a");
        assert!(!is_dirty(&fixture));
        Snapshot::revision(fixture.root(), "HEAD").unwrap();
        History::read(fixture.root(), None).unwrap();
        assert!(!fixture.at(".git/ran").exists());
    }
}
