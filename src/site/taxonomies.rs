//! Ways to sort pages by what they say of themselves: tags, categories, authors, series, and any
//! other that the configuration names.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::config::{self, Kind};
use crate::markdown::slug;
use crate::site::model::{PageId, Site};
use crate::site_path::SitePath;

/// A way to sort pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taxonomy {
    /// The key of the front matter.
    pub name: String,
    /// The title of the list of its terms, if the configuration gives one.
    pub title: Option<String>,
    /// The file that the list of its terms is served from.
    pub route: SitePath,
    /// Whether each term has a feed.
    pub feed: bool,
    /// How many pages stand on one page of the list of a term; 0 stands for all.
    pub size: usize,
    /// How much a shared term counts for related pages.
    pub weight: u32,
    /// The terms, sorted by their slugs.
    pub terms: Vec<Term>,
}

/// A term and its pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// As its first page writes it.
    pub name: String,
    /// The file its list is served from.
    pub route: SitePath,
    /// The pages: the newest first, but those of a series in reading order.
    pub pages: Vec<PageId>,
}

/// A term by its taxonomy's place in the site and its own place in the taxonomy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct TermId {
    /// The place of the taxonomy.
    pub taxonomy: usize,
    /// The place of the term.
    pub term: usize,
}

/// A term of a page, and the page's place in the list of the term.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Membership {
    /// The term.
    pub term: TermId,
    /// The place.
    pub at: usize,
}

/// The taxonomies of a site, and the terms of each page.
pub(super) fn read_taxonomies(site: &Site) -> (Vec<Taxonomy>, Vec<Vec<Membership>>) {
    let mut taxonomies = Vec::new();
    let mut by_page = vec![Vec::new(); site.pages.len()];
    for (name, config) in &site.config.taxonomies.0 {
        // The authors of a manual or a book are named in it; they have no lists of their own.
        let wanted = config.is_named || name != "authors" || site.kind == Kind::Site;
        if !config.render.unwrap_or(wanted) {
            continue;
        }
        let Some(taxonomy) = read(site, name, config) else {
            continue;
        };
        let place = taxonomies.len();
        for (term, entry) in taxonomy.terms.iter().enumerate() {
            for (at, page) in entry.pages.iter().enumerate() {
                let id = TermId {
                    taxonomy: place,
                    term,
                };
                by_page[page.0].push(Membership { term: id, at });
            }
        }
        taxonomies.push(taxonomy);
    }
    (taxonomies, by_page)
}

/// The folder of a term. Spellings that differ in case only are one term, but C, C++ and C# are three.
pub fn term_slug(name: &str) -> String {
    let mut spelled = String::with_capacity(name.len());
    let mut after_sign = false;
    for letter in name.trim().trim_start_matches('#').chars() {
        let word = match letter {
            '+' => "-plus",
            '#' => "-sharp",
            _ => "",
        };
        if after_sign && letter.is_alphanumeric() {
            spelled.push('-');
        }
        after_sign = !word.is_empty();
        spelled.push_str(word);
        if word.is_empty() {
            spelled.push(letter);
        }
    }
    slug(spelled.trim_start_matches('-'))
}

fn read(site: &Site, name: &str, config: &config::Taxonomy) -> Option<Taxonomy> {
    let mut terms: BTreeMap<String, Term> = BTreeMap::new();
    for (id, page) in site.pages_with_ids() {
        for written in page.front.terms(name) {
            let author = site.author(written).filter(|_| name == "authors");
            let slug = match author {
                Some(author) => slug(author.slug.as_deref().unwrap_or(&author.name)),
                None => term_slug(written),
            };
            let shown = author.map_or(written, |author| &author.name);
            let file = format!("{}/{slug}/index.html", config.slug);
            let Ok(route) = SitePath::parse(&file) else {
                continue;
            };
            let term = terms.entry(slug).or_insert_with(|| Term {
                name: shown.trim().to_owned(),
                route,
                pages: Vec::new(),
            });
            if term.pages.last() != Some(&id) {
                term.pages.push(id);
            }
        }
    }
    let mut terms: Vec<Term> = terms.into_values().collect();
    for term in &mut terms {
        if name == "series" {
            term.pages.sort_by_cached_key(|id| reading_order(site, *id));
        } else {
            term.pages.sort_by_cached_key(|id| newest_first(site, *id));
        }
    }
    let index = SitePath::parse("index.html").expect("a plain name is a path");
    let size = config.paginate.or(site.config.lists.paginate);
    (!terms.is_empty()).then(|| Taxonomy {
        name: name.to_owned(),
        title: config.title.clone(),
        route: config.slug.join(&index),
        feed: config.feed.unwrap_or(site.kind == Kind::Site),
        size: size.unwrap_or_else(|| site.config.lists.size(site.kind)),
        weight: config.weight,
        terms,
    })
}

