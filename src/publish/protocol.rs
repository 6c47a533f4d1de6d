//! One publish from lease to record. A crash after any line, followed by another run, ends where
//! an undisturbed run ends.
//!
//! ```text
//! prepare   read pointer and lease, list what is live, decide        (a dry run stops here)
//! lease     take it, epoch = the newest + 1, and renew it from now on; whoever loses it stops before
//!           the next step; then set the fence in the pointer to that epoch
//! upload    a new tree: assets, documents, pages, feeds; what the target has is kept, not sent
//! verify    every file of the tree is what was put there: hashed, or known by its tag
//! switch    make it live, unless the fence has moved
//! smoke     ask for the routes; if one fails, switch back and deny the release
//! record    append to the log
//! collect   remove copies that went out of use long ago, and name the record in the pointer
//! ```

use std::collections::BTreeSet;
use std::sync::Mutex;

use crate::publish::contested::contested;
use crate::publish::error::PublishError;
use crate::publish::finish::retain;
use crate::publish::garbage;
use crate::publish::lease::{self, Held};
use crate::publish::moment::Moment;
use crate::publish::plan::Plan;
use crate::publish::reconcile::Outcome;
use crate::publish::record::{Deployment, FORMAT, Kind, Link, Verdict};
use crate::publish::request::{Prepared, Request, prepare};
use crate::publish::seal::is_begun;
use crate::publish::state::{Pointer, Retained, state_path};
use crate::release::Manifest;
use crate::site_path::SitePath;
use crate::targets::{Object, POINTER, Swap, Tree, Version};

/// What a publish did.
#[derive(Debug, Clone)]
pub struct Published {
    /// What ought to have been done, and was.
    pub outcome: Outcome,
    /// What that changed.
    pub plan: Plan,
    /// The record, unless nothing had to be done.
    pub deployment: Option<Deployment>,
    /// Where hand-edited files were saved, below `.tympan/` at the target.
    pub saved: Vec<SitePath>,
    /// Why older copies could not be removed. The release is live all the same.
    pub leftover: Option<String>,
}

/// Brings a target to its desired state.
pub fn publish(request: &Request<'_>) -> Result<Published, PublishError> {
    let prepared = prepare(request)?;
    match &prepared.outcome {
        Outcome::Refuse(refusal) => {
            return Err(PublishError::refused(request.name, refusal.clone()));
        }
        Outcome::UpToDate => {
            // Whoever holds the lease may be about to write the record that is missing.
            let lease = prepared.state.lease.as_ref();
            let barred = lease.is_some_and(|lease| lease.bars(request.holder, request.now()));
            if prepared.unrecorded.is_none() || barred {
                return Ok(nothing_done(prepared));
            }
        }
        Outcome::Publish | Outcome::Heal => {}
    }
    let epoch = next_epoch(request, &prepared)?;
    let held = lease::take(request, epoch, prepared.lease_version.as_ref())?;
    held.during(|held| {
        Session::begin(request, held, &prepared, epoch).and_then(|session| session.run(&prepared))
    })
}

fn nothing_done(prepared: Prepared) -> Published {
    Published {
        outcome: prepared.outcome,
        plan: prepared.plan,
        deployment: None,
        saved: Vec::new(),
        leftover: None,
    }
}

/// One more than any epoch that the target knows of.
fn next_epoch(request: &Request<'_>, prepared: &Prepared) -> Result<u64, PublishError> {
    let pointer = prepared.state.pointer.as_ref();
    let known = [
        prepared.state.lease.as_ref().map(|lease| lease.epoch),
        pointer.map(|pointer| pointer.fence),
        pointer.and_then(Pointer::last).map(|last| last.epoch),
        prepared.observed.tree.map(|tree| tree.epoch),
    ];
    let newest = known.into_iter().flatten().max().unwrap_or(0);
    // Beyond 2^53 a JSON number is no longer exact everywhere.
    newest
        .checked_add(1)
        .filter(|epoch| *epoch < 1 << 53)
        .ok_or_else(|| PublishError::Unreadable {
            target: request.name.to_owned(),
            path: state_path(POINTER),
            reason: format!("epoch {newest} is too large"),
        })
}

