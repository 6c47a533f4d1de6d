//! Where a link leads. Checks and renderers ask here, so that what is checked is what is built.

use std::collections::HashMap;
use std::sync::Arc;

use crate::config::Format;
use crate::site::addresses::{is_page, url_of};
use crate::site::lists::ARCHIVE_FILE;
use crate::site::model::{PageId, Site};
use crate::site::page::Page;
use crate::site::routes::redirect_file;
use crate::site_path::{SitePath, decode};

/// Where a link leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkTarget {
    /// To a place in the same page.
    Fragment(String),
    /// To a page, and perhaps a place in it.
    Page(PageId, Option<String>),
    /// To the list of a section, a tag, or a document: a file of the site.
    Route(SitePath),
    /// To a file of the project that is not a page.
    File(SitePath),
    /// To a page of another language or version: its file relative to the root of the release,
    /// and perhaps a place in it.
    Elsewhere(SitePath, Option<String>),
    /// Out of the site.
    External(String),
    /// Nowhere; the path that was looked for, relative to the project.
    Missing(SitePath),
    /// Out of the project.
    Outside,
    /// To something that must not be in a page, such as `javascript:`.
    Unsafe,
    /// To nothing at all.
    Empty,
}

impl Site {
    /// Resolves a link as written in `page`.
    pub fn resolve(&self, page: &Page, written: &str) -> LinkTarget {
        self.lead(Some(page), written)
    }

    /// Resolves a path from the content folder, or from the root of the site, with or without a
    /// slash or Zola's `@/` before it.
    pub fn resolve_from_root(&self, written: &str) -> LinkTarget {
        let written = written.trim();
        let whole = written.is_empty() || written.starts_with(['/', '#']);
        match written.strip_prefix("@/") {
            Some(path) => self.lead(None, &format!("/{path}")),
            None if whole || scheme(written).is_some() => self.lead(None, written),
            None => self.lead(None, &format!("/{written}")),
        }
    }

    fn lead(&self, page: Option<&Page>, written: &str) -> LinkTarget {
        let written = written.trim();
        if written.is_empty() {
            return LinkTarget::Empty;
        }
        if written.starts_with("//") {
            return LinkTarget::External(written.to_owned());
        }
        if let Some(scheme) = scheme(written) {
            return match scheme.as_str() {
                "http" | "https" | "mailto" | "tel" | "ftp" | "sms" | "geo" | "irc" | "ircs"
                | "xmpp" | "magnet" | "matrix" | "urn" | "doi" | "news" | "git" | "ssh"
                | "zulip" => LinkTarget::External(written.to_owned()),
                _ => LinkTarget::Unsafe,
            };
        }
        let (path, fragment) = written.split_once('#').unwrap_or((written, ""));
        let path = path.split('?').next().unwrap_or("");
        let fragment = Some(decode(fragment)).filter(|fragment| !fragment.is_empty());
        if path.is_empty() {
            return LinkTarget::Fragment(fragment.unwrap_or_default());
        }
        let path = decode(path);
        let rest = path.strip_prefix('/');
        let source = match (page, rest) {
            (_, Some(rest)) => self.content.resolve(rest),
            (Some(page), None) => page.path.resolve_beside(&path),
            (None, None) => self.content.resolve(&path),
        };
        let route = || match (page, rest) {
            (Some(page), None) => page.route.resolve_beside(&path),
            (_, rest) => SitePath::parse(rest.unwrap_or(&path)),
        };
        let by_source = source.as_ref().ok().and_then(|path| self.find(path));
        let by_route = || route().ok().and_then(|path| self.find_route(&path));
        let by_name = || self.find_by_name(&path);
        let elsewhere = || self.find_elsewhere(page, &path, source.as_ref().ok());
        let found = by_source.or_else(by_route).or_else(by_name);
        let found = found.or_else(elsewhere);
        match (found, source) {
            (Some(LinkTarget::Page(page, _)), _) => LinkTarget::Page(page, fragment),
            (Some(LinkTarget::Elsewhere(file, _)), _) => LinkTarget::Elsewhere(file, fragment),
            (Some(found), _) => found,
            (None, Ok(path)) => LinkTarget::Missing(path),
            (None, Err(_)) => LinkTarget::Outside,
        }
    }

    /// A page or file by its place in the project: as written, with an extension left out, with
    /// the extension of the page it becomes, or as a folder.
    fn find(&self, path: &SitePath) -> Option<LinkTarget> {
        let page = |path: &SitePath| self.page_at(path).map(|id| LinkTarget::Page(id, None));
        let beside = |name: &str| path.parent().resolve(name).ok();
        let with = |extension: &str| beside(&format!("{}{extension}", path.file_name()));
        let inside = |name: &str| path.resolve(name).ok();
        page(path)
            .or_else(|| {
                self.files
                    .contains(path)
                    .then(|| LinkTarget::File(path.clone()))
            })
            .or_else(|| self.shared_file(path).map(LinkTarget::File))
            .or_else(|| page(&with(".md")?))
            .or_else(|| match path.extension() {
                "html" | "htm" => page(&beside(&format!("{}.md", path.stem()))?),
                _ => None,
            })
            .or_else(|| match path.file_name() {
                "index.html" => self.find_folder(&path.parent()),
                _ => None,
            })
            .or_else(|| {
                ["index.md", "_index.md", "README.md"]
                    .iter()
                    .find_map(|name| page(&inside(name)?))
            })
            .or_else(|| self.find_folder(path))
    }

