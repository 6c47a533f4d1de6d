//! Many small results of one step in one file: what is known of each block of text.
//!
//! A file a block would be ten thousand files; one file for all would be written again for a word.
//! A pack is read whole when it is first asked, and grows at its end. Each addition is sealed by a
//! digest of its own, so that one that was cut, or written by two programs at once, ends what is
//! read and costs time only.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use crate::digest::Digest;
use crate::store::folder::keep_out_of_git;

/// The results of a step, by the digest of everything that went into each.
#[derive(Debug)]
pub struct Pack {
    /// The folder of the store.
    root: PathBuf,
    path: PathBuf,
    known: RwLock<BTreeMap<Digest, Known>>,
    /// What is not in the file yet.
    fresh: Mutex<Vec<u8>>,
    /// Whether the file ends in something that cannot be read.
    damaged: AtomicBool,
}

#[derive(Debug)]
struct Known {
    result: Arc<[u8]>,
    used: AtomicBool,
}

/// Results that nothing asked for are kept until they are this many times as many bytes as those
/// that something did, and then cut down to as many.
const STALE_SHARE: usize = 3;
/// The bytes of a pack that is not worth cutting down.
const SMALL: usize = 256 << 10;

/// The bytes of an addition before its records: their length and their digest.
const HEAD: usize = 4 + 32;
/// The bytes of a record before its result: its name and the length.
const RECORD: usize = 32 + 4;

impl Pack {
    /// Reads the pack of a step in the store at `root`; one that is not there is empty.
    pub(super) fn open(root: &Path, step: &str) -> Self {
        let path = root.join("cache").join(format!("{step}.pack"));
        let bytes = fs::read(&path).unwrap_or_default();
        let mut known = BTreeMap::new();
        let mut rest = bytes.as_slice();
        while let Some(records) = addition(&mut rest) {
            let records = Records(records).map(|(name, result)| {
                let known = Known {
                    result: result.into(),
                    used: AtomicBool::new(false),
                };
                (name, known)
            });
            known.extend(records);
        }
        Self {
            root: root.to_path_buf(),
            path,
            known: RwLock::new(known),
            fresh: Mutex::default(),
            damaged: AtomicBool::new(!rest.is_empty()),
        }
    }

    /// What is known under a name.
    pub fn get(&self, name: &Digest) -> Option<Arc<[u8]>> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        let known = known.get(name)?;
        known.used.store(true, Ordering::Relaxed);
        Some(Arc::clone(&known.result))
    }

    /// Remembers a result; [`Pack::keep`] writes it.
    pub fn put(&self, name: Digest, result: &[u8]) {
        let known = Known {
            result: result.into(),
            used: AtomicBool::new(true),
        };
        let mut all = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if all.insert(name, known).is_none() {
            drop(all);
            let mut fresh = self.fresh.lock().unwrap_or_else(PoisonError::into_inner);
            record(&mut fresh, &name, result);
        }
    }

    /// Adds what is new to the file. A file that cannot be written forgets it.
    pub fn keep(&self) {
        let fresh = std::mem::take(&mut *self.fresh.lock().unwrap_or_else(PoisonError::into_inner));
        if fresh.is_empty() {
            return;
        }
        if self.damaged.swap(false, Ordering::Relaxed) {
            return self.write(usize::MAX);
        }
        let append = || -> std::io::Result<()> {
            self.make_folder()?;
            let mut options = fs::OpenOptions::new();
            let mut file = options.create(true).append(true).open(&self.path)?;
            file.write_all(&sealed(&fresh))
        };
        let _ = append();
    }

    /// Cuts the file down where most of it is of no use any more: to be called when everything
    /// that matters has been asked for.
    pub fn trim(&self) {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        let size = |known: &Known| known.result.len() + RECORD;
        let all: usize = known.values().map(size).sum();
        let used = |known: &&Known| known.used.load(Ordering::Relaxed);
        let used: usize = known.values().filter(used).map(size).sum();
        drop(known);
        if all > SMALL && all - used > used.saturating_mul(STALE_SHARE) {
            self.write(used);
        }
    }

    /// Writes the file anew: what was asked for, and at most so many bytes of the rest.
    fn write(&self, stale: usize) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        let mut left = stale;
        known.retain(|_, known| {
            let size = known.result.len() + RECORD;
            let used = known.used.load(Ordering::Relaxed);
            let kept = used || size <= left;
            left -= if used || !kept { 0 } else { size };
            kept
        });
        let mut records = Vec::new();
        for (name, known) in &*known {
            record(&mut records, name, &known.result);
        }
        let write = || -> std::io::Result<()> {
            let mut file = tempfile::NamedTempFile::new_in(self.make_folder()?)?;
            file.write_all(&sealed(&records))?;
            file.persist(&self.path)?;
            Ok(())
        };
        let _ = write();
    }

    fn make_folder(&self) -> std::io::Result<PathBuf> {
        let folder = self.root.join("cache");
        fs::create_dir_all(&folder)?;
        keep_out_of_git(&self.root);
        Ok(folder)
    }
}

