//! The objects below one prefix of a store: read, written, listed and removed, by threads that wait.
//!
//! Calls that may be repeated are, with pauses that grow. What the library does not promise for a
//! service is not asked of it: it would be dropped in silence.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{StreamExt as _, TryStreamExt as _};
use opendal::options::{ListOptions, WriteOptions};
use opendal::{ErrorKind, Metadata, Operator};
use tokio::runtime::Runtime;

use crate::digest::Digest;
use crate::targets::bucket::fault::Fault;
use crate::targets::target::{Swap, TargetError, Version, Versioned};

/// How often a call is made before its fault is told.
const TRIES: u32 = 6;
/// The pause before the second try; each later one is twice as long.
const PAUSE: Duration = Duration::from_millis(150);
/// How many objects are read at once where many must be.
const READERS: usize = 16;

/// The objects below one prefix of a store.
pub(in crate::targets) struct Objects {
    /// The target's name, for messages.
    pub target: String,
    /// Its address, for messages.
    pub place: String,
    /// How a write can be made to depend on what stands there.
    pub condition: Condition,
    /// Whether media types and cache times are kept.
    pub headers: bool,
    pub(super) operator: Operator,
    pub(super) runtime: Arc<Runtime>,
}

/// How a write can be made to depend on what stands there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::targets) enum Condition {
    /// On its entity tag (RFC 9110).
    Tag,
    /// On its generation, as Google counts.
    Generation,
    /// Not at all: it is read and compared before.
    None,
}

/// One object of a listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::targets) struct Listed {
    pub key: String,
    pub size: u64,
    /// Changes with the content; nothing where the server names none.
    pub tag: Option<String>,
}

/// What is sent along with a file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in crate::targets) struct Headers {
    pub media_type: String,
    pub cache: String,
}

/// An object that was read to know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::targets) struct Content {
    pub sha256: Digest,
    pub tag: Option<String>,
    pub headers: Option<Headers>,
}

impl Objects {
    /// Reads an object with its version.
    pub fn read(&self, key: &str) -> Result<Option<Versioned>, TargetError> {
        let found = self.patiently(key, || self.get(key)).0;
        match found {
            Ok((bytes, metadata)) => {
                let version = self.version(key, &metadata, &bytes)?;
                Ok(Some(Versioned { bytes, version }))
            }
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(self.read_fault(key, &error)),
        }
    }

    /// Reads objects to learn their digests, many at once. One that is gone has none.
    pub fn contents(&self, keys: &[String]) -> Result<Vec<Option<Content>>, TargetError> {
        let read = |key: &String| {
            let key = key.clone();
            async move {
                let mut tried = 0;
                loop {
                    tried += 1;
                    match self.get(&key).await {
                        Ok((bytes, metadata)) => {
                            return Ok(Some(content(&bytes, &metadata)));
                        }
                        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
                        Err(error) if error.is_temporary() && tried < TRIES => {
                            tokio::time::sleep(pause(&key, tried)).await;
                        }
                        Err(error) => return Err(self.read_fault(&key, &error)),
                    }
                }
            }
        };
        let reads = futures_util::stream::iter(keys.iter().map(read)).buffered(READERS);
        self.runtime.block_on(reads.try_collect())
    }

    /// Writes an object, whatever stands there, once: whoever sends many decides on pauses. Tells
    /// the tag that it has then, where the server says.
    pub fn put(
        &self,
        key: &str,
        bytes: Vec<u8>,
        headers: &Headers,
    ) -> Result<Option<String>, TargetError> {
        let options = self.options(headers);
        let written = self.operator.write_options(key, bytes, options);
        match self.runtime.block_on(written) {
            Ok(metadata) => Ok(tag(&metadata)),
            Err(error) if error.is_temporary() => Err(TargetError::Busy {
                target: self.target.clone(),
                path: self.address(key),
                source: Box::new(Fault::of(&error)),
            }),
            Err(error) => Err(self.write_fault(key, &error)),
        }
    }

    /// Writes an object, whatever stands there, with patience.
    pub fn replace(&self, key: &str, bytes: &[u8]) -> Result<(), TargetError> {
        let options = self.options(&state_headers());
        let write = || {
            self.operator
                .write_options(key, bytes.to_vec(), options.clone())
        };
        match self.patiently(key, write).0 {
            Ok(_) => Ok(()),
            Err(error) => Err(self.write_fault(key, &error)),
        }
    }

