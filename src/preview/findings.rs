//! What the checks say of one page, for the panel beside it.

use serde::Serialize;

use crate::checks::{CheckContext, Judged, run_checks, settle};
use crate::diagnostic::{Diagnostic, Severity};
use crate::preview::project::Preview;
use crate::preview::route::{Route, find};
use crate::progress::silent;

/// How many findings are listed.
const LISTED: usize = 200;

#[derive(Serialize)]
struct Report<'a> {
    findings: Vec<Finding<'a>>,
    /// The title of the document that the page is bound in.
    #[serde(skip_serializing_if = "Option::is_none")]
    paper: Option<String>,
}

#[derive(Serialize)]
struct Finding<'a> {
    severity: Severity,
    code: &'a str,
    message: &'a str,
    path: &'a str,
    line: Option<usize>,
    column: Option<usize>,
    help: Option<&'a str>,
}

impl Preview {
    /// What is found on the page at a request's path, as JSON. Its errors that keep a page from being
    /// what it should be lie over the page itself and are not repeated.
    pub(super) fn findings(&self, request: &str) -> String {
        let state = self.state();
        let generation = &state.generation;
        let source = match find(request, |path| generation.is_planned(path)) {
            Route::File(path) => generation.source_at(&path),
            _ => None,
        };
        let mut found: Vec<Diagnostic> = Vec::new();
        if let Some(source) = source {
            let site = &generation.prepared.site;
            found = run_checks(&CheckContext {
                site,
                store: self.store(),
                progress: &silent,
                about: Some(&source),
            });
            let before = generation.found_before(&source);
            found.extend(before.iter().cloned());
            found = settle(site, found, Judged::Page(&source)).found;
            // An error of the page lies over it already.
            let is_before = |found: &Diagnostic| {
                let same =
                    |other: &Diagnostic| (&other.code, &other.place) == (&found.code, &found.place);
                before.iter().any(same)
            };
            found.retain(|found| found.severity != Severity::Error || !is_before(found));
        }
        let findings = found.iter().take(LISTED).map(|found| Finding {
            severity: found.severity,
            code: &found.code,
            message: &found.message,
            path: found.path.as_str(),
            line: found.place.as_ref().map(|place| place.line),
            column: found.place.as_ref().map(|place| place.column),
            help: found.help.as_deref(),
        });
        let report = Report {
            findings: findings.collect(),
            paper: self.paper(request).map(|paper| paper.title),
        };
        serde_json::to_string(&report).unwrap_or_default()
    }
}