/// A publish that holds the lease and has set the fence.
pub(super) struct Session<'a> {
    pub(super) request: &'a Request<'a>,
    pub(super) epoch: u64,
    pub(super) held: &'a Held<'a>,
    began: Moment,
    pub(super) pointer: Pointer,
    pub(super) version: Version,
    /// Whether the pointer at the target names the newest record that this one knows.
    pub(super) is_noted: bool,
    /// The newest record that somebody vouched for when this publish began.
    pub(super) vouched: Option<Link>,
    /// What is sent anew although it stands there, once.
    pub(super) contested: Mutex<BTreeSet<SitePath>>,
}

impl<'a> Session<'a> {
    /// Sets the fence, so that nobody with an older epoch switches any more.
    fn begin(
        request: &'a Request<'a>,
        held: &'a Held<'a>,
        prepared: &Prepared,
        epoch: u64,
    ) -> Result<Self, PublishError> {
        let environment = &request.environment.name;
        let known = prepared.state.pointer.clone();
        let mut pointer = known.unwrap_or_else(|| Pointer::first(environment));
        pointer.environment.clone_from(environment);
        pointer.fence = epoch;
        if prepared.outcome != Outcome::UpToDate {
            let release = prepared.plan.release;
            let until = request.now();
            let tree = Tree { epoch, release };
            pointer.begun.push(Retained { tree, until });
        }
        let expected = prepared.pointer_version.as_ref();
        match request
            .target
            .swap(&state_path(POINTER), expected, &pointer.to_json())?
        {
            Swap::Lost => Err(request.overtaken(epoch)),
            Swap::Done(version) => Ok(Self {
                request,
                epoch,
                held,
                began: request.now(),
                pointer,
                version,
                is_noted: true,
                vouched: prepared.vouched,
                contested: Mutex::default(),
            }),
        }
    }

    /// Stands before every step: whoever lost the lease takes none.
    pub(super) fn goes_on(&self) -> Result<(), PublishError> {
        self.held.check()
    }

    fn run(mut self, prepared: &Prepared) -> Result<Published, PublishError> {
        let (mut deployment, mut saved) = (None, Vec::new());
        let resumed = prepared.unrecorded.as_ref().filter(|last| {
            prepared.outcome == Outcome::UpToDate && Some(*last) == self.pointer.live.as_ref()
        });
        if let Some(live) = resumed {
            deployment = Some(self.finish(live.clone(), &prepared.files)?);
        } else {
            if let Some(last) = &prepared.unrecorded {
                let (target, signing) = (self.request.target, self.request.signing);
                if is_begun(target, signing, last)? {
                    self.seal_record(last)?;
                }
                self.record(last)?;
            }
            if prepared.outcome != Outcome::UpToDate {
                if prepared.keeps_drift(self.request) {
                    saved = self.save(prepared)?;
                }
                let made = self.make_live(prepared)?;
                deployment = Some(self.finish(made, &prepared.files)?);
            }
        }
        let leftover = self.collect().err().map(|error| error.to_string());
        Ok(Published {
            outcome: prepared.outcome.clone(),
            plan: prepared.plan.clone(),
            deployment,
            saved,
            leftover,
        })
    }

    /// Copies files that differ to where their author finds them.
    fn save(&self, prepared: &Prepared) -> Result<Vec<SitePath>, PublishError> {
        let folder = state_path(&format!("drift/{}", self.epoch));
        let mut saved = Vec::new();
        for path in prepared.state.drift.edits() {
            let live = self.request.target.read(&Object::Live(path.clone()))?;
            if let Some(live) = live {
                let place = folder.join(path);
                // The folder bears our epoch, so what may stand there we wrote ourselves.
                let _ = self.request.target.swap(&place, None, &live.bytes)?;
                saved.push(place);
            }
        }
        Ok(saved)
    }

