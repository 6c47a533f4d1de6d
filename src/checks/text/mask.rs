//! Words that are not prose: paths, file names, flags, identifiers, template tags.

use std::ops::Range;

/// The bytes of `text` that no rule of language holds for, in order and apart.
pub(in crate::checks) fn technical(text: &str) -> Vec<Range<usize>> {
    let mut found = braces(text);
    for (start, token) in tokens(text) {
        let core = token.trim_matches(|c| OUTSIDE.contains(c));
        let from = start + token.len() - token.trim_start_matches(|c| OUTSIDE.contains(c)).len();
        if is_technical(token, core) {
            found.push(from..from + core.len());
        }
    }
    merge(found)
}

/// Puts ranges in order and joins those that overlap.
pub(in crate::checks) fn merge(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.retain(|range| !range.is_empty());
    ranges.sort_by_key(|range| (range.start, range.end));
    let mut merged: Vec<Range<usize>> = Vec::new();
    for range in ranges {
        match merged.last_mut() {
            Some(last) if range.start < last.end => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
    }
    merged
}

/// In bytes; a token that is longer is data, or a language without spaces.
const LONGEST_WORD: usize = 100;

/// Punctuation of the sentence around a token.
const OUTSIDE: &str = "()[]\"'“”‘’«»,.;:!?—–…*";

fn tokens(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.split_whitespace()
        .map(|token| (token.as_ptr() as usize - text.as_ptr() as usize, token))
}

/// `{{ … }}`, `{% … %}`, `{ .class }`: what stands in braces is for a program.
fn braces(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(open) = text[at..].find('{').map(|open| at + open) {
        let double = text[open..].starts_with("{{");
        let close = if double { "}}" } else { "}" };
        let Some(end) = text[open..].find(close).map(|end| open + end + close.len()) else {
            break;
        };
        found.push(open..end);
        at = end;
    }
    found
}

fn is_technical(token: &str, core: &str) -> bool {
    let mut letters = core.chars();
    let Some(first) = letters.next() else {
        return false;
    };
    // Harper takes minutes over a word of a hundred thousand letters.
    if core.len() > LONGEST_WORD {
        return true;
    }
    let symbol = |c: char| "/\\_=<>@#$|~^+`".contains(c);
    let flag = first == '-'
        && letters
            .next()
            .is_some_and(|c| c.is_alphabetic() || c == '-');
    let call = token.contains("()");
    let emoji = core.len() < token.len()
        && token.trim_matches(|c| "().,".contains(c)).starts_with(':')
        && token
            .trim_end_matches(|c| "().,".contains(c))
            .ends_with(':');
    core.contains(symbol)
        || core.contains("::")
        || flag
        || call
        || emoji
        || has_inner_dot(core)
        || is_identifier(core)
}

/// `setup.md`, `1.2.3`, `tympan.example`, but not `e.g` and `U.S`.
fn has_inner_dot(core: &str) -> bool {
    core.contains('.')
        && core.split('.').any(|part| part.chars().count() > 1)
        && !core.contains("..")
}

/// A hump inside a word (`camelCase`), or a digit after a letter (`utf8`).
fn is_identifier(core: &str) -> bool {
    let mut before = None;
    core.chars().any(|c| {
        let last = before.replace(c);
        let after = |kind: fn(char) -> bool| last.is_some_and(kind);
        (c.is_uppercase() && after(char::is_lowercase))
            || (c.is_numeric() && after(char::is_alphabetic))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn case(text: &str, expected: &[&str]) {
        let found: Vec<&str> = technical(text)
            .into_iter()
            .map(|range| &text[range])
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn technical_words_are_masked() {
        case(
            "Open src/main.rs, then (tympan.toml).",
            &["src/main.rs", "tympan.toml"],
        );
        case("Use --out or -C with `x`", &["--out", "-C", "`x`"]);
        case(
            "std::fs and snake_case and camelCase",
            &["std::fs", "snake_case", "camelCase"],
        );
        case(
            "call run() on utf8",
            &["run()".trim_end_matches("()"), "utf8"],
        );
        case(":rocket: to 1.2.3 @ada #12", &["rocket", "@ada", "#12"]);
        case(&"a".repeat(101), &["a".repeat(101).as_str()]);
        case("see {{ a b }} and { .c } x", &["{{ a b }}", "{ .c }"]);
        case("GitHub’s “macOS”", &["GitHub’s", "macOS"]);
    }

    #[test]
    fn prose_is_not() {
        case(
            "The well-known U.S. way, e.g. a 2nd try… or not—perhaps.",
            &[],
        );
        case("It’s 10km, ‘so’ - he said; 50% off!", &[]);
        case("", &[]);
        case("{ open", &[]);
    }
}
