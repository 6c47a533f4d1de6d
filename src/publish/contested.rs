//! Which files a publish that hangs may still be about to put or to remove, in a target with one set of
//! names. They are sent anew although they stand there, so that what the other one saw is not what
//! stands there when it goes on, and the condition on which it does so does not hold.

use std::collections::BTreeSet;

use crate::publish::error::PublishError;
use crate::publish::garbage;
use crate::publish::moment::Moment;
use crate::publish::record::Deployment;
use crate::publish::state::{Pointer, known_release};
use crate::release::{File, Manifest};
use crate::site_path::SitePath;
use crate::targets::{Capability, Target};

/// The files of `files` that others may still put or remove, as the pointer tells that `epoch` found.
pub(super) fn contested(
    target: &dyn Target,
    pointer: &Pointer,
    epoch: u64,
    files: &Manifest,
    now: Moment,
) -> Result<BTreeSet<SitePath>, PublishError> {
    let promised = target.capabilities();
    let mut contested = BTreeSet::new();
    if promised.has(Capability::SideBySide) || !promised.has(Capability::ConditionalFiles) {
        return Ok(contested);
    }
    // Of those that began before, whoever made a release live has answered.
    let last = pointer.last().map_or(0, |last| last.epoch);
    for begun in &pointer.begun {
        if (last + 1..epoch).contains(&begun.tree.epoch)
            && let Some(release) = known_release(target, &begun.tree.release)?
        {
            let differs = |theirs: &&File| {
                let ours = files.get(&theirs.path);
                ours.is_some_and(|ours| ours.sha256 != theirs.sha256)
            };
            let theirs = release.files.files().iter().filter(differs);
            contested.extend(theirs.map(|file| file.path.clone()));
        }
    }
    // What may go now, the publish before this one may be about to remove.
    let (_, gone) = garbage::sort(pointer, now);
    let live = pointer.live.as_ref().map(Deployment::tree);
    for tree in gone.iter().map(|one| one.tree) {
        let (Some(gone), Some(live)) = (
            known_release(target, &tree.release)?,
            live.map(|live| known_release(target, &live.release)),
        ) else {
            continue;
        };
        let live = live?.map(|live| live.files).unwrap_or_default();
        let theirs = gone.files.files().iter().map(|file| &file.path);
        let back = theirs.filter(|path| live.get(path).is_none() && files.get(path).is_some());
        contested.extend(back.cloned());
    }
    Ok(contested)
}
