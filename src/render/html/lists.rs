//! Lists of pages as templates see them: a slice of a shared list, its numbers, its neighbours.

use serde::Serialize;

use crate::config::Kind;
use crate::render::plan::{Job, JobKind};
use crate::site::{ARCHIVE_FILE, List, ListId, PageId, Site, Taxonomy, TermId};
use crate::site_path::SitePath;

/// How many numbers stand on either side of the present one.
const AROUND: usize = 2;
/// How many terms a front page shows.
const FREQUENT: usize = 16;

/// `paginator` in templates.
#[derive(Serialize)]
pub(super) struct PaginatorValue {
    number: usize,
    count: usize,
    total: usize,
    first: String,
    previous: Option<String>,
    next: Option<String>,
    pages: Vec<NumberValue>,
}

/// A page of a list by its number; a gap stands for numbers that are left out.
#[derive(Serialize)]
struct NumberValue {
    number: usize,
    url: String,
    current: bool,
    gap: bool,
}

impl PaginatorValue {
    /// What a template sees of one page of a list; nothing if there is only one.
    pub(super) fn of(list: &List<'_>, number: usize) -> Option<Self> {
        let count = list.count();
        if count < 2 {
            return None;
        }
        let url = |number: usize| list.route(number).to_url();
        let mut pages: Vec<NumberValue> = Vec::new();
        for at in 1..=count {
            if at == 1 || at == count || at.abs_diff(number) <= AROUND {
                let gap = pages.last().is_some_and(|last| last.number + 1 < at);
                pages.push(NumberValue {
                    number: at,
                    url: url(at),
                    current: at == number,
                    gap,
                });
            }
        }
        Some(Self {
            number,
            count,
            total: list.pages.len(),
            first: url(1),
            previous: (number > 1).then(|| url(number - 1)),
            next: (number < count).then(|| url(number + 1)),
            pages,
        })
    }
}

/// What a page of the site stands for besides itself.
pub(super) enum StandsFor {
    /// A list of pages.
    List(ListId),
    /// The list of the terms of a taxonomy, by its place in the site.
    Terms(usize),
    /// Nothing.
    Itself,
}

impl StandsFor {
    /// What a page stands for: an index for its section, and any page that is served where the
    /// list of a term would be for that.
    pub(super) fn of(site: &Site, id: PageId) -> Self {
        let route = &site.page(id).route;
        if let Some(term) = site.term_at(route) {
            return Self::List(ListId::Term(term));
        }
        let mut taxonomies = site.taxonomies.iter();
        if let Some(at) = taxonomies.position(|taxonomy| taxonomy.route == *route) {
            return Self::Terms(at);
        }
        match site.section_of_index(id) {
            Some(folder) => Self::List(ListId::Section(folder)),
            None => Self::Itself,
        }
    }
}

/// The jobs of all lists that no page of the site stands for, and of the later pages of all lists.
pub(super) fn jobs(site: &Site) -> Vec<Job> {
    let mut jobs = Vec::new();
    let mut add = |id: ListId, own: bool| {
        if let Some(list) = site.list(&id) {
            for number in if own { 2 } else { 1 }..=list.count() {
                jobs.push(Job::single(
                    JobKind::List(id.clone(), number),
                    list.route(number),
                ));
            }
        }
    };
    for (folder, section) in &site.sections {
        let listed = match site.kind {
            Kind::Site | Kind::Docs => true,
            Kind::Book | Kind::Contract => folder.is_root(),
        };
        // Where a taxonomy or another page stands at the section's place, the list is theirs.
        let taken = section.page.is_some()
            || site.page_routed(&section.route).is_some()
            || site
                .taxonomies
                .iter()
                .any(|taxonomy| taxonomy.route == section.route);
        if listed || taken {
            add(ListId::Section(folder.clone()), taken);
        }
    }
    for (at, taxonomy) in site.taxonomies.iter().enumerate() {
        for (term, entry) in taxonomy.terms.iter().enumerate() {
            let id = TermId { taxonomy: at, term };
            add(ListId::Term(id), site.page_routed(&entry.route).is_some());
        }
    }
    let terms = site.taxonomies.iter().enumerate();
    let terms = terms.filter(|(_, taxonomy)| site.page_routed(&taxonomy.route).is_none());
    jobs.extend(
        terms.map(|(at, taxonomy)| Job::single(JobKind::Terms(at), taxonomy.route.clone())),
    );
    jobs
}

