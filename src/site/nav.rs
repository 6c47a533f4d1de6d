//! The navigation: from `SUMMARY.md`, from the nav table of `tympan.toml`, or from the folders.

use std::cmp::Reverse;
use std::sync::Arc;

use crate::config::{Kind, Nav};
use crate::diagnostic::{Diagnostic, Severity, SourceText, nearest};
use crate::site::model::{NavItem, PageId, Site};
use crate::site::sections::{Order, order};
use crate::site::summary::{SummaryItem, read_summary};
use crate::site_path::{SitePath, decode};

/// The name of the file that orders a book.
pub const SUMMARY_FILE: &str = "SUMMARY.md";

/// A file and its text.
pub(super) type TextFile = (SitePath, Arc<str>);

/// How deep the navigation goes; deeper folders are reached from their section's page.
const MAX_DEPTH: usize = 12;

/// Reads the navigation from the first of the three places that has one.
pub(super) fn read_nav(
    site: &Site,
    summary: Option<&TextFile>,
    config: Option<&TextFile>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<NavItem> {
    if let (false, Some((path, text))) = (site.config.nav.is_empty(), config) {
        let source = SourceText::new(path, text);
        let items = site
            .config
            .nav
            .iter()
            .filter_map(|entry| from_config(site, entry, &source, diagnostics));
        return number(site.kind, items.collect());
    }
    if let Some(summary) = summary {
        return from_summary(site, summary, diagnostics);
    }
    number(site.kind, from_folder(site, &SitePath::root(), 0))
}

/// Reads a summary file as chapters, numbered where they stand in a list.
pub(super) fn from_summary(
    site: &Site,
    (path, text): &TextFile,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<NavItem> {
    let source = SourceText::new(path, text);
    let items = read_summary(text);
    let mut count = 0;
    items
        .iter()
        .map(|item| chapter(site, path, item, "", &mut count, &source, diagnostics))
        .collect()
}

/// A translation's navigation that was written for the work: a page that is translated goes by
/// its own title there.
pub(super) fn retitled(site: &Site, items: Vec<NavItem>) -> Vec<NavItem> {
    let one = |mut item: NavItem| {
        let page = item.page.map(|id| site.page(id));
        if let Some(page) = page.filter(|page| !site.is_fallback(page)) {
            item.title.clone_from(&page.title);
        }
        item.children = retitled(site, item.children);
        item
    };
    items.into_iter().map(one).collect()
}

fn chapter(
    site: &Site,
    summary: &SitePath,
    item: &SummaryItem,
    above: &str,
    count: &mut usize,
    source: &SourceText<'_>,
    diagnostics: &mut Vec<Diagnostic>,
) -> NavItem {
    let number = item.numbered.then(|| {
        *count += 1;
        format!("{above}{count}")
    });
    let page = item.target.as_deref().and_then(|target| {
        let target = decode(target.split('#').next().unwrap_or(""));
        let path = summary.resolve_beside(&target).ok();
        let page = path.as_ref().and_then(|path| site.page_at(path));
        if page.is_none() {
            let message = format!("the chapter `{target}` does not exist");
            let found =
                source.diagnostic("nav-missing", Severity::Error, item.span.clone(), message);
            diagnostics.push(suggest(site, found, path.as_ref()));
        }
        page
    });
    let below = number
        .as_ref()
        .map_or(String::new(), |number| format!("{number}."));
    let mut count = 0;
    let children = item
        .children
        .iter()
        .map(|child| {
            chapter(
                site,
                summary,
                child,
                &below,
                &mut count,
                source,
                diagnostics,
            )
        })
        .collect();
    NavItem {
        title: item.title.trim().to_owned(),
        page,
        section: None,
        number,
        part: item.part,
        children,
    }
}

fn from_config(
    site: &Site,
    entry: &Nav,
    source: &SourceText<'_>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<NavItem> {
    let path = entry.page.as_ref().map(|page| site.content.join(page));
    let page = path.as_ref().and_then(|path| site.page_at(path));
    if let (Some(path), None) = (&path, page) {
        let message = format!("the page `{path}` does not exist");
        let found = source.diagnostic("nav-missing", Severity::Error, entry.span.clone(), message);
        diagnostics.push(suggest(site, found, Some(path)));
        if entry.pages.is_empty() {
            return None;
        }
    }
    let children: Vec<NavItem> = entry
        .pages
        .iter()
        .filter_map(|entry| from_config(site, entry, source, diagnostics))
        .collect();
    let own = entry
        .title
        .clone()
        .or_else(|| page.map(|page| site.page(page).title.clone()));
    let title = own.or_else(|| children.first().map(|child| child.title.clone()))?;
    Some(NavItem {
        title,
        page,
        children,
        ..NavItem::default()
    })
}

fn suggest(site: &Site, found: Diagnostic, path: Option<&SitePath>) -> Diagnostic {
    let paths = || site.pages.iter().map(|page| page.path.as_str());
    match path.and_then(|path| nearest(path.as_str(), paths())) {
        Some(near) => found.help(format!("did you mean `{near}`?")),
        None => found.help("correct the path, or add the page"),
    }
}

fn from_folder(site: &Site, folder: &SitePath, depth: usize) -> Vec<NavItem> {
    let mut items = entries(site, folder, depth);
    items.sort_by(|a, b| a.0.cmp(&b.0));
    items.into_iter().map(|(_, item)| item).collect()
}

/// The entries of a folder with what decides their order; those of a transparent section below it
/// stand among them.
fn entries(site: &Site, folder: &SitePath, depth: usize) -> Vec<(Order, NavItem)> {
    let Some(section) = site.sections.get(folder) else {
        return Vec::new();
    };
    let is_site = site.kind == Kind::Site;
    let loose = |id: &&PageId| !(is_site && site.page(**id).front.date.is_some());
    let own = site
        .sections
        .get(&SitePath::root())
        .and_then(|root| root.page);
    let pages = section
        .pages
        .iter()
        .filter(loose)
        .filter(|id| Some(**id) != own)
        .map(|id| {
            let page = site.page(*id);
            (order(page), NavItem::of_page(page.short_title(), *id))
        });
    let below = site
        .sections
        .iter()
        .filter(|(path, _)| !path.is_root() && path.parent() == *folder);
    let sections = below.flat_map(|(path, section)| {
        if section.rules.transparent && depth < MAX_DEPTH {
            return entries(site, path, depth + 1);
        }
        let deep = !is_site && depth < MAX_DEPTH;
        let children = if deep {
            from_folder(site, path, depth + 1)
        } else {
            Vec::new()
        };
        let key = match section.page {
            Some(page) => order(site.page(page)),
            None => (i64::MAX, Reverse(i64::MIN), section.route.clone()),
        };
        let listed = section.page.is_none().then(|| path.clone());
        let item = NavItem {
            title: match section.page {
                Some(page) => site.page(page).short_title().to_owned(),
                None => section.title.clone(),
            },
            page: section.page,
            section: listed,
            children,
            ..NavItem::default()
        };
        vec![(key, item)]
    });
    pages.chain(sections).collect()
}

/// Gives the chapters of a book their numbers.
fn number(kind: Kind, mut items: Vec<NavItem>) -> Vec<NavItem> {
    fn walk(items: &mut [NavItem], above: &str) {
        for (at, item) in items.iter_mut().enumerate() {
            let number = format!("{above}{}", at + 1);
            walk(&mut item.children, &format!("{number}."));
            item.number = Some(number);
        }
    }
    if kind == Kind::Book {
        walk(&mut items, "");
    }
    items
}
