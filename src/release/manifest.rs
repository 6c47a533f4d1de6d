//! The sorted list of a release's files.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::release::artifact::{Artifact, CacheClass, Role, media_type};
use crate::release::changes::Changes;
use crate::site_path::SitePath;

/// What a release holds, sorted by path, each path once.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Manifest {
    files: Vec<File>,
}

/// One file of a release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct File {
    /// How long it may be kept.
    pub cache: CacheClass,
    /// Its media type.
    pub media_type: Cow<'static, str>,
    /// Where it stands.
    pub path: SitePath,
    /// What it is for.
    pub role: Role,
    /// The name of its content.
    pub sha256: Digest,
    /// Its size in bytes.
    pub size: u64,
}

impl Manifest {
    /// Lists files; of two with one path the last wins.
    pub fn new(files: impl IntoIterator<Item = File>) -> Self {
        let mut files: Vec<File> = files.into_iter().collect();
        files.sort_by(|a, b| a.path.cmp(&b.path));
        files.dedup_by(|next, kept| {
            let same = next.path == kept.path;
            if same {
                std::mem::swap(next, kept);
            }
            same
        });
        Self { files }
    }

    /// Lists artifacts, hashing each.
    pub fn of(artifacts: &[Artifact]) -> Self {
        use rayon::prelude::*;
        let files: Vec<File> = artifacts.par_iter().map(File::of).collect();
        Self::new(files)
    }

    /// The files, sorted by path.
    pub fn files(&self) -> &[File] {
        &self.files
    }

    /// The file at `path`.
    pub fn get(&self, path: &SitePath) -> Option<&File> {
        let at = self
            .files
            .binary_search_by(|file| file.path.cmp(path))
            .ok()?;
        Some(&self.files[at])
    }

    /// What must be done to make `next` out of this.
    pub fn changes_to(&self, next: &Manifest) -> Changes {
        Changes::between(self, next)
    }
}

impl File {
    /// Describes an artifact.
    pub fn of(artifact: &Artifact) -> Self {
        Self {
            path: artifact.path.clone(),
            size: artifact.bytes.len() as u64,
            sha256: artifact.digest(),
            media_type: media_type(&artifact.path).into(),
            role: artifact.role,
            cache: artifact.cache_class(),
        }
    }
}
