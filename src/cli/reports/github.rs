//! Annotations of a run of GitHub Actions: workflow commands on the standard output. A step shows
//! ten of each kind and drops the rest, so that the worst stand first and the rest is counted.
//! Rules: <https://docs.github.com/actions/reference/workflow-commands-for-github-actions>.

use std::fmt::Write as _;

use crate::cli::reports::Findings;
use crate::diagnostic::{Diagnostic, Severity};

/// How many of a kind a step shows.
const SHOWN: usize = 10;

/// The commands, a line each.
pub(super) fn annotations(findings: &Findings<'_>) -> String {
    let mut lines = String::new();
    let mut rest = Vec::new();
    for (severity, name) in KINDS {
        let all: Vec<&Diagnostic> = findings
            .found
            .iter()
            .filter(|found| found.severity == severity)
            .collect();
        // What is left out is told by a notice.
        let shown = match severity {
            Severity::Suggestion if !rest.is_empty() || all.len() > SHOWN => SHOWN - 1,
            _ => SHOWN,
        };
        for found in all.iter().take(shown) {
            lines.push_str(&command(name, findings, found));
        }
        let left = all.len().saturating_sub(shown);
        if left > 0 {
            rest.push(format!("{left} more of kind {name}"));
        }
    }
    if !rest.is_empty() {
        let text = escape(&format!("{}; the log lists all", rest.join(", ")));
        let _ = writeln!(lines, "::notice title=tympan::{text}");
    }
    lines
}

const KINDS: [(Severity, &str); 3] = [
    (Severity::Error, "error"),
    (Severity::Warning, "warning"),
    (Severity::Suggestion, "notice"),
];

fn command(name: &str, findings: &Findings<'_>, found: &Diagnostic) -> String {
    let mut line = format!("::{name} file={}", property(&findings.path(found)));
    if let Some(place) = &found.place {
        let _ = write!(line, ",line={},endLine={}", place.line, place.end_line);
        // Columns count only where a finding stands in one line.
        if place.line == place.end_line {
            let _ = write!(line, ",col={},endColumn={}", place.column, place.end_column);
        }
    }
    let help = found.help.as_ref();
    let help = help.map_or(String::new(), |help| format!("\n{help}"));
    let text = escape(&format!("{}{help}", found.message));
    let _ = writeln!(line, ",title={}::{text}", property(&found.code));
    line
}

fn escape(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

fn property(text: &str) -> String {
    escape(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::args::ReportKind;
    use crate::cli::reports::tests::{found, report};

    #[test]
    fn a_finding_is_a_command() {
        assert_eq!(
            report(ReportKind::Github),
            "::error file=docs/a.md,title=page-unreadable::it cannot%0Abe read\n\
             ::warning file=docs/content/größe%2C 100 %25.md,line=2,endLine=2,col=3,endColumn=7,\
             title=spelling-likely::`wrod` <is> no word%0Awrite `word`\n"
        );
    }

    #[test]
    fn ten_of_a_kind_are_shown_and_the_rest_is_counted() {
        let many: Vec<Diagnostic> = (0..25).flat_map(|_| found()).collect();
        let findings = Findings {
            found: &many,
            known: &[],
            ignored: &[],
            prefix: "",
        };
        let lines = annotations(&findings);
        assert_eq!(lines.matches("::error ").count(), SHOWN);
        assert_eq!(lines.matches("::warning ").count(), SHOWN);
        assert!(lines.ends_with(
            "::notice title=tympan::15 more of kind error, 15 more of kind warning; the log lists all\n"
        ));
    }
}
