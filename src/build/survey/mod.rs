//! A survey of the pictures of a project: what they are, where readers see them, what of them a
//! reader loads, and which could go.
//!
//! Pages are rendered as a build renders them and their HTML is read as browsers read it, so that
//! templates, cards and galleries count too. Nothing is decoded.

mod mentions;
mod pages;
mod picture;
mod sizes;
mod unused;

pub use picture::{Duplicate, Survey, SurveyedPage, SurveyedPicture, Usage, Variant};
pub use unused::unused;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rayon::prelude::*;

use crate::assets::{AssetMap, ImageAsset, ImageFile, Source, is_picture, read_source_picture};
use crate::build::prepared::Prepared;
use crate::build::survey::pages::Shown;
use crate::render::{Job, JobKind};
use crate::repo::Snapshot;
use crate::site::{LinkTarget, Site, url_of};
use crate::site_path::SitePath;
use crate::store::Store;

/// Surveys the pictures of a site that is prepared, with what the store knows of images that were not
/// made now. A file for which `skip` holds names no picture.
pub fn survey(
    prepared: &mut Prepared,
    snapshot: &Snapshot,
    store: &Store,
    skip: impl Fn(&SitePath) -> bool,
) -> Survey {
    Arc::make_mut(&mut prepared.assets).recall(store);
    let (site, assets) = (&prepared.site, &*prepared.assets);
    let sources = sources(site, assets);
    let read: Vec<Source> = sources
        .par_iter()
        .filter_map(|path| read_source_picture(path, snapshot))
        .collect();
    let names = mentions::mentioned(&sources, snapshot, skip);
    let mut without_text = without_text(site);
    let rendered = render(prepared, snapshot, store);
    let mut made: BTreeMap<SitePath, Vec<ImageAsset>> = BTreeMap::new();
    for asset in assets.images.values().cloned().chain(assets.derived()) {
        made.entry(asset.source.clone()).or_default().push(asset);
    }
    let one = |source: Source| {
        let path = source.path.clone();
        let is_shown = assets.images.contains_key(&path);
        let made = made.get(&path).map_or(&[][..], Vec::as_slice);
        let picture = SurveyedPicture {
            usage: match (is_shown, names.contains(&path)) {
                (true, _) => Usage::Shown,
                (false, true) => Usage::Named,
                (false, false) => Usage::Unused,
            },
            variants: variants(made, source.bytes),
            pages: BTreeSet::new(),
            slot: None,
            stretched: None,
            phone: None,
            desktop: None,
            without_text: without_text.remove(&path).unwrap_or_default(),
            longest: longest(site, &path),
            is_cover: site.covers().contains(&path),
            source,
        };
        (path, picture)
    };
    let mut pictures: BTreeMap<SitePath, SurveyedPicture> = read.into_iter().map(one).collect();
    let places = places(assets, &pictures);
    let mut pages = Vec::new();
    for (job, url, shown) in rendered {
        if let Some(page) = count(&mut pictures, &places, site, (job, url), &shown) {
            pages.push(page);
        }
    }
    Survey::new(pictures, pages)
}

/// The longest side that anything is made of a picture: twice the widest variant.
pub fn longest(site: &Site, picture: &SitePath) -> u32 {
    let options = site.config.images.of(picture.as_str());
    let widest = options.widths.iter().copied().max();
    widest.unwrap_or(1920).saturating_mul(2)
}

/// The files that are made of a picture of this length. One that is copied loses its metadata alone,
/// so that its own length is near enough.
fn variants(made: &[ImageAsset], bytes: u64) -> Vec<Variant> {
    let files = made.iter().flat_map(ImageAsset::encoded);
    let one = |file: &ImageFile| Variant {
        path: file.path.clone(),
        width: file.width,
        height: file.height,
        bytes: file.bytes.or(file.format.is_none().then_some(bytes)),
    };
    let mut variants: Vec<Variant> = files.map(one).collect();
    variants.sort_by(|a, b| a.path.cmp(&b.path));
    variants.dedup_by(|a, b| a.path == b.path);
    variants
}

/// The pictures that a site shows, publishes or may mean to.
fn sources(site: &Site, assets: &AssetMap) -> BTreeSet<SitePath> {
    let mut sources: BTreeSet<SitePath> = assets.images.keys().cloned().collect();
    let look = &site.config.look;
    let logo = look.logo.iter();
    sources.extend(logo.flat_map(|logo| logo.dark.iter().chain([&logo.light]).cloned()));
    sources.extend(look.icon.clone());
    sources.retain(|file| site.files.contains(file));
    let is_visible = |file: &&SitePath| !file.parts().any(|part| part.starts_with('.'));
    let candidates: Box<dyn Iterator<Item = &SitePath>> = match site.content.is_root() {
        true => Box::new(site.files.iter().filter(is_visible)),
        false => Box::new(site.published_files.iter().chain(assets.files.keys())),
    };
    sources.extend(candidates.filter(|file| is_picture(file)).cloned());
    sources
}

/// A published file: the pictures it is of, more than one where they are the same, and its length as far
/// as it is known.
#[derive(Default)]
struct Place {
    sources: Vec<SitePath>,
    bytes: Option<u64>,
}

/// The published files of pictures.
fn places(
    assets: &AssetMap,
    pictures: &BTreeMap<SitePath, SurveyedPicture>,
) -> BTreeMap<SitePath, Place> {
    let mut places: BTreeMap<SitePath, Place> = BTreeMap::new();
    for (path, picture) in pictures {
        let whole = assets.files.get(path);
        let whole = whole.map(|route| (route, Some(picture.source.bytes)));
        let made = picture.variants.iter().map(|one| (&one.path, one.bytes));
        for (route, bytes) in whole.into_iter().chain(made) {
            let place = places.entry(route.clone()).or_default();
            place.bytes = bytes.or(place.bytes);
            if place.sources.last() != Some(path) {
                place.sources.push(path.clone());
            }
        }
    }
    places
}

