//! The jobs for outputs that programs read.

use crate::release::{Artifact, Role};
use crate::render::context::{RenderContext, RenderError};
use crate::render::machines::llms::llms;
use crate::render::machines::sitemap::{Sitemap, robots};
use crate::render::machines::source::{as_markdown, markdown_route};
use crate::render::plan::{Job, JobKind, Rendered, Renderer};
use crate::site::PageId;
use crate::site_path::SitePath;

/// Renders what programs read.
pub struct Machines;

/// What a job for programs does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MachineJob {
    /// The sitemap, or the list of its parts.
    Sitemap,
    /// One part of a sitemap that does not fit into one file, from 0.
    SitemapPart(usize),
    /// `robots.txt`.
    Robots,
    /// `llms.txt`.
    Llms,
    /// A page as Markdown.
    Markdown(PageId),
}

impl Renderer for Machines {
    fn plan(&self, context: &RenderContext<'_>) -> Vec<Job> {
        let site = context.site;
        let mut jobs = Vec::new();
        let mut add = |job, path: &str| {
            if let Ok(path) = SitePath::parse(path)
                && !site.publishes(&path)
            {
                jobs.push(Job::single(JobKind::Machine(job), path));
            }
        };
        let sitemap = Sitemap::of(site);
        if site.config.project.base_url.is_some() && !sitemap.is_empty() {
            add(MachineJob::Sitemap, "sitemap.xml");
            for part in 0..sitemap.parts() {
                add(MachineJob::SitemapPart(part), &Sitemap::part_name(part));
            }
        }
        // Crawlers ask for it at the root of a host only.
        if site.mount.is_root() {
            add(MachineJob::Robots, "robots.txt");
        }
        if site.config.html.llms_txt {
            add(MachineJob::Llms, "llms.txt");
        }
        if site.config.html.markdown {
            for (id, page) in site.pages_with_ids() {
                add(
                    MachineJob::Markdown(id),
                    markdown_route(&page.route).as_str(),
                );
            }
        }
        jobs
    }

    fn render(&self, context: &RenderContext<'_>, job: &Job) -> Result<Rendered, RenderError> {
        let JobKind::Machine(kind) = job.kind else {
            return Ok(Rendered::default());
        };
        let site = context.site;
        let (role, text) = match kind {
            MachineJob::Sitemap => (Role::Feed, Sitemap::of(site).first(context)),
            MachineJob::SitemapPart(part) => (Role::Feed, Sitemap::of(site).part(context, part)),
            MachineJob::Robots => (Role::Feed, robots(site)),
            MachineJob::Llms => (Role::Feed, llms(site)),
            MachineJob::Markdown(id) => (Role::Feed, as_markdown(context, site.page(id))),
        };
        let path = job.outputs[0].clone();
        Ok(Rendered::single(Artifact::new(
            path,
            role,
            text.into_bytes(),
        )))
    }
}