/// The order of a list of dated pages.
pub(super) fn newest_first(site: &Site, id: PageId) -> (Reverse<Option<i64>>, SitePath) {
    let page = site.page(id);
    let date = page.front.date.map(|date| date.seconds());
    (Reverse(date), page.route.clone())
}

/// The order of a series: as its pages say, then as they came out.
fn reading_order(site: &Site, id: PageId) -> (i64, i64, Option<i64>, SitePath) {
    let page = site.page(id);
    let front = &page.front;
    (
        front.series_order.unwrap_or(i64::MAX),
        front.weight.unwrap_or(i64::MAX),
        front.date.map(|date| date.seconds()),
        page.route.clone(),
    )
}

#[cfg(test)]
mod tests {
    use super::term_slug;
    use crate::site::test_site::{page, site, urls};

    const PAGES: &[(&str, &str)] = &[
        (
            "content/a.md",
            "---\ndate: 2026-01-01\ntags: [Sea, moon]\nseries: Tides\n---\n",
        ),
        (
            "content/b.md",
            "---\ndate: 2026-02-01\ntags: [sea]\nseries: Tides\ntopics: [x]\n---\n",
        ),
        (
            "content/c.md",
            "+++\nauthors = [\"Ada\"]\n[taxonomies]\ntopics = [\"x\", \"y\"]\n+++\n",
        ),
    ];

    #[track_caller]
    fn case(config: &str, expected: &[&str]) {
        let mut files = PAGES.to_vec();
        files.push(("tympan.toml", config));
        let site = site(&files);
        let mut lists = Vec::new();
        for taxonomy in &site.taxonomies {
            for term in &taxonomy.terms {
                lists.push(format!(
                    "{} {}: {}",
                    term.route,
                    term.name,
                    urls(&site, &term.pages).join(" ")
                ));
            }
        }
        assert_eq!(lists, expected);
    }

    #[test]
    fn the_usual_ways_to_sort_need_no_configuration() {
        let expected = [
            "authors/ada/index.html Ada: /c/",
            "series/tides/index.html Tides: /a/ /b/",
            "tags/moon/index.html moon: /a/",
            "tags/sea/index.html Sea: /b/ /a/",
        ];
        case("[project]\nkind = \"site\"\n", &expected);
        case("[project]\nkind = \"docs\"\n", &expected[1..]);
    }

    #[test]
    fn any_key_may_be_one() {
        case(
            "[project]\nkind = \"docs\"\n[taxonomies]\ntopics = { slug = \"about\" }\ntags = { render = false }\nseries = { render = false }\n",
            &["about/x/index.html x: /b/ /c/", "about/y/index.html y: /c/"],
        );
    }

    #[test]
    fn signs_that_tell_names_apart_stay_in_the_address() {
        let case = |name: &str, expected: &str| assert_eq!(term_slug(name), expected);
        case("C", "c");
        case("C++", "c-plus-plus");
        case("C++ tips", "c-plus-plus-tips");
        case("c#", "c-sharp");
        case("R+D", "r-plus-d");
        case("#walk", "walk");
        case("+1", "plus-1");
        case("Q&A", "qa");
    }

    #[test]
    fn a_page_knows_its_terms() {
        let site = site(PAGES);
        let terms = site.terms_of(page(&site, "content/a.md"));
        let names: Vec<&str> = terms
            .iter()
            .map(|known| &*site.term(known.term).name)
            .collect();
        assert_eq!(names, ["Tides", "moon", "Sea"]);
    }
}
