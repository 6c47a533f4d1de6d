//! Many patterns as one: texts and what should stand for them.

use std::collections::BTreeMap;

use crate::checks::style::draft::DraftFault;
use crate::checks::style::pattern::{Pattern, beginnings, is_plain};
use crate::checks::style::rule::Swap;

/// How many patterns a rule may have.
const MAX_PATTERNS: usize = 20_000;

/// The texts of which one stands in whatever one of these patterns matches.
pub(super) fn all_beginnings(
    patterns: &[String],
    ignore_case: bool,
) -> Result<Option<Vec<String>>, DraftFault> {
    if patterns.len() > MAX_PATTERNS {
        return Err(format!("the rule has more than {MAX_PATTERNS} patterns").into());
    }
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
    let mut all: Vec<String> = table.keys().cloned().collect();
    if keys == Keys::Texts {
        all = all.iter().map(|key| regex_syntax::escape(key)).collect();
    }
    let beginnings = all_beginnings(&all, ignore_case)?;
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
    if !words.is_empty() {
        swap.words = Some(Pattern::new(format!("{flags}(?:{})", words.join("|"))));
    }
    Ok((swap, beginnings))
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
