//! Which encoder makes a file, and with what settings.

use crate::assets::encoders::format::{Content, Format, Settings};
use crate::assets::encoders::webp::{self, Coding};
use crate::assets::encoders::{jpeg, png};
use crate::assets::pixels::Pixels;
use crate::config::Lossless;

/// Raised when the same encoder gives other bytes for the same pixels.
const REVISION: u32 = 2;

/// The encoder of a format, its version and that of its settings: a part of every key.
pub(in crate::assets) fn version(format: Format) -> String {
    let encoder = match format {
        Format::WebP => webp::version(),
        Format::Avif => "none".to_owned(),
        Format::Jpeg => jpeg::version(),
        Format::Png => png::version(),
    };
    format!("{encoder} r{REVISION}")
}

/// Encodes pixels.
///
/// # Errors
/// Says why the encoder refused: sides that the format has no room for, no memory, or no encoder
/// in this program.
pub(in crate::assets) fn encode(
    pixels: &Pixels,
    format: Format,
    content: Content,
    settings: &Settings,
) -> Result<Vec<u8>, String> {
    match format {
        Format::WebP => to_webp(pixels, content, settings),
        Format::Jpeg => jpeg::encode(pixels, content, settings.quality),
        Format::Png => png::encode(pixels),
        Format::Avif => Err("this program was built without an AVIF encoder".to_owned()),
    }
}

/// A photograph is coded with loss; of a graphic the smaller of both codings is kept.
fn to_webp(pixels: &Pixels, content: Content, settings: &Settings) -> Result<Vec<u8>, String> {
    let lossy = match content {
        Content::Photo => Coding::Lossy(settings.quality),
        // Edges and letters show loss sooner than photographs do.
        Content::Graphic => Coding::LossySharp(settings.quality.saturating_add(5).min(100)),
    };
    match (settings.lossless, content) {
        (Lossless::Always, _) => webp::encode(pixels, Coding::Lossless),
        (Lossless::Never, _) | (Lossless::Auto, Content::Photo) => webp::encode(pixels, lossy),
        (Lossless::Auto, Content::Graphic) => {
            let exact = webp::encode(pixels, Coding::Lossless)?;
            let lossy = webp::encode(pixels, lossy)?;
            Ok(if lossy.len() < exact.len() {
                lossy
            } else {
                exact
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assets::encoders::content::content_of;
    use crate::assets::header::read_header;
    use crate::assets::testing::{disc, photo, png};

    fn pixels(bytes: &[u8]) -> Pixels {
        Pixels::decode(bytes, &read_header(bytes).unwrap()).unwrap()
    }

    #[test]
    fn every_format_is_what_it_says() {
        let settings = Settings {
            quality: 80,
            lossless: Lossless::Auto,
        };
        for bytes in [png(photo(50, 40)), png(disc(40))] {
            let pixels = pixels(&bytes);
            let content = content_of(&pixels, true);
            for format in [Format::WebP, Format::Jpeg, Format::Png] {
                let encoded = encode(&pixels, format, content, &settings).unwrap();
                let found = image::guess_format(&encoded).unwrap();
                assert_eq!(found.to_mime_type(), format.media_type());
                assert!(found.extensions_str().contains(&format.extension()));
                assert_eq!(
                    encode(&pixels, format, content, &settings).unwrap(),
                    encoded
                );
            }
        }
    }
}
