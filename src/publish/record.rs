//! The record of one deployment: what changed at a target, by whose word, and the hash of the
//! record before it.

use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::publish::moment::Moment;
use crate::release::{File, to_canonical_json};
use crate::targets::Tree;

/// The version of the record format.
pub(super) const FORMAT: u32 = 1;

/// One change at a target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Deployment {
    /// The version of this format, 1.
    pub format: u32,
    /// Its number at this target. Numbers rise; one is skipped where a publish broke off.
    pub epoch: u64,
    /// The environment it was done for.
    pub environment: String,
    /// The target's name.
    pub target: String,
    /// What became live.
    pub release: Digest,
    /// What was live before.
    pub previous: Option<Digest>,
    /// What it was done for.
    pub kind: Kind,
    /// The commit that the release was built from.
    pub source: Option<String>,
    /// The files that differ from the release's in this environment.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub overlay: Vec<File>,
    /// By whose word.
    pub who: String,
    /// When it began.
    pub at: Moment,
    /// The record before this one.
    pub prev: Option<Link>,
    /// How many files it changed.
    pub files: FileCounts,
    /// How many bytes were sent.
    pub bytes_sent: u64,
    /// How it ended.
    pub result: Verdict,
    /// Why it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// What a deployment was done for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A new release of the source.
    Publish,
    /// The same release again, because the target had drifted.
    Heal,
    /// A release that another environment has.
    Promote,
    /// A release that was live before.
    Rollback,
}

/// How a deployment ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Live, and the smoke test passed.
    Healthy,
    /// The smoke test failed.
    Failed,
    /// It became live, and its publisher was never heard of again.
    Unconfirmed,
}

/// Names the record before another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Link {
    /// Its number.
    pub epoch: u64,
    /// The digest of its bytes.
    pub sha256: Digest,
}

/// How many files a deployment changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct FileCounts {
    /// Files that were not there.
    pub added: usize,
    /// Files with another content.
    pub modified: usize,
    /// Files that are gone.
    pub removed: usize,
}

impl Deployment {
    /// The bytes that are stored and hashed.
    pub fn to_json(&self) -> Vec<u8> {
        to_canonical_json(self)
    }

    /// How the next record names this one.
    pub fn link(&self) -> Link {
        Link {
            epoch: self.epoch,
            sha256: Digest::of(&self.to_json()),
        }
    }

    /// Whether this record is the one of a deployment in a pointer, which does not know how it ended.
    pub(super) fn is_of(&self, pointed: &Self) -> bool {
        let pointed = Self {
            result: self.result,
            reason: self.reason.clone(),
            ..pointed.clone()
        };
        pointed == *self
    }

    /// The copy of the release that it made.
    pub fn tree(&self) -> Tree {
        Tree {
            epoch: self.epoch,
            release: self.release,
        }
    }
}
