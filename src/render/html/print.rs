//! A page's text as a part of one long page that is read or printed as a whole: its ids made
//! unique, its headings a level lower, its links led to the other parts where those are here too.

use std::collections::BTreeMap;

use crate::render::dom::{Element, Space, parse_fragment};
use crate::site::PageId;
use crate::site_path::{SitePath, decode};

/// The page that holds the whole of a book or contract.
pub(super) const PRINT: &str = "print/index.html";

/// Attributes that name ids of the same page.
const REFERENCES: &[&str] = &[
    "aria-activedescendant",
    "aria-controls",
    "aria-describedby",
    "aria-details",
    "aria-labelledby",
    "aria-owns",
    "for",
    "headers",
    "list",
    "popovertarget",
];

/// The pages that stand together, by their routes.
pub(super) struct Together {
    parts: BTreeMap<SitePath, usize>,
    route: SitePath,
}

impl Together {
    /// Brings pages together on the page served from `route`.
    pub(super) fn new<'a>(
        pages: impl Iterator<Item = (PageId, &'a SitePath)>,
        route: SitePath,
    ) -> Self {
        let parts = pages
            .enumerate()
            .map(|(at, (_, route))| (route.clone(), at))
            .collect();
        Self { parts, route }
    }

    /// The id of a part.
    pub(super) fn id(at: usize) -> String {
        format!("_{}", at + 1)
    }

    /// Turns the text of the page served from `from` into the part at this place.
    pub(super) fn part(&self, at: usize, from: &SitePath, html: &str) -> String {
        let mut tree = parse_fragment(html);
        for id in tree.elements() {
            if let Some(element) = tree.element_mut(id) {
                self.settle(element, at, from);
            }
        }
        tree.to_html()
    }

    fn settle(&self, element: &mut Element, at: usize, from: &SitePath) {
        let lower = match (element.space, element.name.as_str()) {
            (Space::Html, "h1") => Some("h2"),
            (Space::Html, "h2") => Some("h3"),
            (Space::Html, "h3") => Some("h4"),
            (Space::Html, "h4") => Some("h5"),
            (Space::Html, "h5") => Some("h6"),
            _ => None,
        };
        if let Some(name) = lower {
            name.clone_into(&mut element.name);
        }
        // One landmark of notes is a help; one for each chapter is in the way.
        if element.get("role") == Some("doc-endnotes") {
            "div".clone_into(&mut element.name);
            element.remove("role");
            element.remove("aria-label");
        }
        let is_choice = element.is("input") || element.is("details");
        let own = |id: &str| format!("{}-{id}", Self::id(at));
        for attribute in &mut element.attributes {
            let value = &attribute.value;
            let settled = match attribute.name.as_str() {
                "id" => own(value),
                // Fields and tabs of one name are one choice, and a choice ends with its page.
                "name" if is_choice => own(value),
                name if REFERENCES.contains(&name) => {
                    let ids: Vec<String> = value.split_ascii_whitespace().map(own).collect();
                    ids.join(" ")
                }
                "href" | "xlink:href" | "src" | "poster" => self.link(value, at, from),
                "srcset" => self.set(value, at, from),
                _ if value.contains("url(#") => {
                    value.replace("url(#", &format!("url(#{}-", Self::id(at)))
                }
                _ => continue,
            };
            attribute.value = settled;
        }
    }

    fn link(&self, target: &str, at: usize, from: &SitePath) -> String {
        if let Some(fragment) = target.strip_prefix('#') {
            return place(at, fragment);
        }
        let colon = target.find(':').unwrap_or(target.len());
        let has_scheme = colon < target.find(['/', '?', '#']).unwrap_or(target.len());
        if target.is_empty() || has_scheme || target.starts_with(['/', '?']) {
            return target.to_owned();
        }
        let (path, fragment) = target.split_once('#').unwrap_or((target, ""));
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let Ok(route) = from.resolve_beside(&decode(path)) else {
            return target.to_owned();
        };
        if let (Some(part), true) = (self.parts.get(&route), query.is_empty()) {
            return place(*part, fragment);
        }
        let mut link = route.url_from(&self.route);
        for (mark, rest) in [('?', query), ('#', fragment)] {
            if !rest.is_empty() {
                link.push(mark);
                link.push_str(rest);
            }
        }
        link
    }

    fn set(&self, value: &str, at: usize, from: &SitePath) -> String {
        let one = |candidate: &str| {
            let candidate = candidate.trim();
            let (url, width) = candidate.split_once(' ').unwrap_or((candidate, ""));
            format!("{} {width}", self.link(url, at, from))
        };
        let all: Vec<String> = value.split(", ").map(one).collect();
        all.join(", ")
    }
}

fn place(at: usize, fragment: &str) -> String {
    match fragment {
        "" => format!("#{}", Together::id(at)),
        fragment => format!("#{}-{fragment}", Together::id(at)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> SitePath {
        SitePath::parse(text).unwrap()
    }

    #[track_caller]
    fn case(html: &str, expected: &str) {
        let routes = [path("a/index.html"), path("part/b/index.html")];
        let pages = routes
            .iter()
            .enumerate()
            .map(|(at, route)| (PageId(at), route));
        let together = Together::new(pages, path(PRINT));
        assert_eq!(together.part(1, &routes[1], html), expected);
    }

    #[test]
    fn links_between_parts_stay_inside() {
        case(
            "<a href=\"../../a/index.html\">x</a>",
            "<a href=\"#_1\">x</a>",
        );
        case(
            "<a href=\"../../a/index.html#top\">x</a>",
            "<a href=\"#_1-top\">x</a>",
        );
        case("<a href=\"#here\">x</a>", "<a href=\"#_2-here\">x</a>");
        case("<a href=\"index.html\">x</a>", "<a href=\"#_2\">x</a>");
    }

    #[test]
    fn what_stands_elsewhere_is_reached_from_here() {
        case(
            "<a href=\"../../c/index.html#x\">x</a>",
            "<a href=\"../c/index.html#x\">x</a>",
        );
        case(
            "<img src=\"../p%20q.png\" alt=\"\">",
            "<img src=\"../part/p%20q.png\" alt=\"\">",
        );
        case(
            "<source srcset=\"../a.webp 480w, ../b.webp 960w\">",
            "<source srcset=\"../part/a.webp 480w, ../part/b.webp 960w\">",
        );
        for outside in ["https://a.example/#b", "mailto:a@b.example", "//a.example/"] {
            let html = format!("<a href=\"{outside}\">x</a>");
            case(&html, &html);
        }
    }

    #[test]
    fn notes_are_no_landmark_of_their_own() {
        case(
            "<section class=\"footnotes\" role=\"doc-endnotes\" aria-label=\"Footnotes\"></section>",
            "<div class=\"footnotes\"></div>",
        );
    }

    #[test]
    fn ids_and_what_names_them_change_together() {
        case(
            "<h2 id=\"x\">X</h2><section aria-labelledby=\"x y\"></section>",
            "<h3 id=\"_2-x\">X</h3><section aria-labelledby=\"_2-x _2-y\"></section>",
        );
        case(
            "<input type=\"radio\" name=\"t\" id=\"t1\"><label for=\"t1\">T</label>",
            "<input type=\"radio\" name=\"_2-t\" id=\"_2-t1\"><label for=\"_2-t1\">T</label>",
        );
        case(
            "<svg><path fill=\"url(#g)\"></path></svg>",
            "<svg><path fill=\"url(#_2-g)\"></path></svg>",
        );
    }
}
