//! SARIF 2.1.0 (OASIS), which code scanning and editors read.
//! Rules: <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::cli::reports::Findings;
use crate::diagnostic::{Diagnostic, Place, Severity};
use crate::site_path::SitePath;

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";
/// The name of our fingerprints, with the number of their making (section 3.27.17).
const FINGERPRINT: &str = "tympanFinding/v1";

/// The log of one run.
pub(super) fn log(findings: &Findings<'_>) -> String {
    let mut rules: BTreeMap<&str, usize> = BTreeMap::new();
    for found in findings.found {
        let next = rules.len();
        rules.entry(&found.code).or_insert(next);
    }
    let mut by_index: Vec<(&usize, &&str)> =
        rules.iter().map(|(code, index)| (index, code)).collect();
    by_index.sort_unstable();
    let descriptors: Vec<Value> = by_index
        .iter()
        .map(|(_, code)| json!({"id": code}))
        .collect();
    let results: Vec<Value> = findings
        .named()
        .map(|(found, fingerprint)| {
            let index = rules.get(&*found.code);
            result(findings, found, index.copied(), &fingerprint)
        })
        .collect();
    let log = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "tympan",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": descriptors,
            }},
            // Columns are counted in Unicode scalar values.
            "columnKind": "unicodeCodePoints",
            "originalUriBaseIds": {"SRCROOT": {"description": {"text": "the repository"}}},
            "results": results,
        }],
    });
    let mut text = serde_json::to_string_pretty(&log).unwrap_or_default();
    text.push('\n');
    text
}

fn result(
    findings: &Findings<'_>,
    found: &Diagnostic,
    rule: Option<usize>,
    fingerprint: &str,
) -> Value {
    let text = match &found.help {
        Some(help) => format!("{}: {help}", found.message),
        None => found.message.clone(),
    };
    let file = file(&findings.path(found));
    let mut location = json!({"artifactLocation": file});
    if let Some(place) = &found.place {
        location["region"] = region(place);
    }
    let mut result = json!({
        "ruleId": found.code,
        "ruleIndex": rule,
        "level": match found.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Suggestion => "note",
        },
        "message": {"text": text},
        "locations": [{"physicalLocation": location}],
        "partialFingerprints": {FINGERPRINT: fingerprint},
    });
    if let Some(place) = &found.place
        && !found.replacements.is_empty()
    {
        let fix = |text: &String| {
            json!({
                "description": {"text": format!("write `{text}`")},
                "artifactChanges": [{
                    "artifactLocation": file,
                    "replacements": [{
                        "deletedRegion": region(place),
                        "insertedContent": {"text": text},
                    }],
                }],
            })
        };
        result["fixes"] = found.replacements.iter().map(fix).collect();
    }
    result
}

fn region(place: &Place) -> Value {
    json!({
        "startLine": place.line,
        "startColumn": place.column,
        "endLine": place.end_line,
        "endColumn": place.end_column,
    })
}

/// A file by its address relative to the repository (RFC 3986).
fn file(path: &str) -> Value {
    let uri = SitePath::parse(path).map_or_else(|_| path.to_owned(), |path| path.to_url());
    json!({"uri": uri, "uriBaseId": "SRCROOT"})
}

#[cfg(test)]
mod tests {
    use crate::cli::args::ReportKind;
    use crate::cli::reports::tests::report;

    #[test]
    fn a_finding_is_a_result_with_its_fix() {
        let log: serde_json::Value = serde_json::from_str(&report(ReportKind::Sarif)).unwrap();
        let run = &log["runs"][0];
        let result = &run["results"][0];
        assert_eq!(result["level"], "warning");
        assert_eq!(
            result["message"]["text"],
            "`wrod` <is> no word: write `word`"
        );
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(
            place["artifactLocation"]["uri"],
            "docs/content/gr%C3%B6%C3%9Fe,%20100%20%25.md"
        );
        assert_eq!(place["region"]["startColumn"], 3);
        let change = &result["fixes"][0]["artifactChanges"][0]["replacements"][0];
        assert_eq!(change["insertedContent"]["text"], "word");
        assert_eq!(change["deletedRegion"], place["region"]);
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(
            run["tool"]["driver"]["rules"][index]["id"],
            "spelling-likely"
        );
        let whole = &run["results"][1]["locations"][0]["physicalLocation"];
        assert!(whole.get("region").is_none() && result["partialFingerprints"].is_object());
    }
}
