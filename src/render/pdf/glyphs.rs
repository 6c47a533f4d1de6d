//! Which characters the fonts of a document can print. What they cannot is told with its place,
//! before the engine prints a box for it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::config::CONFIG_FILE;
use crate::diagnostic::{Diagnostic, Severity};
use crate::render::pdf::fonts::Fonts;
use crate::render::pdf::scripts::script_of;
use crate::site::Page;
use crate::site_path::SitePath;

/// How many characters a report lists.
const LISTED: usize = 24;

/// The characters of a document that no font has, and the page that has them first.
pub(super) struct Glyphs<'a> {
    fonts: &'a Fonts,
    known: BTreeSet<char>,
    missing: BTreeSet<char>,
    first: Option<(&'a Page, usize)>,
    /// The file of what is on no page.
    config: SitePath,
}

impl<'a> Glyphs<'a> {
    /// Nothing is known yet.
    pub(super) fn new(fonts: &'a Fonts) -> Self {
        Self {
            fonts,
            known: BTreeSet::new(),
            missing: BTreeSet::new(),
            first: None,
            config: SitePath::parse(CONFIG_FILE).unwrap_or_else(|_| SitePath::root()),
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
        if self.is_new(letter) {
            self.first.get_or_insert((page, at));
        }
    }

    /// Looks through what is printed of a page beside its text, such as a title in its front matter.
    pub(super) fn beside(&mut self, page: &'a Page, printed: &Value) {
        each_letter(printed, &mut |letter| {
            if self.is_new(letter) {
                let at = page.text.find(letter).unwrap_or(0);
                self.first.get_or_insert((page, at));
            }
        });
    }

    /// Looks through what is printed and belongs to no page, such as the name of the document.
    pub(super) fn around(&mut self, printed: &Value) {
        each_letter(printed, &mut |letter| {
            self.is_new(letter);
        });
    }

    /// Whether a character is missing and was not met before.
    fn is_new(&mut self, letter: char) -> bool {
        if letter.is_ascii() || self.known.contains(&letter) || !is_printable(letter) {
            return false;
        }
        if self.fonts.print(letter) {
            self.known.insert(letter);
            return false;
        }
        self.missing.insert(letter)
    }

    /// One report for the document, at the first page that has such a character, or else at the
    /// configuration, and the characters.
    pub(super) fn report(self) -> (Option<Diagnostic>, BTreeSet<char>) {
        if self.missing.is_empty() {
            return (None, self.missing);
        }
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
        let (code, severity) = ("pdf-glyph-missing", Severity::Warning);
        let found = match self.first {
            Some((page, at)) => {
                let letter = page.text.get(at..).and_then(|text| text.chars().next());
                let span = at..at + letter.map_or(0, char::len_utf8);
                page.diagnostic(code, severity, span, message)
            }
            None => Diagnostic::new(code, severity, &self.config, message),
        };
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

/// Every character of the strings of a tree.
fn each_letter(node: &Value, see: &mut dyn FnMut(char)) {
    match node {
        Value::String(text) => text.chars().for_each(see),
        Value::Array(nodes) => nodes.iter().for_each(|node| each_letter(node, see)),
        Value::Object(fields) => fields.values().for_each(|node| each_letter(node, see)),
        _ => {}
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
