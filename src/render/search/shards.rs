//! The terms in files of about the same size, each a run of the alphabet.
//!
//! A term weighs on a page by where it stands: in the title most, then in headings, and in the text
//! by how much of it (BM25). Weights are small whole numbers, and pages of the same weight stand
//! together, which keeps the files small and lets a very common term keep its best pages only.

use crate::render::search::number::{push_number, script};
use crate::render::search::postings::{Length, Posting, Term, mark};

/// The heaviest weight.
const HEAVIEST: usize = 15;
/// A term that stands on more pages than this, and on more than a quarter of all, keeps that many:
/// it tells little, and would cost much.
pub(super) const MOST_PAGES: usize = 1000;

/// A term, ready to be written.
pub(super) struct Packed {
    term: Box<str>,
    pages: String,
}

/// How long the pages of an index are, taken together.
pub(super) struct Scale<'a> {
    lengths: &'a [Length],
    /// The mean length of a title, in hundredths.
    title: usize,
    /// The mean length of a text.
    text: usize,
}

impl<'a> Scale<'a> {
    pub(super) fn of(lengths: &'a [Length]) -> Self {
        let count = lengths.len().max(1);
        let title: usize = lengths.iter().map(|length| length.title).sum();
        let text: usize = lengths.iter().map(|length| length.text).sum();
        Self {
            lengths,
            title: (100 * title / count).max(1),
            text: (text / count).max(1),
        }
    }

    /// What a term weighs on a page, 1 to [`HEAVIEST`]. Whole numbers, so that no machine rounds
    /// otherwise: a weight counts a hundred here.
    fn weight(&self, page: usize, posting: Posting) -> usize {
        let length = &self.lengths[page];
        let text = usize::from(posting.text);
        let spread = 360 + 840 * length.text / self.text;
        let text = 450_000 * text / (1000 * text + spread);
        let heading = usize::from(posting.heading);
        let heading = 700 * heading / (2 * heading + 1);
        let title = match posting.title {
            0 => 0,
            _ => 1600 * self.title / (self.title + 100 * length.title),
        };
        ((text + heading + title + 50) / 100).clamp(1, HEAVIEST)
    }

    /// Writes the pages of a term: for every weight from the heaviest the number of pages and the
    /// gaps between them.
    pub(super) fn pack(&self, term: &Term<'_>) -> Packed {
        let mut weights: Vec<Vec<usize>> = vec![Vec::new(); HEAVIEST + 1];
        let mut left = 0;
        for (page, posting) in term.pages() {
            weights[self.weight(page, *posting)].push(page);
            left += 1;
        }
        if left > MOST_PAGES.max(self.lengths.len() / 4) {
            left = MOST_PAGES;
        }
        let mut out = String::new();
        for (weight, pages) in weights.iter_mut().enumerate().rev() {
            pages.truncate(left);
            left -= pages.len();
            if pages.is_empty() {
                continue;
            }
            push_number(&mut out, (pages.len() * (HEAVIEST + 1) + weight) as u64);
            let mut next = 0;
            for page in pages {
                push_number(&mut out, (*page - next) as u64);
                next = *page + 1;
            }
        }
        Packed {
            term: term.term.into(),
            pages: out,
        }
    }
}

/// Divides the terms among files. A bound is looked for near its fair place, at the term with the
/// lowest mark there: so it stays where it is when a few terms come or go, and with it the files.
pub(super) fn bounds(terms: &[Packed], shards: usize) -> Vec<usize> {
    let mut sum = 0;
    let ends: Vec<usize> = terms
        .iter()
        .map(|term| {
            sum += term.pages.len() + term.term.len();
            sum
        })
        .collect();
    let place = |size: usize| ends.partition_point(|end| *end <= size);
    let mut bounds = vec![0];
    for shard in 1..shards {
        let (fair, near) = (sum * shard / shards, sum / shards / 4);
        let around = place(fair.saturating_sub(near))..place(fair + near);
        let lowest = around.min_by_key(|at| mark(0, terms[*at].term.as_bytes()));
        let bound = lowest.unwrap_or_else(|| place(fair));
        let last = bounds.last().copied().unwrap_or_default();
        bounds.push(bound.max(last));
    }
    bounds.push(terms.len());
    bounds
}

/// Writes one file: the terms, each by what it shares with the one before, then their pages.
pub(super) fn shard(number: usize, terms: &[Packed]) -> String {
    let (mut names, mut pages) = (String::from("\""), String::from("\""));
    let mut last = "";
    for packed in terms {
        let shared = shared(last, &packed.term);
        push_number(
            &mut names,
            packed.term[..shared].encode_utf16().count() as u64,
        );
        push_number(&mut names, packed.pages.len() as u64);
        names.push_str(&packed.term[shared..]);
        names.push(' ');
        pages.push_str(&packed.pages);
        last = &packed.term;
    }
    names.push('"');
    pages.push('"');
    script(&number.to_string(), &[&names, &pages])
}

/// How many bytes two terms share at their beginning, in whole letters.
fn shared(a: &str, b: &str) -> usize {
    let same = a.chars().zip(b.chars()).take_while(|(a, b)| a == b);
    same.map(|(letter, _)| letter.len_utf8()).sum()
}

/// The first term of every file; the reader looks for a term's file here.
pub(super) fn firsts(terms: &[Packed], bounds: &[usize]) -> Vec<String> {
    let starts = &bounds[..bounds.len() - 1];
    let first = |(shard, at): (usize, &usize)| match terms.get(*at) {
        _ if shard == 0 => String::new(),
        Some(packed) => packed.term.to_string(),
        // After every term there is.
        None => "\u{ffff}".to_owned(),
    };
    starts.iter().enumerate().map(first).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(names: impl Iterator<Item = usize>) -> Vec<Packed> {
        names
            .map(|name| Packed {
                term: format!("term{name:05}").into(),
                pages: "x".repeat(1 + name % 7),
            })
            .collect()
    }

    #[test]
    fn files_are_of_about_one_size_and_keep_their_bounds() {
        let before = terms(0..4000);
        let after = terms((0..4000).filter(|name| name % 997 != 5));
        let (old, new) = (bounds(&before, 16), bounds(&after, 16));
        for bound in old.windows(2) {
            assert!((120..380).contains(&(bound[1] - bound[0])), "{old:?}");
        }
        let (old, new) = (firsts(&before, &old), firsts(&after, &new));
        let kept = old.iter().filter(|first| new.contains(first)).count();
        assert!(kept >= 14, "{kept}: {old:?} {new:?}");
    }

    #[test]
    fn fewer_terms_than_files_leave_some_empty() {
        for count in [0, 1, 3] {
            let terms = terms(0..count);
            let bounds = bounds(&terms, 8);
            assert_eq!(bounds.len(), 9);
            assert!(bounds.is_sorted() && bounds[8] == count);
            assert_eq!(firsts(&terms, &bounds).len(), 8);
        }
    }

    #[test]
    fn terms_share_what_they_begin_with() {
        let packed = |term: &str| Packed {
            term: term.into(),
            pages: "#".to_owned(),
        };
        let text = shard(3, &[packed("für"), packed("fünf"), packed("zwei")]);
        assert_eq!(text, "tympanSearch(\"3\",\"#$für %$nf #$zwei \",\"###\")\n");
    }
}
