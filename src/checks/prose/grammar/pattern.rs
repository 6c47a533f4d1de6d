//! Patterns over the words of a text, written in one line each.
//!
//! Parts stand apart by spaces, and each is a word or a class, or several with `|` between them. The
//! faulty words stand in `<…>`. A part with `?` may be missing; one with `!` must not come next, or
//! must not come before where it opens the pattern; `^` is the start of a sentence, `~` that of a
//! clause. A word is matched in any case, and `=word` as it is written.

use crate::checks::prose::grammar::token::{Class, Token};

/// A pattern, read.
pub(super) struct Pattern {
    parts: Vec<Part>,
    /// The part with the fewest words, by which the pattern is looked up.
    anchor: Option<usize>,
}

/// Where a pattern fits: from the first faulty word to the one after the last.
pub(super) struct Fit {
    pub start: usize,
    pub end: usize,
}

enum Part {
    /// The start of a sentence.
    Sentence,
    /// The start of a sentence or of a part of it.
    Clause,
    /// The words before are none of these.
    NotBefore(Vec<Atom>),
    /// The word that comes is none of these.
    NotNext(Vec<Atom>),
    One {
        atoms: Vec<Atom>,
        optional: bool,
        opens: bool,
        closes: bool,
    },
}

enum Atom {
    Word(&'static str),
    Exact(&'static str),
    Class(Class),
}

const CLASSES: &[(&str, Class)] = &[
    ("ANY", Class::Any),
    ("W", Class::Word),
    ("CODE", Class::Code),
    ("NUM", Class::Number),
    ("N", Class::Noun),
    ("SG", Class::Singular),
    ("PL", Class::Plural),
    ("PL!", Class::PurePlural),
    ("MASS", Class::Mass),
    ("V", Class::Base),
    ("V!", Class::PureBase),
    ("VS", Class::Third),
    ("VS!", Class::PureThird),
    ("VD", Class::Past),
    ("VD!", Class::PurePast),
    ("VG", Class::Gerund),
    ("ADJ", Class::Adjective),
    ("CMP", Class::Comparative),
    ("ADV", Class::Adverb),
    ("DET", Class::Opener),
    ("END", Class::End),
];

/// Words after which a clause begins.
const CLAUSE_OPENERS: &[&str] = &[
    ",", ";", ":", "—", "(", "but", "because", "if", "when", "while", "although", "whether",
    "until", "unless", "so", "since",
];

impl Pattern {
    /// Reads a pattern; the tables are part of the program, and a test reads them all.
    pub(super) fn read(text: &'static str) -> Option<Self> {
        let mut parts = Vec::new();
        for (at, part) in text.split(' ').enumerate() {
            parts.push(Part::read(part, at == 0)?);
        }
        let count = |at: usize| match &parts[at] {
            Part::One {
                atoms,
                optional: false,
                ..
            } if atoms.iter().all(Atom::is_word) => Some(atoms.len()),
            _ => None,
        };
        let anchor = (0..parts.len())
            .filter(|at| count(*at).is_some())
            .min_by_key(|at| count(*at));
        Some(Self { parts, anchor })
    }

    /// The words one of which the pattern needs; a pattern of classes alone has none.
    pub(super) fn anchors(&self) -> Vec<&'static str> {
        match self.anchor.and_then(|at| self.parts.get(at)) {
            Some(Part::One { atoms, .. }) => atoms.iter().filter_map(Atom::word).collect(),
            _ => Vec::new(),
        }
    }

    /// Where the pattern fits with its anchor, or its first part, at a word.
    pub(super) fn fit(&self, tokens: &[Token<'_>], at: usize) -> Option<Fit> {
        let before = &self.parts[..self.anchor.unwrap_or(0)];
        let most = before
            .iter()
            .filter(|part| matches!(part, Part::One { .. }))
            .count();
        let least = before
            .iter()
            .filter(|part| {
                matches!(
                    part,
                    Part::One {
                        optional: false,
                        ..
                    }
                )
            })
            .count();
        (least..=most).find_map(|back| {
            let mut fit = Fit {
                start: usize::MAX,
                end: usize::MAX,
            };
            let start = at.checked_sub(back)?;
            let anchored = Anchored {
                tokens,
                anchor: self.anchor.map(|part| (part, at)),
            };
            (anchored.fits(&self.parts, 0, start, &mut fit) && fit.end != usize::MAX).then_some(fit)
        })
    }
}

struct Anchored<'t, 'a> {
    tokens: &'t [Token<'a>],
    /// The part that must stand at a word.
    anchor: Option<(usize, usize)>,
}

impl Anchored<'_, '_> {
    fn fits(&self, parts: &[Part], number: usize, at: usize, fit: &mut Fit) -> bool {
        let Some(part) = parts.get(number) else {
            return true;
        };
        let tokens = self.tokens;
        match part {
            Part::Sentence => {
                tokens.get(at).is_some_and(|token| token.first)
                    && self.fits(parts, number + 1, at, fit)
            }
            Part::Clause => {
                let begins = tokens.get(at).is_some_and(|token| token.first)
                    || at
                        .checked_sub(1)
                        .and_then(|before| tokens.get(before))
                        .is_some_and(|before| CLAUSE_OPENERS.contains(&before.lower.as_str()));
                begins && self.fits(parts, number + 1, at, fit)
            }
            Part::NotBefore(atoms) => {
                let before = at.checked_sub(1).and_then(|before| tokens.get(before));
                let is_first = tokens.get(at).is_some_and(|token| token.first);
                let barred = |token: &Token<'_>| atoms.iter().any(|atom| atom.fits(token));
                (is_first || !before.is_some_and(barred)) && self.fits(parts, number + 1, at, fit)
            }
            Part::NotNext(atoms) => {
                let barred = |token: &Token<'_>| atoms.iter().any(|atom| atom.fits(token));
                !tokens.get(at).is_some_and(barred) && self.fits(parts, number + 1, at, fit)
            }
            Part::One {
                atoms,
                optional,
                opens,
                closes,
            } => {
                let kept = (fit.start, fit.end);
                if self.takes(atoms, number, at) {
                    if *opens {
                        fit.start = at;
                    }
                    if *closes {
                        fit.end = at + 1;
                    }
                    if self.fits(parts, number + 1, at + 1, fit) {
                        return true;
                    }
                    (fit.start, fit.end) = kept;
                }
                *optional && self.fits(parts, number + 1, at, fit)
            }
        }
    }

