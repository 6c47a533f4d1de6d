//! Where sentences begin and end, for rules that count in them.

use std::ops::Range;

/// Words that a point follows without ending the sentence.
const SHORT: &[&str] = &[
    "al", "approx", "bzw", "ca", "cf", "ch", "dr", "e.g", "ed", "eq", "etc", "fig", "i.e", "inc",
    "jr", "ltd", "mr", "mrs", "ms", "no", "nr", "p", "pp", "prof", "resp", "sec", "sr", "st",
    "vol", "vs", "z.b",
];

/// What may stand between the end of a sentence and the space after it.
const CLOSING: &[char] = &['.', '!', '?', '…', '"', '\'', '”', '’', ')', ']', '»'];

/// The sentences of a text, without the space around them.
pub(super) fn sentences(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = 0;
    for (at, sign) in text.match_indices(['.', '!', '?', '…', '。', '！', '？']) {
        if at < start {
            continue;
        }
        let closed = text[at + sign.len()..].trim_start_matches(CLOSING);
        let end = text.len() - closed.len();
        if ends(&text[start..at], sign, closed) {
            push(&mut found, text, start..end);
            start = end;
        }
    }
    push(&mut found, text, start..text.len());
    found
}

fn push(found: &mut Vec<Range<usize>>, text: &str, range: Range<usize>) {
    let outer = &text[range.clone()];
    let start = range.start + outer.len() - outer.trim_start().len();
    if !outer.trim().is_empty() {
        found.push(start..start + outer.trim().len());
    }
}

fn ends(before: &str, sign: &str, after: &str) -> bool {
    if matches!(sign, "。" | "！" | "？") {
        return true;
    }
    let next = after.trim_start();
    if next.is_empty() {
        return true;
    }
    if next.len() == after.len() || next.starts_with(char::is_lowercase) {
        return false;
    }
    let last = before.rsplit(char::is_whitespace).next().unwrap_or("");
    let last = last.trim_start_matches(['(', '[', '"', '“']);
    let is_initial = last.chars().count() == 1 && last.starts_with(char::is_uppercase);
    sign != "." || (!is_initial && !SHORT.contains(&last.to_lowercase().as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn case(text: &str, expected: &[&str]) {
        let found: Vec<&str> = sentences(text)
            .into_iter()
            .map(|range| &text[range])
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn sentences_end_where_the_next_begins() {
        case("One. Two!  Three?", &["One.", "Two!", "Three?"]);
        case(
            "He said “so.” Then he went",
            &["He said “so.”", "Then he went"],
        );
        case(
            "See e.g. Ada, i.e. the J. Doe of 1.2 files. 3 more",
            &["See e.g. Ada, i.e. the J. Doe of 1.2 files.", "3 more"],
        );
        case("Wait... what? (Yes.)", &["Wait... what?", "(Yes.)"]);
        case("一。二", &["一。", "二"]);
        case(" . ", &["."]);
        case("", &[]);
    }
}
