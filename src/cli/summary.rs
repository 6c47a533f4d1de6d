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
    /// Whether something was found besides what is told of it.
    pub has_more: bool,
    /// The warnings about documents: nobody sees them but the one who opens the file.
    pub bound: Vec<Diagnostic>,
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
        let bound = of_documents(&built.diagnostics);
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
            has_more: built.diagnostics.len() > errors + bound.len(),
            bound,
            lost: Vec::new(),
            unknown: Vec::new(),
        }
    }
}

/// The warnings that come from binding documents: one of each code, which says how many more
/// there are.
fn of_documents(diagnostics: &[Diagnostic]) -> Vec<Diagnostic> {
    let is_bound = |found: &&Diagnostic| {
        let kinds = ["pdf-", "epub-", "docx-"];
        let of_document = kinds.iter().any(|kind| found.code.starts_with(kind));
        of_document && found.severity == Severity::Warning
    };
    let mut groups: Vec<(Diagnostic, usize)> = Vec::new();
    for found in diagnostics.iter().filter(is_bound) {
        let same = |(known, _): &&mut (Diagnostic, usize)| known.code == found.code;
        match groups.iter_mut().find(same) {
            Some((_, more)) => *more += 1,
            None => groups.push((found.clone(), 0)),
        }
    }
    let groups = groups.into_iter().map(|(mut first, more)| {
        if more > 0 {
            let _ = write!(first.message, " (and {more} more of this kind)");
        }
        first
    });
    groups.collect()
}

/// The findings that are errors.
pub fn errors(diagnostics: &[Diagnostic]) -> Vec<Diagnostic> {
    let mut errors = diagnostics.to_vec();
    errors.retain(|found| found.severity == Severity::Error);
    errors
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::site_path::SitePath;

    #[test]
    fn warnings_about_documents_are_one_of_a_kind() {
        let found = |code: &'static str, severity| {
            Diagnostic::new(code, severity, &SitePath::root(), format!("{code} here"))
        };
        let all = [
            found("pdf-layout", Severity::Warning),
            found("link-missing", Severity::Warning),
            found("pdf-layout", Severity::Warning),
            found("epub-long", Severity::Warning),
            found("pdf-exhibit", Severity::Error),
        ];
        let shown: Vec<String> = of_documents(&all)
            .into_iter()
            .map(|found| found.message)
            .collect();
        assert_eq!(
            shown,
            [
                "pdf-layout here (and 1 more of this kind)",
                "epub-long here"
            ]
        );
    }
}
