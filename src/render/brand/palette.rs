//! The colors of a theme, read off its style and the configuration, for what no browser paints.

use crate::config::Look;

/// A color in light and in dark, as `#rrggbb`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::render) struct Pair {
    /// On light paper.
    pub(in crate::render) light: String,
    /// On dark paper.
    pub(in crate::render) dark: String,
}

/// The colors of a theme that are used outside of pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::render) struct Palette {
    /// What is written on.
    pub(in crate::render) paper: Pair,
    /// What is written with.
    pub(in crate::render) ink: Pair,
    /// What is said by the way.
    pub(in crate::render) soft: Pair,
    /// What can be followed.
    pub(in crate::render) accent: Pair,
}

impl Palette {
    /// The colors that a style sets with `light-dark()`, the last one of each name, and over them
    /// those of the configuration. What is not plain hexadecimal is passed over.
    pub(in crate::render) fn of(style: &str, look: &Look) -> Self {
        let pair = |name: &str, light: &str, dark: &str| {
            let found = last_pair(style, name);
            let (light, dark) = found.unwrap_or((light.to_owned(), dark.to_owned()));
            let own = look.colors.get(name).cloned().unwrap_or_default();
            Pair {
                light: own.light.and_then(|shade| hex(&shade)).unwrap_or(light),
                dark: own.dark.and_then(|shade| hex(&shade)).unwrap_or(dark),
            }
        };
        Self {
            paper: pair("paper", "#ffffff", "#141414"),
            ink: pair("ink", "#202020", "#e4e4e4"),
            soft: pair("soft", "#606060", "#a0a0a0"),
            accent: pair("accent", "#9a2f1a", "#f2a189"),
        }
    }
}

fn last_pair(style: &str, name: &str) -> Option<(String, String)> {
    let opening = format!("--{name}:");
    let mut found = None;
    for (at, _) in style.match_indices(&opening) {
        let rest = style[at + opening.len()..].trim_start();
        let inside = rest
            .strip_prefix("light-dark(")
            .and_then(|rest| rest.split_once(')'));
        let Some((inside, _)) = inside else { continue };
        if let Some((light, dark)) = inside.split_once(',')
            && let (Some(light), Some(dark)) = (hex(light), hex(dark))
        {
            found = Some((light, dark));
        }
    }
    found
}

/// `#rgb` or `#rrggbb` in its long form.
fn hex(text: &str) -> Option<String> {
    let digits = text.trim().strip_prefix('#')?.to_ascii_lowercase();
    if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    match digits.len() {
        3 => Some(digits.chars().fold("#".to_owned(), |mut long, digit| {
            long.extend([digit, digit]);
            long
        })),
        6 => Some(format!("#{digits}")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Shades;

    #[test]
    fn colors_are_those_that_a_page_would_show() {
        let style = ":root{--paper: light-dark(#FFF, #141517); --accent:light-dark(#9a2f1a,#f2a189)}\
                     :root{--paper:light-dark(#fdfbf6,#123456);--accent:light-dark(var(--x),#000)}";
        let mut look = Look::default();
        let palette = Palette::of(style, &look);
        assert_eq!(palette.paper.light, "#fdfbf6");
        assert_eq!(palette.accent.dark, "#f2a189");
        assert_eq!(palette.ink.light, "#202020");
        let shades = Shades {
            light: Some("#ABC".to_owned()),
            dark: Some("oklch(50% .2 30)".to_owned()),
        };
        look.colors.insert("accent".to_owned(), shades);
        let palette = Palette::of(style, &look);
        assert_eq!(palette.accent.light, "#aabbcc");
        assert_eq!(palette.accent.dark, "#f2a189");
    }
}
