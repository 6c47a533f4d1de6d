//! The jobs of the HTML wing: pages, lists, redirects, feeds, style.

use std::sync::Arc;

use tera::{Context, Value};

use crate::config::{Format, Kind};
use crate::diagnostic::Diagnostic;
use crate::release::{Artifact, Role};
use crate::render::context::{RenderContext, RenderError};
use crate::render::html::body::render_body;
use crate::render::html::events::escape;
use crate::render::html::feeds::{feed, has_feed};
use crate::render::html::languages::{marked, marked_title};
use crate::render::html::menus;
use crate::render::html::pages::{ListedValue, PageValue, TermValue};
use crate::render::html::shared::Shared;
use crate::render::html::theme::{Content, Failure, Theme};
use crate::render::html::whole;
use crate::render::plan::{Job, JobKind, Rendered, Renderer};
use crate::render::profile::Profile;
use crate::render::search::SearchPlaces;
use crate::site::{PageId, Redirect, Site, redirect_file};
use crate::site_path::SitePath;

/// How many pages the front page of a site lists.
const LATEST: usize = 10;

/// Renders pages with the theme.
pub struct Html {
    pub(super) theme: Theme,
    pub(super) shared: Arc<Shared>,
    pub(super) search: SearchPlaces,
    /// Renders a page that a template of the project cannot.
    fallback: Option<Box<Html>>,
    pub(in crate::render) profile: Option<Arc<Profile>>,
}

/// Whether this program was built with what a format needs.
pub(super) fn is_built(format: Format) -> bool {
    format != Format::Pdf || cfg!(feature = "pdf")
}

impl Html {
    /// Prepares the theme and what all pages share.
    pub fn new(context: &RenderContext<'_>) -> (Self, Vec<Diagnostic>) {
        let site = context.site;
        let (mut theme, mut diagnostics) = Theme::load(context);
        if site.mount.is_root() {
            diagnostics.extend(menus::faults(site, context.snapshot));
        }
        theme.strings.extend(site.config.strings.clone());
        let shared = Arc::new(Shared::new(site, &theme));
        let built_in = || {
            let mut theme = Theme::built_in(site.kind, &site.config.project.language);
            theme.strings.extend(site.config.strings.clone());
            Box::new(Self {
                theme,
                shared: Arc::clone(&shared),
                search: SearchPlaces::new(site),
                fallback: None,
                profile: None,
            })
        };
        let html = Self {
            fallback: theme.is_changed().then(built_in),
            search: SearchPlaces::new(site),
            shared,
            theme,
            profile: None,
        };
        (html, diagnostics)
    }

    /// A file of the theme's own.
    fn theme_file(
        &self,
        context: &RenderContext<'_>,
        at: usize,
        output: &SitePath,
    ) -> Result<Rendered, RenderError> {
        let Some(file) = self.theme.files().nth(at) else {
            return Ok(Rendered::default());
        };
        let bytes = match &file.content {
            Content::Text(text) => text.clone().into_bytes(),
            Content::File(source) => {
                let fault = |source| RenderError::Source {
                    path: output.clone(),
                    source,
                };
                context.snapshot.read(source).map_err(fault)?
            }
        };
        let artifact = Artifact::new(output.clone(), Role::Theme, bytes);
        Ok(Rendered::single(artifact))
    }

    fn page(&self, context: &RenderContext<'_>, id: PageId) -> Result<Rendered, RenderError> {
        let site = context.site;
        let page = site.page(id);
        let body = render_body(context, &self.theme, page);
        let value = PageValue::of(context, &self.shared, id);
        let section = site
            .sections
            .values()
            .find(|section| section.page == Some(id));
        let home = page.route.as_str() == "index.html";
        let listed: Vec<PageId> = match section {
            _ if home && site.kind == Kind::Site => latest(site),
            Some(section) if matches!(site.kind, Kind::Site | Kind::Docs) && !home => section
                .pages
                .iter()
                .copied()
                .chain(below(site, section.route.parent()))
                .collect(),
            _ => Vec::new(),
        };
        let template = match () {
            () if page.route.as_str() == "404.html" => "page.html",
            () if home && site.kind != Kind::Docs => "home.html",
            () if page.front.date.is_some() && site.kind == Kind::Site => "post.html",
            () if !listed.is_empty() => "section.html",
            () => "page.html",
        };
        let mut heading = body.heading.unwrap_or_else(|| escape(&value.title));
        let mut content = body.content;
        if site.kind == Kind::Contract {
            content = crate::render::clauses::count(&content);
        }
        if value.is_fallback {
            heading = marked_title(&value, &heading);
            content = marked(&value, self.theme.string("not_translated"), &content);
        }
        let mut values = self.values(&page.route, &value);
        values.insert_value("heading_html", Value::safe_string(&heading));
        values.insert_value("content", Value::safe_string(&content));
        values.insert("pages", &list(context, &listed, &page.route));
        self.front(context, &mut values, &page.route);
        let html = self.render(template, &values, &page.route)?;
        let artifact = Artifact::new(page.route.clone(), Role::Page, html.into_bytes());
        Ok(Rendered {
            artifacts: vec![artifact],
            diagnostics: body.diagnostics,
            pages: None,
        })
    }

