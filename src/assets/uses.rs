//! Where the pages of a site use images and files.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use rayon::prelude::*;

use crate::config::CONFIG_FILE;
use crate::diagnostic::{Diagnostic, Severity};
use crate::site::{LinkTarget, Page, Site};
use crate::site_path::SitePath;

/// The first place that uses an image.
#[derive(Debug, Clone)]
pub(super) enum Use {
    /// A page, and the bytes of its text.
    Page(Arc<Page>, Range<usize>),
    /// The configuration.
    Config,
}

impl Use {
    /// Reports about what is used here.
    pub(super) fn diagnostic(
        &self,
        code: &'static str,
        severity: Severity,
        message: String,
    ) -> Diagnostic {
        match self {
            Self::Page(page, span) => page.diagnostic(code, severity, span.clone(), message),
            Self::Config => {
                let path = SitePath::parse(CONFIG_FILE).expect("a plain name is a path");
                Diagnostic::new(code, severity, &path, message)
            }
        }
    }
}

/// Every image that is used, with its first use.
pub(super) fn image_uses(site: &Site) -> BTreeMap<SitePath, Use> {
    let mut uses = BTreeMap::new();
    let mut add = |file, place| {
        uses.entry(file).or_insert(place);
    };
    for (site, page) in site.written_pages() {
        let shown = page.outline.images.iter();
        let shown = shown.map(|image| (image.target.as_str(), image.span.clone()));
        let front = page.front.image.as_deref().map(|image| {
            let at = page.text[..page.body].find(image);
            (image, at.map_or(0..0, |at| at..at + image.len()))
        });
        for (target, span) in shown.chain(front) {
            if let LinkTarget::File(file) = site.resolve(page, target) {
                add(file, Use::Page(Arc::clone(page), span));
            }
        }
    }
    if let Some(cover) = &site.config.epub.cover
        && site.files.contains(cover)
    {
        add(cover.clone(), Use::Config);
    }
    uses
}

/// Every file that a page links to.
pub(super) fn linked_files(site: &Site) -> BTreeSet<SitePath> {
    let pages: Vec<_> = site.written_pages().collect();
    let files = pages.par_iter().flat_map_iter(|(site, page)| {
        let links = page.outline.links.iter();
        links.filter_map(|link| match site.resolve(page, &link.target) {
            LinkTarget::File(file) => Some(file),
            _ => None,
        })
    });
    files.collect()
}
