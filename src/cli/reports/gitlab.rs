//! Code Quality of GitLab: a list of issues.
//! Rules: <https://docs.gitlab.com/ci/testing/code_quality/>.

use serde::Serialize;

use crate::cli::reports::Findings;
use crate::diagnostic::Severity;

#[derive(Serialize)]
struct Issue<'a> {
    description: String,
    check_name: &'a str,
    fingerprint: String,
    severity: &'static str,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: usize,
    end: usize,
}

/// The list.
pub(super) fn code_quality(findings: &Findings<'_>) -> String {
    let issue = |(found, fingerprint)| {
        let found: &crate::diagnostic::Diagnostic = found;
        let place = found.place.as_ref();
        Issue {
            description: match &found.help {
                Some(help) => format!("{}: {help}", found.message),
                None => found.message.clone(),
            },
            check_name: &found.code,
            fingerprint,
            severity: match found.severity {
                Severity::Error => "major",
                Severity::Warning => "minor",
                Severity::Suggestion => "info",
            },
            location: Location {
                path: findings.path(found),
                lines: Lines {
                    begin: place.map_or(1, |place| place.line),
                    end: place.map_or(1, |place| place.end_line),
                },
            },
        }
    };
    let issues: Vec<Issue<'_>> = findings.named().map(issue).collect();
    let mut text = serde_json::to_string_pretty(&issues).unwrap_or_default();
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use crate::cli::args::ReportKind;
    use crate::cli::reports::tests::report;

    #[test]
    fn a_finding_is_an_issue() {
        let issues: serde_json::Value = serde_json::from_str(&report(ReportKind::Gitlab)).unwrap();
        let issue = &issues[0];
        assert_eq!(issue["description"], "`wrod` <is> no word: write `word`");
        assert_eq!(issue["check_name"], "spelling-likely");
        assert_eq!(issue["severity"], "minor");
        assert_eq!(issue["location"]["path"], "docs/content/größe, 100 %.md");
        assert_eq!(issue["location"]["lines"]["begin"], 2);
        assert_eq!(issues[1]["severity"], "major");
        assert_eq!(issues[1]["location"]["lines"]["begin"], 1);
        assert_ne!(issues[0]["fingerprint"], issues[1]["fingerprint"]);
    }
}
