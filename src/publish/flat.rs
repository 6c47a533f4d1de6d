//! A bucket in memory, for tests: one set of names, conditional writes, listing with digests, and
//! no trees apart. It keeps the same promise as the directory, as far as a bucket can.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use crate::digest::Digest;
use crate::release::File;
use crate::site_path::SitePath;
use crate::targets::{
    Capabilities, Capability, Object, Observed, ObservedFile, POINTER, Put, Swap, Target,
    TargetError, Tree, Version, Versioned, View,
};

/// What tells one state of a file from another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tags {
    /// The number of the write, as Google and Azure have it.
    Writes,
    /// The digest of the content, as Amazon has it: it comes back when the content does, and is of
    /// another form where the same content was put once more.
    Contents,
    /// Nothing: files are put whatever stands there.
    None,
}

/// One who uses the bucket: what he saw there last is his own.
pub(super) struct Flat {
    tags: Tags,
    objects: Arc<Mutex<Objects>>,
    seen: Mutex<BTreeMap<String, Seen>>,
}

/// A file as it was seen.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Seen {
    tag: Digest,
    sha256: Digest,
}

#[derive(Default)]
struct Objects {
    writes: u64,
    all: BTreeMap<String, Held>,
}

/// An object.
struct Held {
    /// The number of the write.
    number: u64,
    /// Whether it came in parts.
    in_parts: bool,
    bytes: Vec<u8>,
}

impl Objects {
    fn write(&mut self, key: &str, bytes: &[u8], in_parts: bool) {
        self.writes += 1;
        let held = Held {
            number: self.writes,
            in_parts,
            bytes: bytes.to_vec(),
        };
        self.all.insert(key.to_owned(), held);
    }

    /// Whether what stands there is this, sent in one piece.
    fn is_plain(&self, key: &str, bytes: &[u8]) -> bool {
        let held = self.all.get(key);
        held.is_some_and(|held| held.bytes == bytes && !held.in_parts)
    }

    /// Whether what stands there is this, sent in parts.
    fn is_in_parts(&self, key: &str, bytes: &[u8]) -> bool {
        let held = self.all.get(key);
        held.is_some_and(|held| held.bytes == bytes && held.in_parts)
    }
}

impl Default for Flat {
    fn default() -> Self {
        Self::with(Tags::Writes)
    }
}

impl Flat {
    pub(super) fn with(tags: Tags) -> Self {
        Self {
            tags,
            objects: Arc::default(),
            seen: Mutex::default(),
        }
    }

    /// The same bucket as somebody else uses it.
    pub(super) fn again(&self) -> Self {
        Self {
            tags: self.tags,
            objects: Arc::clone(&self.objects),
            seen: Mutex::default(),
        }
    }

    pub(super) fn live(&self) -> BTreeMap<String, Vec<u8>> {
        let objects = self.objects.lock().unwrap();
        let all = objects.all.iter();
        let live = all.filter(|(key, _)| !key.starts_with(".tympan/"));
        live.map(|(key, held)| (key.clone(), held.bytes.clone()))
            .collect()
    }

    pub(super) fn edit(&self, path: &str, bytes: Option<&str>) {
        let mut objects = self.objects.lock().unwrap();
        match bytes {
            Some(bytes) => objects.write(path, bytes.as_bytes(), false),
            None => drop(objects.all.remove(path)),
        }
    }

    fn find(&self, key: &str) -> Option<Versioned> {
        let objects = self.objects.lock().unwrap();
        let bytes = objects.all.get(key)?.bytes.clone();
        let version = Version(Digest::of(&bytes).hex());
        Some(Versioned { bytes, version })
    }

    /// How a file looks now.
    fn look(&self, objects: &Objects, key: &str) -> Option<Seen> {
        let held = objects.all.get(key)?;
        let sha256 = Digest::of(&held.bytes);
        let tag = match self.tags {
            Tags::Writes => Digest::of(&held.number.to_le_bytes()),
            Tags::Contents if held.in_parts => Digest::of_parts([&held.bytes[..], b"-1"]),
            Tags::Contents | Tags::None => sha256,
        };
        Some(Seen { tag, sha256 })
    }

