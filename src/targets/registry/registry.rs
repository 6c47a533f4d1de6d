//! A tag of a registry as a target.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::release::{File, Release};
use crate::site_path::SitePath;
use crate::targets::registry::client::{Artifact, Client, Fault, Part};
use crate::targets::registry::layer;
use crate::targets::registry::login::Login;
use crate::targets::target::{
    Capabilities, Capability, Object, Observed, ObservedFile, POINTER, RELEASES, Swap, Target,
    TargetError, Tree, Version, Versioned, View,
};

const RELEASE: &str = "application/vnd.tympan.release.v1";
const CONTENTS: &str = "application/vnd.tympan.release.config.v1+json";
const LAYER: &str = "application/vnd.oci.image.layer.v1.tar+gzip";
const STATE: &str = "application/vnd.tympan.state.v1";
const JSON: &str = "application/json";
const EMPTY: &str = "application/vnd.oci.empty.v1+json";
/// The annotation that tells which tree is live.
const TREE: &str = "vnd.tympan.tree";
const REVISION: &str = "org.opencontainers.image.revision";

/// A tag of a repository in a registry.
pub struct Registry {
    name: String,
    repository: String,
    tag: String,
    login: Login,
    opened: Mutex<Option<Arc<Opened>>>,
}

struct Opened {
    client: Client,
    making: Mutex<BTreeMap<Tree, Making>>,
    /// The layer that was made or read last.
    layer: Mutex<Option<(Digest, Arc<Vec<u8>>)>>,
}

/// A tree that this process fills.
struct Making {
    /// Where the files lie until all are there, named by their content.
    folder: tempfile::TempDir,
    files: BTreeMap<SitePath, (Digest, u64)>,
    /// The same release, if it was published before.
    before: Option<(Artifact, Contents)>,
}

/// What a layer holds, so that it need not be fetched to know that.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Contents {
    files: Vec<Content>,
    format: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Content {
    path: SitePath,
    sha256: Digest,
    size: u64,
}

impl Registry {
    /// Names a tag of a repository as a target. It is asked for when something is first read.
    pub fn open(name: &str, repository: &str, tag: &str, login: Login) -> Self {
        Self {
            name: name.to_owned(),
            repository: repository.to_owned(),
            tag: tag.to_owned(),
            login,
            opened: Mutex::default(),
        }
    }

    fn opened(&self) -> Result<Arc<Opened>, TargetError> {
        let mut opened = locked(&self.opened);
        if let Some(opened) = opened.as_ref() {
            return Ok(Arc::clone(opened));
        }
        let client = Client::open(&self.repository, &self.login);
        let client = client.map_err(|reason| TargetError::Unsupported {
            target: self.name.clone(),
            reason,
        })?;
        let made = Arc::new(Opened {
            client,
            making: Mutex::default(),
            layer: Mutex::default(),
        });
        *opened = Some(Arc::clone(&made));
        Ok(made)
    }

    fn read_fault(&self, (path, source): Fault) -> TargetError {
        TargetError::Read {
            target: self.name.clone(),
            path,
            source,
        }
    }

    fn write_fault(&self, (path, source): Fault) -> TargetError {
        TargetError::Write {
            target: self.name.clone(),
            path,
            source,
        }
    }

    /// What is live; somebody else's artifact under our tag is not replaced.
    fn live(&self, opened: &Opened) -> Result<Option<Artifact>, TargetError> {
        let live = opened.client.artifact(&self.tag);
        match live.map_err(|fault| self.read_fault(fault))? {
            Some(artifact) if artifact.kind != RELEASE => Err(TargetError::Foreign {
                target: self.name.clone(),
                path: format!("{}:{}", self.repository, self.tag),
            }),
            live => Ok(live),
        }
    }
}

