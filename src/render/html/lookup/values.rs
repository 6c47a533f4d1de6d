//! Pages, sections and terms as templates of other pages see them: made when one first asks, then
//! handed on to all. None of them depends on who asks.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use serde::Serialize;
use tera::Value;

use crate::render::html::lists::{TermValue, terms};
use crate::render::html::lookup::scope::Scope;
use crate::render::html::pages::{LinkValue, ListedValue, PageValue};
use crate::site::{PageId, Site, TermId};
use crate::site_path::SitePath;

/// What was asked for so far, forgotten when a text is edited.
pub(in crate::render::html) struct Memory {
    is_asked: bool,
    last: Mutex<Option<(u64, Arc<Known>)>>,
}

/// What was asked for so far of one edition of a site.
pub(in crate::render::html) struct Known {
    pages: Vec<OnceLock<Value>>,
    sections: BTreeMap<SitePath, [OnceLock<Value>; 2]>,
    taxonomies: Vec<(OnceLock<Value>, Vec<OnceLock<Value>>)>,
    pub(super) data: Mutex<BTreeMap<(SitePath, String), Value>>,
}

/// Whether the pages of a section are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// They are.
    Whole,
    /// They are not.
    WithoutPages,
}

#[derive(Serialize)]
struct SectionValue<'a> {
    title: &'a str,
    url: String,
    description: Option<String>,
    extra: BTreeMap<String, serde_json::Value>,
    pages: Vec<ListedValue>,
    sections: Vec<LinkValue>,
}

#[derive(Serialize)]
struct TaxonomyValue<'a> {
    name: &'a str,
    title: &'a str,
    url: String,
    terms: Vec<TermValue>,
}

#[derive(Serialize)]
struct WholeTermValue {
    name: String,
    url: String,
    count: usize,
    pages: Vec<ListedValue>,
}

impl Memory {
    /// Nothing is known yet; `is_asked` tells whether anybody will ask.
    pub(in crate::render::html) fn new(is_asked: bool) -> Self {
        Self {
            is_asked,
            last: Mutex::default(),
        }
    }

    /// What is known of a site as it is.
    pub(in crate::render::html) fn of(&self, site: &Site) -> Arc<Known> {
        let fresh = || match self.is_asked {
            true => Arc::new(Known::new(site)),
            false => Arc::new(Known::none()),
        };
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        match &*last {
            Some((edition, known)) if *edition == site.edition => Arc::clone(known),
            // A page of an earlier edition may still be rendered.
            Some((edition, _)) if *edition > site.edition => fresh(),
            _ => Arc::clone(&last.insert((site.edition, fresh())).1),
        }
    }
}

impl Known {
    fn new(site: &Site) -> Self {
        let taxonomies = site.taxonomies.iter();
        Self {
            pages: site.pages.iter().map(|_| OnceLock::new()).collect(),
            sections: (site.sections.keys())
                .map(|folder| (folder.clone(), Default::default()))
                .collect(),
            taxonomies: taxonomies
                .map(|taxonomy| {
                    let terms = taxonomy.terms.iter().map(|_| OnceLock::new());
                    (OnceLock::new(), terms.collect())
                })
                .collect(),
            data: Mutex::default(),
        }
    }

    fn none() -> Self {
        Self {
            pages: Vec::new(),
            sections: BTreeMap::new(),
            taxonomies: Vec::new(),
            data: Mutex::default(),
        }
    }

    /// A page, as `page` is in its own templates.
    pub(super) fn page(&self, scope: Scope<'_>, id: PageId) -> Value {
        let value = || {
            let value = PageValue::of(scope.context, scope.shared, id);
            Value::from_serializable(&value.seen_afar())
        };
        let known = self.pages.get(id.0);
        known.map_or_else(Value::none, |known| known.get_or_init(value).clone())
    }

    /// A section, by its folder.
    pub(super) fn section(&self, scope: Scope<'_>, folder: &SitePath, extent: Extent) -> Value {
        let site = scope.site();
        let (Some(section), Some(known)) = (site.sections.get(folder), self.sections.get(folder))
        else {
            return Value::none();
        };
        let value = || {
            let page = section.page.map(|id| site.page(id));
            let below = site.sections.iter();
            let below = below
                .filter(|(path, _)| !path.is_root() && path.parent() == *folder)
                .map(|(_, section)| LinkValue::new(&section.title, &section.route));
            let pages = match extent {
                Extent::Whole => section.pages.as_slice(),
                Extent::WithoutPages => &[],
            };
            Value::from_serializable(&SectionValue {
                title: &section.title,
                url: section.route.to_url(),
                description: page.and_then(|page| page.front.description.clone()),
                extra: page.map_or_else(BTreeMap::new, |page| page.front.extra.clone()),
                pages: listed(scope, pages),
                sections: below.collect(),
            })
        };
        let at = usize::from(extent == Extent::WithoutPages);
        known[at].get_or_init(value).clone()
    }

    /// A taxonomy, by its place in the site.
    pub(super) fn taxonomy(&self, scope: Scope<'_>, at: usize, title: &str) -> Value {
        let taxonomy = &scope.site().taxonomies[at];
        let value = || {
            Value::from_serializable(&TaxonomyValue {
                name: &taxonomy.name,
                title,
                url: taxonomy.route.to_url(),
                terms: terms(taxonomy),
            })
        };
        self.taxonomies[at].0.get_or_init(value).clone()
    }

    /// A term with its pages.
    pub(super) fn term(&self, scope: Scope<'_>, id: TermId) -> Value {
        let term = scope.site().term(id);
        let value = || {
            Value::from_serializable(&WholeTermValue {
                name: term.name.clone(),
                url: term.route.to_url(),
                count: term.pages.len(),
                pages: listed(scope, &term.pages),
            })
        };
        self.taxonomies[id.taxonomy].1[id.term]
            .get_or_init(value)
            .clone()
    }
}

fn listed(scope: Scope<'_>, pages: &[PageId]) -> Vec<ListedValue> {
    let root = SitePath::root();
    pages
        .iter()
        .map(|id| ListedValue::of(scope.context, *id, &root).seen_afar())
        .collect()
}
