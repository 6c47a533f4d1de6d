//! How pages are listed: the `[lists]` and `[taxonomies]` tables, as written and as meant.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use crate::config::file::Kind;
use crate::config::read::Reader;
use crate::site_path::SitePath;

/// How many pages stand on one page of a list of a site.
const PAGINATE: usize = 20;

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct ListsFile {
    paginate: Option<usize>,
    paginate_path: Option<Spanned<String>>,
    archive: Option<bool>,
    related: Option<usize>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct TaxonomyFile {
    title: Option<String>,
    slug: Option<Spanned<String>>,
    feed: Option<bool>,
    paginate: Option<usize>,
    render: Option<bool>,
    weight: Option<u32>,
}

/// How pages are listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lists {
    /// How many pages stand on one page of a list, if the file says so; 0 stands for all.
    pub paginate: Option<usize>,
    /// The folder of the second page of a list and of those after it.
    pub paginate_path: SitePath,
    /// Whether there is a list of all dated pages by year; decided by the kind if absent.
    pub archive: Option<bool>,
    /// How many related pages a page names; decided by the kind if absent.
    pub related: Option<usize>,
}

impl Default for Lists {
    fn default() -> Self {
        Self {
            paginate: None,
            paginate_path: SitePath::parse("page").expect("a plain name is a path"),
            archive: None,
            related: None,
        }
    }
}

impl Lists {
    /// How many pages stand on one page of a list; 0 stands for all.
    pub fn size(&self, kind: Kind) -> usize {
        self.paginate.unwrap_or(match kind {
            Kind::Site => PAGINATE,
            Kind::Docs | Kind::Book | Kind::Contract => 0,
        })
    }
}

/// A way to sort pages by what they say of themselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taxonomy {
    /// The title of the list of its terms; the theme's word or its name if absent.
    pub title: Option<String>,
    /// The folder of its lists.
    pub slug: SitePath,
    /// Whether each term has a feed; decided by the kind if absent.
    pub feed: Option<bool>,
    /// How many pages stand on one page of the list of a term; as in `[lists]` if absent.
    pub paginate: Option<usize>,
    /// Whether it has lists at all; by default if the file names it.
    pub render: Option<bool>,
    /// How much a shared term counts for related pages.
    pub weight: u32,
    /// Whether the file names it.
    pub is_named: bool,
}

/// The taxonomies that need no configuration, and how much a shared term of each counts.
const KNOWN: [(&str, u32); 4] = [
    ("authors", 1),
    ("categories", 2),
    ("series", 4),
    ("tags", 3),
];

/// The ways to sort pages, by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taxonomies(pub BTreeMap<String, Taxonomy>);

impl Default for Taxonomies {
    fn default() -> Self {
        Self(known_taxonomies())
    }
}

fn known_taxonomies() -> BTreeMap<String, Taxonomy> {
    let known = KNOWN.iter().map(|(name, weight)| {
        let taxonomy = Taxonomy {
            title: None,
            slug: SitePath::parse(name).expect("a plain name is a path"),
            feed: None,
            paginate: None,
            render: None,
            weight: *weight,
            is_named: false,
        };
        ((*name).to_owned(), taxonomy)
    });
    known.collect()
}

impl Reader<'_> {
    pub(super) fn lists(&mut self, written: ListsFile) -> Lists {
        let default = Lists::default();
        let path = written
            .paginate_path
            .and_then(|path| self.list_folder(&path));
        Lists {
            paginate: written.paginate,
            paginate_path: path.unwrap_or(default.paginate_path),
            archive: written.archive,
            related: written.related,
        }
    }

    pub(super) fn taxonomies(&mut self, written: BTreeMap<String, TaxonomyFile>) -> Taxonomies {
        let mut taxonomies = known_taxonomies();
        for (name, file) in written {
            let slug = match &file.slug {
                Some(slug) => self.list_folder(slug),
                None => SitePath::parse(&name).ok().filter(|path| !path.is_root()),
            };
            let Some(slug) = slug else { continue };
            let weight = taxonomies.get(&name).map_or(1, |known| known.weight);
            let taxonomy = Taxonomy {
                title: file.title,
                slug,
                feed: file.feed,
                paginate: file.paginate,
                render: file.render,
                weight: file.weight.unwrap_or(weight),
                is_named: true,
            };
            taxonomies.insert(name, taxonomy);
        }
        Taxonomies(taxonomies)
    }

    /// A path that is not the root.
    fn list_folder(&mut self, written: &Spanned<String>) -> Option<SitePath> {
        let path = SitePath::parse(written.get_ref().trim_matches('/')).ok();
        let path = path.filter(|path| !path.is_root());
        if path.is_none() {
            let message = format!("`{}` cannot be a folder of the site", written.get_ref());
            self.fault(written.span(), message, "write a name such as `topics`");
        }
        path
    }
}
