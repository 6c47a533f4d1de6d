//! What follows a switch: the test of what is live, the way back if it fails, and the record.

use crate::digest::Digest;
use crate::publish::error::PublishError;
use crate::publish::moment::Moment;
use crate::publish::protocol::{Session, overtaken};
use crate::publish::record::{Deployment, Kind, Link, Verdict};
use crate::publish::smoke;
use crate::publish::state::{Denied, Pointer, Retained, known_release, record_path, state_path};
use crate::targets::{Capability, Object, POINTER, Swap, Tree};

impl Session<'_> {
    /// Tests what is live and writes the record, after going back if the test failed.
    pub(super) fn finish(
        &mut self,
        mut deployment: Deployment,
    ) -> Result<Deployment, PublishError> {
        let Some(failure) = smoke::test(self.request) else {
            deployment.result = Verdict::Healthy;
            self.record(&deployment)?;
            return Ok(deployment);
        };
        deployment.result = Verdict::Failed;
        deployment.reason = Some(failure.clone());
        let back = self.go_back(&deployment, &failure)?;
        self.record(&deployment)?;
        Err(PublishError::Smoke {
            target: self.request.name.to_owned(),
            release: deployment.release,
            reason: failure,
            back,
        })
    }

    /// Makes the release before a failed one live again and denies the failed one. A heal is not
    /// taken back: before it stood the same release, damaged.
    fn go_back(
        &mut self,
        failed: &Deployment,
        reason: &str,
    ) -> Result<Option<Digest>, PublishError> {
        let mut pointer = self.pointer.clone();
        if failed.kind != Kind::Heal {
            pointer
                .denied
                .retain(|denied| denied.release != failed.release);
            pointer.denied.push(Denied {
                release: failed.release,
                reason: format!("the smoke test failed on {reason}"),
            });
        }
        let previous = self.before(failed)?;
        let Some(previous) = previous else {
            pointer.live = Some(failed.clone());
            let expected = Some(&self.version);
            let path = state_path(POINTER);
            return match self
                .request
                .target
                .swap(&path, expected, &pointer.to_json())?
            {
                Swap::Lost => Err(overtaken(self.request, self.epoch)),
                Swap::Done(version) => {
                    (self.pointer, self.version) = (pointer, version);
                    Ok(None)
                }
            };
        };
        let tree = previous.tree();
        if !self
            .request
            .target
            .capabilities()
            .has(Capability::SideBySide)
            && let Some(release) = known_release(self.request.target, &previous.release)?
        {
            self.upload(tree, &release)?;
        }
        let release = previous.release;
        retain(&mut pointer, failed.tree(), self.now);
        pointer.retained.retain(|one| one.tree != tree);
        pointer.live = Some(previous);
        pointer.undone = Some(failed.clone());
        self.switch(tree, pointer)?;
        Ok(Some(release))
    }

    /// The deployment whose copy was live before a failed one, if it can be live again.
    fn before(&self, failed: &Deployment) -> Result<Option<Deployment>, PublishError> {
        let Some(release) = failed.previous.filter(|release| *release != failed.release) else {
            return Ok(None);
        };
        let mut retained = self.pointer.retained.iter();
        let Some(one) = retained.find(|one| one.tree.release == release) else {
            return Ok(None);
        };
        let record = Object::State(record_path(one.tree.epoch));
        let found = self.request.target.read(&record)?;
        Ok(found
            .and_then(|found| serde_json::from_slice::<Deployment>(&found.bytes).ok())
            .filter(|record| record.tree() == one.tree))
    }

    /// How the next record names the newest one.
    pub(super) fn last_link(&self) -> Result<Option<Link>, PublishError> {
        let Some(last) = self.pointer.last() else {
            return Ok(None);
        };
        let record = Object::State(record_path(last.epoch));
        let found = self.request.target.read(&record)?;
        Ok(found.map(|found| Link {
            epoch: last.epoch,
            sha256: Digest::of(&found.bytes),
        }))
    }

    /// Appends a record. One that stands there already is left if it tells of the same deployment.
    pub(super) fn record(&self, deployment: &Deployment) -> Result<(), PublishError> {
        let path = record_path(deployment.epoch);
        match self
            .request
            .target
            .swap(&path, None, &deployment.to_json())?
        {
            Swap::Done(_) => return Ok(()),
            Swap::Lost => {}
        }
        let found = self.request.target.read(&Object::State(path.clone()))?;
        let same = found
            .and_then(|found| serde_json::from_slice::<Deployment>(&found.bytes).ok())
            .is_some_and(|record| record.tree() == deployment.tree());
        if same {
            return Ok(());
        }
        Err(PublishError::Unreadable {
            target: self.request.name.to_owned(),
            path,
            reason: "it tells of another deployment".to_owned(),
        })
    }
}

/// Notes that a tree stopped being live.
pub(super) fn retain(pointer: &mut Pointer, tree: Tree, until: Moment) {
    pointer.retained.retain(|one| one.tree != tree);
    pointer.retained.insert(0, Retained { tree, until });
}
