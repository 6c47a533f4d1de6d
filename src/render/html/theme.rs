//! The built-in theme, embedded: templates, style, words.

use std::collections::BTreeMap;

use serde::Deserialize;
use tera::Tera;

use crate::digest::Digest;
use crate::site_path::SitePath;

const STYLE: &str = include_str!("../../../themes/default/style.css");
const THEME: &str = include_str!("../../../themes/default/theme.toml");

macro_rules! template {
    ($name:literal) => {
        (
            $name,
            include_str!(concat!("../../../themes/default/templates/", $name)),
        )
    };
}

const TEMPLATES: &[(&str, &str)] = &[
    template!("base.html"),
    template!("components.html"),
    template!("meta.html"),
    template!("header.html"),
    template!("toc.html"),
    template!("turn.html"),
    template!("footer.html"),
    template!("page.html"),
    template!("post.html"),
    template!("section.html"),
    template!("home.html"),
    template!("list.html"),
    template!("404.html"),
    template!("redirect.html"),
];

/// A theme ready to render.
pub(super) struct Theme {
    pub(super) templates: Tera,
    pub(super) strings: BTreeMap<String, String>,
    pub(super) style: &'static str,
    pub(super) style_path: SitePath,
}

#[derive(Deserialize)]
struct ThemeFile {
    strings: BTreeMap<String, String>,
}

impl Theme {
    /// The theme that comes with the program.
    pub(super) fn built_in() -> Self {
        let mut templates = Tera::default();
        templates
            .add_raw_templates(TEMPLATES.iter().copied())
            .expect("the built-in templates are checked by the suite");
        let file: ThemeFile =
            toml::from_str(THEME).expect("the built-in theme is checked by the suite");
        let name = format!("_tympan/style-{}.css", Digest::of(STYLE.as_bytes()).short());
        Self {
            templates,
            strings: file.strings,
            style: STYLE,
            style_path: SitePath::parse(&name).expect("a plain name is a path"),
        }
    }

    /// A word of the theme's.
    pub(super) fn string(&self, key: &str) -> &str {
        self.strings.get(key).map_or("", String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_theme_is_whole() {
        let theme = Theme::built_in();
        assert_eq!(theme.string("skip_to_content"), "Skip to content");
        assert!(theme.style.contains("prefers-color-scheme"));
    }
}
