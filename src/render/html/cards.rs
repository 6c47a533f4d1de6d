//! The picture that a network or a chat is given where a page is shared.

use serde::Serialize;

use crate::render::brand::CARD_SIZE;
use crate::render::context::RenderContext;
use crate::render::html::pages::{ImageValue, image};
use crate::render::html::portraits;
use crate::render::html::shared::Shared;
use crate::site::{ListId, PageId};
use crate::site_path::SitePath;

/// The picture that is shown where a page is shared.
#[derive(Serialize)]
pub(super) struct CardValue {
    url: String,
    width: u32,
    height: u32,
    alt: String,
}

/// The picture of a page: the one that it names, else the card that is drawn for it, else a picture
/// that it shows.
pub(super) fn card(
    context: &RenderContext<'_>,
    shared: &Shared,
    id: PageId,
    image: Option<&ImageValue>,
) -> Option<CardValue> {
    let page = context.site.page(id);
    drawn(context, shared, Some(id), &page.title).or_else(|| {
        let image = image?;
        let base = context.site.release_url()?;
        if let Some(made) = portraits::shared(context, page, &image.file) {
            let place = context.site.place_in_release(&made.fallback.path);
            return Some(CardValue {
                url: format!("{base}{}", place.to_url()),
                width: made.fallback.width,
                height: made.fallback.height,
                alt: image.alt.clone(),
            });
        }
        Some(CardValue {
            url: image.url.clone()?,
            width: image.width,
            height: image.height,
            alt: image.alt.clone(),
        })
    })
}

/// The picture of what has no page of its own: that of the section whose list it is, else that of
/// the site.
pub(super) fn card_of_list(
    context: &RenderContext<'_>,
    shared: &Shared,
    list: Option<&ListId>,
) -> Option<CardValue> {
    let site = context.site;
    site.release_url()?;
    let section = match list {
        Some(ListId::Section(folder)) => site.sections.get(folder).and_then(|section| section.page),
        Some(ListId::Term(_)) | None => None,
    };
    let home = || site.page_routed(&SitePath::parse("index.html").ok()?);
    match section.or_else(home) {
        Some(id) => {
            let page = site.page(id);
            card(
                context,
                shared,
                id,
                image(context, page, &page.route).as_ref(),
            )
        }
        None => drawn(context, shared, None, &site.title),
    }
}

/// The card that is drawn for a page, or for the site.
fn drawn(
    context: &RenderContext<'_>,
    shared: &Shared,
    id: Option<PageId>,
    title: &str,
) -> Option<CardValue> {
    let base = context.site.release_url()?;
    let place = shared.cards.place(id)?;
    Some(CardValue {
        url: format!("{base}{}", place.to_url()),
        width: CARD_SIZE.0,
        height: CARD_SIZE.1,
        alt: title.to_owned(),
    })
}