    fn takes(&self, atoms: &[Atom], number: usize, at: usize) -> bool {
        if self
            .anchor
            .is_some_and(|(part, place)| part == number && place != at)
        {
            return false;
        }
        match self.tokens.get(at) {
            Some(token) => {
                // Letters that touch are one word of another kind, as in `e-mail` or `and/or`.
                let apart = token.spaced || !token.is_word() || at == 0 || {
                    let before = &self.tokens[at - 1];
                    ["(", "\"", "“", "‘", "[", "—", "'"].contains(&before.text)
                };
                let glued = token.is_word()
                    && self.tokens.get(at + 1).is_some_and(|next| {
                        !next.spaced && ["-", "/", "@", "_"].contains(&next.text)
                    });
                apart && !glued && atoms.iter().any(|atom| atom.fits(token))
            }
            None => atoms
                .iter()
                .any(|atom| matches!(atom, Atom::Class(Class::End))),
        }
    }
}

impl Part {
    fn read(text: &'static str, is_first: bool) -> Option<Self> {
        if text == "^" {
            return Some(Self::Sentence);
        }
        if text == "~" {
            return Some(Self::Clause);
        }
        if let Some(barred) = text.strip_prefix('!') {
            let atoms = Atom::read_all(barred)?;
            return Some(match is_first {
                true => Self::NotBefore(atoms),
                false => Self::NotNext(atoms),
            });
        }
        let (opens, text) = match text.strip_prefix('<') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (closes, text) = match text.strip_suffix('>') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (optional, text) = match text.strip_suffix('?').filter(|rest| !rest.is_empty()) {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let atoms = Atom::read_all(text)?;
        Some(Self::One {
            atoms,
            optional,
            opens,
            closes,
        })
    }
}

impl Atom {
    fn read_all(text: &'static str) -> Option<Vec<Self>> {
        text.split('|').map(Self::read).collect()
    }

    fn read(text: &'static str) -> Option<Self> {
        if let Some(exact) = text.strip_prefix('=') {
            return Some(Self::Exact(exact));
        }
        if text.starts_with(|c: char| c.is_ascii_uppercase()) {
            let (_, class) = CLASSES.iter().find(|(name, _)| *name == text)?;
            return Some(Self::Class(*class));
        }
        (!text.is_empty()).then_some(Self::Word(text))
    }

    fn is_word(&self) -> bool {
        matches!(self, Self::Word(_) | Self::Exact(_))
    }

    fn word(&self) -> Option<&'static str> {
        match self {
            Self::Word(word) | Self::Exact(word) => Some(word),
            Self::Class(_) => None,
        }
    }

    fn fits(&self, token: &Token<'_>) -> bool {
        match self {
            Self::Word(word) => token.lower == *word,
            Self::Exact(word) => token.text == *word,
            Self::Class(class) => token.is(*class),
        }
    }
}
