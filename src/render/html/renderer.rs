//! The jobs of the HTML wing: pages, lists, redirects, feeds, style.

use std::sync::Arc;

use tera::{Context, Value};

use crate::config::{Format, Kind};
use crate::diagnostic::Diagnostic;
use crate::release::{Artifact, Role};
use crate::render::brand::Cards;
use crate::render::context::{RenderContext, RenderError, Workbench};
use crate::render::html::authors::profile_of_term;
use crate::render::html::body::render_body;
use crate::render::html::cards::card_of_list;
use crate::render::html::events::escape;
use crate::render::html::feed::{feed, from_root};
use crate::render::html::languages::{marked, marked_title};
use crate::render::html::lists::{self, PaginatorValue, StandsFor};
use crate::render::html::lookup::{Memory, SCOPE, Scope};
use crate::render::html::menus;
use crate::render::html::pages::{ListedValue, PageValue};
use crate::render::html::redirects::{address, file_of, moved_json};
use crate::render::html::rules::rules;
use crate::render::html::shared::{Crumb, Shared, canonical, feed_links};
use crate::render::html::theme::{Content, Theme};
use crate::render::html::whole;
use crate::render::plan::{Job, JobKind, Rendered, Renderer};
use crate::render::search::SearchPlaces;
use crate::site::{Feed, ListId, Page, PageId, Redirect, Site, Taxonomy};
use crate::site_path::SitePath;
use crate::template::{Failure, Profile, TemplateKind};

/// Renders pages with the theme.
pub struct Html {
    pub(super) theme: Theme,
    pub(super) shared: Arc<Shared>,
    pub(super) search: SearchPlaces,
    /// What templates of the project asked for so far.
    known: Memory,
    /// Renders a page that a template of the project cannot.
    fallback: Option<Box<Html>>,
    profile: Option<Arc<Profile>>,
}

/// Whether this program was built with what a format needs.
pub(super) fn is_built(format: Format) -> bool {
    format != Format::Pdf || cfg!(feature = "pdf")
}

impl Html {
    /// Prepares the theme and what all pages share.
    pub fn new(context: &RenderContext<'_>, bench: &Workbench) -> (Self, Vec<Diagnostic>) {
        let site = context.site;
        let (mut theme, mut diagnostics) = Theme::load(context, bench);
        if site.language.is_none() && site.base.is_root() {
            diagnostics.extend(menus::faults(site, context.snapshot));
        }
        theme.strings.extend(site.config.strings.clone());
        let mut shared = Shared::new(site, &theme, bench);
        if let Some(palette) = &theme.palette {
            let above = |id| Some(shared.trail(id).above.pop()?.title);
            let (cards, found) = Cards::of(context, palette, above);
            diagnostics.extend(found);
            shared.cards = cards;
        }
        let shared = Arc::new(shared);
        let profile = &bench.profile;
        let built_in = || {
            let mut theme =
                Theme::built_in(site.kind, &site.config.project.language, profile.as_ref());
            theme.strings.extend(site.config.strings.clone());
            Box::new(Self {
                theme,
                shared: Arc::clone(&shared),
                search: SearchPlaces::new(site),
                known: Memory::new(false),
                fallback: None,
                profile: profile.clone(),
            })
        };
        let html = Self {
            fallback: theme.is_changed().then(built_in),
            search: SearchPlaces::new(site),
            known: Memory::new(theme.is_changed()),
            shared,
            theme,
            profile: profile.clone(),
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
            Content::Bytes(bytes) => bytes.to_vec(),
            Content::Icon(icon) => icon.draw(context.store),
        };
        let artifact = Artifact::new(output.clone(), Role::Theme, bytes);
        Ok(Rendered::single(artifact))
    }

