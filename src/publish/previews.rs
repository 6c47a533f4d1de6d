//! Which previews stand below a target and how long they may: one state object beside the target's
//! own, so that whoever publishes next can clear away what has had its time.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::publish::error::PublishError;
use crate::publish::moment::Moment;
use crate::publish::overlay::laid;
use crate::publish::record::FORMAT;
use crate::publish::request::read_pointer;
use crate::publish::state::{self, known_release, state_path};
use crate::release::to_canonical_json;
use crate::site_path::SitePath;
use crate::targets::{Capability, Swap, Target};

/// The state object.
const PREVIEWS: &str = "previews";
/// How often it is written again when somebody else was faster.
const TRIES: usize = 20;

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Previews {
    format: u32,
    previews: BTreeMap<String, Moment>,
}

/// The previews below a target, each with the moment at which it has had its time.
pub fn previews(target: &dyn Target, name: &str) -> Result<BTreeMap<String, Moment>, PublishError> {
    let found = state::read::<Previews>(target, name, &state_path(PREVIEWS))?;
    Ok(found.map(|(found, _)| found.previews).unwrap_or_default())
}

/// Remembers until when a preview may stand; with nothing, forgets it, if it has had its time at
/// `now`.
pub fn remember_preview(
    target: &dyn Target,
    name: &str,
    preview: &str,
    until: Option<Moment>,
    now: Moment,
) -> Result<(), PublishError> {
    let path = state_path(PREVIEWS);
    for _ in 0..TRIES {
        let (mut known, version) = state::read::<Previews>(target, name, &path)?.unzip();
        let mut previews = known.take().unwrap_or_default();
        previews.format = FORMAT;
        match until {
            Some(until) => _ = previews.previews.insert(preview.to_owned(), until),
            None => previews
                .previews
                .retain(|known, end| known != preview || *end > now),
        }
        match target.swap(&path, version.as_ref(), &to_canonical_json(&previews))? {
            Swap::Done(_) => return Ok(()),
            Swap::Lost => {}
        }
    }
    Err(PublishError::Unreadable {
        target: name.to_owned(),
        path,
        reason: format!("others wrote it {TRIES} times meanwhile"),
    })
}

/// Removes every copy of a release but the live one, without waiting for readers of an older one.
pub fn clear(target: &dyn Target, name: &str) -> Result<(), PublishError> {
    let Some((pointer, _)) = read_pointer(target, name)? else {
        return Ok(());
    };
    let Some(deployment) = &pointer.live else {
        return Ok(());
    };
    let live = deployment.tree();
    let mut stale = BTreeSet::new();
    if !target.capabilities().has(Capability::SideBySide) {
        let Some(stays) = known_release(target, &live.release)? else {
            return Ok(());
        };
        let stays = laid(&stays.files, &deployment.overlay);
        for one in pointer.retained.iter().chain(&pointer.begun) {
            let release = known_release(target, &one.tree.release)?;
            let files = release.map(|release| release.files);
            let files = files.iter().flat_map(|files| files.files());
            let gone = files.filter(|file| stays.get(&file.path).is_none());
            stale.extend(gone.map(|file| file.path.clone()));
        }
    }
    let stale: Vec<SitePath> = stale.into_iter().collect();
    Ok(target.collect(&[live], &stale)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::publish::testing::{manifest_of, place, read_all};

    #[test]
    fn previews_are_remembered_renewed_and_forgotten() {
        let place = place();
        let at = Moment::new;
        let remember = |name, until, now| {
            remember_preview(place.target(), "web", name, until, at(now)).unwrap();
        };
        let names = || {
            previews(place.target(), "web")
                .unwrap()
                .into_keys()
                .collect::<Vec<_>>()
        };
        assert!(names().is_empty());
        remember("pr-1", Some(at(10)), 0);
        remember("pr-2", Some(at(20)), 0);
        remember("pr-1", Some(at(30)), 5);
        // One that was renewed meanwhile stays.
        remember("pr-1", None, 20);
        assert_eq!(names(), ["pr-1", "pr-2"]);
        remember("pr-2", None, 20);
        assert_eq!(names(), ["pr-1"]);
    }

    #[test]
    fn only_what_is_live_is_left() {
        let place = place();
        clear(place.target(), "web").unwrap();
        let old = place.release(&[("index.html", "old"), ("a.html", "a")]);
        let new = place.release(&[("index.html", "new")]);
        place.publish(&old, 0).unwrap();
        place.publish(&new, 1).unwrap();
        clear(place.target(), "web").unwrap();
        assert_eq!(read_all(&place.live()), manifest_of(&new));
        assert_eq!(
            std::fs::read_dir(place.web().join(".tympan/tree")).map_or(1, Iterator::count),
            1
        );
    }
}
