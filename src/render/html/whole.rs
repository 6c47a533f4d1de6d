//! The pages that show the site as a whole: its contents, its posts by year, and all of its text on
//! one page.

use serde::Serialize;
use tera::{Context, Value};

use crate::config::Kind;
use crate::diagnostic::Diagnostic;
use crate::release::{Artifact, Role};
use crate::render::context::{RenderContext, RenderError};
use crate::render::html::body::render_body;
use crate::render::html::cards::card_of_list;
use crate::render::html::downloads::downloads;
use crate::render::html::events::escape;
use crate::render::html::pages::{PageValue, cover};
use crate::render::html::print::{PRINT, Together};
use crate::render::html::renderer::Html;
use crate::render::html::sidebar::CONTENTS;
use crate::render::plan::{Job, JobKind, Rendered};
use crate::site::{ARCHIVE_FILE, NavItem, PageId, Site};
use crate::site_path::SitePath;

/// The posts of a year, the newest first.
#[derive(Serialize)]
struct YearValue {
    year: String,
    pages: Vec<PostValue>,
}

/// A line of the archive.
#[derive(Serialize)]
struct PostValue {
    title: String,
    url: String,
    date: String,
    date_text: String,
}

/// A page that stands with others on one.
#[derive(Serialize)]
struct PartValue {
    id: String,
    number: Option<String>,
    above: Option<String>,
    heading: String,
    content: String,
}

/// The file of the page of contents, if the site has one.
pub(super) fn contents_route(site: &Site) -> Option<SitePath> {
    let wanted = matches!(site.kind, Kind::Docs | Kind::Book) && !site.nav.is_empty();
    wanted.then(|| free(site, CONTENTS)).flatten()
}

/// The file of the page that holds the whole text, if the site has one.
pub(super) fn print_route(site: &Site) -> Option<SitePath> {
    let bound = matches!(site.kind, Kind::Book | Kind::Contract);
    let wanted = site.config.html.print.unwrap_or(bound);
    let several = reading_order(site).len() > 1;
    (wanted && several).then(|| free(site, PRINT)).flatten()
}

/// The file of the list of all posts by year, if the site has one.
pub(super) fn archive_route(site: &Site) -> Option<SitePath> {
    site.has_archive()
        .then(|| free(site, ARCHIVE_FILE))
        .flatten()
}

/// A path of ours, unless the author has taken it.
fn free(site: &Site, path: &str) -> Option<SitePath> {
    let path = SitePath::parse(path).expect("a plain name is a path");
    let taken = site.page_routed(&path).is_some()
        || site.sections.values().any(|section| section.route == path);
    (!taken).then_some(path)
}

/// The jobs for all of them.
pub(super) fn jobs(site: &Site) -> impl Iterator<Item = Job> {
    let contents = contents_route(site).map(|path| Job::single(JobKind::Contents, path));
    let print = print_route(site).map(|path| Job::single(JobKind::Print, path));
    let archive = archive_route(site).map(|path| Job::single(JobKind::Archive, path));
    contents.into_iter().chain(print).chain(archive)
}

/// Every page that the navigation lists, once, with the entries it stands under.
fn reading_order(site: &Site) -> Vec<(PageId, Option<&NavItem>)> {
    fn walk<'a>(
        items: &'a [NavItem],
        mut part: Option<&'a NavItem>,
        seen: &mut std::collections::BTreeSet<PageId>,
        order: &mut Vec<(PageId, Option<&'a NavItem>)>,
    ) {
        for item in items {
            if let Some(page) = item.page.filter(|page| seen.insert(*page)) {
                order.push((page, part));
            }
            if item.part {
                part = Some(item);
            }
            walk(&item.children, part, seen, order);
        }
    }
    let mut order = Vec::new();
    walk(
        &site.nav,
        None,
        &mut std::collections::BTreeSet::new(),
        &mut order,
    );
    order
}

impl Html {
    /// What the front page shows besides its text: how large the documents are, and of a book the
    /// cover, the chapters, the way in.
    pub(super) fn front(
        &self,
        context: &RenderContext<'_>,
        values: &mut Context,
        route: &SitePath,
    ) {
        let site = context.site;
        if route.as_str() != "index.html" {
            return;
        }
        let sizes = Some(&*self.shared.sizes);
        values.insert("documents", &downloads(site, sizes));
        if site.kind != Kind::Book {
            return;
        }
        let order = reading_order(site);
        let mut routes = order.iter().map(|(id, _)| &site.page(*id).route);
        let first = routes.find(|first| *first != route);
        let tree = self.shared.sidebar.contents("");
        values.insert("cover", &cover(context, route));
        values.insert("first", &first.map(SitePath::to_url));
        values.insert_value("tree_html", Value::safe_string(&tree));
    }

    /// The page of contents.
    pub(super) fn contents(
        &self,
        context: &RenderContext<'_>,
        route: &SitePath,
    ) -> Result<Rendered, RenderError> {
        let title = self.theme.string("contents").to_owned();
        let mut value = PageValue::plain(context.site, &title, route);
        value.card = card_of_list(context, &self.shared, None);
        let mut values = self.values(route, &value);
        let tree = self.shared.sidebar.contents("../");
        values.insert_value("heading_html", Value::safe_string(&escape(&title)));
        values.insert_value("tree_html", Value::safe_string(&tree));
        let html = self.render(context, "contents.html", &values, route)?;
        let artifact = Artifact::new(route.clone(), Role::Page, html.into_bytes());
        Ok(Rendered::single(artifact))
    }

