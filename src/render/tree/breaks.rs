//! Where a long word may break: places for U+200B, the zero-width space.
//!
//! Paths, addresses and hashes have no spaces and would run over the edge of a page or a cell.

/// A character after which a line may break.
pub(super) const ZERO_WIDTH_SPACE: char = '\u{200b}';

/// What a line may break after.
const SEPARATORS: &str = "/_.?&=-:,;|@+#";

/// How long a word may be before it gets places to break.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Measure {
    /// Running text.
    Text,
    /// A span of code in running text.
    Code,
    /// A cell of a table.
    Cell,
}

impl Measure {
    /// The length of a word that is left alone, and the longest run without a break.
    fn limits(self) -> (usize, usize) {
        match self {
            Self::Text => (24, 40),
            Self::Code => (12, 32),
            Self::Cell => (10, 16),
        }
    }
}

/// Marks the places where the words of `text` may break.
pub(super) fn soften(text: &str, measure: Measure) -> String {
    let (short, longest) = measure.limits();
    let mut softened = String::with_capacity(text.len());
    for word in text.split_inclusive(char::is_whitespace) {
        if word.len() <= short {
            softened.push_str(word);
        } else {
            soften_word(word, longest, &mut softened);
        }
    }
    softened
}

fn soften_word(word: &str, longest: usize, softened: &mut String) {
    // A word of letters alone is hyphenated; it is only cut where no language has such words.
    let is_plain = word.chars().all(|c| c.is_alphabetic() || c.is_whitespace());
    let longest = if is_plain { longest.max(40) } else { longest };
    let mut run = 0;
    let mut letters = word.chars().peekable();
    while let Some(letter) = letters.next() {
        softened.push(letter);
        run += 1;
        let next = letters.peek().copied();
        let separates = SEPARATORS.contains(letter);
        let inside = next
            .is_some_and(|next| !(next.is_whitespace() || separates && SEPARATORS.contains(next)));
        if !inside {
            continue;
        }
        let forced = run >= longest && letter.is_ascii_alphanumeric();
        if (separates && run > 2) || forced {
            softened.push(ZERO_WIDTH_SPACE);
            run = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn case(text: &str, measure: Measure, expected: &str) {
        assert_eq!(
            soften(text, measure).replace(ZERO_WIDTH_SPACE, "|"),
            expected
        );
    }

    #[test]
    fn short_words_stay_whole() {
        case("well-known a/b", Measure::Text, "well-known a/b");
        case("a_b_c", Measure::Code, "a_b_c");
        case("", Measure::Cell, "");
    }

    #[test]
    fn long_words_break_after_their_separators() {
        case(
            "https://a.example/guide/setup",
            Measure::Text,
            "https://|a.example/|guide/|setup",
        );
        case("some_function_name", Measure::Code, "some_|function_|name");
    }

    #[test]
    fn hashes_break_somewhere() {
        case(
            "0123456789abcdef0123",
            Measure::Cell,
            "0123456789abcdef|0123",
        );
    }

    #[test]
    fn words_of_letters_are_left_to_hyphenation() {
        case("characteristically", Measure::Cell, "characteristically");
    }
}
