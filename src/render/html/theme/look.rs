//! The look that the project configures, as a style of its own layer: colors, fonts, logo.

use std::fmt::Write as _;

use crate::config::{CONFIG_FILE, Font, Look};
use crate::diagnostic::{Diagnostic, Severity};
use crate::digest::Digest;
use crate::repo::Snapshot;
use crate::site_path::SitePath;

/// A look ready for the pages.
#[derive(Default)]
pub(super) struct Looks {
    /// The style.
    pub(super) style: String,
    /// Files of the look: where they stand in the site and in the project.
    pub(super) files: Vec<(SitePath, SitePath)>,
    /// The address of the font that is loaded before it is asked for.
    pub(super) preload: Option<SitePath>,
    /// The logo in light, and in dark.
    pub(super) logo: Option<(SitePath, Option<SitePath>)>,
    /// What was wrong.
    pub(super) diagnostics: Vec<Diagnostic>,
}

/// Makes a look of the configuration.
pub(super) fn looks(look: &Look, snapshot: &Snapshot) -> Looks {
    let mut looks = Looks::default();
    let mut variables = String::new();
    for (name, shades) in &look.colors {
        // A shade that is given for one paper only leaves the theme's own for the other.
        let _ = match (&shades.light, &shades.dark) {
            (Some(light), Some(dark)) => write!(variables, "--{name}:light-dark({light},{dark});"),
            (Some(light), None) => {
                looks.scheme(LIGHT, &format!("{{--{name}:{light}}}"));
                Ok(())
            }
            (None, Some(dark)) => {
                looks.scheme(DARK, &format!("{{--{name}:{dark}}}"));
                Ok(())
            }
            (None, None) => Ok(()),
        };
    }
    if !variables.is_empty() {
        let _ = write!(looks.style, "@media screen{{:root{{{variables}}}}}");
    }
    if let Some(width) = look.content_width {
        let _ = write!(looks.style, ":root:root{{--measure:{width}px}}");
    }
    looks.font(look.text.as_ref(), "body[class]{--text:", snapshot);
    looks.preload = looks.files.first().map(|(route, _)| route.clone());
    looks.font(
        look.heading.as_ref(),
        "h1,h2,h3,h4,h5,h6{font-family:",
        snapshot,
    );
    looks.font(look.code.as_ref(), ":root{--mono:", snapshot);
    if let Some(logo) = &look.logo {
        let light = looks.file(&logo.light, snapshot);
        let dark = logo
            .dark
            .as_ref()
            .and_then(|dark| looks.file(dark, snapshot));
        if dark.is_some() {
            let hide = "{display:none}";
            looks.scheme(DARK, &format!(" .logo-light{hide}"));
            looks.scheme(LIGHT, &format!(" .logo-dark{hide}"));
        }
        looks.logo = light.map(|light| (light, dark));
    }
    looks
}

/// A scheme and the other one.
type Scheme = [&'static str; 2];
const LIGHT: Scheme = ["light", "dark"];
const DARK: Scheme = ["dark", "light"];

impl Looks {
    /// A rule, from below the root, for one scheme: where the system has it and the reader has not
    /// chosen the other, and where the reader has chosen it.
    fn scheme(&mut self, [own, other]: Scheme, rule: &str) {
        let _ = write!(
            self.style,
            "@media screen{{@media (prefers-color-scheme:{own}){{:root:not([data-scheme={other}]){rule}}}:root[data-scheme={own}]{rule}}}"
        );
    }

    fn font(&mut self, font: Option<&Font>, rule: &str, snapshot: &Snapshot) {
        let Some(font) = font else { return };
        for file in &font.files {
            let Some(route) = self.file(file, snapshot) else {
                continue;
            };
            let name = file.stem().to_ascii_lowercase();
            let weight = match () {
                () if name.contains("variable") || name.contains("wght") => "100 900",
                () if name.contains("semibold") => "600",
                () if name.contains("bold") => "700",
                () if name.contains("medium") => "500",
                () if name.contains("light") => "300",
                () => "400",
            };
            let style = match name.contains("italic") || name.contains("oblique") {
                true => "italic",
                false => "normal",
            };
            // The style stands beside the file. A page must not jump when a font comes late, so one
            // that is not there at once is for the next page.
            let _ = write!(
                self.style,
                "@font-face{{font-family:\"{}\";src:url(\"{}\");font-weight:{weight};font-style:{style};font-display:optional}}",
                font.family,
                route.file_name(),
            );
        }
        let _ = write!(self.style, "{rule}{}}}", font.stack);
    }

    /// Where a file of the project stands in the site, named after what it holds.
    fn file(&mut self, source: &SitePath, snapshot: &Snapshot) -> Option<SitePath> {
        let Ok(bytes) = snapshot.read(source) else {
            let config = SitePath::parse(CONFIG_FILE).expect("a plain name is a path");
            let message = format!("`{source}` is not there, or cannot be read");
            let found = Diagnostic::new("theme-file", Severity::Error, &config, message);
            self.diagnostics
                .push(found.help("correct the path in `[theme]`; it begins at the project's root"));
            return None;
        };
        let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
        let name: String = source.stem().chars().map(plain).collect();
        let digest = Digest::of(&bytes);
        let extension = source.extension().to_ascii_lowercase();
        let route = format!("_tympan/{name}-{}.{extension}", digest.short());
        let route = SitePath::parse(&route).expect("a plain name is a path");
        self.files.push((route.clone(), source.clone()));
        Some(route)
    }
}
