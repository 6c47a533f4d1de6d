//! Which pages have a card, what stands on it, and where it lies.

use std::collections::BTreeMap;
#[cfg(feature = "brand")]
use std::collections::BTreeSet;

#[cfg(feature = "brand")]
use crate::assets::Picture;
#[cfg(feature = "brand")]
use crate::config::{CONFIG_FILE, Kind};
use crate::diagnostic::Diagnostic;
#[cfg(feature = "brand")]
use crate::diagnostic::Severity;
#[cfg(feature = "brand")]
use crate::render::brand::card::{Card, Style};
#[cfg(feature = "brand")]
use crate::render::brand::letters::Letters;
use crate::render::brand::palette::Palette;
use crate::render::context::RenderContext;
use crate::site::PageId;
#[cfg(feature = "brand")]
use crate::site::{Page, Site};
use crate::site_path::SitePath;
use crate::store::Store;

/// The width and height of a card in pixels, as networks ask for.
pub(in crate::render) const CARD_SIZE: (u32, u32) = (1200, 630);

/// The cards of a site.
#[derive(Default)]
pub(in crate::render) struct Cards {
    /// Of the pages, and of the site if it has no front page of its own.
    places: BTreeMap<Option<PageId>, SitePath>,
    #[cfg(feature = "brand")]
    texts: BTreeMap<Option<PageId>, Card>,
    #[cfg(feature = "brand")]
    style: Option<Style>,
}

impl Cards {
    /// Where the card of a page, or of the site, stands in the release.
    pub(in crate::render) fn place(&self, page: Option<PageId>) -> Option<&SitePath> {
        self.places.get(&page)
    }

    /// All that have a card, and where it stands.
    pub(in crate::render) fn places(&self) -> impl Iterator<Item = (Option<PageId>, &SitePath)> {
        self.places.iter().map(|(page, place)| (*page, place))
    }

    /// Without the engine that draws there is none.
    #[cfg(not(feature = "brand"))]
    pub(in crate::render) fn of(
        _: &RenderContext<'_>,
        _: &Palette,
        _: impl Fn(PageId) -> Option<String>,
    ) -> (Self, Vec<Diagnostic>) {
        (Self::default(), Vec::new())
    }

    /// Draws nothing.
    #[cfg(not(feature = "brand"))]
    pub(in crate::render) fn draw(&self, _: Option<PageId>, _: &Store) -> Vec<u8> {
        Vec::new()
    }
}

#[cfg(feature = "brand")]
impl Cards {
    /// The cards of a site whose project asks for them: one for each page that names no picture of
    /// its own, and one for the lists of a site without a front page. `above` is what a page belongs to. Without an absolute address nobody could fetch
    /// them, so there are none.
    pub(in crate::render) fn of(
        context: &RenderContext<'_>,
        palette: &Palette,
        above: impl Fn(PageId) -> Option<String>,
    ) -> (Self, Vec<Diagnostic>) {
        let site = context.site;
        if !site.config.html.social_cards || site.config.project.base_url.is_none() {
            return (Self::default(), Vec::new());
        }
        let style = style(context, palette);
        let mut cards = Self::default();
        let mut missing = BTreeSet::new();
        let mut without = 0_usize;
        let mut wanted: Vec<(Option<PageId>, Card)> = Vec::new();
        let mut has_home = false;
        for (id, page) in site.pages_with_ids() {
            has_home |= is_home(page);
            let wants = page.front.image.is_none() && page.front.redirect_to.is_none();
            if wants && page.route.as_str() != "404.html" {
                wanted.push((Some(id), card(site, Some(page), above(id))));
            }
        }
        if !has_home {
            wanted.push((None, card(site, None, None)));
        }
        for (id, card) in wanted {
            let strange = card.missing(&style);
            if strange.is_empty() {
                cards.places.insert(id, card.place(&style));
                cards.texts.insert(id, card);
            } else {
                without += 1;
                missing.extend(strange);
            }
        }
        cards.style = Some(style);
        let found = (without > 0).then(|| fault(without, &missing));
        (cards, found.into_iter().collect())
    }

    /// The card of a page, or of the site.
    pub(in crate::render) fn draw(&self, page: Option<PageId>, store: &Store) -> Vec<u8> {
        match (self.texts.get(&page), &self.style) {
            (Some(card), Some(style)) => card.draw(style, store),
            _ => Vec::new(),
        }
    }
}

/// What all cards of a site share.
#[cfg(feature = "brand")]
fn style(context: &RenderContext<'_>, palette: &Palette) -> Style {
    let look = &context.site.config.look;
    let fonts = [&look.heading, &look.text];
    let files = fonts.into_iter().flatten().flat_map(|font| &font.files);
    let fonts: Vec<Vec<u8>> = files
        .filter_map(|file| context.snapshot.read(file).ok())
        .collect();
    let logo = look.logo.as_ref();
    let logo = logo.and_then(|logo| context.snapshot.read(&logo.light).ok());
    Style::new(
        palette.clone(),
        Letters::new(&fonts),
        &fonts,
        logo.and_then(|bytes| Picture::read(bytes).ok()),
    )
}

#[cfg(feature = "brand")]
fn is_home(page: &Page) -> bool {
    page.route.as_str() == "index.html"
}

#[cfg(feature = "brand")]
fn card(site: &Site, page: Option<&Page>, above: Option<String>) -> Card {
    let own = page.filter(|page| !is_home(page));
    let is_home = own.is_none();
    let language = match page {
        Some(page) => site.shown_language(page),
        None => &site.config.project.language,
    };
    let mut by = match (site.kind, page) {
        (Kind::Site | Kind::Book, Some(page)) => site.author_names(page),
        (Kind::Site | Kind::Book, None) => site.config.project.authors.clone(),
        (Kind::Docs | Kind::Contract, _) => Vec::new(),
    };
    by.truncate(3);
    let mut facts = by.join(", ");
    if let Some(date) = page.and_then(|page| page.front.date) {
        if !facts.is_empty() {
            facts.push_str(" · ");
        }
        facts.push_str(&date.for_readers(language));
    }
    let host = site.config.project.base_url.as_deref().unwrap_or_default();
    let host = host.split_once("://").map_or(host, |(_, rest)| rest);
    Card {
        title: own.map_or_else(|| site.title.clone(), |page| page.title.clone()),
        site: site.title.clone(),
        above: above.filter(|_| !is_home).unwrap_or_default(),
        description: page
            .and_then(|page| page.front.description.clone())
            .or_else(|| {
                let own = site.config.project.description.clone();
                own.filter(|_| is_home)
            })
            .unwrap_or_default(),
        facts,
        host: host.trim_end_matches('/').to_owned(),
        is_home,
        is_rtl: crate::config::direction(language) == "rtl",
    }
}

#[cfg(feature = "brand")]
fn fault(without: usize, missing: &BTreeSet<char>) -> Diagnostic {
    let config = SitePath::parse(CONFIG_FILE).expect("a plain name is a path");
    let letters: Vec<String> = missing.iter().take(12).map(char::to_string).collect();
    let more = if missing.len() > letters.len() {
        " and more"
    } else {
        ""
    };
    let pages = match without {
        1 => "a page has no social card".to_owned(),
        many => format!("{many} pages have no social card"),
    };
    let message = format!(
        "{pages}: the fonts have no glyphs for {}{more}",
        letters.join(" ")
    );
    Diagnostic::new("social-card-glyph", Severity::Warning, &config, message)
        .help("name a font file that has them, in TTF or OTF, in `[theme.font]`")
}
