//! What a template sees of one page. Everything site-wide comes from `shared` by handle.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::config::direction;
use crate::markdown::{Edition, Heading};
use crate::render::context::RenderContext;
use crate::render::html::authors::{ProfileValue, profiles};
use crate::render::html::cards::{CardValue, card};
use crate::render::html::figures::{background, srcset};
use crate::render::html::languages::{TranslationValue, original, switch, translations};
use crate::render::html::portraits::hero;
use crate::render::html::related::{SeriesValue, related, series};
use crate::render::html::shared::{Crumb, Shared, canonical};
use crate::render::html::structured::structured;
use crate::render::html::versions::{VersionValue, latest_address, versions};
use crate::render::machines::markdown_route;
use crate::site::{LinkTarget, Page, PageId, Site, Term, term_slug};
use crate::site_path::SitePath;

/// How many words a reader reads in a minute.
pub(super) const WORDS_PER_MINUTE: usize = 220;

/// `page` in templates.
#[derive(Serialize, Default)]
pub(super) struct PageValue {
    pub(super) title: String,
    pub(super) url: String,
    pub(super) description: Option<String>,
    pub(super) canonical: Option<String>,
    pub(super) language: String,
    pub(super) dir: &'static str,
    pub(super) is_fallback: bool,
    pub(super) text_language: String,
    pub(super) text_dir: &'static str,
    pub(super) translations: Vec<TranslationValue>,
    pub(super) languages: Vec<TranslationValue>,
    pub(super) versions: Vec<VersionValue>,
    pub(super) date: Option<String>,
    pub(super) date_text: Option<String>,
    pub(super) updated: Option<String>,
    pub(super) updated_text: Option<String>,
    pub(super) authors: Vec<String>,
    pub(super) draft: bool,
    pub(super) words: usize,
    pub(super) minutes: usize,
    pub(super) toc: Vec<TocValue>,
    pub(super) tags: Vec<TagValue>,
    pub(super) terms: BTreeMap<String, Vec<TagValue>>,
    pub(super) series: Option<SeriesValue>,
    pub(super) related: Vec<LinkValue>,
    pub(super) profiles: Vec<ProfileValue>,
    pub(super) link_title: String,
    pub(super) extra: BTreeMap<String, serde_json::Value>,
    pub(super) previous: Option<LinkValue>,
    pub(super) next: Option<LinkValue>,
    pub(super) breadcrumbs: Vec<Crumb>,
    pub(super) source: Option<String>,
    pub(super) structured: Option<String>,
    pub(super) markdown: Option<String>,
    pub(super) commit: Option<String>,
    pub(super) image: Option<ImageValue>,
    pub(super) hero: Option<String>,
    pub(super) card: Option<CardValue>,
    pub(super) number: Option<String>,
    pub(super) edit_url: Option<String>,
    pub(super) contributors: Vec<String>,
    pub(super) trail: Vec<String>,
}

/// An entry of the table of contents.
#[derive(Serialize)]
pub(super) struct TocValue {
    id: String,
    number: Option<String>,
    title: String,
    level: u8,
    children: Vec<TocValue>,
}

/// A tag and its list.
#[derive(Serialize)]
pub(super) struct TagValue {
    name: String,
    url: String,
}

/// A title and where it leads.
#[derive(Serialize)]
pub(super) struct LinkValue {
    title: String,
    url: String,
}

/// A picture that stands for a page.
#[derive(Serialize)]
pub(super) struct ImageValue {
    src: String,
    pub(super) url: Option<String>,
    srcset: Option<String>,
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) alt: String,
    /// What stands in its room while it loads, in CSS.
    background: Option<String>,
    /// The source.
    #[serde(skip)]
    pub(super) file: SitePath,
}

/// An entry of a list of pages.
#[derive(Serialize)]
pub(super) struct ListedValue {
    title: String,
    url: String,
    description: Option<String>,
    date: Option<String>,
    date_text: Option<String>,
    tags: Vec<TagValue>,
    image: Option<ImageValue>,
}

