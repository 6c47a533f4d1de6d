//! SARIF 2.1.0 (OASIS), which code scanning and editors read.
//! Rules: <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::checks::{Level, entry, fingerprints};
use crate::cli::reports::Findings;
use crate::diagnostic::{Diagnostic, Place, Severity};
use crate::site_path::SitePath;

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";
/// The name of our fingerprints, with the number of their making (section 3.27.17).
const FINGERPRINT: &str = "tympanFinding/v1";

/// The log of one run.
pub(super) fn log(findings: &Findings<'_>) -> String {
    // Code scanning opens an alert anew unless what is not told is in the log too, and said not to be.
    let ignored = findings.ignored.iter().map(|one| &one.finding);
    let all: Vec<Diagnostic> = (findings.found.iter().chain(findings.known).chain(ignored))
        .cloned()
        .collect();
    let codes: BTreeSet<&str> = all.iter().map(|found| &*found.code).collect();
    let rules: Vec<Value> = codes.iter().map(|code| rule(code)).collect();
    let index: BTreeMap<&str, usize> = (codes.iter().enumerate())
        .map(|(index, code)| (*code, index))
        .collect();
    let (told, known) = (findings.found.len(), findings.known.len());
    let names = fingerprints(&all);
    let results = all
        .iter()
        .zip(&names)
        .enumerate()
        .map(|(at, (found, name))| {
            let mut result = result(findings, found, index.get(&*found.code).copied(), name);
            if at >= told + known {
                let reason = findings.ignored.get(at - told - known);
                let reason = reason.and_then(|one| one.reason.as_deref());
                result["suppressions"] = json!([match reason {
                    Some(reason) => json!({"kind": "inSource", "justification": reason}),
                    None => json!({"kind": "inSource"}),
                }]);
            } else if at >= told {
                result["baselineState"] = json!("unchanged");
                result["suppressions"] = json!([{
                    "kind": "external",
                    "justification": "it was there before the project was checked",
                }]);
            } else if known > 0 {
                result["baselineState"] = json!("new");
            }
            result
        });
    let results: Vec<Value> = results.collect();
    let log = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "tympan",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                                "rules": rules,
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

/// What is known of a code.
fn rule(code: &str) -> Value {
    let mut rule = json!({"id": code});
    if let Some(entry) = entry(code)
        && let Some(sense) = entry.senses.first()
    {
        rule["shortDescription"] = json!({"text": sense.means});
        rule["help"] = json!({"text": sense.advice});
        let level = match sense.level {
            Level::Of(severity) => Some(level(severity)),
            Level::Off => Some("none"),
            Level::Various => None,
        };
        if let Some(level) = level {
            rule["defaultConfiguration"] = json!({"level": level});
        }
    }
    rule
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Suggestion => "note",
    }
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
        "level": level(found.severity),
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
