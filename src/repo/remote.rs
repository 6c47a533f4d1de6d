//! A branch at its remote: what it has there, and one more commit for it. Nothing is ever forced.

use std::path::Path;
use std::process::Command;

use crate::repo::branch::Branch;
use crate::repo::error::RepoError;
use crate::repo::git;
use crate::repo::push::veiled;

/// Whether a remote took a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum Pushed {
    /// It did.
    Done,
    /// It did not, and this is what it said: mostly that somebody else's commit came first.
    Refused(String),
}

/// The names of the remotes of a repository.
///
/// # Errors
/// Fails where Git does.
pub fn remotes(root: &Path) -> Result<Vec<String>, RepoError> {
    let listed = git::run(root, ["remote"])?;
    let listed = String::from_utf8_lossy(&listed);
    Ok(listed.lines().map(str::to_owned).collect())
}

/// The remote of a branch: the one that it tracks, else `origin`, else the only one.
///
/// # Errors
/// Fails where Git does.
pub fn remote_of(root: &Path, branch: &str) -> Result<Option<String>, RepoError> {
    let key = format!("branch.{branch}.remote");
    let tracked = git::output(root, ["config", "--get", &key])?;
    let tracked = String::from_utf8_lossy(&tracked.stdout).trim().to_owned();
    let names = remotes(root)?;
    let known = |wanted: &str| names.iter().find(|name| *name == wanted);
    let only = names.first().filter(|_| names.len() == 1);
    Ok(known(&tracked).or(known("origin")).or(only).cloned())
}

/// Whether a commit is in this repository and behind no branch of a remote and no tag, as far as is
/// known here.
///
/// # Errors
/// Fails where Git does.
pub fn is_only_here(root: &Path, commit: &str) -> Result<bool, RepoError> {
    let Some(commit) = git::find_commit(root, commit)? else {
        return Ok(false);
    };
    let args = ["for-each-ref", "--count=1", "--contains", &commit];
    let known = git::run(root, [&args[..], &["refs/remotes", "refs/tags"]].concat())?;
    Ok(known.trim_ascii().is_empty())
}

impl Branch {
    /// Asks the remote for the newest commit of the branch, and brings it here.
    ///
    /// # Errors
    /// Fails where the remote cannot be reached or has no such branch.
    pub fn fetch(&self, remote: &str) -> Result<String, RepoError> {
        let mirror = format!("refs/remotes/{remote}/{}", self.name);
        let mut command = reaching(&self.root);
        command
            .args(["fetch", "--quiet", "--no-tags", "--no-write-fetch-head"])
            .args(["--no-recurse-submodules", "--no-auto-maintenance", "--"])
            .arg(remote)
            .arg(format!("+{}:{mirror}", self.reference()));
        git::succeed(&self.root, &mut command).map_err(without_secrets)?;
        git::find_commit(&self.root, &mirror)?.ok_or_else(|| RepoError::UnknownRevision {
            rev: mirror,
            root: self.root.clone(),
        })
    }

    /// Gives the remote a commit that stands behind the newest one it has.
    ///
    /// # Errors
    /// Fails where the remote cannot be reached.
    pub fn push(&self, remote: &str, commit: &str) -> Result<Pushed, RepoError> {
        let mut command = reaching(&self.root);
        command
            .args([
                "push",
                "--porcelain",
                "--quiet",
                "--no-verify",
                "--recurse-submodules=no",
                "--",
            ])
            .arg(remote)
            .arg(format!("{commit}:{}", self.reference()));
        let output = git::finish(&self.root, &mut command)?;
        if output.status.success() {
            return Ok(Pushed::Done);
        }
        let told = String::from_utf8_lossy(&output.stdout);
        let refusal = told.lines().find_map(|line| line.strip_prefix("!\t"));
        match refusal {
            Some(refusal) => {
                let reason = refusal.split('\t').next_back().unwrap_or(refusal);
                let said = String::from_utf8_lossy(&output.stderr);
                let said = said
                    .lines()
                    .filter_map(|line| line.strip_prefix("remote: "));
                let said: String = said.flat_map(|line| ["; ", line.trim()]).collect();
                Ok(Pushed::Refused(veiled(&format!("{reason}{said}"))))
            }
            None => Err(without_secrets(git::failure(&self.root, "push", &output))),
        }
    }
}

/// The same fault without the name and password that an address in it may hold.
fn without_secrets(error: RepoError) -> RepoError {
    match error {
        RepoError::Git {
            command,
            root,
            message,
        } => RepoError::Git {
            command,
            root,
            message: veiled(&message),
        },
        other => other,
    }
}

/// A call that may use the network, with the user's own keys and helpers. It asks nobody anything.
fn reaching(root: &Path) -> Command {
    let mut command = git::command(root);
    command
        .args(["-c", "credential.interactive=false"])
        // A server that stalls for a minute ends it.
        .args([
            "-c",
            "http.lowSpeedLimit=1000",
            "-c",
            "http.lowSpeedTime=60",
        ])
        .env("GIT_ALLOW_PROTOCOL", "https:http:ssh:git:file");
    command
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repo::branch::Edit;
    use crate::repo::fixture::{Fixture, path};

    #[test]
    fn two_who_decide_at_once_both_have_their_commit_in_the_end() {
        let fixture = Fixture::with(&[("a.md", "a")]);
        let (bare, one, two) = (fixture.at("bare"), fixture.at("one"), fixture.at("two"));
        let at = |path: &Path| path.to_str().unwrap().to_owned();
        let clone = |args: &[&str]| {
            let mut command = reaching(fixture.root());
            command.args(["clone", "--quiet"]).args(args);
            git::succeed(fixture.root(), &mut command).unwrap();
        };
        clone(&["--bare", ".", &at(&bare)]);
        clone(&[&at(&bare), &at(&one)]);
        clone(&[&at(&bare), &at(&two)]);
        assert_eq!(remote_of(&one, "main").unwrap().as_deref(), Some("origin"));
        assert_eq!(remote_of(fixture.root(), "main").unwrap(), None);
        let file = path("environments/prod.toml");
        let edit = Edit {
            path: &file,
            text: "new\n",
            message: "Decide",
            who: "ada",
        };
        let (one, two) = (
            Branch::open(&one, "main").unwrap(),
            Branch::open(&two, "main").unwrap(),
        );
        let (mine, yours) = (one.fetch("origin").unwrap(), two.fetch("origin").unwrap());
        let mine = one.commit(&mine, edit).unwrap();
        let yours = two
            .commit(
                &yours,
                Edit {
                    text: "other\n",
                    ..edit
                },
            )
            .unwrap();
        assert!(is_only_here(&one.root, &mine).unwrap());
        assert_eq!(one.push("origin", &mine).unwrap(), Pushed::Done);
        assert!(!is_only_here(&one.root, &mine).unwrap());
        assert!(matches!(
            two.push("origin", &yours).unwrap(),
            Pushed::Refused(_)
        ));
        assert_eq!(two.fetch("origin").unwrap(), mine);
        let again = two
            .commit(
                &mine,
                Edit {
                    text: "other\n",
                    ..edit
                },
            )
            .unwrap();
        assert_eq!(two.push("origin", &again).unwrap(), Pushed::Done);
        assert!(one.fetch("nowhere").is_err());
    }
}
