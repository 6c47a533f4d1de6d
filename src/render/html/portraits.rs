//! The picture that stands for a page: at its head, and where it is shared.

use crate::assets::{Fit, Focus, ImageAsset, Layout, Wish, slot_widths};
use crate::config::ImageChoices;
use crate::render::context::RenderContext;
use crate::render::html::events::escape;
use crate::render::html::figures::{Loading, Shown, picture};
use crate::site::{LinkTarget, Page};
use crate::site_path::SitePath;

/// What networks and chats show.
const SHARED: (u32, u32) = (1200, 630);

/// The picture at the head of a page that wants one, as HTML.
pub(super) fn hero(context: &RenderContext<'_>, page: &Page) -> Option<String> {
    let target = page.front.image.as_ref().filter(|_| page.front.hero)?;
    let LinkTarget::File(file) = context.site.resolve(page, target) else {
        return None;
    };
    let plain = context.assets.images.get(&file)?;
    let slot = Layout::of(context.site, page).hero();
    let configured = context.site.config.images.of(file.as_str()).widths;
    let wish = Wish {
        // A high one would leave no room for the text.
        shape: (plain.width < plain.height.saturating_mul(2)).then_some((2, 1)),
        focus: focus(page),
        choices: ImageChoices {
            widths: Some(slot_widths(slot.widest(), &configured)),
            ..ImageChoices::default()
        },
        ..Wish::default()
    };
    let places = (context.site, context.snapshot, context.store);
    let made = context.assets.derive(&file, &wish, places);
    let asset = made.as_ref().unwrap_or(plain);
    let shown = Shown {
        width: Some(asset.width.min(slot.widest())),
        slot: Some(slot),
        loading: Loading::First,
        ..Shown::default()
    };
    let alt = escape(page.front.image_alt.as_deref().unwrap_or_default());
    Some(picture((context.site, asset), &alt, &page.route, &shown))
}

/// The part of a picture that is shown where its page is shared; none of a drawing.
pub(super) fn shared(
    context: &RenderContext<'_>,
    page: &Page,
    file: &SitePath,
) -> Option<ImageAsset> {
    let wish = Wish {
        width: Some(SHARED.0),
        height: Some(SHARED.1),
        fit: Fit::Cover,
        focus: focus(page),
        choices: ImageChoices {
            formats: Some(Vec::new()),
            widths: Some(vec![SHARED.0]),
            ..ImageChoices::default()
        },
        ..Wish::default()
    };
    let places = (context.site, context.snapshot, context.store);
    context.assets.derive(file, &wish, places)
}

/// What stays in sight of the picture that a page names.
fn focus(page: &Page) -> Focus {
    let written = page.front.image_focus.as_deref();
    written.and_then(Focus::read).unwrap_or_default()
}

/// How large a picture is that was made as it was wished for.
pub(super) fn size_of(asset: &ImageAsset, wish: &Wish) -> (u32, u32) {
    let scaled = |size: u32, by: u32, of: u32| {
        let (by, of) = (u64::from(by), u64::from(of.max(1)));
        let scaled = (u64::from(size) * by + of / 2) / of;
        u32::try_from(scaled).unwrap_or(u32::MAX).max(1)
    };
    let for_height = |height| scaled(asset.width, height, asset.height);
    let width = match (wish.width, wish.height) {
        (Some(width), Some(height)) => width.min(for_height(height)),
        (Some(width), None) => width,
        (None, Some(height)) => for_height(height),
        (None, None) => asset.fallback.width,
    };
    let width = width.min(asset.width);
    (width, scaled(asset.height, width, asset.width))
}
