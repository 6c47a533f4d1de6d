//! Writing and removing the objects of a store: files, whose writer looked before, and state, which is
//! compared and set. A condition that does not hold is an answer and no fault.

use futures_util::{StreamExt as _, TryStreamExt as _};
use opendal::options::{DeleteOptions, WriteOptions};
use opendal::{ErrorKind, Metadata};

use crate::digest::Digest;
use crate::targets::bucket::fault::Fault;
use crate::targets::bucket::listing::STATE;
use crate::targets::bucket::objects::{Condition, HALF, Headers, Mark, Objects, READERS, persist};
use crate::targets::bucket::parts::is_inability;
use crate::targets::target::{Swap, TargetError, Version};

/// What a file may take the place of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::targets) enum Over {
    /// Whatever stands there.
    Anything,
    /// Nothing: there was none.
    Nothing,
    /// What has this version.
    This(Version),
}

/// An object to remove, if it has still this version; none asks for no condition.
pub(in crate::targets) type Removal = (String, Option<Version>);

/// Why an object was not removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::targets) enum Kept {
    /// It is gone already, or another by now.
    Changed,
    /// The server does not know how to remove on a condition.
    Unable,
}

impl Objects {
    /// Whether putting and removing a file can be made to depend on what stands there: where state is
    /// compared under a lock, no lock is taken for each file.
    pub fn guards_files(&self) -> bool {
        matches!(self.promised, Condition::Tag | Condition::Generation)
    }

    /// Writes a file once: whoever sends many decides on pauses. Tells the marks that it has then, as
    /// far as the server says; nothing if something else stands there than it may take the place of.
    pub fn put(
        &self,
        key: &str,
        bytes: &[u8],
        headers: &Headers,
        over: &Over,
    ) -> Result<Option<Mark>, TargetError> {
        let mut options = self.options(headers);
        match over {
            Over::Anything => {}
            Over::Nothing => self.condition_on(&mut options, None),
            Over::This(version) => self.condition_on(&mut options, Some(version)),
        }
        let written = self.write(key, bytes, options);
        self.answered(key, self.runtime.block_on(written))
    }

    /// Writes a file once more that stands there already, so that whoever saw it before finds that it
    /// is another.
    pub fn put_anew(
        &self,
        key: &str,
        bytes: &[u8],
        headers: &Headers,
        found: &Mark,
    ) -> Result<Option<Mark>, TargetError> {
        let over = found.version.clone().map_or(Over::Anything, Over::This);
        if found.comes_back() && !bytes.is_empty() {
            let mut options = self.options(headers);
            self.condition_on(&mut options, found.version.as_ref());
            let size = bytes.len() as u64;
            // It takes three requests, of which a busy server seldom takes all at once.
            let copy = || self.copy_onto_itself(key, size, options.clone());
            match self.patiently(key, copy).0 {
                Err(error) if is_inability(&error) => {}
                copied => return self.answered(key, copied),
            }
        }
        self.put(key, bytes, headers, &over)
    }

    /// What a write was answered: the marks that the file has now, or nothing if the condition does
    /// not hold.
    fn answered(
        &self,
        key: &str,
        written: opendal::Result<Metadata>,
    ) -> Result<Option<Mark>, TargetError> {
        match written {
            Ok(metadata) if self.tells_tags => Ok(Some(self.mark(&metadata))),
            Ok(_) => Ok(Some(Mark::default())),
            Err(error) if error.kind() == ErrorKind::ConditionNotMatch => Ok(None),
            // A conflict is what two conditional writes of one object at once may end in.
            Err(error) if error.is_temporary() || error.kind() == ErrorKind::Conflict => {
                Err(TargetError::Busy {
                    target: self.target.clone(),
                    path: self.address(key),
                    source: Box::new(Fault::of(&error)),
                })
            }
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
        match self.condition() {
            Condition::Lock => return self.swap_locked(key, expected, bytes),
            Condition::None => return self.swap_alone(key, expected, bytes),
            Condition::Tag | Condition::Generation => {}
        }
        let mut options = self.options(&state_headers());
        self.condition_on(&mut options, expected);
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

    /// Removes objects, and tells which it did not and why. Without a condition those that are not
    /// there are no hindrance.
    pub fn remove(&self, removals: &[Removal]) -> Result<Vec<(String, Kept)>, TargetError> {
        let Some((first, _)) = removals.first() else {
            return Ok(Vec::new());
        };
        let removals: Vec<_> = removals
            .iter()
            .map(|(key, version)| (key.clone(), self.delete_options(version.as_ref())))
            .collect();
        let together = || self.operator.delete_iter(removals.clone());
        if self.patiently(first, together).0.is_ok() {
            return Ok(Vec::new());
        }
        // Not every server that speaks a language knows its word for many at once; and of many, one
        // that is another by now holds up the others. The library does not tell which those are.
        let one = |(key, options): &(String, DeleteOptions)| {
            let (key, options) = (key.clone(), options.clone());
            async move {
                let has_condition =
                    options.if_match.is_some() || options.if_version_match.is_some();
                let remove = || self.operator.delete_options(&key, options.clone());
                let removed = persist(&key, remove).await.0;
                match removed {
                    Ok(()) => Ok(None),
                    Err(error) if error.kind() == ErrorKind::ConditionNotMatch => {
                        Ok(Some((key, Kept::Changed)))
                    }
                    Err(error) if has_condition && is_inability(&error) => {
                        Ok(Some((key, Kept::Unable)))
                    }
                    Err(error) => Err(self.write_fault(&key, &error)),
                }
            }
        };
        let each = futures_util::stream::iter(removals.iter().map(one)).buffered(READERS);
        let kept: Vec<_> = self.runtime.block_on(each.try_collect())?;
        Ok(kept.into_iter().flatten().collect())
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

    /// Writes an object: whole, or not at all.
    async fn write(
        &self,
        key: &str,
        bytes: &[u8],
        options: WriteOptions,
    ) -> opendal::Result<Metadata> {
        if self.is_whole && self.sends_in_parts(bytes.len()) {
            return self.write_parts(key, bytes, options).await;
        }
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

    fn options(&self, headers: &Headers) -> WriteOptions {
        let told = |text: &String| Some(text.clone()).filter(|_| self.headers);
        WriteOptions {
            content_type: told(&headers.media_type),
            cache_control: told(&headers.cache),
            ..WriteOptions::default()
        }
    }

    /// Makes a write depend on the version of what stands there, or on nothing standing there.
    fn condition_on(&self, options: &mut WriteOptions, expected: Option<&Version>) {
        let version = expected.map(|version| version.0.clone());
        match (self.promised, version) {
            (_, None) => options.if_not_exists = true,
            (Condition::Generation, version) => options.if_version_match = version,
            (_, version) => options.if_match = version,
        }
    }

    fn delete_options(&self, expected: Option<&Version>) -> DeleteOptions {
        let can = self.operator.info().capability();
        let version = expected.map(|version| version.0.clone());
        let mut options = DeleteOptions::default();
        match self.promised {
            Condition::Tag if can.delete_with_if_match => options.if_match = version,
            Condition::Generation if can.delete_with_if_version_match => {
                options.if_version_match = version;
            }
            _ => {}
        }
        options
    }

    /// The version of what was just written, where the answer did not tell.
    fn version_of(&self, key: &str, bytes: &[u8]) -> Result<Version, TargetError> {
        match self.read(key)? {
            Some(found) if found.bytes == bytes => Ok(found.version),
            _ => Err(self.refusal(key, "another took its place at once")),
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