    /// Writes an object if what stands there has still the version `expected`.
    pub fn swap(
        &self,
        key: &str,
        expected: Option<&Version>,
        bytes: &[u8],
    ) -> Result<Swap, TargetError> {
        let mut options = self.options(&state_headers());
        match (self.condition, expected) {
            (Condition::None, _) => {
                let found = self.read(key)?;
                if found.map(|found| found.version).as_ref() != expected {
                    return Ok(Swap::Lost);
                }
            }
            (_, None) => options.if_not_exists = true,
            (Condition::Tag, Some(version)) => options.if_match = Some(version.0.clone()),
            (Condition::Generation, Some(version)) => {
                options.if_version_match = Some(version.0.clone());
            }
        }
        let write = || {
            self.operator
                .write_options(key, bytes.to_vec(), options.clone())
        };
        let (written, tries) = self.patiently(key, write);
        match written {
            Ok(metadata) => Ok(Swap::Done(match self.named(&metadata) {
                Some(version) => version,
                None => self.version_of(key, bytes)?,
            })),
            Err(error) if error.kind() == ErrorKind::ConditionNotMatch && tries > 1 => {
                // The answer to an earlier try may have been lost on its way, after it was done.
                let found = self.read(key)?.filter(|found| found.bytes == bytes);
                Ok(found.map_or(Swap::Lost, |found| Swap::Done(found.version)))
            }
            Err(error) if error.kind() == ErrorKind::ConditionNotMatch => Ok(Swap::Lost),
            Err(error) => Err(self.write_fault(key, &error)),
        }
    }

    /// Lists all objects, folders left out.
    pub fn list(&self) -> Result<Vec<Listed>, TargetError> {
        let list = || {
            self.operator.list_options(
                "",
                ListOptions {
                    recursive: true,
                    ..ListOptions::default()
                },
            )
        };
        let entries = match self.patiently("", list).0 {
            Ok(entries) => entries,
            // A folder that nothing was written to.
            Err(error) if error.kind() == ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(self.read_fault("", &error)),
        };
        let files = entries
            .into_iter()
            .filter(|entry| !entry.metadata().is_dir() && !entry.path().ends_with('/'));
        Ok(files
            .map(|entry| Listed {
                key: entry.path().to_owned(),
                size: entry.metadata().content_length(),
                tag: tag(entry.metadata()),
            })
            .collect())
    }

    /// Asks for one object as a listing would tell it.
    pub fn look(&self, key: &str) -> Result<Option<Listed>, TargetError> {
        match self.patiently(key, || self.operator.stat(key)).0 {
            Ok(metadata) => Ok(Some(Listed {
                key: key.to_owned(),
                size: metadata.content_length(),
                tag: tag(&metadata),
            })),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(self.read_fault(key, &error)),
        }
    }

    /// Removes objects; those that are not there are no hindrance.
    pub fn remove(&self, keys: &[String]) -> Result<(), TargetError> {
        let Some(first) = keys.first() else {
            return Ok(());
        };
        let together = || self.operator.delete_iter(keys.to_vec());
        if self.patiently(first, together).0.is_ok() {
            return Ok(());
        }
        // Not every server that speaks a language knows its word for many at once.
        let one = |key: &String| {
            let key = key.clone();
            async move {
                let removed = self.operator.delete(&key).await;
                removed.map_err(|error| self.write_fault(&key, &error))
            }
        };
        let each = futures_util::stream::iter(keys.iter().map(one)).buffered(READERS);
        self.runtime.block_on(each.try_collect())
    }

    /// A fault of writing `key` that no server told.
    pub fn refusal(&self, key: &str, reason: &str) -> TargetError {
        TargetError::Write {
            target: self.target.clone(),
            path: self.address(key),
            source: Box::new(Fault::new(reason)),
        }
    }

    async fn get(&self, key: &str) -> opendal::Result<(Vec<u8>, Metadata)> {
        let reader = self.operator.reader(key).await?;
        let bytes = reader.read(..).await?.to_vec();
        let metadata = match reader.metadata() {
            Some(metadata) => metadata.clone(),
            None => self.operator.stat(key).await?,
        };
        Ok((bytes, metadata))
    }

