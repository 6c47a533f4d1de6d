//! What a site looks like where its pages are not shown: icons, the web manifest, and the cards of
//! pages that are shared. Drawn from the theme's colors, the logo and embedded fonts.

#[cfg(feature = "brand")]
mod canvas;
#[cfg(feature = "brand")]
mod card;
mod cards;
mod cover;
mod icons;
mod initial;
#[cfg(feature = "brand")]
mod letters;
mod lines;
mod manifest;
mod palette;

/// The engine that draws, which decides the bytes.
pub(crate) const ENGINE: &str = "0.47.0";

#[cfg(feature = "brand")]
pub(super) use canvas::drawn;
pub(super) use cards::{CARD_SIZE, Cards};
pub(super) use cover::{COVER_SIZE, Cover};
pub(super) use icons::{Icon, IconLinks, Icons};
pub(super) use palette::Palette;

/// No drawing can be made without its engine.
#[cfg(not(feature = "brand"))]
pub(super) fn drawn(_: &str, _: u32, _: u32) -> Option<Vec<u8>> {
    None
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_engine_is_the_one_that_is_linked() {
        let manifest = include_str!("../../../Cargo.toml");
        let pinned = format!("resvg = {{ version = \"={}\"", super::ENGINE);
        assert!(manifest.contains(&pinned));
    }
}
