//! Forms of one word of which a project should use one: the one that it uses most.

use rayon::prelude::*;

use crate::checks::check::CheckContext;
use crate::checks::style::pattern::Pattern;
use crate::checks::style::swap::bounded;
use crate::checks::text::walk::read_prose;
use crate::diagnostic::{Diagnostic, Severity};
use crate::site::Page;

/// One place of a form: the form, and the bytes of the page.
type Place = (usize, std::ops::Range<usize>, String, bool);

/// Reports the rarer forms of each word.
pub(super) fn inconsistent(context: &CheckContext<'_>, words: &[Vec<String>]) -> Vec<Diagnostic> {
    words
        .iter()
        .flat_map(|forms| of_word(context, forms))
        .collect()
}

fn of_word(context: &CheckContext<'_>, forms: &[String]) -> Vec<Diagnostic> {
    let pattern = |form: &String| Pattern::checked(format!("(?i){}", bounded(form, true))).ok();
    let Some(patterns) = forms.iter().map(pattern).collect::<Option<Vec<Pattern>>>() else {
        return Vec::new();
    };
    let site = context.site;
    let pages: Vec<&Page> = site
        .pages
        .iter()
        .map(|page| &**page)
        .filter(|page| !site.is_fallback(page))
        .collect();
    let uses: Vec<Vec<Place>> = pages
        .par_iter()
        .map(|page| places(page, forms, &patterns))
        .collect();
    let mut counts = vec![0_usize; forms.len()];
    for (form, ..) in uses.iter().flatten() {
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
    let of_page = |(page, places): (&&Page, &Vec<Place>)| {
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
    let all = pages.iter().zip(&uses).filter(|(page, _)| is_wanted(page));
    all.flat_map(of_page).collect()
}

fn places(page: &Page, forms: &[String], patterns: &[Pattern]) -> Vec<Place> {
    let mut found = Vec::new();
    let text = page.text.to_lowercase();
    if !forms.iter().any(|form| text.contains(&form.to_lowercase())) {
        return found;
    }
    for block in read_prose(page).blocks {
        if block.language.is_some() {
            continue;
        }
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
    found
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
