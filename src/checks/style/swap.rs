//! Many patterns as one: texts and what should stand for them.

use std::collections::BTreeMap;

use crate::checks::style::draft::DraftFault;
use crate::checks::style::pattern::{Pattern, beginnings, is_plain};
use crate::checks::style::rule::Swap;

/// How many patterns a rule may have.
const MAX_PATTERNS: usize = 20_000;
/// How many texts are searched for at once, and how long they may be together, in bytes.
const AT_ONCE: (usize, usize) = (500, 16 << 10);

/// The texts of which one stands in whatever one of these patterns matches.
pub(super) fn all_beginnings(
    patterns: &[String],
    ignore_case: bool,
) -> Result<Option<Vec<String>>, DraftFault> {
    if patterns.len() > MAX_PATTERNS {
        return Err(format!("the rule has more than {MAX_PATTERNS} patterns").into());
    }
    every_beginning(patterns, ignore_case)
}

fn every_beginning(
    patterns: &[String],
    ignore_case: bool,
) -> Result<Option<Vec<String>>, DraftFault> {
    let mut all = Some(Vec::new());
    for pattern in patterns {
        let found = beginnings(pattern, ignore_case)
            .map_err(|fault| DraftFault::pattern(pattern, &fault))?;
        all = all.zip(found).map(|(mut all, found)| {
            all.extend(found);
            all
        });
    }
    Ok(all)
}

/// What the keys of a table are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keys {
    /// Patterns for whole words.
    Words,
    /// Patterns for any part of a text.
    Parts,
    /// Words that stand for themselves.
    Texts,
}

/// Makes patterns of texts and what should stand for them.
pub(super) fn swap_of(
    table: &BTreeMap<String, String>,
    ignore_case: bool,
    keys: Keys,
) -> Result<(Swap, Option<Vec<String>>), DraftFault> {
    let beginnings = match keys {
        Keys::Texts => {
            let all: Vec<String> = table.keys().map(|key| regex_syntax::escape(key)).collect();
            every_beginning(&all, ignore_case)?
        }
        _ => {
            let all: Vec<String> = table.keys().cloned().collect();
            all_beginnings(&all, ignore_case)?
        }
    };
    let flags = if ignore_case { "(?im)" } else { "(?m)" };
    let mut swap = Swap {
        ignore_case,
        ..Swap::default()
    };
    let mut words: Vec<String> = Vec::new();
    for (key, by) in table {
        if key.trim().is_empty() {
            continue;
        }
        if keys == Keys::Texts || is_plain(key) {
            let known = match ignore_case {
                true => key.to_lowercase(),
                false => key.clone(),
            };
            swap.by_word.insert(known, by.clone());
            words.push(bounded(key, keys != Keys::Parts));
        } else {
            let source = match keys {
                Keys::Parts => format!("{flags}(?:{key})"),
                _ => format!("{flags}\\b(?:{key})\\b"),
            };
            swap.patterns.push((Pattern::new(source), by.clone()));
        }
    }
    // The longest first: of two that begin alike, the longer one is meant.
    words.sort_by_key(|word| (std::cmp::Reverse(word.len()), word.clone()));
    swap.words = groups(&words)
        .map(|words| Pattern::new(format!("{flags}(?:{})", words.join("|"))))
        .collect();
    Ok((swap, beginnings))
}

/// Words in groups that make a pattern of a bounded size each.
fn groups(words: &[String]) -> impl Iterator<Item = &[String]> {
    let mut rest = words;
    std::iter::from_fn(move || {
        let mut length = 0;
        let fits = |word: &&String| {
            length += word.len();
            length <= AT_ONCE.1
        };
        // One that is longer stands alone.
        let count = rest.iter().take(AT_ONCE.0).take_while(fits).count().max(1);
        let (group, others) = rest.split_at_checked(count)?;
        rest = others;
        Some(group)
    })
}

/// A pattern for a text that is no part of a longer word.
pub(super) fn bounded(text: &str, whole_words: bool) -> String {
    let edge = |letter: Option<char>| match letter {
        Some(letter) if whole_words && (letter.is_alphanumeric() || letter == '_') => "\\b",
        _ => "",
    };
    let (first, last) = (edge(text.chars().next()), edge(text.chars().next_back()));
    let text = regex_syntax::escape(text);
    format!("{first}{text}{last}")
}
