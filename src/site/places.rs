//! Which route a page has: of its own front matter, of the template of its section, or of its file.

use std::collections::BTreeSet;

use crate::config::{Config, RouteTemplate};
use crate::diagnostic::{Diagnostic, Severity};
use crate::site::addresses::route_of;
use crate::site::date::Date;
use crate::site::page::Page;
use crate::site_path::SitePath;

/// The routes of a project's pages.
pub(super) struct Places<'a> {
    config: &'a Config,
    /// The folders, relative to the content folder, whose index is the page of a section.
    sections: BTreeSet<SitePath>,
}

impl<'a> Places<'a> {
    /// Finds out which folders are sections: those that hold a page beside their index, or a folder
    /// that does.
    pub(super) fn new<'p>(config: &'a Config, pages: impl Iterator<Item = &'p Page>) -> Self {
        let mut sections = BTreeSet::from([SitePath::root()]);
        let templates = !config.routes.is_empty();
        for page in pages.filter(|_| templates) {
            let folder = page.place.parent();
            let mut above = match page.is_index() {
                true if page.place.stem() != "_index" => folder.parent(),
                _ => folder,
            };
            while sections.insert(above.clone()) {
                above = above.parent();
            }
        }
        Self { config, sections }
    }

    /// The route of a page.
    pub(super) fn route(&self, page: &Page, diagnostics: &mut Vec<Diagnostic>) -> SitePath {
        if let Some(path) = page.front.path.as_deref() {
            match route_file(path) {
                Some(route) => return route,
                None => diagnostics.push(
                    Diagnostic::new(
                        "route-outside",
                        Severity::Error,
                        &page.path,
                        format!("the path `{path}` leads out of the site"),
                    )
                    .help("write it from the root of the site, such as `/guide/setup/`"),
                ),
            }
        }
        let folder = page.place.parent();
        let is_section = page.is_index() && self.sections.contains(&folder);
        let template = match is_section {
            true => None,
            false => self.template(&folder),
        };
        let route = template.and_then(|template| match fill(&template.template, page, &folder) {
            Some(route) => Some(route),
            None => {
                let message = format!("the route `{}` needs a date", template.template);
                let found = Diagnostic::new("route-undated", Severity::Error, &page.path, message);
                diagnostics.push(found.help("give the page a `date`, or a `path` of its own"));
                None
            }
        });
        route.unwrap_or_else(|| route_of(&page.place, page.front.slug.as_deref()))
    }

    fn template(&self, folder: &SitePath) -> Option<&RouteTemplate> {
        let mut routes = self.config.routes.iter();
        routes.find(|route| folder.is_within(&route.section))
    }
}

/// The date that a file's name begins with: `2024-05-01-name.md`. A bundle's is its folder's.
pub(super) fn date_in_name(page: &Page) -> Option<Date> {
    Date::parse(name_of(page).get(..10)?).filter(|_| dated_name(name_of(page)).is_some())
}

/// The name that stands for a page: of its file, or of its folder.
fn name_of(page: &Page) -> &str {
    match page.is_index() {
        true => {
            let folder = page.place.as_str().rsplit('/').nth(1);
            folder.unwrap_or_default()
        }
        false => page.place.stem(),
    }
}

/// The rest of a name after its date.
fn dated_name(name: &str) -> Option<&str> {
    let date = name.get(..10)?;
    let digits = |at: usize, byte: u8| match at {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    };
    let good = date.bytes().enumerate().all(|(at, byte)| digits(at, byte));
    let rest = name[10..].strip_prefix(['-', '_'])?;
    (good && !rest.is_empty() && Date::parse(date).is_some()).then_some(rest)
}

/// The file of an address: `/a/b/` is `a/b/index.html`, `/a/b.html` is itself.
pub(super) fn route_file(address: &str) -> Option<SitePath> {
    let path = SitePath::parse(address.trim_matches('/')).ok()?;
    let is_file = !address.ends_with('/') && matches!(path.extension(), "html" | "htm");
    match is_file {
        true => Some(path),
        false => path.resolve("index.html").ok(),
    }
}

/// Fills a template in; none if it needs a date and there is none.
fn fill(template: &str, page: &Page, folder: &SitePath) -> Option<SitePath> {
    let mut route = String::with_capacity(template.len() + 32);
    let mut parts = template.split(':');
    route.push_str(parts.next().unwrap_or(""));
    for part in parts {
        let end = part
            .find(|c: char| !c.is_ascii_lowercase())
            .unwrap_or(part.len());
        let (token, rest) = part.split_at(end);
        route.push_str(&value(token, page, folder)?);
        route.push_str(rest);
    }
    route_file(&route).filter(|route| route.as_str() != "index.html")
}

