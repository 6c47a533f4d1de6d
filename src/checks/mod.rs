//! Rules over the text: links, structure, prose. They read the site and report; they change nothing.

mod check;
mod links;
#[cfg(feature = "prose")]
mod prose;
mod structure;
#[cfg(test)]
mod test_site;

pub use check::{Check, CheckContext};
pub use links::LinkCheck;
#[cfg(feature = "prose")]
pub use prose::ProseCheck;
pub use structure::StructureCheck;

use crate::config;
use crate::diagnostic::{Diagnostic, sort};
use crate::progress::{Event, Stage};

/// The checks, in the order they run.
pub const CHECKS: &[&dyn Check] = &[
    &LinkCheck,
    &StructureCheck,
    #[cfg(feature = "prose")]
    &ProseCheck,
];

/// Runs every check over the site, applies the levels of `[check]`, and sorts what was found.
///
/// What was found while the site was read (`Site::diagnostics`) is not in it; [`with_levels`]
/// applies the same levels there.
pub fn run_checks(context: &CheckContext<'_>) -> Vec<Diagnostic> {
    let (stage, progress) = (Stage::Check, context.progress);
    let total = context.site.pages.len();
    progress(Event::Started { stage, total });
    let found = CHECKS.iter().flat_map(|check| check.run(context)).collect();
    let mut found = with_levels(&context.site.config.check, found);
    sort(&mut found);
    progress(Event::Finished { stage });
    found
}

/// Gives each finding the level that the project wants for it, and drops those it switched off.
pub fn with_levels(levels: &config::Check, found: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let level = |mut found: Diagnostic| {
        found.severity = levels.severity(&found.code, &found.path, found.severity)?;
        Some(found)
    };
    found.into_iter().filter_map(level).collect()
}
