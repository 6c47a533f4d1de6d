//! What is done with an opened repository: state read and written, releases packed, sent and found
//! again.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::release::Release;
use crate::site_path::SitePath;
use crate::targets::registry::client::{Artifact, Client, Fault, Part};
use crate::targets::registry::layer;
use crate::targets::target::{RELEASES, Tree, Version, Versioned};

pub(super) const RELEASE: &str = "application/vnd.tympan.release.v1";
const CONTENTS: &str = "application/vnd.tympan.release.config.v1+json";
const LAYER: &str = "application/vnd.oci.image.layer.v1.tar+gzip";
const STATE: &str = "application/vnd.tympan.state.v1";
const JSON: &str = "application/json";
const EMPTY: &str = "application/vnd.oci.empty.v1+json";
/// The annotation that tells which tree is live.
pub(super) const TREE: &str = "vnd.tympan.tree";
const REVISION: &str = "org.opencontainers.image.revision";
const SOURCE: &str = "org.opencontainers.image.source";

/// A repository and what was done with it.
pub(super) struct Opened {
    pub(super) client: Client,
    source: Option<String>,
    pub(super) making: Mutex<BTreeMap<Tree, Making>>,
    /// The layer that was made or read last.
    layer: Mutex<Option<(Digest, Arc<Vec<u8>>)>>,
}

/// A tree that this process fills.
pub(super) struct Making {
    /// Where the files lie until all are there, named by their content.
    pub(super) folder: tempfile::TempDir,
    pub(super) files: BTreeMap<SitePath, (Digest, u64)>,
    /// The same release, if it was published before.
    pub(super) before: Option<(Artifact, Contents)>,
}

/// What a layer holds, so that it need not be fetched to know that.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Contents {
    pub(super) files: Vec<Content>,
    format: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Content {
    pub(super) path: SitePath,
    pub(super) sha256: Digest,
    pub(super) size: u64,
}

impl Opened {
    pub(super) fn new(client: Client, source: Option<String>) -> Self {
        Self {
            client,
            source,
            making: Mutex::default(),
            layer: Mutex::default(),
        }
    }

    pub(super) fn read_state(&self, path: &SitePath) -> Result<Option<Versioned>, Fault> {
        let tag = tag_of(path);
        let Some(artifact) = self.client.artifact(&tag)? else {
            return Ok(None);
        };
        let layer = artifact.layers.first().filter(|_| artifact.kind == STATE);
        let Some(layer) = layer else {
            return Err((tag, "the tag names something else".into()));
        };
        let bytes = self.client.blob(&layer.digest)?;
        let bytes = bytes.ok_or_else(|| (tag, "its content is gone".into()))?;
        Ok(Some(Versioned {
            version: version(&bytes),
            bytes,
        }))
    }

    pub(super) fn write_state(&self, path: &SitePath, bytes: &[u8]) -> Result<(), Fault> {
        let artifact = Artifact {
            kind: STATE.to_owned(),
            config: Part::of(EMPTY, b"{}"),
            layers: vec![Part::of(JSON, bytes)],
            annotations: BTreeMap::new(),
        };
        self.client.push_blob(b"{}".to_vec())?;
        self.client.push_blob(bytes.to_vec())?;
        self.client.tag(&tag_of(path), &artifact)
    }

    pub(super) fn contents(&self, artifact: &Artifact) -> Result<Contents, Fault> {
        let digest = &artifact.config.digest;
        let read = self.client.blob(digest)?;
        let read = read.and_then(|json| serde_json::from_slice(&json).ok());
        read.ok_or_else(|| (digest.to_string(), "the list of its files is gone".into()))
    }

    pub(super) fn layer(&self, artifact: &Artifact) -> Result<Arc<Vec<u8>>, Fault> {
        let missing = |what: String| (what, "the layer with the site is gone".into());
        let Some(part) = artifact.layers.first() else {
            return Err(missing(String::new()));
        };
        let mut kept = locked(&self.layer);
        if let Some((digest, layer)) = kept.as_ref()
            && *digest == part.digest
        {
            return Ok(Arc::clone(layer));
        }
        let layer = self.client.blob(&part.digest)?;
        let layer = Arc::new(layer.ok_or_else(|| missing(part.digest.to_string()))?);
        *kept = Some((part.digest, Arc::clone(&layer)));
        Ok(layer)
    }

