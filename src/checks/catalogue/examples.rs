//! Examples of what a rule finds and does not find, with the reason for it.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

/// What a rule is good for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// Why it matters.
    pub why: String,
    /// A page with the fault.
    pub wrong: String,
    /// The page without it.
    pub right: String,
}

static EXAMPLES: LazyLock<BTreeMap<String, Example>> =
    LazyLock::new(|| toml::from_str(include_str!("examples.toml")).unwrap_or_default());

/// The example of a code.
pub fn example(code: &str) -> Option<&'static Example> {
    EXAMPLES.get(code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::catalogue::entry;
    use crate::checks::test_site::site;
    use crate::checks::{CheckContext, Judged, run_checks, settle};
    use crate::progress::silent;
    use crate::store::Store;

    fn codes(text: &str) -> Vec<String> {
        let config = "[project]\nlanguage = \"en\"\n[[check.rules]]\nrule = \"ignore-reason\"\nlevel = \"warning\"\n";
        let site = site(&[
            ("tympan.toml", config),
            ("content/index.md", text),
            ("content/other.md", "# Other\n\n## Part\n\nText.\n"),
        ]);
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path());
        let mut found = site.diagnostics.clone();
        found.extend(run_checks(&CheckContext {
            site: &site,
            store: &store,
            progress: &silent,
            about: None,
        }));
        let found = settle(&site, found, Judged::All).found;
        found.iter().map(|found| found.code.to_string()).collect()
    }

    #[test]
    fn each_example_is_found_and_its_better_form_is_clean() {
        let read: BTreeMap<String, Example> =
            toml::from_str(include_str!("examples.toml")).unwrap();
        let mut faults = Vec::new();
        for (code, example) in &read {
            let is_prose = code.starts_with("prose-") || code.starts_with("spelling-");
            if cfg!(not(feature = "prose")) && is_prose {
                continue;
            }
            let (wrong, right) = (codes(&example.wrong), codes(&example.right));
            if entry(code).is_none() || !wrong.contains(code) || !right.is_empty() {
                faults.push(format!("{code}: {wrong:?}, then {right:?}"));
            }
        }
        assert!(faults.is_empty(), "{}", faults.join("\n"));
    }
}
