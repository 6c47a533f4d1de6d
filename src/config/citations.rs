//! `[citations]`: the works that a text cites, and how.

use serde::Deserialize;
use toml::Spanned;

use crate::config::read::Reader;
use crate::site_path::SitePath;

/// The works that a text cites, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Citations {
    /// The files that describe the works, relative to the project; empty if nothing is cited.
    pub sources: Vec<SitePath>,
    /// The name of the style, of those that come with the program.
    pub style: String,
    /// Where the file names the style.
    pub style_span: std::ops::Range<usize>,
}

impl Default for Citations {
    fn default() -> Self {
        Self {
            sources: Vec::new(),
            style: "chicago-author-date".to_owned(),
            style_span: 0..0,
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct CitationsFile {
    sources: Vec<Spanned<String>>,
    style: Option<Spanned<String>>,
}

impl Reader<'_> {
    pub(super) fn citations(&mut self, written: CitationsFile) -> Citations {
        let sources = written.sources.iter();
        let mut meant = Citations {
            sources: sources.filter_map(|path| self.path(path)).collect(),
            ..Citations::default()
        };
        if let Some(style) = written.style {
            meant.style_span = style.span();
            meant.style = style.into_inner();
        }
        meant
    }
}
