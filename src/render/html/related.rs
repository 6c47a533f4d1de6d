//! What to read next: the pages that share most terms with a page, and its place in its series.
//! Nothing of it grows with the site: of a term that many pages have, only those around are looked at.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde::Serialize;

use crate::config::Kind;
use crate::render::html::pages::{LinkValue, link};
use crate::site::{PageId, Site};

/// How many pages of a term are looked at on either side of a page.
const AROUND: usize = 50;
/// How many related pages a post names.
const RELATED: usize = 3;

/// `page.series` in templates.
#[derive(Serialize)]
pub(super) struct SeriesValue {
    name: String,
    url: String,
    number: usize,
    count: usize,
    previous: Option<LinkValue>,
    next: Option<LinkValue>,
}

/// The place of a page in its series.
pub(super) fn series(site: &Site, id: PageId) -> Option<SeriesValue> {
    let known = site.terms_of(id).iter();
    let known = known
        .copied()
        .find(|known| site.taxonomies[known.term.taxonomy].name == "series")?;
    let term = site.term(known.term);
    let beside = |at: Option<usize>| at.and_then(|at| term.pages.get(at));
    Some(SeriesValue {
        name: term.name.clone(),
        url: term.route.to_url(),
        number: known.at + 1,
        count: term.pages.len(),
        previous: beside(known.at.checked_sub(1)).map(|id| link(site, *id)),
        next: beside(Some(known.at + 1)).map(|id| link(site, *id)),
    })
}

/// The pages that share most with a page, the closest first.
pub(super) fn related(site: &Site, id: PageId) -> Vec<PageId> {
    let page = site.page(id);
    let post = site.kind == Kind::Site && page.front.date.is_some();
    let wanted = site
        .config
        .lists
        .related
        .unwrap_or(if post { RELATED } else { 0 });
    if wanted == 0 {
        return Vec::new();
    }
    let mut scores: BTreeMap<PageId, u64> = BTreeMap::new();
    for known in site.terms_of(id) {
        let pages = &site.term(known.term).pages;
        let weight = u64::from(site.taxonomies[known.term.taxonomy].weight);
        // A rare term says more: twice the pages, a little less.
        let score = weight * 1000 / u64::from(pages.len().ilog2() + 1);
        let start = known.at.saturating_sub(AROUND);
        let end = (known.at + AROUND + 1).min(pages.len());
        for other in &pages[start..end] {
            *scores.entry(*other).or_default() += score;
        }
    }
    let fits = |other: &PageId| {
        let candidate = site.page(*other);
        *other != id
            && candidate.front.redirect_to.is_none()
            && site.section_of_index(*other).is_none()
            && site.language_of(candidate) == site.language_of(page)
    };
    let mut found: Vec<(PageId, u64)> = scores
        .into_iter()
        .filter(|(other, score)| *score > 0 && fits(other))
        .collect();
    found.sort_by_key(|(other, score)| {
        (
            Reverse(*score),
            Reverse(site.page(*other).front.date),
            *other,
        )
    });
    found.into_iter().take(wanted).map(|(id, _)| id).collect()
}
