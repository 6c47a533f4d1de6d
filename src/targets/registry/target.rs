//! A tag of a registry as a target.

use std::fs;
use std::sync::{Arc, Mutex};

use crate::release::File;
use crate::site_path::SitePath;
use crate::targets::registry::client::{Artifact, Client, Fault};
use crate::targets::registry::layer;
use crate::targets::registry::login::Login;
use crate::targets::registry::opened::{Content, Opened, RELEASE, TREE, locked, tree_tag, version};
use crate::targets::target::{
    Capabilities, Capability, Object, Observed, ObservedFile, POINTER, Put, Swap, Target,
    TargetError, Tree, Version, Versioned, View,
};

/// A tag of a repository in a registry.
pub struct Registry {
    name: String,
    repository: String,
    tag: String,
    login: Login,
    source: Option<String>,
    opened: Mutex<Option<Arc<Opened>>>,
}

impl Registry {
    /// Names a tag of a repository as a target. It is asked for when something is first read.
    /// `source` is the address of what it is made from, if that is known.
    pub fn open(
        name: &str,
        repository: &str,
        tag: &str,
        login: Login,
        source: Option<String>,
    ) -> Self {
        Self {
            name: name.to_owned(),
            repository: repository.to_owned(),
            tag: tag.to_owned(),
            login,
            source,
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
        let made = Arc::new(Opened::new(client, self.source.clone()));
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

impl Target for Registry {
    fn capabilities(&self) -> Capabilities {
        let promised = [
            Capability::AtomicSwitch,
            Capability::SideBySide,
            Capability::ConditionalFiles,
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
            let is_kept = contents.files.iter().any(is_it);
            if is_kept {
                let facts = (file.sha256, file.size);
                making.put.remove(&file.path);
                making.kept.insert(file.path.clone(), facts);
            }
            Ok(is_kept)
        });
        kept.map_err(|fault| self.read_fault(fault))
    }

    fn put(&self, tree: Tree, file: &File, bytes: &[u8]) -> Result<Put, TargetError> {
        let put = self.opened()?.making(tree, |making| {
            let place = making.folder.path().join(file.sha256.hex());
            let written = fs::write(&place, bytes);
            written.map_err(|error| (place.display().to_string(), error.into()))?;
            let facts = (file.sha256, file.size);
            making.kept.remove(&file.path);
            making.put.insert(file.path.clone(), facts);
            Ok(Put::Done)
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
        let Some((artifact, _)) = settled else {
            let told = "the release is not in the registry any more";
            return Err(self.write_fault((tree_tag(tree), told.into())));
        };
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
