//! Which indexes a site has, and which file of an index holds what: known before anything is read.
//!
//! Pages are numbered by a digest of their routes, and their texts lie in files by the first bits
//! of it: a page that comes, goes or changes touches one of these files and leaves the others.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::config::Kind;
use crate::digest::Digest;
use crate::render::search::terms::Folding;
use crate::site::{Page, PageId, Site};
use crate::site_path::SitePath;

/// How many bytes of Markdown come to a file of terms, which then has some twenty thousand bytes.
const SHARE: usize = 192 << 10;
/// The most files of terms.
const MOST_SHARDS: usize = 4096;

/// The index of one language.
pub(super) struct Index {
    /// The first part of the language's tag.
    pub(super) language: String,
    /// The pages by their numbers.
    pub(super) pages: Vec<PageId>,
    /// How many files hold the terms; a power of two, so that it seldom changes.
    pub(super) shards: usize,
    /// How many pages each file of texts holds; most hold one, and some none.
    pub(super) texts: Vec<usize>,
}

/// The pages that are searched.
fn searched(site: &Site) -> impl Iterator<Item = (PageId, &Arc<Page>)> {
    let search = &site.config.search;
    let is_on = search.enabled.unwrap_or(site.kind != Kind::Contract);
    let is_listed = |page: &Page| {
        !page.front.hidden_from_search
            && page.route.as_str() != "404.html"
            && !search.exclude.is_match(page.path.as_str())
    };
    let pages = site.pages_with_ids().filter(move |_| is_on);
    pages.filter(move |(_, page)| is_listed(page))
}

/// The first part of a language's tag: `en-GB` and `en` share an index.
pub(super) fn primary(language: &str) -> String {
    let part = language.split('-').next().unwrap_or_default();
    part.to_ascii_lowercase()
}

/// The languages in which there is something to search.
pub(super) fn languages(site: &Site) -> BTreeSet<String> {
    let pages = searched(site);
    pages
        .map(|(_, page)| primary(site.shown_language(page)))
        .collect()
}

/// The indexes of a site, by language.
pub(super) fn indexes(site: &Site) -> Vec<Index> {
    let mut languages: BTreeMap<String, Vec<PageId>> = BTreeMap::new();
    for (id, page) in searched(site) {
        let language = primary(site.shown_language(page));
        languages.entry(language).or_default().push(id);
    }
    let index = |(language, pages)| Index::new(site, language, pages);
    languages.into_iter().map(index).collect()
}

/// How many files hold the terms of these pages.
fn shards(site: &Site, pages: &[PageId]) -> usize {
    let bytes = pages.iter().map(|id| site.page(*id).markdown().len());
    let bytes: usize = bytes.sum();
    bytes.div_ceil(SHARE).next_power_of_two().min(MOST_SHARDS)
}

impl Index {
    fn new(site: &Site, language: String, pages: Vec<PageId>) -> Self {
        let number = |id: &PageId| {
            let route = site.page(*id).route.as_str();
            let hex = Digest::of(route.as_bytes()).hex();
            u32::from_str_radix(&hex[..8], 16).expect("a digest is written in hexadecimal")
        };
        let mut numbered: Vec<(u32, PageId)> = pages.iter().map(|id| (number(id), *id)).collect();
        numbered.sort_unstable();
        let bits = pages.len().div_ceil(2).next_power_of_two().ilog2();
        let mut texts = vec![0; 1 << bits];
        for (number, _) in &numbered {
            texts[(u64::from(*number) << bits >> 32) as usize] += 1;
        }
        Self {
            language,
            shards: shards(site, &pages),
            pages: numbered.into_iter().map(|(_, id)| id).collect(),
            texts,
        }
    }

    /// Whether the texts of its pages still lie in as many files.
    pub(super) fn still_fits(&self, site: &Site) -> bool {
        self.shards == shards(site, &self.pages)
    }

    /// How its terms are folded.
    pub(super) fn folding(&self) -> Folding {
        Folding::of(&self.language)
    }

    /// The folder of its files.
    pub(super) fn folder(language: &str) -> String {
        format!("_tympan/search/{language}")
    }

    /// The file that says what the others hold, then the files of terms.
    pub(super) fn term_files(&self) -> Vec<SitePath> {
        let root = std::iter::once("index".to_owned());
        let shards = (0..self.shards).map(|shard| shard.to_string());
        root.chain(shards).map(|name| self.file(&name)).collect()
    }

    /// The files of texts that hold a page, by number.
    pub(super) fn text_files(&self) -> impl Iterator<Item = (usize, SitePath)> {
        let texts = self.texts.iter().enumerate();
        let held = texts.filter(|(_, pages)| **pages > 0);
        held.map(|(text, _)| (text, self.file(&format!("t{text}"))))
    }

    /// The pages that a file of texts holds.
    pub(super) fn pages_of_text(&self, text: usize) -> &[PageId] {
        let before: usize = self.texts[..text].iter().sum();
        &self.pages[before..before + self.texts[text]]
    }

    fn file(&self, name: &str) -> SitePath {
        let path = format!("{}/{name}.js", Self::folder(&self.language));
        SitePath::parse(&path).expect("a language's tag and a number are plain names")
    }
}