    /// Lays the release out, verifies it and switches to it.
    fn make_live(&mut self, prepared: &Prepared) -> Result<Deployment, PublishError> {
        let request = self.request;
        let tree = Tree {
            epoch: self.epoch,
            release: prepared.plan.release,
        };
        self.describe(&tree.release, request.release)?;
        self.keep_the_way_back(&prepared.plan)?;
        self.contested = Mutex::new(contested(
            request.target,
            &self.pointer,
            self.epoch,
            &prepared.files,
            request.now(),
        )?);
        let bytes_sent = self.lay_out(tree, &prepared.files)?;
        let live = self.pointer.live.as_ref();
        let kind = match prepared.outcome {
            Outcome::Heal => Kind::Heal,
            _ => request.kind,
        };
        let deployment = Deployment {
            format: FORMAT,
            epoch: self.epoch,
            environment: request.environment.name.clone(),
            target: request.name.to_owned(),
            release: tree.release,
            previous: live.map(|live| live.release),
            kind,
            source: request.release.source.commit.clone(),
            overlay: prepared.overlay.clone(),
            who: request.who.to_owned(),
            at: self.began,
            prev: self.last_link()?,
            files: prepared.plan.counts(),
            bytes_sent,
            result: Verdict::Unconfirmed,
            reason: None,
        };
        let mut pointer = self.pointer.clone();
        let left = live
            .map(Deployment::tree)
            .into_iter()
            .chain(prepared.observed.tree);
        for tree in left {
            retain(&mut pointer, tree, self.request.now());
        }
        pointer.begun.retain(|one| one.tree != tree);
        pointer.live = Some(deployment.clone());
        pointer.undone = None;
        pointer
            .denied
            .retain(|denied| denied.release != tree.release);
        if let Some(hold) = &request.environment.hold {
            pointer.deny(&hold.deny, &hold.reason);
        }
        // Whoever finds no record after a crash must not have to take the pointer's word.
        self.seal_begun(&deployment)?;
        self.switch(tree, pointer)?;
        Ok(deployment)
    }

    /// Fills a tree and makes sure of it; tells how many bytes were sent. Where trees share one set of
    /// names, somebody who lost the lease may still have been writing his last file; it is sent again.
    fn lay_out(&self, tree: Tree, files: &Manifest) -> Result<u64, PublishError> {
        let mut sent = 0;
        for left in (0..3).rev() {
            let laid_out = self.upload(tree, files).and_then(|bytes| {
                sent += bytes;
                self.verify(tree, files)
            });
            // Whoever took over may have cleared the tree away; that it did is what must be told.
            self.goes_on()?;
            match laid_out {
                // What was seen just now may be what a later publish wrote.
                Err(PublishError::Mismatch { .. }) if left > 0 => self.held.confirm()?,
                done => return done.map(|()| sent),
            }
        }
        Ok(sent)
    }

    /// Makes a tree live, unless another publish has moved the fence.
    pub(super) fn switch(&mut self, tree: Tree, pointer: Pointer) -> Result<(), PublishError> {
        self.goes_on()?;
        let bytes = pointer.to_json();
        match self.request.target.switch(tree, &self.version, &bytes)? {
            Swap::Lost => Err(self.request.overtaken(self.epoch)),
            Swap::Done(version) => {
                (self.pointer, self.version) = (pointer, version);
                self.is_noted = true;
                Ok(())
            }
        }
    }

