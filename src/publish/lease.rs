//! Who publishes to a target now. A lease keeps polite publishers apart; what keeps a late one
//! from doing harm is the fence in the pointer.

use serde::{Deserialize, Serialize};

use crate::publish::error::PublishError;
use crate::publish::moment::Moment;
use crate::publish::reconcile::Refusal;
use crate::publish::record::FORMAT;
use crate::publish::state::{self, state_path};
use crate::release::to_canonical_json;
use crate::targets::{Swap, Target, Version};

/// Who publishes to a target: `.tympan/lease`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Lease {
    /// The version of this format, 1.
    pub format: u32,
    /// The holder.
    pub holder: String,
    /// The epoch it was granted.
    pub epoch: u64,
    /// When it ends by itself. One that was given back ended when it began.
    pub until: Moment,
}

impl Lease {
    /// Whether it keeps `holder` out at `now`.
    pub fn bars(&self, holder: &str, now: Moment) -> bool {
        self.holder != holder && now < self.until
    }
}

/// The lease of a target, if there ever was one.
pub(super) fn read(
    target: &dyn Target,
    name: &str,
) -> Result<Option<(Lease, Version)>, PublishError> {
    state::read(target, name, &path())
}

/// Takes the lease in the place of the one that was read.
pub(super) fn take(
    target: &dyn Target,
    name: &str,
    lease: Lease,
    expected: Option<&Version>,
) -> Result<Held, PublishError> {
    match target.swap(&path(), expected, &to_canonical_json(&lease))? {
        Swap::Done(version) => Ok(Held { lease, version }),
        Swap::Lost => Err(match read(target, name)? {
            Some((other, _)) => PublishError::refused(
                name,
                Refusal::Leased {
                    holder: other.holder,
                    until: other.until,
                },
            ),
            None => PublishError::Overtaken {
                target: name.to_owned(),
                epoch: lease.epoch,
            },
        }),
    }
}

/// A lease that was taken.
#[derive(Debug)]
pub(super) struct Held {
    lease: Lease,
    version: Version,
}

impl Held {
    /// Gives it back. Somebody who took it over meanwhile keeps it, and one that cannot be given
    /// back ends by itself, so there is nothing to report.
    pub(super) fn give_back(self, target: &dyn Target, now: Moment) {
        let lease = Lease {
            until: now,
            ..self.lease
        };
        let _ = target.swap(&path(), Some(&self.version), &to_canonical_json(&lease));
    }
}

/// A lease of this format.
pub(super) fn lease(holder: &str, epoch: u64, until: Moment) -> Lease {
    Lease {
        format: FORMAT,
        holder: holder.to_owned(),
        epoch,
        until,
    }
}

fn path() -> crate::site_path::SitePath {
    state_path("lease")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lease_bars_others_until_it_ends() {
        let lease = lease("ada", 1, Moment::new(100));
        assert!(lease.bars("bob", Moment::new(99)));
        assert!(!lease.bars("bob", Moment::new(100)));
        assert!(!lease.bars("ada", Moment::new(0)));
    }
}
