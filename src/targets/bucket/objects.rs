//! The objects below one prefix of a store: read and listed, by threads that wait.
//!
//! Calls that may be repeated are, with pauses that grow. What the library does not promise for a
//! service is not asked of it: it would be dropped in silence.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{StreamExt as _, TryStreamExt as _};
use opendal::options::ListOptions;
use opendal::{ErrorKind, Metadata, Operator};
use tokio::runtime::Runtime;

use crate::digest::Digest;
use crate::targets::bucket::dav::Dav;
use crate::targets::bucket::fault::Fault;
use crate::targets::target::{TargetError, Version, Versioned};

/// How often a call is made before its fault is told.
const TRIES: u32 = 6;
/// The pause before the second try; each later one is twice as long.
const PAUSE: Duration = Duration::from_millis(150);
/// Where files are written whose place they take afterwards.
pub(super) const HALF: &str = ".tympan/tmp/";
/// How a tag begins that is a moment.
pub(super) const MOMENT: &str = "since ";
/// How many objects are read at once where many must be.
pub(super) const READERS: usize = 16;

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
    pub mark: Mark,
}

/// What tells one state of an object from another.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in crate::targets) struct Mark {
    /// Changes with the content; nothing where the server names none.
    pub tag: Option<String>,
    /// What a write can be made to depend on, if it can.
    pub version: Option<Version>,
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
    pub size: u64,
    pub sha256: Digest,
    pub mark: Mark,
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
                            return Ok(Some(self.content(&bytes, &metadata)));
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
                mark: self.listed_mark(entry.metadata()),
            })
            .collect())
    }

    /// Asks for one object as a listing would tell it.
    pub fn look(&self, key: &str) -> Result<Option<Listed>, TargetError> {
        match self.patiently(key, || self.operator.stat(key)).0 {
            Ok(metadata) => Ok(Some(Listed {
                key: key.to_owned(),
                size: metadata.content_length(),
                mark: self.listed_mark(&metadata),
            })),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(self.read_fault(key, &error)),
        }
    }

    /// A fault of writing `key` that no server told.
    pub fn refusal(&self, key: &str, reason: &str) -> TargetError {
        TargetError::Write {
            target: self.target.clone(),
            path: self.address(key),
            source: Box::new(Fault::new(reason)),
        }
    }

    pub(super) async fn get(&self, key: &str) -> opendal::Result<(Vec<u8>, Metadata)> {
        let reader = self.operator.reader(key).await?;
        let bytes = reader.read(..).await?.to_vec();
        let metadata = match reader.metadata() {
            Some(metadata) => metadata.clone(),
            None => self.operator.stat(key).await?,
        };
        Ok((bytes, metadata))
    }

    /// Makes a call again while the server cannot keep up, and says how often it was made.
    pub(super) fn patiently<T, F>(
        &self,
        key: &str,
        call: impl Fn() -> F,
    ) -> (opendal::Result<T>, u32)
    where
        F: Future<Output = opendal::Result<T>>,
    {
        self.runtime.block_on(persist(key, call))
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

    pub(super) fn named(&self, metadata: &Metadata) -> Option<Version> {
        let name = match self.promised {
            Condition::Tag => metadata.etag(),
            Condition::Generation => metadata.version(),
            Condition::Lock | Condition::None => None,
        };
        name.map(|name| Version(name.to_owned()))
    }

    /// What tells this state of an object from others.
    pub(super) fn mark(&self, metadata: &Metadata) -> Mark {
        let tag = tag(metadata);
        let version = match self.promised {
            // As it is written in a condition, whichever way a listing writes it.
            Condition::Tag => tag.as_ref().map(|tag| Version(format!("\"{tag}\""))),
            _ => self.named(metadata),
        };
        Mark { tag, version }
    }

    /// The same in a listing: where there is no entity tag, the moment of the last change stands for
    /// one, which two changes within its unit share.
    fn listed_mark(&self, metadata: &Metadata) -> Mark {
        let mark = self.mark(metadata);
        let moment = || Some(format!("{MOMENT}{}", metadata.last_modified()?));
        Mark {
            tag: mark.tag.or_else(moment),
            ..mark
        }
    }

    fn content(&self, bytes: &[u8], metadata: &Metadata) -> Content {
        let headers = metadata.content_type().map(|media_type| Headers {
            media_type: media_type.to_owned(),
            cache: metadata.cache_control().unwrap_or_default().to_owned(),
        });
        Content {
            size: bytes.len() as u64,
            sha256: Digest::of(bytes),
            mark: self.mark(metadata),
            headers,
        }
    }

    pub(super) fn address(&self, key: &str) -> String {
        format!("{}{key}", self.place)
    }

    fn read_fault(&self, key: &str, error: &opendal::Error) -> TargetError {
        TargetError::Read {
            target: self.target.clone(),
            path: self.address(key),
            source: Box::new(Fault::of(error)),
        }
    }

    pub(super) fn write_fault(&self, key: &str, error: &opendal::Error) -> TargetError {
        TargetError::Write {
            target: self.target.clone(),
            path: self.address(key),
            source: Box::new(Fault::of(error)),
        }
    }
}

/// Makes a call again while the server cannot keep up, and says how often it was made.
pub(super) async fn persist<T, F>(key: &str, call: impl Fn() -> F) -> (opendal::Result<T>, u32)
where
    F: Future<Output = opendal::Result<T>>,
{
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
