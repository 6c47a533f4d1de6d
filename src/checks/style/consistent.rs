//! Forms of one word of which a project should use one: the one that it uses most.

use aho_corasick::AhoCorasick;
use rayon::prelude::*;

use crate::checks::check::CheckContext;
use crate::checks::style::pattern::Pattern;
use crate::checks::style::swap::bounded;
use crate::checks::text::block::Block;
use crate::checks::text::walk::{MAX_PROSE, read_prose};
use crate::diagnostic::{Diagnostic, Severity};
use crate::site::Page;

/// One place of a form: the form, and the bytes of the page.
type Place = (usize, std::ops::Range<usize>, String, bool);

/// Reports the rarer forms of each word.
pub(super) fn inconsistent(context: &CheckContext<'_>, words: &[Vec<String>]) -> Vec<Diagnostic> {
    let Some(sought) = Sought::of(words).filter(|_| !words.is_empty()) else {
        return Vec::new();
    };
    let site = context.site;
    let pages: Vec<&Page> = site
        .pages
        .iter()
        .map(|page| &**page)
        .filter(|page| !site.is_fallback(page) && page.text.len() <= MAX_PROSE)
        .collect();
    let uses: Vec<Vec<Vec<Place>>> = pages.par_iter().map(|page| sought.places(page)).collect();
    let of_word = |(at, forms): (usize, &Vec<String>)| {
        let uses: Vec<&[Place]> = uses
            .iter()
            .map(|uses| uses.get(at).map_or(&[][..], Vec::as_slice))
            .collect();
        of_word(context, forms, &pages, &uses)
    };
    words.iter().enumerate().flat_map(of_word).collect()
}

fn of_word(
    context: &CheckContext<'_>,
    forms: &[String],
    pages: &[&Page],
    uses: &[&[Place]],
) -> Vec<Diagnostic> {
    let mut counts = vec![0_usize; forms.len()];
    for (form, ..) in uses.iter().copied().flatten() {
        counts[*form] += 1;
    }
    // Of two as frequent, the one that is named first.
    let most = counts
        .iter()
        .enumerate()
        .max_by_key(|(at, count)| (**count, std::cmp::Reverse(*at)));
    let Some((most, count)) = most.map(|(at, count)| (at, *count)) else {
        return Vec::new();
    };
    let is_wanted = |page: &&Page| context.about.is_none_or(|about| page.path == *about);
    let of_page = |(page, places): (&&Page, &&[Place])| {
        let rare = places.iter().filter(|(form, ..)| *form != most);
        let told = rare.map(|(form, span, text, is_whole)| {
            let wanted = cased(&forms[most], text);
            let message = format!("`{text}` is `{wanted}` elsewhere");
            let found = page.diagnostic(
                "style-inconsistent",
                Severity::Suggestion,
                span.clone(),
                message,
            );
            let help = format!(
                "the project says `{}` {}, `{}` {}",
                forms[most],
                times(count),
                forms[*form],
                times(counts[*form])
            );
            let found = found.help(help);
            match is_whole {
                true => found.replacements(vec![wanted]),
                false => found,
            }
        });
        told.collect::<Vec<_>>()
    };
    let all = pages.iter().zip(uses).filter(|(page, _)| is_wanted(page));
    all.flat_map(of_page).collect()
}

/// The forms of all words.
struct Sought {
    /// For each word, a pattern for each of its forms.
    patterns: Vec<Vec<Pattern>>,
    /// How the forms begin, in lower case, by which one search tells which words a text may hold.
    beginnings: AhoCorasick,
    /// The word that each beginning is of.
    owners: Vec<usize>,
}

impl Sought {
    fn of(words: &[Vec<String>]) -> Option<Self> {
        let pattern = |form: &String| Pattern::new(format!("(?i){}", bounded(form, true)));
        let forms = words.iter().enumerate();
        let forms = forms.flat_map(|(at, forms)| forms.iter().map(move |form| (at, form)));
        // A form may go on in the next line.
        let beginning = |form: &String| form.split_whitespace().next().map(str::to_lowercase);
        let (owners, beginnings): (Vec<usize>, Vec<String>) = forms
            .filter_map(|(at, form)| Some((at, beginning(form)?)))
            .unzip();
        Some(Self {
            patterns: words
                .iter()
                .map(|forms| forms.iter().map(pattern).collect())
                .collect(),
            beginnings: AhoCorasick::new(beginnings).ok()?,
            owners,
        })
    }

    /// The places in a page, for each word; none at all if the page has no form of any.
    fn places(&self, page: &Page) -> Vec<Vec<Place>> {
        if !self.beginnings.is_match(&page.text.to_lowercase()) {
            return Vec::new();
        }
        let mut found = vec![Vec::new(); self.patterns.len()];
        let blocks = read_prose(page).blocks;
        for block in blocks.iter().filter(|block| block.language.is_none()) {
            let text = block.text.to_lowercase();
            let all = self.beginnings.find_overlapping_iter(&text);
            let mut words: Vec<usize> = all
                .filter_map(|one| self.owners.get(one.pattern().as_usize()).copied())
                .collect();
            words.sort_unstable();
            words.dedup();
            for word in words {
                if let (Some(patterns), Some(found)) =
                    (self.patterns.get(word), found.get_mut(word))
                {
                    places(block, patterns, found);
                }
            }
        }
        found
    }
}

fn places(block: &Block, patterns: &[Pattern], found: &mut Vec<Place>) {
    let mut here = Vec::new();
    for (form, pattern) in patterns.iter().enumerate() {
        let ranges = pattern.find(&block.text).unwrap_or_default();
        here.extend(ranges.into_iter().map(|range| (range, form)));
    }
    // `web site` holds `site`; the longer form is meant.
    here.sort_by_key(|(range, _)| (range.start, std::cmp::Reverse(range.end)));
    let mut end = 0;
    for (range, form) in here {
        let masked =
            |mask: &std::ops::Range<usize>| mask.start < range.end && range.start < mask.end;
        if range.start >= end && !block.masked.iter().any(masked) {
            end = range.end;
            let text = block.text[range.clone()].to_owned();
            found.push((form, block.source(&range), text, block.is_whole(&range)));
        }
    }
}

/// A form with the capital that the text has.
fn cased(form: &str, text: &str) -> String {
    let mut letters = form.chars();
    match letters.next() {
        Some(first) if text.starts_with(char::is_uppercase) => {
            first.to_uppercase().chain(letters).collect()
        }
        _ => form.to_owned(),
    }
}

fn times(count: usize) -> String {
    match count {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        _ => format!("{count} times"),
    }
}
