//! From text to terms. `themes/base/js/search-terms.js` holds the same rule for the reader's half.
//!
//! A word is a run of letters, digits and marks. It is folded: compatibility forms, case, accents
//! and the vowel marks of Arabic and Hebrew are no differences, nor are the ways to write a German
//! umlaut, nor the Arabic article. Scripts without spaces are cut into pairs of letters.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The longest word that is read, and the longest term that is made of one, in letters.
const LONGEST_WORD: usize = 64;
const LONGEST_TERM: usize = 40;

/// What a language wants besides the common rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Folding {
    /// Nothing.
    Common,
    /// `ae`, `oe` and `ue` are umlauts.
    German,
}

impl Folding {
    /// The folding of a language (BCP 47).
    pub(super) fn of(language: &str) -> Self {
        match language.split('-').next() {
            Some("de") => Self::German,
            _ => Self::Common,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Between,
    Word,
    Pairs,
}

/// Makes the terms of texts, with room that is used again.
pub(super) struct Terms {
    folding: Folding,
    folded: String,
}

impl Terms {
    pub(super) fn new(folding: Folding) -> Self {
        Self {
            folding,
            folded: String::new(),
        }
    }

    /// Calls `each` with every term of a text, in order.
    pub(super) fn each(&mut self, text: &str, each: &mut impl FnMut(&str)) {
        let mut start = 0;
        let mut class = Class::Between;
        for (at, c) in text.char_indices() {
            let next = class_of(c);
            if next != class {
                self.piece(&text[start..at], class, each);
                (start, class) = (at, next);
            }
        }
        self.piece(&text[start..], class, each);
    }

    fn piece(&mut self, piece: &str, class: Class, each: &mut impl FnMut(&str)) {
        match class {
            Class::Between => {}
            Class::Word => {
                self.fold(cut(piece, LONGEST_WORD));
                let term = cut(&self.folded, LONGEST_TERM);
                if !term.is_empty() {
                    each(term);
                }
            }
            Class::Pairs => {
                self.fold(piece);
                pairs(&self.folded, each);
            }
        }
    }

    fn fold(&mut self, piece: &str) {
        let folded = &mut self.folded;
        folded.clear();
        if piece.is_ascii() {
            folded.push_str(piece);
            folded.make_ascii_lowercase();
        } else {
            let mut apart = String::with_capacity(piece.len());
            for c in piece.nfkd().flat_map(char::to_lowercase) {
                push_folded(&mut apart, c);
            }
            folded.extend(apart.nfc());
        }
        if self.folding == Folding::German {
            *folded = without_umlauts(folded);
        }
        let article = article(folded);
        if article > 0 {
            folded.drain(..article);
        }
    }
}

fn class_of(c: char) -> Class {
    match u32::from(c) {
        0..=0x7f if c.is_ascii_alphanumeric() => Class::Word,
        0..=0x7f => Class::Between,
        // Thai to Tibetan, Myanmar, old Hangul, Khmer; kana, Han, Hangul, and their wide and
        // narrow forms.
        0xe00..=0xfff
        | 0x1000..=0x11ff
        | 0x1780..=0x17ff
        | 0x3005..=0x3007
        | 0x3041..=0x30ff
        | 0x3131..=0x318e
        | 0x31f0..=0x31ff
        | 0x3400..=0x4dbf
        | 0x4e00..=0x9fff
        | 0xac00..=0xd7a3
        | 0xf900..=0xfaff
        | 0xff66..=0xff9f
        | 0x20000..=0x323af
            if is_letter(c) =>
        {
            Class::Pairs
        }
        _ if is_letter(c) => Class::Word,
        _ => Class::Between,
    }
}

fn is_letter(c: char) -> bool {
    c.is_alphanumeric() || is_combining_mark(c) || c == '\u{ad}'
}

/// The first letters of a text.
fn cut(text: &str, letters: usize) -> &str {
    if text.len() <= letters {
        return text;
    }
    let end = text.char_indices().nth(letters);
    end.map_or(text, |(at, _)| &text[..at])
}

/// Appends what a letter is in a term. The text is decomposed, so that a letter with an accent has
/// come apart already.
fn push_folded(out: &mut String, c: char) {
    match c {
        // The short i is a letter of its own; the dots of the other i, and of yo, are not.
        '\u{306}' if out.ends_with(['и', 'у']) => out.push(c),
        '\u{ad}'
        | '\u{300}'..='\u{36f}'
        | '\u{483}'..='\u{487}'
        | '\u{591}'..='\u{5c7}'
        | '\u{610}'..='\u{61a}'
        | '\u{640}'
        | '\u{64b}'..='\u{65f}'
        | '\u{670}'
        | '\u{6d6}'..='\u{6ed}' => {}
        'ß' => out.push_str("ss"),
        'æ' => out.push_str("ae"),
        'œ' => out.push_str("oe"),
        'ø' => out.push('o'),
        'ł' => out.push('l'),
        'đ' => out.push('d'),
        'ı' => out.push('i'),
        'ς' => out.push('σ'),
        'ٱ' => out.push('ا'),
        'ى' | 'ی' => out.push('ي'),
        'ة' => out.push('ه'),
        'ک' => out.push('ك'),
        '٠'..='٩' => out.extend(char::from_digit(u32::from(c) - 0x660, 10)),
        '۰'..='۹' => out.extend(char::from_digit(u32::from(c) - 0x6f0, 10)),
        c if c.is_alphanumeric() || is_combining_mark(c) => out.push(c),
        _ => {}
    }
}

/// Müller, Mueller and Muller are one name.
fn without_umlauts(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(c) = letters.next() {
        out.push(c);
        if matches!(c, 'a' | 'o' | 'u') {
            letters.next_if_eq(&'e');
        }
    }
    out
}

/// The length of the Arabic article, with the particles that are written together with it.
fn article(text: &str) -> usize {
    let rest = |article: &&str| {
        let rest = text.strip_prefix(*article)?;
        (rest.chars().count() >= 3).then_some(article.len())
    };
    match text.starts_with(['ا', 'ل', 'و', 'ب', 'ك', 'ف']) {
        true => ["وال", "بال", "كال", "فال", "ال", "لل"]
            .iter()
            .find_map(rest)
            .unwrap_or(0),
        false => 0,
    }
}

/// Pairs of neighbouring letters, and the last letter alone: every letter begins a term. A Korean
/// word counts as a whole too.
fn pairs(piece: &str, each: &mut impl FnMut(&str)) {
    let mut ends = piece.char_indices().map(|(at, c)| (at, at + c.len_utf8()));
    let Some(mut last) = ends.next() else {
        return;
    };
    let is_korean = piece
        .chars()
        .all(|c| ('\u{ac00}'..='\u{d7a3}').contains(&c));
    if is_korean && piece.chars().nth(2).is_some() {
        each(cut(piece, LONGEST_TERM));
    }
    for next in ends {
        each(&piece[last.0..next.1]);
        last = next;
    }
    each(&piece[last.0..last.1]);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn terms(text: &str, language: &str) -> Vec<String> {
        let mut found = Vec::new();
        Terms::new(Folding::of(language)).each(text, &mut |term| found.push(term.to_owned()));
        found
    }

    /// The table that the reader's half is held to as well, by the suite.
    #[test]
    fn terms_are_those_of_the_table() {
        let table = include_str!("../../../tests/fixtures/search/terms.tsv");
        for line in table.lines() {
            let [language, text, expected] = line.split('\t').collect::<Vec<_>>()[..] else {
                panic!("three columns: {line}");
            };
            assert_eq!(terms(text, language).join(" "), expected, "{text}");
        }
    }

    #[test]
    fn a_word_without_end_is_one_short_term() {
        assert_eq!(terms(&"x".repeat(1 << 20), "en"), ["x".repeat(40)]);
        assert_eq!(terms(&"\u{301}".repeat(1 << 20), "en"), [""; 0]);
    }

    proptest! {
        #[test]
        fn any_text_has_terms_of_letters_that_stay_as_they_are(text in "\\PC{0,40}") {
            for term in terms(&text, "en") {
                prop_assert!(!term.is_empty() && term.chars().all(is_letter), "{term:?}");
                prop_assert!(term.chars().count() <= LONGEST_TERM);
            }
        }

        #[test]
        fn any_bytes_are_read(text in any::<String>()) {
            terms(&text, "de");
        }
    }
}
