//! The archive around a book: its parts in order, `mimetype` first and stored (EPUB 3.3, OCF §4.2).

use std::collections::BTreeMap;
use std::io::{Cursor, Read as _};

use zip::ZipArchive;

use crate::render::archive::write_archive;

/// Reads an archive and writes it anew with some files replaced, and others finished.
pub(super) fn rewrite(
    raw: &[u8],
    replaced: BTreeMap<&str, String>,
    finish: impl Fn(&str, &str) -> Option<String>,
) -> Result<Vec<u8>, String> {
    let fault = |error: zip::result::ZipError| error.to_string();
    let mut archive = ZipArchive::new(Cursor::new(raw)).map_err(fault)?;
    let mut files = BTreeMap::new();
    for at in 0..archive.len() {
        let mut file = archive.by_index(at).map_err(fault)?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)
            .map_err(|error| error.to_string())?;
        files.insert(file.name().to_owned(), (at, bytes));
    }
    for (name, text) in replaced {
        if let Some(file) = files.get_mut(name) {
            file.1 = text.into_bytes();
        }
    }
    for name in ["OEBPS/content.opf", "OEBPS/toc.ncx"] {
        let file = files.get_mut(name);
        let (_, bytes) = file.ok_or_else(|| format!("the book has no `{name}`"))?;
        let text = String::from_utf8_lossy(bytes);
        let text = finish(name, &text).ok_or_else(|| format!("`{name}` has an unknown shape"))?;
        *bytes = text.into_bytes();
    }
    // Apple's display options say that the fonts of the book are to be used.
    if !files.keys().any(|name| name.starts_with("OEBPS/fonts/")) {
        files.remove("META-INF/com.apple.ibooks.display-options.xml");
    }
    let mut ordered: Vec<_> = files.into_iter().collect();
    ordered.sort_by_key(|(name, (at, _))| (rank(name), *at));
    write_archive(ordered.into_iter().map(|(name, (_, bytes))| (name, bytes)))
}

fn rank(name: &str) -> usize {
    let first = [
        "mimetype",
        "META-INF/container.xml",
        "OEBPS/content.opf",
        "OEBPS/nav.xhtml",
        "OEBPS/toc.ncx",
    ];
    first
        .iter()
        .position(|known| *known == name)
        .unwrap_or(first.len())
}
