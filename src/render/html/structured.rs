//! What a page is, for search engines: JSON-LD in the words of schema.org.

use serde_json::{Value, json};

use crate::config::Kind;
use crate::render::html::shared::{Crumb, canonical};
use crate::site::{Date, Page, Site};
use crate::site_path::SitePath;

/// The facts about a page, ready to stand in a script element. None where the site has no absolute
/// address, since every fact is about one.
pub(super) fn structured(
    site: &Site,
    page: &Page,
    breadcrumbs: &[Crumb],
    updated: Option<Date>,
    image: Option<&str>,
) -> Option<String> {
    let base = site.config.project.base_url.as_deref()?;
    let url = canonical(site, &page.route)?;
    let home = page.route.as_str() == "index.html";
    let description = page.front.description.as_deref();
    let mut fact = match home {
        true => json!({
            "@type": if site.kind == Kind::Book { "Book" } else { "WebSite" },
            "name": site.title,
        }),
        false => json!({
            "@type": match (site.kind, page.front.date) {
                (Kind::Site, Some(_)) => "BlogPosting",
                (Kind::Docs, _) => "TechArticle",
                (Kind::Book, _) => "Chapter",
                _ => "WebPage",
            },
            // Chapters and web pages have a name; articles have a headline.
            (if matches!(site.kind, Kind::Docs) || page.front.date.is_some() { "headline" } else { "name" }): page.title,
            "isPartOf": { "@type": "WebSite", "name": site.title, "url": base },
        }),
    };
    let authors = site.authors_of(page).iter();
    let authors: Vec<Value> = authors
        .map(|name| json!({ "@type": "Person", "name": name }))
        .collect();
    let mut add = |key: &str, value: Option<Value>| {
        if let (Some(facts), Some(value)) = (fact.as_object_mut(), value) {
            facts.insert(key.to_owned(), value);
        }
    };
    add("url", Some(json!(url)));
    add("inLanguage", Some(json!(site.language_of(page))));
    add("description", description.map(|text| json!(text)));
    add("author", (!authors.is_empty()).then(|| json!(authors)));
    add(
        "datePublished",
        page.front.date.map(|date| json!(date.day())),
    );
    add("dateModified", updated.map(|date| json!(date.day())));
    add("image", image.map(|image| json!(image)));
    let mut graph = vec![fact];
    if !breadcrumbs.is_empty() {
        graph.push(trail(site, breadcrumbs, &page.title, &url));
    }
    let text = json!({ "@context": "https://schema.org", "@graph": graph }).to_string();
    // `</script` must not end the element early, whatever a title says.
    Some(text.replace('<', "\\u003c"))
}

fn trail(site: &Site, breadcrumbs: &[Crumb], title: &str, url: &str) -> Value {
    let above = breadcrumbs.iter().map(|crumb| {
        let route = crumb
            .url
            .as_deref()
            .and_then(|url| SitePath::parse(url).ok());
        let url = route.and_then(|route| canonical(site, &route));
        (crumb.title.as_str(), url)
    });
    let places = above.chain([(title, Some(url.to_owned()))]).enumerate();
    let items: Vec<Value> = places
        .map(|(at, (name, url))| {
            let mut item = json!({ "@type": "ListItem", "position": at + 1, "name": name });
            if let (Some(item), Some(url)) = (item.as_object_mut(), url) {
                item.insert("item".to_owned(), json!(url));
            }
            item
        })
        .collect();
    json!({ "@type": "BreadcrumbList", "itemListElement": items })
}
