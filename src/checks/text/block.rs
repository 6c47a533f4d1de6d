//! One run of plain text out of a page, and the way back to the bytes it came from.

use std::ops::Range;
use std::sync::Arc;

/// Stands in a block's text for whatever is no text: code, math, an image.
pub(in crate::checks) const PLACEHOLDER: char = '\u{fffc}';

/// The plain text of one paragraph, heading, item, cell or the like.
#[derive(Debug, Clone, Default, PartialEq)]
pub(in crate::checks) struct Block {
    /// What a reader reads: markup left out, escapes and entities resolved.
    pub text: String,
    /// The bytes of the text that no rule may look into, in order and apart.
    pub masked: Vec<Range<usize>>,
    /// What it is on its page.
    pub kind: Kind,
    /// Its language (BCP 47), if it says so itself; else it is that of the page.
    pub language: Option<Arc<str>>,
    /// Whether it stands in a list.
    pub in_list: bool,
    /// Whether it stands in a quotation.
    pub in_quote: bool,
    /// The bytes of the text that are marked, in the order in which the marks end.
    pub marks: Vec<(Mark, Range<usize>)>,
    pieces: Vec<Piece>,
}

/// What a block is on its page.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::checks) enum Kind {
    /// A paragraph, also in a list, a quotation or a footnote.
    #[default]
    Paragraph,
    /// A heading of a level from 1 to 6.
    Heading(u8),
    /// A cell in the head of a table.
    HeaderCell,
    /// Another cell of a table.
    Cell,
    /// A term that a list defines.
    Term,
    /// The text of an image for those who do not see it.
    Alternative,
    /// The caption of an image.
    Caption,
    /// The title in the front matter.
    Title,
    /// The description in the front matter.
    Description,
}

/// How words inside a block are marked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::checks) enum Mark {
    /// They are a link.
    Link,
    /// They are strong.
    Strong,
    /// They are emphasized.
    Emphasis,
}

/// A run of the text and the bytes of the page it came from.
#[derive(Debug, Clone, PartialEq)]
struct Piece {
    text: Range<usize>,
    source: Range<usize>,
    fit: Fit,
}

/// How the bytes of a piece's text lie to those of its source.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Fit {
    /// One for one.
    Exact,
    /// A space for the end of a line.
    Break,
    /// Only as a whole.
    Whole,
}

impl Block {
    /// An empty block.
    pub(in crate::checks) fn new(kind: Kind) -> Self {
        Self {
            kind,
            ..Self::default()
        }
    }

    /// Its language on a page in a language. A block in `en` on a page in `en-GB` is in the latter.
    pub(in crate::checks) fn language_on<'a>(&'a self, page: &'a str) -> &'a str {
        let primary = page.split(['-', '_']).next().unwrap_or(page);
        match self.language.as_deref() {
            Some(own) if !own.eq_ignore_ascii_case(primary) => own,
            _ => page,
        }
    }

    /// Whether it is in the language of a page, regions aside.
    pub(in crate::checks) fn is_in(&self, page: &str) -> bool {
        let primary = |tag: &str| tag.split(['-', '_']).next().unwrap_or("").to_lowercase();
        primary(self.language_on(page)) == primary(page)
    }

    /// Adds text that came from `source`, whose bytes are `span` of the page.
    pub(in crate::checks) fn push(&mut self, text: &str, source: &str, span: Range<usize>) {
        if text == source {
            return self.add(text, span, Fit::Exact);
        }
        let (mut at, mut from) = (0, 0);
        let mut run = (0, 0);
        while at < text.len() {
            let step = Step::next(&text[at..], &source[from..]);
            if let Step::Same(length) = step {
                at += length;
                from += length;
                continue;
            }
            let place = span.start + run.1..span.start + from;
            self.add(&text[run.0..at], place, Fit::Exact);
            match step {
                Step::Escape => from += 1,
                Step::Entity(taken, written) => {
                    let place = span.start + from..span.start + from + written;
                    self.add(&text[at..at + taken], place, Fit::Whole);
                    at += taken;
                    from += written;
                }
                _ => return self.add(&text[at..], span.start + from..span.end, Fit::Whole),
            }
            run = (at, from);
        }
        let place = span.start + run.1..span.start + from;
        self.add(&text[run.0..], place, Fit::Exact);
    }

    /// Adds something that no rule may look into.
    pub(in crate::checks) fn push_masked(&mut self, span: Range<usize>) {
        let start = self.text.len();
        let mut buffer = [0; 4];
        self.add(PLACEHOLDER.encode_utf8(&mut buffer), span, Fit::Whole);
        self.masked.push(start..self.text.len());
    }

    /// Adds a space for the end of a line.
    pub(in crate::checks) fn push_break(&mut self, space: &str, span: Range<usize>) {
        self.add(space, span, Fit::Break);
    }

    /// Where a range of the text came from.
    pub(in crate::checks) fn source(&self, range: &Range<usize>) -> Range<usize> {
        let piece = |at: usize| {
            let next = self.pieces.partition_point(|piece| piece.text.start <= at);
            self.pieces.get(next.saturating_sub(1))
        };
        let start = piece(range.start).map_or(0, |piece| match piece.fit {
            Fit::Exact => {
                piece.source.start + (range.start - piece.text.start).min(piece.text.len())
            }
            _ => piece.source.start,
        });
        let last = range.end.saturating_sub(1).max(range.start);
        let end = piece(last).map_or(0, |piece| match piece.fit {
            Fit::Exact => piece.source.start + range.end.min(piece.text.end) - piece.text.start,
            _ => piece.source.end,
        });
        start..end.max(start)
    }

