//! Finding what is included: the file, and the lines of it.

use std::ops::Range;
use std::sync::Arc;

use crate::site::expand::regions::part_of;
use crate::site::expand::text::FaultKind;
use crate::site_path::SitePath;

/// An included file and the bytes of it that are wanted.
pub(super) struct Included {
    pub(super) path: SitePath,
    pub(super) text: Arc<str>,
    pub(super) ranges: Vec<Range<usize>>,
}

/// Finds `file`: beside the file that names it, else in the content folder, else in the project.
/// The path comes with the fault where it is known, so that a file that appears later is noticed.
pub(super) fn find(
    from: &SitePath,
    content: &SitePath,
    (file, part): (&str, &str),
    read: &dyn Fn(&SitePath) -> Option<Arc<str>>,
) -> Result<Included, (FaultKind, Option<SitePath>)> {
    let plain = file.trim_start_matches('/');
    let beside = match file.starts_with('/') {
        true => None,
        false => from.resolve_beside(file).ok(),
    };
    let places = [
        beside,
        content.resolve(plain).ok(),
        SitePath::root().resolve(plain).ok(),
    ];
    let mut places = places.into_iter().flatten().filter(|path| !path.is_root());
    let mut first = None;
    let found = places.find_map(|path| {
        let text = read(&path);
        first.get_or_insert_with(|| path.clone());
        Some((path, text?))
    });
    let Some((path, text)) = found else {
        return Err((FaultKind::IncludeMissing, first));
    };
    let Some(ranges) = part_of(&text, part) else {
        return Err((FaultKind::IncludePartMissing, Some(path)));
    };
    let ranges = joined(&text, ranges);
    Ok(Included { path, text, ranges })
}

/// Runs of lines; the last line break is dropped, so that a fence below stays on its own line.
fn joined(text: &str, lines: Vec<Range<usize>>) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    for line in lines {
        match runs.last_mut() {
            Some(last) if last.end == line.start => last.end = line.end,
            _ => runs.push(line),
        }
    }
    if let Some(last) = runs.last_mut() {
        let kept = text[last.clone()].trim_end_matches(['\n', '\r']).len();
        last.end = last.start + kept;
    }
    runs
}
