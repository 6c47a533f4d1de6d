//! The files of an index: what the others hold, the terms, the texts.

use serde::Serialize;

use crate::render::search::index::Index;
use crate::render::search::number::{push_number, script};
use crate::render::search::passages::passages;
use crate::render::search::postings::Postings;
use crate::render::search::shards::{MOST_PAGES, Scale, bounds, firsts, shard};
use crate::site::{PageId, Site};

/// The most text of one page that is shown from, in bytes: a reader loads it for one line of it.
const LONGEST_TEXT: usize = 48 << 10;

/// What the reader's half must know before it can look for anything.
#[derive(Serialize)]
struct Root<'a> {
    /// What the texts and terms of this index are told apart from older ones by, in a cache.
    version: String,
    language: &'a str,
    pages: usize,
    /// How many pages a very common term keeps.
    most: usize,
    /// The first term of every file.
    first: Vec<String>,
    /// How many pages each file of texts holds.
    texts: String,
}

/// The files of terms, the first of them being the one that says what the others hold.
pub(super) fn term_files(site: &Site, index: &Index) -> Vec<String> {
    let postings = Postings::read(site, index);
    let scale = Scale::of(postings.lengths());
    let terms = postings.map(|term| scale.pack(term));
    let bounds = bounds(&terms, index.shards);
    let mut texts = String::new();
    for pages in &index.texts {
        push_number(&mut texts, *pages as u64);
    }
    let root = Root {
        version: format!("{:016x}", postings.print()),
        language: &index.language,
        pages: index.pages.len(),
        most: MOST_PAGES,
        first: firsts(&terms, &bounds),
        texts,
    };
    let shards = bounds.windows(2).enumerate();
    let shards = shards.map(|(at, bound)| shard(at, &terms[bound[0]..bound[1]]));
    std::iter::once(script("index", &[&json(&root)]))
        .chain(shards)
        .collect()
}

/// A file of texts: title, address, description and passages of each of its pages.
pub(super) fn text_file(site: &Site, text: usize, pages: &[PageId]) -> String {
    let value = |id: &PageId| {
        let page = site.page(*id);
        let mut left = LONGEST_TEXT;
        let mut passage = |mut passage: crate::render::search::passages::Passage| {
            let end = passage.text.floor_char_boundary(left);
            passage.text.truncate(end);
            left -= end;
            (passage.id, passage.heading, passage.text)
        };
        let passages: Vec<_> = passages(site, page).into_iter().map(&mut passage).collect();
        let description = page.front.description.as_deref().unwrap_or_default();
        json(&(&page.title, page.route.to_url(), description, passages))
    };
    let values: Vec<String> = pages.iter().map(value).collect();
    script(&format!("t{text}"), &[&format!("[{}]", values.join(","))])
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("texts and numbers can always be written")
}
