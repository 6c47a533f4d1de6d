//! The first commit of a new project.

use std::path::Path;
use std::process::Command;

use crate::repo::error::RepoError;
use crate::repo::git;

/// Makes `root` a Git repository on the branch `main`, and commits everything in it.
///
/// The user's name and address are used where Git knows them; a project must not fail to begin
/// for want of them. Nothing is signed, because nobody is there to answer for a key.
///
/// # Errors
/// Fails where the root does not exist or Git refuses.
pub fn init(root: &Path, message: &str) -> Result<(), RepoError> {
    if !root.is_dir() {
        return Err(RepoError::NoRoot {
            root: root.to_path_buf(),
        });
    }
    git::run(root, ["init", "--quiet", "--initial-branch=main"])?;
    git::run(root, ["add", "--all", "."])?;
    let mut command = git::command(root);
    named(root, &mut command, "tympan")?;
    command.args([
        "commit",
        "--quiet",
        "--allow-empty",
        "--no-verify",
        "--no-gpg-sign",
        "--cleanup=verbatim",
        "-m",
        message,
    ]);
    git::succeed(root, &mut command).map(|_| ())
}

/// Gives a call that commits a name and an address for where Git knows none.
pub(crate) fn named(root: &Path, command: &mut Command, name: &str) -> Result<(), RepoError> {
    let plain: String = name.chars().filter(|c| !c.is_control()).collect();
    for (key, fallback) in [
        ("user.name", plain.as_str()),
        ("user.email", "tympan@users.invalid"),
    ] {
        let known = git::output(root, ["config", "--get", key])?;
        if !known.status.success() || known.stdout.trim_ascii().is_empty() {
            command.arg("-c").arg(format!("{key}={fallback}"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repo::Snapshot;
    use crate::repo::fixture::Fixture;

    #[test]
    fn a_new_project_begins_with_a_clean_commit() {
        let fixture = Fixture::folder();
        fixture.write("content/index.md", "# Home\n");
        fixture.write(".gitignore", "dist/\n");
        fixture.write("dist/index.html", "ignored");
        init(fixture.root(), "# Begin, with a hash").unwrap();
        let snapshot = Snapshot::worktree(fixture.root()).unwrap();
        assert!(!snapshot.source().dirty);
        assert_eq!(snapshot.files().len(), 2);
        assert_eq!(fixture.git(&["branch", "--show-current"]), "main");
        assert_eq!(fixture.git(&["log", "--format=%s"]), "# Begin, with a hash");
    }

    /// Runs another test of this program for somebody whom Git does not know.
    #[test]
    fn a_project_begins_without_a_name() {
        let output = std::process::Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "repo::init::tests::a_new_project_begins_with_a_clean_commit",
            ])
            .envs([
                ("GIT_CONFIG_GLOBAL", "/dev/null"),
                ("GIT_CONFIG_NOSYSTEM", "1"),
                ("HOME", "/nowhere"),
            ])
            .output()
            .unwrap();
        let shown = String::from_utf8_lossy(&output.stdout);
        assert!(
            output.status.success() && shown.contains("1 passed"),
            "{shown}"
        );
    }

    #[test]
    fn an_empty_project_begins_too() {
        let fixture = Fixture::folder();
        init(fixture.root(), "Begin").unwrap();
        assert!(Snapshot::revision(fixture.root(), "main").is_ok());
    }

    #[test]
    fn a_project_needs_a_folder() {
        let fixture = Fixture::folder();
        let error = init(&fixture.at("gone"), "Begin").unwrap_err();
        assert!(matches!(error, RepoError::NoRoot { .. }), "{error}");
    }
}
