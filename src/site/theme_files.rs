//! Which files of a project belong to its theme and so are no content.

use crate::config::Config;
use crate::site_path::SitePath;

/// The folder in which a project changes the look of its site.
pub const THEME_FOLDER: &str = "theme";

/// The folders that may lie in it. Whatever else lies there is content, where content lies at the
/// project's root: a chapter about themes is a good thing to have.
const PARTS: [&str; 7] = [
    "templates",
    "css",
    "js",
    "pdf",
    "strings",
    "static",
    "shortcodes",
];

/// Whether a file of a repository that is a theme belongs to it.
pub fn is_part_of_theme(path: &SitePath) -> bool {
    let mut parts = path.parts();
    let first = parts.next().unwrap_or_default();
    path.as_str() == "theme.toml" || (PARTS.contains(&first) && parts.next().is_some())
}

/// Whether a file belongs to the theme: to the project's own folder, or to the theme it names.
pub fn is_theme_file(config: &Config, path: &SitePath) -> bool {
    let named = config.html.theme.as_ref();
    if named.is_some_and(|folder| path.is_within(folder)) {
        return true;
    }
    let mut parts = path.parts();
    parts.next() == Some(THEME_FOLDER)
        && parts.next().is_some_and(|part| PARTS.contains(&part))
        && parts.next().is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn case(path: &str, expected: bool) {
        let mut config = Config::default();
        config.html.theme = SitePath::parse("themes/ours").ok();
        let path = SitePath::parse(path).unwrap();
        assert_eq!(is_theme_file(&config, &path), expected, "{path}");
    }

    #[test]
    fn only_what_a_theme_is_made_of_belongs_to_it() {
        case("theme/templates/page.html", true);
        case("theme/css/own.css", true);
        case("theme/index.md", false);
        case("theme/css", false);
        case("theme/colors/index.md", false);
        case("themes/ours/README.md", true);
        case("themes/other/README.md", false);
    }
}