    fn page(&self, context: &RenderContext<'_>, id: PageId) -> Result<Rendered, RenderError> {
        let site = context.site;
        let page = site.page(id);
        if page.front.redirect_to.is_some()
            && let Some(redirect) = self.sent_on(site, page)
        {
            return self.redirect(context, redirect);
        }
        let body = render_body(context, &self.theme, page);
        let value = PageValue::of(context, &self.shared, id);
        let home = page.route.as_str() == "index.html";
        let stands_for = StandsFor::of(site, id);
        let list = match &stands_for {
            StandsFor::List(list) => site.list(list),
            _ => None,
        };
        let listed = list.map_or(&[][..], |list| list.entries(1));
        let terms = match &stands_for {
            StandsFor::Terms(at) => lists::terms(&site.taxonomies[*at]),
            _ => Vec::new(),
        };
        let is_missing = page.route.as_str() == "404.html";
        let template = match () {
            () if is_missing => "page.html",
            () if home && site.kind != Kind::Docs => "home.html",
            () if page.front.date.is_some() && site.kind == Kind::Site => "post.html",
            () if !terms.is_empty() => "list.html",
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
        if is_missing {
            self.at_any_depth(site, &mut values, &value.url, "");
            if let Some(root) = site.release_url().and_then(path_of) {
                content = from_root(site, page, root, &content);
            }
        }
        values.insert_value("heading_html", Value::safe_string(&heading));
        values.insert_value("content", Value::safe_string(&content));
        self.front(context, &mut values, &page.route);
        values.insert("pages", &entries(context, listed, &page.route));
        values.insert("terms", &terms);
        match &stands_for {
            StandsFor::List(list) => Self::list_values(context, &mut values, list, &page.route),
            StandsFor::Terms(_) | StandsFor::Itself => {}
        }
        values.insert(
            "paginator",
            &list.and_then(|list| PaginatorValue::of(&list, 1)),
        );
        let html = self.render(context, template, &values, &page.route)?;
        let artifact = Artifact::new(page.route.clone(), Role::Page, html.into_bytes());
        Ok(Rendered {
            artifacts: vec![artifact],
            diagnostics: body.diagnostics,
            pages: None,
        })
    }

    /// One page of a list that no page of the site stands for, or that is not its first.
    fn list(
        &self,
        context: &RenderContext<'_>,
        id: &ListId,
        number: usize,
        route: &SitePath,
    ) -> Result<Rendered, RenderError> {
        let site = context.site;
        let Some(list) = site.list(id) else {
            return Ok(Rendered::default());
        };
        let title = lists::title_of(site, id);
        let chapters = lists::chapters(site, id);
        let pages = chapters.as_deref().unwrap_or(list.entries(number));
        let template = match id {
            ListId::Term(_) => "list.html",
            ListId::Section(folder) if folder.is_root() && site.kind != Kind::Docs => "home.html",
            ListId::Section(_) => "section.html",
        };
        let paginator = PaginatorValue::of(&list, number);
        let mut page = PageValue::plain(site, &title, route);
        page.card = card_of_list(context, &self.shared, Some(id));
        if let ListId::Term(term) = id {
            let taxonomy = &site.taxonomies[term.taxonomy];
            page.breadcrumbs.push(Crumb {
                title: self.theme.title_of(taxonomy).to_owned(),
                url: Some(taxonomy.route.to_url()),
            });
        }
        self.listing(context, (template, &page, route), |values| {
            values.insert("pages", &entries(context, pages, route));
            values.insert("paginator", &paginator);
            Self::list_values(context, values, id, route);
        })
    }

    /// What a list brings along: its feeds, and the person if it is one's.
    fn list_values(
        context: &RenderContext<'_>,
        values: &mut Context,
        list: &ListId,
        route: &SitePath,
    ) {
        values.insert("feeds", &feed_links(context.site, Some(list)));
        if let ListId::Term(id) = list {
            values.insert("profile", &profile_of_term(context, *id, route));
        }
    }

    /// The list of all terms of a taxonomy.
    fn terms(
        &self,
        context: &RenderContext<'_>,
        taxonomy: &Taxonomy,
    ) -> Result<Rendered, RenderError> {
        let title = self.theme.title_of(taxonomy);
        let mut page = PageValue::plain(context.site, title, &taxonomy.route);
        page.card = card_of_list(context, &self.shared, None);
        self.listing(context, ("list.html", &page, &taxonomy.route), |values| {
            values.insert("terms", &lists::terms(taxonomy));
        })
    }

    fn listing(
        &self,
        context: &RenderContext<'_>,
        (template, page, route): (&str, &PageValue, &SitePath),
        fill: impl FnOnce(&mut Context),
    ) -> Result<Rendered, RenderError> {
        let mut values = self.values(route, page);
        values.insert_value("heading_html", Value::safe_string(&escape(&page.title)));
        values.insert("content", "");
        self.front(context, &mut values, route);
        fill(&mut values);
        let html = self.render(context, template, &values, route)?;
        Ok(Rendered::single(Artifact::new(
            route.clone(),
            Role::Page,
            html.into_bytes(),
        )))
    }

    /// The page for what is missing, seen from a folder that lies `below` steps under it.
    pub(super) fn not_found(
        &self,
        context: &RenderContext<'_>,
        below: &str,
    ) -> Result<Rendered, RenderError> {
        let site = context.site;
        let route = plain("404.html");
        let title = self.theme.string("page_not_found").to_owned();
        let page = PageValue::plain(site, &title, &route);
        let mut values = self.values(&route, &page);
        self.at_any_depth(site, &mut values, &page.url, below);
        values.insert("heading_html", &title);
        let html = self.render(context, "404.html", &values, &route)?;
        Ok(Rendered::single(Artifact::new(
            route,
            Role::Page,
            html.into_bytes(),
        )))
    }

    /// The page for what is missing is shown at any depth, so its links cannot be relative where the
    /// address is known.
    fn at_any_depth(&self, site: &Site, values: &mut Context, url: &str, below: &str) {
        let known = site.config.project.base_url.as_deref().and_then(path_of);
        let root = known.unwrap_or(below);
        let nav = self.shared.nav_beside(url, root);
        values.insert_value("nav_html", Value::safe_string(&nav));
        values.insert("root", root);
    }

    fn redirect(
        &self,
        context: &RenderContext<'_>,
        redirect: &Redirect,
    ) -> Result<Rendered, RenderError> {
        let site = context.site;
        let from = file_of(&redirect.from);
        let address = address(&redirect.to, &from);
        let outside = redirect.to.contains("://");
        let to = file_of(&redirect.to);
        let page = site.page_routed(&to).filter(|_| !outside);
        let title = page.map_or(address.as_str(), |id| site.page(id).title.as_str());
        let mut value = PageValue::plain(site, title, &from);
        value.canonical = match outside {
            true => Some(address.clone()),
            false => canonical(site, &to),
        };
        self.send(context, from, (&value, "", &address))
    }

    /// Where a page sends its reader, if that is somewhere.
    fn sent_on<'a>(&self, site: &'a Site, page: &Page) -> Option<&'a Redirect> {
        let url = page.url();
        let redirects = &site.redirects;
        let at = redirects.binary_search_by(|redirect| redirect.from.as_str().cmp(&url));
        redirects.get(at.ok()?)
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
        values.insert_value("documents", self.shared.documents.clone());
        values.insert("root", &root);
        values.insert("search", &self.search.links(&page.language));
        values.insert("page", page);
        values.insert("pages", &[(); 0]);
        values.insert("terms", &[(); 0]);
        values.insert("paginator", &None::<PaginatorValue>);
        values.insert("feeds", &[(); 0]);
        if let Some(moved) = moved_json(&self.shared.moved, route) {
            values.insert_value("moved", Value::safe_string(&moved));
        }
        values
    }

    pub(super) fn render(
        &self,
        context: &RenderContext<'_>,
        template: &str,
        values: &Context,
        path: &SitePath,
    ) -> Result<String, RenderError> {
        let make = || match self.theme.is_changed() {
            false => self.theme.render(template, values),
            true => {
                let root = values.get("root").and_then(Value::as_str);
                let known = self.known.of(context.site);
                let scope = Scope {
                    context,
                    shared: &self.shared,
                    theme: &self.theme,
                    known: &known,
                    route: path,
                    root: root.unwrap_or_default(),
                };
                SCOPE.set(scope, || self.theme.render(template, values))
            }
        };
        let rendered = match &self.profile {
            Some(profile) => profile.measure((TemplateKind::Page, template), path, make),
            None => make(),
        };
        rendered.map_err(|failure| match failure {
            Failure::Fault(found) => RenderError::Fault(found),
            Failure::Own(message) => RenderError::Template {
                path: path.clone(),
                template: template.to_owned(),
                message,
            },
        })
    }
}

