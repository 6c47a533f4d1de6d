//! Pikchr, drawn by the library of its author, who bounds what a source may ask for.

use pikchr::{Pikchr, PikchrFlags};

use crate::render::diagram::engine::{Raw, in_one_line};
use crate::render::diagram::palette::INK;

pub(super) fn pikchr(source: &str) -> Result<Raw, String> {
    let mut flags = PikchrFlags::default();
    flags.generate_plain_errors();
    let drawn = Pikchr::render(source, None, flags).map_err(|error| in_one_line(&error))?;
    Ok(Raw {
        // What comes out of C is text only if it can be read as text.
        svg: String::from_utf8(drawn.as_bytes().to_vec()).map_err(|error| error.to_string())?,
        colors: &[("rgb(0,0,0)", INK)],
        font_size: 16,
        own_colors: source.contains("color") || source.contains("fill"),
    })
}