    /// Whether a range of the text stands in the file as it is read, line ends aside, so that
    /// another text can be put in its place.
    pub(in crate::checks) fn is_whole(&self, range: &Range<usize>) -> bool {
        let joined = |pair: &[Piece]| pair[0].source.end == pair[1].source.start;
        self.fits(range) && self.pieces_of(range).windows(2).all(joined)
    }

    /// Whether another text can be put in the place of a range, which may hold words of programs but
    /// nothing that is no text at all.
    pub(in crate::checks) fn is_open(&self, range: &Range<usize>) -> bool {
        let joined = |pair: &[Piece]| pair[0].source.end == pair[1].source.start;
        let pieces = self.pieces_of(range);
        let whole = |piece: &Piece| piece.fit == Fit::Whole;
        !pieces.iter().any(whole) && pieces.windows(2).all(joined)
    }

    /// Whether no markup stands inside a range of the text.
    pub(in crate::checks) fn is_plain(&self, range: &Range<usize>) -> bool {
        let ends_line = |piece: &Piece| piece.fit == Fit::Break;
        let joined = |pair: &[Piece]| {
            pair[0].source.end == pair[1].source.start || pair.iter().any(ends_line)
        };
        self.fits(range) && self.pieces_of(range).windows(2).all(joined)
    }

    fn fits(&self, range: &Range<usize>) -> bool {
        let inside = |mask: &Range<usize>| mask.start < range.end && range.start < mask.end;
        let whole = |piece: &Piece| piece.fit == Fit::Whole;
        !self.masked.iter().any(inside) && !self.pieces_of(range).iter().any(whole)
    }

    fn pieces_of(&self, range: &Range<usize>) -> &[Piece] {
        let start = self
            .pieces
            .partition_point(|piece| piece.text.end <= range.start);
        let end = self
            .pieces
            .partition_point(|piece| piece.text.start < range.end);
        &self.pieces[start..end.max(start)]
    }

    fn add(&mut self, text: &str, source: Range<usize>, fit: Fit) {
        if text.is_empty() {
            return;
        }
        let start = self.text.len();
        self.text.push_str(text);
        self.pieces.push(Piece {
            text: start..self.text.len(),
            source,
            fit,
        });
    }
}

/// What comes next in a text and in its source.
enum Step {
    /// The same letter, of so many bytes.
    Same(usize),
    /// A backslash that is no text.
    Escape,
    /// So many bytes of text for a character reference of so many bytes.
    Entity(usize, usize),
    /// Letters that do not belong together.
    Apart,
}

impl Step {
    fn next(text: &str, source: &str) -> Self {
        let bytes = source.as_bytes();
        if source.starts_with('\\') && bytes.get(1).is_some_and(u8::is_ascii_punctuation) {
            return Self::Escape;
        }
        if let Some(entity) = entity(source)
            && !text.starts_with(entity)
        {
            // It stands for one letter, seldom for two; the letter after it tells.
            let rest = source[entity.len()..].chars().next();
            let mut lengths = text.char_indices().map(|(at, _)| at).skip(1);
            let (one, two) = (lengths.next(), lengths.next());
            let fits = |at: &usize| text[*at..].chars().next() == rest;
            let length = one.filter(fits).or(two.filter(fits)).or(one);
            return Self::Entity(length.unwrap_or(text.len()), entity.len());
        }
        match text.chars().next() {
            Some(letter) if source.starts_with(letter) => Self::Same(letter.len_utf8()),
            _ => Self::Apart,
        }
    }
}

/// The character reference that `source` begins with (`CommonMark` §2.5).
fn entity(source: &str) -> Option<&str> {
    let inner = source.strip_prefix('&')?;
    let end = inner.find(|c: char| !c.is_ascii_alphanumeric() && c != '#')?;
    (0 < end && end < 40 && inner[end..].starts_with(';')).then(|| &source[..end + 2])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn case(text: &str, source: &str, word: &str, expected: &str) {
        let mut block = Block::default();
        block.push(text, source, 0..source.len());
        assert_eq!(block.text, text);
        let at = text.find(word).unwrap();
        assert_eq!(&source[block.source(&(at..at + word.len()))], expected);
    }

    #[test]
    fn words_lead_back_to_where_they_stand() {
        case("one two", "one two", "two", "two");
        case("a * b two", r"a \* b two", "two", "two");
        case("Q&A für zwei", "Q&amp;A f&uuml;r zwei", "zwei", "zwei");
        case("Q&A für zwei", "Q&amp;A f&uuml;r zwei", "für", "f&uuml;r");
        case(r"a \b two", r"a \b two", "two", "two");
        case("a & b; two", "a & b; two", "two", "two");
        case("\u{fffd} two", "\0 two", "two", "\0 two");
    }

    proptest! {
        #[test]
        fn any_pair_of_texts_leads_somewhere(text in "[a&;#é\\\\*]{0,12}", source in "[a&;#é\\\\*]{0,12}") {
            let mut block = Block::default();
            block.push(&text, &source, 0..source.len());
            prop_assert_eq!(&block.text, &text);
            for (at, letter) in text.char_indices() {
                let place = block.source(&(at..at + letter.len_utf8()));
                prop_assert!(place.end <= source.len());
            }
        }
    }
}
