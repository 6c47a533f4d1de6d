//! What a check is.

use crate::diagnostic::Diagnostic;
use crate::progress::Progress;
use crate::site::Site;
use crate::store::Store;

/// A family of rules over the text of a site.
///
/// A check promises that its findings follow from the site alone: the store may only make it
/// faster, and the number of threads, the clock and the machine change nothing. It reports faults
/// as diagnostics whose codes begin with one of its prefixes, each with the level that is right
/// for most projects; `run_checks` applies the project's own levels and sorts. It never fails and
/// never panics on any text.
pub trait Check: Sync {
    /// The beginnings of the codes it reports, such as `link-`.
    fn code_prefixes(&self) -> &'static [&'static str];

    /// Reports what it finds, in any order.
    fn run(&self, context: &CheckContext<'_>) -> Vec<Diagnostic>;
}

/// What a check may look at.
#[derive(Clone, Copy)]
pub struct CheckContext<'a> {
    /// The site.
    pub site: &'a Site,
    /// Where dear results are kept.
    pub store: &'a Store,
    /// Who is told how far the work is.
    pub progress: Progress<'a>,
}
