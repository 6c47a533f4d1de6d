//! Laying a release out at a target, in the order in which a reader may meet its files, and making
//! sure that what lies there is the release.

use std::collections::BTreeSet;
use std::sync::{MutexGuard, PoisonError};

use crate::digest::Digest;
use crate::progress::{Event, Stage};
use crate::publish::error::PublishError;
use crate::publish::flight::{Try, fly, tried};
use crate::publish::plan::{Plan, plan};
use crate::publish::protocol::Session;
use crate::publish::state::release_path;
use crate::release::{Change, File, Manifest, Release};
use crate::site_path::SitePath;
use crate::targets::{Capability, Object, Put, Swap, Tree, View};

/// How often a file is put in the place of what somebody else has written there meanwhile.
const LOOKS: usize = 3;

impl Session<'_> {
    /// Keeps the release's own JSON at the target: drift is judged by it, and a flat target finds
    /// in it what a publish left behind.
    pub(super) fn describe(&self, digest: &Digest, release: &Release) -> Result<(), PublishError> {
        let path = release_path(digest);
        self.seal_release(digest, &release.to_json())?;
        let found = self.request.target.read(&Object::State(path.clone()))?;
        if found
            .as_ref()
            .is_some_and(|found| Digest::of(&found.bytes) == *digest)
        {
            return Ok(());
        }
        let expected = found.map(|found| found.version);
        match self
            .request
            .target
            .swap(&path, expected.as_ref(), &release.to_json())?
        {
            Swap::Done(_) => Ok(()),
            Swap::Lost => Err(self.request.overtaken(self.epoch)),
        }
    }

    /// Fills a tree, and tells how many bytes had to be sent.
    pub(super) fn upload(&self, tree: Tree, files: &Manifest) -> Result<u64, PublishError> {
        let changes = Manifest::default().changes_to(files);
        let uploads = changes.uploads();
        let tell = self.request.progress;
        let stage = Stage::Write;
        tell(Event::Started {
            stage,
            total: uploads.len(),
        });
        let mut sent = 0;
        // All files of one role before any of the next: on a flat target a reader meets them as
        // they come.
        for files in uploads.chunk_by(|a, b| a.role == b.role) {
            let sizes = fly(files, |file| file.size, |file| self.send(tree, file))?;
            sent += sizes.iter().sum::<u64>();
        }
        tell(Event::Finished { stage });
        Ok(sent)
    }

    /// Puts one file into a tree, and tells how many bytes had to be sent.
    fn send(&self, tree: Tree, file: &File) -> Try<u64, PublishError> {
        let target = self.request.target;
        let put = || {
            self.goes_on()?;
            let is_contested = self.contested().contains(&file.path);
            // What is nowhere else can only be kept.
            let sends_anew = is_contested && self.request.store.has(&file.sha256);
            if !sends_anew && target.keep(tree, file)? {
                return Ok(0);
            }
            let bytes = self.request.store.blob(&file.sha256).map_err(|source| {
                let path = file.path.clone();
                PublishError::Store { path, source }
            })?;
            for _ in 0..LOOKS {
                let put = match is_contested {
                    true => target.put_anew(tree, file, &bytes)?,
                    false => target.put(tree, file, &bytes)?,
                };
                match put {
                    Put::Done => {
                        self.contested().remove(&file.path);
                        return Ok(file.size);
                    }
                    // By the hand of somebody, or by a later publish, in whose way we would be.
                    Put::Lost => self.held.confirm()?,
                }
            }
            Err(self.mismatch(file.path.to_string()))
        };
        let sent = put();
        if let Ok(bytes) = sent {
            let tell = self.request.progress;
            tell(Event::Sent(bytes));
            tell(Event::Stepped {
                stage: Stage::Write,
                path: file.path.clone(),
            });
        }
        tried(sent)
    }

    /// Where files are written over, fetches what they hold now, unless it is here: a smoke test that
    /// fails needs it again, and then it is nowhere else.
    pub(super) fn keep_the_way_back(&self, plan: &Plan) -> Result<(), PublishError> {
        let (target, store) = (self.request.target, self.request.store);
        if target.capabilities().has(Capability::SideBySide) {
            return Ok(());
        }
        let lost: Vec<&File> = (plan.changes.0.iter())
            .filter_map(|change| match change {
                Change::Modified(old, _) if !store.has(&old.sha256) => Some(old),
                _ => None,
            })
            .collect();
        let fetch = |file: &File| {
            self.goes_on()?;
            let found = target.read(&Object::Live(file.path.clone()))?;
            // What was edited meanwhile is no way back.
            let Some(found) = found.filter(|found| Digest::of(&found.bytes) == file.sha256) else {
                return Ok(());
            };
            store
                .put_named(&file.sha256, &found.bytes)
                .map_err(|source| {
                    let path = file.path.clone();
                    PublishError::Store { path, source }
                })
        };
        fly(&lost, |file| file.size, |file| tried(fetch(file)))?;
        Ok(())
    }

    /// Makes sure that every file of a tree is what was put there.
    pub(super) fn verify(&self, tree: Tree, files: &Manifest) -> Result<(), PublishError> {
        let target = self.request.target;
        let observed = target.observe(View::Tree(tree))?;
        let plan = plan(tree.release, files, &observed);
        let alone = target.capabilities().has(Capability::SideBySide);
        let differs = plan
            .changes
            .0
            .iter()
            .find(|change| alone || change.after().is_some());
        let stranger = observed.strangers.first().filter(|_| alone);
        let path = differs.map(|change| change.path().to_string());
        match path.or_else(|| stranger.cloned()) {
            None => Ok(()),
            Some(path) => Err(self.mismatch(path)),
        }
    }

    fn contested(&self) -> MutexGuard<'_, BTreeSet<SitePath>> {
        let contested = self.contested.lock();
        contested.unwrap_or_else(PoisonError::into_inner)
    }

    fn mismatch(&self, path: String) -> PublishError {
        PublishError::Mismatch {
            target: self.request.name.to_owned(),
            path,
        }
    }
}
