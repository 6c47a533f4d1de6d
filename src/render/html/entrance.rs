//! What stands where a work begins if its own language has a folder like the others: a page that
//! leads there, the page for what is missing, and the rules that servers look for at the root.

use crate::release::{Artifact, Role};
use crate::render::context::{RenderContext, RenderError, Workbench};
use crate::render::html::languages::absolute;
use crate::render::html::pages::PageValue;
use crate::render::html::redirects::{address, file_of};
use crate::render::html::renderer::Html;
use crate::render::html::rules::rules;
use crate::render::html::shared::canonical;
use crate::render::machines::{MachineJob, robots};
use crate::render::plan::{Job, JobKind, Rendered, Renderer};
use crate::site::{Redirect, Site};
use crate::site_path::SitePath;

/// Renders what stands before the folders of the languages.
pub struct Entrance {
    html: Html,
}

impl Entrance {
    /// Prepares the entrance of a site, if it has one.
    pub fn new(context: &RenderContext<'_>, bench: &Workbench) -> Option<Self> {
        let site = context.site;
        let apart = site.language.is_none() && site.mount != site.base;
        apart.then(|| Self {
            html: Html::new(context, bench).0,
        })
    }
}

/// The folder of a site as it is seen from where the work begins.
fn below(site: &Site) -> String {
    let folder = site.mount.below(&site.base);
    folder.map_or_else(String::new, |folder| format!("{}/", folder.to_url()))
}

impl Renderer for Entrance {
    fn plan(&self, context: &RenderContext<'_>) -> Vec<Job> {
        let site = context.site;
        let job = |kind, name: &str| {
            let path = SitePath::parse(name).expect("a plain name is a path");
            Job::single(kind, path)
        };
        let mut jobs = vec![
            job(JobKind::Entrance, "index.html"),
            job(JobKind::NotFound, "404.html"),
        ];
        if site.base.is_root() {
            jobs.push(job(JobKind::Machine(MachineJob::Robots), "robots.txt"));
        }
        if self.html.theme.favicon.is_some() {
            jobs.push(job(JobKind::Favicon, "favicon.ico"));
        }
        let rules = site
            .config
            .html
            .server_rules
            .iter()
            .flat_map(|one| one.files());
        jobs.extend(rules.map(|file| job(JobKind::Rules(file), file.name)));
        let moved = site.outer_redirects.iter().enumerate();
        jobs.extend(moved.map(|(at, one)| Job::single(JobKind::Redirect(at), file_of(&one.from))));
        jobs
    }

    fn render(&self, context: &RenderContext<'_>, job: &Job) -> Result<Rendered, RenderError> {
        let site = context.site;
        let file = |role, text: String| {
            let artifact = Artifact::new(job.outputs[0].clone(), role, text.into_bytes());
            Ok(Rendered::single(artifact))
        };
        let icon = self.html.theme.favicon.as_ref();
        match &job.kind {
            JobKind::Favicon => Ok(icon.map_or_else(Rendered::default, |icon| {
                let bytes = icon.draw(context.store);
                Rendered::single(Artifact::new(job.outputs[0].clone(), Role::Theme, bytes))
            })),
            JobKind::Entrance => self.html.doorway(context, &below(site)),
            JobKind::Redirect(at) => {
                let redirect = &site.outer_redirects[*at];
                self.html.outer_redirect(context, &below(site), redirect)
            }
            JobKind::NotFound => self.html.not_found(context, &below(site)),
            JobKind::Rules(kind) => file(Role::Redirect, rules(site, *kind)),
            JobKind::Machine(MachineJob::Robots) => file(Role::Feed, robots(site)),
            _ => Ok(Rendered::default()),
        }
    }
}

impl Html {
    /// The page that leads to the front page of a site which stands in the folder `below`.
    fn doorway(&self, context: &RenderContext<'_>, below: &str) -> Result<Rendered, RenderError> {
        let site = context.site;
        let route = SitePath::parse("index.html").expect("a plain name is a path");
        let mut value = PageValue::plain(site, &site.title, &route);
        value.canonical = canonical(site, &route);
        self.send(
            context,
            route,
            (&value, below, &format!("{below}index.html")),
        )
    }

    /// A redirect from where the work begins, into the folder `below` in which this site stands.
    fn outer_redirect(
        &self,
        context: &RenderContext<'_>,
        below: &str,
        redirect: &Redirect,
    ) -> Result<Rendered, RenderError> {
        let site = context.site;
        let from = file_of(&redirect.from);
        let address = address(&redirect.to, &from);
        let mut value = PageValue::plain(site, &address, &from);
        value.canonical = absolute(site, &file_of(&redirect.to));
        self.send(context, from, (&value, below, &address))
    }

    /// A page that sends its reader on to an address, of a site that stands in the folder `below`.
    pub(super) fn send(
        &self,
        context: &RenderContext<'_>,
        from: SitePath,
        (value, below, address): (&PageValue, &str, &str),
    ) -> Result<Rendered, RenderError> {
        let mut values = self.values(&from, value);
        let up = "../".repeat(from.parts().count() - 1);
        values.insert("root", &format!("{up}{below}"));
        values.insert("redirect_to", address);
        let html = self.render(context, "redirect.html", &values, &from)?;
        let artifact = Artifact::new(from, Role::Redirect, html.into_bytes());
        Ok(Rendered::single(artifact))
    }
}
