//! The sitemap (sitemaps.org 0.9, with images by Google's extension 1.1) and robots.txt (RFC 9309).

use std::fmt::Write as _;

use crate::render::context::RenderContext;
use crate::render::html::{absolute, alternates, canonical, escape, firsts};
use crate::site::{Age, Date, LinkTarget, Page, PageId, Site};
use crate::site_path::SitePath;

/// How many addresses one file may hold (sitemaps.org).
const MOST: usize = 50_000;
/// How many images one page may list.
const MOST_IMAGES: usize = 1_000;

/// The addresses that search engines may list.
pub(super) struct Sitemap<'a> {
    site: &'a Site,
    places: Vec<Place>,
}

/// What stands at an address.
enum Place {
    Page(PageId),
    /// A list that has no page of its own, and when the newest of what it lists changed.
    List(SitePath, Option<Date>),
}

impl<'a> Sitemap<'a> {
    pub(super) fn of(site: &'a Site) -> Self {
        let listed = |page: &Page| {
            let moved = page.front.redirect_to.is_some();
            let found = !moved && !page.front.draft && page.route.as_str() != "404.html";
            // An old version's page counts only where the latest has none in its place.
            found && !site.is_fallback(page) && site.page_in_latest(page).is_none()
        };
        let pages = site.pages_with_ids().filter(|(_, page)| listed(page));
        let mut places: Vec<Place> = pages.map(|(id, _)| Place::Page(id)).collect();
        // The lists of another version have all their entries in that of the newest.
        if site.version().is_none_or(|own| own.age == Age::Latest) {
            let list = |(route, mut pages): (SitePath, Vec<PageId>)| {
                pages.retain(|id| !site.is_fallback(site.page(*id)));
                let newest = pages.iter().filter_map(|id| changed(site, *id)).max();
                (!pages.is_empty()).then_some(Place::List(route, newest))
            };
            places.extend(firsts(site).into_iter().filter_map(list));
        }
        Self { site, places }
    }

    /// Whether there is nothing to list, which no sitemap may say.
    pub(super) fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// How many files stand beside the first; none if all fits into it.
    pub(super) fn parts(&self) -> usize {
        match self.places.len() {
            0..=MOST => 0,
            many => many.div_ceil(MOST),
        }
    }

    pub(super) fn part_name(part: usize) -> String {
        format!("sitemap-{}.xml", part + 1)
    }

    /// `sitemap.xml`: the addresses, or the list of the parts.
    pub(super) fn first(&self, context: &RenderContext<'_>) -> String {
        if self.parts() == 0 {
            return self.addresses(context, &self.places);
        }
        let base = self
            .site
            .config
            .project
            .base_url
            .as_deref()
            .unwrap_or_default();
        let mut xml = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n\
                       <sitemapindex xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n"
            .to_owned();
        for part in 0..self.parts() {
            let url = escape(&format!("{base}{}", Self::part_name(part)));
            let newest = self
                .chunk(part)
                .iter()
                .filter_map(|place| self.changed(place))
                .max();
            let _ = write!(xml, "<sitemap><loc>{url}</loc>");
            if let Some(date) = newest {
                let _ = write!(xml, "<lastmod>{}</lastmod>", date.day());
            }
            xml.push_str("</sitemap>\n");
        }
        xml.push_str("</sitemapindex>\n");
        xml
    }

    pub(super) fn part(&self, context: &RenderContext<'_>, part: usize) -> String {
        self.addresses(context, self.chunk(part))
    }

    fn changed(&self, place: &Place) -> Option<Date> {
        match place {
            Place::Page(id) => changed(self.site, *id),
            Place::List(_, newest) => *newest,
        }
    }

    fn chunk(&self, part: usize) -> &[Place] {
        self.places.chunks(MOST).nth(part).unwrap_or_default()
    }

    fn addresses(&self, context: &RenderContext<'_>, places: &[Place]) -> String {
        let mut xml = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n\
                       <urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\" \
                       xmlns:image=\"http://www.google.com/schemas/sitemap-image/1.1\""
            .to_owned();
        if !self.site.languages.all.is_empty() {
            xml.push_str(" xmlns:xhtml=\"http://www.w3.org/1999/xhtml\"");
        }
        xml.push_str(">\n");
        for place in places {
            let page = match place {
                Place::Page(id) => Some(self.site.page(*id)),
                Place::List(..) => None,
            };
            let route = match place {
                Place::Page(id) => &self.site.page(*id).route,
                Place::List(route, _) => route,
            };
            let Some(url) = canonical(self.site, route) else {
                continue;
            };
            let _ = write!(xml, "<url><loc>{}</loc>", escape(&url));
            if let Some(date) = self.changed(place) {
                let _ = write!(xml, "<lastmod>{}</lastmod>", date.day());
            }
            for (language, url) in page.map_or_else(Vec::new, |page| alternates(self.site, page)) {
                let (language, url) = (escape(language), escape(&url));
                let _ = write!(
                    xml,
                    "<xhtml:link rel=\"alternate\" hreflang=\"{language}\" href=\"{url}\"/>"
                );
            }
            for image in page.map_or_else(Vec::new, |page| images(context, page)) {
                let _ = write!(
                    xml,
                    "<image:image><image:loc>{}</image:loc></image:image>",
                    escape(&image)
                );
            }
            xml.push_str("</url>\n");
        }
        xml.push_str("</urlset>\n");
        xml
    }
}

/// When a page last changed: as it says itself, else as Git says, else its date.
fn changed(site: &Site, id: PageId) -> Option<Date> {
    let front = &site.page(id).front;
    let by_git = || Date::from_seconds(site.history_of(id)?.last.time);
    front.updated.or_else(by_git).or(front.date)
}

/// The absolute addresses of the pictures of a page, each once.
fn images(context: &RenderContext<'_>, page: &Page) -> Vec<String> {
    let site = context.site;
    let mut found: Vec<String> = Vec::new();
    for image in &page.outline.images {
        if let LinkTarget::File(file) = site.resolve(page, &image.target)
            && let Some(asset) = context.assets.images.get(&file)
            && let Some(url) = absolute(site, &site.place_in_release(&asset.fallback.path))
            && !found.contains(&url)
            && found.len() < MOST_IMAGES
        {
            found.push(url);
        }
    }
    found
}

/// Everything may be read; the sitemaps are there, one for each language.
pub(in crate::render) fn robots(site: &Site) -> String {
    let mut text = "User-agent: *\nAllow: /\n".to_owned();
    if site.config.project.base_url.is_some() {
        text.push('\n');
        let listed = |site: &&Site| !Sitemap::of(site).is_empty();
        for site in site.in_all_languages().filter(listed) {
            let base = site.config.project.base_url.as_deref().unwrap_or_default();
            let _ = writeln!(text, "Sitemap: {base}sitemap.xml");
        }
    }
    text
}
