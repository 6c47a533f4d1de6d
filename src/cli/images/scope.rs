//! Which pictures are asked for.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context as _, bail};
use globset::{GlobBuilder, GlobMatcher};

use crate::build::survey::Survey;
use crate::cli::args::ImagesArgs;
use crate::cli::project::{below, inside};
use crate::site_path::SitePath;

/// Which pictures are asked for.
pub struct Scope<'a> {
    /// What was typed; nothing means all pictures.
    named: Vec<Named<'a>>,
    page: Option<&'a str>,
}

/// What one path of the command line names.
struct Named<'a> {
    typed: &'a str,
    /// A file or a folder; none of a pattern that can be no path.
    place: Option<SitePath>,
    /// None where a file or a folder of that name is there.
    pattern: Option<GlobMatcher>,
}

impl<'a> Scope<'a> {
    /// Reads the arguments for the project in `root`, which is absolute.
    ///
    /// # Errors
    /// Refuses a path that is empty or lies outside, and a pattern that is none.
    pub fn new(args: &'a ImagesArgs, root: &Path) -> anyhow::Result<Self> {
        let named = args.paths.iter().map(|typed| Named::read(typed, root));
        Ok(Self {
            named: named.collect::<anyhow::Result<_>>()?,
            page: args.page.as_deref(),
        })
    }

    /// Whether a file is asked for.
    fn holds(&self, path: &SitePath) -> bool {
        self.named.is_empty() || self.named.iter().any(|one| one.holds(path))
    }

    /// Leaves in a survey what is asked for. A page is named by its address, or by its file relative to
    /// the project or to the folder of its `content`.
    ///
    /// # Errors
    /// Fails where something is asked for that is not there.
    pub fn narrow(&self, survey: &mut Survey, content: &SitePath) -> anyhow::Result<()> {
        for named in &self.named {
            let mut pictures = survey.pictures.iter();
            if !pictures.any(|picture| named.holds(&picture.source.path)) {
                bail!("`{}` names no picture of the project", named.typed);
            }
        }
        if let Some(wanted) = self.page {
            let typed = wanted.strip_prefix("./").unwrap_or(wanted);
            let address = format!("/{}", typed.trim_matches('/'));
            let files = [SitePath::parse(typed), content.resolve(typed)];
            let file = files.into_iter().flatten().find(|file| {
                survey
                    .pages
                    .iter()
                    .any(|page| page.path.as_ref() == Some(file))
            });
            survey.pages.retain(|page| {
                file.is_some() && page.path == file
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

impl<'a> Named<'a> {
    fn read(typed: &'a str, root: &Path) -> anyhow::Result<Self> {
        if typed.is_empty() {
            bail!("an empty path names nothing; `.` names every picture");
        }
        let absolute = below(root, Path::new(typed));
        let place = match absolute == root {
            true => Some(SitePath::root()),
            false => inside(root, &absolute).or_else(|| through_links(root, &absolute)),
        };
        let is_there = std::fs::symlink_metadata(&absolute).is_ok();
        if place.is_none() && (is_there || !absolute.starts_with(root)) {
            bail!("`{typed}` does not lie in the project");
        }
        let pattern = match (&place, is_there) {
            (Some(_), true) => None,
            // A pattern without a folder means files of any folder.
            _ if !typed.contains('/') => Some(format!("**/{typed}")),
            (Some(place), false) => Some(place.to_string()),
            (None, _) => Some(typed.to_owned()),
        };
        let glob = |pattern: String| {
            let glob = GlobBuilder::new(&pattern).literal_separator(true).build();
            glob.with_context(|| format!("`{typed}` is no pattern"))
        };
        Ok(Self {
            typed,
            place,
            pattern: pattern
                .map(glob)
                .transpose()?
                .map(|glob| glob.compile_matcher()),
        })
    }

    fn holds(&self, path: &SitePath) -> bool {
        let is_below = |place: &SitePath| path.is_within(place);
        let matches = |pattern: &GlobMatcher| pattern.is_match(path.as_str());
        self.place.as_ref().is_some_and(is_below) || self.pattern.as_ref().is_some_and(matches)
    }
}

/// An absolute path that leads into the project through links of folders.
fn through_links(root: &Path, absolute: &Path) -> Option<SitePath> {
    let found = std::fs::canonicalize(absolute).ok()?;
    match found == root {
        true => Some(SitePath::root()),
        false => inside(root, &found),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::cli::args::{Arguments, Command};

    /// Which of `files` are asked for; none if what is typed is refused.
    fn held(typed: &[&str], root: &Path, files: &[&str]) -> Option<Vec<String>> {
        let words = ["tympan", "images"].iter().chain(typed);
        let Command::Images(args) = Arguments::parse_from(words).command else {
            panic!("another command");
        };
        let scope = Scope::new(&args, root).ok()?;
        let files = files.iter().map(|file| SitePath::parse(file).unwrap());
        let held = files.filter(|file| scope.holds(file));
        Some(held.map(|file| file.to_string()).collect())
    }

    #[track_caller]
    fn case(typed: &[&str], path: &str, expected: bool) {
        let held = held(typed, Path::new("/nowhere/project"), &[path]).unwrap();
        assert_eq!(!held.is_empty(), expected);
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
        case(&["."], "a/b.png", true);
        case(&["a/../c"], "c/b.png", true);
        case(&["/nowhere/project"], "a/b.png", true);
        case(&["/nowhere/project/a/b.png"], "a/b.png", true);
        case(&["/nowhere/project/a/*.png"], "a/b.png", true);
        case(&["/nowhere/project/a/b.png"], "a/c.png", false);
        case(&["./b.png"], "a/b.png", false);
    }

    #[test]
    fn what_lies_outside_names_no_picture() {
        let root = Path::new("/nowhere/project");
        for typed in [
            "",
            "/",
            "/etc/hosts",
            "../x",
            "..",
            "../*.png",
            "a/../../x",
            "/nowhere",
        ] {
            assert_eq!(held(&[typed], root, &["a/b.png"]), None, "{typed}");
        }
    }

    #[test]
    fn the_name_of_a_file_is_no_pattern() {
        let folder = tempfile::tempdir().unwrap();
        let root = std::fs::canonicalize(folder.path()).unwrap();
        std::fs::write(root.join("b[1].png"), "").unwrap();
        let files = ["b[1].png", "b1.png", "a/b1.png"];
        let found = held(&["b[1].png"], &root, &files);
        assert_eq!(found, Some(vec!["b[1].png".to_owned()]));
        let found = held(&["b[12].png"], &root, &files);
        assert_eq!(found.unwrap(), ["b1.png", "a/b1.png"]);
    }
}
