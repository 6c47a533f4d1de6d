//! The release itself: everything that is true of one commit's output, under one digest.
//!
//! No time, host or duration is in it, so the same commit with the same lock gives the same
//! digest on any machine.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::release::canonical::to_canonical_json;
use crate::release::manifest::Manifest;
use crate::site_path::SitePath;

/// The version of the release format.
pub const FORMAT: u32 = 1;

/// One sealed output: manifest, source, lock and checks, named by the digest of its canonical JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Release {
    /// The version of this format, [`FORMAT`].
    pub format: u32,
    /// What it was built from.
    pub source: ReleaseSource,
    /// The tools that made it.
    pub lock: Lock,
    /// What the checks said.
    pub checks: CheckSummary,
    /// What it offers to people.
    pub outputs: Vec<Output>,
    /// Every route a reader can open, sorted.
    pub routes: Vec<String>,
    /// Old routes and where they lead, sorted.
    pub redirects: Vec<Redirect>,
    /// Every file.
    pub files: Manifest,
}

/// The commit a release was built from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct ReleaseSource {
    /// The commit's full name; none outside Git.
    pub commit: Option<String>,
    /// The name of its tree.
    pub tree: Option<String>,
    /// Whether files differed from the commit.
    pub dirty: bool,
}

/// The versions that decide the bytes: tool, dictionaries, theme, encoders.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Lock(pub BTreeMap<String, String>);

/// What the checks said, in numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct CheckSummary {
    /// Findings that make the output wrong.
    pub errors: usize,
    /// Findings that are very likely faults.
    pub warnings: usize,
    /// Findings worth a look.
    pub suggestions: usize,
}

/// One thing offered to people: the site as a whole, or a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Output {
    /// `html`, `pdf`, `epub` or `docx`.
    pub kind: String,
    /// The file, or the root of the site.
    pub path: SitePath,
    /// Its size in bytes; of a site, of all its files that are not documents.
    pub bytes: u64,
    /// The number of pages of a PDF.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pages: Option<usize>,
    /// The number of files of a site.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub files: Option<usize>,
}

/// An old route and where it leads.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Redirect {
    /// The route that is gone, with slashes at both ends.
    pub from: String,
    /// The route that takes its place.
    pub to: String,
}

impl Release {
    /// The canonical JSON that is stored and hashed.
    pub fn to_json(&self) -> Vec<u8> {
        to_canonical_json(self)
    }

    /// The release's name.
    pub fn digest(&self) -> Digest {
        Digest::of(&self.to_json())
    }
}
