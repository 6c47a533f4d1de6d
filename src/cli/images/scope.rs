//! Which pictures are asked for.

use std::collections::BTreeSet;

use anyhow::{Context as _, bail};
use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

use crate::build::survey::Survey;
use crate::cli::args::ImagesArgs;
use crate::site_path::SitePath;

/// Which pictures are asked for.
pub struct Scope<'a> {
    folders: Vec<SitePath>,
    patterns: GlobSet,
    page: Option<&'a str>,
}

impl<'a> Scope<'a> {
    /// Reads the arguments.
    pub fn new(args: &'a ImagesArgs) -> anyhow::Result<Self> {
        let mut folders = Vec::new();
        let mut patterns = GlobSetBuilder::new();
        for typed in &args.paths {
            let typed = typed.trim_end_matches('/');
            if let Ok(path) = SitePath::parse(typed) {
                folders.push(path);
            }
            let pattern = typed.strip_prefix("./").unwrap_or(typed);
            // A pattern without a folder means files of any folder.
            let pattern = match pattern.contains('/') {
                true => pattern.to_owned(),
                false => format!("**/{pattern}"),
            };
            let glob = GlobBuilder::new(&pattern).literal_separator(true).build();
            patterns.add(glob.with_context(|| format!("`{typed}` is no pattern"))?);
        }
        Ok(Self {
            folders,
            patterns: patterns.build()?,
            page: args.page.as_deref(),
        })
    }

    /// Whether a file is asked for.
    pub fn holds(&self, path: &SitePath) -> bool {
        let mut folders = self.folders.iter();
        self.folders.is_empty()
            || folders.any(|folder| path.is_within(folder))
            || self.patterns.is_match(path.as_str())
    }

    /// Leaves in a survey what is asked for.
    pub fn narrow(&self, survey: &mut Survey) -> anyhow::Result<()> {
        if let Some(wanted) = self.page {
            let typed = wanted.strip_prefix("./").unwrap_or(wanted);
            let address = format!("/{}", typed.trim_matches('/'));
            survey.pages.retain(|page| {
                let path = page.path.as_ref().map(SitePath::as_str);
                path == Some(typed)
                    || page.url.trim_end_matches('/') == address.trim_end_matches('/')
            });
            if survey.pages.is_empty() {
                bail!(
                    "no page `{wanted}` shows a picture; name its file relative to the project, or its address"
                );
            }
            let shown: BTreeSet<&SitePath> = survey
                .pages
                .iter()
                .flat_map(|page| &page.pictures)
                .collect();
            survey
                .pictures
                .retain(|picture| shown.contains(&picture.source.path));
        }
        survey
            .pictures
            .retain(|picture| self.holds(&picture.source.path));
        let known: BTreeSet<&SitePath> = survey
            .pictures
            .iter()
            .map(|picture| &picture.source.path)
            .collect();
        survey
            .pages
            .retain(|page| page.pictures.iter().any(|path| known.contains(path)));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::cli::args::{Arguments, Command};

    #[track_caller]
    fn case(typed: &[&str], path: &str, expected: bool) {
        let words = ["tympan", "images"].iter().chain(typed);
        let Command::Images(args) = Arguments::parse_from(words).command else {
            panic!("another command");
        };
        let scope = Scope::new(&args).unwrap();
        assert_eq!(scope.holds(&SitePath::parse(path).unwrap()), expected);
    }

    #[test]
    fn files_folders_and_patterns_name_pictures() {
        case(&[], "a/b.png", true);
        case(&["a"], "a/b.png", true);
        case(&["./a/"], "a/b.png", true);
        case(&["b"], "a/b.png", false);
        case(&["*.png"], "a/b.png", true);
        case(&["a/*.png"], "a/c/b.png", false);
        case(&["**/c/*.png"], "a/c/b.png", true);
        case(&["*.jpg", "a"], "x/y.jpg", true);
    }
}
