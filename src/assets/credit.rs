//! Who made an image and who owns it: the one part of its metadata that may stay, on request.

use std::io::Cursor;

use exif::experimental::Writer;
use exif::{Field, In, Tag, Value};
use image::metadata::Orientation;
use img_parts::ImageEXIF as _;
use img_parts::jpeg::Jpeg;
use img_parts::png::Png;
use img_parts::webp::WebP;

use crate::assets::encoders::Format;
use crate::assets::header::guard;
use crate::config::ImageOptions;

/// The most bytes of a name that are kept.
const LONGEST: usize = 2_000;

/// Who made an image and who owns it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Credit {
    artist: Option<Vec<u8>>,
    copyright: Option<Vec<u8>>,
}

impl Credit {
    /// What stays of it in the files of an image.
    pub(super) fn kept(bytes: &[u8], options: &ImageOptions) -> Self {
        match options.copyright {
            true => Self::read(bytes),
            false => Self::default(),
        }
    }

    /// What an image says of it in its Exif metadata (CIPA DC-008 §4.6.5).
    pub(super) fn read(bytes: &[u8]) -> Self {
        let read = || {
            let exif = exif::Reader::new().read_from_container(&mut Cursor::new(bytes));
            Ok(exif.ok())
        };
        let Ok(Some(exif)) = guard(read) else {
            return Self::default();
        };
        let text = |tag| {
            let Value::Ascii(parts) = &exif.get_field(tag, In::PRIMARY)?.value else {
                return None;
            };
            let text = parts.join(&b"; "[..]);
            Some(text).filter(|text| !text.trim_ascii().is_empty() && text.len() <= LONGEST)
        };
        Self {
            artist: text(Tag::Artist),
            copyright: text(Tag::Copyright),
        }
    }

    /// Exif metadata that says no more than this and which side is up; none if there is nothing to
    /// say.
    pub(super) fn exif(&self, orientation: Orientation) -> Option<Vec<u8>> {
        let field = |tag, value| Field {
            tag,
            ifd_num: In::PRIMARY,
            value,
        };
        let text = |tag, text: &Option<Vec<u8>>| {
            let text = text.clone()?;
            Some(field(tag, Value::Ascii(vec![text])))
        };
        let turned = (orientation != Orientation::NoTransforms)
            .then(|| Value::Short(vec![u16::from(orientation.to_exif())]))
            .map(|value| field(Tag::Orientation, value));
        let fields = [
            turned,
            text(Tag::Artist, &self.artist),
            text(Tag::Copyright, &self.copyright),
        ];
        let fields: Vec<Field> = fields.into_iter().flatten().collect();
        if fields.is_empty() {
            return None;
        }
        let mut writer = Writer::new();
        for field in &fields {
            writer.push_field(field);
        }
        let mut bytes = Cursor::new(Vec::new());
        writer.write(&mut bytes, true).ok()?;
        Some(bytes.into_inner())
    }

    /// An encoded image that says it too. An AVIF stays as it is.
    pub(super) fn sign(&self, encoded: Vec<u8>, format: Format) -> Vec<u8> {
        let Some(exif) = self.exif(Orientation::NoTransforms) else {
            return encoded;
        };
        let (bytes, exif) = (encoded.clone().into(), Some(exif.into()));
        let signed = match format {
            Format::Avif => return encoded,
            Format::Jpeg => Jpeg::from_bytes(bytes).map(|mut image| {
                image.set_exif(exif);
                image.encoder().bytes()
            }),
            Format::Png => Png::from_bytes(bytes).map(|mut image| {
                image.set_exif(exif);
                image.encoder().bytes()
            }),
            Format::WebP => WebP::from_bytes(bytes).map(|mut image| {
                image.set_exif(exif);
                image.encoder().bytes()
            }),
        };
        signed.map_or(encoded, |bytes| bytes.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assets::testing::{disc, jpeg, photo, png, written};

    fn credit() -> Credit {
        Credit {
            artist: Some(b"Ada".to_vec()),
            copyright: Some("© Ada 2026".into()),
        }
    }

    #[test]
    fn what_is_signed_is_read() {
        assert_eq!(Credit::read(&jpeg(&photo(20, 20))), Credit::default());
        let webp = |image: image::DynamicImage| written(image, image::ImageFormat::WebP);
        for (bytes, format) in [
            (jpeg(&photo(20, 20)), Format::Jpeg),
            (png(photo(20, 20)), Format::Png),
            (webp(photo(20, 20).into()), Format::WebP),
            (webp(disc(20).into()), Format::WebP),
        ] {
            let signed = credit().sign(bytes.clone(), format);
            assert_eq!(Credit::read(&signed), credit(), "{format:?}");
            let pixels = |bytes: &[u8]| image::load_from_memory(bytes).unwrap();
            assert_eq!(pixels(&signed), pixels(&bytes));
        }
    }

    #[test]
    fn nothing_is_said_where_there_is_nothing_to_say() {
        let none = Credit::default();
        assert_eq!(none.exif(Orientation::NoTransforms), None);
        assert!(none.exif(Orientation::Rotate90).is_some());
        let plain = jpeg(&photo(20, 20));
        assert_eq!(none.sign(plain.clone(), Format::Jpeg), plain);
    }

    #[test]
    fn broken_metadata_says_nothing() {
        let signed = credit().sign(jpeg(&photo(20, 20)), Format::Jpeg);
        for at in 0..signed.len().min(200) {
            let mut broken = signed.clone();
            broken[at] ^= 0xff;
            Credit::read(&broken);
            Credit::read(&signed[..at]);
        }
    }
}
