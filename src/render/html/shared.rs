//! What every page of a site shows: built once, shared by handle, never copied for a page.

use std::collections::BTreeMap;

use serde::Serialize;
use tera::Value;

use crate::config::Kind;
use crate::render::html::menus::{MenuValue, menus};
use crate::render::html::sidebar::{Sidebar, Words};
use crate::render::html::theme::Theme;
use crate::render::html::whole::{archive_route, contents_route, print_route};
use crate::site::{NavItem, PageId, Site, url_of};
use crate::site_path::SitePath;

/// What every page of a site shows.
pub(super) struct Shared {
    /// `site` in templates.
    pub(super) site: Value,
    /// `strings` in templates.
    pub(super) strings: Value,
    /// `style` in templates.
    pub(super) style: Value,
    /// `integrity` in templates.
    pub(super) integrity: Value,
    /// `look` in templates.
    pub(super) look: Value,
    /// `script` in templates.
    pub(super) script: Value,
    /// `boot` in templates.
    pub(super) boot: Value,
    /// The navigation beside the text; none where the bar holds it.
    pub(super) sidebar: Sidebar,
    has_side: bool,
    /// For each page that the navigation lists: the entries above it.
    trails: BTreeMap<PageId, Trail>,
    /// The pages in reading order.
    order: Vec<PageId>,
    /// Each page's place in the order.
    places: BTreeMap<PageId, usize>,
}

/// Where a page stands in the navigation.
#[derive(Clone, Default)]
pub(super) struct Trail {
    /// The entries above, from the top.
    pub(super) above: Vec<Crumb>,
    /// Its number.
    pub(super) number: Option<String>,
}

/// One entry above a page.
#[derive(Clone, Serialize)]
pub(super) struct Crumb {
    /// The title.
    pub(super) title: String,
    /// The address relative to the site's root.
    pub(super) url: Option<String>,
}

#[derive(Serialize)]
struct SiteValue<'a> {
    title: &'a str,
    description: Option<&'a str>,
    language: &'a str,
    dir: &'static str,
    kind: Kind,
    base_url: Option<&'a str>,
    copyright: Option<&'a str>,
    home: &'static str,
    feed: Option<&'static str>,
    contents: Option<String>,
    print: Option<String>,
    archive: Option<String>,
    nav: Vec<NavValue<'a>>,
    menus: BTreeMap<&'a str, Vec<MenuValue>>,
    documents: Vec<DocumentValue<'a>>,
    authors: &'a [String],
    generator: &'static str,
}

#[derive(Serialize)]
struct NavValue<'a> {
    title: &'a str,
    url: Option<String>,
    number: Option<&'a str>,
    part: bool,
    children: Vec<NavValue<'a>>,
}

#[derive(Serialize)]
struct DocumentValue<'a> {
    title: &'a str,
    kind: &'static str,
    url: String,
}

