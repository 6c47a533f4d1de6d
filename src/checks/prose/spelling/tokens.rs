//! The words of a text, with what their place says of their capitals.

use std::ops::Range;

use crate::checks::text::block::{Block, Kind};

/// A run of letters, with the apostrophes inside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token<'a> {
    pub text: &'a str,
    /// Its bytes in the text of the block.
    pub range: Range<usize>,
    pub case: Case,
    pub company: Company,
}

/// Which letters of a word are capitals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Case {
    /// None.
    Lower,
    /// The first, where a sentence begins or in a heading.
    Start,
    /// The first, inside a sentence.
    Name,
    /// Others.
    Mixed,
}

/// What stands next to a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Company {
    /// Spaces and punctuation.
    Alone,
    /// A hyphen and another word.
    Hyphen,
    /// Something that is no prose: the letters are part of it.
    Glued,
}

/// The words of a block outside what is masked.
pub(super) fn tokens(block: &Block) -> Vec<Token<'_>> {
    let mut found = Vec::new();
    let mut done = 0;
    for mask in &block.masked {
        add_tokens(block, done..mask.start, &mut found);
        done = mask.end;
    }
    add_tokens(block, done..block.text.len(), &mut found);
    found
}

/// The runs of letters of any text; `camelCase` is two words.
pub(super) fn words(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text.char_indices().peekable();
    std::iter::from_fn(move || {
        let (start, first) = rest.find(|(_, c)| c.is_alphabetic())?;
        let (mut end, mut last) = (start + first.len_utf8(), first);
        while let Some((at, next)) =
            rest.next_if(|(_, c)| c.is_alphabetic() && !(c.is_uppercase() && last.is_lowercase()))
        {
            (end, last) = (at + next.len_utf8(), next);
        }
        Some(&text[start..end])
    })
}

fn add_tokens<'a>(block: &'a Block, part: Range<usize>, found: &mut Vec<Token<'a>>) {
    let text = &block.text;
    let mut rest = text[part.clone()].char_indices().peekable();
    while let Some((start, first)) = rest.find(|(_, c)| c.is_alphabetic()) {
        let mut end = start + first.len_utf8();
        loop {
            if let Some((at, c)) = rest.next_if(|(_, c)| c.is_alphabetic() || is_mark(*c)) {
                end = at + c.len_utf8();
                continue;
            }
            let Some((at, mark)) = rest.peek().copied().filter(|(_, c)| "'’".contains(*c)) else {
                break;
            };
            let after = part.start + at + mark.len_utf8();
            let goes_on = text[after..part.end].starts_with(char::is_alphabetic);
            // A possessive ends the word that it is of.
            let rest_of_it = text[after..part.end].strip_prefix(['s', 'S']);
            let goes_on =
                goes_on && rest_of_it.is_none_or(|rest| rest.starts_with(char::is_alphabetic));
            if !goes_on {
                break;
            }
            rest.next();
        }
        let range = part.start + start..part.start + end;
        let word = &text[range.clone()];
        found.push(Token {
            text: word,
            case: case(block, word, range.start),
            company: company(text, &range),
            range,
        });
    }
}

/// Marks that belong to the letter before them, and joiners that no reader sees.
fn is_mark(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{200c}' | '\u{200d}' | '\u{300}'..='\u{36f}'
    ) || matches!(c, '\u{591}'..='\u{5bd}' | '\u{64b}'..='\u{65f}' | '\u{670}')
        || matches!(c, '\u{900}'..='\u{d7f}' if !matches!(c, '\u{964}' | '\u{965}') && !c.is_numeric())
}

fn case(block: &Block, word: &str, start: usize) -> Case {
    let mut letters = word.chars();
    let first = letters.next().is_some_and(char::is_uppercase);
    match (first, letters.any(char::is_uppercase)) {
        (_, true) => Case::Mixed,
        (false, false) => Case::Lower,
        (true, false)
            if matches!(block.kind, Kind::Heading(_) | Kind::Title)
                || begins_sentence(&block.text[..start]) =>
        {
            Case::Start
        }
        (true, false) => Case::Name,
    }
}

/// Whether a sentence begins after `before`.
fn begins_sentence(before: &str) -> bool {
    let opening = |c: char| c.is_whitespace() || "\"'“”‘’«»„‚()[]*—–".contains(c);
    let before = before.trim_end_matches(opening);
    before.is_empty() || before.ends_with(['.', '!', '?', ':', '…'])
}

fn company(text: &str, range: &Range<usize>) -> Company {
    let of = |c: Option<char>| match c {
        None => Company::Alone,
        Some('-' | '\u{2010}' | '\u{2011}') => Company::Hyphen,
        Some(c) if c.is_whitespace() || "()[]\"“”‘’'«»„‚.,;:!?—–…*/".contains(c) => {
            Company::Alone
        }
        Some(_) => Company::Glued,
    };
    let before = of(text[..range.start].chars().next_back());
    let after = of(text[range.end..].chars().next());
    match (before, after) {
        (Company::Glued, _) | (_, Company::Glued) => Company::Glued,
        (Company::Alone, Company::Alone) => Company::Alone,
        (Company::Hyphen, _) => hyphenated(text[..range.start].chars().nth_back(1)),
        (_, Company::Hyphen) => hyphenated(text[range.end..].chars().nth(1)),
    }
}

/// A hyphen with a letter behind it joins two words; any other is the sign of something else.
fn hyphenated(beyond: Option<char>) -> Company {
    match beyond {
        Some(c) if c.is_alphabetic() => Company::Hyphen,
        Some(c) if c.is_whitespace() => Company::Alone,
        _ => Company::Glued,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(text: &str) -> Block {
        let mut block = Block::default();
        block.push(text, text, 0..text.len());
        block
    }

    #[track_caller]
    fn case(text: &str, expected: &[(&str, Case, Company)]) {
        let block = block(text);
        let found: Vec<_> = tokens(&block)
            .into_iter()
            .map(|token| {
                assert_eq!(&block.text[token.range.clone()], token.text);
                (token.text, token.case, token.company)
            })
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn capitals_are_told_by_their_place() {
        use Case::{Lower, Mixed, Name, Start};
        use Company::Alone;
        case(
            "(One two Three. “Four FIVE",
            &[
                ("One", Start, Alone),
                ("two", Lower, Alone),
                ("Three", Name, Alone),
                ("Four", Start, Alone),
                ("FIVE", Mixed, Alone),
            ],
        );
    }

    #[test]
    fn words_have_company() {
        use Case::Lower;
        use Company::{Alone, Glued, Hyphen};
        case(
            "well-known don’t 2nd _x é e\u{301}l",
            &[
                ("well", Lower, Hyphen),
                ("known", Lower, Hyphen),
                ("don’t", Lower, Alone),
                ("nd", Lower, Glued),
                ("x", Lower, Glued),
                ("é", Lower, Alone),
                ("e\u{301}l", Lower, Alone),
            ],
        );
    }

    #[test]
    fn words_are_runs_of_letters() {
        let found: Vec<&str> = words("getFooBar, src/x_y ümlaut2 A").collect();
        assert_eq!(found, ["get", "Foo", "Bar", "src", "x", "y", "ümlaut", "A"]);
    }
}
