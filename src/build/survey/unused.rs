//! Pictures that nothing shows and no text names.

use crate::assets::AssetMap;
use crate::build::survey::{mentions, sources};
use crate::diagnostic::{Diagnostic, Severity};
use crate::repo::Snapshot;
use crate::site::Site;

/// The code of such a picture.
const CODE: &str = "image-unused";

/// The pictures that could go. All texts of a project are read for it, so it is done only where the
/// project asks for it.
pub fn unused(site: &Site, assets: &AssetMap, snapshot: &Snapshot) -> Vec<Diagnostic> {
    let is_wanted = |path: &_| {
        let rule = site.config.check.rule(CODE, path);
        rule.is_some_and(|rule| rule.severity.is_some())
    };
    let mut unshown = sources(site, assets);
    unshown.retain(|path| !assets.images.contains_key(path) && is_wanted(path));
    if unshown.is_empty() {
        return Vec::new();
    }
    let named = mentions::mentioned(&unshown, snapshot, |_| false);
    let unused = unshown.iter().filter(|path| !named.contains(*path));
    unused
        .map(|path| {
            let message = format!("nothing shows the image `{path}`, and nothing names it");
            Diagnostic::new(CODE, Severity::Suggestion, path, message)
                .help("delete it if nobody needs it")
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repo::History;
    use crate::site::LoadOptions;

    /// The pictures that are told of where one is shown, one is named, and one is neither.
    fn found(config: &str) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        let drawing = "<svg viewBox='0 0 9 9'/>";
        let files = [
            ("tympan.toml", config),
            ("content/index.md", "# A\n\n![x](shown.svg)\n"),
            ("content/shown.svg", drawing),
            ("content/named.svg", drawing),
            ("content/old/left.svg", drawing),
            ("notes.txt", "See named.svg.\n"),
        ];
        for (name, text) in files {
            let file = folder.path().join(name);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, text).unwrap();
        }
        let snapshot = Snapshot::worktree(folder.path()).unwrap();
        let options = LoadOptions::default();
        let site = Site::load(&snapshot, &History::default(), &options, &[]);
        let (assets, _) = AssetMap::read(&site, &snapshot);
        let found = unused(&site, &assets, &snapshot).into_iter();
        found.map(|found| found.path.to_string()).collect()
    }

    #[test]
    fn a_picture_that_nothing_shows_or_names_is_told_where_that_is_asked_for() {
        let rule = |rule: &str, files: &str| {
            format!("[[check.rules]]\nrule = \"{rule}\"\nlevel = \"warning\"\n{files}")
        };
        assert_eq!(found(""), [""; 0]);
        assert_eq!(found(&rule("image-unused", "")), ["content/old/left.svg"]);
        assert_eq!(found(&rule("image-*", "")), ["content/old/left.svg"]);
        let elsewhere = "paths = [\"content/new/**\"]\n";
        assert_eq!(found(&rule("image-unused", elsewhere)), [""; 0]);
    }
}