    fn listing(
        &self,
        context: &RenderContext<'_>,
        (title, route): (&str, &SitePath),
        pages: &[PageId],
        terms: Option<&[TermValue]>,
    ) -> Result<Rendered, RenderError> {
        let site = context.site;
        let home = route.as_str() == "index.html";
        let template = match terms {
            Some(_) => "list.html",
            None if home && site.kind != Kind::Docs => "home.html",
            None => "section.html",
        };
        let mut values = self.values(route, &PageValue::plain(site, title, route));
        values.insert_value("heading_html", Value::safe_string(&escape(title)));
        values.insert("content", "");
        values.insert("pages", &list(context, pages, route));
        self.front(context, &mut values, route);
        values.insert("terms", &terms.unwrap_or_default());
        let html = self.render(template, &values, route)?;
        Ok(Rendered::single(Artifact::new(
            route.clone(),
            Role::Page,
            html.into_bytes(),
        )))
    }

    fn not_found(&self, site: &Site) -> Result<Rendered, RenderError> {
        let route = plain("404.html");
        let title = self.theme.string("page_not_found").to_owned();
        let mut values = self.values(&route, &PageValue::plain(site, &title, &route));
        // It is shown at any depth, so its links cannot be relative where the address is known.
        if let Some(path) = site.config.project.base_url.as_deref().and_then(path_of) {
            values.insert("root", path);
        }
        values.insert("heading_html", &title);
        let html = self.render("404.html", &values, &route)?;
        Ok(Rendered::single(Artifact::new(
            route,
            Role::Page,
            html.into_bytes(),
        )))
    }

    fn redirect(&self, site: &Site, redirect: &Redirect) -> Result<Rendered, RenderError> {
        let file = |url: &str| {
            let path = SitePath::parse(url.trim_matches('/')).unwrap_or_else(|_| SitePath::root());
            redirect_file(&path)
        };
        let (from, to) = (file(&redirect.from), file(&redirect.to));
        let title = site
            .page_routed(&to)
            .map_or(redirect.to.as_str(), |id| site.page(id).title.as_str());
        let mut value = PageValue::plain(site, title, &from);
        value.canonical = crate::render::html::shared::canonical(site, &to);
        let mut values = self.values(&from, &value);
        values.insert("redirect_to", &to.url_from(&from));
        let html = self.render("redirect.html", &values, &from)?;
        Ok(Rendered::single(Artifact::new(
            from,
            Role::Redirect,
            html.into_bytes(),
        )))
    }

    pub(super) fn values(&self, route: &SitePath, page: &PageValue) -> Context {
        let mut values = Context::new();
        values.insert_value("site", self.shared.site.clone());
        values.insert_value("strings", self.shared.strings.clone());
        values.insert_value("style", self.shared.style.clone());
        values.insert_value("script", self.shared.script.clone());
        values.insert_value("integrity", self.shared.integrity.clone());
        values.insert_value("look", self.shared.look.clone());
        values.insert_value("boot", self.shared.boot.clone());
        let root = "../".repeat(route.parts().count() - 1);
        let nav = self.shared.nav_beside(&page.url, &root);
        values.insert_value("nav_html", Value::safe_string(&nav));
        values.insert("root", &root);
        values.insert("search", &self.search.links(&page.language));
        values.insert("page", page);
        values
    }

    pub(super) fn render(
        &self,
        template: &str,
        values: &Context,
        path: &SitePath,
    ) -> Result<String, RenderError> {
        let own = |error: tera::Error| RenderError::Template {
            path: path.clone(),
            template: template.to_owned(),
            message: error.to_string(),
        };
        let began = self.profile.as_ref().map(|profile| profile.now());
        let rendered = self.theme.render(template, values);
        if let (Some(profile), Some(began)) = (&self.profile, began) {
            profile.note(template, path, began);
        }
        rendered.map_err(|failure| match failure {
            Failure::Fault(found) => RenderError::Fault(found),
            Failure::Own(error) => own(error),
        })
    }
}

