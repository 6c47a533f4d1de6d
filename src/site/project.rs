//! What is known before a page is read: the configuration, where the site stands in the release,
//! and where its content lies.

use std::sync::Arc;

use crate::config::{CONFIG_FILE, Config, read_config};
use crate::diagnostic::{Diagnostic, Severity};
use crate::repo::{Snapshot, SnapshotFile};
use crate::site::addresses::is_page;
use crate::site::load::LoadOptions;
use crate::site::model::Site;
use crate::site_path::SitePath;

/// Where a version of a work stands.
#[derive(Debug, Clone)]
pub struct Placed {
    /// The folder of the release.
    pub mount: SitePath,
    /// The configuration of the version that is being built.
    pub work: Arc<Config>,
}

impl Site {
    /// The configuration of a snapshot and its text, for who must know before the site is loaded;
    /// its faults are reported when that is done.
    pub fn config_of(snapshot: &Snapshot) -> Option<(Config, Arc<str>)> {
        let (path, text) = snapshot_text(snapshot, &SitePath::root(), CONFIG_FILE)?;
        Some((read_config(&path, &text).0, text))
    }
}

pub(super) fn load_config(
    snapshot: &Snapshot,
    options: &LoadOptions,
    diagnostics: &mut Vec<Diagnostic>,
) -> Config {
    let placed = options.placed.as_ref();
    let config = match snapshot_text(snapshot, &SitePath::root(), CONFIG_FILE) {
        Some((path, text)) => {
            let (config, faults) = read_config(&path, &text);
            diagnostics.extend(faults);
            config
        }
        None => placed.map_or_else(Config::default, |placed| (*placed.work).clone()),
    };
    match placed {
        Some(placed) => config.placed(&placed.work, &placed.mount),
        None => config,
    }
}

pub(super) fn content_folder(
    config: &Config,
    files: &[&SnapshotFile],
    diagnostics: &mut Vec<Diagnostic>,
) -> SitePath {
    let holds_page = |folder: &SitePath| {
        files
            .iter()
            .any(|file| is_page(&file.path) && file.path.is_within(folder))
    };
    if let Some(content) = &config.project.content {
        if !holds_page(content) {
            let path = SitePath::parse(CONFIG_FILE).expect("a plain name is a path");
            let message = format!("the content folder `{content}` holds no Markdown");
            let found = Diagnostic::new("config-content", Severity::Error, &path, message);
            diagnostics.push(found.help("correct `content` in `[project]`"));
        }
        return content.clone();
    }
    let plain = |name| SitePath::parse(name).expect("a plain name is a path");
    let (content, source) = (plain("content"), plain("src"));
    let summary = plain("src/SUMMARY.md");
    if files.iter().any(|file| file.path == summary) {
        source
    } else if holds_page(&content) {
        content
    } else {
        SitePath::root()
    }
}

pub(super) fn nothing_found(content: &SitePath) -> Diagnostic {
    let message = "no Markdown was found";
    Diagnostic::new("project-empty", Severity::Error, content, message)
        .help("add an `index.md`, or name the folder with `content = \"…\"`")
}

pub(super) fn read_text(snapshot: &Snapshot, path: &SitePath) -> Option<Arc<str>> {
    let bytes = snapshot.read(path).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned().into())
}

pub(super) fn snapshot_text(
    snapshot: &Snapshot,
    folder: &SitePath,
    name: &str,
) -> Option<(SitePath, Arc<str>)> {
    let path = folder.resolve(name).ok()?;
    snapshot.get(&path)?;
    let text = read_text(snapshot, &path)?;
    Some((path, text))
}
