//! What the metadata of a picture tells of where, how and by whom it was made.
//!
//! It is read to be named and is never published; what cannot be read tells nothing.

use std::io::Cursor;

use exif::{In, Tag};
use memchr::memmem;

use crate::assets::credit::Credit;
use crate::assets::header::{Header, guard};
use crate::assets::map::ImageKind;
use crate::assets::strip::strip;

/// What metadata tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Told {
    /// A place on earth.
    pub place: bool,
    /// A camera or a telephone.
    pub camera: bool,
    /// A person: who made it, or whose the camera is.
    pub person: bool,
    /// The bytes that show nothing: metadata, thumbnails, edits.
    pub bytes: u64,
}

/// Reads the metadata of a picture.
pub(super) fn told(bytes: &[u8], header: &Header) -> Told {
    let raster = matches!(
        header.kind,
        ImageKind::Jpeg | ImageKind::Png | ImageKind::WebP | ImageKind::Tiff
    );
    if !raster {
        return Told::default();
    }
    let mut told = Told::default();
    read_exif(bytes, &mut told);
    // XMP is text (ISO 16684-1), in every format as it is.
    told.place |= memmem::find(bytes, b"exif:GPSLatitude").is_some();
    told.bytes =
        (bytes.len() as u64).saturating_sub(strip(bytes, header, &Credit::default()).len() as u64);
    told
}

/// Reads the tags that tell something (CIPA DC-008 §4.6).
fn read_exif(bytes: &[u8], told: &mut Told) {
    let read = || {
        let exif = exif::Reader::new().read_from_container(&mut Cursor::new(bytes));
        Ok(exif.ok())
    };
    let Ok(Some(exif)) = guard(read) else {
        return;
    };
    let has = |tags: &[Tag]| {
        let mut tags = tags.iter();
        tags.any(|tag| exif.get_field(*tag, In::PRIMARY).is_some())
    };
    told.place |= has(&[Tag::GPSLatitude, Tag::GPSDestLatitude]);
    told.camera |= has(&[Tag::Make, Tag::Model, Tag::BodySerialNumber, Tag::LensModel]);
    told.person |= has(&[Tag::Artist, Tag::CameraOwnerName]);
}

#[cfg(test)]
mod tests {
    use img_parts::{DynImage, ImageEXIF as _};

    use super::*;
    use crate::assets::header::read_header;
    use crate::assets::testing::{jpeg, photo, png, with_exif};

    fn of(bytes: &[u8]) -> Told {
        told(bytes, &read_header(bytes).unwrap())
    }

    /// A TIFF with a first directory of these entries, and further bytes behind it.
    fn tiff(entries: &[(u16, u32)], more: &[u8]) -> Vec<u8> {
        let mut bytes = b"MM\0*\0\0\0\x08".to_vec();
        bytes.extend((u16::try_from(entries.len()).unwrap()).to_be_bytes());
        for (tag, value) in entries {
            bytes.extend(tag.to_be_bytes());
            bytes.extend(*b"\0\x04\0\0\0\x01");
            bytes.extend(value.to_be_bytes());
        }
        bytes.extend(*b"\0\0\0\0");
        bytes.extend(more);
        bytes
    }

    fn with(exif: &[u8]) -> Vec<u8> {
        let mut image = DynImage::from_bytes(jpeg(&photo(40, 30)).into())
            .unwrap()
            .unwrap();
        image.set_exif(Some(exif.to_vec().into()));
        image.encoder().bytes().to_vec()
    }

    #[test]
    fn places_cameras_and_persons_are_told_apart() {
        let case = |exif: &[u8], place: bool, camera: bool, person: bool| {
            let told = of(&with(exif));
            assert_eq!(
                (told.place, told.camera, told.person),
                (place, camera, person)
            );
            assert!(told.bytes > 0);
        };
        let place = tiff(&[(2, 0)], b"")[8..].to_vec();
        let empty = tiff(&[(0, 0)], b"")[8..].to_vec();
        let owner = tiff(&[(0xa430, 0)], b"")[8..].to_vec();
        case(&tiff(&[(0x8825, 26)], &place), true, false, false);
        case(&tiff(&[(0x8825, 26)], &empty), false, false, false);
        case(&tiff(&[(0x0110, 0)], b""), false, true, false);
        case(&tiff(&[(0x8769, 26)], &owner), false, false, true);
        case(&tiff(&[(0x8769, u32::MAX)], b""), false, false, false);
        case(b"MM\0*\xff\xff\xff\xff", false, false, false);
        case(b"nonsense", false, false, false);
        let header = Header::still(ImageKind::Tiff, 1, 1);
        assert!(told(&tiff(&[(0x8825, 26)], &place), &header).place);
    }

    #[test]
    fn a_place_in_text_is_a_place() {
        let plain = jpeg(&photo(40, 30));
        let xmp = b"http://ns.adobe.com/xap/1.0/\0<x exif:GPSLatitude='54,19N'/>";
        let length = u16::try_from(xmp.len() + 2).unwrap().to_be_bytes();
        let told = of(&[&plain[..2], b"\xff\xe1", &length, xmp, &plain[2..]].concat());
        assert!(told.place && told.bytes > 60);
    }

    #[test]
    fn what_tells_nothing_tells_nothing() {
        assert_eq!(of(&jpeg(&photo(40, 30))), Told::default());
        assert_eq!(of(&png(photo(40, 30))), Told::default());
        let turned = of(&with_exif(&jpeg(&photo(40, 30)), 6));
        assert!(!turned.place && !turned.camera && turned.bytes < 40);
    }
}
