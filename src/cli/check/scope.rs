//! Which findings are told: those about the files that are named, and about the lines that changed.

use std::path::{Path, PathBuf};

use crate::cli::args::CheckArgs;
use crate::cli::project::{Project, below, inside};
use crate::diagnostic::Diagnostic;
use crate::repo::Changes;
use crate::site_path::SitePath;

/// What is reported about.
pub struct Scope {
    /// Files and folders; all of them if there is none.
    pub only: Vec<SitePath>,
    changes: Option<Changes>,
}

impl Scope {
    /// The scope that is asked for. `index` is the file that holds what is staged, if not the usual one.
    pub fn of(args: &CheckArgs, project: &Project, index: Option<&Path>) -> anyhow::Result<Self> {
        let only = args.paths.iter().map(|path| one(&project.root, path));
        let only = only.collect::<anyhow::Result<_>>()?;
        let to = match project.snapshot.is_worktree() {
            true => None,
            false => project.snapshot.source().commit.as_deref(),
        };
        let changes = match &args.since {
            _ if args.staged => Some(Changes::staged(&project.root, index)?),
            Some(rev) => Some(Changes::since(&project.root, rev, to)?),
            None => None,
        };
        Ok(Self { only, changes })
    }

    /// Whether a finding is told.
    pub fn holds(&self, found: &Diagnostic) -> bool {
        let is_named =
            self.only.is_empty() || self.only.iter().any(|path| found.path.is_within(path));
        is_named
            && self.changes.as_ref().is_none_or(|changes| {
                let lines = found
                    .place
                    .as_ref()
                    .map(|place| place.line..=place.end_line);
                changes.touch(&found.path, lines)
            })
    }
}

/// A path to report about, relative to the project; it may be typed from anywhere.
fn one(root: &Path, path: &PathBuf) -> anyhow::Result<SitePath> {
    let below_root = below(root, path);
    let absolute = if below_root.exists() {
        below_root
    } else {
        std::path::absolute(path)?
    };
    let found = std::fs::canonicalize(&absolute).unwrap_or(absolute);
    if found == root {
        return Ok(SitePath::root());
    }
    match inside(root, &found) {
        Some(path) => Ok(path),
        None => anyhow::bail!("`{}` does not lie in the project", path.display()),
    }
}
