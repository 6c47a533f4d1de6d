//! The pictures of a project as they lie there, read off their first bytes.

use crate::assets::header::read_header;
use crate::assets::map::ImageKind;
use crate::assets::told::{Told, told};
use crate::digest::Digest;
use crate::repo::Snapshot;
use crate::site_path::SitePath;

/// A picture of the project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Where it is.
    pub path: SitePath,
    /// What the bytes are, whatever the name says; none if they are no picture that is known.
    pub kind: Option<ImageKind>,
    /// The width in pixels as seen, 0 if it is not known.
    pub width: u32,
    /// The height in pixels as seen, 0 if it is not known.
    pub height: u32,
    /// The length of the file in bytes.
    pub bytes: u64,
    /// The digest of the file.
    pub digest: Digest,
    /// What its metadata tells.
    pub told: Told,
}

/// Whether a file has the name of a picture.
pub fn is_picture(path: &SitePath) -> bool {
    let extension = path.extension();
    let known = ["jpg", "jpeg", "png", "gif", "webp", "svg", "avif"];
    let more = ["tif", "tiff", "bmp", "ico", "jxl"];
    let mut all = known.iter().chain(&more);
    all.any(|known| extension.eq_ignore_ascii_case(known))
}

/// Reads one picture; none where the file cannot be read.
pub fn read_source_picture(path: &SitePath, snapshot: &Snapshot) -> Option<Source> {
    let bytes = snapshot.read(path).ok()?;
    let header = read_header(&bytes).ok();
    let header = header.as_ref();
    Some(Source {
        path: path.clone(),
        kind: header.map(|header| header.kind),
        width: header.map_or(0, |header| header.width),
        height: header.map_or(0, |header| header.height),
        bytes: bytes.len() as u64,
        digest: Digest::of(&bytes),
        told: header.map_or_else(Told::default, |header| told(&bytes, header)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assets::testing::{jpeg, path, photo, project};

    #[test]
    fn a_picture_is_known_by_its_bytes() {
        let photo = jpeg(&photo(40, 30));
        let project = project(
            "# A\n",
            &[("content/a.png", &photo), ("content/b.jpg", b"text")],
        );
        let source = |name: &str| read_source_picture(&path(name), &project.snapshot);
        let known = source("content/a.png").unwrap();
        assert_eq!(
            (known.kind, known.width, known.height, known.bytes),
            (Some(ImageKind::Jpeg), 40, 30, photo.len() as u64)
        );
        let none = source("content/b.jpg").unwrap();
        assert_eq!((none.kind, none.bytes), (None, 4));
        assert_eq!(source("content/gone.png"), None);
        assert!(is_picture(&path("a/B.JPEG")) && !is_picture(&path("a/png")));
    }
}
