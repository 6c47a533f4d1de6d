//! Where systems keep the dictionaries of hunspell.

use std::env;
use std::path::{Path, PathBuf};

/// The folders, those of the user first; not all of them exist.
pub fn folders() -> Vec<PathBuf> {
    let listed = |name: &str| -> Vec<PathBuf> {
        let value = env::var_os(name);
        let paths = value.iter().flat_map(env::split_paths);
        paths.filter(|path| path.is_absolute()).collect()
    };
    let home = env::home_dir();
    let in_home = |path: &str| home.as_ref().map(|home| home.join(path));
    let mut folders = listed("DICPATH");
    let own = listed("XDG_DATA_HOME").into_iter().next();
    let own = own.or_else(|| in_home(".local/share"));
    folders.extend(own.map(|own| own.join("hunspell")));
    folders.extend(in_home("Library/Spelling"));
    folders.push(PathBuf::from("/Library/Spelling"));
    let mut shared = listed("XDG_DATA_DIRS");
    shared.extend(["/usr/local/share", "/usr/share"].map(PathBuf::from));
    let inside = |shared: &PathBuf| {
        let names = ["hunspell", "myspell", "myspell/dicts"];
        names.map(|name| Path::new(shared).join(name))
    };
    folders.extend(shared.iter().flat_map(inside));
    folders
}
