//! The built-in theme, embedded: templates, style, words.

use std::collections::BTreeMap;

use serde::Deserialize;
use tera::Tera;

use crate::digest::Digest;
use crate::site_path::SitePath;

/// The style, one file a subject, joined in this order.
const STYLE: &str = concat!(
    include_str!("../../../themes/base/css/style.css"),
    include_str!("../../../themes/base/css/blocks.css"),
    include_str!("../../../themes/base/css/code.css"),
    include_str!("../../../themes/base/css/search.css"),
    include_str!("../../../themes/base/css/languages.css"),
);
/// The script, one file a subject, joined in this order.
const SCRIPT: &str = concat!(include_str!("../../../themes/base/js/base.js"));
const THEME: &str = include_str!("../../../themes/base/theme.toml");

macro_rules! template {
    ($name:literal) => {
        (
            $name,
            include_str!(concat!("../../../themes/base/templates/", $name)),
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
    pub(super) style: ThemeFile,
    pub(super) script: ThemeFile,
}

/// A file of the theme's own, named after what it holds.
pub(super) struct ThemeFile {
    pub(super) path: SitePath,
    pub(super) text: &'static str,
}

impl ThemeFile {
    fn new(name: &str, extension: &str, text: &'static str) -> Self {
        let digest = Digest::of(text.as_bytes());
        let path = format!("_tympan/{name}-{}.{extension}", digest.short());
        Self {
            path: SitePath::parse(&path).expect("a plain name is a path"),
            text,
        }
    }
}

#[derive(Deserialize)]
struct Written {
    strings: BTreeMap<String, String>,
}

impl Theme {
    /// The theme that comes with the program.
    pub(super) fn built_in() -> Self {
        let mut templates = Tera::default();
        templates
            .add_raw_templates(TEMPLATES.iter().copied())
            .expect("the built-in templates are checked by the suite");
        let file: Written =
            toml::from_str(THEME).expect("the built-in theme is checked by the suite");
        Self {
            templates,
            strings: file.strings,
            style: ThemeFile::new("style", "css", STYLE),
            script: ThemeFile::new("script", "js", SCRIPT),
        }
    }

    /// Every file of the theme's own.
    pub(super) fn files(&self) -> [&ThemeFile; 2] {
        [&self.style, &self.script]
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
        assert!(theme.style.text.contains("prefers-color-scheme"));
    }
}
