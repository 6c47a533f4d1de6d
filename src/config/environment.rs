//! The desired state of one environment, `environments/<name>.toml`.

use serde::{Deserialize, Serialize};

use crate::config::freeze::Freeze;
use crate::digest::Digest;

/// What must be live, where, and under which rules.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Environment {
    /// Its name, which is the file's.
    pub name: String,
    /// The release that must be live, if it is pinned.
    pub release: Option<Digest>,
    /// The commit that the pinned release was built from.
    pub source: Option<String>,
    /// The environment that the pinned release came from.
    pub from: Option<String>,
    /// The branch it follows, if it is not.
    pub follow: Option<String>,
    /// The names of its targets.
    pub targets: Vec<String>,
    /// The address readers use.
    pub url: Option<String>,
    /// Whether search engines may list it; by itself, if `url` is what releases are built for.
    pub index: Option<bool>,
    /// The rules for a change.
    pub policy: Policy,
    /// What is asked for after a switch.
    pub smoke: Vec<SmokePath>,
    /// Where it is asked for.
    pub smoke_over: SmokeOver,
    /// Present after a rollback.
    pub hold: Option<Hold>,
}

/// A route that is asked for after a switch, and what must come of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SmokePath {
    /// The route, below the environment's address.
    pub path: String,
    /// The status that HTTP must tell.
    pub status: u16,
    /// What the answer must contain.
    pub text: Option<String>,
}

/// Where the routes of a smoke test are asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SmokeOver {
    /// At the address that readers use, if the environment names one, for its first target.
    #[default]
    Web,
    /// At the target: the files are read back.
    Target,
}

impl SmokePath {
    /// A route that must be there.
    pub fn there(path: &str) -> Self {
        Self {
            path: path.to_owned(),
            status: 200,
            text: None,
        }
    }
}

/// The rules for a change.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Policy {
    /// What must be true of a release before it may go live.
    pub require: Requirements,
    /// Whether a release that fails its smoke test is denied in Git too, and the one before it
    /// pinned, by whoever published it.
    pub auto_rollback: bool,
    /// When nothing new may go live.
    pub freeze: Vec<Freeze>,
}

impl Policy {
    /// The freeze that holds at `now`, in Unix seconds.
    pub fn frozen(&self, now: i64) -> Option<&Freeze> {
        self.freeze.iter().find(|freeze| freeze.holds(now))
    }
}

/// What must be true of a release before it may go live.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Requirements {
    /// The checks.
    pub checks: Option<Checks>,
    /// The environment in which it must have been live and healthy.
    pub after: Option<String>,
    /// How long it must have been live there, in seconds.
    pub soak: i64,
    /// How many people other than its author must have approved its commit.
    pub approvals: usize,
}

/// What the checks must say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Checks {
    /// No errors and no warnings.
    Clean,
    /// No errors.
    NoErrors,
}

/// A stop after a rollback.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hold {
    /// Why.
    pub reason: String,
    /// Releases that must not come back.
    pub deny: Vec<Digest>,
}
