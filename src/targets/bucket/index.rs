//! What is known of the files at a bucket: `.tympan/index`, written with every publish.
//!
//! A listing tells entity tags, which are no digests. The index says which content bears which tag,
//! so that a listing is enough to know every file. It says what was seen and is never a guess: a tag
//! that it does not have is read and hashed, and losing it costs time only.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read as _, Write as _};

use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::targets::bucket::objects::Headers;

/// The version of the format.
const FORMAT: u32 = 1;
/// More than a release of a million files, and less than memory.
const LARGEST: u64 = 512 << 20;

/// What is known of the files at a bucket.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Index {
    /// The releases whose files are all in it.
    pub releases: BTreeSet<Digest>,
    /// The files by key.
    pub files: BTreeMap<String, Known>,
}

/// What is known of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Known {
    pub tag: String,
    pub size: u64,
    pub sha256: Digest,
    pub headers: Option<Headers>,
}

#[derive(Serialize, Deserialize)]
struct Written {
    format: u32,
    releases: Vec<Digest>,
    /// Media type and cache time, which few combinations make out.
    headers: Vec<(String, String)>,
    /// Key, tag, size, digest, and the place of its headers.
    files: Vec<(String, String, u64, Digest, Option<usize>)>,
}

impl Index {
    /// The bytes that are stored.
    pub fn to_bytes(&self) -> Vec<u8> {
        let all: BTreeSet<(String, String)> = self
            .files
            .values()
            .filter_map(|known| known.headers.as_ref())
            .map(|headers| (headers.media_type.clone(), headers.cache.clone()))
            .collect();
        let headers: Vec<(String, String)> = all.into_iter().collect();
        let place = |wanted: &Headers| {
            let wanted = (wanted.media_type.clone(), wanted.cache.clone());
            headers.binary_search(&wanted).ok()
        };
        let files = self.files.iter().map(|(key, known)| {
            let headers = known.headers.as_ref().and_then(place);
            (
                key.clone(),
                known.tag.clone(),
                known.size,
                known.sha256,
                headers,
            )
        });
        let written = Written {
            format: FORMAT,
            releases: self.releases.iter().copied().collect(),
            files: files.collect(),
            headers: headers.clone(),
        };
        let json = serde_json::to_vec(&written).unwrap_or_default();
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        let _ = packed.write_all(&json);
        packed.finish().unwrap_or_default()
    }

    /// Reads stored bytes; nothing if they make no sense.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let mut json = Vec::new();
        flate2::read::GzDecoder::new(bytes)
            .take(LARGEST)
            .read_to_end(&mut json)
            .ok()?;
        let written: Written = serde_json::from_slice(&json).ok()?;
        if written.format != FORMAT {
            return None;
        }
        let files = written.files.into_iter();
        let files = files.map(|(key, tag, size, sha256, place)| {
            let headers = place.and_then(|place| written.headers.get(place));
            let headers = headers.map(|(media_type, cache)| Headers {
                media_type: media_type.clone(),
                cache: cache.clone(),
            });
            let known = Known {
                tag,
                size,
                sha256,
                headers,
            };
            (key, known)
        });
        Some(Self {
            releases: written.releases.into_iter().collect(),
            files: files.collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_reads_back_what_was_written() {
        let known = |text: &str, headers: Option<&str>| Known {
            tag: format!("tag of {text}"),
            size: text.len() as u64,
            sha256: Digest::of(text.as_bytes()),
            headers: headers.map(|media_type| Headers {
                media_type: media_type.to_owned(),
                cache: "no-cache".to_owned(),
            }),
        };
        let index = Index {
            releases: [Digest::of(b"r")].into(),
            files: [
                ("a.html".to_owned(), known("a", Some("text/html"))),
                ("b".to_owned(), known("bb", None)),
                ("c.html".to_owned(), known("c", Some("text/html"))),
            ]
            .into(),
        };
        let bytes = index.to_bytes();
        assert_eq!(bytes, index.to_bytes());
        assert_eq!(Index::parse(&bytes), Some(index));
    }

    #[test]
    fn nonsense_is_no_index() {
        for bytes in [&b""[..], b"{}", b"\x1f\x8b\x08\x00", &[0xff; 64]] {
            assert_eq!(Index::parse(bytes), None);
        }
    }
}
