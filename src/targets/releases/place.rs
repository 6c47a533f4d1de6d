//! Where a store of releases is: a folder, a bucket, a repository of a registry.
//!
//! In a folder and a bucket a release is `releases/<hex>.json`, the signature under it
//! `signatures/<hex>.sig`, and a blob lies below `blobs/` as it does on the machine that builds. In a
//! registry a release is an artifact whose config is the JSON and whose layers are the blobs, so that
//! the registry keeps what belongs to it; the signature is the config of another.
//!
//! A bucket is not read to know what it has. Whoever finds a damaged blob there leaves a note,
//! `damaged/<hex>`, and whoever has the right bytes sends them again and takes the note away.

use std::collections::BTreeSet;

use rayon::prelude::*;

use crate::digest::Digest;
use crate::release::File;
use crate::targets::releases::folder::Folder;
use crate::targets::target::TargetError;
#[cfg(feature = "remote")]
use crate::targets::{bucket, registry, releases::error::STORE};

/// How many requests are on their way at once.
#[cfg(feature = "remote")]
const ON_THE_WAY: usize = 16;

/// What a release is, as a media type.
const KIND: &str = "application/vnd.tympan.release.files.v1";
/// What the signature under a release is, as a media type.
const SIGNATURE_KIND: &str = "application/vnd.tympan.release.signature.v1";
#[cfg(feature = "remote")]
const SIGNATURE: &str = "text/plain";
#[cfg(feature = "remote")]
const JSON: &str = "application/vnd.tympan.release.v1+json";
#[cfg(feature = "remote")]
const BLOB: &str = "application/octet-stream";

/// A place that keeps releases.
pub(super) enum Place {
    /// A folder on this machine, or one that it sees.
    Folder(Folder),
    /// An object store, or what is used like one.
    #[cfg(feature = "remote")]
    Bucket(Box<bucket::Objects>),
    /// A repository of a registry.
    #[cfg(feature = "remote")]
    Registry(Box<registry::Client>),
}

/// What of a release is at a place.
#[derive(Debug, Default)]
pub(super) struct Held {
    /// The blobs that are there, as far as one can see without fetching them.
    pub whole: BTreeSet<Digest>,
    /// Those of which a note says that they are damaged.
    pub damaged: Vec<Digest>,
}

impl Held {
    fn all(whole: impl IntoIterator<Item = Digest>) -> Self {
        Self {
            whole: whole.into_iter().collect(),
            damaged: Vec::new(),
        }
    }
}

impl Place {
    /// Which of these blobs are there.
    pub(super) fn held(&self, blobs: &[(Digest, &File)]) -> Result<Held, TargetError> {
        match self {
            Self::Folder(folder) => {
                let held = blobs
                    .par_iter()
                    .filter(|(blob, file)| folder.holds(&blob_name(blob), blob, file.size));
                let held: Vec<Digest> = held.map(|(blob, _)| *blob).collect();
                Ok(Held::all(held))
            }
            // A listing is a request for every thousand objects, and a look is one for each.
            #[cfg(feature = "remote")]
            Self::Bucket(objects) => {
                let listed = objects.list()?;
                let listed: BTreeSet<(&str, u64)> = listed
                    .iter()
                    .map(|one| (one.key.as_str(), one.size))
                    .collect();
                let notes: BTreeSet<&str> = listed.iter().map(|(key, _)| *key).collect();
                let mut held = Held::default();
                for (blob, file) in blobs {
                    if notes.contains(damage_name(blob).as_str()) {
                        held.damaged.push(*blob);
                    } else if listed.contains(&(&blob_name(blob), file.size)) {
                        held.whole.insert(*blob);
                    }
                }
                Ok(held)
            }
            #[cfg(feature = "remote")]
            Self::Registry(client) => {
                let looked = self.with_room(|| {
                    let looks = blobs.par_iter().map(|(blob, _)| {
                        let has = is_empty(blob) || client.has_blob(blob).map_err(unread)?;
                        Ok(has.then_some(*blob))
                    });
                    looks.collect::<Result<Vec<_>, TargetError>>()
                })?;
                Ok(Held::all(looked.into_iter().flatten()))
            }
        }
    }

