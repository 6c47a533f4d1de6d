//! The files of a worktree: as Git lists them, or by walking a folder without Git.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use crate::repo::error::RepoError;
use crate::repo::git::{self, Repository};
use crate::repo::listing::{Listing, is_private};
use crate::repo::snapshot::Source;
use crate::site_path::SitePath;

/// Lists the worktree at `root`, and says which commit it stands on.
pub(crate) fn list(
    root: &Path,
    repository: Option<Repository>,
) -> Result<(Listing, Source), RepoError> {
    let mut source = Source {
        commit: None,
        tree: None,
        time: None,
        dirty: true,
        shallow: false,
    };
    let Some(repository) = repository else {
        return Ok((walk(root), source));
    };
    if !repository.has_worktree {
        return Err(RepoError::NoWorktree {
            root: root.to_path_buf(),
        });
    }
    let (listed, is_dirty) = rayon::join(
        || listed_by_git(root),
        || has_changes(root, &repository.prefix),
    );
    let (listed, is_dirty) = (listed?, is_dirty?);
    // A folder that the repository around it ignores is not part of that repository.
    if listed.is_empty()
        && git::output(root, ["check-ignore", "-q", "."])?
            .status
            .success()
    {
        return Ok((walk(root), source));
    }
    if let Some(commit) = git::find_commit(root, "HEAD")? {
        (source.tree, source.time) = git::commit_facts(root, &repository, &commit)?;
        source.commit = Some(commit);
        source.dirty = is_dirty;
    }
    source.shallow = repository.is_shallow;
    let mut listing = Listing::default();
    let mut folders = BTreeMap::new();
    for name in listed
        .split(|byte| *byte == 0)
        .filter(|name| !name.is_empty())
    {
        add(root, name, &mut folders, &mut listing);
    }
    Ok((listing, source))
}

fn listed_by_git(root: &Path) -> Result<Vec<u8>, RepoError> {
    git::run(
        root,
        [
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ],
    )
}

/// Adds one path that Git lists, if it is still there.
fn add(root: &Path, name: &[u8], folders: &mut BTreeMap<SitePath, bool>, listing: &mut Listing) {
    if let Some(folder) = name.strip_suffix(b"/") {
        // Git lists an untracked folder by its name alone only where it has a repository in it.
        if let Some(path) = listing.name(folder) {
            listing.nested_repository(&path);
        }
        return;
    }
    let Some(path) = listing.name(name) else {
        return;
    };
    if !is_real_folder(root, &path.parent(), folders) {
        return;
    }
    let place = path.on_disk(root);
    match fs::symlink_metadata(&place) {
        Ok(found) if found.is_file() => listing.file(path, found.len(), None),
        Ok(found) if found.is_symlink() => add_link(&place, path, listing),
        Ok(found) if found.is_dir() => listing.submodule(&path),
        Ok(_) => listing.special(&path),
        Err(error) if is_gone(&error) => {}
        // What cannot even be looked at is an error that names it, once somebody reads it.
        Err(_) => listing.file(path, 0, None),
    }
}

fn add_link(place: &Path, path: SitePath, listing: &mut Listing) {
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

/// Whether no part of `folder` is a link. A tracked file below a folder that has been replaced by
/// a link is gone, as it is for Git.
fn is_real_folder(root: &Path, folder: &SitePath, known: &mut BTreeMap<SitePath, bool>) -> bool {
    let mut unknown = Vec::new();
    let mut at = folder.clone();
    let mut is_real = loop {
        if at.is_root() {
            break true;
        }
        if let Some(is_real) = known.get(&at) {
            break *is_real;
        }
        let parent = at.parent();
        unknown.push(std::mem::replace(&mut at, parent));
    };
    for folder in unknown.into_iter().rev() {
        is_real = is_real
            && fs::symlink_metadata(folder.on_disk(root))
                .map_or_else(|error| !is_gone(&error), |found| found.is_dir());
        known.insert(folder, is_real);
    }
    is_real
}

fn is_gone(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}

/// Whether anything below `root` differs from HEAD: tracked, staged, or new and not ignored.
fn has_changes(root: &Path, prefix: &[u8]) -> Result<bool, RepoError> {
    let mut command = git::command(root);
    for (at, (name, value)) in local_filters(root)?.into_iter().enumerate() {
        // By the environment, because a driver's name may hold the `=` that `-c` splits at.
        let variable = format!("TYMPAN_GIT_FILTER_{at}");
        command.arg(format!("--config-env={name}={variable}"));
        command.env(variable, value);
    }
    command.args([
        "status",
        "--porcelain=v1",
        "-z",
        "--untracked-files=all",
        "--ignore-submodules=all",
        "--no-renames",
        "--",
        ".",
    ]);
    let listed = git::succeed(root, &mut command)?;
    Ok(listed
        .split(|byte| *byte == 0)
        .filter_map(|line| line.get(3..))
        .map(|path| path.strip_prefix(prefix).unwrap_or(path))
        .any(|path| {
            let is_ours = std::str::from_utf8(path)
                .ok()
                .and_then(|path| SitePath::parse(path).ok())
                .is_some_and(|path| is_private(&path));
            // A nested repository is not in the snapshot either.
            !is_ours && !path.ends_with(b"/")
        }))
}

/// The filters that the repository's own configuration defines, each with the value that the
/// user's configuration gives it, or none.
///
/// Git runs a filter to see whether a file has changed. Those of the user (such as Git LFS) must
/// run, or every filtered file would seem changed; those that came with the repository must not.
fn local_filters(root: &Path) -> Result<Vec<(String, String)>, RepoError> {
    let output = git::output(
        root,
        [
            "config",
            "--null",
            "--show-scope",
            "--get-regexp",
            r"^filter\.",
        ],
    )?;
    let mut filters: BTreeMap<String, (bool, String)> = BTreeMap::new();
    let mut fields = output.stdout.split(|byte| *byte == 0);
    while let (Some(scope), Some(entry)) = (fields.next(), fields.next()) {
        let entry = String::from_utf8_lossy(entry);
        let (name, value) = entry.split_once('\n').unwrap_or((&entry, "true"));
        let filter = filters.entry(name.to_owned()).or_default();
        match scope {
            b"local" | b"worktree" => filter.0 = true,
            _ => value.clone_into(&mut filter.1),
        }
    }
    Ok(filters
        .into_iter()
        .filter(|(_, (is_local, _))| *is_local)
        .map(|(name, (_, value))| {
            // `required` is a truth value, and an empty text is not one on every version.
            let value = match value.as_str() {
                "" if name.ends_with(".required") => "false".to_owned(),
                _ => value,
            };
            (name, value)
        })
        .collect())
}

/// Lists a folder without Git: no hidden files, nothing that a `.gitignore` in it names.
fn walk(root: &Path) -> Listing {
    let mut listing = Listing::default();
    let nested = Arc::new(Mutex::new(Vec::new()));
    let found = Arc::clone(&nested);
    let walker = ignore::WalkBuilder::new(root)
        .standard_filters(false)
        .hidden(true)
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
            !is_nested
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
