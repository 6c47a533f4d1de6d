//! What `[check]` says about style: files with rules, terms, words to avoid.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use crate::config::file::CheckFile;
use crate::config::read::Reader;
use crate::site_path::SitePath;

/// Rules of style that the project brings, and those that it asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Style {
    /// Files and folders with rules, relative to the project.
    pub files: Vec<SitePath>,
    /// Wrong forms of terms, and the right form of each.
    pub terms: BTreeMap<String, String>,
    /// Words and phrases that are not wanted.
    pub avoid: BTreeMap<String, Avoid>,
    /// Forms of one word of which the project uses one, the one that it uses most.
    pub consistent: Vec<Vec<String>>,
    /// Whether words are reported that leave people out.
    pub inclusive: bool,
}

/// Why a word is not wanted, and what takes its place.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Avoid {
    /// What takes its place, the best first; empty if nothing does.
    pub instead: Vec<String>,
    /// Why it is not wanted.
    pub reason: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(
    untagged,
    expecting = "a text that takes its place, or a table with `instead` and `reason`"
)]
pub(super) enum AvoidFile {
    Instead(String),
    Table(Avoid),
}

impl From<AvoidFile> for Avoid {
    fn from(file: AvoidFile) -> Self {
        match file {
            AvoidFile::Instead(text) => Self {
                instead: [text].into_iter().filter(|text| !text.is_empty()).collect(),
                reason: None,
            },
            AvoidFile::Table(avoid) => avoid,
        }
    }
}

impl Reader<'_> {
    pub(super) fn style(&mut self, file: &mut CheckFile) -> Style {
        let files = std::mem::take(&mut file.styles);
        let mut terms = BTreeMap::new();
        for (right, wrong) in std::mem::take(&mut file.terms) {
            for form in wrong {
                self.term(&mut terms, &right, &form);
            }
        }
        let avoid = std::mem::take(&mut file.avoid);
        let consistent = std::mem::take(&mut file.consistent);
        Style {
            files: files.iter().filter_map(|path| self.path(path)).collect(),
            terms,
            avoid: avoid
                .into_iter()
                .map(|(word, why)| (word, why.into()))
                .collect(),
            consistent: consistent
                .into_iter()
                .filter_map(|forms| self.forms(forms))
                .collect(),
            inclusive: file.inclusive.unwrap_or(false),
        }
    }

    fn term(
        &mut self,
        terms: &mut BTreeMap<String, String>,
        right: &Spanned<String>,
        wrong: &Spanned<String>,
    ) {
        let (good, form) = (right.get_ref(), wrong.get_ref());
        if form.trim().is_empty() || form == good {
            let message = format!("`{form}` cannot be a wrong form of `{good}`");
            self.fault(wrong.span(), message, "remove it");
        } else if let Some(other) = terms.insert(form.clone(), good.clone())
            && other != *good
        {
            let message = format!("`{form}` is a wrong form of `{other}` too");
            self.fault(wrong.span(), message, "keep it in one of the two lists");
        }
    }

    fn forms(&mut self, forms: Spanned<Vec<String>>) -> Option<Vec<String>> {
        let span = forms.span();
        let mut forms = forms.into_inner();
        forms.retain(|form| !form.trim().is_empty());
        if forms.len() < 2 {
            let help = "write two or more forms, such as `[\"e-mail\", \"email\"]`";
            self.fault(span, "one form alone is always consistent", help);
            return None;
        }
        Some(forms)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{CONFIG_FILE, read_config};

    fn read(text: &str) -> (Style, Vec<String>) {
        let path = SitePath::parse(CONFIG_FILE).unwrap();
        let (config, found) = read_config(&path, text);
        let shown = found.iter().map(|found| {
            let help = found.help.as_deref().unwrap_or("");
            format!("{}: {} ({help})", found.code, found.message)
        });
        (config.check.style, shown.collect())
    }

    #[test]
    fn every_part_is_read() {
        let (style, found) = read(
            "[check]\nstyles = [\"styles/house.toml\", \"styles/Google/\"]\ninclusive = true\nconsistent = [[\"e-mail\", \"email\"]]\n\
             [check.terms]\n\"GitHub\" = [\"Github\", \"github\"]\n\
             [check.avoid]\nutilize = \"use\"\nsimply = { reason = \"it is not simple to all\" }\n",
        );
        assert_eq!(found, [""; 0]);
        let files: Vec<&str> = style.files.iter().map(SitePath::as_str).collect();
        assert_eq!(files, ["styles/house.toml", "styles/Google"]);
        assert_eq!(style.terms["github"], "GitHub");
        assert_eq!(style.avoid["utilize"].instead, ["use"]);
        assert_eq!(style.avoid["simply"].instead, [""; 0]);
        assert!(style.inclusive && style.consistent.len() == 1);
    }

    #[test]
    fn faults_are_told() {
        let case = |text: &str, expected: &str| assert_eq!(read(text).1.join("\n"), expected);
        case(
            "[check]\nstyle = [\"a\"]\n",
            "config-unknown: unknown key `style` (did you mean `styles`?)",
        );
        case(
            "[check]\nstyles = [\"../a\"]\n",
            "config-value: `../a` is not a path inside the project (write a relative path without `..`)",
        );
        case(
            "[check]\nconsistent = [[\"a\"]]\n",
            "config-value: one form alone is always consistent (write two or more forms, such as `[\"e-mail\", \"email\"]`)",
        );
        case(
            "[check.terms]\nA = [\"b\"]\nC = [\"b\", \"C\"]\n",
            "config-value: `b` is a wrong form of `A` too (keep it in one of the two lists)\n\
             config-value: `C` cannot be a wrong form of `C` (remove it)",
        );
    }
}
