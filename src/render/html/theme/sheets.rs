//! Styles of a theme that are written in SCSS or in the indented syntax of Sass, as the CSS that
//! they stand for.

use crate::diagnostic::{Diagnostic, Severity, SourceText};
use crate::render::html::theme::layer::{Layer, Source};
use crate::repo::Snapshot;
use crate::sass::{self, Fault, Request};
use crate::site_path::SitePath;
use crate::store::{Key, Store};

/// The version of what is kept of earlier builds.
const VERSION: u32 = 1;
/// How long all styles of a project may be together, in bytes.
const MAX_ALL: u64 = 8 << 20;

/// Whether a file is written in a language that becomes CSS.
pub(super) fn is_sheet(path: &SitePath) -> bool {
    let extension = path.extension();
    extension.eq_ignore_ascii_case("scss") || extension.eq_ignore_ascii_case("sass")
}

/// Puts the CSS in the place of the sheets of all layers. `folders` are those of the layers, the
/// upper first, in which one style finds another.
pub(super) fn compile(
    layers: &mut [Layer],
    folders: &[SitePath],
    snapshots: &[&Snapshot],
    (store, styles): (&Store, &sass::Answers),
) -> Vec<Diagnostic> {
    let wanted = layers.iter().flat_map(|layer| &layer.sheets);
    let wanted: Vec<SitePath> = wanted.filter_map(|sheet| sheet.place.clone()).collect();
    if wanted.is_empty() {
        return Vec::new();
    }
    let folders: Vec<SitePath> = folders
        .iter()
        .filter_map(|folder| folder.resolve("css").ok())
        .collect();
    let mut request = Request {
        wanted: wanted.iter().map(SitePath::to_string).collect(),
        folders: folders.iter().map(SitePath::to_string).collect(),
        ..Request::default()
    };
    let mut sum = 0;
    let files = snapshots
        .iter()
        .flat_map(|snapshot| snapshot.files().iter().map(|file| (*snapshot, file)));
    for (snapshot, file) in files {
        let style = file.path.extension().eq_ignore_ascii_case("css")
            && folders.iter().any(|folder| file.path.is_within(folder));
        if !style && !is_sheet(&file.path) {
            continue;
        }
        sum += file.size;
        if sum > MAX_ALL {
            let message = "the styles of the project are longer than they may be";
            let found = Diagnostic::new("style-limit", Severity::Error, &wanted[0], message);
            let help = format!("the limit is {} MB for all of them", MAX_ALL >> 20);
            return vec![found.help(help)];
        }
        let text = snapshot.read(&file.path).unwrap_or_default();
        let text = String::from_utf8_lossy(&text).into_owned();
        request.files.insert(file.path.to_string(), text);
    }
    let json = serde_json::to_vec(&request).unwrap_or_default();
    let key = Key::new("style", VERSION).input("request", &json);
    let answer = styles.get(key.name(), || {
        let known = store
            .cached(&key)
            .and_then(|bytes| serde_json::from_slice::<Vec<String>>(&bytes).ok())
            .filter(|known| known.len() == wanted.len());
        if let Some(known) = known {
            return known.into_iter().map(Ok).collect();
        }
        let made = sass::ask(&request);
        let whole: Option<Vec<&String>> = made.iter().map(|made| made.as_ref().ok()).collect();
        if let Some(json) = whole.and_then(|whole| serde_json::to_vec(&whole).ok()) {
            store.cache(&key, &json);
        }
        made
    });
    let mut found = Vec::new();
    let mut made = answer.iter();
    for layer in layers {
        for sheet in std::mem::take(&mut layer.sheets) {
            match made.next() {
                Some(Ok(text)) => {
                    let text = text.clone().into();
                    layer.styles.push(Source { text, ..sheet });
                }
                Some(Err(fault)) => found.extend(report(fault, &request)),
                None => {}
            }
        }
        layer
            .styles
            .sort_by(|one, other| one.place.cmp(&other.place));
    }
    found.dedup();
    found
}

fn report(fault: &Fault, request: &Request) -> Option<Diagnostic> {
    let path = fault.file()?;
    let text = request.files.get(&fault.path).map_or("", String::as_str);
    if fault.line == 0 {
        let found = Diagnostic::new("style-limit", Severity::Error, &path, &*fault.message);
        return Some(found.help("loop less, nest less, or keep less in one value"));
    }
    let lines = text.split_inclusive('\n').take(fault.line - 1);
    let start: usize = lines.map(str::len).sum();
    let line = text.get(start..).unwrap_or_default();
    let within: usize = line
        .chars()
        .take(fault.column - 1)
        .map(char::len_utf8)
        .sum();
    let at = (start + within).min(text.len());
    let source = SourceText::new(&path, text);
    let mut letters = fault.message.trim_end_matches('.').chars();
    let message: String = letters.next().map_or(String::new(), |first| {
        first.to_lowercase().chain(letters).collect()
    });
    let found = source.diagnostic("style-syntax", Severity::Error, at..at, message);
    Some(found.help("the style is left out until the line that is shown is corrected"))
}
