//! Which share of the prose of each page is read by the prose checks, and why the rest is not, so that
//! nothing is passed over in silence.

use std::collections::BTreeSet;

use rayon::prelude::*;
use serde::Serialize;

use crate::checks::prose::is_read;
use crate::checks::text::block::PLACEHOLDER;
use crate::checks::text::walk::{LONGEST, MAX_PROSE, read_prose};
use crate::site::{Page, Site};

/// What becomes of the words of a page.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Coverage {
    /// The file.
    pub path: String,
    /// Words that are read.
    pub read: usize,
    /// Words of running text that are no prose: names of files, options, addresses.
    pub masked: usize,
    /// Words of code and math.
    pub code: usize,
    /// Words that nobody reads.
    pub skipped: usize,
    /// Why.
    pub reasons: Vec<String>,
}

impl Coverage {
    /// The share of the prose that is read, in thousandths; all of it where there is none.
    pub fn share(&self) -> usize {
        let all = self.read + self.skipped;
        (self.read * 1000).checked_div(all).unwrap_or(1000)
    }
}

/// The coverage of every page, the worst first.
pub fn coverage(site: &Site) -> Vec<Coverage> {
    let pages: Vec<_> = site.written_pages().collect();
    let all = pages.par_iter().map(|(site, page)| of_page(site, page));
    let mut all: Vec<Coverage> = all.collect();
    all.sort_by(|a, b| {
        let key = |one: &Coverage| (one.share(), std::cmp::Reverse(one.skipped));
        key(a).cmp(&key(b)).then_with(|| a.path.cmp(&b.path))
    });
    all
}

/// All pages together.
pub fn total(all: &[Coverage]) -> Coverage {
    let sum = |of: fn(&Coverage) -> usize| all.iter().map(of).sum();
    Coverage {
        path: String::new(),
        read: sum(|one| one.read),
        masked: sum(|one| one.masked),
        code: sum(|one| one.code),
        skipped: sum(|one| one.skipped),
        reasons: Vec::new(),
    }
}

fn of_page(site: &Site, page: &Page) -> Coverage {
    let mut coverage = Coverage {
        path: page.path.to_string(),
        ..Coverage::default()
    };
    let language = site.language_of(page);
    let why = match page.text.len() {
        _ if site.config.check.prose == Some(false) => {
            Some("`prose = false` in `[check]`".to_owned())
        }
        size if size > MAX_PROSE => Some(format!("larger than {} MB", MAX_PROSE >> 20)),
        _ => None,
    };
    let mut unread = BTreeSet::new();
    let prose = read_prose(page);
    for block in &prose.blocks {
        let language = block.language_on(language);
        if !is_read(site, language) {
            unread.insert(language);
            coverage.skipped += words(&block.text);
            continue;
        }
        let mut from = 0;
        for mask in &block.masked {
            coverage.read += words(&block.text[from..mask.start.max(from)]);
            coverage.masked += words(&block.text[mask.clone()]);
            from = mask.end;
        }
        coverage.read += words(&block.text[from..]);
    }
    coverage.code = prose
        .code
        .iter()
        .filter_map(|span| page.text.get(span.clone()))
        .map(words)
        .sum();
    let unread = unread.into_iter();
    let mut reasons: Vec<String> = unread.map(|tag| format!("language {tag}")).collect();
    if !prose.too_long.is_empty() {
        reasons.push(format!("a paragraph longer than {} kB", LONGEST >> 10));
        let long = |at: &usize| {
            let rest = page.text.get(*at..).unwrap_or_default();
            words(rest.split("\n\n").next().unwrap_or_default())
        };
        coverage.skipped += prose.too_long.iter().map(long).sum::<usize>();
    }
    if let Some(why) = why {
        coverage.skipped += coverage.read + coverage.masked;
        (coverage.read, coverage.masked) = (0, 0);
        reasons = vec![why];
    }
    if coverage.skipped > 0 {
        coverage.reasons = reasons;
    }
    coverage
}

/// The number of words: what has a letter in it.
fn words(text: &str) -> usize {
    let text = text.split(|letter: char| letter.is_whitespace() || letter == PLACEHOLDER);
    text.filter(|word| word.contains(char::is_alphabetic))
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::test_site::site;

    #[track_caller]
    fn case(text: &str, read: usize, masked: usize, code: usize, skipped: usize, why: &str) {
        let found = coverage(&site(&[("a.md", text)]));
        let [one] = found.as_slice() else {
            panic!("{found:?}")
        };
        let counts = (one.read, one.masked, one.code, one.skipped);
        assert_eq!(
            (counts, one.reasons.join(", ").as_str()),
            ((read, masked, code, skipped), why)
        );
    }

    #[test]
    fn each_word_is_read_or_has_a_reason() {
        case("One two `three`.\n\n```\nfour five\n```\n", 2, 0, 3, 0, "");
        case("<div>\nOne <b>two</b>\n</div>\n\nThree.\n", 3, 0, 0, 0, "");
        case("One <i lang=xx>two</i>\n", 1, 0, 0, 1, "language xx");
        case("---\nlang: xx\n---\nOne two.\n", 0, 0, 0, 2, "language xx");
        case("", 0, 0, 0, 0, "");
    }

    #[test]
    fn the_worst_page_stands_first() {
        let found = coverage(&site(&[
            ("a.md", "One.\n"),
            ("b.md", "---\nlang: xx\n---\nOne.\n"),
        ]));
        assert_eq!(
            (found[0].path.as_str(), found[0].share(), found[1].share()),
            ("b.md", 0, 1000)
        );
        assert_eq!(total(&found).share(), 500);
    }
}
