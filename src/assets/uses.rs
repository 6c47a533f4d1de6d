//! Where the pages of a site use images and files.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use rayon::prelude::*;

use crate::assets::layout::Layout;
use crate::assets::wishes::Asked;
use crate::config::CONFIG_FILE;
use crate::diagnostic::{Diagnostic, Severity};
use crate::site::{LinkTarget, Page, Site};
use crate::site_path::SitePath;

/// The widest that a card of a list is, a picture that stands for a page, and the cover of a book.
const CARD: u32 = 612;
const HERO: u32 = 816;
const COVER: u32 = 357;

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

/// How an image is used by all that use it.
#[derive(Debug, Clone)]
pub(super) struct ImageUse {
    /// The first place.
    pub(super) first: Use,
    /// The most CSS pixels that any place shows it at.
    pub(super) shown: u32,
    /// Whether any place wants it as the project makes its images.
    pub(super) is_plain: bool,
}

/// Every image that is used.
pub(super) fn image_uses(site: &Site) -> BTreeMap<SitePath, ImageUse> {
    let mut uses: BTreeMap<SitePath, ImageUse> = BTreeMap::new();
    let mut add = |file, first, shown, is_plain| {
        let new = ImageUse {
            first,
            shown,
            is_plain,
        };
        let known = uses.entry(file).or_insert(new);
        known.shown = known.shown.max(shown);
        known.is_plain |= is_plain;
    };
    for (site, page) in site.written_pages() {
        if page.outline.images.is_empty() && page.front.image.is_none() {
            continue;
        }
        let layout = Layout::of(site, page);
        for (at, image) in page.outline.images.iter().enumerate() {
            if let LinkTarget::File(file) = site.resolve(page, &image.target) {
                let slot = layout.slot(&image.around);
                let attributes = image.attributes.as_deref();
                let slot = match attributes {
                    Some(attributes) => slot.given(attributes),
                    None => slot,
                };
                let asked = attributes.map_or_else(Asked::default, Asked::of);
                let wish = asked.within(&image.around).wish;
                // The first of a page may stand for it in lists.
                let card = if at == 0 { CARD } else { 0 };
                let place = Use::Page(Arc::clone(page), image.span.clone());
                add(
                    file,
                    place,
                    slot.widest().max(card),
                    wish.is_none() || at == 0,
                );
            }
        }
        if let Some(image) = &page.front.image
            && let LinkTarget::File(file) = site.resolve(page, image)
        {
            let at = page.text[..page.body].find(image.as_str());
            let span = at.map_or(0..0, |at| at..at + image.len());
            add(file, Use::Page(Arc::clone(page), span), HERO, true);
        }
    }
    if let Some(cover) = &site.config.epub.cover
        && site.files.contains(cover)
    {
        add(cover.clone(), Use::Config, COVER, true);
    }
    uses
}

/// The attributes of images that mean nothing.
pub(super) fn attribute_faults(site: &Site) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (_, page) in site.written_pages() {
        for image in &page.outline.images {
            let Some(attributes) = &image.attributes else {
                continue;
            };
            for fault in Asked::of(attributes).faults {
                let span = image.span.clone();
                let told =
                    page.diagnostic("image-attribute", Severity::Warning, span, fault.message);
                found.push(told.help(fault.help));
            }
        }
    }
    found
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
