//! What a build says of itself, to people and to programs.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use crate::build::{Built, ImageSummary};
use crate::cli::report;
use crate::diagnostic::{Diagnostic, Severity, count};
use crate::digest::Digest;
use crate::release::{Output, ReleaseSource};

/// What a build says of itself.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Summary {
    /// The release's name.
    pub digest: Digest,
    /// What it was built from.
    pub source: ReleaseSource,
    /// How many pages were published.
    pub pages: usize,
    /// Pages that were left out and why, for people.
    pub hidden: String,
    /// What there is for readers.
    pub outputs: Vec<Output>,
    /// What became of the images.
    pub images: ImageSummary,
    /// How many errors were found.
    pub errors: usize,
    /// How many warnings were found.
    pub warnings: usize,
    /// Everything that was found, counted for people.
    pub findings: String,
    /// Whether something was found besides errors.
    pub has_more: bool,
    /// The addresses that releases before had and this one lacks; the release does not say so, for
    /// it is the same whatever was before.
    pub lost: Vec<Diagnostic>,
    /// The environments whose release is not in the store, so that nobody can say what of it this
    /// one lacks.
    pub unknown: Vec<String>,
}

impl Summary {
    /// Describes a build.
    pub fn of(built: &Built) -> Self {
        let (errors, warnings) = count(&built.diagnostics);
        let hidden = built.site.hidden;
        let counts = [
            (hidden.drafts, "draft"),
            (hidden.future, "future"),
            (hidden.expired, "expired"),
        ];
        let mut hidden = String::new();
        for (count, word) in counts.into_iter().filter(|(count, _)| *count > 0) {
            let _ = write!(hidden, ", {count} {word} left out");
        }
        Self {
            digest: built.digest,
            source: built.release.source.clone(),
            pages: built.site.pages.len(),
            hidden,
            outputs: built.release.outputs.clone(),
            images: built.images,
            errors,
            warnings,
            findings: report::summary(&built.diagnostics),
            has_more: built.diagnostics.len() > errors,
            lost: Vec::new(),
            unknown: Vec::new(),
        }
    }
}

/// The findings that are errors.
pub fn errors(diagnostics: &[Diagnostic]) -> Vec<Diagnostic> {
    let mut errors = diagnostics.to_vec();
    errors.retain(|found| found.severity == Severity::Error);
    errors
}
