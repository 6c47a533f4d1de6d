//! A bucket in memory, for tests: one set of names, conditional writes, listing with digests, and
//! no trees apart. It keeps the same promise as the directory, as far as a bucket can.

use std::collections::BTreeMap;
use std::sync::Mutex;

use crate::digest::Digest;
use crate::release::File;
use crate::site_path::SitePath;
use crate::targets::{
    Capabilities, Capability, Object, Observed, ObservedFile, POINTER, Swap, Target, TargetError,
    Tree, Version, Versioned, View,
};

#[derive(Default)]
pub(super) struct Flat {
    objects: Mutex<BTreeMap<String, Vec<u8>>>,
}

impl Flat {
    pub(super) fn live(&self) -> BTreeMap<String, Vec<u8>> {
        let objects = self.objects.lock().unwrap();
        let live = objects
            .iter()
            .filter(|(key, _)| !key.starts_with(".tympan/"));
        live.map(|(key, bytes)| (key.clone(), bytes.clone()))
            .collect()
    }

    pub(super) fn edit(&self, path: &str, bytes: Option<&str>) {
        let mut objects = self.objects.lock().unwrap();
        match bytes {
            Some(bytes) => objects.insert(path.to_owned(), bytes.into()),
            None => objects.remove(path),
        };
    }

    fn find(&self, key: &str) -> Option<Versioned> {
        let bytes = self.objects.lock().unwrap().get(key)?.clone();
        let version = Version(Digest::of(&bytes).hex());
        Some(Versioned { bytes, version })
    }
}

impl Target for Flat {
    fn capabilities(&self) -> Capabilities {
        Capabilities([Capability::ConditionalPut, Capability::ListDigests].into())
    }

    fn read(&self, object: &Object) -> Result<Option<Versioned>, TargetError> {
        Ok(match object {
            Object::State(path) => self.find(&format!(".tympan/{path}")),
            Object::Live(path) => self.find(path.as_str()),
        })
    }

    fn swap(
        &self,
        state: &SitePath,
        expected: Option<&Version>,
        bytes: &[u8],
    ) -> Result<Swap, TargetError> {
        let mut objects = self.objects.lock().unwrap();
        let key = format!(".tympan/{state}");
        let found = objects
            .get(&key)
            .map(|bytes| Version(Digest::of(bytes).hex()));
        if found.as_ref() != expected {
            return Ok(Swap::Lost);
        }
        objects.insert(key, bytes.to_vec());
        Ok(Swap::Done(Version(Digest::of(bytes).hex())))
    }

    fn observe(&self, _view: View) -> Result<Observed, TargetError> {
        let files = self.live().into_iter().map(|(path, bytes)| ObservedFile {
            path: SitePath::parse(&path).unwrap(),
            size: bytes.len() as u64,
            sha256: Some(Digest::of(&bytes)),
        });
        Ok(Observed {
            files: files.collect(),
            ..Observed::default()
        })
    }

    fn keep(&self, _tree: Tree, file: &File) -> Result<bool, TargetError> {
        let found = self.find(file.path.as_str());
        Ok(found.is_some_and(|found| Digest::of(&found.bytes) == file.sha256))
    }

    fn put(&self, _tree: Tree, file: &File, bytes: &[u8]) -> Result<(), TargetError> {
        let mut objects = self.objects.lock().unwrap();
        objects.insert(file.path.to_string(), bytes.to_vec());
        Ok(())
    }

    fn switch(&self, _tree: Tree, expected: &Version, pointer: &[u8]) -> Result<Swap, TargetError> {
        self.swap(&SitePath::parse(POINTER).unwrap(), Some(expected), pointer)
    }

    fn collect(&self, _keep: &[Tree], stale: &[SitePath]) -> Result<(), TargetError> {
        let mut objects = self.objects.lock().unwrap();
        for path in stale {
            objects.remove(path.as_str());
        }
        Ok(())
    }
}
