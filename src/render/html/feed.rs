//! Feeds: the newest pages of a list, for readers of feeds. What an entry says is gathered here;
//! `feed_formats` writes it down.

use std::borrow::Cow;

use crate::config::FeedContent;
use crate::render::context::RenderContext;
use crate::render::dom::{Element, Verdict, parse_fragment};
use crate::render::html::body::render_body;
use crate::render::html::feed_formats::write;
use crate::render::html::lists::title_of;
use crate::render::html::shared::canonical;
use crate::render::html::theme::Theme;
use crate::site::{Date, Feed, Page, PageId, Site, url_of};
use crate::site_path::SitePath;

/// What a feed says, in any format.
pub(super) struct FeedValue {
    pub(super) title: String,
    pub(super) description: Option<String>,
    pub(super) language: String,
    /// The page that it follows.
    pub(super) home: String,
    /// Its own address.
    pub(super) own: String,
    pub(super) updated: Option<Date>,
    pub(super) entries: Vec<EntryValue>,
}

/// One page in a feed.
pub(super) struct EntryValue {
    pub(super) title: String,
    pub(super) url: String,
    pub(super) published: Date,
    pub(super) updated: Date,
    pub(super) authors: Vec<String>,
    pub(super) tags: Vec<String>,
    pub(super) summary: String,
    /// All of its text as HTML, with absolute addresses.
    pub(super) content: Option<String>,
}

/// Renders a feed.
pub(super) fn feed(context: &RenderContext<'_>, theme: &Theme, feed: &Feed) -> String {
    let site = context.site;
    let base = site.config.project.base_url.as_deref().unwrap_or_default();
    let pages = site.feed_pages(feed.list.as_ref());
    let entries: Vec<EntryValue> = pages
        .into_iter()
        .filter_map(|id| entry(context, theme, id))
        .collect();
    let list = feed.list.as_ref();
    let route = list.and_then(|id| site.list(id).map(|list| list.route.clone()));
    let home = route.and_then(|route| canonical(site, &route));
    let title = match list {
        Some(list) => format!("{} · {}", title_of(site, list), site.title),
        None => site.title.clone(),
    };
    let value = FeedValue {
        title,
        description: site.config.project.description.clone(),
        language: site.config.project.language.clone(),
        home: home.unwrap_or_else(|| base.to_owned()),
        own: canonical(site, &feed.route).unwrap_or_default(),
        updated: entries.iter().map(|entry| entry.updated).max(),
        entries,
    };
    write(&value, feed.format)
}

fn entry(context: &RenderContext<'_>, theme: &Theme, id: PageId) -> Option<EntryValue> {
    let site = context.site;
    let page = site.page(id);
    let published = page.front.date?;
    let url = canonical(site, &page.route)?;
    let full = site.config.feeds.content == FeedContent::Full;
    let summary = page.front.description.as_deref().map(Cow::Borrowed);
    let summary = summary.unwrap_or_else(|| site.summary_of(page));
    Some(EntryValue {
        title: page.title.clone(),
        published,
        updated: page
            .front
            .updated
            .map_or(published, |date| date.max(published)),
        authors: site.author_names(page),
        tags: page
            .front
            .terms("tags")
            .into_iter()
            .map(str::to_owned)
            .collect(),
        summary: summary.trim().to_owned(),
        content: full.then(|| content(context, theme, page, &url)),
        url,
    })
}

/// The text of a page for a reader that shows it elsewhere.
fn content(context: &RenderContext<'_>, theme: &Theme, page: &Page, url: &str) -> String {
    let body = render_body(context, theme, page);
    let mut tree = parse_fragment(&body.content);
    let base = Base::new(context.site, page, url);
    tree.edit(|element| {
        if element.is("script") || element.is("style") {
            return Verdict::Remove;
        }
        base.settle(element);
        Verdict::Keep
    });
    tree.to_html()
}

/// A text of a page that is shown at any depth: its addresses begin with that of the release, `root`.
pub(super) fn from_root(site: &Site, page: &Page, root: &str, content: &str) -> String {
    let mut tree = parse_fragment(content);
    let base = Base {
        root,
        ..Base::new(site, page, "")
    };
    tree.edit(|element| {
        base.settle(element);
        Verdict::Keep
    });
    tree.to_html()
}