impl Opened {
    fn read_state(&self, path: &SitePath) -> Result<Option<Versioned>, Fault> {
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

    fn write_state(&self, path: &SitePath, bytes: &[u8]) -> Result<(), Fault> {
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

    fn contents(&self, artifact: &Artifact) -> Result<Contents, Fault> {
        let digest = &artifact.config.digest;
        let read = self.client.blob(digest)?;
        let read = read.and_then(|json| serde_json::from_slice(&json).ok());
        read.ok_or_else(|| (digest.to_string(), "the list of its files is gone".into()))
    }

    fn layer(&self, artifact: &Artifact) -> Result<Arc<Vec<u8>>, Fault> {
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
    fn making<T>(
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
    fn settle(&self, tree: Tree) -> Result<Option<(Artifact, Contents)>, Fault> {
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
            let mut annotations = BTreeMap::new();
            annotations.extend(
                self.revision(&tree.release)?
                    .map(|commit| (REVISION.to_owned(), commit)),
            );
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
    fn revision(&self, release: &Digest) -> Result<Option<String>, Fault> {
        let Ok(path) = SitePath::parse(&format!("{RELEASES}/{}.json", release.hex())) else {
            return Ok(None);
        };
        let json = self.read_state(&path)?.map(|found| found.bytes);
        let read = json.and_then(|json| serde_json::from_slice::<Release>(&json).ok());
        Ok(read.and_then(|release| release.source.commit))
    }
}

impl Target for Registry {
    fn capabilities(&self) -> Capabilities {
        let promised = [
            Capability::AtomicSwitch,
            Capability::SideBySide,
            Capability::ListDigests,
        ];
        Capabilities(promised.into())
    }

    fn read(&self, object: &Object) -> Result<Option<Versioned>, TargetError> {
        let opened = self.opened()?;
        match object {
            Object::State(path) => opened
                .read_state(path)
                .map_err(|fault| self.read_fault(fault)),
            Object::Live(path) => {
                let Some(live) = self.live(&opened)? else {
                    return Ok(None);
                };
                let layer = opened
                    .layer(&live)
                    .map_err(|fault| self.read_fault(fault))?;
                let read = layer::read(&layer, path)
                    .map_err(|error| self.read_fault((path.to_string(), error.into())))?;
                Ok(read.map(|bytes| Versioned {
                    version: version(&bytes),
                    bytes,
                }))
            }
        }
    }

    fn swap(
        &self,
        state: &SitePath,
        expected: Option<&Version>,
        bytes: &[u8],
    ) -> Result<Swap, TargetError> {
        let opened = self.opened()?;
        let found = opened
            .read_state(state)
            .map_err(|fault| self.read_fault(fault))?;
        if found.map(|found| found.version).as_ref() != expected {
            return Ok(Swap::Lost);
        }
        let written = opened.write_state(state, bytes);
        written.map_err(|fault| self.write_fault(fault))?;
        // Nothing keeps another one from writing at the same time; but whoever comes later wins, and
        // most often that is seen here.
        let found = opened
            .read_state(state)
            .map_err(|fault| self.read_fault(fault))?;
        Ok(match found {
            Some(found) if found.version == version(bytes) => Swap::Done(found.version),
            _ => Swap::Lost,
        })
    }

    fn observe(&self, view: View) -> Result<Observed, TargetError> {
        let opened = self.opened()?;
        let (tree, contents) = match view {
            View::Tree(tree) => {
                let settled = opened
                    .settle(tree)
                    .map_err(|fault| self.write_fault(fault))?;
                (Some(tree), settled.map(|(_, contents)| contents))
            }
            View::Live => match self.live(&opened)? {
                None => return Ok(Observed::default()),
                Some(live) => {
                    let tree = live
                        .annotations
                        .get(TREE)
                        .and_then(|tree| Tree::parse(tree));
                    let contents = opened.contents(&live);
                    (
                        tree,
                        Some(contents.map_err(|fault| self.read_fault(fault))?),
                    )
                }
            },
        };
        let files = contents.map(|contents| contents.files).unwrap_or_default();
        let files = files.into_iter().map(|file| ObservedFile {
            path: file.path,
            size: file.size,
            sha256: Some(file.sha256),
        });
        let mut files: Vec<ObservedFile> = files.collect();
        files.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(Observed {
            tree,
            files,
            strangers: Vec::new(),
        })
    }

    fn keep(&self, tree: Tree, file: &File) -> Result<bool, TargetError> {
        let kept = self.opened()?.making(tree, |making| {
            let Some((_, contents)) = &making.before else {
                return Ok(false);
            };
            let is_it = |known: &Content| known.path == file.path && known.sha256 == file.sha256;
            Ok(contents.files.iter().any(is_it))
        });
        kept.map_err(|fault| self.read_fault(fault))
    }

    fn put(&self, tree: Tree, file: &File, bytes: &[u8]) -> Result<(), TargetError> {
        let put = self.opened()?.making(tree, |making| {
            let place: PathBuf = making.folder.path().join(file.sha256.hex());
            let written = fs::write(&place, bytes);
            written.map_err(|error| (place.display().to_string(), error.into()))?;
            let facts = (file.sha256, file.size);
            making.files.insert(file.path.clone(), facts);
            Ok(())
        });
        put.map_err(|fault| self.write_fault(fault))
    }

    fn switch(&self, tree: Tree, expected: &Version, pointer: &[u8]) -> Result<Swap, TargetError> {
        let opened = self.opened()?;
        let path = SitePath::parse(POINTER).expect("a constant that is a plain path");
        let found = opened
            .read_state(&path)
            .map_err(|fault| self.read_fault(fault))?;
        if found.map(|found| found.version).as_ref() != Some(expected) {
            return Ok(Swap::Lost);
        }
        self.live(&opened)?;
        let settled = opened
            .settle(tree)
            .map_err(|fault| self.write_fault(fault))?;
        let Some((mut artifact, _)) = settled else {
            let told = "the release is not in the registry any more";
            return Err(self.write_fault((release_tag(&tree.release), told.into())));
        };
        artifact
            .annotations
            .insert(TREE.to_owned(), tree.to_string());
        let switched = opened.client.tag(&self.tag, &artifact);
        switched.map_err(|fault| self.write_fault(fault))?;
        locked(&opened.making).remove(&tree);
        self.swap(&path, Some(expected), pointer)
    }

    /// A registry clears away by rules of its own, and a tag that is deleted by hand is sent again.
    fn collect(&self, _keep: &[Tree], _stale: &[SitePath]) -> Result<(), TargetError> {
        Ok(())
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

fn release_tag(release: &Digest) -> String {
    format!("tympan_release_{}", release.hex())
}

fn version(bytes: &[u8]) -> Version {
    Version(Digest::of(bytes).hex())
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
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