    /// A page of another language, by its place in the project or in the release; at last the page
    /// in the work's own language that nobody has translated.
    fn find_elsewhere(
        &self,
        page: Option<&Page>,
        path: &str,
        source: Option<&SitePath>,
    ) -> Option<LinkTarget> {
        if self.languages.all.is_empty() {
            return None;
        }
        let names = ["", ".md", "index.md", "_index.md", "README.md"];
        let by_source = names.iter().find_map(|name| {
            let source = source?;
            let path = match *name {
                "" => source.clone(),
                ".md" => source
                    .resolve_beside(&format!("{}.md", source.file_name()))
                    .ok()?,
                name => source.resolve(name).ok()?,
            };
            let other = self.page_elsewhere(&path);
            other.or_else(|| self.untranslated(&path)).cloned()
        });
        let by_route = || {
            let file = match path.strip_prefix('/') {
                Some(rest) => SitePath::parse(rest),
                None => self.mount.join(&page?.route).resolve_beside(path),
            };
            self.route_elsewhere(&file.ok()?)
        };
        let found = by_source.or_else(by_route)?;
        Some(LinkTarget::Elsewhere(found, None))
    }

    fn find_folder(&self, folder: &SitePath) -> Option<LinkTarget> {
        let section = self.sections.get(&folder.below(&self.content)?)?;
        Some(match section.page {
            Some(page) => LinkTarget::Page(page, None),
            None => LinkTarget::Route(section.route.clone()),
        })
    }

    /// A page or other output by its place in the site.
    fn find_route(&self, path: &SitePath) -> Option<LinkTarget> {
        let index = path.resolve("index.html").ok()?;
        for route in [path, &index] {
            if let Some(page) = self.page_routed(route) {
                return Some(LinkTarget::Page(page, None));
            }
            if self.is_output(route) {
                return Some(LinkTarget::Route(route.clone()));
            }
        }
        let from = url_of(&redirect_file(path));
        let at = self
            .redirects
            .binary_search_by(|redirect| redirect.from.as_str().cmp(&from));
        let to = &self.redirects.get(at.ok()?)?.to;
        if to.contains("://") {
            return Some(LinkTarget::External(to.clone()));
        }
        let (to, fragment) = to.split_once('#').unwrap_or((to, ""));
        let fragment = Some(fragment.to_owned()).filter(|fragment| !fragment.is_empty());
        // A redirect leads to the end of its chain, so this goes one step deep.
        match self.find_route(&SitePath::parse(to.trim_matches('/')).ok()?)? {
            LinkTarget::Page(id, _) => Some(LinkTarget::Page(id, fragment)),
            found => Some(found),
        }
    }

    /// Whether a file is made that is no page: a list, a document, a feed.
    pub(super) fn is_output(&self, route: &SitePath) -> bool {
        // A section with a page of its own was found as a page; the others stand in their folder.
        let section = || {
            let section = self.sections.get(&route.parent());
            section.is_some_and(|section| section.route == *route)
        };
        let document = || {
            self.documents.iter().any(|document| {
                let mut formats = document.formats.iter();
                formats.any(|format: &Format| document.route(*format) == *route)
                    || document.beside().iter().any(|(_, made)| made == route)
            })
        };
        let made = match route.as_str() {
            "sitemap.xml" => true,
            ARCHIVE_FILE => self.has_archive(),
            _ => false,
        };
        made || self.is_list(route) || section() || document() || self.is_feed(route)
    }

    /// Hugo's references may name a page by its file name alone, where only one has it.
    fn find_by_name(&self, path: &str) -> Option<LinkTarget> {
        if path.contains('/') || !is_page(&SitePath::parse(path).ok()?) {
            return None;
        }
        let id = (*self.by_name.get(path)?)?;
        (!self.page(id).is_index()).then_some(LinkTarget::Page(id, None))
    }
}

/// The page of each file name; none where several have it.
pub(super) fn by_name(pages: &[Arc<Page>]) -> HashMap<String, Option<PageId>> {
    let mut names = HashMap::with_capacity(pages.len());
    for (at, page) in pages.iter().enumerate() {
        let named = names.entry(page.path.file_name().to_owned());
        named
            .and_modify(|one| *one = None)
            .or_insert(Some(PageId(at)));
    }
    names
}

/// The scheme of an address in lower case (RFC 3986 §3.1), if it has one.
fn scheme(text: &str) -> Option<String> {
    let (scheme, _) = text.split_once(':')?;
    // Browsers drop tabs and line breaks inside a scheme, so they must not hide one here.
    let plain: String = scheme
        .chars()
        .filter(|c| !c.is_control() && !c.is_whitespace())
        .collect();
    let good = plain.len() > 1
        && plain.starts_with(|c: char| c.is_ascii_alphabetic())
        && plain
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
    good.then(|| plain.to_ascii_lowercase())
}
