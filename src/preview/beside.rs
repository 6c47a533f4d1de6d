//! A page with the paper that it is printed on beside it.

use crate::config::Format;
use crate::preview::overlay::escape;
use crate::preview::project::Preview;
use crate::preview::route::{Route, find};
use crate::render::destination;

/// The two side by side.
const PAGE: &str = include_str!("beside.html");
/// What keeps the paper up to date.
pub(super) const BESIDE: &str = include_str!("beside.js");

/// A document that a page is bound in.
pub(super) struct Paper {
    /// The title.
    pub(super) title: String,
    /// The address, relative to the site.
    pub(super) url: String,
    /// The name of the place where the page begins.
    pub(super) destination: String,
}

impl Preview {
    /// The first document of paper that the page at a request's path is bound in.
    pub(super) fn paper(&self, request: &str) -> Option<Paper> {
        let state = self.state();
        let generation = &state.generation;
        let Route::File(path) = find(request, |path| generation.is_planned(path)) else {
            return None;
        };
        let (site, id) = generation.page_at(&path)?;
        site.documents.iter().find_map(|document| {
            let place = site.mount.join(&document.route(Format::Pdf));
            let is_paper = generation.is_planned(&place);
            let destination = destination(site, document, id).filter(|_| is_paper)?;
            Some(Paper {
                title: document.title.clone(),
                url: place.to_url(),
                destination,
            })
        })
    }

    /// The page at a request's path with its paper beside it.
    pub(super) fn beside(&self, request: &str) -> Option<String> {
        let paper = self.paper(request)?;
        // The view stands one folder below the site.
        let page = format!("../{}", request.trim_start_matches('/'));
        let pdf = format!("../{}", paper.url);
        let html = PAGE
            .replace("{title}", &escape(&paper.title))
            .replace("{pdf}", &escape(&pdf))
            .replace("{destination}", &escape(&paper.destination));
        Some(html.replace("{page}", &escape(&page)))
    }
}
