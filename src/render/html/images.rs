//! The images of a text, in Markdown and in raw HTML alike: made as their author asks, in the room
//! that they have, the first of a page before all others.

use pulldown_cmark::{Event, Tag, TagEnd};

use crate::assets::{Asked, ImageAsset, Length, WISHES, Wish, slot_widths};
use crate::markdown::{
    Around, Attributes, HtmlAttribute, Markup, Spanned, html_tag_spans, tag_attributes,
};
use crate::render::html::attributes::attribute_text;
use crate::render::html::body::Writer;
use crate::render::html::events::{escape, plain_text, split_at_end};
use crate::render::html::figures::{Loading, Shown, file_url, picture, plain_image, size};
use crate::site::LinkTarget;
use crate::site_path::SitePath;

/// The attributes of an image that have a form of their own in the page.
const OWN: &[&str] = &["width", "height", "align", "loading", "sizes"];
/// Those of an `img` that are written anew.
const REWRITTEN: &[&str] = &[
    "src",
    "alt",
    "width",
    "height",
    "loading",
    "decoding",
    "fetchpriority",
    "sizes",
    "srcset",
];

impl Writer<'_> {
    pub(super) fn image(&mut self, target: &str, alt: &str, attributes: &Attributes) {
        let around = self.next_image(target);
        let asked = Asked::of(attributes).within(&around);
        let mut rest = attributes.clone();
        if let Some(side @ ("left" | "right" | "center")) = attributes.get("align") {
            rest.classes.push(format!("align-{side}"));
        }
        let own = |name: &str| OWN.contains(&name) || WISHES.contains(&name);
        rest.pairs.retain(|(name, _)| !own(name.as_str()));
        let more = attribute_text(&rest, self.raw_html_allowed());
        let mut shown = self.shown(&around, &asked, attributes.get("loading"), more);
        if asked
            .faults
            .iter()
            .all(|fault| !fault.message.starts_with("`sizes"))
        {
            shown.sizes = attributes.get("sizes").map(str::to_owned);
        }
        let alt = escape(alt);
        let html = match self.context.site.resolve(self.page, target) {
            LinkTarget::File(file) => match self.asset(&file, asked.wish, &shown) {
                Some(asset) => self.with_original(&asset, &alt, &around, &shown),
                None => {
                    let url = file_url(self.context, &file, &self.page.route);
                    plain_image(&url.unwrap_or_else(|| target.to_owned()), &alt, &shown)
                }
            },
            LinkTarget::Unsafe => alt,
            _ => plain_image(target, &alt, &shown),
        };
        self.raw(&html);
    }

    /// The images of a gallery's paragraph, each a figure of its own; false if there is anything
    /// else in it.
    pub(super) fn tiles(&mut self, inner: &[Spanned<'_>]) -> bool {
        if self
            .page
            .outline
            .images
            .get(self.images)
            .map(|image| image.around.last())
            != Some(Some(&Around::Gallery))
            || !holds_only_images(inner)
        {
            return false;
        }
        let mut rest = inner;
        let mut attributes = Attributes::default();
        while let Some(((markup, _), after)) = rest.split_first() {
            rest = after;
            match markup {
                Markup::Attributes(found) => attributes = (**found).clone(),
                Markup::Plain(Event::Start(Tag::Image {
                    dest_url, title, ..
                })) => {
                    let (text, after) = split_at_end(rest, TagEnd::Image);
                    rest = after;
                    let alt: String = text.iter().map(|(event, _)| plain_text(event)).collect();
                    self.raw("<figure>");
                    self.image(dest_url, &alt, &std::mem::take(&mut attributes));
                    if !title.is_empty() {
                        let caption = escape(title);
                        self.out.parts(&["<figcaption>", &caption, "</figcaption>"]);
                    }
                    self.raw("</figure>\n");
                }
                _ => {}
            }
        }
        true
    }

    /// What stands around the next image, which shows `target`.
    fn next_image(&mut self, target: &str) -> Vec<Around> {
        let image = self.page.outline.images.get(self.images);
        let around = image.filter(|image| image.target == target);
        self.images += 1;
        around.map_or_else(Vec::new, |image| image.around.clone())
    }

    /// How an image is shown. A share of the room is no width in HTML, so it is that share of the
    /// most that there is.
    fn shown(
        &self,
        around: &[Around],
        asked: &Asked,
        loading: Option<&str>,
        more: String,
    ) -> Shown {
        let slot = self.layout.slot(around);
        let wished = asked.wish.as_ref();
        let (width, slot) = match asked.width {
            Some(Length::Pixels(width)) => (Some(width), slot.at_most(f64::from(width))),
            Some(Length::Share(share)) => {
                let width = f64::from(slot.widest()) * share;
                let slot = slot.at_most(width);
                (Some(slot.widest()), slot)
            }
            None => (wished.and_then(|wish| wish.width), slot),
        };
        Shown {
            slot: Some(slot),
            sizes: None,
            width,
            height: asked.height,
            loading: match loading {
                Some("eager") => Loading::Eager,
                Some("lazy") => Loading::Lazy,
                _ if self.images == 1 && !self.page.front.hero => Loading::First,
                _ => Loading::Lazy,
            },
            more,
        }
    }

    /// The files of an image: as the project makes them, or as its author wishes.
    fn asset(&self, file: &SitePath, wish: Option<Wish>, shown: &Shown) -> Option<ImageAsset> {
        let context = self.context;
        let plain = context.assets.images.get(file)?;
        let Some(mut wish) = wish else {
            return Some(plain.clone());
        };
        if wish.width.is_none() && wish.height.is_none() && wish.choices.widths.is_none() {
            let room = shown.slot.as_ref().map_or(960, crate::assets::Slot::widest);
            let configured = context.site.config.images.of(file.as_str()).widths;
            wish.choices.widths = Some(slot_widths(room, &configured));
        }
        let places = (context.site, context.snapshot, context.store);
        let made = context.assets.derive(file, &wish, places);
        made.or_else(|| Some(plain.clone()))
    }

    /// A picture; in a figure or a gallery it leads to the original, if that has much more to show.
    fn with_original(
        &self,
        asset: &ImageAsset,
        alt: &str,
        around: &[Around],
        shown: &Shown,
    ) -> String {
        let site = self.context.site;
        let from = &self.page.route;
        let mut shown = shown.clone();
        // Whole in a box: whichever side is reached first.
        if let (Some(width), Some(height)) = (shown.width, shown.height) {
            let for_height = u64::from(height) * u64::from(asset.width);
            let for_height = for_height / u64::from(asset.height.max(1));
            shown.width = u32::try_from(for_height)
                .ok()
                .map(|most| width.min(most.max(1)));
        }
        let html = picture((site, asset), alt, from, &shown);
        let is_figure = matches!(
            around.last(),
            Some(Around::Figure | Around::Columns(_) | Around::Gallery)
        );
        let original = self.context.assets.images.get(&asset.source);
        let original = original.and_then(|asset| asset.original.as_ref());
        let (width, _) = size(asset, &shown);
        match original {
            Some(original)
                if is_figure
                    && self.links.is_empty()
                    && !alt.trim().is_empty()
                    && asset.options.original
                    && asset.width / 3 * 2 > width =>
            {
                let href = escape(&site.asset_url_from(original, from));
                format!("<a class=\"original\" href=\"{href}\">{html}</a>")
            }
            _ => html,
        }
    }

    /// Raw HTML in which the images of the project have their sizes, but for those that say
    /// themselves which files they have. Their places are left to what settles links.
    pub(super) fn raw_images(&mut self, html: &str) -> String {
        let mut out = String::with_capacity(html.len());
        let mut done = 0;
        for (span, name) in html_tag_spans(html) {
            match name.to_ascii_lowercase().as_str() {
                "picture" => self.in_picture = true,
                "/picture" => self.in_picture = false,
                "img" => {
                    let tag = html.get(span.start + 1..span.end).unwrap_or_default();
                    out.push_str(&self.settled_links(&html[done..span.start]));
                    match self.raw_image(tag) {
                        Some(image) => out.push_str(&image),
                        None => out.push_str(&self.settled_links(&html[span.clone()])),
                    }
                    done = span.end;
                }
                _ => {}
            }
        }
        out.push_str(&self.settled_links(&html[done..]));
        out
    }

    /// An `img` of the project made anew; none if it stays as it is.
    fn raw_image(&mut self, tag: &str) -> Option<String> {
        let attributes = tag_attributes(tag);
        let get = |name: &str| {
            let mut named = attributes.iter().filter(|found| found.name == name);
            named.next().map(|found| found.value.as_str())
        };
        let target = get("src")?;
        let around = self.next_image(target);
        let has_own = get("srcset").is_some() || get("ismap").is_some();
        if self.in_picture || has_own {
            return None;
        }
        let LinkTarget::File(file) = self.context.site.resolve(self.page, target) else {
            return None;
        };
        let mut given = Attributes::default();
        for name in ["width", "height"] {
            // What is no number here is nothing to browsers either.
            let value = get(name).filter(|value| value.starts_with(|c: char| c.is_ascii_digit()));
            let pair = value.map(|value| (name.to_owned(), value.to_owned()));
            given.pairs.extend(pair);
        }
        let asked = Asked::of(&given);
        let rest = attributes
            .iter()
            .filter(|found| !REWRITTEN.contains(&found.name.as_str()));
        let more: String = rest.map(attribute).collect();
        let mut shown = self.shown(&around, &asked, get("loading"), more);
        // A width alone keeps the shape, and so does the style of the themes where both are given.
        shown.height = shown.height.filter(|_| shown.width.is_none());
        shown.sizes = get("sizes").map(str::to_owned);
        let asset = self.asset(&file, None, &shown)?;
        let alt = get("alt").unwrap_or_default().replace('"', "&quot;");
        let html = picture((self.context.site, &asset), &alt, &self.page.route, &shown);
        // Without a text an image is not one that says nothing.
        Some(match get("alt") {
            Some(_) => html,
            None => html.replace(" alt=\"\"", ""),
        })
    }
}

/// Whether there is nothing but images in a paragraph.
fn holds_only_images(inner: &[Spanned<'_>]) -> bool {
    let mut depth = 0_usize;
    inner.iter().all(|(markup, _)| match markup {
        Markup::Plain(Event::Start(Tag::Image { .. })) => {
            depth += 1;
            true
        }
        Markup::Plain(Event::End(TagEnd::Image)) => {
            depth = depth.saturating_sub(1);
            true
        }
        Markup::Attributes(_) | Markup::Plain(Event::SoftBreak | Event::HardBreak) => true,
        Markup::Plain(Event::Text(text)) => depth > 0 || text.trim().is_empty(),
        _ => depth > 0,
    })
}

/// An attribute as it was written, in double quotes.
fn attribute(found: &HtmlAttribute) -> String {
    let name = found.name.replace(['"', '<', '>', '\'', '&'], "");
    format!(" {name}=\"{}\"", found.value.replace('"', "&quot;"))
}
