//! The fonts that a project asks for on paper.

use serde::Deserialize;
use toml::Spanned;

use crate::config::read::Reader;
use crate::diagnostic::Place;
use crate::site_path::SitePath;

/// The fonts that a project asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fonts {
    /// Folders and files of the project that hold fonts, and where they are named.
    pub folders: Vec<(SitePath, Place)>,
    /// Whether the fonts of the machine may be taken. Another machine then gives other bytes.
    pub system: bool,
    /// The families of running text, the first that has a character before the others.
    pub body: Vec<Family>,
    /// The families of headings; those of running text if there are none.
    pub heading: Vec<Family>,
    /// The families of code.
    pub mono: Vec<Family>,
}

/// A family of fonts by its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Family {
    /// The name.
    pub name: String,
    /// Where it is written.
    pub place: Place,
}

/// One name or several, as written.
#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "the name of a font, or a list of names")]
pub(super) enum NamesFile {
    /// One.
    One(String),
    /// Several.
    Many(Vec<String>),
}

/// The keys of a table that are about fonts, as written.
pub(super) struct FontsFile {
    pub(super) folders: Option<Vec<Spanned<String>>>,
    pub(super) system: Option<bool>,
    pub(super) body: Option<NamesFile>,
    pub(super) heading: Option<NamesFile>,
    pub(super) mono: Option<NamesFile>,
}

impl Reader<'_> {
    /// What is written, over what is usual.
    pub(super) fn fonts(&mut self, written: FontsFile, usual: &Fonts) -> Fonts {
        let folders = written.folders.map(|folders| {
            let folders = folders.iter();
            let folder = |folder: &Spanned<String>| {
                Some((self.path(folder)?, self.source.place(folder.span())))
            };
            folders.filter_map(folder).collect()
        });
        let mut families = |written, usual: &[Family]| match written {
            None => usual.to_vec(),
            Some(NamesFile::One(name)) => vec![self.family(name)],
            Some(NamesFile::Many(names)) => {
                names.into_iter().map(|name| self.family(name)).collect()
            }
        };
        Fonts {
            body: families(written.body, &usual.body),
            heading: families(written.heading, &usual.heading),
            mono: families(written.mono, &usual.mono),
            folders: folders.unwrap_or_else(|| usual.folders.clone()),
            system: written.system.unwrap_or(usual.system),
        }
    }

    fn family(&mut self, name: String) -> Family {
        Family {
            place: self.source.place(self.find(&name)),
            name: name.trim().to_owned(),
        }
    }
}
