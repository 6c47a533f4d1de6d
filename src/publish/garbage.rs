//! Which copies of older releases may go. Never one that this publish put out of use: a reader who
//! has its page may still ask for its images.

use std::collections::BTreeSet;

use crate::publish::error::PublishError;
use crate::publish::moment::Moment;
use crate::publish::state::{Pointer, Retained, known_release};
use crate::site_path::SitePath;
use crate::targets::{Capability, Target, Tree};

/// How long a copy stays after it stopped being live.
const GRACE: i64 = 24 * 60 * 60;

/// Splits the retained copies of a pointer into those that stay and those that may go.
///
/// What stays: the newest, whatever it is; the newest of a release that is neither live nor
/// denied, which is where a rollback goes; and all that stopped being live less than a day ago.
pub(super) fn sort(pointer: &Pointer, now: Moment) -> (Vec<Retained>, Vec<Retained>) {
    let live = pointer.live.as_ref().map(|live| live.release);
    let good = |one: &Retained| {
        Some(one.tree.release) != live && pointer.denial(&one.tree.release).is_none()
    };
    let rollback = pointer.retained.iter().position(good);
    let stays =
        |at: usize, one: &Retained| at == 0 || Some(at) == rollback || one.until.after(GRACE) > now;
    let (stay, go): (Vec<_>, Vec<_>) = pointer
        .retained
        .iter()
        .enumerate()
        .partition(|(at, one)| stays(*at, one));
    let plain = |list: Vec<(usize, &Retained)>| list.into_iter().map(|(_, one)| *one).collect();
    (plain(stay), plain(go))
}

/// Removes from a target what may go, and says which copies stay.
pub(super) fn collect(
    target: &dyn Target,
    pointer: &Pointer,
    now: Moment,
) -> Result<Vec<Retained>, PublishError> {
    let (stay, go) = sort(pointer, now);
    let live = pointer
        .live
        .iter()
        .map(crate::publish::record::Deployment::tree);
    let keep: Vec<Tree> = live.chain(stay.iter().map(|one| one.tree)).collect();
    let stale = if target.capabilities().has(Capability::SideBySide) {
        Vec::new()
    } else {
        let go: Vec<Tree> = go.iter().map(|one| one.tree).collect();
        let kept = paths(target, &keep)?;
        let gone = paths(target, &go)?;
        match (kept, gone) {
            // Where a list is lost nobody can tell what is still in use.
            (Some(kept), Some(gone)) => gone.difference(&kept).cloned().collect(),
            _ => Vec::new(),
        }
    };
    target.collect(&keep, &stale)?;
    Ok(stay)
}

fn paths(target: &dyn Target, trees: &[Tree]) -> Result<Option<BTreeSet<SitePath>>, PublishError> {
    let mut paths = BTreeSet::new();
    for tree in trees {
        let Some(release) = known_release(target, &tree.release)? else {
            return Ok(None);
        };
        paths.extend(release.files.files().iter().map(|file| file.path.clone()));
    }
    Ok(Some(paths))
}
