//! A bucket as a target.
//!
//! ```text
//! <prefix>/…                    the files, under their own names
//! <prefix>/.tympan/current      the pointer: environment, live deployment, epoch
//! <prefix>/.tympan/lease        who publishes now
//! <prefix>/.tympan/releases/    the releases' own JSON, by digest
//! <prefix>/.tympan/log/         one record a deployment
//! <prefix>/.tympan/drift/       hand-edited files, saved before they were replaced
//! <prefix>/.tympan/index        which content bears which entity tag
//! ```
//!
//! Nothing outside the prefix is read or written, and no file in it that another program put there.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::digest::Digest;
use crate::release::{CacheClass, File, Manifest};
use crate::site_path::SitePath;
use crate::targets::bucket::fault::Fault;
use crate::targets::bucket::index::Index;
use crate::targets::bucket::listing::{BEGUN, INDEX, Listing, STATE, Standing};
use crate::targets::bucket::objects::{Condition, Content, Headers, Mark, Objects};
use crate::targets::bucket::writes::{Kept, Over, Removal};
use crate::targets::target::{
    Capabilities, Capability, Object, Observed, POINTER, Put, RELEASES, Swap, Target, TargetError,
    Tree, Version, Versioned, View,
};

/// Whether a file that stands there was written by us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Written {
    /// By this very call.
    Here,
    /// By an earlier one, if by any.
    Perhaps,
}

/// In which form a file is written, where its tag is of its content and of how it was uploaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// In the cheapest.
    Any,
    /// In another one than files are sent in.
    Other,
}

/// A folder of an object store.
pub struct Bucket {
    objects: Objects,
    /// What the last look found; nothing before the first.
    listing: Mutex<Option<Listing>>,
    /// Releases that were read or written. Their names are their digests, so they never change, and
    /// they are long.
    releases: Mutex<BTreeMap<SitePath, Versioned>>,
    /// Whether its server was seen not to know how to remove on a condition.
    removes_bare: AtomicBool,
}

impl Bucket {
    pub(in crate::targets) fn new(objects: Objects) -> Self {
        Self {
            objects,
            listing: Mutex::new(None),
            releases: Mutex::default(),
            removes_bare: AtomicBool::default(),
        }
    }

    fn releases(&self) -> MutexGuard<'_, BTreeMap<SitePath, Versioned>> {
        self.releases.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes that files of a release may come, where a listing would not show its name.
    fn begin(&self, release: &SitePath) -> Result<(), TargetError> {
        if !self.objects.hides_dots() {
            return Ok(());
        }
        let found = self.objects.read(BEGUN)?;
        let mut lines = found.map(|found| found.bytes).unwrap_or_default();
        lines.extend(format!("{}\n", release.stem()).bytes());
        self.objects.replace(BEGUN, &lines)
    }

    fn read_state(&self, path: &SitePath) -> Result<Option<Versioned>, TargetError> {
        if let Some(known) = self.releases().get(path) {
            return Ok(Some(known.clone()));
        }
        let found = self.objects.read(&state_key(path))?;
        if let Some(found) = &found
            && is_release(path, &found.bytes)
        {
            self.releases().insert(path.clone(), found.clone());
        }
        Ok(found)
    }

    fn lock(&self) -> MutexGuard<'_, Option<Listing>> {
        self.listing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does something with the listing, which is made first if there is none yet.
    fn with<T>(&self, work: impl FnOnce(&mut Listing) -> T) -> Result<T, TargetError> {
        let mut listing = self.lock();
        if listing.is_none() {
            *listing = Some(Listing::take(&self.objects, None)?);
        }
        Ok(work(listing.get_or_insert_default()))
    }

    /// Stores what is known of the files, unless that is stored already.
    fn store_index(&self) -> Result<(), TargetError> {
        let index = self.with(|listing| listing.index())?;
        let is_new = |index: &Index| self.with(|listing| listing.stored != *index);
        let Some(index) = index else {
            return Ok(());
        };
        if !is_new(&index)? {
            return Ok(());
        }
        // Of two that write it at once the last wins; what it then lacks is read again.
        self.objects.replace(INDEX, &index.to_bytes())?;
        self.with(|listing| listing.stored = index)
    }

