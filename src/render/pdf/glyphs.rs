//! Which characters the fonts of a document can print. What they cannot is told with its place,
//! before the engine prints a box for it.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Diagnostic, Severity};
use crate::render::pdf::fonts::Fonts;
use crate::render::pdf::scripts::script_of;
use crate::site::Page;

/// How many characters a report lists.
const LISTED: usize = 24;

/// The characters of a document that no font has, and the page that has them first.
pub(super) struct Glyphs<'a> {
    fonts: &'a Fonts,
    known: BTreeSet<char>,
    missing: BTreeSet<char>,
    first: Option<(&'a Page, usize)>,
}

impl<'a> Glyphs<'a> {
    /// Nothing is known yet.
    pub(super) fn new(fonts: &'a Fonts) -> Self {
        Self {
            fonts,
            known: BTreeSet::new(),
            missing: BTreeSet::new(),
            first: None,
        }
    }

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
        if self.fonts.print(letter) {
            self.known.insert(letter);
        } else {
            self.missing.insert(letter);
            self.first.get_or_insert((page, at));
        }
    }

    /// One report for the document, at the first place, and the characters.
    pub(super) fn report(self) -> (Option<Diagnostic>, BTreeSet<char>) {
        let Some((page, at)) = self.first else {
            return (None, self.missing);
        };
        let mut scripts: BTreeMap<&str, (Vec<String>, &str)> = BTreeMap::new();
        for letter in self.missing.iter().take(LISTED) {
            let script = script_of(*letter);
            let (letters, font) = scripts.entry(script.name).or_default();
            letters.push(letter.to_string());
            *font = script.fonts.first().copied().unwrap_or_default();
        }
        let listed: Vec<String> = scripts
            .iter()
            .map(|(name, (letters, _))| format!("{} ({name})", letters.join(" ")))
            .collect();
        let more = match self.missing.len().saturating_sub(LISTED) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let message = format!("no font of the PDF has {}{more}", listed.join(", "));
        let span = at..at + page.text[at..].chars().next().map_or(0, char::len_utf8);
        let found = page.diagnostic("pdf-glyph-missing", Severity::Warning, span, message);
        let fonts: BTreeSet<&str> = scripts.values().map(|(_, font)| *font).collect();
        let fonts: Vec<&str> = fonts.into_iter().collect();
        let fonts = fonts.join(" and ");
        let help = match self.fonts.has_system() {
            true => format!("install a font that has them, such as {fonts}"),
            false => format!(
                "put a font that has them, such as {fonts}, into a folder that `fonts` in `[pdf]` names, or set `system_fonts = true`"
            ),
        };
        (Some(found.help(help)), self.missing)
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
