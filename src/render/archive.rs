//! ZIP archives that are the same bytes for the same files: fixed times and permissions, and the order
//! in which the files are given.

use std::io::{Cursor, Write as _};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// Writes an archive. What is packed already, and the `mimetype` of an e-book, is stored as it is.
pub(super) fn write_archive(
    files: impl Iterator<Item = (String, Vec<u8>)>,
) -> Result<Vec<u8>, String> {
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