    /// Notes that a file was sent, and how it stands there.
    fn sent(&self, key: &str, standing: Standing) -> Result<(), TargetError> {
        self.with(|listing| {
            listing.files.insert(key.to_owned(), standing);
            listing.sent.insert(key.to_owned());
        })
    }

    /// Reads what stands at a key now, with its version.
    fn stands(&self, key: &str) -> Result<Option<Content>, TargetError> {
        let found = self.objects.contents(&[key.to_owned()])?;
        let Some(mut found) = found.into_iter().next().flatten() else {
            return Ok(None);
        };
        if found.mark.version.is_none() {
            let looked = self.objects.look(key)?;
            found.mark.version = looked.and_then(|looked| looked.mark.version);
        }
        Ok(Some(found))
    }

    /// Learns what stands in the place of a file. It is the very file if we wrote it just now, however
    /// the server spells its headers, or an earlier try did, whose answer was lost.
    fn look_again(&self, file: &File, written: Written) -> Result<Put, TargetError> {
        let key = file.path.as_str();
        let before = self.with(|listing| listing.files.contains_key(key))?;
        let Some(found) = self.stands(key)? else {
            self.with(|listing| listing.files.remove(key))?;
            return Ok(Put::Lost);
        };
        let wanted = Some(headers(file)).filter(|_| self.objects.headers);
        let is_same = found.sha256 == file.sha256;
        let is_it = match written {
            Written::Here => is_same,
            Written::Perhaps => is_same && (wanted.is_none() || found.headers == wanted),
        };
        if !before && !is_same && !self.is_ours_by_now(key)? {
            return Err(self.foreign(&file.path));
        }
        let standing = Standing {
            size: found.size,
            mark: found.mark,
            sha256: Some(found.sha256),
            headers: if is_it { wanted } else { found.headers },
            ours: true,
        };
        self.sent(key, standing)?;
        Ok(match is_it {
            true => Put::Done,
            false => Put::Lost,
        })
    }

    /// Whether a release that was begun has a file in a place where nothing stood before.
    fn is_ours_by_now(&self, key: &str) -> Result<bool, TargetError> {
        let listing = self.with(|listing| Listing::take(&self.objects, Some(listing)))??;
        let standing = listing.files.get(key);
        Ok(standing.is_none_or(|standing| standing.ours))
    }

    /// Puts a file in the place of what the last look found there.
    fn put_over(&self, file: &File, bytes: &[u8], form: Form) -> Result<Put, TargetError> {
        self.check_name(&file.path)?;
        let key = file.path.as_str();
        let standing = self.with(|listing| listing.files.get(key).cloned())?;
        if standing.as_ref().is_some_and(|standing| !standing.ours) {
            return Err(self.foreign(&file.path));
        }
        let headers = headers(file);
        let put = |over| self.objects.put(key, bytes, &headers, &over);
        let put = match standing {
            _ if !self.objects.guards_files() => put(Over::Anything),
            None => put(Over::Nothing),
            Some(Standing { mark, sha256, .. }) => match &mark.version {
                Some(_) if sha256 == Some(file.sha256) => {
                    return self.put_once_more(file, bytes, &mark);
                }
                Some(version) => put(Over::This(version.clone())),
                // The server did not say.
                None => return self.look_again(file, Written::Perhaps),
            },
        };
        let Some(mark) = put? else {
            return self.look_again(file, Written::Perhaps);
        };
        let is_seen_by_others = form == Form::Other && mark.version.is_some() && mark.comes_back();
        let standing = Standing {
            size: file.size,
            mark: mark.clone(),
            sha256: Some(file.sha256),
            headers: Some(headers),
            ours: true,
        };
        self.sent(key, standing)?;
        match is_seen_by_others {
            true => self.put_once_more(file, bytes, &mark),
            false => Ok(Put::Done),
        }
    }

