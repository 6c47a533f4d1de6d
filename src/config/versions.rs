//! The `[versions]` table: the tags and branches that are published beside each other, as written
//! and as meant.

use std::collections::BTreeMap;
use std::ops::Range;

use globset::{Glob, GlobMatcher};
use serde::Deserialize;
use toml::Spanned;

use crate::config::meant::Config;
use crate::config::read::Reader;
use crate::site_path::SitePath;

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct VersionsFile {
    pub refs: Vec<Spanned<String>>,
    pub current: Option<Spanned<String>>,
    pub latest: Option<Spanned<String>>,
    pub root: Root,
    pub limit: Option<usize>,
    pub aliases: BTreeMap<Spanned<String>, String>,
}

/// Which version stands at the root of the site.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Root {
    /// The newest one.
    #[default]
    Latest,
    /// The one that is being built.
    Current,
}

/// Which versions are published.
#[derive(Debug, Clone, Default)]
pub struct Versions {
    /// The names of tags and branches, or patterns of them.
    pub refs: Vec<RefPattern>,
    /// What the version that is being built is called, where no tag or branch names it.
    pub current: String,
    /// The newest version; the highest number if absent.
    pub latest: Option<String>,
    /// Which version stands at the root.
    pub root: Root,
    /// How many of the numbered versions are published, the newest first.
    pub limit: Option<usize>,
    /// Other names of versions, whose addresses lead to these.
    pub aliases: BTreeMap<String, String>,
}

/// The name of a tag or branch, or a pattern of such names.
#[derive(Debug, Clone)]
pub struct RefPattern {
    /// As written.
    pub text: String,
    /// Where it stands in `tympan.toml`.
    pub span: Range<usize>,
    glob: Option<GlobMatcher>,
}

impl RefPattern {
    /// Whether it is a pattern and not a name.
    pub fn is_pattern(&self) -> bool {
        self.text.contains(['*', '?', '[', '{'])
    }

    /// Whether it names a tag or branch.
    pub fn names(&self, name: &str) -> bool {
        match &self.glob {
            Some(glob) => glob.is_match(name),
            None => self.text == name,
        }
    }
}

impl Config {
    /// The configuration of a version that stands in a folder of the release of `work`: whatever
    /// it said then, it is published where the work is now.
    #[must_use]
    pub fn placed(mut self, work: &Config, mount: &SitePath) -> Self {
        let base = work.project.base_url.as_ref();
        self.project.base_url = match mount.is_root() {
            true => base.cloned(),
            false => base.map(|base| format!("{base}{}/", mount.to_url())),
        };
        self
    }
}

impl Reader<'_> {
    pub(super) fn versions(&mut self, written: Option<VersionsFile>) -> Option<Versions> {
        let written = written?;
        let mut refs = Vec::new();
        for pattern in &written.refs {
            let text = pattern.get_ref().clone();
            let mut found = RefPattern {
                text,
                span: pattern.span(),
                glob: None,
            };
            if found.is_pattern() {
                match Glob::new(&found.text) {
                    Ok(glob) => found.glob = Some(glob.compile_matcher()),
                    Err(error) => {
                        let message =
                            format!("`{}` is not a pattern: {}", found.text, error.kind());
                        self.fault(pattern.span(), message, "write one such as `v1.*`");
                        continue;
                    }
                }
            }
            refs.push(found);
        }
        let current = match written.current {
            Some(name) if self.folder(name.get_ref(), name.span()) => name.into_inner(),
            _ => "next".to_owned(),
        };
        let mut aliases = BTreeMap::new();
        for (alias, version) in written.aliases {
            if self.folder(alias.get_ref(), alias.span()) {
                aliases.insert(alias.into_inner(), version);
            }
        }
        Some(Versions {
            refs,
            current,
            latest: written.latest.map(Spanned::into_inner),
            root: written.root,
            limit: written.limit,
            aliases,
        })
    }

    fn folder(&mut self, name: &str, span: Range<usize>) -> bool {
        let path = self.path_at(name, span.clone());
        let is_root = path.as_ref().is_some_and(SitePath::is_root);
        if is_root {
            self.fault(span, "a version needs a name", "write one such as `next`");
        }
        path.is_some() && !is_root
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::read::read_config;

    fn read(text: &str) -> (Option<Versions>, Vec<String>) {
        let path = SitePath::parse("tympan.toml").unwrap();
        let (config, found) = read_config(&path, text);
        let shown = found.iter().map(|found| {
            let line = found.place.as_ref().map_or(0, |place| place.line);
            format!("{line}: {}", found.message)
        });
        (config.versions, shown.collect())
    }

    #[test]
    fn names_are_exact_and_patterns_are_not() {
        let (versions, faults) = read("[versions]\nrefs = [\"v1.*\", \"main\"]\n");
        assert_eq!(faults, [""; 0]);
        let versions = versions.unwrap();
        assert_eq!(
            (versions.current.as_str(), versions.root),
            ("next", Root::Latest)
        );
        let names = |at: usize, name| versions.refs[at].names(name);
        assert!(names(0, "v1.2") && names(0, "v1.2.3-rc.1") && !names(0, "v2.0"));
        assert!(names(1, "main") && !names(1, "main-2") && !versions.refs[1].is_pattern());
        assert!(read("").0.is_none());
    }

    #[test]
    fn faults_stand_where_they_were_written() {
        let fault = |text: &str, expected: &str| assert_eq!(read(text).1.join("; "), expected);
        fault(
            "[versions]\nrefs = [\"v[\"]\n",
            "2: `v[` is not a pattern: unclosed character class; missing ']'",
        );
        fault(
            "[versions]\ncurrent = \"../x\"\n",
            "2: `../x` is not a path inside the project",
        );
        fault(
            "[versions]\nroot = \"newest\"\n",
            "2: unknown value `newest`",
        );
    }
}
