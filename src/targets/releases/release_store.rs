//! A store of releases, wherever it is: what it has, sending a release to it, and getting one back.

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::digest::Digest;
use crate::progress::{Event, Progress, Stage};
use crate::release::{File, Release};
use crate::store::Store;
use crate::targets::releases::error::ReleaseStoreError;
use crate::targets::releases::place::Place;

/// A place that keeps releases.
pub struct ReleaseStore {
    place: Place,
}

/// What sending a release came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pushed {
    /// How many blobs were sent.
    pub sent: usize,
    /// How many bytes those are.
    pub bytes: u64,
    /// How many blobs were there already.
    pub held: usize,
}

impl ReleaseStore {
    pub(super) fn new(place: Place) -> Self {
        Self { place }
    }

    /// The releases that are there, by digest, in the order of their digests.
    ///
    /// # Errors
    /// Fails where the place cannot be listed.
    pub fn list(&self) -> Result<Vec<Digest>, ReleaseStoreError> {
        let mut found = self.place.list()?;
        found.sort();
        found.dedup();
        Ok(found)
    }

    /// The release of that digest, without its files.
    ///
    /// # Errors
    /// Fails where it is not there, or is not what its digest says.
    pub fn release(&self, digest: &Digest) -> Result<Release, ReleaseStoreError> {
        let release = *digest;
        let json = self
            .place
            .release(digest)?
            .ok_or(ReleaseStoreError::Absent { release })?;
        let read = serde_json::from_slice(&json).ok();
        read.filter(|_| Digest::of(&json) == release)
            .ok_or(ReleaseStoreError::Damaged { release })
    }

    /// The signature under a release, as it was given; whether it counts is for the caller to see.
    ///
    /// # Errors
    /// Fails where the place cannot be read.
    pub fn signature(&self, digest: &Digest) -> Result<Option<String>, ReleaseStoreError> {
        let found = self.place.signature(digest)?;
        Ok(found.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()))
    }

    /// Sends a release whose blobs are in `blobs`: those that the place lacks, the signature under
    /// it if there is one, and then its JSON. One that broke off is taken up where it stopped.
    ///
    /// # Errors
    /// Fails where a blob is not in `blobs` although the place lacks it, and where the place cannot be
    /// written.
    pub fn push(
        &self,
        release: &Release,
        blobs: &Store,
        signature: Option<&str>,
        progress: Progress<'_>,
    ) -> Result<Pushed, ReleaseStoreError> {
        let digest = release.digest();
        let files = distinct(release);
        let stage = Stage::Write;
        progress(Event::Started {
            stage,
            total: files.len(),
        });
        let held = self.place.held(&files)?;
        let send = |(blob, file): &(Digest, &File)| {
            let has = held.whole.contains(blob);
            if !has {
                let bytes = blobs
                    .blob(blob)
                    .map_err(|source| ReleaseStoreError::Unsent {
                        release: digest,
                        path: file.path.to_string(),
                        source,
                    })?;
                self.place.write_blob(blob, bytes)?;
            }
            let path = file.path.clone();
            progress(Event::Stepped { stage, path });
            Ok((!has).then_some(file.size))
        };
        let sent = self.place.with_room(|| {
            let sent = files.par_iter().map(send);
            sent.collect::<Result<Vec<Option<u64>>, ReleaseStoreError>>()
        })?;
        self.place.forget_damage(&held.damaged)?;
        // Whoever finds the JSON may count on the files and on the signature.
        if let Some(signature) = signature {
            self.place.write_signature(&digest, signature)?;
        }
        self.place
            .write_release(&digest, release.to_json(), &files)?;
        progress(Event::Finished { stage });
        let sent: Vec<u64> = sent.into_iter().flatten().collect();
        Ok(Pushed {
            sent: sent.len(),
            bytes: sent.iter().sum(),
            held: files.len() - sent.len(),
        })
    }

    /// Gets a release and keeps it in `blobs`, its JSON under its own digest too. Only what `blobs`
    /// lacks is fetched.
    ///
    /// # Errors
    /// Fails where the release is not there or not whole; what is whole of it is kept all the same.
    pub fn pull(
        &self,
        digest: &Digest,
        blobs: &Store,
        progress: Progress<'_>,
    ) -> Result<Release, ReleaseStoreError> {
        let release = self.release(digest)?;
        let files = distinct(&release);
        let stage = Stage::Write;
        progress(Event::Started {
            stage,
            total: files.len(),
        });
        let kept = |path: &str, bytes: &[u8], name: &Digest| {
            blobs
                .put_named(name, bytes)
                .map_err(|source| ReleaseStoreError::Unkept {
                    release: *digest,
                    path: path.to_owned(),
                    source,
                })
        };
        let fetch = |(blob, file): &(Digest, &File)| {
            let path = file.path.clone();
            if blobs.blob(blob).is_err() {
                let found = self.place.blob(blob)?;
                match found {
                    Some(bytes) if Digest::of(&bytes) == *blob => {
                        kept(path.as_str(), &bytes, blob)?;
                    }
                    Some(_) => {
                        self.place.note_damage(blob);
                        return Ok(Some((*file).clone()));
                    }
                    None => return Ok(Some((*file).clone())),
                }
            }
            progress(Event::Stepped { stage, path });
            Ok(None)
        };
        let missing = self.place.with_room(|| {
            let missing = files.par_iter().map(fetch);
            missing.collect::<Result<Vec<Option<File>>, ReleaseStoreError>>()
        })?;
        let missing: Vec<File> = missing.into_iter().flatten().collect();
        if let Some(first) = missing.first() {
            let path = first.path.to_string();
            return Err(ReleaseStoreError::incomplete(&release, missing.len(), path));
        }
        kept("its JSON", &release.to_json(), digest)?;
        progress(Event::Finished { stage });
        Ok(release)
    }
}

