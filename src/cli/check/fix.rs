//! `tympan check --fix`: what has one right way is mended in the files themselves.

use std::collections::BTreeMap;

use similar::TextDiff;

use crate::checks::{Mended, mend};
use crate::cli::check::write::replace;
use crate::cli::project::Project;
use crate::cli::ui::Ui;
use crate::diagnostic::Diagnostic;
use crate::repo::Snapshot;
use crate::site::Site;
use crate::site_path::SitePath;

/// What was mended.
#[derive(Debug, Clone, Copy, Default)]
pub struct Fixed {
    /// How many findings.
    pub findings: usize,
    /// In how many files.
    pub files: usize,
}

/// Mends findings in the files of a worktree. A file that cannot be written, or that has changed since
/// it was read, is named and left as it is.
pub fn write(ui: &Ui, project: &Project, site: &Site, found: &[Diagnostic]) -> Fixed {
    let mut fixed = Fixed::default();
    for (path, text, mended) in all(&project.snapshot, site, found) {
        let place = path.on_disk(&project.root);
        let is_same = std::fs::read(&place).is_ok_and(|bytes| bytes == text.as_bytes());
        if !is_same {
            ui.warn(&format!(
                "`{path}` has changed while it was checked, and is left as it is"
            ));
            continue;
        }
        match replace(&place, mended.text.as_bytes()) {
            Ok(()) => {
                fixed.findings += mended.count;
                fixed.files += 1;
            }
            Err(error) => ui.warn(&format!("cannot write `{path}`: {error}")),
        }
    }
    fixed
}

/// The same as a patch; nothing is written.
pub fn patch(snapshot: &Snapshot, site: &Site, found: &[Diagnostic]) -> (String, Fixed) {
    let (mut patch, mut fixed) = (String::new(), Fixed::default());
    for (path, text, mended) in all(snapshot, site, found) {
        let diff = TextDiff::from_lines(text, mended.text.as_str());
        let (old, new) = (format!("a/{path}"), format!("b/{path}"));
        patch.push_str(&diff.unified_diff().header(&old, &new).to_string());
        fixed.findings += mended.count;
        fixed.files += 1;
    }
    (patch, fixed)
}

/// Every file that can be mended, with its text as it was read and as it would be. A symbolic link is
/// left alone: its bytes are those of another file.
fn all<'a>(
    snapshot: &Snapshot,
    site: &'a Site,
    found: &[Diagnostic],
) -> Vec<(&'a SitePath, &'a str, Mended)> {
    let mut by_file: BTreeMap<&SitePath, Vec<&Diagnostic>> = BTreeMap::new();
    for found in found {
        by_file.entry(&found.path).or_default().push(found);
    }
    let mut files: BTreeMap<&SitePath, &str> = BTreeMap::new();
    for (_, page) in site.written_pages() {
        files.extend(
            page.sources()
                .into_iter()
                .map(|(path, text)| (path, &**text)),
        );
    }
    let is_link = |path: &SitePath| snapshot.get(path).is_some_and(|file| file.link.is_some());
    let one = |(path, text): (&'a SitePath, &'a str)| {
        let found = by_file.get(path).filter(|_| !is_link(path))?;
        Some((path, text, mend(text, found.iter().copied())?))
    };
    files.into_iter().filter_map(one).collect()
}
