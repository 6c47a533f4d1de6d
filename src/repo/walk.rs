//! The files of a folder without Git: no hidden files, and nothing that a `.gitignore` in it names.

use std::fs;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use crate::repo::listing::Listing;
use crate::site_path::SitePath;

/// Hidden files that say something about the pages beside them, and what the web wants hidden.
const SPEAKING: [&str; 6] = [
    ".authors.yml",
    ".authors.yaml",
    ".meta.toml",
    ".meta.yaml",
    ".meta.yml",
    ".well-known",
];

/// Lists a folder and everything below it.
pub(crate) fn list(root: &Path) -> Listing {
    let mut listing = Listing::default();
    let nested = Arc::new(Mutex::new(Vec::new()));
    let found = Arc::clone(&nested);
    let walker = ignore::WalkBuilder::new(root)
        .standard_filters(false)
        .hidden(false)
        .git_ignore(true)
        .require_git(false)
        .follow_links(false)
        .filter_entry(move |entry| {
            let is_nested = entry.depth() > 0
                && entry.file_type().is_some_and(|kind| kind.is_dir())
                && entry.path().join(".git").symlink_metadata().is_ok();
            if is_nested {
                let mut found = found.lock().unwrap_or_else(PoisonError::into_inner);
                found.push(entry.path().to_path_buf());
            }
            let is_hidden = entry.depth() > 0
                && entry.file_name().as_encoded_bytes().starts_with(b".")
                && !SPEAKING.iter().any(|name| entry.file_name() == *name);
            !is_nested && !is_hidden
        })
        .build();
    let name_of = |path: &Path, listing: &mut Listing| {
        let below = path.strip_prefix(root).ok()?.as_os_str().as_encoded_bytes();
        if cfg!(windows) {
            let text = String::from_utf8_lossy(below).replace('\\', "/");
            listing.name(text.as_bytes())
        } else {
            listing.name(below)
        }
    };
    for entry in walker {
        let entry = match entry {
            Ok(entry) if entry.depth() == 0 => continue,
            Ok(entry) => entry,
            Err(error) => {
                listing.leave_out(
                    "folder-unreadable",
                    &SitePath::root(),
                    format!("a folder cannot be listed, and is left out: {error}"),
                    "allow reading it, or add it to `.gitignore`",
                );
                continue;
            }
        };
        let Some(kind) = entry.file_type().filter(|kind| !kind.is_dir()) else {
            continue;
        };
        let Some(path) = name_of(entry.path(), &mut listing) else {
            continue;
        };
        if kind.is_file() {
            let size = entry.metadata().map_or(0, |found| found.len());
            listing.file(path, size, None);
        } else if kind.is_symlink() {
            add_link(entry.path(), path, &mut listing);
        } else {
            listing.special(&path);
        }
    }
    let nested = nested.lock().unwrap_or_else(PoisonError::into_inner);
    for folder in nested.iter() {
        if let Some(path) = name_of(folder, &mut listing) {
            listing.nested_repository(&path);
        }
    }
    listing
}

/// Adds a symbolic link, which is read and not followed.
pub(crate) fn add_link(place: &Path, path: SitePath, listing: &mut Listing) {
    match fs::read_link(place) {
        Ok(target) => {
            let target = target.as_os_str().as_encoded_bytes();
            if cfg!(windows) {
                let target = String::from_utf8_lossy(target).replace('\\', "/");
                listing.link(path, target.as_bytes());
            } else {
                listing.link(path, target);
            }
        }
        Err(error) if is_gone(&error) => {}
        Err(_) => listing.file(path, 0, None),
    }
}

/// Whether nothing stands there any more.
pub(crate) fn is_gone(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}

#[cfg(test)]
mod tests {
    use crate::repo::fixture::{Fixture, left_out, lists, path, worktree};

    #[test]
    fn a_folder_without_git_is_walked() {
        let fixture = Fixture::folder();
        for name in [
            "a.md",
            "b c/ü.md",
            ".hidden",
            ".git-not/x",
            ".tympan/current",
            "node/skip.js",
            "nested/.git/HEAD",
            "nested/x.md",
        ] {
            fixture.write(name, name);
        }
        fixture.write(".gitignore", "node\n");
        lists(&fixture, &["a.md", "b c/ü.md"]);
        let snapshot = worktree(&fixture);
        assert_eq!(
            snapshot.read(&path("b c/ü.md")).unwrap(),
            "b c/ü.md".as_bytes()
        );
        assert_eq!(
            (&snapshot.source().commit, snapshot.source().dirty),
            (&None, true)
        );
        assert_eq!(
            left_out(&snapshot),
            ["nested-repository: `nested` is a repository of its own, and is left out"]
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_link_in_a_folder_without_git_stays_inside() {
        let fixture = Fixture::folder();
        fixture.write("a.md", "a");
        fixture.link("good.md", "a.md");
        fixture.link("out.md", "/etc/passwd");
        fixture.link("etc", "/etc");
        lists(&fixture, &["a.md", "good.md"]);
        assert_eq!(left_out(&worktree(&fixture)).len(), 2);
    }
}
