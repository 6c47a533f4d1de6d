//! The state objects beside the published bytes, as this room reads and writes them.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::publish::error::PublishError;
use crate::publish::moment::Moment;
use crate::publish::record::{Deployment, FORMAT, Link, Verdict};
use crate::release::{Release, to_canonical_json};
use crate::site_path::SitePath;
use crate::targets::{LOG, Object, RELEASES, Target, Tree, Version};

/// What is live at a target, and which epoch was granted last: `.tympan/current`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Pointer {
    /// The version of this format, 1.
    pub format: u32,
    /// The environment that this target serves.
    pub environment: String,
    /// The newest epoch that was granted. Whoever holds an older one switches nothing any more.
    pub fence: u64,
    /// The deployment that made live what is live. Its `result` is only known from its record.
    pub live: Option<Deployment>,
    /// The deployment after it that was taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undone: Option<Deployment>,
    /// The newest record that was written, so that it can be held against its digest as every older
    /// one is held against the record behind it. It names the last deployment but for a crash.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recorded: Option<Link>,
    /// Copies that were live before and are still there, the newest first.
    pub retained: Vec<Retained>,
    /// Copies whose publishing began and of which nothing more is known: on a flat target files of
    /// them may stand among the live ones.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub begun: Vec<Retained>,
    /// Releases that failed here, or that a rollback took away.
    pub denied: Vec<Denied>,
}

/// A copy that was live before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Retained {
    /// The copy.
    pub tree: Tree,
    /// When it stopped being live.
    pub until: Moment,
}

/// A release that must not come back to a target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Denied {
    /// The release.
    pub release: Digest,
    /// Why.
    pub reason: String,
}

impl Pointer {
    /// The pointer of a target that nothing was published to.
    pub(super) fn first(environment: &str) -> Self {
        Self {
            format: FORMAT,
            environment: environment.to_owned(),
            fence: 0,
            live: None,
            undone: None,
            recorded: None,
            retained: Vec::new(),
            begun: Vec::new(),
            denied: Vec::new(),
        }
    }

    /// The newest deployment that changed this target.
    pub fn last(&self) -> Option<&Deployment> {
        self.undone.as_ref().or(self.live.as_ref())
    }

    /// The deployment that is live because a newer one failed.
    pub(super) fn back_again(&self) -> Option<&Deployment> {
        self.live.as_ref().filter(|_| self.undone.is_some())
    }

    /// Whether what is live is what the newest change left there: its own release, or the one before
    /// if it failed. How it ended is what its record says, once there is one.
    pub(super) fn is_of_one_mind(&self, record: Option<&Deployment>) -> bool {
        let live = self.live.as_ref();
        let ended = record.map(|record| record.result);
        match &self.undone {
            Some(undone) => {
                undone.result == Verdict::Failed
                    && ended.is_none_or(|ended| ended == Verdict::Failed)
                    && live.is_some_and(|live| Some(live.release) == undone.previous)
            }
            None => {
                ended != Some(Verdict::Failed)
                    || live.is_some_and(|live| live.result == Verdict::Failed)
            }
        }
    }

    /// How the record of the newest deployment was written, if it is known to have been.
    pub(super) fn record_of_last(&self) -> Option<Link> {
        let last = self.last()?;
        self.recorded.filter(|link| link.epoch == last.epoch)
    }

    /// Denies releases, whoever asks for them and whatever he knows of Git.
    pub(super) fn deny(&mut self, releases: &[Digest], reason: &str) {
        for release in releases {
            if self.denial(release).is_none() {
                self.denied.push(Denied {
                    release: *release,
                    reason: reason.to_owned(),
                });
            }
        }
    }

    /// Why a release must not come back, if it failed here or was rolled back.
    pub fn denial(&self, release: &Digest) -> Option<&str> {
        self.denied
            .iter()
            .find(|denied| denied.release == *release)
            .map(|denied| denied.reason.as_str())
    }

    /// The bytes that are stored.
    pub(super) fn to_json(&self) -> Vec<u8> {
        to_canonical_json(self)
    }
}

/// The name of a state object below one of its folders.
pub(super) fn state_path(text: &str) -> SitePath {
    SitePath::parse(text).expect("the names of state objects are plain")
}

/// Where the record of an epoch stands.
pub(super) fn record_path(epoch: u64) -> SitePath {
    state_path(&format!("{LOG}/{epoch}.json"))
}

/// Where a release's own JSON stands.
pub(super) fn release_path(release: &Digest) -> SitePath {
    state_path(&format!("{RELEASES}/{}.json", release.hex()))
}

/// Reads a state object of this format.
pub(super) fn read<T: DeserializeOwned>(
    target: &dyn Target,
    name: &str,
    path: &SitePath,
) -> Result<Option<(T, Version)>, PublishError> {
    #[derive(Deserialize)]
    struct Format {
        format: u32,
    }
    let Some(found) = target.read(&Object::State(path.clone()))? else {
        return Ok(None);
    };
    let fault = |reason: String| PublishError::Unreadable {
        target: name.to_owned(),
        path: path.clone(),
        reason,
    };
    let told = |error: serde_json::Error| fault(error.to_string());
    let Format { format } = serde_json::from_slice(&found.bytes).map_err(told)?;
    if format != FORMAT {
        let reason = format!("its format is {format}, and this tympan reads {FORMAT}");
        return Err(fault(reason));
    }
    let value = serde_json::from_slice(&found.bytes).map_err(told)?;
    Ok(Some((value, found.version)))
}

/// The release as the target keeps it; nothing if it is not there, or is not what its name says.
pub(super) fn known_release(
    target: &dyn Target,
    release: &Digest,
) -> Result<Option<Release>, PublishError> {
    let found = target.read(&Object::State(release_path(release)))?;
    Ok(found
        .filter(|found| Digest::of(&found.bytes) == *release)
        .and_then(|found| serde_json::from_slice(&found.bytes).ok()))
}
