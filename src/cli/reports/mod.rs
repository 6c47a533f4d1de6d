//! Findings in the forms that other programs read.

mod github;
mod gitlab;
mod junit;
mod sarif;

use crate::checks::{Ignored, fingerprints};
use crate::cli::args::ReportKind;
use crate::diagnostic::Diagnostic;

/// What a report is made of.
pub struct Findings<'a> {
    /// The findings, sorted.
    pub found: &'a [Diagnostic],
    /// What the baseline knows.
    pub known: &'a [Diagnostic],
    /// What the author says is none.
    pub ignored: &'a [Ignored],
    /// The project's folder below that of the repository, with a slash at its end, or nothing:
    /// whoever shows a finding in a repository names files from there.
    pub prefix: &'a str,
}

impl Findings<'_> {
    /// The report in one of its forms.
    pub fn report(&self, kind: ReportKind) -> String {
        match kind {
            ReportKind::Github => github::annotations(self),
            ReportKind::Gitlab => gitlab::code_quality(self),
            ReportKind::Junit => junit::suites(self),
            ReportKind::Sarif => sarif::log(self),
        }
    }

    fn path(&self, found: &Diagnostic) -> String {
        format!("{}{}", self.prefix, found.path)
    }

    /// Each finding with a name that stays when its text moves.
    fn named(&self) -> impl Iterator<Item = (&Diagnostic, String)> {
        self.found.iter().zip(fingerprints(self.found))
    }
}

#[cfg(test)]
pub(super) mod tests {
    use crate::diagnostic::{Severity, SourceText};
    use crate::site_path::SitePath;

    use super::*;

    /// A finding with a place, and one about a file as a whole.
    pub(super) fn found() -> Vec<Diagnostic> {
        let path = SitePath::parse("content/größe, 100 %.md").unwrap();
        let text = "One.\nä wrod:\nhere\n";
        let at = text.find("wrod").unwrap();
        let source = SourceText::new(&path, text);
        let file = SitePath::parse("a.md").unwrap();
        vec![
            source
                .diagnostic(
                    "spelling-likely",
                    Severity::Warning,
                    at..at + 4,
                    "`wrod` <is> no word",
                )
                .help("write `word`")
                .replacements(vec!["word".to_owned()]),
            Diagnostic::new(
                "page-unreadable",
                Severity::Error,
                &file,
                "it cannot\nbe read",
            ),
        ]
    }

    /// A report on them, in a folder of a repository.
    pub(super) fn report(kind: ReportKind) -> String {
        let found = found();
        let findings = Findings {
            found: &found,
            known: &[],
            ignored: &[],
            prefix: "docs/",
        };
        findings.report(kind)
    }
}
