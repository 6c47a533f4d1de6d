//! Pages that nothing leads to, where the author has said what the navigation is.

use std::collections::BTreeSet;

use crate::checks::check::{Check, CheckContext};
use crate::config::{Kind, MenuEntry, MenuTarget};
use crate::diagnostic::{Diagnostic, Severity};
use crate::site::{LinkTarget, NavItem, Page, PageId, SUMMARY_FILE, Site};
use crate::site_path::SitePath;

/// Pages that no navigation, menu, list or link leads to. Where the folders are the navigation,
/// every page is in it; so this looks at projects that have a navigation of their own.
#[derive(Debug, Clone, Copy)]
pub struct OrphanCheck;

impl Check for OrphanCheck {
    fn code_prefixes(&self) -> &'static [&'static str] {
        &["page-orphan"]
    }

    fn run(&self, context: &CheckContext<'_>) -> Vec<Diagnostic> {
        let site = context.site;
        let is_summary = |path: &SitePath| path.file_name() == SUMMARY_FILE;
        if site.config.nav.is_empty() && !site.files.iter().any(is_summary) {
            return Vec::new();
        }
        let reached = Walk::of(site).reached;
        let orphans = context.pages().into_iter();
        let orphans = orphans.filter(|(id, page)| !reached.contains(id) && !stands_alone(page));
        orphans.map(|(_, page)| orphan(page)).collect()
    }
}

fn orphan(page: &Page) -> Diagnostic {
    Diagnostic::new(
        "page-orphan",
        Severity::Suggestion,
        &page.path,
        "nothing leads to this page",
    )
    .help("put it into the navigation, or link to it")
}

/// Whether a page is not meant to be found by reading on.
fn stands_alone(page: &Page) -> bool {
    page.front.redirect_to.is_some()
        || page.front.hidden_from_search
        || !page.front.aliases.is_empty()
        || page.route.as_str() == "404.html"
}

/// A way through a site along everything that leads from page to page.
struct Walk<'a> {
    site: &'a Site,
    reached: BTreeSet<PageId>,
    /// Sections without a page of their own whose lists were reached.
    lists: BTreeSet<SitePath>,
    next: Vec<PageId>,
}

impl<'a> Walk<'a> {
    fn of(site: &'a Site) -> Self {
        let mut walk = Self {
            site,
            reached: BTreeSet::new(),
            lists: BTreeSet::new(),
            next: Vec::new(),
        };
        walk.begin();
        while let Some(id) = walk.next.pop() {
            walk.leave(id);
        }
        walk
    }

    fn begin(&mut self) {
        let site = self.site;
        for item in &site.nav {
            self.entry(item);
        }
        let home = SitePath::parse("index.html").ok();
        let home = home.and_then(|home| site.page_routed(&home));
        let documents = site.documents.iter().flat_map(|document| document.pages());
        let ways = home.into_iter().chain(documents);
        let ways = ways.chain(site.dated.iter().copied());
        for id in ways.chain(site.list_pages.values().copied()) {
            self.reach(id);
        }
        // Of the other kinds, the front page shows the navigation or a text of its own.
        if site.kind == Kind::Site {
            self.list(&SitePath::root());
        }
        let menus: Vec<&MenuEntry> = site.config.menus.values().flatten().collect();
        self.menus(menus);
        for (id, page) in site.pages_with_ids() {
            // Its tags and the like list it.
            if !page.front.terms.is_empty() {
                self.reach(id);
            }
        }
    }

    fn menus(&mut self, mut entries: Vec<&'a MenuEntry>) {
        while let Some(entry) = entries.pop() {
            if let MenuTarget::Page(path) = &entry.to
                && let Some(id) = self.site.page_at(&self.site.content.join(path))
            {
                self.reach(id);
            }
            entries.extend(&entry.entries);
        }
    }

    fn entry(&mut self, item: &NavItem) {
        if let Some(id) = item.page {
            self.reach(id);
        }
        if let Some(section) = &item.section {
            self.list(section);
        }
        for below in &item.children {
            self.entry(below);
        }
    }

    fn reach(&mut self, id: PageId) {
        if self.reached.insert(id) {
            self.next.push(id);
        }
    }

    /// The list of a section that has no page of its own.
    fn list(&mut self, folder: &SitePath) {
        let Some(section) = self.site.sections.get(folder) else {
            return;
        };
        if section.page.is_none() && self.lists.insert(folder.clone()) {
            for id in &section.listed {
                self.reach(*id);
            }
        }
    }

    fn leave(&mut self, id: PageId) {
        let site = self.site;
        let page = site.page(id);
        for link in &page.outline.links {
            match site.resolve(page, &link.target) {
                LinkTarget::Page(id, _) => self.reach(id),
                LinkTarget::Route(route) => self.list(&route.parent()),
                _ => {}
            }
        }
        // The page of a folder lists what lies there.
        let folder = page.path.parent().below(&site.content);
        let own = folder.and_then(|folder| site.sections.get(&folder));
        if let Some(section) = own.filter(|section| section.page == Some(id)) {
            let is_home = page.route.as_str() == "index.html";
            for id in section.listed.iter().filter(|_| !is_home) {
                self.reach(*id);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::test_site::found;

    #[track_caller]
    fn case(files: &[(&str, &str)], expected: &[&str]) {
        let found = found(&OrphanCheck, files);
        let paths: Vec<&str> = found.iter().map(|found| found.path.as_str()).collect();
        assert_eq!(paths, expected);
    }

    const NAV: (&str, &str) = ("tympan.toml", "nav = [\"a.md\"]\n");

    #[test]
    fn folders_are_a_navigation() {
        case(
            &[
                ("index.md", "# I\n"),
                ("a.md", "# A\n"),
                ("b/c.md", "# C\n"),
            ],
            &[],
        );
    }

    #[test]
    fn links_lead_on_from_what_the_navigation_names() {
        let files = [
            NAV,
            ("index.md", "# I\n"),
            ("a.md", "[b](b.md) <a href=\"c.md\">c</a>\n"),
            ("b.md", "[d](folder/d.md)\n"),
            ("c.md", "# C\n"),
            ("folder/d.md", "# D\n"),
            ("e.md", "[f](f.md)\n"),
            ("f.md", "[e](e.md)\n"),
            ("404.md", "# None\n"),
            ("old.md", "---\nredirect_to: /a/\n---\n"),
            ("news.md", "---\ndate: 2026-01-01\n---\n"),
        ];
        case(&files, &["e.md", "f.md"]);
    }

    #[test]
    fn a_summary_is_a_navigation() {
        let files = [
            ("tympan.toml", "[project]\nkind = \"book\"\n"),
            ("src/SUMMARY.md", "# Summary\n\n- [A](a.md)\n"),
            ("src/a.md", "# A\n"),
            ("src/b.md", "# B\n"),
        ];
        case(&files, &["src/b.md"]);
    }

    #[test]
    fn the_page_of_a_folder_lists_what_lies_there() {
        let files = [
            NAV,
            ("index.md", "# I\n"),
            ("a.md", "[g](guide/index.md)\n"),
            ("guide/index.md", "# G\n"),
            ("guide/b.md", "# B\n"),
        ];
        case(&files, &[]);
    }
}
