//! Pictures that nothing shows and no text names.

use crate::assets::AssetMap;
use crate::build::survey::{mentions, sources};
use crate::diagnostic::{Diagnostic, Severity};
use crate::repo::Snapshot;
use crate::site::Site;

/// The code of such a picture.
const CODE: &str = "image-unused";

/// The pictures that could go. All texts of a project are read for it, so it is done only where the
/// project asks for it.
pub fn unused(site: &Site, assets: &AssetMap, snapshot: &Snapshot) -> Vec<Diagnostic> {
    let is_wanted = |path: &_| {
        let rule = site.config.check.rule(CODE, path);
        rule.is_some_and(|rule| rule.severity.is_some())
    };
    let wanted = site.config.check.rules.iter();
    if !wanted
        .clone()
        .any(|rule| rule.severity.is_some() && CODE.starts_with(rule.code.trim_end_matches('*')))
    {
        return Vec::new();
    }
    let sources = sources(site, assets);
    let named = mentions::mentioned(&sources, snapshot, |_| false);
    let is_unused = |path: &&_| !assets.images.contains_key(*path) && !named.contains(*path);
    let unused = sources
        .iter()
        .filter(is_unused)
        .filter(|path| is_wanted(path));
    unused
        .map(|path| {
            let message = format!("nothing shows the image `{path}`, and nothing names it");
            Diagnostic::new(CODE, Severity::Suggestion, path, message)
                .help("delete it; its history keeps it")
        })
        .collect()
}