impl Shared {
    pub(super) fn new(site: &Site, theme: &Theme) -> Self {
        let project = &site.config.project;
        let value = SiteValue {
            title: &site.title,
            description: project.description.as_deref(),
            language: &project.language,
            dir: project.direction(),
            kind: site.kind,
            base_url: project.base_url.as_deref(),
            copyright: project.copyright.as_deref(),
            home: "index.html",
            feed: super::feeds::has_feed(site).then_some("feed.xml"),
            contents: contents_route(site).map(|route| route.to_url()),
            print: print_route(site).map(|route| route.to_url()),
            archive: archive_route(site).map(|route| route.to_url()),
            nav: site.nav.iter().map(|item| nav_value(site, item)).collect(),
            menus: menus(site),
            documents: site.documents.iter().flat_map(document_values).collect(),
            authors: &project.authors,
            generator: concat!("tympan ", env!("CARGO_PKG_VERSION")),
        };
        let mut trails = BTreeMap::new();
        walk(site, &site.nav, &mut Vec::new(), &mut trails);
        let words = Words {
            pages_in: theme.string("pages_in").to_owned(),
            more: theme.string("more").to_owned(),
        };
        let sidebar = Sidebar::new(site, words, contents_route(site).is_some());
        let order: Vec<PageId> = match site.kind {
            Kind::Site => Vec::new(),
            _ => site.nav.iter().flat_map(NavItem::pages).collect(),
        };
        let places = order
            .iter()
            .enumerate()
            .rev()
            .map(|(at, id)| (*id, at))
            .collect();
        Self {
            site: Value::from_serializable(&value),
            strings: Value::from_serializable(&theme.strings),
            style: Value::from_serializable(&site.url_in_release(&theme.style.path)),
            script: Value::from_serializable(&site.url_in_release(&theme.script.path)),
            integrity: Value::from_serializable(&theme.integrity),
            look: Value::from_serializable(&theme.look),
            boot: Value::from_serializable(&site.url_in_release(&theme.boot.path)),
            sidebar,
            has_side: matches!(site.kind, Kind::Docs | Kind::Book),
            trails,
            order,
            places,
        }
    }

    /// The navigation beside the page at `url`; `root` leads from there to the root of the site.
    pub(super) fn nav_beside(&self, url: &str, root: &str) -> String {
        match self.has_side && !self.sidebar.is_empty() {
            true => self.sidebar.beside(url, root),
            false => String::new(),
        }
    }

    /// Where a page stands.
    pub(super) fn trail(&self, id: PageId) -> Trail {
        self.trails.get(&id).cloned().unwrap_or_default()
    }

    /// The pages before and after one in reading order.
    pub(super) fn neighbours(&self, id: PageId) -> (Option<PageId>, Option<PageId>) {
        let Some(at) = self.places.get(&id) else {
            return (None, None);
        };
        let before = at.checked_sub(1).and_then(|at| self.order.get(at));
        (before.copied(), self.order.get(at + 1).copied())
    }
}

/// The absolute address of a file of the site, if the project has one.
pub(in crate::render) fn canonical(site: &Site, route: &SitePath) -> Option<String> {
    let base = site.config.project.base_url.as_deref()?;
    let url = url_of(&SitePath::parse(&route.to_url()).ok()?);
    Some(format!("{}{url}", base.trim_end_matches('/')))
}

/// The address of an entry: of its page, or of the list of its folder.
pub(super) fn nav_url(site: &Site, item: &NavItem) -> Option<String> {
    let page = item.page.map(|id| &site.page(id).route);
    let section = || Some(&site.sections.get(item.section.as_ref()?)?.route);
    page.or_else(section).map(SitePath::to_url)
}

fn nav_value<'a>(site: &'a Site, item: &'a NavItem) -> NavValue<'a> {
    NavValue {
        title: &item.title,
        url: nav_url(site, item),
        number: item.number.as_deref(),
        part: item.part,
        children: item
            .children
            .iter()
            .map(|child| nav_value(site, child))
            .collect(),
    }
}

fn document_values(document: &crate::site::Document) -> impl Iterator<Item = DocumentValue<'_>> {
    document
        .formats
        .iter()
        .filter(|format| super::renderer::is_built(**format))
        .map(|format| DocumentValue {
            title: &document.title,
            kind: format.name(),
            url: document.route(*format).to_url(),
        })
}

fn walk(
    site: &Site,
    items: &[NavItem],
    above: &mut Vec<Crumb>,
    trails: &mut BTreeMap<PageId, Trail>,
) {
    for item in items {
        if let Some(page) = item.page {
            let trail = || Trail {
                above: above.clone(),
                number: item.number.clone(),
            };
            trails.entry(page).or_insert_with(trail);
        }
        above.push(Crumb {
            title: item.title.clone(),
            url: nav_url(site, item),
        });
        walk(site, &item.children, above, trails);
        above.pop();
    }
}
