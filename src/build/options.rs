//! What a build is asked for.

use crate::render::Wanted;
use crate::site::LoadOptions;

/// What a build is asked for.
pub struct BuildOptions {
    /// How the site is loaded.
    pub load: LoadOptions,
    /// Which outputs are made.
    pub wanted: Wanted,
    /// Whether the checks run.
    pub checks: Checks,
    /// Which versions are built.
    pub versions: Versions,
    /// When images are made.
    pub images: Images,
}

/// When images are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Images {
    /// Before any page, so that a page names those files only that a reader gains by.
    First,
    /// Each when it is asked for.
    OnDemand,
}

/// Which versions are built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Versions {
    /// All that the project names.
    All,
    /// The one of the snapshot alone, as if there were no other.
    Current,
}

/// Whether the checks run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Checks {
    /// They do.
    Run,
    /// They do not, and the release says nothing of them.
    Skip,
}
