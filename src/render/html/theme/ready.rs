//! A theme ready to render: its layers joined, its templates parsed.

use std::collections::BTreeMap;

use tera::Tera;

use crate::config::Kind;
use crate::digest::Digest;
use crate::render::html::theme::built_in;
use crate::render::html::theme::layer::{Layer, Level, join, strings_of};
use crate::site_path::SitePath;

/// A theme ready to render.
pub(in crate::render::html) struct Theme {
    pub(in crate::render::html) templates: Tera,
    pub(in crate::render::html) strings: BTreeMap<String, String>,
    pub(in crate::render::html) style: ThemeFile,
    pub(in crate::render::html) script: ThemeFile,
    /// What runs before the page is painted.
    pub(in crate::render::html) boot: ThemeFile,
}

/// A file of the theme's own, named after what it holds.
pub(in crate::render::html) struct ThemeFile {
    pub(in crate::render::html) path: SitePath,
    pub(in crate::render::html) text: String,
}

impl ThemeFile {
    fn new(name: &str, extension: &str, text: String) -> Self {
        let digest = Digest::of(text.as_bytes());
        let path = format!("_tympan/{name}-{}.{extension}", digest.short());
        Self {
            path: SitePath::parse(&path).expect("a plain name is a path"),
            text,
        }
    }
}

impl Theme {
    /// The theme that comes with the program for a kind of site.
    pub(in crate::render::html) fn built_in(kind: Kind, language: &str) -> Self {
        let layers = built_in::layers(kind);
        let templates = parse(&layers).expect("the built-in templates are checked by the suite");
        Self {
            templates,
            strings: strings_of(&layers, language),
            style: ThemeFile::new("style", "css", join(&layers, |layer| &layer.styles)),
            script: ThemeFile::new("script", "js", join(&layers, |layer| &layer.scripts)),
            boot: ThemeFile::new("boot", "js", built_in::BOOT.to_owned()),
        }
    }

    /// Every file of the theme's own.
    pub(in crate::render::html) fn files(&self) -> [&ThemeFile; 3] {
        [&self.style, &self.script, &self.boot]
    }

    /// A word of the theme's.
    pub(in crate::render::html) fn string(&self, key: &str) -> &str {
        self.strings.get(key).map_or("", String::as_str)
    }
}

/// Parses the templates of all layers. A name is looked up from the uppermost layer down; with the
/// layer's own prefix it means the one of that layer, so that an override can extend what it
/// overrides.
fn parse(layers: &[Layer]) -> tera::TeraResult<Tera> {
    let mut tera = Tera::default();
    tera.set_fallback_prefixes(Level::NAMED.map(Level::prefix))?;
    let named = layers.iter().flat_map(|layer| {
        let name = |name: &str| format!("{}{name}", layer.level.prefix());
        let templates = layer.templates.iter();
        templates.map(move |source| (name(&source.name), &*source.text))
    });
    tera.add_raw_templates(named)?;
    Ok(tera)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_themes_are_whole() {
        for kind in [Kind::Site, Kind::Docs, Kind::Book, Kind::Contract] {
            let theme = Theme::built_in(kind, "en");
            assert_eq!(theme.string("skip_to_content"), "Skip to content");
            assert!(theme.style.text.contains("color-scheme: light dark"));
            assert!(theme.templates.contains_template("page.html"));
        }
    }
}
