//! What is done with an opened repository: state read and written, releases packed, sent and found
//! again.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
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
    layer: Mutex<Option<(Digest, Bytes)>>,
}

/// A tree that this process fills.
pub(super) struct Making {
    /// Where the files lie until all are there, named by their content.
    pub(super) folder: tempfile::TempDir,
    /// What was put.
    pub(super) put: BTreeMap<SitePath, (Digest, u64)>,
    /// What was kept: the layer of `before` has it.
    pub(super) kept: BTreeMap<SitePath, (Digest, u64)>,
    /// The same release as it was published last, perhaps with another overlay.
    pub(super) before: Option<(Artifact, Contents)>,
    /// Whether the tag of the tree names what is in it.
    named: bool,
}

impl Making {
    /// Whether nothing else was put or kept than what `before` holds.
    fn is_before(&self) -> bool {
        let before = self.before.as_ref().map(|(_, contents)| &contents.files);
        let before = before.into_iter().flatten();
        let before = before.map(|file| (&file.path, file.sha256, file.size));
        let kept = self
            .kept
            .iter()
            .map(|(path, (digest, size))| (path, *digest, *size));
        self.put.is_empty() && before.eq(kept)
    }
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
        let gone = || "the list of its files is gone".into();
        self.find_contents(artifact)?
            .ok_or_else(|| (artifact.config.digest.to_string(), gone()))
    }

    fn find_contents(&self, artifact: &Artifact) -> Result<Option<Contents>, Fault> {
        let read = self.client.blob(&artifact.config.digest)?;
        let read = read.and_then(|json| serde_json::from_slice::<Contents>(&json).ok());
        Ok(read.map(|mut contents| {
            contents.files.sort_by(|a, b| a.path.cmp(&b.path));
            contents
        }))
    }

    pub(super) fn layer(&self, artifact: &Artifact) -> Result<Bytes, Fault> {
        let missing = |what: String| (what, "the layer with the site is gone".into());
        let Some(part) = artifact.layers.first() else {
            return Err(missing(String::new()));
        };
        let mut kept = locked(&self.layer);
        if let Some((digest, layer)) = kept.as_ref()
            && *digest == part.digest
        {
            return Ok(layer.clone());
        }
        let layer = self.client.blob(&part.digest)?;
        let layer = Bytes::from(layer.ok_or_else(|| missing(part.digest.to_string()))?);
        *kept = Some((part.digest, layer.clone()));
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
                let whole = match artifact.layers.first() {
                    Some(layer) => self.client.has_blob(&layer.digest)?,
                    None => false,
                };
                let contents = self.find_contents(&artifact)?.filter(|_| whole);
                contents.map(|contents| (artifact, contents))
            }
            _ => None,
        };
        let folder = tempfile::tempdir();
        let folder = folder.map_err(|error| ("a folder for the layer".to_owned(), error.into()))?;
        let made = Making {
            folder,
            put: BTreeMap::new(),
            kept: BTreeMap::new(),
            before,
            named: false,
        };
        work(making.entry(tree).or_insert(made))
    }

    /// Sends a tree that was filled, and names it; one that this process did not fill is looked for.
    pub(super) fn settle(&self, tree: Tree) -> Result<Option<(Artifact, Contents)>, Fault> {
        let mut making = locked(&self.making);
        let Some(filled) = making.get_mut(&tree) else {
            drop(making);
            return match self.client.artifact(&tree_tag(tree))? {
                Some(artifact) if artifact.kind == RELEASE => {
                    let contents = self.contents(&artifact)?;
                    Ok(Some((artifact, contents)))
                }
                _ => Ok(None),
            };
        };
        if !filled.is_before() {
            self.send(tree, filled)?;
        }
        let Some((artifact, contents)) = &filled.before else {
            return Ok(None);
        };
        let mut artifact = artifact.clone();
        artifact
            .annotations
            .insert(TREE.to_owned(), tree.to_string());
        if !filled.named {
            self.client.tag(&tree_tag(tree), &artifact)?;
            filled.named = true;
        }
        Ok(Some((artifact, contents.clone())))
    }

    /// Packs what was put and kept, and sends it.
    fn send(&self, tree: Tree, filled: &mut Making) -> Result<(), Fault> {
        let fault = |error: io::Error| ("the layer".to_owned(), error.into());
        let folder = filled.folder.path();
        if let Some((artifact, _)) = filled.before.as_ref().filter(|_| !filled.kept.is_empty()) {
            let layer = self.layer(artifact)?;
            let wanted = filled.kept.iter().map(|(path, (digest, _))| (path, digest));
            layer::unpack(&layer, wanted.collect(), |digest, bytes| {
                fs::write(folder.join(digest.hex()), bytes)
            })
            .map_err(fault)?;
        }
        let mut files = filled.kept.clone();
        files.extend(filled.put.clone());
        let read = |path: &SitePath| match files.get(path) {
            Some((digest, _)) => fs::read(folder.join(digest.hex())),
            None => Err(io::ErrorKind::NotFound.into()),
        };
        // Whoever has it shares it: it is large.
        let layer = Bytes::from(layer::make(files.keys(), read).map_err(fault)?);
        let contents = files.iter().map(|(path, (sha256, size))| Content {
            path: path.clone(),
            sha256: *sha256,
            size: *size,
        });
        let contents = Contents {
            files: contents.collect(),
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
        *locked(&self.layer) = Some((Digest::of(&layer), layer));
        filled.put.clear();
        filled.kept = files;
        filled.before = Some((artifact, contents));
        filled.named = false;
        Ok(())
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

/// The tag of a release as it was laid out last.
pub(super) fn release_tag(release: &Digest) -> String {
    format!("tympan_release_{}", release.hex())
}

/// The tag of a tree: of one release there may be several, with what differs by environment.
pub(super) fn tree_tag(tree: Tree) -> String {
    format!("tympan_tree_{tree}")
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
