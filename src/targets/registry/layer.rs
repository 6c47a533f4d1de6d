//! The layer that holds a site: a tar, sorted, of nobody and at no time, so that the same files are
//! the same bytes.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read as _};

use flate2::read::GzDecoder;
use flate2::{Compression, GzBuilder};
use tar::{Archive, Builder, EntryType, Header};

use crate::digest::Digest;
use crate::site_path::SitePath;

/// Makes a layer of files, sorted by path, whose bytes are read one after the other.
pub(super) fn make<'a>(
    paths: impl Iterator<Item = &'a SitePath>,
    read: impl Fn(&SitePath) -> io::Result<Vec<u8>>,
) -> io::Result<Vec<u8>> {
    // No name, no time and no system in the header of the gzip file either.
    let gzip = GzBuilder::new()
        .mtime(0)
        .operating_system(255)
        .write(Vec::new(), Compression::best());
    let mut tar = Builder::new(gzip);
    let mut folders = BTreeSet::new();
    for path in paths {
        // What unpacks it may count on folders coming before what is in them.
        let mut above = Vec::new();
        let mut folder = path.parent();
        while !folder.is_root() && folders.insert(folder.clone()) {
            above.push(folder.clone());
            folder = folder.parent();
        }
        for folder in above.iter().rev() {
            let mut header = header(EntryType::Directory, 0o755, 0);
            tar.append_data(&mut header, format!("{folder}/"), io::empty())?;
        }
        let bytes = read(path)?;
        let mut header = header(EntryType::Regular, 0o644, bytes.len() as u64);
        tar.append_data(&mut header, path.as_str(), bytes.as_slice())?;
    }
    tar.into_inner()?.finish()
}

fn header(kind: EntryType, mode: u32, size: u64) -> Header {
    let mut header = Header::new_gnu();
    header.set_entry_type(kind);
    header.set_mode(mode);
    header.set_size(size);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(0);
    header
}

/// Reads one file of a layer.
pub(super) fn read(layer: &[u8], path: &SitePath) -> io::Result<Option<Vec<u8>>> {
    let mut archive = Archive::new(GzDecoder::new(layer));
    for entry in archive.entries()? {
        let mut entry = entry?;
        if entry.path_bytes().as_ref() == path.as_str().as_bytes() {
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes)?;
            return Ok(Some(bytes));
        }
    }
    Ok(None)
}

/// Hands over files of a layer, each made sure to be what it is named. Fails if one is not there.
pub(super) fn unpack(
    layer: &[u8],
    mut wanted: BTreeMap<&SitePath, &Digest>,
    mut take: impl FnMut(&Digest, &[u8]) -> io::Result<()>,
) -> io::Result<()> {
    let mut archive = Archive::new(GzDecoder::new(layer));
    for entry in archive.entries()? {
        let mut entry = entry?;
        let path = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let path = SitePath::parse(&path).ok();
        let Some(digest) = path.and_then(|path| wanted.remove(&path)) else {
            continue;
        };
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes)?;
        if Digest::of(&bytes) != *digest {
            return Err(io::Error::other("a file in it is not what its list says"));
        }
        take(digest, &bytes)?;
    }
    match wanted.is_empty() {
        true => Ok(()),
        false => Err(io::Error::other("it lacks a file of its list")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_files_are_the_same_bytes() {
        let deep = format!("{}/x", "folder/".repeat(40).trim_end_matches('/'));
        let paths: Vec<SitePath> = ["a b.html", "c/d/e.png", "c/f", &deep]
            .map(|path| SitePath::parse(path).unwrap())
            .into();
        let make = || make(paths.iter(), |path| Ok(path.as_str().into())).unwrap();
        let layer = make();
        assert_eq!(Digest::of(&layer), Digest::of(&make()));
        for path in &paths {
            let found = super::read(&layer, path).unwrap();
            assert_eq!(found.unwrap(), path.as_str().as_bytes());
        }
        let digests: Vec<Digest> = paths
            .iter()
            .map(|path| Digest::of(path.as_str().as_bytes()))
            .collect();
        let mut taken = 0;
        let wanted = || paths.iter().zip(&digests);
        let take = |digest: &Digest, bytes: &[u8]| {
            assert_eq!(Digest::of(bytes), *digest);
            taken += 1;
            Ok(())
        };
        unpack(&layer, wanted().skip(1).collect(), take).unwrap();
        assert_eq!(taken, 3);
        let other = paths.iter().zip(digests.iter().rev());
        assert!(unpack(&layer, other.collect(), |_, _| Ok(())).is_err());
        let nowhere = SitePath::parse("nowhere").unwrap();
        let wanted = wanted().chain([(&nowhere, &digests[0])]);
        assert!(unpack(&layer, wanted.collect(), |_, _| Ok(())).is_err());
        let none = SitePath::parse("c/d").unwrap();
        assert_eq!(super::read(&layer, &none.join(&none)).unwrap(), None);
        let mut archive = Archive::new(GzDecoder::new(layer.as_slice()));
        for entry in archive.entries().unwrap() {
            let entry = entry.unwrap();
            let header = entry.header();
            let facts = (
                header.mtime().unwrap(),
                header.uid().unwrap(),
                header.gid().unwrap(),
            );
            assert_eq!(facts, (0, 0, 0));
        }
    }
}