impl PageValue {
    /// What a template sees of a page of the site.
    pub(super) fn of(context: &RenderContext<'_>, shared: &Shared, id: PageId) -> Self {
        let site = context.site;
        let page = site.page(id);
        let text_language = site.language_of(page);
        let is_fallback = site.is_fallback(page);
        let language = site.shown_language(page);
        let trail = shared.trail(id);
        let (previous, next) = shared.neighbours(id);
        let updated = page.front.updated.or_else(|| {
            let last = site.history_of(id)?.last.time;
            crate::site::Date::from_seconds(last)
        });
        let image = image(context, page, &page.route);
        let picture = image.as_ref().and_then(|image| image.url.as_deref());
        let markdown = site.config.html.markdown;
        let address = canonical(site, &page.route);
        Self {
            title: page.title.clone(),
            url: page.route.to_url(),
            structured: structured(
                site,
                (page, address.as_deref()),
                &trail.above,
                updated,
                picture,
            ),
            markdown: markdown.then(|| markdown_route(&page.route).to_url()),
            description: described(site, page),
            canonical: match is_fallback {
                true => original(site, page),
                false => latest_address(site, page).or(address),
            },
            language: language.to_owned(),
            dir: match language == site.config.project.language {
                true => site.config.project.direction(),
                false => direction(language),
            },
            is_fallback,
            text_language: text_language.to_owned(),
            text_dir: direction(text_language),
            translations: translations(site, page),
            languages: switch(site, Some(page)),
            versions: versions(site, Some(page)),
            date: page.front.date.map(|date| date.day()),
            date_text: page.front.date.map(|date| date.for_readers(language)),
            updated: updated.map(|date| date.day()),
            updated_text: updated.map(|date| date.for_readers(language)),
            authors: site.author_names(page),
            draft: page.front.draft,
            words: page.outline.words,
            minutes: page.outline.words.div_ceil(WORDS_PER_MINUTE).max(1),
            toc: toc(&page.headings_for(Edition::Html)),
            tags: terms(site, id, "tags"),
            terms: all_terms(site, id),
            series: series(site, id),
            related: related(site, id)
                .into_iter()
                .map(|id| link(site, id))
                .collect(),
            profiles: profiles(context, id),
            link_title: page.short_title().to_owned(),
            extra: page.front.extra.clone(),
            previous: previous.map(|id| link(site, id)),
            next: next.map(|id| link(site, id)),
            source: Some(page.path.to_string()),
            card: card(context, shared, id, image.as_ref()),
            image,
            hero: hero(context, page),
            // The commit of the page, not of the site: a page must not change when another does.
            commit: site
                .history_of(id)
                .map(|history| history.last.commit.chars().take(7).collect()),
            number: trail.number,
            edit_url: edit_url(site, page),
            contributors: contributors(site, id),
            trail: trail
                .above
                .iter()
                .filter_map(|crumb| crumb.url.clone())
                .chain([page.route.to_url()])
                .collect(),
            breadcrumbs: trail.above,
        }
    }

    /// The same for templates of other pages: without what leads somewhere from this one alone.
    pub(super) fn seen_afar(mut self) -> Self {
        self.profiles.clear();
        self.trail.clear();
        self.hero = None;
        self.image = self.image.map(ImageValue::seen_afar);
        self
    }

    /// What a template sees of a page that has no source: a list, or the page for what is missing.
    pub(super) fn plain(site: &Site, title: &str, route: &SitePath) -> Self {
        let project = &site.config.project;
        Self {
            title: title.to_owned(),
            link_title: title.to_owned(),
            url: route.to_url(),
            canonical: canonical(site, route),
            language: project.language.clone(),
            dir: project.direction(),
            text_language: project.language.clone(),
            text_dir: project.direction(),
            languages: switch(site, None),
            versions: versions(site, None),
            minutes: 1,
            ..Self::default()
        }
    }
}

impl ListedValue {
    /// An entry of a list that stands at `from`.
    pub(super) fn of(context: &RenderContext<'_>, id: PageId, from: &SitePath) -> Self {
        let site = context.site;
        let page = site.page(id);
        let language = site.language_of(page);
        Self {
            title: page.title.clone(),
            url: page.route.to_url(),
            description: page
                .front
                .description
                .clone()
                .or_else(|| summary(site, page)),
            date: page.front.date.map(|date| date.day()),
            date_text: page.front.date.map(|date| date.for_readers(language)),
            tags: terms(site, id, "tags"),
            image: image(context, page, from),
        }
    }

    /// The same for any page: its picture in one size.
    pub(super) fn seen_afar(mut self) -> Self {
        self.image = self.image.map(ImageValue::seen_afar);
        self
    }
}

impl ImageValue {
    fn seen_afar(self) -> Self {
        Self {
            srcset: None,
            ..self
        }
    }
}

impl LinkValue {
    /// A title and the file that it leads to.
    pub(super) fn new(title: &str, route: &SitePath) -> Self {
        Self {
            title: title.to_owned(),
            url: route.to_url(),
        }
    }
}

/// What a page says of itself; the front page is described by the project before its first words.
fn described(site: &Site, page: &Page) -> Option<String> {
    let project = site.config.project.description.as_ref();
    let home = project.filter(|_| page.route.as_str() == "index.html");
    let own = page.front.description.as_ref().or(home);
    own.cloned().or_else(|| summary(site, page))
}

/// The first paragraph, cut at a word near 200 characters.
fn summary(site: &Site, page: &Page) -> Option<String> {
    const MOST: usize = 200;
    let mut text = String::with_capacity(MOST + 40);
    let mut letters = 0;
    for word in site.summary_of(page).split_whitespace() {
        if !text.is_empty() {
            text.push(' ');
            letters += 1;
        }
        text.push_str(word);
        letters += match word.is_ascii() {
            true => word.len(),
            false => word.chars().count(),
        };
        if letters > MOST {
            break;
        }
    }
    if letters <= MOST {
        return Some(text).filter(|text| !text.is_empty());
    }
    let cut = text.char_indices().nth(MOST);
    let cut = cut.map_or(text.len(), |(at, _)| at);
    let end = text[..cut].rfind(' ').unwrap_or(cut);
    let kept = text[..end].trim_end_matches([',', ';', ':', '.']).len();
    text.truncate(kept);
    text.push('…');
    Some(text)
}

