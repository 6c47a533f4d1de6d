//! Folders as sections, and tags: the two ways in which pages are listed.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::markdown::slug;
use crate::site::model::{PageId, Section, Site, Tag};
use crate::site::page::{Page, humanize};
use crate::site_path::SitePath;

/// Groups pages by folder. A folder with nothing but an index is a page with its own files, a
/// bundle, and belongs to the section above.
pub(super) fn read_sections(site: &Site) -> BTreeMap<SitePath, Section> {
    let mut indexes: BTreeMap<SitePath, PageId> = BTreeMap::new();
    let mut folders: BTreeSet<SitePath> = BTreeSet::from([SitePath::root()]);
    let folder_of = |page: &Page| page.place.parent();
    for (id, page) in site.pages_with_ids() {
        let folder = folder_of(page);
        let owns = page.is_index() && !indexes.contains_key(&folder);
        if owns {
            indexes.insert(folder.clone(), id);
        }
        // A folder counts when it holds a page that is not its index, or a folder that does.
        let mut above = if owns {
            folder.parent()
        } else {
            folder.clone()
        };
        while folders.insert(above.clone()) {
            above = above.parent();
        }
    }
    let mut sections: BTreeMap<SitePath, Section> = folders
        .into_iter()
        .map(|folder| {
            let page = indexes.get(&folder).copied();
            let title = match page {
                Some(page) => site.page(page).title.clone(),
                None => humanize(folder.file_name()),
            };
            let route = match page {
                Some(page) => site.page(page).route.clone(),
                None => folder
                    .resolve("index.html")
                    .expect("a plain name stays inside"),
            };
            (
                folder,
                Section {
                    route,
                    title,
                    page,
                    pages: Vec::new(),
                },
            )
        })
        .collect();
    for (id, page) in site.pages_with_ids() {
        let folder = folder_of(page);
        let own = indexes.get(&folder) == Some(&id);
        let home = match (own, sections.contains_key(&folder)) {
            (true, true) => continue,
            (true, false) => folder.parent(),
            (false, _) => folder,
        };
        if let Some(section) = sections.get_mut(&home) {
            section.pages.push(id);
        }
    }
    for section in sections.values_mut() {
        section.pages.sort_by_key(|id| order(site.page(*id)));
    }
    sections
}

/// Light pages first, then the newest, then by route.
pub(super) fn order(page: &Page) -> (i64, Reverse<i64>, SitePath) {
    let date = page.front.date.map_or(i64::MIN, |date| date.seconds());
    (
        page.front.weight.unwrap_or(i64::MAX),
        Reverse(date),
        page.route.clone(),
    )
}

/// Gathers the tags of all pages. Spellings that differ in case only are one tag.
pub(super) fn read_tags(site: &Site) -> Vec<Tag> {
    let mut tags: BTreeMap<String, Tag> = BTreeMap::new();
    for (id, page) in site.pages_with_ids() {
        for name in &page.front.tags {
            let slug = slug(name);
            let route = SitePath::parse(&format!("tags/{slug}/index.html"));
            let Ok(route) = route else { continue };
            let tag = tags.entry(slug).or_insert_with(|| Tag {
                name: name.clone(),
                route,
                pages: Vec::new(),
            });
            if !tag.pages.contains(&id) {
                tag.pages.push(id);
            }
        }
    }
    let mut tags: Vec<Tag> = tags.into_values().collect();
    for tag in &mut tags {
        tag.pages.sort_by_key(|id| {
            let page = site.page(*id);
            (
                Reverse(page.front.date.map(|date| date.seconds())),
                page.route.clone(),
            )
        });
    }
    tags
}
