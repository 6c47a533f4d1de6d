//! What the folders and the configuration decide for a page after it was read by itself: its
//! defaults and its route.

use std::sync::Arc;

use rayon::prelude::*;

use crate::config::Kind;
use crate::diagnostic::Diagnostic;
use crate::site::cascade::Cascade;
use crate::site::nav::TextFile;
use crate::site::page::{Around, Page};
use crate::site::places::{Places, date_in_name};

/// Reads the pages over what their folders say, and gives them their routes.
pub(super) fn settle_pages(
    around: Around<'_>,
    meta: &[TextFile],
    pages: &mut [Arc<Page>],
    diagnostics: &mut Vec<Diagnostic>,
) {
    let config = around.config;
    let cascade = Cascade::read(pages, meta, diagnostics);
    // The days in the names of minutes or of a manual's pages are no dates of publication.
    let dated =
        config.pages.dates_in_names && matches!(config.project.kind, None | Some(Kind::Site));
    pages.par_iter_mut().for_each(|page| {
        let mut settings = cascade.settings(page);
        let date = date_in_name(page).filter(|_| dated);
        if let (Some(date), None) = (date, settings.base.date) {
            settings = settings.dated(date);
        }
        if page.settings != settings.digest {
            Arc::make_mut(page).settle(&settings.base, settings.digest, around);
        }
    });
    let places = Places::new(config, pages.iter().map(|page| &**page));
    let routes: Vec<_> = pages
        .iter()
        .map(|page| places.route(page, diagnostics))
        .collect();
    for (page, route) in pages.iter_mut().zip(routes) {
        if page.route != route {
            *page = Arc::new(page.rerouted(route));
        }
    }
}