/// A link to a page.
pub(super) fn link(site: &Site, id: PageId) -> LinkValue {
    let page = site.page(id);
    LinkValue::new(&page.title, &page.route)
}

/// The terms of a page by taxonomy.
fn all_terms(site: &Site, id: PageId) -> BTreeMap<String, Vec<TagValue>> {
    let known = site.terms_of(id).iter();
    let names: BTreeSet<&str> = known
        .map(|id| site.taxonomies[id.term.taxonomy].name.as_str())
        .collect();
    let names = names.into_iter();
    names
        .map(|name| (name.to_owned(), terms(site, id, name)))
        .collect()
}

/// The terms of a page in one taxonomy, in the author's order.
fn terms(site: &Site, id: PageId, taxonomy: &str) -> Vec<TagValue> {
    let known = site.terms_of(id).iter();
    let known: Vec<&Term> = known
        .map(|id| (&site.taxonomies[id.term.taxonomy], id.term.term))
        .filter(|(known, _)| known.name == taxonomy)
        .map(|(known, term)| &known.terms[term])
        .collect();
    let find = |name: &str| {
        let slug = term_slug(name);
        let term = known
            .iter()
            .find(|term| term.route.parent().file_name() == slug)?;
        Some(TagValue {
            name: term.name.clone(),
            url: term.route.to_url(),
        })
    };
    let written = site.page(id).front.terms(taxonomy);
    written.into_iter().filter_map(find).collect()
}

/// The picture of a page: the one it names, else its first that has sizes.
pub(super) fn image(
    context: &RenderContext<'_>,
    page: &Page,
    from: &SitePath,
) -> Option<ImageValue> {
    let alt = page.front.image_alt.as_deref().unwrap_or_default();
    let named = page.front.image.iter().map(|target| (target.as_str(), alt));
    let shown = page
        .outline
        .images
        .iter()
        .map(|image| (image.target.as_str(), image.alt.as_deref().unwrap_or("")));
    named.chain(shown).find_map(|(target, alt)| {
        let LinkTarget::File(file) = context.site.resolve(page, target) else {
            return None;
        };
        image_value(context, &file, alt, from)
    })
}

fn image_value(
    context: &RenderContext<'_>,
    file: &SitePath,
    alt: &str,
    from: &SitePath,
) -> Option<ImageValue> {
    let asset = context.assets.images.get(file)?;
    let commonest = asset.sets.last().map_or(&[][..], |set| &set.files);
    let set = srcset(commonest, |file| {
        context.site.asset_url_from(&file.path, from)
    });
    Some(ImageValue {
        src: context.site.url_in_release(&asset.fallback.path),
        url: (context.site.release_url())
            .map(|base| format!("{base}{}", asset.fallback.path.to_url())),
        srcset: Some(set).filter(|set| !set.is_empty()),
        width: asset.fallback.width,
        height: asset.fallback.height,
        alt: alt.to_owned(),
        background: asset.placeholder.as_deref().map(background),
        file: file.clone(),
    })
}

/// The cover of a book.
pub(super) fn cover(context: &RenderContext<'_>, from: &SitePath) -> Option<ImageValue> {
    let site = context.site;
    let own = site
        .documents
        .first()
        .and_then(|first| first.about.cover.as_ref());
    image_value(context, own.or(site.config.epub.cover.as_ref())?, "", from)
}

/// Where a reader changes the source of a page.
fn edit_url(site: &Site, page: &Page) -> Option<String> {
    let address = site.config.html.edit_url.as_deref()?;
    Some(address.replace("{path}", &page.path.to_url()))
}

/// Everybody who changed a page, if Git knows them all and the project shows them.
fn contributors(site: &Site, id: PageId) -> Vec<String> {
    let shown = site.config.html.contributors;
    let history = site
        .history_of(id)
        .filter(|history| shown && history.is_whole);
    history.map_or(Vec::new(), |history| history.authors.clone())
}

/// Headings of the second to fourth level, nested.
fn toc(headings: &[Heading]) -> Vec<TocValue> {
    let mut roots: Vec<TocValue> = Vec::new();
    for heading in headings
        .iter()
        .filter(|heading| (2..=4).contains(&heading.level))
    {
        let mut list = &mut roots;
        while list.last().is_some_and(|last| last.level < heading.level) {
            let last = list.len() - 1;
            list = &mut list[last].children;
        }
        list.push(TocValue {
            id: heading.id.clone(),
            number: heading.number.clone(),
            title: heading.text.clone(),
            level: heading.level,
            children: Vec::new(),
        });
    }
    roots
}
