//! A store in a folder: files named by digest, written beside their place and renamed into it.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::digest::Digest;
use crate::store::key::Key;
use crate::store::pack::Pack;

/// A folder of blobs (`blobs/`) and cached results (`cache/<step>/`, `cache/<step>.pack`).
///
/// A result that cannot be read back whole, because it was cut or changed by hand, counts as
/// missing. A store that cannot be written works as an empty one: the work is done again.
#[derive(Debug)]
pub struct Store {
    root: PathBuf,
    /// A folder of results that other machines read and write too.
    shared: Option<PathBuf>,
    session: bool,
    hits: AtomicUsize,
    misses: AtomicUsize,
    packs: Mutex<BTreeMap<&'static str, Arc<Pack>>>,
}

/// A blob could not be kept or read.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Writing failed.
    #[error("cannot write `{path}` to the store")]
    Write {
        /// The file.
        path: PathBuf,
        /// The cause.
        #[source]
        source: std::io::Error,
    },
    /// The blob is not there, or is not what its name says.
    #[error("the store has no blob {digest}")]
    Missing {
        /// The blob.
        digest: Digest,
    },
}

impl Store {
    /// Opens a store; the folder is made when something is first written.
    pub fn open(root: &Path) -> Self {
        Self {
            root: root.to_path_buf(),
            shared: None,
            session: false,
            hits: AtomicUsize::new(0),
            misses: AtomicUsize::new(0),
            packs: Mutex::default(),
        }
    }

    /// Looks for results in a second folder too, `<step>/` below it, and keeps what is made there as
    /// well. Whoever may write to it decides what is published; one that may only be read helps all
    /// the same.
    #[must_use]
    pub fn sharing(mut self, folder: Option<&Path>) -> Self {
        self.shared = folder.map(Path::to_path_buf);
        self
    }

    /// A store of a process that makes the same results again and again as files change. What an
    /// engine remembers between two of them is worth its memory then.
    #[must_use]
    pub fn for_session(mut self) -> Self {
        self.session = true;
        self
    }

    /// Whether the same results are made again and again.
    pub fn is_for_session(&self) -> bool {
        self.session
    }

    /// The folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Keeps `bytes` under their digest.
    ///
    /// # Errors
    /// Fails where the folder cannot be written.
    pub fn put_blob(&self, bytes: &[u8]) -> Result<Digest, StoreError> {
        let digest = Digest::of(bytes);
        self.put_named(&digest, bytes)?;
        Ok(digest)
    }

    /// Keeps `bytes` under the digest that the caller knows to be theirs.
    ///
    /// # Errors
    /// Fails where the folder cannot be written.
    pub fn put_named(&self, digest: &Digest, bytes: &[u8]) -> Result<(), StoreError> {
        let path = self.blob_path(digest);
        let whole = fs::metadata(&path).is_ok_and(|known| known.len() == bytes.len() as u64);
        match whole {
            true => Ok(()),
            false => self.write(&path, bytes),
        }
    }

    /// Reads a blob back, checking that it is what its name says.
    ///
    /// # Errors
    /// Fails where it is missing or damaged.
    pub fn blob(&self, digest: &Digest) -> Result<Vec<u8>, StoreError> {
        fs::read(self.blob_path(digest))
            .ok()
            .filter(|bytes| Digest::of(bytes) == *digest)
            .ok_or(StoreError::Missing { digest: *digest })
    }

    /// Whether a blob is there; whether it is whole is told when it is read.
    pub fn has(&self, digest: &Digest) -> bool {
        self.blob_path(digest).is_file()
    }

    /// What was kept under a key, without counting it among the results of steps.
    pub fn recall(&self, key: &Key) -> Option<Vec<u8>> {
        let own = self.cache_path(key);
        let found = fs::read(&own).ok().and_then(unseal);
        found.or_else(|| {
            let shared = self.shared_with(key)?;
            let sealed = fs::read(place_of(shared, key)).ok()?;
            let _ = self.write(&own, &sealed);
            unseal(sealed)
        })
    }

    /// The cached result of a step.
    pub fn cached(&self, key: &Key) -> Option<Vec<u8>> {
        let found = self.recall(key);
        self.count(found.is_some());
        found
    }

    /// The small results of a step, which lie in one file; it is read when first asked for.
    pub fn pack(&self, step: &'static str) -> Arc<Pack> {
        let mut packs = self.packs.lock().unwrap_or_else(PoisonError::into_inner);
        let open = || Arc::new(Pack::open(&self.root, step));
        Arc::clone(packs.entry(step).or_insert_with(open))
    }

