//! Runs a grammar over a text. Work is counted, not timed, so that one text has one result on
//! every machine and a hostile one ends.

use std::cell::Cell;
use std::cmp::Reverse;
use std::ops::{ControlFlow, Range};

use arborium::tree_sitter::{
    ParseOptions, ParseState, Parser, QueryCursor, QueryCursorOptions, QueryCursorState,
    StreamingIterator as _, Tree,
};

use crate::render::highlight::class::{Capture, Class};
use crate::render::highlight::grammar::Grammar;
use crate::render::highlight::languages::{bears, grammar_named, is_session};
use crate::render::highlight::token::Token;

/// The longest text that gets colors, in bytes.
const LONGEST: usize = 256 << 10;
/// How deep languages may stand in each other: a script in HTML in Markdown.
const DEEPEST: u8 = 3;
/// How many nodes without a name, such as brackets, may stand in a row. A query walks from each to the
/// next that has one, and for a text of nothing else that would be the square of its length.
const MOST_UNNAMED: u32 = 2_000;
/// How many matches a query may have begun and not ended.
const OPEN_MATCHES: u32 = 256;

/// A stretch of a text and what it is, before inner ones cut outer ones.
struct Span {
    start: usize,
    end: usize,
    /// How deep its language stands in others.
    depth: u8,
    /// The place of its pattern in the query; later ones win.
    pattern: usize,
    class: Option<Class>,
}

/// How much work is left.
struct Budget(Cell<u32>);

impl Budget {
    /// Usual code takes one step in twenty bytes; a step is a hundred operations of a parser.
    fn of(text: &str) -> Self {
        Self(Cell::new(2_000 + text.len() as u32))
    }

    fn step(&self) -> ControlFlow<()> {
        match self.0.get().checked_sub(1) {
            Some(left) => {
                self.0.set(left);
                ControlFlow::Continue(())
            }
            None => ControlFlow::Break(()),
        }
    }
}

/// The tokens of a text; nothing if the language is not known or the text asks for too much.
pub(super) fn tokens(language: &str, text: &str) -> Option<Vec<Token>> {
    if text.len() > LONGEST || !bears(language, text) {
        return None;
    }
    let mut spans = Vec::new();
    let budget = Budget::of(text);
    if is_session(language) {
        session(text, &budget, &mut spans)?;
    } else {
        read(grammar_named(language)?, text, 0, 0, &budget, &mut spans)?;
    }
    spans.sort_by_key(|span| {
        let plain = span.class.is_some();
        (
            span.start,
            Reverse(span.end),
            span.depth,
            plain,
            span.pattern,
        )
    });
    Some(flatten(text, &spans))
}

/// Reads what a terminal shows: after a prompt stands a command, everything else came back.
fn session(text: &str, budget: &Budget, spans: &mut Vec<Span>) -> Option<()> {
    let shell = grammar_named("sh")?;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let prompt = ["$ ", "% ", "> "]
            .iter()
            .find(|prompt| line.starts_with(**prompt));
        if let Some(prompt) = prompt {
            spans.push(Span {
                start: at,
                end: at + 1,
                depth: 0,
                pattern: 0,
                class: Some(Class::Comment),
            });
            read(
                shell,
                &line[prompt.len()..],
                at + prompt.len(),
                0,
                budget,
                spans,
            )?;
        }
        at += line.len();
    }
    Some(())
}

fn read(
    grammar: &Grammar,
    text: &str,
    offset: usize,
    depth: u8,
    budget: &Budget,
    spans: &mut Vec<Span>,
) -> Option<()> {
    let tree = parse(grammar, text, budget).filter(is_varied)?;
    let mut cursor = QueryCursor::new();
    cursor.set_match_limit(OPEN_MATCHES);
    let mut count = |_: &QueryCursorState| budget.step();
    let options = QueryCursorOptions::new().progress_callback(&mut count);
    let source = text.as_bytes();
    let mut matches =
        cursor.matches_with_options(&grammar.highlights, tree.root_node(), source, options);
    while let Some(found) = matches.next() {
        for capture in found.captures {
            let class = match grammar.captures[capture.index as usize] {
                Capture::Ignored => continue,
                Capture::Plain => None,
                Capture::Class(class) => Some(class),
            };
            spans.push(Span {
                start: offset + capture.node.start_byte(),
                end: offset + capture.node.end_byte(),
                depth,
                pattern: found.pattern_index,
                class,
            });
        }
    }
    drop(matches);
    if budget.0.get() == 0 {
        return None;
    }
    for (language, range) in injections(grammar, text, &tree, budget) {
        if let (Some(inner), Some(inside)) = (grammar_named(&language), text.get(range.clone()))
            && depth < DEEPEST
            && bears(&language, inside)
        {
            read(
                inner,
                inside,
                offset + range.start,
                depth + 1,
                budget,
                spans,
            )?;
        }
    }
    Some(())
}

fn parse(grammar: &Grammar, text: &str, budget: &Budget) -> Option<Tree> {
    let mut parser = Parser::new();
    parser.set_language(&grammar.language).ok()?;
    let mut count = |_: &ParseState| budget.step();
    let options = ParseOptions::new().progress_callback(&mut count);
    let mut rest = |at: usize, _| text.as_bytes().get(at..).unwrap_or_default();
    parser.parse_with_options(&mut rest, None, Some(options))
}

