//! The first commit of a new project.

use std::path::Path;

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
    for (name, fallback) in [
        ("user.name", "tympan"),
        ("user.email", "tympan@users.invalid"),
    ] {
        let known = git::output(root, ["config", "--get", name])?;
        if !known.status.success() || known.stdout.trim_ascii().is_empty() {
            command.arg("-c").arg(format!("{name}={fallback}"));
        }
    }
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
