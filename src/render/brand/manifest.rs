//! The web manifest (W3C Web Application Manifest): what a site is called and shown as where a reader
//! puts it beside programs.

use serde_json::{Value, json};

use crate::render::brand::icons::{Icons, Launched};
use crate::render::brand::palette::Palette;
use crate::site::Site;

/// The longest name that launchers show whole.
const SHORT: usize = 12;

impl Icons {
    /// The manifest of a site in one language. It stands at the root of the site, and all its
    /// addresses are relative to it.
    pub(in crate::render) fn manifest(&self, site: &Site, palette: &Palette) -> String {
        let project = &site.config.project;
        let icon = |icon: &Launched| {
            json!({
                "src": site.url_in_release(&icon.file),
                "type": icon.media_type,
                "sizes": icon.sizes,
                "purpose": icon.purpose,
            })
        };
        let icons: Vec<Value> = self.launched.iter().map(icon).collect();
        let mut manifest = json!({
            "name": site.title,
            "lang": project.language,
            "dir": project.direction(),
            "start_url": "./",
            "scope": "./",
            // A site is read in a browser; it does not ask to be installed.
            "display": "browser",
            "background_color": palette.paper.light,
            "theme_color": palette.paper.light,
            "icons": icons,
        });
        if let Some(name) = short_name(&site.title) {
            manifest["short_name"] = json!(name);
        }
        if let Some(description) = &project.description {
            manifest["description"] = json!(description);
        }
        format!("{manifest:#}\n")
    }
}

/// The beginning of a title that is a name of its own: what stands before a colon or dash, or its
/// first words. None where that is longer than launchers show.
fn short_name(title: &str) -> Option<&str> {
    let fits = |name: &&str| !name.is_empty() && name.chars().count() <= SHORT;
    let whole = title.trim();
    let first = whole.split([':', '–', '—', '|', '·']).next().map(str::trim);
    let words = whole
        .char_indices()
        .filter(|(_, letter)| letter.is_whitespace())
        .map(|(at, _)| whole[..at].trim())
        .rev();
    [whole].into_iter().chain(first).chain(words).find(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn case(title: &str, expected: Option<&str>) {
        assert_eq!(short_name(title), expected, "{title}");
    }

    #[test]
    fn a_short_name_is_a_name() {
        case("Tympan", Some("Tympan"));
        case("The Field Guide", Some("The Field"));
        case("Rust: the language of the house", Some("Rust"));
        case("Donaudampfschifffahrt", None);
        case("潮の満ち引き", Some("潮の満ち引き"));
        case("", None);
    }
}
