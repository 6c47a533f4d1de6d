//! Laying a release out at a target, in the order in which a reader may meet its files, and making
//! sure that what lies there is the release.

use crate::digest::Digest;
use crate::progress::{Event, Stage};
use crate::publish::error::PublishError;
use crate::publish::flight::{Try, fly};
use crate::publish::plan::plan;
use crate::publish::protocol::Session;
use crate::publish::state::release_path;
use crate::release::{File, Manifest, Release};
use crate::targets::{Capability, Object, Swap, TargetError, Tree, View};

impl Session<'_> {
    /// Keeps the release's own JSON at the target: drift is judged by it, and a flat target finds
    /// in it what a publish left behind.
    pub(super) fn describe(&self, digest: &Digest, release: &Release) -> Result<(), PublishError> {
        let path = release_path(digest);
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
    pub(super) fn upload(&self, tree: Tree, release: &Release) -> Result<u64, PublishError> {
        let changes = Manifest::default().changes_to(&release.files);
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
            if target.keep(tree, file)? {
                return Ok(0);
            }
            let bytes = self.request.store.blob(&file.sha256).map_err(|source| {
                let path = file.path.clone();
                PublishError::Store { path, source }
            })?;
            target.put(tree, file, &bytes)?;
            Ok(file.size)
        };
        match put() {
            Ok(sent) => {
                (self.request.progress)(Event::Stepped {
                    stage: Stage::Write,
                    path: file.path.clone(),
                });
                Try::Done(sent)
            }
            Err(error @ PublishError::Target(TargetError::Busy { .. })) => Try::Busy(error),
            Err(error) => Try::Failed(error),
        }
    }

    /// Makes sure that every file of a tree is what was put there.
    pub(super) fn verify(&self, tree: Tree, release: &Release) -> Result<(), PublishError> {
        let target = self.request.target;
        let observed = target.observe(View::Tree(tree))?;
        let plan = plan(release, &observed);
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
            Some(path) => Err(PublishError::Mismatch {
                target: self.request.name.to_owned(),
                path,
            }),
        }
    }
}
