//! The three formats of feeds: Atom (RFC 4287), RSS 2.0 and JSON Feed 1.1.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::config::FeedFormat;
use crate::render::dom::xml_text;
use crate::render::html::events::escape;
use crate::render::html::feed::{EntryValue, FeedValue};

const GENERATOR: &str = concat!("tympan ", env!("CARGO_PKG_VERSION"));

/// Writes a feed.
pub(super) fn write(feed: &FeedValue, format: FeedFormat) -> String {
    match format {
        FeedFormat::Atom => atom(feed),
        FeedFormat::Rss => rss(feed),
        FeedFormat::Json => json_feed(feed),
    }
}

/// Text for XML: escaped, without the characters that XML has no place for.
fn text(written: &str) -> String {
    escape(&xml_text(written))
}

fn atom(feed: &FeedValue) -> String {
    let updated = feed.updated.map(|date| date.rfc3339()).unwrap_or_default();
    let mut xml = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"{}\">\n\
         <title>{}</title>\n<id>{home}</id>\n<updated>{updated}</updated>\n\
         <link href=\"{home}\"/>\n<link rel=\"self\" type=\"application/atom+xml\" href=\"{}\"/>\n\
         <generator version=\"{}\">tympan</generator>\n",
        text(&feed.language),
        text(&feed.title),
        text(&feed.own),
        env!("CARGO_PKG_VERSION"),
        home = text(&feed.home),
    );
    for entry in &feed.entries {
        let url = text(&entry.url);
        let _ = write!(
            xml,
            "<entry>\n<title>{}</title>\n<id>{url}</id>\n<link href=\"{url}\"/>\n<published>{}</published>\n<updated>{}</updated>\n",
            text(&entry.title),
            entry.published.rfc3339(),
            entry.updated.rfc3339(),
        );
        // Every entry needs an author (§4.1.2).
        let fallback = [feed.title.clone()];
        let authors = match entry.authors.is_empty() {
            true => &fallback[..],
            false => &entry.authors,
        };
        for author in authors {
            let _ = writeln!(xml, "<author><name>{}</name></author>", text(author));
        }
        for tag in &entry.tags {
            let _ = writeln!(xml, "<category term=\"{}\"/>", text(tag));
        }
        let _ = writeln!(xml, "<summary>{}</summary>", text(&entry.summary));
        if let Some(content) = &entry.content {
            let _ = writeln!(xml, "<content type=\"html\">{}</content>", text(content));
        }
        xml.push_str("</entry>\n");
    }
    xml.push_str("</feed>\n");
    xml
}

fn rss(feed: &FeedValue) -> String {
    let description = feed.description.as_deref().unwrap_or(&feed.title);
    let mut xml = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<rss version=\"2.0\" xmlns:atom=\"http://www.w3.org/2005/Atom\" \
         xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:content=\"http://purl.org/rss/1.0/modules/content/\">\n<channel>\n\
         <title>{}</title>\n<link>{}</link>\n<description>{}</description>\n<language>{}</language>\n\
         <atom:link rel=\"self\" type=\"application/rss+xml\" href=\"{}\"/>\n<generator>{GENERATOR}</generator>\n",
        text(&feed.title),
        text(&feed.home),
        text(description),
        text(&feed.language),
        text(&feed.own),
    );
    if let Some(updated) = feed.updated {
        let _ = writeln!(xml, "<lastBuildDate>{}</lastBuildDate>", updated.rfc2822());
    }
    for entry in &feed.entries {
        let _ = write!(
            xml,
            "<item>\n<title>{}</title>\n<link>{url}</link>\n<guid>{url}</guid>\n<pubDate>{}</pubDate>\n",
            text(&entry.title),
            entry.published.rfc2822(),
            url = text(&entry.url),
        );
        for author in &entry.authors {
            let _ = writeln!(xml, "<dc:creator>{}</dc:creator>", text(author));
        }
        for tag in &entry.tags {
            let _ = writeln!(xml, "<category>{}</category>", text(tag));
        }
        let _ = writeln!(xml, "<description>{}</description>", text(&entry.summary));
        if let Some(content) = &entry.content {
            let _ = writeln!(xml, "<content:encoded>{}</content:encoded>", text(content));
        }
        xml.push_str("</item>\n");
    }
    xml.push_str("</channel>\n</rss>\n");
    xml
}

fn json_feed(feed: &FeedValue) -> String {
    let items: Vec<Value> = feed.entries.iter().map(item).collect();
    let mut value = json!({
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": feed.home,
        "feed_url": feed.own,
        "language": feed.language,
        "items": items,
    });
    if let Some(description) = &feed.description {
        value["description"] = json!(description);
    }
    format!("{value:#}\n")
}

fn item(entry: &EntryValue) -> Value {
    let authors: Vec<Value> = entry
        .authors
        .iter()
        .map(|name| json!({ "name": name }))
        .collect();
    let mut value = json!({
        "id": entry.url,
        "url": entry.url,
        "title": entry.title,
        "summary": entry.summary,
        "date_published": entry.published.rfc3339(),
        "date_modified": entry.updated.rfc3339(),
    });
    if !authors.is_empty() {
        value["authors"] = json!(authors);
    }
    if !entry.tags.is_empty() {
        value["tags"] = json!(entry.tags);
    }
    // An item holds its text in one of two forms (§ items).
    match &entry.content {
        Some(content) => value["content_html"] = json!(content),
        None => value["content_text"] = json!(entry.summary),
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::site::Date;

    fn feed(title: &str) -> FeedValue {
        let date = Date::parse("2026-03-01").unwrap();
        FeedValue {
            title: title.to_owned(),
            description: None,
            language: "en".to_owned(),
            home: "https://a.example/".to_owned(),
            own: "https://a.example/feed.xml".to_owned(),
            updated: Some(date),
            entries: vec![EntryValue {
                title: "One & <two>".to_owned(),
                url: "https://a.example/one/".to_owned(),
                published: date,
                updated: date,
                authors: vec!["Ada".to_owned()],
                tags: vec!["sea".to_owned()],
                summary: "first\u{0}\u{8}".to_owned(),
                content: Some("<p>all</p>".to_owned()),
            }],
        }
    }

    #[test]
    fn a_feed_is_well_formed_whatever_the_text() {
        for format in [FeedFormat::Atom, FeedFormat::Rss] {
            let xml = write(&feed("T ]]> \u{1}&"), format);
            let tree = roxmltree::Document::parse(&xml).unwrap();
            let titles = tree
                .descendants()
                .filter(|node| node.has_tag_name("title") || node.tag_name().name() == "title");
            let titles: Vec<&str> = titles.filter_map(|node| node.text()).collect();
            assert_eq!(titles.last(), Some(&"One & <two>"));
            assert!(xml.contains("&lt;p&gt;all&lt;/p&gt;"), "{xml}");
        }
    }

    #[test]
    fn the_formats_say_the_same() {
        let json: Value = serde_json::from_str(&write(&feed("T"), FeedFormat::Json)).unwrap();
        assert_eq!(json["items"][0]["content_html"], "<p>all</p>");
        assert_eq!(json["items"][0]["date_published"], "2026-03-01T00:00:00Z");
        let rss = write(&feed("T"), FeedFormat::Rss);
        assert!(
            rss.contains("<pubDate>Sun, 01 Mar 2026 00:00:00 +0000</pubDate>"),
            "{rss}"
        );
        let atom = write(&feed("T"), FeedFormat::Atom);
        assert!(
            atom.contains("<published>2026-03-01T00:00:00Z</published>"),
            "{atom}"
        );
    }
}
