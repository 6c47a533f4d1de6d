//! For which page a template runs. The engine's functions are made once and called for many pages,
//! and have no other way to know.

use scoped_tls_hkt::scoped_thread_local;
use tera::{Error, TeraResult};

use crate::render::context::RenderContext;
use crate::render::html::lookup::values::Known;
use crate::render::html::shared::Shared;
use crate::render::html::theme::Theme;
use crate::site::{LinkTarget, PageId, Site};
use crate::site_path::{SitePath, decode};

/// What a template may ask about, and from where.
#[derive(Clone, Copy)]
pub(in crate::render::html) struct Scope<'a> {
    pub(in crate::render::html) context: &'a RenderContext<'a>,
    pub(in crate::render::html) shared: &'a Shared,
    pub(in crate::render::html) theme: &'a Theme,
    pub(in crate::render::html) known: &'a Known,
    /// The file that is made.
    pub(in crate::render::html) route: &'a SitePath,
    /// The way from it to the root of the site.
    pub(in crate::render::html) root: &'a str,
}

// A page is made on one thread from beginning to end.
scoped_thread_local!(pub(in crate::render::html) static SCOPE: for<'a> Scope<'a>);

/// Answers a question of a template.
pub(super) fn ask<T>(answer: impl FnOnce(Scope<'_>) -> TeraResult<T>) -> TeraResult<T> {
    match SCOPE.is_set() {
        true => SCOPE.with(answer),
        false => Err(Error::message("there is no page to ask for")),
    }
}

impl<'a> Scope<'a> {
    pub(super) fn site(&self) -> &'a Site {
        self.context.site
    }

    /// The page at a path from the content folder.
    pub(super) fn page(&self, path: &str) -> TeraResult<PageId> {
        match self.site().resolve_from_root(path) {
            LinkTarget::Page(id, _) => Ok(id),
            _ => Err(self.nothing("page", path)),
        }
    }

    /// The folder of the section at a path from the content folder, or of its index page.
    pub(super) fn section(&self, path: &str) -> TeraResult<SitePath> {
        let site = self.site();
        let plain = path.trim_start_matches("@/").trim_start_matches('/');
        let found = SitePath::parse(&decode(plain)).ok().and_then(|path| {
            let folder = match crate::site::is_page(&path) {
                true => path.parent(),
                false => path,
            };
            site.sections.contains_key(&folder).then_some(folder)
        });
        found.ok_or_else(|| self.nothing("section", path))
    }

    /// The address of whatever a path from the content folder names, from the root of the site.
    pub(super) fn address(&self, path: &str) -> TeraResult<Address> {
        let site = self.site();
        let with = |url: String, fragment: Option<String>| {
            let fragment = fragment.map(|fragment| format!("#{}", fragment.replace(' ', "%20")));
            Address::Inside(url + &fragment.unwrap_or_default())
        };
        let target = site.resolve_from_root(path);
        if let LinkTarget::Page(id, fragment) = target {
            return Ok(with(site.page(id).route.to_url(), fragment));
        }
        let plain = path.trim_start_matches("@/").trim_start_matches('/');
        let file = SitePath::parse(&decode(plain)).ok();
        if let Some(file) = file.filter(|file| self.theme.files().any(|own| own.path == *file)) {
            return Ok(Address::Inside(site.url_in_release(&file)));
        }
        match target {
            LinkTarget::Route(route) => Ok(with(route.to_url(), None)),
            LinkTarget::Elsewhere(file, fragment) => Ok(with(site.url_in_release(&file), fragment)),
            LinkTarget::External(url) => Ok(Address::Outside(url)),
            LinkTarget::File(file) => {
                let assets = self.context.assets;
                let image = || assets.images.get(&file).map(|image| &image.fallback.path);
                let published = assets.files.get(&file).or_else(image);
                let published = published.ok_or_else(|| {
                    Error::message(format!(
                        "The file `{path}` is not published: put it into `static/` of the theme"
                    ))
                })?;
                let place = site.place_in_release(published);
                Ok(with(site.url_in_release(&place), None))
            }
            LinkTarget::Fragment(_) | LinkTarget::Empty | LinkTarget::Unsafe => Err(
                Error::message(format!("`{path}` is no path from the content folder")),
            ),
            LinkTarget::Page(..) | LinkTarget::Missing(_) | LinkTarget::Outside => {
                Err(self.nothing("page or file", path))
            }
        }
    }

    /// An address from the root of the site as an absolute one.
    pub(super) fn absolute(&self, url: &str) -> TeraResult<String> {
        let site = self.site();
        if url.contains("://") || url.starts_with("mailto:") {
            return Ok(url.to_owned());
        }
        let base = site.config.project.base_url.as_deref();
        let (Some(base), Some(release)) = (base, site.release_url()) else {
            return Err(Error::message(
                "There is no absolute address without `base_url` in `[project]`",
            ));
        };
        let end = url.find(['#', '?']).unwrap_or(url.len());
        let (path, rest) = url.split_at(end);
        let path = decode(path.trim_start_matches('/'));
        if let Ok(file) = SitePath::parse(&path) {
            let folder = path.is_empty() || path.ends_with('/');
            let url = match folder {
                true if file.is_root() => "/".to_owned(),
                true => format!("/{}/", file.to_url()),
                false => {
                    let file = SitePath::parse(&file.to_url()).unwrap_or(file);
                    crate::site::url_of(&file)
                }
            };
            return Ok(format!("{}{url}{rest}", base.trim_end_matches('/')));
        }
        // Images of a work in several languages stand above the site of one of them.
        match site.mount.resolve(&path) {
            Ok(file) => Ok(format!(
                "{}/{}{rest}",
                release.trim_end_matches('/'),
                file.to_url()
            )),
            Err(_) => Err(Error::message(format!("`{url}` leads out of the site"))),
        }
    }

    /// What is said where there is nothing of a sort, with the nearest that there is.
    pub(super) fn nothing(&self, sort: &str, path: &str) -> Error {
        let plain = path.trim_start_matches("@/").trim_start_matches('/');
        let site = self.site();
        let below = |path: &SitePath| path.below(&site.content).map(|path| path.to_string());
        let pages: Vec<String> = match sort {
            "section" => site.sections.keys().map(SitePath::to_string).collect(),
            _ => (site.pages.iter())
                .filter_map(|page| below(&page.path))
                .collect(),
        };
        missing(sort, plain, pages.iter().map(String::as_str))
    }
}

/// What is said where there is nothing of a sort with this name, with the nearest that there is.
pub(super) fn missing<'n>(sort: &str, name: &str, all: impl Iterator<Item = &'n str>) -> Error {
    let near = crate::diagnostic::nearest(name, all);
    let near = near.map_or_else(String::new, |near| format!(". Available name: {near}"));
    Error::message(format!("There is no {sort} `{name}`{near}"))
}

/// Where something is found.
pub(super) enum Address {
    /// In the release, from the root of the site.
    Inside(String),
    /// Anywhere else.
    Outside(String),
}