/// What relative addresses of a page are relative to.
struct Base<'a> {
    /// The address of the release.
    root: &'a str,
    /// The folder of the site in the release.
    mount: &'a SitePath,
    /// The folder of the page in the release.
    folder: SitePath,
    /// The address of the page.
    url: &'a str,
}

impl<'a> Base<'a> {
    fn new(site: &'a Site, page: &Page, url: &'a str) -> Self {
        Self {
            root: site.release_url().unwrap_or_default(),
            mount: &site.mount,
            folder: site.mount.join(&page.route.parent()),
            url,
        }
    }

    fn settle(&self, element: &mut Element) {
        for name in ["href", "src", "poster", "cite"] {
            if let Some(address) = element.get(name) {
                let address = self.absolute(address);
                element.set(name, address);
            }
        }
        // Readers of feeds take styles for a danger.
        if element.is("img") {
            element.remove("style");
        }
        if let Some(set) = element.get("srcset") {
            let settle = |candidate: &str| {
                let candidate = candidate.trim();
                match candidate.split_once(' ') {
                    Some((address, size)) => format!("{} {size}", self.absolute(address)),
                    None => self.absolute(candidate),
                }
            };
            let set: Vec<String> = set.split(',').map(settle).collect();
            element.set("srcset", set.join(", "));
        }
    }

    fn absolute(&self, address: &str) -> String {
        let has_scheme = address
            .split(['/', '?', '#'])
            .next()
            .is_some_and(|start| start.contains(':'));
        if has_scheme || address.starts_with("//") {
            return address.to_owned();
        }
        if address.starts_with('#') || address.is_empty() {
            return format!("{}{address}", self.url);
        }
        let end = address.find(['?', '#']).unwrap_or(address.len());
        let (path, rest) = address.split_at(end);
        let below = path.trim_start_matches('/');
        let found = match path.starts_with('/') {
            true => SitePath::parse(below).map(|file| self.mount.join(&file)),
            false => self.folder.resolve(path),
        };
        let Ok(found) = found else {
            return self.url.to_owned();
        };
        let folder = path.ends_with('/') || path.ends_with("..") || path.ends_with('.');
        let mut url = match (folder, found.is_root()) {
            (_, true) => String::new(),
            (true, _) => format!("{found}/"),
            (false, _) => url_of(&found).trim_start_matches('/').to_owned(),
        };
        url.push_str(rest);
        format!("{}{url}", self.root)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn case(address: &str, expected: &str) {
        let base = Base {
            root: "https://a.example/x/",
            mount: &SitePath::root(),
            folder: SitePath::parse("posts/one").unwrap(),
            url: "https://a.example/x/posts/one/",
        };
        assert_eq!(base.absolute(address), expected);
    }

    #[test]
    fn what_all_languages_share_stands_beside_them() {
        let base = Base {
            root: "https://a.example/x/",
            mount: &SitePath::parse("de").unwrap(),
            folder: SitePath::parse("de/posts/one").unwrap(),
            url: "https://a.example/x/de/posts/one/",
        };
        let shared = base.absolute("../../../_tympan/a.png");
        assert_eq!(shared, "https://a.example/x/_tympan/a.png");
        assert_eq!(
            base.absolute("../two/"),
            "https://a.example/x/de/posts/two/"
        );
        assert_eq!(base.absolute("/c.pdf"), "https://a.example/x/de/c.pdf");
    }

    #[test]
    fn an_entry_is_read_far_from_its_page() {
        case("#a", "https://a.example/x/posts/one/#a");
        case("../two/index.html", "https://a.example/x/posts/two/");
        case("../two/index.html#b", "https://a.example/x/posts/two/#b");
        case("../two/", "https://a.example/x/posts/two/");
        case("a%20b.jpg", "https://a.example/x/posts/one/a%20b.jpg");
        case("../../", "https://a.example/x/");
        case("../..", "https://a.example/x/");
        case("/c.pdf", "https://a.example/x/c.pdf");
        case("https://b.example/", "https://b.example/");
        case("mailto:a@b.example", "mailto:a@b.example");
        case("../../../../z", "https://a.example/x/posts/one/");
    }
}