    /// Puts a file, and looks at what stands there then.
    fn put_as(&self, file: &File, bytes: &[u8], in_parts: impl Fn(&Objects) -> bool) -> Put {
        let key = file.path.as_str();
        let mut objects = self.objects.lock().unwrap();
        let mut seen = self.seen.lock().unwrap();
        let holds = self.holds(self.look(&objects, key), seen.get(key));
        if holds {
            let in_parts = in_parts(&objects);
            objects.write(key, bytes, in_parts);
        }
        self.note(&objects, &mut seen, key);
        match holds {
            true => Put::Done,
            false => Put::Lost,
        }
    }

    fn note(&self, objects: &Objects, seen: &mut BTreeMap<String, Seen>, key: &str) {
        match self.look(objects, key) {
            Some(found) => seen.insert(key.to_owned(), found),
            None => seen.remove(key),
        };
    }

    /// Whether a condition on what was seen there holds, or none is asked for.
    fn holds(&self, now: Option<Seen>, before: Option<&Seen>) -> bool {
        self.tags == Tags::None || now.map(|now| now.tag) == before.map(|before| before.tag)
    }
}

impl Target for Flat {
    fn capabilities(&self) -> Capabilities {
        let mut promised =
            Capabilities([Capability::ConditionalPut, Capability::ListDigests].into());
        if self.tags != Tags::None {
            promised.0.insert(Capability::ConditionalFiles);
        }
        promised
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
        let found = objects.all.get(&key);
        let found = found.map(|held| Version(Digest::of(&held.bytes).hex()));
        if found.as_ref() != expected {
            return Ok(Swap::Lost);
        }
        objects.write(&key, bytes, false);
        Ok(Swap::Done(Version(Digest::of(bytes).hex())))
    }

    fn observe(&self, _view: View) -> Result<Observed, TargetError> {
        {
            let objects = self.objects.lock().unwrap();
            let looks = objects.all.keys();
            let looks = looks.filter_map(|key| Some((key.clone(), self.look(&objects, key)?)));
            *self.seen.lock().unwrap() = looks.collect();
        }
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
        let seen = self.seen.lock().unwrap();
        let found = seen.get(file.path.as_str());
        Ok(found.is_some_and(|found| found.sha256 == file.sha256))
    }

    fn put(&self, _tree: Tree, file: &File, bytes: &[u8]) -> Result<Put, TargetError> {
        let key = file.path.as_str();
        Ok(self.put_as(file, bytes, |objects| objects.is_plain(key, bytes)))
    }

    fn put_anew(&self, _tree: Tree, file: &File, bytes: &[u8]) -> Result<Put, TargetError> {
        let key = file.path.as_str();
        Ok(self.put_as(file, bytes, |objects| !objects.is_in_parts(key, bytes)))
    }

    fn switch(&self, _tree: Tree, expected: &Version, pointer: &[u8]) -> Result<Swap, TargetError> {
        self.swap(&SitePath::parse(POINTER).unwrap(), Some(expected), pointer)
    }

    fn collect(&self, _keep: &[Tree], stale: &[SitePath]) -> Result<(), TargetError> {
        let mut objects = self.objects.lock().unwrap();
        let mut seen = self.seen.lock().unwrap();
        let mut is_done = true;
        for key in stale.iter().map(SitePath::as_str) {
            if self.holds(self.look(&objects, key), seen.get(key)) {
                objects.all.remove(key);
            }
            self.note(&objects, &mut seen, key);
            is_done &= !objects.all.contains_key(key);
        }
        match is_done {
            true => Ok(()),
            false => Err(TargetError::Busy {
                target: "flat".to_owned(),
                path: String::new(),
                source: "another has written there".into(),
            }),
        }
    }
}
