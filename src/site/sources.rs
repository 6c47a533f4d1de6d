//! What of a snapshot the site is made from beside its pages: data, people, and what is said for
//! whole folders.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::config::{CONFIG_FILE, Config};
use crate::diagnostic::Diagnostic;
use crate::repo::{Snapshot, SnapshotFile};
use crate::site::authors::{Author, is_authors, read_authors};
use crate::site::data::{is_data, read_data};
use crate::site::languages::place_of;
use crate::site::load::LoadOptions;
use crate::site::nav::{SUMMARY_FILE, TextFile};
use crate::site::project::read_text;
use crate::site::theme_files::is_theme_file;
use crate::site_path::SitePath;

/// The files that may be content: not the output, not hidden, not tympan's own.
pub(super) fn files_of<'a>(
    snapshot: &'a Snapshot,
    config: &Config,
    options: &LoadOptions,
) -> Vec<&'a SnapshotFile> {
    let own = |path: &SitePath| {
        let output = options
            .exclude
            .as_ref()
            .is_some_and(|output| path.is_within(output));
        let hidden = path
            .parts()
            .any(|part| part.starts_with('.') && part != ".well-known");
        let environments =
            path.parts().next() == Some("environments") && path.extension() == "toml";
        let archetype = path.parts().next() == Some("archetypes");
        output
            || hidden
            || archetype
            || environments
            || path.as_str() == CONFIG_FILE
            || is_theme_file(config, path)
    };
    snapshot
        .files()
        .iter()
        .filter(|file| !own(&file.path))
        .collect()
}

/// What the data files say, and who is known.
pub(super) fn people_and_data(
    snapshot: &Snapshot,
    content: &SitePath,
    diagnostics: &mut Vec<Diagnostic>,
) -> (Value, BTreeMap<String, Author>) {
    let files = snapshot.files().iter();
    let files = files
        .filter(|file| is_data(&file.path))
        .map(|file| (&file.path, file.size));
    let data = read_data(files, &|path| snapshot.read(path).ok(), diagnostics);
    let authors = text_files(snapshot, content, is_authors);
    let authors = read_authors(&authors, &data, diagnostics);
    (data, authors)
}

/// The files of the content folder that say something about pages.
pub(super) fn text_files(
    snapshot: &Snapshot,
    content: &SitePath,
    wanted: fn(&SitePath) -> bool,
) -> Vec<TextFile> {
    let files = snapshot.files().iter();
    files
        .filter(|file| wanted(&file.path) && file.path.is_within(content))
        .filter_map(|file| Some((file.path.clone(), read_text(snapshot, &file.path)?)))
        .collect()
}

/// Whether a file orders pages and is none.
pub(super) fn is_summary(config: &Config, path: &SitePath) -> bool {
    place_of(config, path).path.file_name() == SUMMARY_FILE
}
