//! The menus that the project configures, as templates see them.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::config::{CONFIG_FILE, MenuEntry, MenuTarget};
use crate::diagnostic::{Diagnostic, Severity, SourceText};
use crate::repo::Snapshot;
use crate::site::Site;
use crate::site_path::SitePath;

/// An entry of a menu in templates.
#[derive(Serialize)]
pub(super) struct MenuValue {
    title: String,
    /// Relative to the root of the site, unless it is absolute.
    url: Option<String>,
    absolute: bool,
    entries: Vec<MenuValue>,
}

/// `site.menus` in templates.
pub(super) fn menus(site: &Site) -> BTreeMap<&str, Vec<MenuValue>> {
    let menus = site.config.menus.iter();
    menus
        .map(|(name, entries)| (name.as_str(), values(site, entries)))
        .collect()
}

fn values(site: &Site, entries: &[MenuEntry]) -> Vec<MenuValue> {
    let value = |entry: &MenuEntry| {
        let (title, url, absolute) = match &entry.to {
            MenuTarget::Page(path) => {
                let page = site.page(site.page_at(&site.content.join(path))?);
                (page.title.clone(), Some(page.route.to_url()), false)
            }
            MenuTarget::Url(url) => (String::new(), Some(url.clone()), true),
            MenuTarget::Nowhere => (String::new(), None, false),
        };
        Some(MenuValue {
            title: entry.title.clone().unwrap_or(title),
            url,
            absolute,
            entries: values(site, &entry.entries),
        })
    };
    entries.iter().filter_map(value).collect()
}

/// Entries that name a page which is not there.
pub(super) fn faults(site: &Site, snapshot: &Snapshot) -> Vec<Diagnostic> {
    let config = SitePath::parse(CONFIG_FILE).expect("a plain name is a path");
    let mut missing = Vec::new();
    for entries in site.config.menus.values() {
        collect(site, entries, &mut missing);
    }
    if missing.is_empty() {
        return Vec::new();
    }
    let bytes = snapshot.read(&config).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let source = SourceText::new(&config, &text);
    let found = |(path, entry): (&SitePath, &MenuEntry)| {
        let message = format!("the menu names `{path}`, which is no page");
        let span = entry.span.clone();
        let found = source.diagnostic("menu-missing", Severity::Error, span, message);
        found.help("write the path of a page, from the content folder")
    };
    missing.into_iter().map(found).collect()
}

fn collect<'a>(
    site: &Site,
    entries: &'a [MenuEntry],
    missing: &mut Vec<(&'a SitePath, &'a MenuEntry)>,
) {
    for entry in entries {
        if let MenuTarget::Page(path) = &entry.to
            && site.page_at(&site.content.join(path)).is_none()
        {
            missing.push((path, entry));
        }
        collect(site, &entry.entries, missing);
    }
}