impl Renderer for Html {
    fn plan(&self, context: &RenderContext<'_>) -> Vec<Job> {
        let site = context.site;
        let pages = site
            .pages_with_ids()
            .map(|(id, page)| Job::single(JobKind::Page(id), page.route.clone()));
        let redirects = site
            .redirects
            .iter()
            .enumerate()
            .filter_map(|(at, redirect)| {
                let file = file_of(&redirect.from);
                // A fragment moves on its page, and a page that sends its reader on is its own job.
                let own = !redirect.from.contains('#') && site.page_routed(&file).is_none();
                own.then(|| Job::single(JobKind::Redirect(at), file))
            });
        let mut jobs: Vec<Job> = pages.chain(lists::jobs(site)).chain(redirects).collect();
        let mut extra = |condition: bool, kind: JobKind, path: &str| {
            if condition {
                jobs.push(Job::single(kind, plain(path)));
            }
        };
        extra(
            site.page_routed(&plain("404.html")).is_none(),
            JobKind::NotFound,
            "404.html",
        );
        // Where the work's own language has a folder, they stand before its door.
        let own = site.language.is_none() && site.mount == site.base;
        let rules = site.config.html.server_rules.iter();
        for file in rules.flat_map(|one| one.files()) {
            extra(own, JobKind::Rules(file), file.name);
        }
        jobs.extend(whole::jobs(site));
        let own = self.theme.files().enumerate();
        jobs.extend(own.map(|(at, file)| Job::single(JobKind::Theme(at), file.path.clone())));
        let feed = |feed: Feed| {
            let route = feed.route.clone();
            Job::single(JobKind::Feed(feed), route)
        };
        jobs.extend(site.feeds().into_iter().map(feed));
        let cards = self.shared.cards.places();
        jobs.extend(cards.map(|(id, path)| Job::single(JobKind::Card(id), path.clone())));
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
            JobKind::Contents => self.contents(context, output),
            JobKind::Print => self.print(context, output),
            JobKind::Archive => self.archive(context, output),
            JobKind::List(list, number) => self.list(context, list, *number, output),
            JobKind::Terms(at) => self.terms(context, &site.taxonomies[*at]),
            JobKind::NotFound => self.not_found(context, ""),
            JobKind::Redirect(at) => self.redirect(context, &site.redirects[*at]),
            JobKind::Theme(at) => self.theme_file(context, *at, output),
            JobKind::Card(id) => {
                let bytes = self.shared.cards.draw(*id, context.store);
                let card = Artifact::new(output.clone(), Role::Theme, bytes);
                Ok(Rendered::single(card))
            }
            JobKind::Feed(wanted) => file(Role::Feed, feed(context, &self.theme, wanted)),
            JobKind::Rules(kind) => file(Role::Redirect, rules(site, *kind)),
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

fn entries(context: &RenderContext<'_>, pages: &[PageId], from: &SitePath) -> Vec<ListedValue> {
    pages
        .iter()
        .map(|id| ListedValue::of(context, *id, from))
        .collect()
}
