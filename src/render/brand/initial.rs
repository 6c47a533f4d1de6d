//! The icon of a site that brings none: the first letter of its title on a tile of the accent's
//! color.

use std::fmt::Write as _;

use crate::render::brand::palette::Palette;

/// The side of the tile.
pub(super) const SIDE: u32 = 64;

/// The icon as SVG. It holds the outline of the letter, not the letter, so that it looks the same
/// wherever it is shown; a letter that no embedded font has is left out.
pub(super) fn initial(title: &str, palette: &Palette) -> String {
    let letter = title
        .chars()
        .find(|letter| letter.is_alphanumeric())
        .and_then(|letter| letter.to_uppercase().next());
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {SIDE} {SIDE}\"><style>.tile{{fill:{}}}.mark{{fill:{}}}\
         @media (prefers-color-scheme:dark){{.tile{{fill:{}}}.mark{{fill:{}}}}}</style>\
         <rect class=\"tile\" width=\"{SIDE}\" height=\"{SIDE}\" rx=\"14\"/>",
        palette.accent.light, palette.paper.light, palette.accent.dark, palette.paper.dark,
    );
    match letter.and_then(outline) {
        Some(path) => {
            let _ = write!(svg, "<path class=\"mark\" d=\"{path}\"/>");
        }
        // A ring says nothing in any script.
        None => svg.push_str(
            "<path class=\"mark\" fill-rule=\"evenodd\" d=\"M32 16a16 16 0 1 0 0 32 16 16 0 0 0 0-32zm0 7a9 9 0 1 1 0 18 9 9 0 0 1 0-18z\"/>",
        ),
    }
    svg.push_str("</svg>\n");
    svg
}

#[cfg(not(feature = "brand"))]
fn outline(_: char) -> Option<String> {
    None
}

#[cfg(feature = "brand")]
fn outline(letter: char) -> Option<String> {
    crate::render::brand::letters::outline(letter, f64::from(SIDE))
}

#[cfg(all(test, feature = "brand"))]
mod tests {
    use super::*;
    use crate::config::Look;

    #[test]
    fn a_letter_is_drawn_and_a_strange_one_is_not() {
        let palette = Palette::of("", &Look::default());
        let of = |title: &str| initial(title, &palette);
        assert_eq!(of("«tympan»"), of("Tympan"));
        assert_ne!(of("Tympan"), of("Sea"));
        assert_eq!(of("日本"), of(""));
        assert!(of("").contains("evenodd"));
    }
}
