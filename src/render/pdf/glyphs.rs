//! Which characters the embedded fonts can print. What they cannot is told with its place, before
//! the engine prints a box for it.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use ttf_parser::Face;

use crate::diagnostic::{Diagnostic, Severity};
use crate::site::Page;

/// How many characters a report lists.
const LISTED: usize = 24;

static FACES: LazyLock<Vec<Face<'static>>> = LazyLock::new(|| {
    typst_assets::fonts()
        .filter_map(|data| Face::parse(data, 0).ok())
        .collect()
});

/// The characters of a document that no embedded font has, and the page that has them first.
#[derive(Default)]
pub(super) struct Glyphs<'a> {
    known: BTreeSet<char>,
    missing: BTreeSet<char>,
    first: Option<(&'a Page, usize)>,
}

impl<'a> Glyphs<'a> {
    /// Looks through a page.
    pub(super) fn read(&mut self, page: &'a Page) {
        for (at, letter) in page.markdown().char_indices() {
            self.letter(page, letter, page.body + at);
        }
    }

    /// Looks at a character that a place of a page became.
    pub(super) fn letter(&mut self, page: &'a Page, letter: char, at: usize) {
        if letter.is_ascii() || self.known.contains(&letter) {
            return;
        }
        if self.missing.contains(&letter) || !is_printable(letter) {
            return;
        }
        if FACES.iter().any(|face| face.glyph_index(letter).is_some()) {
            self.known.insert(letter);
        } else {
            self.missing.insert(letter);
            self.first.get_or_insert((page, at));
        }
    }

    /// One report for the document, at the first place.
    pub(super) fn report(&self) -> Option<Diagnostic> {
        let (page, at) = self.first?;
        let letters: Vec<String> = self
            .missing
            .iter()
            .take(LISTED)
            .map(char::to_string)
            .collect();
        let more = self.missing.len().saturating_sub(LISTED);
        let more = match more {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let message = format!("the PDF has no glyphs for {}{more}", letters.join(" "));
        let span = at..at + page.text[at..].chars().next().map_or(0, char::len_utf8);
        let found = page.diagnostic("pdf-glyph-missing", Severity::Warning, span, message);
        Some(found.help(
            "the embedded fonts cover Latin, Greek and Cyrillic script, mathematics and common symbols",
        ))
    }
}

/// Whether a character leaves a mark; joiners, selectors and controls do not.
fn is_printable(letter: char) -> bool {
    !(letter.is_control()
        || letter.is_whitespace()
        || matches!(
            letter,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fffd}'
                | '\u{e0000}'..='\u{e01ef}'
        ))
}
