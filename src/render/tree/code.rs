//! Blocks of code: the lines that are shown, each in pieces with the class of their color,
//! the same as on a page of the site.

use serde_json::{Map, Value, json};

use crate::markdown::{CodeBlock, CodeLine, LineMark};
use crate::render::context::RenderContext;
use crate::render::highlight::Token;

/// The longest line, in letters, that is laid out as one; the engine takes a longer one for hopeless.
const LONGEST_LINE: usize = 4000;
/// How wide a tab is.
const TAB: usize = 4;

/// The node of a block of code. Lines that are hidden on a page are not printed.
pub(super) fn code_node(context: &RenderContext<'_>, block: &CodeBlock) -> Value {
    let text = block.text();
    let tokens = context
        .highlights
        .tokens(context.store, &block.language, &text);
    let mut lines = Vec::new();
    let mut rest = tokens.as_slice();
    let mut at = 0;
    for (number, line) in (block.numbers.unwrap_or(1)..).zip(&block.lines) {
        let end = at + line.text.len();
        rest = &rest[rest
            .iter()
            .take_while(|token| token.end as usize <= at)
            .count()..];
        if !line.hidden {
            let number = block.numbers.is_some().then_some(number);
            let pieces = pieces(&text, at..end, rest);
            lines.extend(rows(pieces).enumerate().map(|(row, pieces)| {
                let number = number.filter(|_| row == 0);
                line_node(&pieces, number, line)
            }));
        }
        at = end + 1;
    }
    while lines.len() > 1 && lines.last().is_some_and(|line| line["w"] == 0) {
        lines.pop();
    }
    // A patch has its signs in its text.
    let is_patch = ["diff", "patch"].contains(&block.language.as_str());
    let signed = |line: &CodeLine| matches!(line.mark, LineMark::Added | LineMark::Removed);
    let signs = !is_patch && block.lines.iter().any(|line| !line.hidden && signed(line));
    let plain: Vec<String> = lines.iter().map(words).collect();
    let mut node = json!({
        "t": "code", "lang": block.language.to_ascii_lowercase(), "v": plain.join("\n"),
        "lines": lines, "signs": signs, "signed": is_patch,
    });
    if let Some(title) = &block.title {
        node["title"] = json!(title);
    }
    node
}

/// The words of a line without their colors.
fn words(line: &Value) -> String {
    let pieces = line["c"].as_array().into_iter().flatten();
    let words = pieces.filter_map(|piece| piece.as_str().or(piece[1].as_str()));
    words.collect()
}

/// A piece of a line and the name of its class.
type Piece = (Option<&'static str>, String);

/// A line in pieces. A token that began in a line before goes on.
fn pieces(text: &str, line: std::ops::Range<usize>, tokens: &[Token]) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut column = 0;
    let mut push = |class, from: usize, to: usize| {
        let Some(part) = text.get(from..to).filter(|part| !part.is_empty()) else {
            return;
        };
        let mut words = String::with_capacity(part.len());
        for letter in part.chars() {
            match letter {
                '\t' => {
                    let wide = TAB - column % TAB;
                    words.extend(std::iter::repeat_n(' ', wide));
                    column += wide;
                }
                letter => {
                    words.push(letter);
                    column += 1;
                }
            }
        }
        pieces.push((class, words));
    };
    let mut at = line.start;
    for token in tokens {
        let (from, to) = (token.start as usize, token.end as usize);
        if from >= line.end {
            break;
        }
        let (from, to) = (from.max(at), to.min(line.end));
        if to <= from {
            continue;
        }
        push(None, at, from);
        push(Some(token.class.name()), from, to);
        at = to;
    }
    push(None, at, line.end);
    pieces
}

/// The pieces of a line in rows that can be laid out: one, unless the line is without end.
fn rows(pieces: Vec<Piece>) -> impl Iterator<Item = Vec<Piece>> {
    let mut rows = vec![Vec::new()];
    let mut left = LONGEST_LINE;
    for (class, words) in pieces {
        let mut words = words.as_str();
        loop {
            let end = words.char_indices().nth(left).map(|(end, _)| end);
            let (part, rest) = words.split_at(end.unwrap_or(words.len()));
            left -= part.chars().count();
            if let Some(row) = rows.last_mut()
                && !part.is_empty()
            {
                row.push((class, part.to_owned()));
            }
            if rest.is_empty() {
                break;
            }
            rows.push(Vec::new());
            left = LONGEST_LINE;
            words = rest;
        }
    }
    rows.into_iter()
}

/// A line: its pieces, its width in letters, and what is said of it.
fn line_node(pieces: &[Piece], number: Option<u32>, line: &CodeLine) -> Value {
    let wide: usize = pieces.iter().map(|(_, words)| words.chars().count()).sum();
    let node = |(class, words): &Piece| match class {
        Some(class) => json!([class, words]),
        None => json!(words),
    };
    let mut fields = Map::new();
    fields.insert("c".to_owned(), pieces.iter().map(node).collect());
    fields.insert("w".to_owned(), json!(wide));
    if let Some(number) = number {
        fields.insert("n".to_owned(), json!(number));
    }
    let mark = match line.mark {
        LineMark::None => None,
        LineMark::Marked => Some("marked"),
        LineMark::Added => Some("added"),
        LineMark::Removed => Some("removed"),
    };
    if let Some(mark) = mark {
        fields.insert("mark".to_owned(), json!(mark));
    }
    Value::Object(fields)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::render::highlight::Class;

    fn token(start: u32, end: u32) -> Token {
        Token {
            start,
            end,
            class: Class::String,
        }
    }

    #[test]
    fn a_line_is_cut_where_its_colors_change() {
        let text = "a \"b\" c\n\"d\ne\"\n";
        let tokens = [token(2, 5), token(8, 13)];
        let words = |line| {
            let found = pieces(text, line, &tokens).into_iter();
            let found: Vec<String> = found
                .map(|(class, words)| format!("{}:{words}", class.unwrap_or("")))
                .collect();
            found.join("|")
        };
        assert_eq!(words(0..7), ":a |s:\"b\"|: c");
        assert_eq!(words(8..10), "s:\"d");
        assert_eq!(words(11..13), "s:e\"");
    }

    #[test]
    fn tabs_reach_the_next_stop() {
        assert_eq!(pieces("ab\tc\td", 0..6, &[])[0].1, "ab  c   d");
    }

    #[test]
    fn a_line_without_end_is_several() {
        let long = vec![(None, "x".repeat(LONGEST_LINE * 2 + 1))];
        let lengths: Vec<usize> = rows(long).map(|row| row[0].1.len()).collect();
        assert_eq!(lengths, [LONGEST_LINE, LONGEST_LINE, 1]);
        assert_eq!(rows(Vec::new()).count(), 1);
    }

    proptest! {
        #[test]
        fn no_letter_is_lost(text in "[a-zä \"]{0,30}", cuts in prop::collection::vec(0u32..32, 0..6)) {
            let mut cuts = cuts;
            cuts.sort_unstable();
            let tokens: Vec<Token> = cuts.chunks_exact(2).map(|cut| token(cut[0], cut[1])).collect();
            // Tokens stand between letters; others are passed over by the engine that finds them.
            prop_assume!(cuts.iter().all(|cut| text.is_char_boundary(*cut as usize) || *cut as usize > text.len()));
            let found: String = pieces(&text, 0..text.len(), &tokens).into_iter().map(|piece| piece.1).collect();
            prop_assert_eq!(found, text);
        }
    }
}
