//! The images of a text, in Markdown and in raw HTML alike: made as their author asks, in the room
//! that they have, the first of a page before all others.

use pulldown_cmark::{Event, Tag, TagEnd};

use crate::assets::{Asked, ImageAsset, Length, Slot, WISHES, Wish, slot_widths};
use crate::markdown::{
    Around, Attributes, HtmlAttribute, Image, Markup, Spanned, decode_references, html_tag_spans,
    tag_attributes,
};
use crate::render::html::attributes::attribute_text;
use crate::render::html::body::Writer;
use crate::render::html::events::{escape, plain_text, split_at_end};
use crate::render::html::figures::{Loading, Shown, file_url, picture, plain_image};
use crate::render::tiles::holds_only_images;
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

impl<'w> Writer<'w> {
    pub(super) fn image(&mut self, target: &str, alt: &str, attributes: &Attributes) {
        let (image, around) = self.next_image(target);
        let asked = Asked::of(attributes).within(around);
        let mut rest = attributes.clone();
        if let Some(side @ ("left" | "right" | "center")) = attributes.get("align") {
            rest.classes.push(format!("align-{side}"));
        }
        let own = |name: &str| OWN.contains(&name) || WISHES.contains(&name);
        rest.pairs.retain(|(name, _)| !own(name.as_str()));
        let more = attribute_text(&rest, self.raw_html_allowed());
        let mut shown = self.shown(around, &asked, attributes.get("loading"), more);
        if asked
            .faults
            .iter()
            .all(|fault| !fault.message.starts_with("`sizes"))
        {
            shown.sizes = attributes.get("sizes").map(str::to_owned);
        }
        let alt = escape(alt);
        let html = match self.context.site.resolve(self.page, target) {
            LinkTarget::File(file) => match self.asset(&file, asked.wish.clone(), &shown) {
                Some(asset) => {
                    let html = self.in_box(&asset, &alt, &shown);
                    let room = shown.slot.as_ref().map_or(0, Slot::widest);
                    let original = image.and_then(|image| {
                        let assets = self.context.assets;
                        assets.original_of((&file, image), &asked, room)
                    });
                    match original.filter(|_| self.links.is_empty()) {
                        Some(original) => {
                            let site = self.context.site;
                            let href = site.asset_url_from(original, &self.page.route);
                            let href = escape(&href);
                            format!("<a class=\"original\" href=\"{href}\">{html}</a>")
                        }
                        None => html,
                    }
                }
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

    /// The next image, which shows `target`, and what stands around it.
    fn next_image(&mut self, target: &str) -> (Option<&'w Image>, &'w [Around]) {
        let image = self.page.outline.images.get(self.images);
        let image = image.filter(|image| image.target == target);
        self.images += 1;
        (
            image,
            image.map_or(&[][..], |image| image.around.as_slice()),
        )
    }

    /// How an image is shown. A share of the line is no width in HTML, where it is that share of
    /// the most that there is; styles know better.
    fn shown(
        &self,
        around: &[Around],
        asked: &Asked,
        loading: Option<&str>,
        more: String,
    ) -> Shown {
        let slot = asked.room(self.layout.slot(around));
        let wished = asked.wish.as_ref();
        let (width, share) = match asked.width {
            Some(Length::Pixels(width)) => (Some(width), None),
            Some(Length::Share(share)) => (Some(slot.widest()), Some(share)),
            None => (wished.and_then(|wish| wish.width), None),
        };
        Shown {
            slot: Some(slot),
            sizes: None,
            width,
            share,
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
            let room = shown.slot.as_ref().map_or(960, Slot::widest);
            let configured = context.site.config.images.of(file.as_str()).widths;
            wish.choices.widths = Some(slot_widths(room, &configured));
        }
        let places = (context.site, context.snapshot, context.store);
        let made = context.assets.derive(file, &wish, places);
        made.or_else(|| Some(plain.clone()))
    }

    /// A picture, whole in its box if it has one: whichever side is reached first.
    fn in_box(&self, asset: &ImageAsset, alt: &str, shown: &Shown) -> String {
        let mut shown = shown.clone();
        if let (Some(width), Some(height)) = (shown.width, shown.height) {
            let for_height = u64::from(height) * u64::from(asset.width);
            let for_height = for_height / u64::from(asset.height.max(1));
            shown.width = u32::try_from(for_height)
                .ok()
                .map(|most| width.min(most.max(1)));
        }
        picture((self.context.site, asset), alt, &self.page.route, &shown)
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
        let target = decode_references(get("src")?);
        let (_, around) = self.next_image(&target);
        let has_own = get("srcset").is_some() || get("ismap").is_some();
        if self.in_picture || has_own {
            return None;
        }
        let LinkTarget::File(file) = self.context.site.resolve(self.page, &target) else {
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
        let mut shown = self.shown(around, &asked, get("loading"), more);
        // A width alone keeps the shape, and so does the style of the themes where both are given.
        shown.height = shown.height.filter(|_| shown.width.is_none());
        shown.sizes = get("sizes").map(|sizes| decode_references(sizes).into_owned());
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

/// An attribute as it was written, in double quotes.
fn attribute(found: &HtmlAttribute) -> String {
    let name = found.name.replace(['"', '<', '>', '\'', '&'], "");
    format!(" {name}=\"{}\"", found.value.replace('"', "&quot;"))
}
