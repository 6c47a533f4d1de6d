//! The archive around a book, written so that the same book is the same bytes: fixed times, fixed
//! permissions, `mimetype` first and stored (EPUB 3.3, OCF §4.2).

use std::collections::BTreeMap;
use std::io::{Cursor, Read as _, Write as _};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

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
    // Embedded fonts are what Apple's display options are about, and there are none.
    files.remove("META-INF/com.apple.ibooks.display-options.xml");
    let mut ordered: Vec<_> = files.into_iter().collect();
    ordered.sort_by_key(|(name, (at, _))| (rank(name), *at));
    write(ordered.into_iter().map(|(name, (_, bytes))| (name, bytes)))
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

fn write(files: impl Iterator<Item = (String, Vec<u8>)>) -> Result<Vec<u8>, String> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        let packed = [".jpg", ".png", ".gif"]
            .iter()
            .any(|end| name.ends_with(end));
        let method = match packed || name == "mimetype" {
            true => CompressionMethod::Stored,
            false => CompressionMethod::Deflated,
        };
        let options = SimpleFileOptions::default()
            .compression_method(method)
            .last_modified_time(DateTime::default())
            .unix_permissions(0o644);
        writer
            .start_file(name, options)
            .map_err(|error| error.to_string())?;
        writer
            .write_all(&bytes)
            .map_err(|error| error.to_string())?;
    }
    let written = writer.finish().map_err(|error| error.to_string())?;
    Ok(written.into_inner())
}
