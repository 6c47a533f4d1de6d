//! `llms.txt` (llmstxt.org): the site on one page, for programs that read text.

use std::fmt::Write as _;

use crate::render::html::canonical;
use crate::render::machines::source::markdown_route;
use crate::site::{NavItem, PageId, Site};
use crate::site_path::SitePath;

/// The title, a sentence, and every page with its address, by section.
pub(super) fn llms(site: &Site) -> String {
    let mut text = format!("# {}\n", one_line(&site.title));
    if let Some(description) = &site.config.project.description {
        let _ = write!(text, "\n> {}\n", one_line(description));
    }
    let (sections, loose): (Vec<&NavItem>, Vec<&NavItem>) =
        site.nav.iter().partition(|item| !item.children.is_empty());
    let mut listed = Vec::new();
    let mut pages: Vec<PageId> = loose.iter().flat_map(|item| item.pages()).collect();
    let home = SitePath::parse("index.html").expect("a plain name is a path");
    let home = site.page_routed(&home);
    if let Some(home) = home.filter(|home| !site.nav.iter().any(|item| item.pages().contains(home)))
    {
        pages.insert(0, home);
    }
    section(site, "Pages", &pages, &mut text);
    listed.extend(pages);
    for item in sections {
        let pages = item.pages();
        section(site, &item.title, &pages, &mut text);
        listed.extend(pages);
    }
    listed.sort_unstable();
    let rest: Vec<PageId> = site
        .pages_with_ids()
        .filter(|(id, page)| listed.binary_search(id).is_err() && page.route.as_str() != "404.html")
        .map(|(id, _)| id)
        .collect();
    section(site, "Optional", &rest, &mut text);
    text
}

fn section(site: &Site, title: &str, pages: &[PageId], text: &mut String) {
    if pages.is_empty() {
        return;
    }
    let _ = write!(text, "\n## {}\n\n", one_line(title));
    for id in pages {
        let page = site.page(*id);
        let route = match site.config.html.markdown {
            true => markdown_route(&page.route),
            false => page.route.clone(),
        };
        let url = canonical(site, &route).unwrap_or_else(|| route.to_url());
        let title = one_line(&page.title).replace(['[', ']'], "");
        let _ = write!(text, "- [{title}]({url})");
        let about = page.front.description.as_deref().map(one_line);
        if let Some(about) = about.filter(|about| !about.is_empty()) {
            let _ = write!(text, ": {about}");
        }
        text.push('\n');
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
