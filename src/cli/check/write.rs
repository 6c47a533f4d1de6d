//! Writing a file of the project: whole, or not at all.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

/// Puts `bytes` in the place of a file, with its permissions. A link is not followed.
pub fn replace(place: &Path, bytes: &[u8]) -> io::Result<()> {
    let before = fs::symlink_metadata(place).ok();
    if before.as_ref().is_some_and(|found| !found.is_file()) {
        return Err(io::Error::other("it is no regular file"));
    }
    if before
        .as_ref()
        .is_some_and(|found| found.permissions().readonly())
    {
        return Err(io::ErrorKind::PermissionDenied.into());
    }
    let (Some(folder), Some(name)) = (place.parent(), place.file_name()) else {
        return Err(io::ErrorKind::InvalidInput.into());
    };
    let beside = folder.join(format!(
        ".{}.{}.tympan",
        name.to_string_lossy(),
        std::process::id()
    ));
    let written = write_new(&beside, bytes).and_then(|()| {
        if let Some(before) = &before {
            fs::set_permissions(&beside, before.permissions())?;
        }
        fs::rename(&beside, place)
    });
    if written.is_err() {
        let _ = fs::remove_file(&beside);
    }
    written
}

fn write_new(place: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(place)?;
    file.write_all(bytes)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn permissions_stay_and_links_are_not_followed() {
        use std::os::unix::fs::{PermissionsExt as _, symlink};

        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("a.md");
        fs::write(&place, "a").unwrap();
        fs::set_permissions(&place, fs::Permissions::from_mode(0o640)).unwrap();
        replace(&place, b"b").unwrap();
        assert_eq!(fs::read(&place).unwrap(), b"b");
        assert_eq!(
            fs::metadata(&place).unwrap().permissions().mode() & 0o777,
            0o640
        );
        let link = folder.path().join("link.md");
        symlink(&place, &link).unwrap();
        assert!(replace(&link, b"c").is_err());
        fs::set_permissions(&place, fs::Permissions::from_mode(0o440)).unwrap();
        assert!(replace(&place, b"c").is_err());
        assert_eq!(fs::read(&place).unwrap(), b"b");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
        assert!(replace(&folder.path().join("none/a.md"), b"c").is_err());
    }
}