/// One file for each content, in the order of the digests.
fn distinct(release: &Release) -> Vec<(Digest, &File)> {
    let files = release.files.files().iter().rev();
    let files: BTreeMap<Digest, &File> = files.map(|file| (file.sha256, file)).collect();
    files.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::release::{Artifact, CheckSummary, FORMAT, Lock, Manifest, ReleaseSource, Role};
    use crate::site_path::SitePath;
    use crate::targets::releases::folder::Folder;
    use crate::targets::releases::place::blob_name;

    struct Places {
        folder: tempfile::TempDir,
        ours: Store,
        store: ReleaseStore,
    }

    fn places() -> Places {
        let folder = tempfile::tempdir().unwrap();
        Places {
            ours: Store::open(&folder.path().join("ours")),
            store: ReleaseStore::new(Place::Folder(Folder::at(&folder.path().join("store")))),
            folder,
        }
    }

    impl Places {
        fn release(&self, files: &[(&str, &str)]) -> Release {
            let artifacts: Vec<Artifact> = files
                .iter()
                .map(|(path, text)| {
                    self.ours.put_blob(text.as_bytes()).unwrap();
                    let path = SitePath::parse(path).unwrap();
                    Artifact::new(path, Role::Page, text.as_bytes())
                })
                .collect();
            Release {
                base: None,
                checks: CheckSummary::default(),
                files: Manifest::of(&artifacts),
                format: FORMAT,
                lock: Lock::default(),
                outputs: Vec::new(),
                redirects: Vec::new(),
                routes: Vec::new(),
                source: ReleaseSource {
                    commit: Some("4be1".to_owned()),
                    ..ReleaseSource::default()
                },
            }
        }

        fn push(&self, release: &Release) -> Pushed {
            self.store.push(release, &self.ours, None, &|_| {}).unwrap()
        }

        fn theirs(&self) -> Store {
            Store::open(&self.folder.path().join("theirs"))
        }

        fn pull(&self, digest: &Digest) -> Result<Release, ReleaseStoreError> {
            self.store.pull(digest, &self.theirs(), &|_| {})
        }

        fn blob(&self, text: &str) -> std::path::PathBuf {
            let name = blob_name(&Digest::of(text.as_bytes()));
            self.folder.path().join("store").join(name)
        }
    }

    #[test]
    fn a_release_goes_there_and_comes_back_and_only_what_is_new_is_sent() {
        let places = places();
        let first = places.release(&[("a", "one"), ("b", "two"), ("c", "two")]);
        let second = places.release(&[("a", "one"), ("b", "three")]);
        let pushed = |sent, bytes, held| Pushed { sent, bytes, held };
        assert_eq!(places.push(&first), pushed(2, 6, 0));
        assert_eq!(places.push(&first), pushed(0, 0, 2));
        assert_eq!(places.push(&second), pushed(1, 5, 1));
        let mut digests = vec![first.digest(), second.digest()];
        digests.sort();
        assert_eq!(places.store.list().unwrap(), digests);
        assert_eq!(places.pull(&first.digest()).unwrap(), first);
        for text in ["one", "two"] {
            let digest = Digest::of(text.as_bytes());
            assert_eq!(places.theirs().blob(&digest).unwrap(), text.as_bytes());
        }
        // Its JSON is kept as the builder keeps it.
        let json = places.theirs().blob(&first.digest()).unwrap();
        assert_eq!(json, first.to_json());
    }

    #[test]
    fn a_release_that_was_never_there_is_told_apart() {
        let places = places();
        let digest = Digest::of(b"no");
        assert!(places.store.list().unwrap().is_empty());
        assert!(matches!(
            places.pull(&digest),
            Err(ReleaseStoreError::Absent { .. })
        ));
    }

    #[test]
    fn a_release_that_is_not_whole_says_how_it_comes_back() {
        let places = places();
        let release = places.release(&[("a", "one"), ("b", "two")]);
        places.push(&release);
        fs::write(places.blob("one"), "eno").unwrap();
        fs::remove_file(places.blob("two")).unwrap();
        let error = places.pull(&release.digest()).unwrap_err();
        assert!(error.is_mended_by_rebuilding());
        let told = error.to_string();
        assert!(
            told.contains("2 of its files are missing or damaged"),
            "{told}"
        );
        assert!(
            told.ends_with("it can be built again from its commit 4be1"),
            "{told}"
        );
        // What is there, but is not what its name says, is sent again.
        assert_eq!(places.push(&release).sent, 2);
        assert!(places.pull(&release.digest()).is_ok());
    }

    #[test]
    fn a_release_whose_json_was_changed_is_no_release() {
        let places = places();
        let release = places.release(&[("a", "one")]);
        places.push(&release);
        let name = format!("releases/{}.json", release.digest().hex());
        let path = places.folder.path().join("store").join(name);
        let other = places.release(&[("a", "two")]);
        fs::write(path, other.to_json()).unwrap();
        assert!(matches!(
            places.pull(&release.digest()),
            Err(ReleaseStoreError::Damaged { .. })
        ));
    }

    #[test]
    fn what_this_machine_lacks_is_not_promised_there() {
        let places = places();
        let release = places.release(&[("a", "one")]);
        let empty = places.theirs();
        let pushed = places.store.push(&release, &empty, None, &|_| {});
        assert!(matches!(pushed, Err(ReleaseStoreError::Unsent { .. })));
        assert!(places.store.list().unwrap().is_empty());
    }
}
