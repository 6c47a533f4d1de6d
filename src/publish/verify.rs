//! Every byte of what is live, read again and hashed against the release that the target says it is.

use rayon::prelude::*;
use serde::Serialize;

use crate::digest::Digest;
use crate::progress::{Event, Progress, Stage};
use crate::publish::drift::Drift;
use crate::publish::error::PublishError;
use crate::publish::overlay::laid;
use crate::publish::record::Deployment;
use crate::publish::request::{observe_drift, read_pointer};
use crate::publish::state::known_release;
use crate::release::Manifest;
use crate::site_path::SitePath;
use crate::targets::{Object, Target, View};

/// What came of reading everything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Verified {
    /// The target's name.
    pub target: String,
    /// The release that must be live.
    pub desired: Option<Digest>,
    /// The deployment that made live what is live.
    pub live: Option<Deployment>,
    /// How many files were read and found right.
    pub files: usize,
    /// How many bytes those have.
    pub bytes: u64,
    /// The files whose bytes are not the release's, by path.
    pub wrong: Vec<SitePath>,
    /// How what is listed differs from what was published.
    pub drift: Drift,
}

impl Verified {
    /// Whether the desired release is live, every byte of it.
    pub fn is_whole(&self) -> bool {
        let live = self.live.as_ref().map(|live| live.release);
        let desired = self.desired.is_none() || self.desired == live;
        live.is_some() && desired && self.wrong.is_empty() && self.drift.is_empty()
    }
}

/// Reads every file of the release that is live at a target, and hashes it. Nothing is written, and
/// no listing is believed.
///
/// # Errors
/// Fails where the target cannot be read.
pub fn verify(
    target: &dyn Target,
    name: &str,
    desired: Option<Digest>,
    progress: Progress<'_>,
) -> Result<Verified, PublishError> {
    let pointer = read_pointer(target, name)?.map(|(pointer, _)| pointer);
    let live = pointer.as_ref().and_then(|pointer| pointer.live.clone());
    let known = live
        .as_ref()
        .map(|live| known_release(target, &live.release))
        .transpose()?
        .flatten();
    let mut observed = target.observe(View::Live)?;
    let drift = observe_drift(target, pointer.as_ref(), known.as_ref(), &mut observed)?;
    let overlay = live
        .as_ref()
        .map_or(&[][..], |live| live.overlay.as_slice());
    let laid = known.map(|release| laid(&release.files, overlay));
    let files = laid.as_ref().map_or(&[][..], Manifest::files);
    let stage = Stage::Check;
    progress(Event::Started {
        stage,
        total: files.len(),
    });
    let read: Vec<Option<SitePath>> = files
        .par_iter()
        .map(|file| {
            let found = target.read(&Object::Live(file.path.clone()))?;
            let path = file.path.clone();
            progress(Event::Stepped { stage, path });
            let right = found.is_some_and(|found| Digest::of(&found.bytes) == file.sha256);
            Ok((!right).then(|| file.path.clone()))
        })
        .collect::<Result<_, PublishError>>()?;
    progress(Event::Finished { stage });
    let bytes = files
        .iter()
        .zip(&read)
        .filter(|(_, wrong)| wrong.is_none())
        .map(|(file, _)| file.size)
        .sum();
    let wrong: Vec<SitePath> = read.into_iter().flatten().collect();
    Ok(Verified {
        target: name.to_owned(),
        desired,
        live,
        files: files.len() - wrong.len(),
        bytes,
        wrong,
        drift,
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::progress::silent;
    use crate::publish::testing::place;

    #[test]
    fn a_byte_that_is_not_the_releases_is_found() {
        let mut place = place();
        let nothing = verify(place.target(), "web", None, &silent).unwrap();
        assert!(!nothing.is_whole());
        let release = place.release(&[("index.html", "one"), ("a.png", "two")]);
        // What differs in this environment is no fault.
        place.environment.index = Some(false);
        place.publish(&release, 0).unwrap();
        assert!(place.live().join("robots.txt").exists());
        let whole = verify(place.target(), "web", Some(release.digest()), &silent).unwrap();
        assert!(whole.is_whole(), "{whole:?}");
        assert_eq!(whole.files, 3);
        let other = verify(place.target(), "web", Some(Digest::of(b"other")), &silent).unwrap();
        assert!(!other.is_whole());
        fs::write(place.live().join("a.png"), "twa").unwrap();
        let edited = verify(place.target(), "web", None, &silent).unwrap();
        let wrong: Vec<&str> = edited.wrong.iter().map(SitePath::as_str).collect();
        assert_eq!((wrong.as_slice(), edited.files), (&["a.png"][..], 2));
    }
}
