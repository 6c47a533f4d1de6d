//! What is live at a target, from which commit, since when and by whose word, and how far that is
//! from what is desired.

use serde::Serialize;

use crate::digest::Digest;
use crate::publish::drift::Drift;
use crate::publish::error::PublishError;
use crate::publish::lease::{self, Lease};
use crate::publish::record::Deployment;
use crate::publish::request::{observe_drift, read_pointer};
use crate::publish::state::{Denied, Pointer, known_release, record_path};
use crate::release::Release;
use crate::targets::{Object, Target, View};

/// The state of one target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Status {
    /// The version of this format, 1.
    pub format: u32,
    /// The target's name.
    pub target: String,
    /// The environment that it serves.
    pub environment: Option<String>,
    /// The release that must be live.
    pub desired: Option<Digest>,
    /// The deployment that made live what is live: release, epoch, commit, who, since when.
    pub live: Option<Deployment>,
    /// The deployment after it that failed and was taken back.
    pub undone: Option<Deployment>,
    /// Releases that failed here, or that a rollback took away.
    pub denied: Vec<Denied>,
    /// The lease as it stands, which may have ended.
    pub lease: Option<Lease>,
    /// How what is live differs from what was published.
    pub drift: Drift,
}

impl Status {
    /// Whether the desired release is live, whole.
    pub fn is_converged(&self) -> bool {
        let live = self.live.as_ref().map(|live| live.release);
        self.drift.is_empty() && (self.desired.is_none() || self.desired == live)
    }
}

/// Looks at a target, hashing every file. Nothing is written.
pub fn status(
    target: &dyn Target,
    name: &str,
    desired: Option<Digest>,
) -> Result<Status, PublishError> {
    let pointer = read_pointer(target, name)?.map(|(pointer, _)| pointer);
    let mut observed = target.observe(View::Live)?;
    let drift = observe_drift(target, pointer.as_ref(), None, &mut observed)?;
    let live = pointer.as_ref().and_then(|pointer| pointer.live.clone());
    Ok(Status {
        format: 1,
        target: name.to_owned(),
        environment: pointer.as_ref().map(|pointer| pointer.environment.clone()),
        desired,
        live: confirmed(target, live)?,
        undone: confirmed(
            target,
            pointer.as_ref().and_then(|pointer| pointer.undone.clone()),
        )?,
        denied: pointer.map_or_else(Vec::new, |pointer: Pointer| pointer.denied),
        lease: lease::read(target, name)?.map(|(lease, _)| lease),
        drift,
    })
}

/// What is live at a target, without a look at its files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Live {
    /// The deployment that made it live.
    pub deployment: Deployment,
    /// The release as the target keeps it.
    pub release: Option<Release>,
    /// Releases that failed here, or that a rollback took away.
    pub denied: Vec<Denied>,
}

/// Asks a target what is live there; nothing if nothing is.
pub fn live(target: &dyn Target, name: &str) -> Result<Option<Live>, PublishError> {
    let Some((pointer, _)) = read_pointer(target, name)? else {
        return Ok(None);
    };
    let Some(deployment) = confirmed(target, pointer.live)? else {
        return Ok(None);
    };
    Ok(Some(Live {
        release: known_release(target, &deployment.release)?,
        deployment,
        denied: pointer.denied,
    }))
}

/// A release as the target keeps it; nothing if it does not, or not whole.
pub fn release_at(target: &dyn Target, release: &Digest) -> Result<Option<Release>, PublishError> {
    known_release(target, release)
}

/// A deployment as its record tells it, which alone knows how it ended.
fn confirmed(
    target: &dyn Target,
    deployment: Option<Deployment>,
) -> Result<Option<Deployment>, PublishError> {
    let Some(deployment) = deployment else {
        return Ok(None);
    };
    let found = target.read(&Object::State(record_path(deployment.epoch)))?;
    let record = found
        .and_then(|found| serde_json::from_slice::<Deployment>(&found.bytes).ok())
        .filter(|record| record.tree() == deployment.tree());
    Ok(Some(record.unwrap_or(deployment)))
}
