//! How a theme looks, `[theme]`: as written, as meant, and the way from one to the other.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use crate::config::contrast::{Color, PAPER, READABLE, nearest_readable};
use crate::config::pinned::PinnedTheme;
use crate::config::read::Reader;
use crate::diagnostic::Severity;
use crate::site_path::SitePath;

/// How a theme looks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Look {
    /// CSS variables by name, in light and in dark.
    pub colors: BTreeMap<String, Shades>,
    /// The font of the text.
    pub text: Option<Font>,
    /// The font of the headings.
    pub heading: Option<Font>,
    /// The font of code.
    pub code: Option<Font>,
    /// The picture that stands for the site.
    pub logo: Option<Logo>,
    /// The picture that icons are made of.
    pub icon: Option<SitePath>,
    /// The width of the text in CSS pixels.
    pub content_width: Option<u32>,
    /// The theme itself, if it comes from another repository.
    pub pinned: Option<PinnedTheme>,
}

/// A color in light and in dark, as CSS writes it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shades {
    /// On light paper.
    pub light: Option<String>,
    /// On dark paper.
    pub dark: Option<String>,
}

/// A font.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Font {
    /// What CSS is told, the best first.
    pub stack: String,
    /// The name under which the files are known.
    pub family: String,
    /// The files; none for a font of the reader's system.
    pub files: Vec<SitePath>,
}

