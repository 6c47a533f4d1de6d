//! Files with rules of style, as the project names them. What they say is for the checks to read.

use std::sync::Arc;

use crate::config::{CONFIG_FILE, Config};
use crate::diagnostic::{Diagnostic, Severity, SourceText};
use crate::repo::Snapshot;
use crate::site::project::{read_text, snapshot_text};
use crate::site_path::SitePath;

/// The largest file of rules that is read, in bytes.
const MAX_FILE: u64 = 1 << 20;
/// The largest number of files.
const MAX_FILES: usize = 2000;

/// A file with rules of style.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StyleFile {
    /// The file, relative to the project.
    pub path: SitePath,
    /// What it says.
    pub text: Arc<str>,
}

/// Reads the files of rules that the configuration names, sorted and each once.
pub(super) fn read_style_files(
    snapshot: &Snapshot,
    config: &Config,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<StyleFile> {
    let style = &config.check.style;
    let mut found = Vec::new();
    for named in &style.files {
        let before = found.len();
        let is_rules = |path: &SitePath| {
            let below = path.below(named);
            path == named || below.is_some_and(|below| is_style(&below))
        };
        read_all(snapshot, &is_rules, &mut found, diagnostics);
        if found.len() == before {
            missing(snapshot, named, diagnostics);
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found.dedup();
    found
}

fn is_style(path: &SitePath) -> bool {
    matches!(path.extension(), "toml" | "yml" | "yaml") && !is_setting(path)
}

/// Vale keeps dictionaries, templates and the like beside its styles.
fn is_setting(path: &SitePath) -> bool {
    path.parts()
        .any(|part| part == "config" || part.starts_with('.'))
}

fn read_all(
    snapshot: &Snapshot,
    wanted: &dyn Fn(&SitePath) -> bool,
    found: &mut Vec<StyleFile>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    for file in snapshot.files().iter().filter(|file| wanted(&file.path)) {
        if file.size > MAX_FILE || found.len() >= MAX_FILES {
            let message = format!(
                "the file of rules is larger than {} MB, or one too many",
                MAX_FILE >> 20
            );
            let fault = Diagnostic::new("style-rule", Severity::Warning, &file.path, message);
            diagnostics.push(fault.help(format!("{MAX_FILES} files are read at most")));
        } else if let Some(text) = read_text(snapshot, &file.path) {
            let path = file.path.clone();
            found.push(StyleFile { path, text });
        }
    }
}

fn missing(snapshot: &Snapshot, named: &SitePath, diagnostics: &mut Vec<Diagnostic>) {
    let Some((path, text)) = snapshot_text(snapshot, &SitePath::root(), CONFIG_FILE) else {
        return;
    };
    let message = format!("`{named}` holds no rules of style");
    let at = text
        .find(&format!("\"{named}"))
        .map_or(0..0, |at| at + 1..at + 1 + named.as_str().len());
    let found =
        SourceText::new(&path, &text).diagnostic("style-missing", Severity::Error, at, message);
    diagnostics
        .push(found.help("name a TOML file, or a folder with styles of Vale, in the project"));
}