impl Renderer for Html {
    fn plan(&self, context: &RenderContext<'_>) -> Vec<Job> {
        let site = context.site;
        let pages = site
            .pages_with_ids()
            .map(|(id, page)| Job::single(JobKind::Page(id), page.route.clone()));
        let listed = |folder: &SitePath| match site.kind {
            Kind::Site | Kind::Docs => true,
            Kind::Book | Kind::Contract => folder.is_root(),
        };
        let sections = site
            .sections
            .iter()
            .filter(|(folder, section)| section.page.is_none() && listed(folder))
            .map(|(folder, section)| {
                Job::single(JobKind::Section(folder.clone()), section.route.clone())
            });
        let tags = site
            .tags
            .iter()
            .enumerate()
            .map(|(at, tag)| Job::single(JobKind::Tag(at), tag.route.clone()));
        let redirects = site
            .redirects
            .iter()
            .enumerate()
            .filter_map(|(at, redirect)| {
                let from = SitePath::parse(redirect.from.trim_matches('/')).ok()?;
                Some(Job::single(JobKind::Redirect(at), redirect_file(&from)))
            });
        let mut jobs: Vec<Job> = pages.chain(sections).chain(tags).chain(redirects).collect();
        let mut extra = |condition: bool, kind: JobKind, path: &str| {
            if condition {
                jobs.push(Job::single(kind, plain(path)));
            }
        };
        extra(!site.tags.is_empty(), JobKind::Tags, "tags/index.html");
        extra(
            site.page_routed(&plain("404.html")).is_none(),
            JobKind::NotFound,
            "404.html",
        );
        extra(has_feed(site), JobKind::Feed, "feed.xml");
        jobs.extend(whole::jobs(site));
        let own = self.theme.files().enumerate();
        jobs.extend(own.map(|(at, file)| Job::single(JobKind::Theme(at), file.path.clone())));
        jobs
    }

    fn render(&self, context: &RenderContext<'_>, job: &Job) -> Result<Rendered, RenderError> {
        match (self.job(context, job), &self.fallback) {
            (Err(RenderError::Fault(found)), Some(fallback)) => {
                let mut rendered = fallback.job(context, job)?;
                rendered.diagnostics.push(*found);
                Ok(rendered)
            }
            (made, _) => made,
        }
    }
}

impl Html {
    fn job(&self, context: &RenderContext<'_>, job: &Job) -> Result<Rendered, RenderError> {
        let site = context.site;
        let output = &job.outputs[0];
        let file = |role, text: String| {
            Ok(Rendered::single(Artifact::new(
                output.clone(),
                role,
                text.into_bytes(),
            )))
        };
        match &job.kind {
            JobKind::Page(id) => self.page(context, *id),
            JobKind::Section(folder) => {
                let section = &site.sections[folder];
                let title = if folder.is_root() {
                    &site.title
                } else {
                    &section.title
                };
                let pages: Vec<PageId> = match site.kind {
                    Kind::Site if folder.is_root() => latest(site),
                    Kind::Book | Kind::Contract => {
                        site.nav.iter().flat_map(|item| item.pages()).collect()
                    }
                    _ => section
                        .pages
                        .iter()
                        .copied()
                        .chain(below(site, folder.clone()))
                        .collect(),
                };
                self.listing(context, (title, output), &pages, None)
            }
            JobKind::Tag(at) => {
                let tag = &site.tags[*at];
                self.listing(context, (&tag.name, output), &tag.pages, Some(&[]))
            }
            JobKind::Tags => {
                let term = |tag: &crate::site::Tag| TermValue {
                    name: tag.name.clone(),
                    url: tag.route.to_url(),
                    count: tag.pages.len(),
                };
                let terms: Vec<TermValue> = site.tags.iter().map(term).collect();
                self.listing(
                    context,
                    (self.theme.string("tags"), output),
                    &[],
                    Some(&terms),
                )
            }
            JobKind::Contents => self.contents(context, output),
            JobKind::Print => self.print(context, output),
            JobKind::Archive => self.archive(context, output),
            JobKind::NotFound => self.not_found(site),
            JobKind::Redirect(at) => self.redirect(site, &site.redirects[*at]),
            JobKind::Theme(at) => self.theme_file(context, *at, output),
            JobKind::Feed => file(Role::Feed, feed(site)),
            _ => Ok(Rendered::default()),
        }
    }
}

fn plain(name: &str) -> SitePath {
    SitePath::parse(name).expect("a plain name is a path")
}

/// The path of an absolute address: `/docs/` of `https://guide.example/docs/`.
fn path_of(url: &str) -> Option<&str> {
    let rest = url.split_once("://")?.1;
    Some(&rest[rest.find('/')?..])
}

fn list(context: &RenderContext<'_>, pages: &[PageId], from: &SitePath) -> Vec<ListedValue> {
    pages
        .iter()
        .map(|id| ListedValue::of(context, *id, from))
        .collect()
}

/// The newest dated pages of the whole site.
fn latest(site: &Site) -> Vec<PageId> {
    let mut dated: Vec<PageId> = site.pages_with_ids().map(|(id, _)| id).collect();
    dated.retain(|id| site.page(*id).front.date.is_some());
    dated.sort_by_key(|id| (std::cmp::Reverse(site.page(*id).front.date), *id));
    dated.truncate(LATEST);
    dated
}

/// The pages of the sections right below a folder.
fn below(site: &Site, folder: SitePath) -> impl Iterator<Item = PageId> {
    let inside = move |path: &SitePath| !path.is_root() && path.parent() == folder;
    site.sections
        .iter()
        .filter(move |(path, _)| inside(path))
        .filter_map(|(_, section)| section.page)
}
