//! What a page is, for search engines: JSON-LD in the words of schema.org.

use serde::Serialize;

use crate::config::Kind;
use crate::render::html::shared::{Crumb, canonical};
use crate::site::{Date, Page, Site};
use crate::site_path::SitePath;

/// The facts about a page. All fields stand in the order of their names.
#[derive(Serialize)]
struct Fact<'a> {
    #[serde(rename = "@type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    author: Vec<Person<'a>>,
    #[serde(rename = "dateModified", skip_serializing_if = "Option::is_none")]
    modified: Option<String>,
    #[serde(rename = "datePublished", skip_serializing_if = "Option::is_none")]
    published: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    headline: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<&'a str>,
    #[serde(rename = "inLanguage")]
    language: &'a str,
    #[serde(rename = "isPartOf", skip_serializing_if = "Option::is_none")]
    whole: Option<Whole<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    url: &'a str,
}

#[derive(Serialize)]
struct Person<'a> {
    #[serde(rename = "@type")]
    kind: &'static str,
    name: &'a str,
}

/// The site that a page is part of.
#[derive(Serialize)]
struct Whole<'a> {
    #[serde(rename = "@type")]
    kind: &'static str,
    name: &'a str,
    url: &'a str,
}

/// The entries above a page, and the page.
#[derive(Serialize)]
struct Trail<'a> {
    #[serde(rename = "@type")]
    kind: &'static str,
    #[serde(rename = "itemListElement")]
    items: Vec<Item<'a>>,
}

#[derive(Serialize)]
struct Item<'a> {
    #[serde(rename = "@type")]
    kind: &'static str,
    #[serde(rename = "item", skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    name: &'a str,
    position: usize,
}

#[derive(Serialize)]
struct Document<'a> {
    #[serde(rename = "@context")]
    context: &'static str,
    #[serde(rename = "@graph")]
    graph: Vec<Node<'a>>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Node<'a> {
    Page(Box<Fact<'a>>),
    Trail(Trail<'a>),
}

/// The facts about the page at `url`, ready to stand in a script element. None where the site has
/// no absolute address, since every fact is about one.
pub(super) fn structured(
    site: &Site,
    (page, url): (&Page, Option<&str>),
    breadcrumbs: &[Crumb],
    updated: Option<Date>,
    image: Option<&str>,
) -> Option<String> {
    let base = site.config.project.base_url.as_deref()?;
    let url = url?;
    let home = page.route.as_str() == "index.html";
    let name = if home { &site.title } else { &page.title };
    // Chapters and web pages have a name; articles have a headline.
    let is_article = !home && (site.kind == Kind::Docs || page.front.date.is_some());
    let authors = site.authors_of(page).iter();
    let fact = Fact {
        kind: match (site.kind, page.front.date) {
            (Kind::Book, _) if home => "Book",
            _ if home => "WebSite",
            (Kind::Site, Some(_)) => "BlogPosting",
            (Kind::Docs, _) => "TechArticle",
            (Kind::Book, _) => "Chapter",
            _ => "WebPage",
        },
        author: authors
            .map(|name| Person {
                kind: "Person",
                name,
            })
            .collect(),
        modified: updated.map(|date| date.day()),
        published: page.front.date.map(|date| date.day()),
        description: page.front.description.as_deref(),
        headline: is_article.then_some(name),
        image,
        language: site.language_of(page),
        whole: (!home).then_some(Whole {
            kind: "WebSite",
            name: &site.title,
            url: base,
        }),
        name: (!is_article).then_some(name),
        url,
    };
    let mut graph = vec![Node::Page(Box::new(fact))];
    if !breadcrumbs.is_empty() {
        graph.push(Node::Trail(trail(site, breadcrumbs, &page.title, url)));
    }
    let document = Document {
        context: "https://schema.org",
        graph,
    };
    let text = serde_json::to_string(&document).ok()?;
    // `</script` must not end the element early, whatever a title says.
    Some(text.replace('<', "\\u003c"))
}

fn trail<'a>(site: &Site, breadcrumbs: &'a [Crumb], title: &'a str, url: &str) -> Trail<'a> {
    let above = breadcrumbs.iter().map(|crumb| {
        let route = crumb
            .url
            .as_deref()
            .and_then(|url| SitePath::parse(url).ok());
        let url = route.and_then(|route| canonical(site, &route));
        (crumb.title.as_str(), url)
    });
    let places = above.chain([(title, Some(url.to_owned()))]).zip(1..);
    let item = |((name, url), position)| Item {
        kind: "ListItem",
        url,
        name,
        position,
    };
    Trail {
        kind: "BreadcrumbList",
        items: places.map(item).collect(),
    }
}