/// The pictures that the text of a page names.
fn named(site: &Site, job: &Job) -> BTreeSet<SitePath> {
    let JobKind::Page(id) = &job.kind else {
        return BTreeSet::new();
    };
    let page = site.page(*id);
    let images = page.outline.images.iter();
    let file = |target: &str| match site.resolve(page, target) {
        LinkTarget::File(file) => Some(file),
        _ => None,
    };
    images.filter_map(|image| file(&image.target)).collect()
}

impl Place {
    /// Of pictures that are the same, those that a page names; all if it names none.
    fn shown<'a>(&'a self, named: &BTreeSet<SitePath>) -> Vec<&'a SitePath> {
        let sources = || self.sources.iter();
        let meant: Vec<_> = sources().filter(|source| named.contains(*source)).collect();
        match meant.is_empty() {
            true => sources().collect(),
            false => meant,
        }
    }
}

/// The pages that show a picture without a text in its place, by picture. In HTML an empty text is
/// a decision; in Markdown it is what comes of writing nothing.
fn without_text(site: &Site) -> BTreeMap<SitePath, BTreeSet<SitePath>> {
    let mut found: BTreeMap<SitePath, BTreeSet<SitePath>> = BTreeMap::new();
    for (site, page) in site.written_pages() {
        for image in &page.outline.images {
            let is_html = page.text.get(image.span.clone()) == Some(&image.target);
            let is_missing = match &image.alt {
                None => true,
                Some(text) => text.trim().is_empty() && !is_html,
            };
            if is_missing && let LinkTarget::File(file) = site.resolve(page, &image.target) {
                found.entry(file).or_default().insert(page.path.clone());
            }
        }
    }
    found
}

/// Every page with the pictures in it, in the order of the plan. A page that cannot be rendered
/// shows nothing, and is for the build to complain about.
fn render<'a>(
    prepared: &'a Prepared,
    snapshot: &Snapshot,
    store: &Store,
) -> Vec<(&'a Job, SitePath, Vec<Shown>)> {
    let context = prepared.context(snapshot, store);
    let base = prepared.site.release_url();
    let jobs: Vec<_> = prepared.stage.plan().jobs().iter().collect();
    let is_page = |path: &SitePath| path.extension() == "html";
    let shown: Vec<Vec<_>> = jobs
        .par_iter()
        .filter(|(_, job)| is_read(job.kind.plain()))
        .filter(|(_, job)| job.outputs.iter().any(is_page))
        .map(|planned| {
            let Ok(rendered) = prepared.stage.render(&context, planned) else {
                return Vec::new();
            };
            let files = rendered.artifacts.into_iter();
            files
                .filter(|file| is_page(&file.path))
                .map(|file| {
                    let html = String::from_utf8_lossy(&file.bytes);
                    let shown = pages::shown(&html, &file.path, base);
                    (&planned.1, file.path, shown)
                })
                .collect()
        })
        .collect();
    shown.into_iter().flatten().collect()
}

/// Whether an output is a page that readers read on a screen: not the whole text for the printer.
fn is_read(job: &JobKind) -> bool {
    !matches!(
        job,
        JobKind::File(_) | JobKind::Redirect(_) | JobKind::Print
    )
}

/// Adds what a page shows to its pictures; the page, if it shows any.
fn count(
    pictures: &mut BTreeMap<SitePath, SurveyedPicture>,
    places: &BTreeMap<SitePath, Place>,
    site: &Site,
    (job, file): (&Job, SitePath),
    shown: &[Shown],
) -> Option<SurveyedPage> {
    let source = match &job.kind {
        JobKind::Page(id) => Some(site.page(*id).path.clone()),
        _ => None,
    };
    let mut page = SurveyedPage {
        path: source,
        url: url_of(&file),
        pictures: BTreeSet::new(),
        phone: 0,
        desktop: 0,
        unknown: 0,
    };
    let named = named(site, job);
    // Of one file a browser loads one copy.
    let mut loaded: [BTreeSet<&SitePath>; 2] = Default::default();
    for one in shown {
        for (at, place) in [&one.phone, &one.desktop].into_iter().enumerate() {
            let Some((route, place)) = place.as_ref().and_then(|at| places.get_key_value(at))
            else {
                continue;
            };
            for source in place.shown(&named) {
                let Some(picture) = pictures.get_mut(source) else {
                    continue;
                };
                page.pictures.insert(source.clone());
                picture.is_shown_in(page.path.as_ref(), &page.url);
                picture.takes(one, at, place.bytes);
            }
            if loaded[at].insert(route) {
                match (at, place.bytes) {
                    (0, Some(bytes)) => page.phone += bytes,
                    (_, Some(bytes)) => page.desktop += bytes,
                    (0, None) => page.unknown += 1,
                    (_, None) => {}
                }
            }
        }
    }
    (!page.pictures.is_empty()).then_some(page)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_pictures_that_are_the_same_a_page_shows_the_one_it_names() {
        let path = |text: &str| SitePath::parse(text).unwrap();
        let place = Place {
            sources: vec![path("a.png"), path("b.png")],
            bytes: None,
        };
        let case = |named: &[&str], expected: &[&str]| {
            let named = named.iter().map(|name| path(name)).collect();
            let shown: Vec<&str> = place.shown(&named).iter().map(|one| one.as_str()).collect();
            assert_eq!(shown, expected);
        };
        case(&["b.png", "c.png"], &["b.png"]);
        case(&["a.png", "b.png"], &["a.png", "b.png"]);
        case(&["c.png"], &["a.png", "b.png"]);
    }
}