/// Whether nowhere too many nodes without a name stand in a row.
fn is_varied(tree: &Tree) -> bool {
    let mut cursor = tree.walk();
    let mut row = 0;
    let mut above = Vec::new();
    loop {
        row = if cursor.node().is_named() { 0 } else { row + 1 };
        if row > MOST_UNNAMED {
            return false;
        }
        if cursor.goto_first_child() {
            above.push(std::mem::take(&mut row));
            continue;
        }
        while !cursor.goto_next_sibling() {
            let Some(before) = above.pop().filter(|_| cursor.goto_parent()) else {
                return true;
            };
            row = before;
        }
    }
}

/// The parts of a text that are in other languages, and which.
fn injections(
    grammar: &Grammar,
    text: &str,
    tree: &Tree,
    budget: &Budget,
) -> Vec<(String, Range<usize>)> {
    let Some(query) = &grammar.injections else {
        return Vec::new();
    };
    let mut found = Vec::new();
    let mut cursor = QueryCursor::new();
    cursor.set_match_limit(OPEN_MATCHES);
    let mut count = |_: &QueryCursorState| budget.step();
    let options = QueryCursorOptions::new().progress_callback(&mut count);
    let source = text.as_bytes();
    let mut matches = cursor.matches_with_options(query, tree.root_node(), source, options);
    while let Some(matched) = matches.next() {
        let set = query.property_settings(matched.pattern_index).iter();
        let mut language = set
            .filter(|property| &*property.key == "injection.language")
            .find_map(|property| property.value.as_deref())
            .map(str::to_owned);
        let mut content = None;
        for capture in matched.captures {
            match query.capture_names()[capture.index as usize] {
                "injection.content" => content = Some(capture.node.byte_range()),
                "injection.language" if language.is_none() => {
                    let name = text.get(capture.node.byte_range());
                    language = name.map(|name| name.trim().to_ascii_lowercase());
                }
                _ => {}
            }
        }
        if let (Some(language), Some(content)) = (language, content) {
            found.push((language, content));
        }
    }
    found
}

/// Cuts spans, outer ones first, into tokens: an inner span covers what is around it.
fn flatten(text: &str, spans: &[Span]) -> Vec<Token> {
    let mut cut = Cut {
        text,
        at: 0,
        tokens: Vec::with_capacity(spans.len()),
    };
    let mut open: Vec<(usize, Option<Class>)> = Vec::new();
    for span in spans {
        while let Some((end, class)) = open.pop_if(|(end, _)| *end <= span.start) {
            cut.write_to(end, class);
        }
        let around = open.last().and_then(|(_, class)| *class);
        cut.write_to(span.start, around);
        open.push((span.end, span.class));
    }
    while let Some((end, class)) = open.pop() {
        cut.write_to(end, class);
    }
    cut.tokens
}

struct Cut<'a> {
    text: &'a str,
    at: usize,
    tokens: Vec<Token>,
}

impl Cut<'_> {
    /// Gives everything up to `end` one class.
    fn write_to(&mut self, end: usize, class: Option<Class>) {
        let start = self.at;
        // Half a character has no color; a broken grammar must not break the text.
        if end <= start || !self.text.is_char_boundary(end) {
            return;
        }
        self.at = end;
        let Some(class) = class else { return };
        match self.tokens.last_mut() {
            Some(last) if last.class == class && last.end as usize == start => {
                last.end = end as u32;
            }
            _ => self.tokens.push(Token {
                start: start as u32,
                end: end as u32,
                class,
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The tokens of a text as `class:text`.
    #[track_caller]
    fn case(language: &str, text: &str, expected: &str) {
        let found: Vec<String> = tokens(language, text)
            .unwrap()
            .iter()
            .map(|token| {
                let text = &text[token.start as usize..token.end as usize];
                format!("{}:{text}", token.class.name())
            })
            .collect();
        assert_eq!(found.join(" "), expected, "{language}");
    }

    #[test]
    fn tokens_have_the_class_of_the_innermost_thing() {
        case(
            "rust",
            "fn a() -> u8 { 1 } // ä",
            "k:fn f:a t:u8 n:1 c:// ä",
        );
        case("toml", "a = \"b\" # c", "a:a s:\"b\" c:# c");
        case("sh", "echo \"$HOME\"", "f:echo s:\" a:HOME s:\"");
        case("json", "", "");
    }

    #[test]
    fn languages_stand_in_each_other() {
        case(
            "html",
            "<b>x</b><script>let y = 1</script>",
            "g:b g:b g:script k:let n:1 g:script",
        );
    }

    #[test]
    fn a_text_without_end_gets_no_colors() {
        let long = "a ".repeat(LONGEST);
        assert_eq!(tokens("rust", &long), None);
        assert_eq!(tokens("nosuch", "a"), None);
    }

    #[test]
    fn brackets_without_end_get_no_colors() {
        for (language, bracket) in [("rust", "("), ("js", "["), ("c", "{")] {
            assert_eq!(
                tokens(language, &bracket.repeat(20_000)),
                None,
                "{language}"
            );
            assert!(
                tokens(language, &bracket.repeat(100)).is_some(),
                "{language}"
            );
        }
        let list = format!("let a = [{}];", "1, ".repeat(20_000));
        assert!(tokens("rust", &list).is_some());
    }
}
