//! Where the pages of a site use images and files.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use rayon::prelude::*;

use crate::assets::layout::Layout;
use crate::assets::map::AssetMap;
use crate::assets::wishes::Asked;
use crate::config::{CONFIG_FILE, ImageOptions};
use crate::diagnostic::{Diagnostic, Severity};
use crate::markdown::Image;
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
    /// The least CSS pixels that it is shown at where it may lead to its original.
    pub(super) leads: Option<u32>,
}

impl AssetMap {
    /// The place of the original that an image of this file leads to where it is shown `shown` CSS
    /// pixels wide, if there is one and it has much more to show. A file whose original no image
    /// leads to has none.
    pub fn original_of(
        &self,
        (file, image): (&SitePath, &Image),
        asked: &Asked,
        shown: u32,
    ) -> Option<&SitePath> {
        let asset = self.images.get(file)?;
        let leads = may_lead(image, asked, &asset.options) && has_more(asset.width, shown);
        asset.original.as_ref().filter(|_| leads)
    }
}

/// Whether an image may lead to its original: it stands alone, says what it shows, and its author
/// lets the original out.
fn may_lead(image: &Image, asked: &Asked, options: &ImageOptions) -> bool {
    let wished = asked.wish.as_ref().and_then(|wish| wish.choices.original);
    let says = |alt: &String| !alt.trim().is_empty();
    image.is_alone && image.alt.as_ref().is_some_and(says) && wished.unwrap_or(options.original)
}

/// Whether so many pixels are half as many again as are shown.
pub(super) fn has_more(width: u32, shown: u32) -> bool {
    width / 3 * 2 > shown
}

/// Every image that is used.
pub(super) fn image_uses(site: &Site) -> BTreeMap<SitePath, ImageUse> {
    let mut uses: BTreeMap<SitePath, ImageUse> = BTreeMap::new();
    let mut add = |file, new: ImageUse| {
        let (shown, is_plain, leads) = (new.shown, new.is_plain, new.leads);
        let known = uses.entry(file).or_insert(new);
        known.shown = known.shown.max(shown);
        known.is_plain |= is_plain;
        known.leads = known.leads.into_iter().chain(leads).min();
    };
    let at_most = |first, shown| ImageUse {
        first,
        shown,
        is_plain: true,
        leads: None,
    };
    for (site, page) in site.written_pages() {
        if page.outline.images.is_empty() && page.front.image.is_none() {
            continue;
        }
        let layout = Layout::of(site, page);
        for (at, image) in page.outline.images.iter().enumerate() {
            if let LinkTarget::File(file) = site.resolve(page, &image.target) {
                let attributes = image.attributes.as_deref();
                let asked = attributes.map_or_else(Asked::default, Asked::of);
                let asked = asked.within(&image.around);
                let shown = asked.room(layout.slot(&image.around)).widest();
                let options = image.is_alone.then(|| site.config.images.of(file.as_str()));
                let leads = options.is_some_and(|options| may_lead(image, &asked, &options));
                // The first of a page may stand for it in lists.
                let card = if at == 0 { CARD } else { 0 };
                let place = Use::Page(Arc::clone(page), image.span.clone());
                let used = ImageUse {
                    is_plain: asked.wish.is_none() || at == 0,
                    leads: leads.then_some(shown),
                    ..at_most(place, shown.max(card))
                };
                add(file, used);
            }
        }
        if let Some(image) = &page.front.image
            && let LinkTarget::File(file) = site.resolve(page, image)
        {
            let at = page.text[..page.body].find(image.as_str());
            let span = at.map_or(0..0, |at| at..at + image.len());
            add(file, at_most(Use::Page(Arc::clone(page), span), HERO));
        }
    }
    for cover in site.covers() {
        if site.files.contains(cover) {
            add(cover.clone(), at_most(Use::Config, COVER));
        }
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