    pub(super) fn blob(&self, blob: &Digest) -> Result<Option<Vec<u8>>, TargetError> {
        match self {
            Self::Folder(folder) => folder.read(&blob_name(blob)),
            #[cfg(feature = "remote")]
            Self::Bucket(objects) => {
                let found = objects.read(&blob_name(blob))?;
                Ok(found.map(|found| found.bytes))
            }
            // Registries are told apart by whether they take a blob of nothing.
            #[cfg(feature = "remote")]
            Self::Registry(_) if is_empty(blob) => Ok(Some(Vec::new())),
            #[cfg(feature = "remote")]
            Self::Registry(client) => client.blob(blob).map_err(unread),
        }
    }

    /// Notes that a blob is damaged. Who may not write here cannot, and the next one will.
    pub(super) fn note_damage(&self, blob: &Digest) {
        match self {
            #[cfg(feature = "remote")]
            Self::Bucket(objects) => {
                let _ = objects.replace(&damage_name(blob), b"its bytes are not its digest's\n");
            }
            _ => {
                let _ = blob;
            }
        }
    }

    /// Takes the notes about blobs away that were sent again.
    pub(super) fn forget_damage(&self, blobs: &[Digest]) -> Result<(), TargetError> {
        match self {
            #[cfg(feature = "remote")]
            Self::Bucket(objects) => {
                let notes = blobs.iter().map(|blob| (damage_name(blob), None));
                let notes: Vec<_> = notes.collect();
                // Without a condition none of them is kept.
                objects.remove(&notes).map(drop)
            }
            _ => {
                let _ = blobs;
                Ok(())
            }
        }
    }

    pub(super) fn write_blob(&self, blob: &Digest, bytes: Vec<u8>) -> Result<(), TargetError> {
        match self {
            Self::Folder(folder) => folder.write(&blob_name(blob), &bytes),
            #[cfg(feature = "remote")]
            Self::Bucket(objects) => objects.replace(&blob_name(blob), &bytes),
            #[cfg(feature = "remote")]
            Self::Registry(_) if is_empty(blob) => Ok(()),
            #[cfg(feature = "remote")]
            Self::Registry(client) => client.push_blob(bytes).map_err(unwritten),
        }
    }

    /// The JSON of a release.
    pub(super) fn release(&self, digest: &Digest) -> Result<Option<Vec<u8>>, TargetError> {
        self.text(&release_name(digest), &tag(digest), KIND)
    }

    /// The signature under a release.
    pub(super) fn signature(&self, digest: &Digest) -> Result<Option<Vec<u8>>, TargetError> {
        self.text(
            &signature_name(digest),
            &signature_tag(digest),
            SIGNATURE_KIND,
        )
    }

    /// What has a name in a folder and a bucket, and is the config of an artifact in a registry.
    fn text(&self, name: &str, tag: &str, kind: &str) -> Result<Option<Vec<u8>>, TargetError> {
        #[cfg(not(feature = "remote"))]
        let _ = (tag, kind);
        match self {
            Self::Folder(folder) => folder.read(name),
            #[cfg(feature = "remote")]
            Self::Bucket(objects) => Ok(objects.read(name)?.map(|found| found.bytes)),
            #[cfg(feature = "remote")]
            Self::Registry(client) => {
                let found = client.artifact(tag).map_err(unread)?;
                match found.filter(|found| found.kind == kind) {
                    Some(artifact) => client.blob(&artifact.config.digest).map_err(unread),
                    None => Ok(None),
                }
            }
        }
    }

    /// Keeps the JSON of a release whose blobs are there.
    pub(super) fn write_release(
        &self,
        digest: &Digest,
        json: Vec<u8>,
        blobs: &[(Digest, &File)],
    ) -> Result<(), TargetError> {
        #[cfg(not(feature = "remote"))]
        let _ = blobs;
        match self {
            Self::Folder(folder) => folder.write(&release_name(digest), &json),
            #[cfg(feature = "remote")]
            Self::Bucket(objects) => objects.replace(&release_name(digest), &json),
            #[cfg(feature = "remote")]
            Self::Registry(client) => {
                let layer = |(blob, file): &(Digest, &File)| registry::Part {
                    media_type: BLOB.to_owned(),
                    digest: *blob,
                    size: file.size,
                };
                let artifact = registry::Artifact {
                    kind: KIND.to_owned(),
                    config: registry::Part::of(JSON, &json),
                    layers: blobs
                        .iter()
                        .filter(|(blob, _)| !is_empty(blob))
                        .map(layer)
                        .collect(),
                    annotations: std::collections::BTreeMap::new(),
                };
                client.push_blob(json).map_err(unwritten)?;
                client.tag(&tag(digest), &artifact).map_err(unwritten)
            }
        }
    }

