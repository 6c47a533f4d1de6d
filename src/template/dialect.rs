//! What a sort of templates has beside what all have.

use tera::Tera;

use crate::site_path::SitePath;

/// What a sort of templates has beside what all have.
#[derive(Debug, Clone, Copy)]
pub struct Dialect {
    /// The folder of the project that its templates lie in, or are changed from.
    pub folder: &'static str,
    /// What stands before the names of templates that others may lie over, the upper first.
    pub prefixes: &'static [&'static str],
    /// Its filters, for suggestions.
    pub filters: &'static [&'static str],
    /// Its functions, for suggestions.
    pub functions: &'static [&'static str],
    /// Makes both known to the engine.
    pub register: fn(&mut Tera),
}

impl Dialect {
    pub(super) fn folder(&self) -> SitePath {
        SitePath::parse(self.folder).expect("a plain name is a path")
    }
}
