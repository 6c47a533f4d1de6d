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
use crate::targets::bucket::dav::Dav;
use crate::targets::bucket::fault::Fault;
use crate::targets::bucket::listing::STATE;
use crate::targets::target::{Swap, TargetError, Version, Versioned};

/// How often a call is made before its fault is told.
const TRIES: u32 = 6;
/// The pause before the second try; each later one is twice as long.
const PAUSE: Duration = Duration::from_millis(150);
/// Where files are written whose place they take afterwards.
pub(super) const HALF: &str = ".tympan/tmp/";
/// How a tag begins that is a moment.
pub(super) const MOMENT: &str = "since ";
/// How many objects are read at once where many must be.
const READERS: usize = 16;

/// The objects below one prefix of a store.
pub(in crate::targets) struct Objects {
    /// The target's name, for messages.
    pub target: String,
    /// Its address, for messages.
    pub place: String,
    /// How a write can be made to depend on what stands there, as far as the service says.
    pub(super) promised: Condition,
    /// Whether a write that is cut leaves what stood there before. Where it does not, files are
    /// written beside their place and moved.
    pub(super) is_whole: bool,
    /// Whether the answer to a write tells the tag that listings will show.
    pub(super) tells_tags: bool,
    /// The server as one of WebDAV, if it is one.
    pub(super) dav: Option<Dav>,
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
    /// By a lock, under which it is read and compared before.
    Lock,
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
    /// How a write can be made to depend on what stands there.
    pub fn condition(&self) -> Condition {
        match &self.dav {
            Some(dav) if dav.has_locks(&self.runtime) => Condition::Lock,
            _ => self.promised,
        }
    }

    /// Whether names that begin with a dot may be missing in listings: nginx leaves them out.
    pub(super) fn hides_dots(&self) -> bool {
        self.dav.is_some()
    }

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
        bytes: &[u8],
        headers: &Headers,
    ) -> Result<Option<String>, TargetError> {
        let written = self.write(key, bytes, self.options(headers));
        match self.runtime.block_on(written) {
            Ok(metadata) => Ok(tag(&metadata).filter(|_| self.tells_tags)),
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
        let write = || self.write(key, bytes, options.clone());
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
        match (self.condition(), expected) {
            (Condition::Lock, _) => return self.swap_locked(key, expected, bytes),
            (Condition::None, _) => return self.swap_alone(key, expected, bytes),
            (_, None) => options.if_not_exists = true,
            (Condition::Tag, Some(version)) => options.if_match = Some(version.0.clone()),
            (Condition::Generation, Some(version)) => {
                options.if_version_match = Some(version.0.clone());
            }
        }
        let write = || self.write(key, bytes, options.clone());
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

    /// Compares and writes while a lock keeps others out.
    fn swap_locked(
        &self,
        key: &str,
        expected: Option<&Version>,
        bytes: &[u8],
    ) -> Result<Swap, TargetError> {
        let Some(dav) = &self.dav else {
            return self.swap_alone(key, expected, bytes);
        };
        let folder = || self.operator.create_dir(STATE);
        let made = self.patiently(STATE, folder).0;
        made.map_err(|error| self.write_fault(STATE, &error))?;
        let lock = dav.lock(&self.runtime);
        let lock = lock.map_err(|reason| self.refusal(key, &reason))?;
        let done = self.swap_alone(key, expected, bytes);
        if let Some(lock) = lock {
            dav.unlock(&self.runtime, lock);
        }
        done
    }

    /// Compares and writes, in two steps.
    fn swap_alone(
        &self,
        key: &str,
        expected: Option<&Version>,
        bytes: &[u8],
    ) -> Result<Swap, TargetError> {
        let found = self.read(key)?;
        if found.map(|found| found.version).as_ref() != expected {
            return Ok(Swap::Lost);
        }
        self.replace(key, bytes)?;
        Ok(Swap::Done(Version(Digest::of(bytes).hex())))
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
                tag: listed_tag(entry.metadata()),
            })
            .collect())
    }

    /// Asks for one object as a listing would tell it.
    pub fn look(&self, key: &str) -> Result<Option<Listed>, TargetError> {
        match self.patiently(key, || self.operator.stat(key)).0 {
            Ok(metadata) => Ok(Some(Listed {
                key: key.to_owned(),
                size: metadata.content_length(),
                tag: listed_tag(&metadata),
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

    /// Writes an object: whole, or not at all.
    async fn write(
        &self,
        key: &str,
        bytes: &[u8],
        options: WriteOptions,
    ) -> opendal::Result<Metadata> {
        let bytes = bytes.to_vec();
        if self.is_whole {
            return self.operator.write_options(key, bytes, options).await;
        }
        let name = Digest::of_parts([key.as_bytes(), &[0], &bytes]);
        let beside = format!("{HALF}{}", name.hex());
        let metadata = self.operator.write_options(&beside, bytes, options).await?;
        self.operator.rename(&beside, key).await?;
        Ok(metadata)
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
        match self.promised {
            Condition::None | Condition::Lock => Ok(Version(Digest::of(bytes).hex())),
            _ => self.named(metadata).ok_or_else(|| TargetError::Read {
                target: self.target.clone(),
                path: self.address(key),
                source: Box::new(Fault::new("the server names no version of it")),
            }),
        }
    }

    fn named(&self, metadata: &Metadata) -> Option<Version> {
        let name = match self.promised {
            Condition::Tag => metadata.etag(),
            Condition::Generation => metadata.version(),
            Condition::Lock | Condition::None => None,
        };
        name.map(|name| Version(name.to_owned()))
    }

    /// The version of what was just written, where the answer did not tell.
    fn version_of(&self, key: &str, bytes: &[u8]) -> Result<Version, TargetError> {
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

/// What changes with the content in a listing: the entity tag, or else the moment of the last change,
/// which two changes within its unit share.
fn listed_tag(metadata: &Metadata) -> Option<String> {
    tag(metadata).or_else(|| Some(format!("{MOMENT}{}", metadata.last_modified()?)))
}

/// The entity tag (RFC 9110), in one spelling.
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
