//! A JUnit report, which most runners of tests show: a finding is a test that fails, and a project
//! without findings one that passes. Suggestions pass.

use std::fmt::Write as _;

use crate::cli::reports::Findings;
use crate::diagnostic::{Diagnostic, Severity};
use crate::render::dom;

/// The report.
pub(super) fn suites(findings: &Findings<'_>) -> String {
    let fails = |found: &&Diagnostic| found.severity != Severity::Suggestion;
    let failures = findings.found.iter().filter(fails).count();
    let tests = findings.found.len().max(1);
    let mut xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <testsuites name=\"tympan check\" tests=\"{tests}\" failures=\"{failures}\">\n\
         <testsuite name=\"tympan check\" tests=\"{tests}\" failures=\"{failures}\">\n"
    );
    if findings.found.is_empty() {
        xml.push_str("<testcase classname=\"tympan\" name=\"check\"/>\n");
    }
    for found in findings.found {
        case(&mut xml, findings, found);
    }
    xml.push_str("</testsuite>\n</testsuites>\n");
    xml
}

fn case(xml: &mut String, findings: &Findings<'_>, found: &Diagnostic) {
    let path = escape(&findings.path(found));
    let place = found.place.as_ref();
    let place = place.map_or(String::new(), |place| {
        format!(":{}:{}", place.line, place.column)
    });
    let (code, message) = (escape(&found.code), escape(&found.message));
    let _ = write!(
        xml,
        "<testcase classname=\"{path}\" name=\"{code} at {path}{place}\" file=\"{path}\">"
    );
    let help = found.help.as_deref().map_or(String::new(), escape);
    let _ = match found.severity {
        Severity::Suggestion => write!(xml, "<system-out>{message}\n{help}</system-out>"),
        Severity::Error | Severity::Warning => write!(
            xml,
            "<failure type=\"{code}\" message=\"{message}\">{path}{place}\n{help}</failure>"
        ),
    };
    xml.push_str("</testcase>\n");
}

/// Text for an element or an attribute.
fn escape(text: &str) -> String {
    dom::escape(&dom::xml_text(text))
        .replace('"', "&quot;")
        .replace('\n', "&#10;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::args::ReportKind;
    use crate::cli::reports::tests::report;

    #[test]
    fn a_finding_is_a_test_that_fails() {
        let xml = report(ReportKind::Junit);
        let tree = roxmltree::Document::parse(&xml).unwrap();
        let cases: Vec<_> = tree
            .descendants()
            .filter(|node| node.has_tag_name("testcase"))
            .collect();
        assert_eq!(cases.len(), 2);
        let failure = cases[0].first_child().unwrap();
        assert_eq!(failure.attribute("message"), Some("`wrod` <is> no word"));
        assert_eq!(tree.root_element().attribute("failures"), Some("2"));
    }

    #[test]
    fn a_project_without_findings_passes() {
        let findings = Findings {
            found: &[],
            known: &[],
            ignored: &[],
            prefix: "",
        };
        let xml = suites(&findings);
        assert!(xml.contains("tests=\"1\" failures=\"0\"") && xml.contains("<testcase"));
        assert_eq!(escape("a\u{1}\u{ffff}<\n\""), "a&lt;&#10;&quot;");
    }
}
