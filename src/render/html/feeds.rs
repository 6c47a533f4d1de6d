//! The Atom feed (RFC 4287).

use std::fmt::Write as _;

use crate::render::html::events::escape;
use crate::render::html::shared::canonical;
use crate::site::{Date, PageId, Site};

/// How many entries a feed holds.
const FEED_LENGTH: usize = 20;

/// Whether a site has a feed: it needs dated pages and an absolute address.
pub(super) fn has_feed(site: &Site) -> bool {
    site.config.project.base_url.is_some()
        && site.pages.iter().any(|page| page.front.date.is_some())
}

/// The feed of the newest pages.
pub(super) fn feed(site: &Site) -> String {
    let base = site.config.project.base_url.as_deref().unwrap_or_default();
    let mut dated: Vec<(Date, PageId)> = site
        .pages_with_ids()
        .filter(|(_, page)| !site.is_fallback(page))
        .filter_map(|(id, page)| Some((page.front.date?, id)))
        .collect();
    dated.sort_by_key(|(date, id)| (std::cmp::Reverse(*date), *id));
    dated.truncate(FEED_LENGTH);
    let newest = dated
        .first()
        .map_or_else(String::new, |(date, _)| date.rfc3339());
    let language = escape(&site.config.project.language);
    let title = escape(&site.title);
    let mut xml = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"{language}\">\n\
         <title>{title}</title>\n<id>{base}</id>\n<updated>{newest}</updated>\n\
         <link href=\"{base}\"/>\n<link rel=\"self\" type=\"application/atom+xml\" href=\"{base}feed.xml\"/>\n\
         <generator version=\"{}\">tympan</generator>\n",
        env!("CARGO_PKG_VERSION"),
        base = escape(base),
    );
    for (date, id) in dated {
        let page = site.page(id);
        let url = escape(&canonical(site, &page.route).unwrap_or_default());
        let updated = page.front.updated.unwrap_or(date).rfc3339();
        let _ = write!(
            xml,
            "<entry>\n<title>{}</title>\n<id>{url}</id>\n<link href=\"{url}\"/>\n<published>{}</published>\n<updated>{updated}</updated>\n",
            escape(&page.title),
            date.rfc3339(),
        );
        let authors = site.authors_of(page);
        let fallback = [site.title.clone()];
        for author in if authors.is_empty() {
            &fallback
        } else {
            authors
        } {
            let _ = writeln!(xml, "<author><name>{}</name></author>", escape(author));
        }
        let summary = page
            .front
            .description
            .as_deref()
            .unwrap_or(&page.outline.summary);
        let _ = writeln!(
            xml,
            "<summary>{}</summary>\n</entry>",
            escape(summary.trim())
        );
    }
    xml.push_str("</feed>\n");
    xml
}
