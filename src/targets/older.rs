//! What pages of older releases still ask for: `.tympan/older/` holds the files, other than pages,
//! that were live not long ago and are not any more. A reader has a page in his browser and asks for
//! its images a moment after the switch; a web server that looks here for what it does not find in
//! `live` has them still.

use std::fs;
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use crate::site_path::SitePath;
use crate::targets::disk;
use crate::targets::home::Home;
use crate::targets::target::TargetError;
use crate::targets::tree;

/// The folder.
const FOLDER: &str = "older";

/// Keeps what the tree at `from` has and the one at `to` has not.
pub(super) fn leave(home: &Home, from: &Path, to: &Path) -> Result<(), TargetError> {
    for (path, file) in files(from) {
        if path.extension() == "html" || path.on_disk(to).exists() {
            continue;
        }
        let folder = home.make_folder(&format!("{FOLDER}/{}", path.parent()))?;
        let place = folder.join(path.file_name());
        // Some file systems have no links.
        disk::remove(&place)
            .and_then(|()| {
                fs::hard_link(&file, &place).or_else(|_| fs::copy(&file, &place).map(drop))
            })
            .map_err(|error| home.write_fault((place, error)))?;
    }
    Ok(())
}

/// Removes what none of the trees at `kept` has.
pub(super) fn clear(home: &Home, kept: &[PathBuf]) -> Result<(), TargetError> {
    let root = home.state().join(FOLDER);
    for (path, file) in files(&root) {
        let has = |tree: &PathBuf| tree::plain_file(tree, &path).is_ok_and(|found| found.is_some());
        if !kept.iter().any(has) {
            disk::remove(&file).map_err(|error| home.write_fault((file, error)))?;
        }
    }
    Ok(())
}

/// The plain files below a folder. One that cannot be read has none: what is kept here is a favor.
fn files(root: &Path) -> impl Iterator<Item = (SitePath, PathBuf)> {
    let root = root.to_path_buf();
    WalkDir::new(&root)
        .follow_links(false)
        .into_iter()
        .filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_file())
        .filter_map(move |entry| {
            let below = entry.path().strip_prefix(&root).ok()?.to_str()?;
            let path = SitePath::parse(&below.replace('\\', "/")).ok()?;
            Some((path, entry.into_path()))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_gone_stays_as_long_as_a_tree_has_it_and_pages_do_not() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home {
            name: "web".to_owned(),
            root: folder.path().join("web"),
        };
        let tree = |name: &str, files: &[&str]| {
            let root = folder.path().join(name);
            for file in files {
                let path = root.join(file);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, name).unwrap();
            }
            root
        };
        let a = tree("a", &["a/x.png", "same.css", "old.html"]);
        let b = tree("b", &["same.css", "y.png"]);
        leave(&home, &a, &b).unwrap();
        leave(&home, &b, &a).unwrap();
        let older = || {
            let mut names: Vec<String> = files(&home.state().join(FOLDER))
                .map(|(path, _)| path.to_string())
                .collect();
            names.sort();
            names
        };
        assert_eq!(older(), ["a/x.png", "y.png"]);
        clear(&home, std::slice::from_ref(&b)).unwrap();
        assert_eq!(older(), ["y.png"]);
        clear(&home, &[]).unwrap();
        assert!(older().is_empty());
    }
}
