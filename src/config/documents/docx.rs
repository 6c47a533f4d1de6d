//! How Word files are made.

use serde::Deserialize;
use toml::Spanned;

use crate::config::read::Reader;
use crate::site_path::SitePath;

/// How Word files are made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Docx {
    /// A Word file whose styles, page and headers are taken over, relative to the project.
    pub reference: Option<SitePath>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(in crate::config) struct DocxFile {
    reference: Option<Spanned<String>>,
}

impl Reader<'_> {
    /// What is written, over what is usual.
    pub(in crate::config) fn docx(&mut self, written: DocxFile, usual: &Docx) -> Docx {
        let reference = written.reference.and_then(|path| self.path(&path));
        Docx {
            reference: reference.or_else(|| usual.reference.clone()),
        }
    }
}
