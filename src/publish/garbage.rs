//! Which copies of older releases may go. Never one that this publish put out of use: a reader who
//! has its page may still ask for its images.

use std::collections::BTreeSet;

use crate::publish::error::PublishError;
use crate::publish::moment::Moment;
use crate::publish::state::{Pointer, Retained, known_release};
use crate::site_path::SitePath;
use crate::targets::{Capability, Target, TargetError, Tree};

/// How long a copy stays after it stopped being live.
const GRACE: i64 = 24 * 60 * 60;
/// How often it is tried to remove what somebody else has written meanwhile.
const LOOKS: usize = 3;

/// Splits the retained copies of a pointer into those that stay and those that may go.
///
/// What stays: the newest, whatever it is; the newest of a release that is neither live nor
/// denied, which is where a rollback goes; and all that stopped being live less than a day ago.
fn sort(pointer: &Pointer, now: Moment) -> (Vec<Retained>, Vec<Retained>) {
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

/// The retained copies that stay, and everything that may go: those of them that do not stay, and what
/// was broken off long ago.
pub(super) fn going(
    target: &dyn Target,
    pointer: &Pointer,
    now: Moment,
) -> Result<(Vec<Retained>, Vec<Tree>), PublishError> {
    let (stay, go) = sort(pointer, now);
    let mut go: Vec<Tree> = go.iter().map(|one| one.tree).collect();
    for broken_off in pointer.begun.iter().filter(|one| is_over(one, now)) {
        // The release's own JSON comes before its files.
        if known_release(target, &broken_off.tree.release)?.is_some() {
            go.push(broken_off.tree);
        }
    }
    Ok((stay, go))
}

fn is_over(one: &Retained, now: Moment) -> bool {
    one.until.after(GRACE) <= now
}

/// Removes from a target what may go, and gives the pointer as it is after that. Files that share one
/// set of names with a later publish's are removed only if `ours` says that there is none.
pub(super) fn collect(
    target: &dyn Target,
    pointer: &Pointer,
    now: Moment,
    ours: &dyn Fn() -> Result<(), PublishError>,
) -> Result<Pointer, PublishError> {
    let (stay, go) = going(target, pointer, now)?;
    let live = pointer
        .live
        .iter()
        .map(crate::publish::record::Deployment::tree);
    let keep: Vec<Tree> = live.chain(stay.iter().map(|one| one.tree)).collect();
    // The lists are long: they are read only if something may go.
    let stale = if go.is_empty() || target.capabilities().has(Capability::SideBySide) {
        Vec::new()
    } else {
        let kept = paths(target, &keep)?;
        let gone = paths(target, &go)?;
        match (kept, gone) {
            // Where a list is lost nobody can tell what is still in use.
            (Some(mut kept), Some(gone)) => {
                let live = pointer.live.iter().flat_map(|live| &live.overlay);
                kept.extend(live.map(|file| file.path.clone()));
                gone.difference(&kept).cloned().collect()
            }
            _ => Vec::new(),
        }
    };
    for left in (0..LOOKS).rev() {
        if !stale.is_empty() {
            ours()?;
        }
        match target.collect(&keep, &stale) {
            // It has looked again at what was another by now.
            Err(TargetError::Busy { .. }) if left > 0 => {}
            collected => {
                collected?;
                break;
            }
        }
    }
    let mut left = pointer.clone();
    left.begun.retain(|one| !is_over(one, now));
    left.retained = stay;
    Ok(left)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::Digest;
    use crate::publish::state::Denied;

    const DAY: i64 = GRACE;

    /// Copies as (epoch, release, when it stopped being live), the newest first; which stay?
    #[track_caller]
    fn case(retained: &[(u64, &str, i64)], denied: &str, expected: &[u64]) {
        let mut pointer = Pointer::first("test");
        let digest = |name: &str| Digest::of(name.as_bytes());
        pointer.retained = retained
            .iter()
            .map(|(epoch, name, until)| Retained {
                tree: Tree {
                    epoch: *epoch,
                    release: digest(name),
                },
                until: Moment::new(*until),
            })
            .collect();
        pointer.denied.push(Denied {
            release: digest(denied),
            reason: String::new(),
        });
        let (stay, go) = sort(&pointer, Moment::new(10 * DAY));
        assert_eq!(stay.len() + go.len(), retained.len());
        let stay: Vec<u64> = stay.iter().map(|one| one.tree.epoch).collect();
        assert_eq!(stay, expected);
    }

    #[test]
    fn the_newest_stays_however_old() {
        case(&[(2, "b", 0), (1, "a", 0)], "", &[2]);
        case(&[], "", &[]);
    }

    #[test]
    fn a_day_is_not_over_before_it_is_over() {
        case(
            &[
                (3, "c", 9 * DAY + 1),
                (2, "b", 9 * DAY + 1),
                (1, "a", 9 * DAY),
            ],
            "",
            &[3, 2],
        );
    }

    #[test]
    fn a_denied_copy_does_not_take_the_place_of_one_to_go_back_to() {
        case(&[(3, "c", 0), (2, "b", 0), (1, "a", 0)], "c", &[3, 2]);
    }
}
