//! A theme from another repository, out of the store. It was fetched before; a build reaches no
//! network.

use crate::config::{CONFIG_FILE, PinnedTheme};
use crate::diagnostic::{Diagnostic, Severity};
use crate::repo::{Snapshot, unbundle};
use crate::site_path::SitePath;
use crate::store::Store;

/// Its files, and the folder that stands before their paths. They are checked against the digest
/// whenever they are read.
pub(super) fn open(
    theme: &PinnedTheme,
    store: &Store,
) -> Result<(Snapshot, SitePath), Box<Diagnostic>> {
    let short = theme.rev.get(..7).unwrap_or_default();
    let folder = SitePath::parse(&format!("theme@{short}")).expect("a plain name is a path");
    let files = store.blob(&theme.digest).ok();
    match files.and_then(|bytes| unbundle(&bytes)) {
        Some(files) => Ok((Snapshot::held(&files, &folder), folder)),
        None => {
            let config = SitePath::parse(CONFIG_FILE).expect("a plain name is a path");
            let message = format!("the theme `{}` was not fetched yet", theme.url);
            let found = Diagnostic::new("theme-missing", Severity::Error, &config, message);
            Err(Box::new(
                found.help("run `tympan theme`, which fetches and keeps it"),
            ))
        }
    }
}