    fn options(&self, headers: &Headers) -> WriteOptions {
        let told = |text: &String| Some(text.clone()).filter(|_| self.headers);
        WriteOptions {
            content_type: told(&headers.media_type),
            cache_control: told(&headers.cache),
            ..WriteOptions::default()
        }
    }

    /// Makes a call again while the server cannot keep up, and says how often it was made.
    fn patiently<T, F>(&self, key: &str, call: impl Fn() -> F) -> (opendal::Result<T>, u32)
    where
        F: Future<Output = opendal::Result<T>>,
    {
        self.runtime.block_on(async {
            let mut tried = 0;
            loop {
                let done = call().await;
                tried += 1;
                match done {
                    // A conflict is what two conditional writes of one object at once may end in.
                    Err(error)
                        if tried < TRIES
                            && (error.is_temporary() || error.kind() == ErrorKind::Conflict) =>
                    {
                        tokio::time::sleep(pause(key, tried)).await;
                    }
                    done => return (done, tried),
                }
            }
        })
    }

    fn version(
        &self,
        key: &str,
        metadata: &Metadata,
        bytes: &[u8],
    ) -> Result<Version, TargetError> {
        match self.condition {
            Condition::None => Ok(Version(Digest::of(bytes).hex())),
            _ => self.named(metadata).ok_or_else(|| TargetError::Read {
                target: self.target.clone(),
                path: self.address(key),
                source: Box::new(Fault::new("the server names no version of it")),
            }),
        }
    }

    fn named(&self, metadata: &Metadata) -> Option<Version> {
        let name = match self.condition {
            Condition::Tag => metadata.etag(),
            Condition::Generation => metadata.version(),
            Condition::None => None,
        };
        name.map(|name| Version(name.to_owned()))
    }

    /// The version of what was just written, where the answer did not tell.
    fn version_of(&self, key: &str, bytes: &[u8]) -> Result<Version, TargetError> {
        if self.condition == Condition::None {
            return Ok(Version(Digest::of(bytes).hex()));
        }
        match self.read(key)? {
            Some(found) if found.bytes == bytes => Ok(found.version),
            _ => Err(self.refusal(key, "another took its place at once")),
        }
    }

    fn address(&self, key: &str) -> String {
        format!("{}{key}", self.place)
    }

    fn read_fault(&self, key: &str, error: &opendal::Error) -> TargetError {
        TargetError::Read {
            target: self.target.clone(),
            path: self.address(key),
            source: Box::new(Fault::of(error)),
        }
    }

    fn write_fault(&self, key: &str, error: &opendal::Error) -> TargetError {
        TargetError::Write {
            target: self.target.clone(),
            path: self.address(key),
            source: Box::new(Fault::of(error)),
        }
    }
}

/// State is read by programs that must see the newest.
fn state_headers() -> Headers {
    Headers {
        media_type: "application/json; charset=utf-8".to_owned(),
        cache: "no-store".to_owned(),
    }
}

fn content(bytes: &[u8], metadata: &Metadata) -> Content {
    let headers = metadata.content_type().map(|media_type| Headers {
        media_type: media_type.to_owned(),
        cache: metadata.cache_control().unwrap_or_default().to_owned(),
    });
    Content {
        sha256: Digest::of(bytes),
        tag: tag(metadata),
        headers,
    }
}

/// What changes with the content: the entity tag, in one spelling, or else the moment of the last
/// change.
fn tag(metadata: &Metadata) -> Option<String> {
    let tag = metadata.etag().map(|tag| {
        let tag = tag.strip_prefix("W/").unwrap_or(tag);
        tag.trim_matches('"').to_owned()
    });
    tag.filter(|tag| !tag.is_empty())
}

/// The pause after a try: twice as long as the one before, and up to half as long again, so that
/// those who failed together do not come back together.
pub(super) fn pause(key: &str, tried: u32) -> Duration {
    let grown = PAUSE * 2_u32.pow(tried.saturating_sub(1).min(6));
    let share = Digest::of_parts([key.as_bytes(), &tried.to_le_bytes()]).bytes()[0];
    grown + grown * u32::from(share) / 512
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_differ() {
        assert!(pause("a", 1) >= PAUSE && pause("a", 1) < PAUSE * 2);
        assert!(pause("a", 4) >= PAUSE * 8);
        assert_eq!(pause("a", 3), pause("a", 3));
        assert_ne!(pause("a", 3), pause("b", 3));
    }
}