/// The picture that stands for the site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logo {
    /// On light paper.
    pub light: SitePath,
    /// On dark paper, if it is another.
    pub dark: Option<SitePath>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct ThemeFile {
    accent: Option<PairFile>,
    colors: ColorsFile,
    font: FontsFile,
    logo: Option<PairFile>,
    icon: Option<Spanned<String>>,
    content_width: Option<Spanned<String>>,
    git: Option<Spanned<String>>,
    rev: Option<Spanned<String>>,
    digest: Option<Spanned<String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct ColorsFile {
    light: BTreeMap<Spanned<String>, Spanned<String>>,
    dark: BTreeMap<Spanned<String>, Spanned<String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct FontsFile {
    text: Option<FontFile>,
    heading: Option<FontFile>,
    code: Option<FontFile>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "a text, or a table with `light` and `dark`")]
enum PairFile {
    One(String),
    Two(TwoFile),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct TwoFile {
    light: String,
    #[serde(default)]
    dark: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(
    untagged,
    expecting = "a list of fonts as in CSS, or a table with `family` and `files`"
)]
enum FontFile {
    Stack(String),
    Files(FontFilesFile),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FontFilesFile {
    family: String,
    files: Vec<String>,
    #[serde(default)]
    fallback: Option<String>,
}

impl Reader<'_> {
    pub(super) fn look(&mut self, file: ThemeFile) -> Look {
        let mut colors: BTreeMap<String, Shades> = BTreeMap::new();
        let ColorsFile { light, dark } = file.colors;
        for (name, value) in light {
            if let Some((name, value)) = self.color(&name, &value) {
                colors.entry(name).or_default().light = Some(value);
            }
        }
        for (name, value) in dark {
            if let Some((name, value)) = self.color(&name, &value) {
                colors.entry(name).or_default().dark = Some(value);
            }
        }
        if let Some(accent) = file.accent {
            let paper = |shade: Option<&String>, default| {
                shade
                    .and_then(|shade| Color::parse(shade))
                    .unwrap_or(default)
            };
            let own = colors.get("paper").cloned().unwrap_or_default();
            let papers = [
                paper(own.light.as_ref(), PAPER[0]),
                paper(own.dark.as_ref(), PAPER[1]),
            ];
            if let Some(shades) = self.accent(accent, papers) {
                colors.insert("accent".to_owned(), shades);
                let wash = "color-mix(in oklab, var(--accent) 14%, var(--paper))".to_owned();
                colors.entry("wash".to_owned()).or_insert_with(|| Shades {
                    light: Some(wash.clone()),
                    dark: Some(wash),
                });
            }
        }
        let logo = file.logo.and_then(|logo| {
            let (light, dark) = match logo {
                PairFile::One(light) => (light, None),
                PairFile::Two(two) => (two.light, two.dark),
            };
            let light = self.path_at(&light, self.find(&light))?;
            let dark = dark.and_then(|dark| self.path_at(&dark, self.find(&dark)));
            Some(Logo { light, dark })
        });
        Look {
            colors,
            text: file.font.text.and_then(|font| self.font(font)),
            heading: file.font.heading.and_then(|font| self.font(font)),
            code: file.font.code.and_then(|font| self.font(font)),
            logo,
            icon: file.icon.and_then(|icon| self.path(&icon)),
            content_width: file.content_width.and_then(|width| self.text_width(&width)),
            pinned: self.pinned(file.git, file.rev, file.digest),
        }
    }

    /// A width in CSS pixels; the root of the built-in style sheets is 17 of them.
    fn text_width(&mut self, written: &Spanned<String>) -> Option<u32> {
        let text = written.get_ref().trim();
        let number = |unit: &str| text.strip_suffix(unit)?.trim().parse::<f64>().ok();
        let pixels = number("rem").map(|rem| rem * 17.0).or_else(|| number("px"));
        match pixels {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "it is in between"
            )]
            Some(pixels @ 200.0..=4000.0) => Some(pixels.round() as u32),
            _ => {
                let message = format!("`{text}` is not the width of a text");
                self.fault(written.span(), message, "write it like `44rem` or `750px`");
                None
            }
        }
    }

    /// The color of what can be followed. Too faint a one is a finding, for it is read.
    fn accent(&mut self, written: PairFile, papers: [Color; 2]) -> Option<Shades> {
        let (light, dark) = match written {
            PairFile::One(light) => (light, None),
            PairFile::Two(two) => (two.light, two.dark),
        };
        let base = self.hex(&light)?;
        self.readable(&light, base, papers[0]);
        let dark = match dark {
            Some(written) => {
                let color = self.hex(&written)?;
                self.readable(&written, color, papers[1]);
                written
            }
            None => nearest_readable(base, papers[1]).to_string(),
        };
        Some(Shades {
            light: Some(light),
            dark: Some(dark),
        })
    }

    fn hex(&mut self, written: &str) -> Option<Color> {
        let color = Color::parse(written);
        if color.is_none() {
            let message = format!("`{written}` is not a color");
            self.fault(self.find(written), message, "write it like `#8a1c1c`");
        }
        color
    }

    fn readable(&mut self, written: &str, color: Color, paper: Color) {
        let contrast = color.contrast(paper);
        if contrast >= READABLE {
            return;
        }
        let better = nearest_readable(color, paper).to_string();
        let message = format!(
            "`{written}` on `{paper}` has a contrast of {contrast:.1} to 1, and text needs {READABLE}"
        );
        let span = self.find(written);
        let found = self
            .source
            .diagnostic("theme-contrast", Severity::Warning, span, message)
            .help(format!("the nearest shade that can be read is `{better}`"))
            .replacements(vec![format!("\"{better}\"")]);
        self.diagnostics.push(found);
    }

    /// A CSS variable and its value, if neither could end the declaration they stand in.
    fn color(
        &mut self,
        name: &Spanned<String>,
        value: &Spanned<String>,
    ) -> Option<(String, String)> {
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
        if name.get_ref().is_empty() || !name.get_ref().chars().all(plain) {
            let message = format!("`{}` is not the name of a color", name.get_ref());
            self.fault(name.span(), message, "write it like `paper`");
            return None;
        }
        let calm = |c: char| c.is_ascii_alphanumeric() || "#(),.%/ -+".contains(c);
        let text = value.get_ref();
        if text.is_empty() || !text.chars().all(calm) || text.to_lowercase().contains("url(") {
            let message = format!("`{text}` is not a color");
            self.fault(
                value.span(),
                message,
                "write it like `#8a1c1c` or `oklch(50% .2 30)`",
            );
            return None;
        }
        Some((name.get_ref().clone(), text.clone()))
    }

    fn font(&mut self, written: FontFile) -> Option<Font> {
        let calm = |text: &str| {
            let plain = |c: char| c.is_alphanumeric() || " -_.,\"'".contains(c);
            let paired = |quote| text.matches(quote).count() % 2 == 0;
            !text.is_empty() && text.chars().all(plain) && paired('"') && paired('\'')
        };
        let (family, files, fallback) = match written {
            FontFile::Stack(stack) => (None, Vec::new(), Some(stack)),
            FontFile::Files(font) => (Some(font.family), font.files, font.fallback),
        };
        let names = family.iter().chain(&fallback);
        if let Some(wrong) = names.into_iter().find(|name| !calm(name)) {
            let message = format!("`{wrong}` is not a font");
            self.fault(
                self.find(wrong),
                message,
                "write names with commas between them, as in CSS",
            );
            return None;
        }
        let family = family.map(|family| family.replace(['"', '\''], ""));
        let own = family.as_ref().map(|family| format!("\"{family}\""));
        let stack: Vec<String> = own.into_iter().chain(fallback).collect();
        let files = files
            .iter()
            .filter_map(|file| {
                let path = self.path_at(file, self.find(file))?;
                let known = ["woff2", "woff", "ttf", "otf"].contains(&path.extension());
                if !known {
                    let message = format!("`{path}` is not a font that browsers read");
                    self.fault(self.find(file), message, "convert it to WOFF2");
                }
                known.then_some(path)
            })
            .collect();
        Some(Font {
            stack: stack.join(", "),
            family: family.unwrap_or_default(),
            files,
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::config::read_config;
    use crate::site_path::SitePath;

    #[track_caller]
    fn case(text: &str, expected: &[&str]) -> super::Look {
        let path = SitePath::parse("tympan.toml").unwrap();
        let (config, found) = read_config(&path, text);
        let found: Vec<String> = found
            .iter()
            .map(|found| format!("{}: {}", found.code, found.help.as_deref().unwrap_or("")))
            .collect();
        assert_eq!(found, expected, "{text}");
        config.look
    }

    #[test]
    fn an_accent_is_read_in_light_and_dark() {
        let look = case("[theme]\naccent = \"#1a5fb4\"\n", &[]);
        let accent = &look.colors["accent"];
        assert_eq!(accent.light.as_deref(), Some("#1a5fb4"));
        assert_ne!(accent.dark, accent.light);
    }

    #[test]
    fn a_faint_accent_is_a_finding_with_a_shade_that_is_not() {
        let help = "theme-contrast: the nearest shade that can be read is `#897100`";
        case("[theme]\naccent = \"#ffd200\"\n", &[help]);
    }

    #[test]
    fn nothing_but_a_color_gets_into_a_style() {
        let wrong = "config-value: write it like `#8a1c1c` or `oklch(50% .2 30)`";
        for value in ["red; } body {", "url(x)", "</style>", ""] {
            case(
                &format!("[theme.colors.light]\npaper = \"{value}\"\n"),
                &[wrong],
            );
        }
        case("[theme.colors.light]\npaper = \"hsl(30 20% 95%)\"\n", &[]);
        let name = "config-value: write it like `paper`";
        case("[theme.colors.dark]\n\"a:b\" = \"red\"\n", &[name]);
    }

    #[test]
    fn a_width_is_in_pixels_or_in_the_size_of_letters() {
        let width = |text: &str, expected: &[&str]| {
            case(&format!("[theme]\ncontent_width = \"{text}\"\n"), expected).content_width
        };
        assert_eq!(width("40rem", &[]), Some(680));
        assert_eq!(width("750px", &[]), Some(750));
        let wrong = "config-value: write it like `44rem` or `750px`";
        assert_eq!(width("80%", &[wrong]), None);
        assert_eq!(width("10px", &[wrong]), None);
    }

    #[test]
    fn fonts_are_stacks_or_files() {
        let text = "[theme.font]\ntext = \"Georgia, serif\"\n\
                    heading = { family = \"Own\", files = [\"fonts/own.woff2\"], fallback = \"serif\" }\n";
        let look = case(text, &[]);
        assert_eq!(look.text.unwrap().stack, "Georgia, serif");
        let heading = look.heading.unwrap();
        assert_eq!(heading.stack, "\"Own\", serif");
        assert_eq!(heading.files[0].as_str(), "fonts/own.woff2");
        let wrong = "config-value: write names with commas between them, as in CSS";
        case("[theme.font]\ncode = \"a; }\"\n", &[wrong]);
    }
}
