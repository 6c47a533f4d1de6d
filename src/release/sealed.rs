//! The release itself: everything that is true of one commit's output, under one digest.
//!
//! No time, host or duration is in it, so the same commit with the same lock gives the same
//! digest on any machine.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::release::manifest::Manifest;
use crate::site_path::SitePath;

/// The version of the release format.
pub const FORMAT: u32 = 1;

/// One sealed output: manifest, source, lock and checks, named by the digest of its canonical JSON.
///
/// The fields of this type and of those in it stand in the order of their names, so that writing
/// them one after the other is canonical without a copy of a long release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Release {
    /// The address it was built for, which its canonical links, feeds and sitemap name; none if
    /// the project has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<String>,
    /// What the checks said.
    pub checks: CheckSummary,
    /// Every file.
    pub files: Manifest,
    /// The version of this format, [`FORMAT`].
    pub format: u32,
    /// The tools that made it.
    pub lock: Lock,
    /// What it offers to people.
    pub outputs: Vec<Output>,
    /// Old routes and where they lead, sorted.
    pub redirects: Vec<Redirect>,
    /// Every route a reader can open, sorted.
    pub routes: Vec<String>,
    /// What it was built from.
    pub source: ReleaseSource,
}

/// The commit a release was built from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct ReleaseSource {
    /// The commit's full name; none outside Git.
    pub commit: Option<String>,
    /// Whether files differed from the commit.
    pub dirty: bool,
    /// The name of its tree.
    pub tree: Option<String>,
    /// The commits of the other versions in it, by the name of each.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub versions: BTreeMap<String, String>,
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
    /// Findings worth a look.
    pub suggestions: usize,
    /// Findings that are very likely faults.
    pub warnings: usize,
}

/// One thing offered to people: the site as a whole, or a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Output {
    /// Its size in bytes; of a site, of all its files that are not documents.
    pub bytes: u64,
    /// The number of files of a site.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub files: Option<usize>,
    /// `html`, `pdf`, `epub` or `docx`.
    pub kind: String,
    /// The number of pages of a PDF.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pages: Option<usize>,
    /// The file, or the root of the site.
    pub path: SitePath,
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
    /// The canonical JSON (RFC 8785) that is stored and hashed.
    ///
    /// # Panics
    /// Never: a release holds only text, whole numbers and lists of them.
    pub fn to_json(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("a release holds only what JSON can hold")
    }

    /// The release's name.
    pub fn digest(&self) -> Digest {
        Digest::of(&self.to_json())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::release::{Artifact, Role, to_canonical_json};

    #[test]
    fn its_json_is_canonical() {
        let path = |text: &str| SitePath::parse(text).unwrap();
        let artifacts = ["b/\u{e4} \"x\".html", "a.pdf"];
        let artifacts = artifacts.map(|text| Artifact::new(path(text), Role::Page, *b"x"));
        let output = |files, pages| Output {
            bytes: 1,
            files,
            kind: "html".to_owned(),
            pages,
            path: path("a.pdf"),
        };
        let release = Release {
            base: None,
            checks: CheckSummary::default(),
            files: Manifest::of(&artifacts),
            format: FORMAT,
            lock: Lock(BTreeMap::from([("tympan".to_owned(), "1".to_owned())])),
            outputs: vec![output(Some(1), None), output(None, Some(2))],
            redirects: vec![Redirect {
                from: "/a/".to_owned(),
                to: "/b/".to_owned(),
            }],
            routes: vec!["/".to_owned()],
            source: ReleaseSource::default(),
        };
        assert_eq!(release.to_json(), to_canonical_json(&release));
    }
}