    /// Writes a file that stands there so that it bears another tag.
    fn put_once_more(&self, file: &File, bytes: &[u8], mark: &Mark) -> Result<Put, TargetError> {
        let key = file.path.as_str();
        let put = self.objects.put_anew(key, bytes, &headers(file), mark)?;
        // It may have been copied there, by a server that minds no condition on a copy.
        match put {
            Some(_) => self.look_again(file, Written::Here),
            None => self.look_again(file, Written::Perhaps),
        }
    }

    /// Looks again at files that were not removed, so that the next try knows them. Tells one of them
    /// that is still there.
    fn kept(&self, kept: Vec<(String, Kept)>) -> Result<Option<String>, TargetError> {
        let mut left = None;
        for (key, why) in kept {
            if why == Kept::Unable {
                self.removes_bare.store(true, Ordering::SeqCst);
                left = Some(key);
                continue;
            }
            let found = self.stands(&key)?;
            self.with(|listing| match (found, listing.files.get_mut(&key)) {
                (Some(found), Some(standing)) => {
                    standing.size = found.size;
                    standing.mark = found.mark;
                    standing.sha256 = Some(found.sha256);
                    standing.headers = found.headers;
                    left = Some(key);
                }
                _ => drop(listing.files.remove(&key)),
            })?;
        }
        Ok(left)
    }

    fn foreign(&self, path: &SitePath) -> TargetError {
        TargetError::Foreign {
            target: self.objects.target.clone(),
            path: format!("{}{path}", self.objects.place),
        }
    }

    /// Refuses names that would not stay what they are.
    fn check_name(&self, path: &SitePath) -> Result<(), TargetError> {
        let name = path.as_str();
        if name.starts_with(STATE) {
            return Err(self.objects.refusal(name, "the name is tympan's own there"));
        }
        if name.trim() != name {
            let reason = "no object store keeps a name with a blank at its end";
            return Err(self.objects.refusal(name, reason));
        }
        Ok(())
    }
}

impl Target for Bucket {
    fn capabilities(&self) -> Capabilities {
        let mut promised = Vec::new();
        // Elsewhere a tag may be made of a size and a second, and two edits in one look the same.
        if self.objects.tells_tags {
            promised.push(Capability::ListDigests);
        }
        if self.objects.condition() != Condition::None {
            promised.push(Capability::ConditionalPut);
        }
        if self.objects.guards_files() {
            promised.push(Capability::ConditionalFiles);
        }
        if self.objects.headers {
            promised.push(Capability::Headers);
        }
        Capabilities(promised.into_iter().collect())
    }

    fn admit(&self, files: &Manifest) -> Result<(), TargetError> {
        for file in files.files() {
            self.check_name(&file.path)?;
        }
        let foreign = self.with(|listing| {
            let mut files = files.files().iter();
            files
                .find(|file| {
                    let standing = listing.files.get(file.path.as_str());
                    standing.is_some_and(|standing| !standing.ours)
                })
                .map(|file| file.path.clone())
        })?;
        foreign.map_or(Ok(()), |path| Err(self.foreign(&path)))
    }

    fn read(&self, object: &Object) -> Result<Option<Versioned>, TargetError> {
        match object {
            Object::State(path) => self.read_state(path),
            Object::Live(path) => self.objects.read(path.as_str()),
        }
    }

    fn swap(
        &self,
        state: &SitePath,
        expected: Option<&Version>,
        bytes: &[u8],
    ) -> Result<Swap, TargetError> {
        let done = self.objects.swap(&state_key(state), expected, bytes)?;
        if let Swap::Done(version) = &done
            && is_release(state, bytes)
        {
            let known = Versioned {
                bytes: bytes.to_vec(),
                version: version.clone(),
            };
            self.releases().insert(state.clone(), known);
            self.begin(state)?;
        }
        Ok(done)
    }