/// The first page of every list that no page of the site stands for, and what is listed there.
pub(in crate::render) fn firsts(site: &Site) -> Vec<(SitePath, Vec<PageId>)> {
    let of_terms = |taxonomy: &Taxonomy| {
        let terms = taxonomy.terms.iter();
        terms.flat_map(|term| term.pages.clone()).collect()
    };
    let first = |job: Job| {
        let pages = match &job.kind {
            JobKind::List(id, 1) => {
                chapters(site, id).or_else(|| Some(site.list(id)?.pages.to_vec()))?
            }
            JobKind::Terms(at) => of_terms(site.taxonomies.get(*at)?),
            _ => return None,
        };
        Some((job.outputs.into_iter().next()?, pages))
    };
    let archive = || Some((SitePath::parse(ARCHIVE_FILE).ok()?, site.dated.clone()));
    let archive = site.has_archive().then(archive).flatten();
    jobs(site)
        .into_iter()
        .filter_map(first)
        .chain(archive)
        .collect()
}

/// A term in the list of all terms.
#[derive(Serialize)]
pub(super) struct TermValue {
    name: String,
    url: String,
    count: usize,
}

/// The terms of a taxonomy.
pub(super) fn terms(taxonomy: &Taxonomy) -> Vec<TermValue> {
    let value = |term: &crate::site::Term| TermValue {
        name: term.name.clone(),
        url: term.route.to_url(),
        count: term.pages.len(),
    };
    taxonomy.terms.iter().map(value).collect()
}

/// The terms of a taxonomy that most pages have, in their own order.
pub(super) fn frequent(site: &Site, taxonomy: &str) -> Vec<TermValue> {
    let mut named = site
        .taxonomies
        .iter()
        .filter(|known| known.name == taxonomy);
    let Some(taxonomy) = named.next().filter(|_| site.kind == Kind::Site) else {
        return Vec::new();
    };
    let mut terms: Vec<(usize, TermValue)> = terms(taxonomy).into_iter().enumerate().collect();
    terms.sort_by_key(|(_, term)| std::cmp::Reverse(term.count));
    terms.truncate(FREQUENT);
    terms.sort_by_key(|(at, _)| *at);
    terms.into_iter().map(|(_, term)| term).collect()
}

/// The title of a list.
pub(super) fn title_of(site: &Site, list: &ListId) -> String {
    match list {
        ListId::Section(folder) if folder.is_root() => site.title.clone(),
        ListId::Section(folder) => site
            .sections
            .get(folder)
            .map_or_else(String::new, |section| section.title.clone()),
        ListId::Term(id) => site.taxonomies[id.taxonomy].terms[id.term].name.clone(),
    }
}

/// The pages of a work that is read in one order, for a front page that it has no page for.
pub(super) fn chapters(site: &Site, list: &ListId) -> Option<Vec<PageId>> {
    let bound = matches!(site.kind, Kind::Book | Kind::Contract);
    let front = *list == ListId::Section(SitePath::root());
    (bound && front).then(|| site.nav.iter().flat_map(|item| item.pages()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn case(pages: usize, size: usize, number: usize, expected: &str) {
        let ids: Vec<PageId> = (0..pages).map(PageId).collect();
        let route = SitePath::parse("posts/index.html").unwrap();
        let path = SitePath::parse("page").unwrap();
        let list = List {
            route: &route,
            pages: &ids,
            size,
            path: &path,
        };
        let shown = PaginatorValue::of(&list, number).map_or_else(String::new, |value| {
            let number = |value: &NumberValue| {
                let gap = if value.gap { "… " } else { "" };
                match value.current {
                    true => format!("{gap}[{}]", value.number),
                    false => format!("{gap}{}", value.url),
                }
            };
            let numbers: Vec<String> = value.pages.iter().map(number).collect();
            numbers.join(" ")
        });
        assert_eq!(shown, expected);
    }

    #[test]
    fn a_long_list_shows_its_ends_and_the_numbers_around() {
        case(3, 0, 1, "");
        case(3, 3, 1, "");
        case(4, 3, 1, "[1] posts/page/2/index.html");
        case(4, 3, 2, "posts/index.html [2]");
        case(
            100,
            10,
            6,
            "posts/index.html … posts/page/4/index.html posts/page/5/index.html [6] \
             posts/page/7/index.html posts/page/8/index.html … posts/page/10/index.html",
        );
    }

    #[test]
    fn every_entry_stands_on_one_page_of_its_list() {
        let ids: Vec<PageId> = (0..7).map(PageId).collect();
        let (route, path) = (SitePath::root(), SitePath::root());
        for size in 0..9 {
            let list = List {
                route: &route,
                pages: &ids,
                size,
                path: &path,
            };
            let all: Vec<PageId> = (1..=list.count())
                .flat_map(|number| list.entries(number).to_vec())
                .collect();
            assert_eq!(all, ids, "{size}");
            assert_eq!(
                list.entries(list.count() + 1).len(),
                if size == 0 { 7 } else { 0 }
            );
        }
    }
}
