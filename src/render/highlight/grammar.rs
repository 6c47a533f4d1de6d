//! A grammar ready to run: its tables, and its queries compiled.

use std::borrow::Cow;

use arborium::tree_sitter::{Language, Query};

use crate::render::highlight::class::Capture;

/// How many patterns of a query may not fit its grammar.
const MOST_BROKEN: usize = 16;

/// A grammar ready to run.
pub(super) struct Grammar {
    pub(super) language: Language,
    pub(super) highlights: Query,
    /// What each capture of the query asks for.
    pub(super) captures: Vec<Capture>,
    pub(super) injections: Option<Query>,
}

impl Grammar {
    /// Compiles the queries of a language; nothing if they do not fit its grammar.
    pub(super) fn new(language: Language, highlights: &str, injections: &str) -> Option<Self> {
        let highlights = compile(&language, highlights)?;
        let names = highlights.capture_names().iter();
        let captures = names.map(|name| Capture::named(name)).collect();
        let injections = match injections {
            "" => None,
            injections => compile(&language, injections),
        };
        Some(Self {
            language,
            highlights,
            captures,
            injections,
        })
    }
}

/// Compiles a query. Some grammars come with a query that is older or newer than they are; the
/// patterns that do not fit are left out, so that the rest still has its colors.
fn compile(language: &Language, query: &str) -> Option<Query> {
    let mut query = Cow::Borrowed(query);
    for _ in 0..MOST_BROKEN {
        match Query::new(language, &query) {
            Ok(query) => return Some(query),
            Err(error) => query = Cow::Owned(without_pattern(&query, error.offset)?),
        }
    }
    None
}

/// A query without the pattern that stands at a place.
fn without_pattern(query: &str, place: usize) -> Option<String> {
    let mut start = 0;
    let ends = pattern_starts(query).into_iter().skip(1);
    for end in ends.chain([query.len()]) {
        if (start..end).contains(&place) {
            return Some(format!("{}{}", &query[..start], &query[end..]));
        }
        start = end;
    }
    None
}

/// Where the patterns of a query begin.
fn pattern_starts(query: &str) -> Vec<usize> {
    let mut starts = Vec::new();
    let mut depth = 0usize;
    let mut bytes = query.bytes().enumerate();
    while let Some((at, byte)) = bytes.next() {
        if depth == 0 && matches!(byte, b'(' | b'[' | b'"') {
            starts.push(at);
        }
        match byte {
            b'(' | b'[' => depth += 1,
            b')' | b']' => depth = depth.saturating_sub(1),
            b';' => drop(bytes.find(|(_, byte)| *byte == b'\n')),
            b'"' => {
                while let Some((_, byte)) = bytes.next() {
                    match byte {
                        b'"' => break,
                        b'\\' => drop(bytes.next()),
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
    starts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_found_whatever_stands_in_them() {
        let query = "; (a)\n(a \"(\" @b) @c\n[(d) \"\\\"\"] @e\n\"f\" @g\n";
        let starts = pattern_starts(query);
        let found: Vec<&str> = starts.iter().map(|at| &query[*at..=*at]).collect();
        assert_eq!(found, ["(", "[", "\""]);
        let without = without_pattern(query, starts[1] + 2).unwrap();
        assert_eq!(without, "; (a)\n(a \"(\" @b) @c\n\"f\" @g\n");
    }

    #[test]
    fn a_pattern_that_does_not_fit_is_left_out() {
        let language: Language = arborium::lang_toml::language().into();
        let query = compile(&language, "(nosuch) @a\n(comment) @b\n(pair (nosuch)) @c").unwrap();
        assert_eq!(query.capture_names(), ["b"]);
        assert!(compile(&language, "(").is_none());
    }
}