    /// The list of all posts by year.
    pub(super) fn archive(
        &self,
        context: &RenderContext<'_>,
        route: &SitePath,
    ) -> Result<Rendered, RenderError> {
        let site = context.site;
        let title = self.theme.string("archive").to_owned();
        let posts = site.dated.iter().filter_map(|id| {
            let page = site.page(*id);
            Some((page.front.date?, page))
        });
        let mut years: Vec<YearValue> = Vec::new();
        for (date, page) in posts {
            let day = date.day();
            let year = day.split('-').next().unwrap_or_default();
            if years.last().is_none_or(|last| last.year != year) {
                years.push(YearValue {
                    year: year.to_owned(),
                    pages: Vec::new(),
                });
            }
            let post = PostValue {
                title: page.title.clone(),
                url: page.route.to_url(),
                date_text: date.for_readers(site.language_of(page)),
                date: day,
            };
            years
                .last_mut()
                .expect("a year was pushed")
                .pages
                .push(post);
        }
        let mut value = PageValue::plain(site, &title, route);
        value.card = card_of_list(context, &self.shared, None);
        let mut values = self.values(route, &value);
        values.insert_value("heading_html", Value::safe_string(&escape(&title)));
        values.insert("years", &years);
        let html = self.render(context, "archive.html", &values, route)?;
        let artifact = Artifact::new(route.clone(), Role::Page, html.into_bytes());
        Ok(Rendered::single(artifact))
    }

    /// The page that holds the whole text. What is found in the text is told by its own pages.
    pub(super) fn print(
        &self,
        context: &RenderContext<'_>,
        route: &SitePath,
    ) -> Result<Rendered, RenderError> {
        let site = context.site;
        let order = reading_order(site);
        let pages = order.iter().map(|(id, _)| (*id, &site.page(*id).route));
        let together = Together::new(pages, route.clone());
        let mut last = None;
        let mut parts = Vec::with_capacity(order.len());
        for (at, (id, part)) in order.iter().enumerate() {
            let page = site.page(*id);
            let body = render_body(context, &self.theme, page);
            let heading = body.heading.unwrap_or_else(|| escape(&page.title));
            let content = match site.kind {
                Kind::Contract => crate::render::clauses::count(&body.content),
                _ => body.content,
            };
            let above = part.map(|part| part.title.clone());
            parts.push(PartValue {
                id: Together::id(at),
                number: self.shared.trail(*id).number,
                above: above.clone().filter(|_| above != last),
                heading: together.part(at, &page.route, &heading),
                content: together.part(at, &page.route, &content),
            });
            last = above;
        }
        let mut value = PageValue::plain(site, &site.title, route);
        value.card = card_of_list(context, &self.shared, None);
        value
            .description
            .clone_from(&site.config.project.description);
        value.authors.clone_from(&site.config.project.authors);
        let mut values = self.values(route, &value);
        values.insert("parts", &parts);
        let html = self.render(context, "print.html", &values, route)?;
        let artifact = Artifact::new(route.clone(), Role::Page, html.into_bytes());
        Ok(Rendered {
            artifacts: vec![artifact],
            diagnostics: Vec::<Diagnostic>::new(),
            pages: None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repo::{History, Snapshot};
    use crate::site::LoadOptions;

    fn site_in<T>(folder: &std::path::Path, ask: impl Fn(&Site) -> T) -> T {
        let snapshot = Snapshot::worktree(folder).unwrap();
        let history = History::read(folder, None).unwrap();
        let options = LoadOptions {
            future: true,
            ..LoadOptions::default()
        };
        ask(&Site::load(&snapshot, &history, &options, &[]))
    }

    /// The two pages of a site with these files, as far as it has them.
    #[track_caller]
    fn case(config: &str, files: &[&str], expected: [bool; 2]) {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("tympan.toml"), config).unwrap();
        for name in files {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "# T\n").unwrap();
        }
        let found = site_in(folder.path(), |site| {
            [contents_route(site), print_route(site)]
        });
        assert_eq!(found.map(|route| route.is_some()), expected);
    }

    #[test]
    fn each_kind_has_the_whole_it_needs() {
        let two = ["a.md", "b.md"];
        case("[project]\nkind = \"docs\"\n", &two, [true, false]);
        case("[project]\nkind = \"book\"\n", &two, [true, true]);
        case("[project]\nkind = \"contract\"\n", &two, [false, true]);
        case("[project]\nkind = \"site\"\n", &two, [false, false]);
        case("[project]\nkind = \"book\"\n", &["a.md"], [true, false]);
    }

    #[test]
    fn posts_make_an_archive() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(
            folder.path().join("a.md"),
            "---\ndate: 2024-05-01\n---\n# A\n",
        )
        .unwrap();
        std::fs::write(folder.path().join("index.md"), "# B\n").unwrap();
        let config = "[project]\nkind = \"site\"\n";
        std::fs::write(folder.path().join("tympan.toml"), config).unwrap();
        let found = site_in(folder.path(), archive_route);
        assert_eq!(found.unwrap().as_str(), ARCHIVE_FILE);
        std::fs::write(folder.path().join("archive.md"), "# Mine\n").unwrap();
        assert_eq!(site_in(folder.path(), archive_route), None);
    }

    #[test]
    fn the_author_decides() {
        let two = ["a.md", "b.md"];
        let docs = "[project]\nkind = \"docs\"\n[html]\nprint = true\n";
        case(docs, &two, [true, true]);
        let book = "[project]\nkind = \"book\"\n[html]\nprint = false\n";
        case(book, &two, [true, false]);
        let taken = ["a.md", "contents.md", "print/a.md", "print/b.md"];
        case(
            "[project]\nkind = \"docs\"\n[html]\nprint = true\n",
            &taken,
            [false, false],
        );
    }
}
