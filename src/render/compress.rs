//! Compressed copies beside files, for servers that hand them out as they are.

use std::io::Write as _;

use flate2::{Compression, GzBuilder};

use crate::config::Encoding;
use crate::release::{Artifact, Role};
use crate::render::plan::Rendered;
use crate::site_path::SitePath;
use crate::store::{Key, Store};

/// Bumped when the bytes change.
const VERSION: u32 = 1;
/// Below this a copy saves nothing that a network would notice.
const MIN: usize = 1024;
/// Files whose content is text. Pictures, fonts in WOFF2 and archives are compressed already.
const TEXT: [&str; 14] = [
    "html",
    "css",
    "js",
    "mjs",
    "json",
    "xml",
    "atom",
    "txt",
    "md",
    "csv",
    "svg",
    "webmanifest",
    "wasm",
    "map",
];

/// Adds the copies of what was rendered.
pub(super) fn add_copies(rendered: &mut Rendered, encodings: &[Encoding], store: &Store) {
    let mut copies = Vec::new();
    for artifact in &rendered.artifacts {
        let extension = artifact.path.extension().to_ascii_lowercase();
        if artifact.bytes.len() < MIN || !TEXT.contains(&extension.as_str()) {
            continue;
        }
        for encoding in encodings {
            let key = Key::new("compress", VERSION)
                .input("encoding", encoding.extension().as_bytes())
                .input("bytes", &artifact.bytes);
            let bytes = store.cached(&key).or_else(|| {
                let bytes = compress(&artifact.bytes, *encoding)?;
                store.cache(&key, &bytes);
                Some(bytes)
            });
            let path = format!("{}.{}", artifact.path, encoding.extension());
            if let (Some(bytes), Ok(path)) = (bytes, SitePath::parse(&path))
                && bytes.len() < artifact.bytes.len()
            {
                // A copy goes up after its page: until then a server hands out the page itself.
                let role = match artifact.role {
                    Role::Page | Role::Redirect => Role::Feed,
                    role => role,
                };
                copies.push(Artifact::new(path, role, bytes));
            }
        }
    }
    rendered.artifacts.extend(copies);
}

/// The bytes follow from the input alone: no time and no name go into them.
fn compress(bytes: &[u8], encoding: Encoding) -> Option<Vec<u8>> {
    match encoding {
        Encoding::Gzip => {
            let mut writer = GzBuilder::new()
                .mtime(0)
                .write(Vec::new(), Compression::best());
            writer.write_all(bytes).ok()?;
            writer.finish().ok()
        }
        Encoding::Brotli => {
            let mut compressed = Vec::new();
            let params = brotli::enc::BrotliEncoderParams {
                quality: 9,
                size_hint: bytes.len(),
                ..Default::default()
            };
            brotli::BrotliCompress(&mut &*bytes, &mut compressed, &params).ok()?;
            Some(compressed)
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    fn rendered(path: &str, bytes: &[u8]) -> Rendered {
        let path = SitePath::parse(path).unwrap();
        Rendered::single(Artifact::new(path, Role::Page, bytes))
    }

    fn copies(path: &str, bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path());
        let mut made = rendered(path, bytes);
        add_copies(&mut made, &[Encoding::Brotli, Encoding::Gzip], &store);
        let mut again = rendered(path, bytes);
        add_copies(&mut again, &[Encoding::Brotli, Encoding::Gzip], &store);
        let list = |rendered: Rendered| -> Vec<(String, Vec<u8>)> {
            let copies = rendered.artifacts.into_iter().skip(1);
            copies
                .map(|copy| (copy.path.to_string(), copy.bytes.to_vec()))
                .collect()
        };
        let (made, again) = (list(made), list(again));
        assert_eq!(made, again);
        made
    }

    #[test]
    fn a_page_gets_copies_that_unpack_to_it() {
        let page = "<p>the same again</p>\n".repeat(200).into_bytes();
        let copies = copies("guide/index.html", &page);
        let names: Vec<&str> = copies.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["guide/index.html.br", "guide/index.html.gz"]);
        let mut text = Vec::new();
        brotli::Decompressor::new(&*copies[0].1, 4096)
            .read_to_end(&mut text)
            .unwrap();
        assert_eq!(text, page);
        text.clear();
        flate2::read::GzDecoder::new(&*copies[1].1)
            .read_to_end(&mut text)
            .unwrap();
        assert_eq!(text, page);
        assert_eq!(copies[1].1[4..8], [0; 4]);
    }

    #[test]
    fn what_gains_nothing_gets_none() {
        assert_eq!(copies("a.html", b"short").len(), 0);
        assert_eq!(copies("a.png", &[0; 5000]).len(), 0);
    }
}
