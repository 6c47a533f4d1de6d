//! Names that some computers refuse: a release must be readable on all of them.

use std::collections::BTreeSet;

use crate::diagnostic::{Diagnostic, Severity};
use crate::site::model::Site;
use crate::site_path::SitePath;

/// Names that Windows keeps for devices, with any extension.
const DEVICES: [&str; 4] = ["con", "prn", "aux", "nul"];

/// Reports the pages and published files whose place has a name that Windows refuses.
pub(super) fn check_names(site: &Site, diagnostics: &mut Vec<Diagnostic>) {
    let mut known: BTreeSet<&SitePath> = BTreeSet::new();
    let pages = site.pages.iter().map(|page| (&page.path, &page.route));
    let routes: Vec<(&SitePath, SitePath)> = site
        .published_files
        .iter()
        .map(|file| (file, site.file_route(file)))
        .collect();
    let files = routes.iter().map(|(file, route)| (*file, route));
    for (path, route) in pages.chain(files) {
        let Some((part, why)) = route.parts().find_map(|part| Some((part, refusal(part)?))) else {
            continue;
        };
        if known.insert(path) {
            let message = format!("`{part}` cannot be a name on Windows: {why}");
            let found = Diagnostic::new("name-unportable", Severity::Warning, path, message);
            diagnostics.push(found.help("rename it, or give the page a `slug`"));
        }
    }
}

/// Why Windows refuses a name.
pub fn refusal(name: &str) -> Option<String> {
    if let Some(bad) = name.chars().find(|c| "<>:\"|?*\\".contains(*c)) {
        return Some(format!("it holds `{bad}`"));
    }
    if name.ends_with(['.', ' ']) {
        return Some("it ends with a dot or a space".to_owned());
    }
    let stem = name.split('.').next().unwrap_or(name).trim_end();
    let stem = stem.to_ascii_lowercase();
    let port = ["com", "lpt"].iter().any(|port| {
        let number = stem.strip_prefix(port).map(str::as_bytes);
        matches!(number, Some([b'1'..=b'9']))
    });
    (port || DEVICES.contains(&stem.as_str())).then(|| format!("`{stem}` is a device"))
}