    /// Keeps the signature under a release, in the place of any that is there.
    pub(super) fn write_signature(&self, digest: &Digest, text: &str) -> Result<(), TargetError> {
        match self {
            Self::Folder(folder) => folder.write(&signature_name(digest), text.as_bytes()),
            #[cfg(feature = "remote")]
            Self::Bucket(objects) => objects.replace(&signature_name(digest), text.as_bytes()),
            #[cfg(feature = "remote")]
            Self::Registry(client) => {
                let artifact = registry::Artifact {
                    kind: SIGNATURE_KIND.to_owned(),
                    config: registry::Part::of(SIGNATURE, text.as_bytes()),
                    layers: Vec::new(),
                    annotations: std::collections::BTreeMap::new(),
                };
                let bytes = text.as_bytes().to_vec();
                client.push_blob(bytes).map_err(unwritten)?;
                let tag = signature_tag(digest);
                client.tag(&tag, &artifact).map_err(unwritten)
            }
        }
    }

    /// The releases that are there, in no order.
    pub(super) fn list(&self) -> Result<Vec<Digest>, TargetError> {
        match self {
            Self::Folder(folder) => folder.list(),
            #[cfg(feature = "remote")]
            Self::Bucket(objects) => {
                let listed = objects.list()?;
                let digest = |key: &str| {
                    let hex = key.strip_prefix("releases/")?.strip_suffix(".json")?;
                    Digest::from_hex(hex).ok()
                };
                Ok(listed.iter().filter_map(|one| digest(&one.key)).collect())
            }
            #[cfg(feature = "remote")]
            Self::Registry(client) => {
                let tags = client.tags().map_err(unread)?;
                let digest = |tag: &String| Digest::from_hex(tag.strip_prefix("release-")?).ok();
                Ok(tags.iter().filter_map(digest).collect())
            }
        }
    }

    /// Does work in parallel: for a server with as many threads as requests may be on their way,
    /// for they do nothing but wait.
    pub(super) fn with_room<T: Send>(&self, work: impl FnOnce() -> T + Send) -> T {
        match self {
            Self::Folder(_) => work(),
            #[cfg(feature = "remote")]
            _ => match rayon::ThreadPoolBuilder::new()
                .num_threads(ON_THE_WAY)
                .build()
            {
                Ok(pool) => pool.install(work),
                Err(_) => work(),
            },
        }
    }
}

fn release_name(digest: &Digest) -> String {
    format!("releases/{}.json", digest.hex())
}

pub(super) fn signature_name(digest: &Digest) -> String {
    format!("signatures/{}.sig", digest.hex())
}

pub(super) fn blob_name(digest: &Digest) -> String {
    let hex = digest.hex();
    let (first, rest) = hex.split_at(2);
    format!("blobs/{first}/{rest}")
}

#[cfg(feature = "remote")]
fn damage_name(digest: &Digest) -> String {
    format!("damaged/{}", digest.hex())
}

fn tag(digest: &Digest) -> String {
    format!("release-{}", digest.hex())
}

fn signature_tag(digest: &Digest) -> String {
    format!("signature-{}", digest.hex())
}

#[cfg(feature = "remote")]
fn is_empty(blob: &Digest) -> bool {
    *blob == Digest::of(b"")
}

#[cfg(feature = "remote")]
fn unread((path, source): registry::Fault) -> TargetError {
    TargetError::Read {
        target: STORE.to_owned(),
        path,
        source,
    }
}

#[cfg(feature = "remote")]
fn unwritten((path, source): registry::Fault) -> TargetError {
    TargetError::Write {
        target: STORE.to_owned(),
        path,
        source,
    }
}