fn record(records: &mut Vec<u8>, name: &Digest, result: &[u8]) {
    records.extend_from_slice(name.bytes());
    records.extend_from_slice(&(result.len() as u32).to_le_bytes());
    records.extend_from_slice(result);
}

fn sealed(records: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(HEAD + records.len());
    bytes.extend_from_slice(&(records.len() as u32).to_le_bytes());
    bytes.extend_from_slice(Digest::of(records).bytes());
    bytes.extend_from_slice(records);
    bytes
}

/// The records of the next addition, if it is whole.
fn addition<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (length, after) = rest.split_first_chunk::<4>()?;
    let (digest, after) = after.split_first_chunk::<32>()?;
    let (records, after) = after.split_at_checked(u32::from_le_bytes(*length) as usize)?;
    let whole = Digest::of(records) == Digest::from_bytes(*digest);
    whole.then(|| *rest = after)?;
    Some(records)
}

struct Records<'a>(&'a [u8]);

impl<'a> Iterator for Records<'a> {
    type Item = (Digest, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let (name, rest) = self.0.split_first_chunk::<32>()?;
        let (length, rest) = rest.split_first_chunk::<4>()?;
        let (result, rest) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
        self.0 = rest;
        Some((Digest::from_bytes(*name), result))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(number: u32) -> Digest {
        Digest::of(&number.to_le_bytes())
    }

    fn held(pack: &Pack) -> usize {
        pack.known.read().unwrap().len()
    }

    #[test]
    fn a_pack_grows_by_what_is_new() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cache/step.pack");
        let open = || Pack::open(folder.path(), "step");
        let first = open();
        assert_eq!(first.get(&name(1)), None);
        first.put(name(1), b"one");
        first.put(name(2), b"");
        first.keep();
        let size = || fs::metadata(&path).unwrap().len();
        let before = size();
        let second = open();
        assert_eq!(second.get(&name(1)).as_deref(), Some(&b"one"[..]));
        assert_eq!(second.get(&name(2)).as_deref(), Some(&b""[..]));
        second.put(name(1), b"one");
        second.keep();
        assert_eq!(size(), before);
        second.put(name(3), b"three");
        second.keep();
        assert_eq!(size(), before + (HEAD + RECORD + 5) as u64);
        assert_eq!(held(&open()), 3);
    }

    #[test]
    fn two_programs_add_to_one_pack() {
        let folder = tempfile::tempdir().unwrap();
        let open = || Pack::open(folder.path(), "step");
        let (one, two) = (open(), open());
        one.put(name(1), b"one");
        two.put(name(2), b"two");
        one.keep();
        two.keep();
        assert_eq!(held(&open()), 2);
    }

    #[test]
    fn what_is_damaged_is_forgotten_and_then_written_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cache/step.pack");
        let open = || Pack::open(folder.path(), "step");
        for number in [1, 2] {
            let pack = open();
            pack.put(name(number), b"result");
            pack.keep();
        }
        let whole = fs::read(&path).unwrap();
        let first = whole.len() / 2;
        for cut in 0..=whole.len() {
            fs::write(&path, &whole[..cut]).unwrap();
            assert_eq!(held(&open()), cut / first, "{cut}");
        }
        for at in 0..whole.len() {
            let mut bytes = whole.clone();
            bytes[at] ^= 0x40;
            fs::write(&path, &bytes).unwrap();
            assert_eq!(held(&open()), at / first, "{at}");
        }
        fs::write(&path, &whole[..whole.len() - 1]).unwrap();
        let pack = open();
        pack.put(name(3), b"more");
        pack.keep();
        assert_eq!(held(&open()), 2);
    }

    #[test]
    fn what_nothing_asks_for_goes_in_the_end() {
        let folder = tempfile::tempdir().unwrap();
        let big = vec![7; SMALL / 10];
        let run = |numbers: std::ops::Range<u32>| {
            let pack = Pack::open(folder.path(), "step");
            for number in numbers {
                if pack.get(&name(number)).is_none() {
                    pack.put(name(number), &big);
                }
            }
            pack.keep();
            pack.trim();
            held(&Pack::open(folder.path(), "step"))
        };
        assert_eq!(run(0..10), 10);
        assert_eq!(run(0..10), 10);
        // Three of thirteen are used: more than three times as many are stale.
        assert_eq!(run(10..13), 6);
        assert_eq!(run(10..13), 6);
    }
}
