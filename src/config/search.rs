//! `[search]`: whether the pages can be searched, and which of them.

use globset::{Glob, GlobSet, GlobSetBuilder};
use serde::Deserialize;
use toml::Spanned;

use crate::config::read::Reader;

/// `[search]` as written.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct SearchFile {
    enabled: Option<bool>,
    exclude: Vec<Spanned<String>>,
}

/// How pages are searched.
#[derive(Debug, Clone, Default)]
pub struct Search {
    /// Whether there is a search; the kind of the project decides if absent.
    pub enabled: Option<bool>,
    /// Sources that are not searched.
    pub exclude: GlobSet,
}

impl Reader<'_> {
    /// Reads `[search]`; a pattern that is none is reported and left out.
    pub(super) fn search(&mut self, written: SearchFile) -> Search {
        let mut exclude = GlobSetBuilder::new();
        for pattern in &written.exclude {
            match Glob::new(pattern.get_ref()) {
                Ok(glob) => {
                    exclude.add(glob);
                }
                Err(error) => self.fault(
                    pattern.span(),
                    format!("`{}` is not a glob: {}", pattern.get_ref(), error.kind()),
                    "write a pattern such as `content/archive/**`",
                ),
            }
        }
        Search {
            enabled: written.enabled,
            exclude: exclude.build().unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::config::{CONFIG_FILE, read_config};
    use crate::site_path::SitePath;

    #[test]
    fn a_pattern_that_is_none_is_left_out() {
        let path = SitePath::parse(CONFIG_FILE).unwrap();
        let text = "[search]\nexclude = [\"content/old/**\", \"a{\"]\n";
        let (config, found) = read_config(&path, text);
        assert!(config.search.exclude.is_match("content/old/x.md"));
        assert!(!config.search.exclude.is_match("content/x.md"));
        let place = found[0].place.as_ref().unwrap();
        assert_eq!(
            (found[0].code.as_ref(), place.line, place.column),
            ("config-value", 2, 30)
        );
    }
}
