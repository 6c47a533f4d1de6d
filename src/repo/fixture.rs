//! Small real repositories for the tests of this room. Nothing of it ships.

use std::path::{Path, PathBuf};

use crate::repo::git;
use crate::repo::snapshot::Snapshot;
use crate::site_path::SitePath;

/// A folder that goes away with the test, and a clock that only goes forward.
pub(crate) struct Fixture {
    folder: tempfile::TempDir,
    time: i64,
}

/// The time of a fixture's first commit.
pub(crate) const BEGIN: i64 = 1_700_000_000;

impl Fixture {
    /// A folder without Git.
    pub(crate) fn folder() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            time: BEGIN,
        }
    }

    /// A repository without commits.
    pub(crate) fn empty() -> Self {
        let fixture = Self::folder();
        fixture.git(&["init", "--quiet", "--initial-branch=main"]);
        fixture
    }

    /// A repository with one commit of `files`.
    pub(crate) fn with(files: &[(&str, &str)]) -> Self {
        let mut fixture = Self::empty();
        for (path, text) in files {
            fixture.write(path, text);
        }
        fixture.commit("Begin");
        fixture
    }

    pub(crate) fn root(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn at(&self, path: &str) -> PathBuf {
        self.root().join(path)
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let place = self.at(path);
        std::fs::create_dir_all(place.parent().unwrap()).unwrap();
        std::fs::write(place, text).unwrap();
    }

    #[cfg(unix)]
    pub(crate) fn link(&self, path: &str, target: &str) {
        let place = self.at(path);
        std::fs::create_dir_all(place.parent().unwrap()).unwrap();
        std::os::unix::fs::symlink(target, place).unwrap();
    }

    /// Commits everything, a minute after the commit before.
    pub(crate) fn commit(&mut self, message: &str) -> String {
        self.commit_as("Ada Example", message)
    }

    pub(crate) fn commit_as(&mut self, author: &str, message: &str) -> String {
        self.git(&["add", "--all", "."]);
        let email = format!("user.email={}@example", author.replace(' ', "."));
        self.dated(&[
            "-c",
            &format!("user.name={author}"),
            "-c",
            &email,
            "commit",
            "--quiet",
            "--allow-empty",
            "--no-gpg-sign",
            "-m",
            message,
        ]);
        self.git(&["rev-parse", "HEAD"])
    }

    /// Runs `git` with the next minute as the time.
    pub(crate) fn dated(&mut self, args: &[&str]) -> String {
        let date = format!("{} +0100", self.time);
        self.time += 60;
        run(git::command(self.root())
            .args(args)
            .env("GIT_AUTHOR_DATE", &date)
            .env("GIT_COMMITTER_DATE", &date))
    }

    /// Runs `git` and gives its first line.
    pub(crate) fn git(&self, args: &[&str]) -> String {
        run(git::command(self.root()).args(args))
    }
}

/// A path that a test writes down.
pub(crate) fn path(text: &str) -> SitePath {
    SitePath::parse(text).unwrap()
}

/// The worktree of a fixture.
pub(crate) fn worktree(fixture: &Fixture) -> Snapshot {
    Snapshot::worktree(fixture.root()).unwrap()
}

/// Holds that the worktree has just these files.
#[track_caller]
pub(crate) fn lists(fixture: &Fixture, expected: &[&str]) {
    let snapshot = worktree(fixture);
    let found = snapshot.files().iter().map(|file| file.path.as_str());
    assert_eq!(found.collect::<Vec<_>>(), expected);
}

/// What was left out, a line each.
pub(crate) fn left_out(snapshot: &Snapshot) -> Vec<String> {
    let found = snapshot.diagnostics().iter();
    found
        .map(|found| format!("{}: {}", found.code, found.message))
        .collect()
}

#[track_caller]
fn run(command: &mut std::process::Command) -> String {
    // The user's own settings must not change what a test sees.
    let output = command
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env_remove("GIT_ALLOW_PROTOCOL")
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {errors}");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}