    /// Writes the pointer anew, where only what it remembers has changed.
    pub(super) fn write_pointer(&mut self) -> Result<(), PublishError> {
        let (path, bytes) = (state_path(POINTER), self.pointer.to_json());
        match (self.request.target).swap(&path, Some(&self.version), &bytes)? {
            Swap::Done(version) => (self.version, self.is_noted) = (version, true),
            // Whoever published since then keeps the longer list and clears it later.
            Swap::Lost => {}
        }
        Ok(())
    }

    fn collect(&mut self) -> Result<(), PublishError> {
        self.goes_on()?;
        let (target, ours) = (self.request.target, || self.held.confirm());
        let collected = garbage::collect(target, &self.pointer, self.request.now(), &ours);
        let (left, fault) = match collected {
            Ok(left) => (left, None),
            Err(error) => (self.pointer.clone(), Some(error)),
        };
        if left != self.pointer || !self.is_noted {
            self.pointer = left;
            self.write_pointer()?;
        }
        fault.map_or(Ok(()), Err)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::config::Hold;
    use crate::publish::history::history;
    use crate::publish::status::status;
    use crate::publish::testing::{manifest_of, place, read_all};

    #[test]
    fn the_second_release_is_exactly_what_is_live() {
        let place = place();
        let a = place.release(&[("index.html", "one"), ("a/old.html", "x"), ("pic.png", "p")]);
        let b = place.release(&[("index.html", "two"), ("pic.png", "p"), ("feed.xml", "f")]);
        let first = place.publish(&a, 1000).unwrap();
        assert_eq!(
            first.deployment.as_ref().map(|done| done.bytes_sent),
            Some(5)
        );
        assert_eq!(read_all(&place.live()), manifest_of(&a));
        let second = place.publish(&b, 2000).unwrap().deployment.unwrap();
        assert_eq!(read_all(&place.live()), manifest_of(&b));
        assert_eq!((second.epoch, second.bytes_sent), (2, 4));
        let files = second.files;
        assert_eq!((files.added, files.modified, files.removed), (1, 1, 1));
        assert_eq!(second.previous, Some(a.digest()));
        assert!(place.publish(&b, 3000).unwrap().deployment.is_none());
        let status = status(place.target(), "web", Some(b.digest())).unwrap();
        assert!(status.is_converged(), "{status:?}");
        assert_eq!(status.live.unwrap().result, Verdict::Healthy);
        let history = history(place.target(), "web").unwrap();
        assert_eq!((history.records.len(), history.findings.len()), (2, 0));
    }

    #[test]
    fn what_was_rolled_back_stays_denied_at_the_target_for_whoever_does_not_know_of_it() {
        let mut place = place();
        let (good, bad) = (
            place.release(&[("index.html", "good")]),
            place.release(&[("index.html", "bad")]),
        );
        place.publish(&good, 0).unwrap();
        place.publish(&bad, 1000).unwrap();
        let old = place.environment.clone();
        place.environment.release = Some(good.digest());
        place.environment.hold = Some(Hold {
            reason: "worse".to_owned(),
            deny: vec![bad.digest()],
        });
        place.publish(&good, 2000).unwrap();
        // A job with an older checkout, and anybody after the hold.
        place.environment = old;
        let refused = place.publish(&bad, 3000).unwrap_err().to_string();
        assert!(refused.contains("is denied: worse"), "{refused}");
        assert_eq!(read_all(&place.live()), manifest_of(&good));
        let retry = Request {
            retry: true,
            ..place.request(&bad, 4000)
        };
        publish(&retry).unwrap();
        assert!(place.publish(&bad, 5000).unwrap().deployment.is_none());
    }

    #[test]
    fn files_that_others_put_beside_are_left_alone() {
        let place = place();
        fs::create_dir(place.web()).unwrap();
        fs::write(place.web().join("notes.txt"), "mine").unwrap();
        place
            .publish(&place.release(&[("index.html", "one")]), 0)
            .unwrap();
        assert_eq!(
            fs::read_to_string(place.web().join("notes.txt")).unwrap(),
            "mine"
        );
    }
}
