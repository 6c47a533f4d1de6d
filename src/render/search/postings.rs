//! Which terms stand on which pages, and how often, in a form that stays small for a large site.

use std::collections::HashMap;

use rayon::prelude::*;

use crate::render::search::index::Index;
use crate::render::search::passages::{Passage, passages};
use crate::render::search::terms::Terms;
use crate::site::{PageId, Site};

/// How many pages are read together: as many as a posting's one byte tells apart.
const TOGETHER: usize = 256;

/// How often a term stands on a page, up to 255 of each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Posting {
    /// The page's place among those that were read together.
    page: u8,
    /// In the title.
    pub(super) title: u8,
    /// In headings and tags.
    pub(super) heading: u8,
    /// In the text.
    pub(super) text: u8,
}

/// How long a page is, in terms.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Length {
    /// Its title.
    pub(super) title: usize,
    /// Its text.
    pub(super) text: usize,
}

/// What was read of some pages.
pub(super) struct Chunk {
    /// Every term with its pages, sorted.
    terms: Vec<(Box<str>, Vec<Posting>)>,
    lengths: Vec<Length>,
    print: u64,
}

/// All terms of an index.
pub(super) struct Postings {
    chunks: Vec<Chunk>,
    lengths: Vec<Length>,
}

/// One term and its pages.
pub(super) struct Term<'a> {
    /// The term.
    pub(super) term: &'a str,
    places: &'a [(&'a str, usize, &'a [Posting])],
}

#[derive(Clone, Copy)]
enum Field {
    Title,
    Heading,
    Text,
}

impl Postings {
    /// Reads the pages of an index, many at a time.
    pub(super) fn read(site: &Site, index: &Index) -> Self {
        let chunks: Vec<Chunk> = index
            .pages
            .par_chunks(TOGETHER)
            .map(|pages| Chunk::read(site, index, pages))
            .collect();
        let lengths = chunks.iter().flat_map(|chunk| &chunk.lengths);
        Self {
            lengths: lengths.copied().collect(),
            chunks,
        }
    }

    /// The lengths of the pages by their numbers.
    pub(super) fn lengths(&self) -> &[Length] {
        &self.lengths
    }

    /// A mark of the texts that were read: it differs where they do.
    pub(super) fn print(&self) -> u64 {
        let prints = self.chunks.iter().map(|chunk| chunk.print.to_le_bytes());
        prints.fold(0, |print, chunk| mark(print, &chunk))
    }

    /// Calls `each` on every term, many at a time, and returns what it made in the order of terms.
    pub(super) fn map<T: Send>(&self, each: impl Fn(&Term<'_>) -> T + Sync) -> Vec<T> {
        let chunks = self.chunks.iter().enumerate();
        let mut places: Vec<(&str, usize, &[Posting])> = chunks
            .flat_map(|(at, chunk)| {
                let terms = chunk.terms.iter();
                terms.map(move |(term, postings)| (&**term, at, &**postings))
            })
            .collect();
        // The chunks are sorted already: a stable sort merges them, and keeps their order.
        places.sort_by(|a, b| order(a.0, b.0));
        let terms: Vec<_> = places.chunk_by(|a, b| a.0 == b.0).collect();
        let term = |places: &&[(&str, usize, &[Posting])]| {
            each(&Term {
                term: places[0].0,
                places,
            })
        };
        terms.par_iter().map(term).collect()
    }
}

impl Term<'_> {
    /// The pages it stands on, by their numbers in ascending order.
    pub(super) fn pages(&self) -> impl Iterator<Item = (usize, &Posting)> {
        self.places.iter().flat_map(|(_, chunk, postings)| {
            let first = chunk * TOGETHER;
            let number = move |posting: &Posting| first + usize::from(posting.page);
            postings
                .iter()
                .map(move |posting| (number(posting), posting))
        })
    }
}

impl Chunk {
    fn read(site: &Site, index: &Index, pages: &[PageId]) -> Self {
        let mut found: HashMap<Box<str>, Vec<Posting>> = HashMap::new();
        let mut terms = Terms::new(index.folding());
        let mut lengths = Vec::with_capacity(pages.len());
        let mut print = 0;
        for (at, id) in pages.iter().enumerate() {
            let page = site.page(*id);
            let at = u8::try_from(at).expect("a chunk has at most 256 pages");
            let mut length = Length::default();
            print = mark(print, page.route.as_str().as_bytes());
            let mut read = |text: &str, field: Field| {
                print = mark(print, text.as_bytes());
                terms.each(text, &mut |term| {
                    length.count(field);
                    match found.get_mut(term) {
                        Some(postings) => count(postings, at, field),
                        None => {
                            let mut postings = Vec::with_capacity(1);
                            count(&mut postings, at, field);
                            found.insert(term.into(), postings);
                        }
                    }
                });
            };
            read(&page.title, Field::Title);
            for tag in page.front.terms("tags") {
                read(tag, Field::Heading);
            }
            if let Some(description) = &page.front.description {
                read(description, Field::Text);
            }
            for Passage { heading, text, .. } in passages(site, page) {
                read(&heading, Field::Heading);
                read(&text, Field::Text);
            }
            lengths.push(length);
        }
        let mut terms: Vec<(Box<str>, Vec<Posting>)> = found.into_iter().collect();
        terms.sort_unstable_by(|a, b| order(&a.0, &b.0));
        Self {
            terms,
            lengths,
            print,
        }
    }
}

impl Length {
    fn count(&mut self, field: Field) {
        match field {
            Field::Title => self.title += 1,
            Field::Heading => {}
            Field::Text => self.text += 1,
        }
    }
}

fn count(postings: &mut Vec<Posting>, page: u8, field: Field) {
    if postings.last().is_none_or(|last| last.page != page) {
        postings.push(Posting {
            page,
            ..Posting::default()
        });
    }
    let posting = postings
        .last_mut()
        .expect("it was pushed if it was not there");
    let count = match field {
        Field::Title => &mut posting.title,
        Field::Heading => &mut posting.heading,
        Field::Text => &mut posting.text,
    };
    *count = count.saturating_add(1);
}

/// The order of JavaScript's texts, by UTF-16: it differs from ours where a letter takes two units.
pub(super) fn order(a: &str, b: &str) -> std::cmp::Ordering {
    let differ = a.bytes().zip(b.bytes()).find(|(a, b)| a != b);
    match differ {
        Some((a_byte, b_byte)) if a_byte >= 0xee && b_byte >= 0xee => {
            a.encode_utf16().cmp(b.encode_utf16())
        }
        _ => a.cmp(b),
    }
}

/// FNV-1a: quick, and the same everywhere. It names nothing and guards nothing.
pub(super) fn mark(start: u64, bytes: &[u8]) -> u64 {
    let basis = start ^ 0xcbf2_9ce4_8422_2325;
    let step = |mark: u64, byte: &u8| (mark ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    bytes.iter().fold(basis, step)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_stand_in_the_order_of_the_reader() {
        let mut terms = ["\u{20000}", "\u{fa0e}", "z", "\u{4e00}", "a", "ab"];
        terms.sort_unstable_by(|a, b| order(a, b));
        assert_eq!(terms, ["a", "ab", "z", "\u{4e00}", "\u{20000}", "\u{fa0e}"]);
    }
}
