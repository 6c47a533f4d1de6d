//! Which files a publish that hangs may still be about to put or to remove, in a target with one set of
//! names. They are sent anew although they stand there, so that what the other one saw is not what
//! stands there when it goes on, and the condition on which it does so does not hold.

use std::collections::BTreeSet;

use crate::publish::error::PublishError;
use crate::publish::garbage;
use crate::publish::moment::Moment;
use crate::publish::overlay::{self, laid};
use crate::publish::state::{Pointer, known_release};
use crate::release::{File, Manifest};
use crate::site_path::SitePath;
use crate::targets::{Capability, Target};

/// The files of `files` that others than the publish with this epoch may still put or remove, as the
/// pointer tells.
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
    let live = live_files(target, pointer)?;
    let is_live = |ours: &File| {
        let live = live.get(&ours.path);
        live.is_some_and(|live| live.sha256 == ours.sha256)
    };
    let last = pointer.last().map_or(0, |last| last.epoch);
    let others = pointer.begun.iter().map(|begun| begun.tree);
    for other in others.filter(|tree| tree.epoch != epoch) {
        let Some(release) = known_release(target, &other.release)? else {
            continue;
        };
        // Whoever made live what is live wrote it so that none before takes its place, and what it did
        // not change will not be taken for what they saw.
        let is_settled = other.epoch < last;
        let is_contested = |ours: &&File| {
            let theirs = release.files.get(&ours.path);
            let may_differ = overlay::PATHS.contains(&ours.path.as_str())
                || theirs.is_some_and(|theirs| theirs.sha256 != ours.sha256);
            may_differ && !(is_settled && is_live(ours))
        };
        let found = files.files().iter().filter(is_contested);
        contested.extend(found.map(|file| file.path.clone()));
    }
    // What may go now, the publish before this one may be about to remove.
    let (_, gone) = garbage::going(target, pointer, now)?;
    for tree in gone {
        let gone = known_release(target, &tree.release)?;
        let gone = gone.map(|gone| gone.files).unwrap_or_default();
        let theirs = gone.files().iter().map(|file| &file.path);
        let back = theirs.filter(|path| live.get(path).is_none() && files.get(path).is_some());
        contested.extend(back.cloned());
    }
    Ok(contested)
}

/// The files of what is live, as far as it is known.
fn live_files(target: &dyn Target, pointer: &Pointer) -> Result<Manifest, PublishError> {
    let Some(live) = &pointer.live else {
        return Ok(Manifest::default());
    };
    let release = known_release(target, &live.release)?;
    Ok(release.map_or_else(Manifest::default, |release| {
        laid(&release.files, &live.overlay)
    }))
}