fn value(token: &str, page: &Page, folder: &SitePath) -> Option<String> {
    let date = || page.front.date;
    let name = name_of(page);
    let base = || dated_name(name).unwrap_or(name).to_owned();
    let slug = || {
        page.front
            .slug
            .as_deref()
            .map(|slug| slug.trim_matches('/').to_owned())
    };
    let home = match page.is_index() {
        true => folder.parent(),
        false => folder.clone(),
    };
    Some(match token {
        "year" | "month" | "monthname" | "day" | "yearday" => date()?.part(token),
        "slug" => slug().unwrap_or_else(|| words(&page.title)),
        "title" => words(&page.title),
        "section" => home.parts().next().unwrap_or("").to_owned(),
        "sections" => home.to_string(),
        "filename" => name.to_owned(),
        "slugorfilename" => slug().unwrap_or_else(|| name.to_owned()),
        "slugorcontentbasename" => slug().unwrap_or_else(base),
        _ => base(),
    })
}

/// A title as a part of a route: its words in lower case, joined by single hyphens.
pub(super) fn words(title: &str) -> String {
    let slug = crate::markdown::slug(title);
    let parts: Vec<&str> = slug.split('-').filter(|part| !part.is_empty()).collect();
    match parts.is_empty() {
        true => "page".to_owned(),
        false => parts.join("-"),
    }
}

#[cfg(test)]
mod tests {
    use crate::site::test_site::{found, page, site};

    #[track_caller]
    fn route(routes: &str, path: &str, text: &str, expected: &str) {
        let config = format!("[project]\ncontent = \"content\"\n[routes]\n{routes}\n");
        let site = site(&[
            ("tympan.toml", &config),
            (path, text),
            ("content/z/z.md", "# Z\n"),
        ]);
        assert_eq!(found(&site), [""; 0]);
        assert_eq!(site.page(page(&site, path)).url(), expected);
    }

    #[test]
    fn a_template_places_the_pages_of_its_section() {
        let dated = "---\ndate: 2026-03-01\n---\n# High *Tide* & Low\n";
        let blog = "blog = \"/:year/:month/:day/:slug/\"";
        route(
            blog,
            "content/blog/a.md",
            dated,
            "/2026/03/01/high-tide-low/",
        );
        route(
            blog,
            "content/blog/deep/a.md",
            dated,
            "/2026/03/01/high-tide-low/",
        );
        route(blog, "content/a.md", "# A\n", "/a/");
        route(blog, "content/blog/_index.md", "# Blog\n", "/blog/");
        route(
            "blog = \"/:sections/:contentbasename.html\"",
            "content/blog/deep/2026-01-02-a.md",
            "# A\n",
            "/blog/deep/a.html",
        );
        route(
            "blog = \"/x/:filename\"",
            "content/blog/b/index.md",
            "# B\n",
            "/x/b/",
        );
        route(
            "\"/\" = \"/p/:slugorfilename/\"\nblog = \"/q/:title/\"",
            "content/a.md",
            "---\nslug: s\n---\n",
            "/p/s/",
        );
        route(
            "\"/\" = \"/p/:slug/\"\nblog = \"/q/:title/\"",
            "content/blog/a.md",
            "# T\n",
            "/q/t/",
        );
    }

    #[test]
    fn a_page_may_name_its_whole_route() {
        let blog = "blog = \"/:year/:slug/\"";
        route(blog, "content/blog/a.md", "---\nurl: /x/y/\n---\n", "/x/y/");
        route(
            blog,
            "content/blog/a.md",
            "---\npath: x/y.html\n---\n",
            "/x/y.html",
        );
        route(
            "",
            "content/a.md",
            "---\nurl: https://other.example/\n---\n",
            "/a/",
        );
    }

    #[test]
    fn a_route_without_what_it_needs_is_an_error() {
        let config = "[routes]\nb = \"/:year/:slug/\"\n";
        let site = site(&[
            ("tympan.toml", config),
            ("content/b/a.md", "# A\n"),
            ("content/b/c.md", "---\npath: ../c\ndate: 2026-01-01\n---\n"),
        ]);
        assert_eq!(
            found(&site),
            [
                "content/b/a.md route-undated",
                "content/b/c.md route-outside"
            ]
        );
        assert_eq!(site.page(page(&site, "content/b/a.md")).url(), "/b/a/");
    }

    #[test]
    fn a_name_may_begin_with_a_date() {
        let date = |path: &str, text: &str, kind: &str| {
            let config = format!("[project]\ncontent = \"content\"\n{kind}\n");
            let site = site(&[("tympan.toml", &config), (path, text)]);
            site.page(page(&site, path))
                .front
                .date
                .map(|date| date.day())
        };
        let day = |day: &str| Some(day.to_owned());
        assert_eq!(date("content/2024-05-01-a.md", "", ""), day("2024-05-01"));
        assert_eq!(
            date("content/2024-05-01-a/index.md", "", ""),
            day("2024-05-01")
        );
        assert_eq!(
            date(
                "content/2024-05-01-a.md",
                "---\ndate: 2025-01-01\n---\n",
                ""
            ),
            day("2025-01-01")
        );
        assert_eq!(date("content/2024-13-01-a.md", "", ""), None);
        assert_eq!(date("content/2024-05-01.md", "", ""), None);
        assert_eq!(date("content/2024-05-01-a.md", "", "kind = \"docs\""), None);
        assert_eq!(
            date(
                "content/2024-05-01-a.md",
                "",
                "[pages]\ndates_in_names = false"
            ),
            None
        );
        assert_eq!(date("content/ü024-05-01-a.md", "", ""), None);
    }
}