    /// Works on a tree that is being filled; what of the release was published before is asked once.
    pub(super) fn making<T>(
        &self,
        tree: Tree,
        work: impl FnOnce(&mut Making) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let mut making = locked(&self.making);
        if let Some(making) = making.get_mut(&tree) {
            return work(making);
        }
        let before = match self.client.artifact(&release_tag(&tree.release))? {
            Some(artifact) if artifact.kind == RELEASE => {
                let contents = self.contents(&artifact)?;
                let whole = match artifact.layers.first() {
                    Some(layer) => self.client.has_blob(&layer.digest)?,
                    None => false,
                };
                whole.then_some((artifact, contents))
            }
            _ => None,
        };
        let folder = tempfile::tempdir();
        let folder = folder.map_err(|error| ("a folder for the layer".to_owned(), error.into()))?;
        let made = Making {
            folder,
            files: BTreeMap::new(),
            before,
        };
        work(making.entry(tree).or_insert(made))
    }

    /// Sends a tree that was filled, and names it.
    pub(super) fn settle(&self, tree: Tree) -> Result<Option<(Artifact, Contents)>, Fault> {
        let mut making = locked(&self.making);
        if let Some(filled) = making
            .get_mut(&tree)
            .filter(|making| !making.files.is_empty())
        {
            let fault = |error: io::Error| ("the layer".to_owned(), error.into());
            let files = &filled.files;
            let read = |path: &SitePath| match files.get(path) {
                Some((digest, _)) => fs::read(filled.folder.path().join(digest.hex())),
                None => Err(io::ErrorKind::NotFound.into()),
            };
            let layer = layer::make(files.keys(), read).map_err(fault)?;
            let contents = Contents {
                files: files
                    .iter()
                    .map(|(path, (sha256, size))| Content {
                        path: path.clone(),
                        sha256: *sha256,
                        size: *size,
                    })
                    .collect(),
                format: 1,
            };
            let json = serde_json::to_vec(&contents).unwrap_or_default();
            let facts = [
                (REVISION, self.revision(&tree.release)?),
                (SOURCE, self.source.clone()),
            ];
            let annotations = facts
                .into_iter()
                .filter_map(|(name, fact)| Some((name.to_owned(), fact?)))
                .collect();
            let artifact = Artifact {
                kind: RELEASE.to_owned(),
                config: Part::of(CONTENTS, &json),
                layers: vec![Part::of(LAYER, &layer)],
                annotations,
            };
            self.client.push_blob(layer.clone())?;
            self.client.push_blob(json)?;
            self.client.tag(&release_tag(&tree.release), &artifact)?;
            *locked(&self.layer) = Some((Digest::of(&layer), Arc::new(layer)));
            filled.files.clear();
            filled.before = Some((artifact, contents));
        }
        if let Some(making) = making.get(&tree) {
            return Ok(making.before.clone());
        }
        drop(making);
        match self.client.artifact(&release_tag(&tree.release))? {
            Some(artifact) if artifact.kind == RELEASE => {
                let contents = self.contents(&artifact)?;
                Ok(Some((artifact, contents)))
            }
            _ => Ok(None),
        }
    }

    /// The commit of a release, which its own JSON in the state tells.
    pub(super) fn revision(&self, release: &Digest) -> Result<Option<String>, Fault> {
        let Ok(path) = SitePath::parse(&format!("{RELEASES}/{}.json", release.hex())) else {
            return Ok(None);
        };
        let json = self.read_state(&path)?.map(|found| found.bytes);
        let read = json.and_then(|json| serde_json::from_slice::<Release>(&json).ok());
        Ok(read.and_then(|release| release.source.commit))
    }
}

/// The tag of a state object. A path that a tag cannot hold has its digest.
fn tag_of(path: &SitePath) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '.' | '-');
    let text = path.as_str();
    match text.chars().all(plain) && text.len() <= 100 {
        true => format!("tympan_{}", text.replace('/', "__")),
        false => format!("tympan_x__{}", Digest::of(text.as_bytes()).hex()),
    }
}

pub(super) fn release_tag(release: &Digest) -> String {
    format!("tympan_release_{}", release.hex())
}

pub(super) fn version(bytes: &[u8]) -> Version {
    Version(Digest::of(bytes).hex())
}

pub(super) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_object_has_a_tag_of_its_own() {
        let tag = |path| tag_of(&SitePath::parse(path).unwrap());
        assert_eq!(tag("current"), "tympan_current");
        assert_eq!(tag("log/12.json"), "tympan_log__12.json");
        let odd = [
            "drift/1/a b",
            "drift/1/a_b",
            "log__12.json",
            &"x".repeat(200),
        ]
        .map(tag);
        for tag in &odd {
            assert!(tag.starts_with("tympan_x__") && tag.len() < 128, "{tag}");
        }
        assert_ne!(odd[0], odd[1]);
    }
}
