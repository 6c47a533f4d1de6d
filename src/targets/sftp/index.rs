//! What the files of a tree were when it was made: SFTP tells sizes and times, not digests, and to
//! read a site back in order to hash it would be to fetch it whole.
//!
//! A file of the size and the time that are noted is the one that was put there. The server's clock
//! has whole seconds, so one that was written in the second in which the note was made is not
//! trusted: it may have been edited after that.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::digest::Digest;
use crate::site_path::SitePath;
use crate::targets::sftp::session::Found;

/// What was noted of the files of a tree.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Index(BTreeMap<SitePath, Noted>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Noted {
    size: u64,
    modified: u32,
    sha256: Digest,
}

impl Index {
    pub(super) fn note(&mut self, path: SitePath, found: Found, sha256: Digest) {
        let noted = Noted {
            size: found.size,
            modified: found.modified,
            sha256,
        };
        self.0.insert(path, noted);
    }

    /// The digest of a file that is as it was noted. `made` is when the note was made.
    pub(super) fn digest(&self, path: &SitePath, found: Found, made: u32) -> Option<Digest> {
        let noted = self.0.get(path)?;
        let same = noted.size == found.size && noted.modified == found.modified;
        (same && found.modified < made).then_some(noted.sha256)
    }

    pub(super) fn to_text(&self) -> String {
        let mut text = String::new();
        for (path, noted) in &self.0 {
            let (hex, size, modified) = (noted.sha256.hex(), noted.size, noted.modified);
            let _ = writeln!(text, "{hex} {size} {modified} {path}");
        }
        text
    }

    /// Reads what [`Index::to_text`] wrote. A line that it did not write is passed over: the file is
    /// hashed then.
    pub(super) fn parse(text: &str) -> Self {
        let line = |line: &str| {
            let mut parts = line.splitn(4, ' ');
            let sha256 = Digest::from_hex(parts.next()?).ok()?;
            let size = parts.next()?.parse().ok()?;
            let modified = parts.next()?.parse().ok()?;
            let path = SitePath::parse(parts.next()?).ok()?;
            let noted = Noted {
                size,
                modified,
                sha256,
            };
            Some((path, noted))
        };
        Self(text.lines().filter_map(line).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::targets::sftp::session::FileKind;

    fn found(size: u64, modified: u32) -> Found {
        Found {
            kind: FileKind::Plain,
            size,
            modified,
        }
    }

    #[test]
    fn a_file_is_known_by_size_and_time_unless_it_is_too_young() {
        let (path, digest) = (SitePath::parse("a b/c").unwrap(), Digest::of(b"c"));
        let mut index = Index::default();
        index.note(path.clone(), found(1, 10), digest);
        let index = Index::parse(&format!("nonsense\n{}\n1 2 3", index.to_text()));
        let known = |size, modified, made| index.digest(&path, found(size, modified), made);
        assert_eq!(known(1, 10, 11), Some(digest));
        assert_eq!(known(1, 10, 10), None);
        assert_eq!(known(2, 10, 11), None);
        assert_eq!(known(1, 9, 11), None);
        let other = SitePath::parse("other").unwrap();
        assert_eq!(index.digest(&other, found(1, 10), 11), None);
    }
}
