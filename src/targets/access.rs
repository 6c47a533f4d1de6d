//! What a target, or the store of releases, may ask of those who open it.

use std::path::Path;

/// What a target may ask of those who open it.
#[derive(Clone, Copy)]
pub struct Access<'a> {
    /// The project's folder.
    pub project: &'a Path,
    /// Reads a variable of the environment: a credential, where the platform has no chain of its own
    /// for one. The variables of a target begin with `TYMPAN_` and its name
    /// ([`crate::config::variable_part`]).
    pub variable: &'a (dyn Fn(&str) -> Option<String> + Sync),
}