    fn prove(
        &self,
        state: &SitePath,
        stale: Option<&Version>,
        bytes: &[u8],
    ) -> Result<(), TargetError> {
        // What the library knows of a language is not what every server does that speaks it. Only
        // Google speaks Google's.
        if self.objects.condition() != Condition::Tag {
            return Ok(());
        }
        match self.objects.swap(&state_key(state), stale, bytes)? {
            Swap::Lost => Ok(()),
            Swap::Done(_) => Err(TargetError::Unsupported {
                target: self.objects.target.clone(),
                reason: "its server carries out a write whose condition does not hold, so two who \
                         publish at once would overwrite each other; update the server, or publish \
                         to one that keeps to `If-Match` and `If-None-Match`"
                    .to_owned(),
            }),
        }
    }

    fn observe(&self, view: View) -> Result<Observed, TargetError> {
        let mut listing = self.lock();
        match (view, listing.as_mut()) {
            (View::Tree(_), Some(listing)) => listing.confirm(&self.objects)?,
            (_, before) => {
                self.releases().clear();
                *listing = Some(Listing::take(&self.objects, before.as_deref())?);
            }
        }
        Ok(listing.get_or_insert_default().observed())
    }

    fn keep(&self, _tree: Tree, file: &File) -> Result<bool, TargetError> {
        let headers = Some(headers(file)).filter(|_| self.objects.headers);
        self.with(|listing| {
            let standing = listing.files.get(file.path.as_str());
            standing.is_some_and(|standing| {
                standing.ours
                    && standing.sha256 == Some(file.sha256)
                    && (headers.is_none() || standing.headers == headers)
            })
        })
    }

    fn put(&self, _tree: Tree, file: &File, bytes: &[u8]) -> Result<Put, TargetError> {
        self.put_over(file, bytes, Form::Any)
    }

    fn put_anew(&self, _tree: Tree, file: &File, bytes: &[u8]) -> Result<Put, TargetError> {
        self.put_over(file, bytes, Form::Other)
    }

    fn switch(&self, tree: Tree, expected: &Version, pointer: &[u8]) -> Result<Swap, TargetError> {
        self.with(|listing| listing.releases.insert(tree.release))?;
        self.store_index()?;
        let pointer_key = format!("{STATE}{POINTER}");
        self.objects.swap(&pointer_key, Some(expected), pointer)
    }

    fn collect(&self, _keep: &[Tree], stale: &[SitePath]) -> Result<(), TargetError> {
        let halves = self.with(|listing| std::mem::take(&mut listing.halves))?;
        let halves: Vec<Removal> = halves.into_iter().map(|key| (key, None)).collect();
        self.objects.remove(&halves)?;
        if stale.is_empty() {
            return Ok(());
        }
        let is_bare = self.removes_bare.load(Ordering::SeqCst);
        let removals: Vec<Removal> = self.with(|listing| {
            let ours = stale.iter().filter_map(|path| {
                let standing = listing.files.get(path.as_str());
                let standing = standing.filter(|standing| standing.ours)?;
                let version = standing.mark.version.clone().filter(|_| !is_bare);
                Some((path.to_string(), version))
            });
            ours.collect()
        })?;
        let kept = self.objects.remove(&removals)?;
        self.with(|listing| {
            let is_kept = |key: &String| kept.iter().any(|(kept, _)| kept == key);
            for (key, _) in removals.iter().filter(|(key, _)| !is_kept(key)) {
                listing.files.remove(key);
            }
        })?;
        let left = self.kept(kept)?;
        self.store_index()?;
        left.map_or(Ok(()), |key| {
            Err(TargetError::Busy {
                target: self.objects.target.clone(),
                path: self.objects.address(&key),
                source: Box::new(Fault::new("it could not be removed as it was seen")),
            })
        })
    }
}

fn state_key(path: &SitePath) -> String {
    format!("{STATE}{path}")
}

/// Whether an object is the release that its name says.
fn is_release(path: &SitePath, bytes: &[u8]) -> bool {
    path.parent().as_str() == RELEASES && path.stem() == Digest::of(bytes).hex()
}

fn headers(file: &File) -> Headers {
    Headers {
        media_type: file.media_type.to_string(),
        cache: match file.cache {
            CacheClass::Immutable => "public, max-age=31536000, immutable",
            CacheClass::Revalidate => "no-cache",
        }
        .to_owned(),
    }
}
