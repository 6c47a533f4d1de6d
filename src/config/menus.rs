//! Menus, `[[menus.main]]`: as written, as meant, and the way from one to the other.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::Deserialize;

use crate::config::read::Reader;
use crate::site_path::SitePath;

/// Menus by name.
pub type Menus = BTreeMap<String, Vec<MenuEntry>>;

/// One entry of a menu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MenuEntry {
    /// The title; the page's own if absent.
    pub title: Option<String>,
    /// Where it leads.
    pub to: MenuTarget,
    /// The bytes of `tympan.toml` that name where it leads.
    pub span: Range<usize>,
    /// The entries below.
    pub entries: Vec<MenuEntry>,
}

/// Where an entry leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MenuTarget {
    /// To a page, relative to the content folder.
    Page(SitePath),
    /// To an absolute address.
    Url(String),
    /// Nowhere; it is the head of those below.
    Nowhere,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct MenuEntryFile {
    title: Option<String>,
    page: Option<String>,
    url: Option<String>,
    weight: i64,
    entries: Vec<MenuEntryFile>,
}

impl Reader<'_> {
    pub(super) fn menus(&mut self, written: BTreeMap<String, Vec<MenuEntryFile>>) -> Menus {
        let menu = |(name, entries)| (name, self.menu(entries));
        written.into_iter().map(menu).collect()
    }

    fn menu(&mut self, mut written: Vec<MenuEntryFile>) -> Vec<MenuEntry> {
        written.sort_by_key(|entry| entry.weight);
        let entries = written.into_iter();
        entries.filter_map(|entry| self.menu_entry(entry)).collect()
    }

    fn menu_entry(&mut self, written: MenuEntryFile) -> Option<MenuEntry> {
        let named = written.page.as_ref().or(written.url.as_ref());
        let span = named.map_or(0..0, |named| self.find(named));
        let to = match (written.page, written.url) {
            (Some(page), None) => MenuTarget::Page(self.path_at(&page, span.clone())?),
            (None, Some(url)) => {
                let known = ["https://", "http://", "mailto:"];
                if !known.iter().any(|scheme| url.starts_with(scheme)) {
                    let message = format!("`{url}` is not an absolute address");
                    self.fault(span, message, "name a page of yours with `page`");
                    return None;
                }
                MenuTarget::Url(url)
            }
            (None, None) => MenuTarget::Nowhere,
            (Some(_), Some(_)) => {
                self.fault(
                    span,
                    "an entry leads to a page or to an address",
                    "remove one",
                );
                return None;
            }
        };
        if written.title.is_none() && !matches!(to, MenuTarget::Page(_)) {
            let message = "an entry that leads to no page needs a title";
            self.fault(span, message, "add `title = \"…\"`");
            return None;
        }
        Some(MenuEntry {
            title: written.title,
            to,
            span,
            entries: self.menu(written.entries),
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::config::{MenuTarget, read_config};
    use crate::site_path::SitePath;

    #[test]
    fn a_menu_stands_in_the_order_of_its_weights() {
        let text = "[[menus.main]]\npage = \"about.md\"\nweight = 2\n\
                    [[menus.main]]\ntitle = \"Code\"\nurl = \"https://forge.example/\"\nweight = 1\n\
                    [[menus.main]]\ntitle = \"X\"\nurl = \"javascript:alert(1)\"\n";
        let path = SitePath::parse("tympan.toml").unwrap();
        let (config, found) = read_config(&path, text);
        let main = &config.menus["main"];
        assert_eq!(main.len(), 2);
        assert_eq!(
            main[0].to,
            MenuTarget::Url("https://forge.example/".to_owned())
        );
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].place.as_ref().unwrap().line, 10);
    }
}
