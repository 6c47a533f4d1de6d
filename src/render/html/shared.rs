//! What every page of a site shows: built once, shared by handle, never copied for a page.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;
use tera::Value;

use crate::config::Kind;
use crate::render::brand::Cards;
use crate::render::context::{Sizes, Workbench};
use crate::render::html::downloads::{DocumentValue, downloads};
use crate::render::html::lists::{TermValue, frequent, title_of};
use crate::render::html::menus::{MenuValue, menus};
use crate::render::html::redirects::{Moved, moved};
use crate::render::html::sidebar::{Sidebar, Words};
use crate::render::html::theme::Theme;
use crate::render::html::whole::{archive_route, contents_route, print_route};
use crate::site::{Feed, ListId, NavItem, PageId, Section, Site, address_of};
use crate::site_path::SitePath;

/// What every page of a site shows.
pub(super) struct Shared {
    /// `site` in templates.
    pub(super) site: Value,
    /// `documents` in templates, on all pages but the front page.
    pub(super) documents: Value,
    /// How large the documents became.
    pub(super) sizes: Arc<Sizes>,
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
    /// The pictures that are shown where a page is shared.
    pub(super) cards: Cards,
    /// The navigation beside the text; none where the bar holds it.
    pub(super) sidebar: Sidebar,
    has_side: bool,
    /// The fragments that lead elsewhere.
    pub(super) moved: Moved,
    /// For each page that the navigation lists: the entries above it.
    trails: BTreeMap<PageId, Trail>,
    /// For each page that stands in an order: the pages before and after it.
    turns: BTreeMap<PageId, (Option<PageId>, Option<PageId>)>,
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
    contents: Option<String>,
    print: Option<String>,
    archive: Option<String>,
    feed: Option<String>,
    feeds: Vec<FeedLink>,
    data: &'a serde_json::Value,
    nav: Vec<NavValue<'a>>,
    tags: Vec<TermValue>,
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

impl Shared {
    pub(super) fn new(site: &Site, theme: &Theme, bench: &Workbench) -> Self {
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
            contents: contents_route(site).map(|route| route.to_url()),
            print: print_route(site).map(|route| route.to_url()),
            archive: archive_route(site).map(|route| route.to_url()),
            feed: site.feeds_of(None).first().map(|feed| feed.route.to_url()),
            feeds: feed_links(site, None),
            data: &site.data,
            nav: site.nav.iter().map(|item| nav_value(site, item)).collect(),
            tags: frequent(site, "tags"),
            menus: menus(site),
            documents: downloads(site, None),
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
        let orders: Vec<Vec<PageId>> = match site.kind {
            Kind::Site => posts(site),
            _ => vec![site.nav.iter().flat_map(NavItem::pages).collect()],
        };
        let mut turns = BTreeMap::new();
        for order in &orders {
            for (at, id) in order.iter().enumerate() {
                let before = at.checked_sub(1).map(|before| order[before]);
                let turn = (before, order.get(at + 1).copied());
                turns.entry(*id).or_insert(turn);
            }
        }
        Self {
            site: Value::from_serializable(&value),
            documents: Value::from_serializable(&downloads(site, None)),
            sizes: Arc::clone(&bench.sizes),
            strings: Value::from_serializable(&theme.strings),
            style: Value::from_serializable(&site.url_in_release(&theme.style.path)),
            script: Value::from_serializable(&site.url_in_release(&theme.script.path)),
            integrity: Value::from_serializable(&theme.integrity),
            look: Value::from_serializable(&theme.look),
            boot: Value::from_serializable(&site.url_in_release(&theme.boot.path)),
            cards: Cards::default(),
            sidebar,
            has_side: matches!(site.kind, Kind::Docs | Kind::Book),
            moved: moved(site),
            trails,
            turns,
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
        self.turns.get(&id).copied().unwrap_or_default()
    }
}

/// A feed, for the head of a page.
#[derive(Serialize)]
pub(super) struct FeedLink {
    title: String,
    url: String,
    r#type: &'static str,
}

/// The feeds of a list, or of the whole site.
pub(super) fn feed_links(site: &Site, list: Option<&ListId>) -> Vec<FeedLink> {
    let title = match list {
        Some(list) => format!("{} · {}", title_of(site, list), site.title),
        None => site.title.clone(),
    };
    let link = |feed: Feed| FeedLink {
        title: title.clone(),
        url: feed.route.to_url(),
        r#type: feed.format.media_type(),
    };
    site.feeds_of(list).into_iter().map(link).collect()
}

/// The dated pages of each section, the oldest first.
fn posts(site: &Site) -> Vec<Vec<PageId>> {
    let handed_up = |section: &&Section| !section.rules.transparent;
    let dated = |section: &Section| {
        let pages = section.listed.iter().copied();
        let mut dated: Vec<PageId> = pages
            .filter(|id| site.page(*id).front.date.is_some())
            .collect();
        dated.sort_by_cached_key(|id| (site.page(*id).front.date, site.page(*id).route.clone()));
        dated
    };
    site.sections
        .values()
        .filter(handed_up)
        .map(dated)
        .collect()
}

/// The absolute address of a file of the site, if the project has one.
pub(in crate::render) fn canonical(site: &Site, route: &SitePath) -> Option<String> {
    let base = site.config.project.base_url.as_deref()?;
    let mut url = base.trim_end_matches('/').to_owned();
    url.push_str(&address_of(&route.to_url()));
    Some(url)
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
