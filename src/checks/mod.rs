//! Stub.
use crate::diagnostic::Diagnostic;
use crate::progress::Progress;
use crate::site::Site;
use crate::store::Store;
/// Context.
pub struct CheckContext<'a> {
    /// Site.
    pub site: &'a Site,
    /// Store.
    pub store: &'a Store,
    /// Progress.
    pub progress: Progress<'a>,
}
/// Runs.
pub fn run_checks(_: &CheckContext<'_>) -> Vec<Diagnostic> {
    Vec::new()
}
