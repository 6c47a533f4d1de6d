//! Folders as sections, and the order in which their pages are listed.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::site::addresses::humanize;
use crate::site::front_matter::{ListRules, SortBy};
use crate::site::model::{PageId, Section, Site};
use crate::site::page::Page;
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
                    rules: page.map_or_else(ListRules::default, |page| {
                        site.page(page).front.list.clone()
                    }),
                    paginate_path: page.and_then(|page| {
                        let path = site.page(page).front.list.paginate_path.as_deref()?;
                        let path = SitePath::parse(path.trim_matches('/')).ok()?;
                        Some(path).filter(|path| !path.is_root())
                    }),
                    page,
                    pages: Vec::new(),
                    listed: Vec::new(),
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
        sort(site, &mut section.pages, &section.rules);
    }
    list(site, &mut sections);
    sections
}

/// Fills in what each section lists: its pages and those that the sections below hand up, then the
/// pages of the other sections right below.
fn list(site: &Site, sections: &mut BTreeMap<SitePath, Section>) {
    let mut handed: BTreeMap<SitePath, Vec<PageId>> = BTreeMap::new();
    let mut below: BTreeMap<SitePath, Vec<PageId>> = BTreeMap::new();
    // The folders of a map stand before what is in them, so from its end the lowest come first.
    let folders: Vec<SitePath> = sections.keys().rev().cloned().collect();
    for folder in folders {
        let Some(section) = sections.get_mut(&folder) else {
            continue;
        };
        let mut listed = section.pages.clone();
        if let Some(more) = handed.remove(&folder) {
            listed.extend(more);
            sort(site, &mut listed, &section.rules);
        }
        let parent = folder.parent();
        if section.rules.transparent && !folder.is_root() {
            handed.entry(parent).or_default().extend(&listed);
        } else if let (Some(page), false) = (section.page, folder.is_root()) {
            below.entry(parent).or_default().push(page);
        }
        let mut sections_below = below.remove(&folder).unwrap_or_default();
        sections_below.reverse();
        listed.extend(sections_below);
        section.listed = listed;
    }
}

/// Puts pages in the order that a section wants.
fn sort(site: &Site, pages: &mut [PageId], rules: &ListRules) {
    let page = |id: &PageId| site.page(*id);
    let date = |id: &PageId| Reverse(page(id).front.date.map_or(i64::MIN, |date| date.seconds()));
    let route = |id: &PageId| page(id).route.clone();
    match rules.sort_by.unwrap_or_default() {
        SortBy::Weight => pages.sort_by_cached_key(|id| order(page(id))),
        SortBy::Date => pages.sort_by_cached_key(|id| (date(id), route(id))),
        SortBy::Updated => pages.sort_by_cached_key(|id| {
            let updated = page(id).front.updated.or(page(id).front.date);
            (Reverse(updated.map(|date| date.seconds())), route(id))
        }),
        SortBy::Title => {
            pages.sort_by_cached_key(|id| (page(id).title.to_lowercase(), route(id)));
        }
        SortBy::Slug => pages.sort_by_cached_key(route),
    }
    if rules.reversed {
        pages.reverse();
    }
}

/// What decides the order of a list.
pub(super) type Order = (i64, Reverse<i64>, SitePath);

/// Light pages first, then the newest, then by route.
pub(super) fn order(page: &Page) -> Order {
    let date = page.front.date.map_or(i64::MIN, |date| date.seconds());
    (
        page.front.weight.unwrap_or(i64::MAX),
        Reverse(date),
        page.route.clone(),
    )
}

#[cfg(test)]
mod tests {
    use crate::site::test_site::{site, urls};
    use crate::site_path::SitePath;

    #[track_caller]
    fn listed(rules: &str, expected: &str) {
        let index = format!("---\n{rules}\n---\n# S\n");
        let site = site(&[
            ("content/s/_index.md", index.as_str()),
            (
                "content/s/a.md",
                "---\ntitle: Zebra\ndate: 2026-01-01\nweight: 2\n---\n",
            ),
            (
                "content/s/b.md",
                "---\ntitle: apple\ndate: 2026-03-01\nweight: 3\n---\n",
            ),
            (
                "content/s/c.md",
                "---\ntitle: Mango\ndate: 2026-02-01\nupdated: 2026-04-01\nweight: 1\n---\n",
            ),
            ("content/s/t/_index.md", "---\ntransparent: true\n---\n"),
            (
                "content/s/t/d.md",
                "---\ntitle: Nut\ndate: 2026-02-15\n---\n",
            ),
            ("content/s/u/_index.md", "# U\n"),
            ("content/s/u/e.md", "# E\n"),
        ]);
        let section = &site.sections[&SitePath::parse("s").unwrap()];
        let urls = urls(&site, &section.listed).join(" ");
        assert_eq!(urls.replace("/s/", ""), expected);
    }

    #[test]
    fn a_section_says_how_its_pages_are_listed() {
        listed("", "c/ a/ b/ t/d/ u/");
        listed("sort_by: date", "b/ t/d/ c/ a/ u/");
        listed("sort_by: update_date", "c/ b/ t/d/ a/ u/");
        listed("sort_by: title", "b/ c/ t/d/ a/ u/");
        listed("sort_by: slug\nreversed: true", "t/d/ c/ b/ a/ u/");
    }
}