    /// Counts a result among those that were there, or were not.
    pub fn count(&self, found: bool) {
        let counter = if found { &self.hits } else { &self.misses };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    /// Keeps the result of a step. A store that cannot be written forgets it.
    pub fn cache(&self, key: &Key, bytes: &[u8]) {
        let mut sealed = Digest::of(bytes).hex().into_bytes();
        sealed.extend_from_slice(bytes);
        // A lost cache entry costs time only, so a full disk is not a reason to stop.
        let _ = self.write(&self.cache_path(key), &sealed);
        if let Some(shared) = self.shared_with(key) {
            let _ = write_whole(&place_of(shared, key), &sealed);
        }
    }

    /// Hits and misses so far.
    pub fn counts(&self) -> (usize, usize) {
        (
            self.hits.load(Ordering::Relaxed),
            self.misses.load(Ordering::Relaxed),
        )
    }

    fn blob_path(&self, digest: &Digest) -> PathBuf {
        let hex = digest.hex();
        self.root.join("blobs").join(&hex[..2]).join(&hex[2..])
    }

    /// The second folder, for a result that is true on every machine.
    fn shared_with(&self, key: &Key) -> Option<&Path> {
        let is_own = ["build", "external", "live"].contains(&key.step());
        self.shared.as_deref().filter(|_| !is_own)
    }

    fn cache_path(&self, key: &Key) -> PathBuf {
        place_of(&self.root.join("cache"), key)
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
        write_whole(path, bytes).map_err(|source| StoreError::Write {
            path: path.to_path_buf(),
            source,
        })?;
        keep_out_of_git(&self.root);
        Ok(())
    }
}

/// The place of a result in a folder of results.
fn place_of(folder: &Path, key: &Key) -> PathBuf {
    let hex = key.name().hex();
    let (first, rest) = hex.split_at(2);
    folder.join(key.step()).join(first).join(rest)
}

/// Writes a file beside its place and renames it, so that nobody ever sees a part of it.
fn write_whole(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let folder = path
        .parent()
        .expect("blobs and results lie in folders of the store");
    fs::create_dir_all(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(bytes)?;
    file.persist(path)?;
    Ok(())
}

/// A store inside a work tree must not turn up in `git status`.
pub(super) fn keep_out_of_git(root: &Path) {
    let ignore = root.join(".gitignore");
    if !ignore.exists() {
        let _ = fs::write(ignore, "*\n");
    }
}

fn unseal(sealed: Vec<u8>) -> Option<Vec<u8>> {
    let (digest, bytes) = sealed.split_at_checked(64)?;
    (Digest::of(bytes).hex().as_bytes() == digest).then(|| bytes.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_found_and_counted() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path());
        let key = Key::new("image", 1);
        assert_eq!(store.cached(&key), None);
        store.cache(&key, b"pixels");
        assert_eq!(store.cached(&key).as_deref(), Some(&b"pixels"[..]));
        assert_eq!(store.counts(), (1, 1));
    }

    #[test]
    fn what_one_machine_made_another_finds() {
        let folders = [(); 3].map(|()| tempfile::tempdir().unwrap());
        let [first, second, shared] = &folders;
        let store = |own: &tempfile::TempDir| Store::open(own.path()).sharing(Some(shared.path()));
        let key = Key::new("image", 1);
        store(first).cache(&key, b"pixels");
        assert_eq!(store(second).cached(&key).as_deref(), Some(&b"pixels"[..]));
        // It is one's own from then on.
        assert!(Store::open(second.path()).recall(&key).is_some());
        fs::write(place_of(shared.path(), &key), b"cut").unwrap();
        let third = tempfile::tempdir().unwrap();
        assert_eq!(store(&third).recall(&key), None);
        store(&third).cache(&key, b"pixels");
        assert!(store(&tempfile::tempdir().unwrap()).recall(&key).is_some());
    }

    #[test]
    fn a_damaged_file_counts_as_missing() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path());
        let (key, digest) = (Key::new("image", 1), store.put_blob(b"bytes").unwrap());
        store.cache(&key, b"pixels");
        fs::write(store.cache_path(&key), b"cut").unwrap();
        fs::write(store.blob_path(&digest), b"cut").unwrap();
        assert_eq!(store.cached(&key), None);
        assert!(store.blob(&digest).is_err());
        store.put_blob(b"bytes").unwrap();
        assert_eq!(store.blob(&digest).unwrap(), b"bytes");
    }
}
