//! Files that are published as they are, but for what they tell and what could act.

use crate::assets::credit::Credit;
use crate::assets::encode::read;
use crate::assets::error::AssetError;
use crate::assets::header::read_header;
use crate::assets::minify::{Ids, cleaned};
use crate::assets::read::{is_drawing, is_markup};
use crate::assets::strip::{strip, strip_unread};
use crate::release::{Artifact, Role};
use crate::repo::Snapshot;
use crate::site::Site;
use crate::site_path::SitePath;

/// Copies a file to its place; images lose their metadata, drawings what could act or is idle.
///
/// # Errors
/// Fails where the file cannot be read, or is a drawing that cannot be sanitized.
pub fn copy_file(
    source: &SitePath,
    route: &SitePath,
    site: &Site,
    snapshot: &Snapshot,
) -> Result<Artifact, AssetError> {
    let bytes = read(source, snapshot)?;
    let bytes = if is_markup(source) && is_drawing(source, &bytes) && !site.config.html.raw_html {
        let broken = |reason| AssetError::Broken {
            path: source.clone(),
            reason,
        };
        cleaned(&bytes, Ids::Keep).map_err(broken)?.into_bytes()
    } else {
        match read_header(&bytes) {
            Ok(header) => {
                let options = site.config.images.of(source.as_str());
                strip(&bytes, &header, &Credit::kept(&bytes, &options))
            }
            Err(_) => strip_unread(bytes),
        }
    };
    Ok(Artifact::new(route.clone(), Role::Asset, bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assets::testing::{path, project};

    #[test]
    fn files_are_copied_to_their_place() {
        let files = [
            ("content/a.bin", &b"\0\x01"[..]),
            ("content/a.svg", b"<svg><script/></svg>"),
            (
                "content/b.xml",
                b"<s:svg xmlns:s='http://www.w3.org/2000/svg'><s:script/></s:svg>",
            ),
            ("content/feed.xml", b"<rss/>"),
            ("content/no.svg", b"text"),
        ];
        let project = project("# A\n", &files);
        let copy = |name: &str| {
            let (source, route) = (path(&format!("content/{name}")), path(name));
            copy_file(&source, &route, &project.site, &project.snapshot)
        };
        assert_eq!(&*copy("a.bin").unwrap().bytes, b"\0\x01");
        assert_eq!(&*copy("feed.xml").unwrap().bytes, b"<rss/>");
        for name in ["a.svg", "b.xml"] {
            let bytes = copy(name).unwrap().bytes.to_vec();
            assert!(!String::from_utf8(bytes).unwrap().contains("script"));
        }
        assert!(matches!(copy("no.svg"), Err(AssetError::Broken { .. })));
        assert!(matches!(copy("gone.svg"), Err(AssetError::Read { .. })));
    }
}
