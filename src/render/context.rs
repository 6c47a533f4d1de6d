//! What every renderer is given, and how one can fail.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::assets::AssetMap;
use crate::diagnostic::Diagnostic;
use crate::render::highlight::Highlights;
use crate::repo::{RepoError, Snapshot};
use crate::sass;
use crate::site::Site;
use crate::site_path::SitePath;
use crate::store::Store;
use crate::template::Profile;

/// What every renderer is given: one site, read-only, shared by all threads.
#[derive(Clone, Copy)]
pub struct RenderContext<'a> {
    /// The model.
    pub site: &'a Site,
    /// Its images and files.
    pub assets: &'a AssetMap,
    /// Where sources are read from.
    pub snapshot: &'a Snapshot,
    /// Where dear results are kept.
    pub store: &'a Store,
    /// The colors of code.
    pub highlights: &'a Highlights,
}

/// What lies ready while sites are made, one after the other. It changes no output.
#[derive(Clone, Default)]
pub struct Workbench {
    /// Collects what templates cost.
    pub profile: Option<Arc<Profile>>,
    /// The styles that were compiled so far.
    pub styles: Arc<sass::Answers>,
    /// How large the documents became that were made so far.
    pub sizes: Arc<Sizes>,
}

/// How large documents became, by their places in the release.
#[derive(Debug, Default)]
pub struct Sizes(Mutex<BTreeMap<SitePath, u64>>);

impl Sizes {
    /// Takes note of one.
    pub(super) fn note(&self, path: SitePath, bytes: usize) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(path, bytes as u64);
    }

    /// The length of a document in bytes, if it was made.
    pub(super) fn of(&self, path: &SitePath) -> Option<u64> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(path).copied()
    }
}

/// An output could not be made.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// A template is broken.
    #[error("cannot render `{path}` with the template `{template}`: {message}")]
    Template {
        /// The output.
        path: SitePath,
        /// The template.
        template: String,
        /// What the engine said, with the line.
        message: String,
    },
    /// A template of the project is broken; the program's own can stand in for it.
    #[error("{}", .0.message)]
    Fault(Box<Diagnostic>),
    /// A document could not be laid out or assembled.
    #[error("cannot make `{path}`: {message}")]
    Document {
        /// The output.
        path: SitePath,
        /// What the engine said.
        message: String,
    },
    /// A source could not be read.
    #[error("cannot read a source of `{path}`")]
    Source {
        /// The output.
        path: SitePath,
        /// The cause.
        #[source]
        source: RepoError,
    },
}
