//! Labels of what is numbered, and the references to them: `@fig-plan`, `[-@tbl-x; @eq-y]`, in the
//! spelling of Quarto and in that of pandoc-crossref (`@fig:plan`).
//!
//! A name is looked at only if it begins as a label does; any other `@name` stays text.

use std::ops::Range;

use pulldown_cmark::Event;

use crate::markdown::element::{Element, ElementEnd, Markup};
use crate::markdown::parse::Spanned;
use crate::markdown::run::Run;
use crate::markdown::substitute::is_opaque;

/// What can be numbered and referred to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LabelKind {
    /// `fig-`
    Figure,
    /// `tbl-`
    Table,
    /// `eq-`
    Equation,
    /// `lst-`
    Listing,
    /// `sec-`
    Section,
}

/// A reference to something that has a label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// The label.
    pub label: String,
    /// What of it is shown.
    pub form: ReferenceForm,
}

/// What a reference shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReferenceForm {
    /// The word and the number.
    Word,
    /// The same, with a capital letter.
    Capital,
    /// The number alone.
    Number,
    /// Words of the author's own and the number.
    Prefixed(String),
}

/// The beginnings of labels, each before a hyphen or a colon.
const PREFIXES: [(&str, LabelKind); 5] = [
    ("fig", LabelKind::Figure),
    ("tbl", LabelKind::Table),
    ("eq", LabelKind::Equation),
    ("lst", LabelKind::Listing),
    ("sec", LabelKind::Section),
];

impl LabelKind {
    /// The kind of what has this label; none if it is no label.
    pub fn of(label: &str) -> Option<Self> {
        let (prefix, name) = label.split_once(['-', ':'])?;
        let known = PREFIXES.iter().find(|(known, _)| *known == prefix);
        known.filter(|_| !name.is_empty()).map(|(_, kind)| *kind)
    }

    /// Its name, by which themes know its word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Figure => "figure",
            Self::Table => "table",
            Self::Equation => "equation",
            Self::Listing => "listing",
            Self::Section => "section",
        }
    }
}

/// Commands that stand for a list, in the spelling of LaTeX and of pandoc-crossref.
const LISTS: [(&str, LabelKind); 3] = [
    ("\\listoffigures", LabelKind::Figure),
    ("\\listoftables", LabelKind::Table),
    ("\\listoflistings", LabelKind::Listing),
];

/// What a paragraph lists that says nothing but this.
pub(super) fn list_of(paragraph: &str) -> Option<LabelKind> {
    let command = paragraph.trim();
    let known = LISTS.iter().find(|(known, _)| *known == command);
    known.map(|(_, kind)| *kind)
}

/// Whether a text may hold a label, a reference or a list. Nearly all texts are done with here.
pub(super) fn might_hold_labels(text: &str) -> bool {
    let bytes = text.as_bytes();
    let has_list = memchr::memmem::find(bytes, b"\\listof").is_some();
    has_list
        || memchr::memchr3_iter(b'#', b'@', b'=', bytes).any(|at| {
            let rest = &bytes[at + 1..];
            let quoted = rest.strip_prefix(b"\"").or_else(|| rest.strip_prefix(b"'"));
            let rest = quoted.unwrap_or(rest);
            PREFIXES.iter().any(|(prefix, _)| {
                rest.get(..prefix.len())
                    .is_some_and(|start| start.eq_ignore_ascii_case(prefix.as_bytes()))
                    && matches!(rest.get(prefix.len()), Some(b'-' | b':'))
            })
        })
}

/// Reads the references in the text of a page; `source` is what its spans are about. In code, in
/// headings, in the text of links and in that of images there are none.
pub(super) fn read_references<'a>(events: Vec<Spanned<'a>>, source: &str) -> Vec<Spanned<'a>> {
    let mut out = Vec::with_capacity(events.len());
    let mut opaque = 0_usize;
    for (markup, span) in events {
        match &markup {
            Markup::Plain(Event::Start(tag)) => opaque += usize::from(is_opaque(tag.to_end())),
            Markup::Plain(Event::End(tag)) => {
                opaque = opaque.saturating_sub(usize::from(is_opaque(*tag)));
            }
            Markup::Plain(Event::Text(text)) if opaque == 0 && text.contains('@') => {
                split(text, &span, source, &mut out);
                continue;
            }
            _ => {}
        }
        out.push((markup, span));
    }
    out
}

fn split(text: &str, span: &Range<usize>, source: &str, out: &mut Vec<Spanned<'_>>) {
    let run = Run::new(text, span, source);
    let put = |range: Range<usize>, out: &mut Vec<Spanned<'_>>| {
        let part = run.part(range);
        out.extend(part.map(|(event, place)| (Markup::Plain(event), place)));
    };
    let written = source.get(span.clone()).unwrap_or("");
    let mut escapes = Escapes::of(text, written, source.get(..span.start));
    let mut done = 0;
    for at in memchr::memchr_iter(b'@', text.as_bytes()) {
        if escapes.next() || at < done {
            continue;
        }
        let Some(found) = Found::at(text, at) else {
            continue;
        };
        let (start, end, group) = match group(text, done, &found) {
            Some((start, end, group)) => (start, end, group),
            None => (found.start, found.end, vec![found]),
        };
        put(done..start, out);
        for (number, found) in group.into_iter().enumerate() {
            if number > 0 {
                let comma = Event::Text(", ".into());
                out.push((Markup::Plain(comma), run.place(found.start..found.start)));
            }
            let span = run.place(found.start..found.end);
            let reference = Element::Reference(found.reference);
            out.push((Markup::Open(Box::new(reference)), span.clone()));
            put(found.start..found.end, out);
            out.push((Markup::Close(ElementEnd::Reference), span));
        }
        done = end;
    }
    put(done..text.len(), out);
}

/// Which of the signs of a text stand behind a backslash where they were written.
struct Escapes<'a> {
    /// What was written before the text, and the text as it was written.
    before: &'a [u8],
    written: &'a [u8],
    /// None if the text stands as it was written, where a backslash is one.
    signs: Option<memchr::Memchr<'a>>,
    first: bool,
}

impl<'a> Escapes<'a> {
    fn of(text: &str, written: &'a str, before: Option<&'a str>) -> Self {
        let signs = (text != written).then(|| memchr::memchr_iter(b'@', written.as_bytes()));
        Self {
            before: before.unwrap_or("").as_bytes(),
            written: written.as_bytes(),
            signs,
            first: text.starts_with('@'),
        }
    }

    /// Whether the next one does.
    fn next(&mut self) -> bool {
        let escaped = |before: &[u8]| {
            let signs = before.iter().rev().take_while(|byte| **byte == b'\\');
            signs.count() % 2 == 1
        };
        // The span of a text leaves out a backslash before its first letter.
        let first = std::mem::take(&mut self.first) && escaped(self.before);
        let sign = self.signs.as_mut().and_then(Iterator::next);
        first || sign.is_some_and(|at| escaped(&self.written[..at]))
    }
}

/// A reference and the bytes of the text that it stands in.
struct Found {
    reference: Reference,
    start: usize,
    end: usize,
}

impl Found {
    /// Reads the reference whose sign stands at a place.
    fn at(text: &str, at: usize) -> Option<Self> {
        let rest = &text[at + 1..];
        let good = |c: char| c.is_alphanumeric() || "-_:.".contains(c);
        let length = rest.find(|c| !good(c)).unwrap_or(rest.len());
        let name = rest[..length].trim_end_matches(['-', '_', ':', '.']);
        let capital = name.starts_with(|c: char| c.is_ascii_uppercase());
        let mut label = name.to_owned();
        if let Some(first) = label.get_mut(..1).filter(|_| capital) {
            first.make_ascii_lowercase();
        }
        LabelKind::of(&label)?;
        let before = &text[..at];
        let is_word = |before: &str| {
            let last = before.chars().next_back();
            last.is_some_and(|c| c.is_alphanumeric() || "@/_-.".contains(c))
        };
        let number = before.strip_suffix('-').filter(|before| !is_word(before));
        if number.is_none() && is_word(before) {
            return None;
        }
        let form = match (number, capital) {
            (Some(_), _) => ReferenceForm::Number,
            (None, true) => ReferenceForm::Capital,
            (None, false) => ReferenceForm::Word,
        };
        Some(Self {
            reference: Reference { label, form },
            start: number.map_or(at, str::len),
            end: at + 1 + name.len(),
        })
    }
}

/// The references of the square brackets around the first of them: `[see @fig-a; -@tbl-b]`.
fn group(text: &str, from: usize, first: &Found) -> Option<(usize, usize, Vec<Found>)> {
    let open = from + text.get(from..first.start)?.rfind('[')?;
    // No bracket stands within them, so that each text is looked through once.
    let length = text[open + 1..].find(['[', ']'])? + 1;
    if text.as_bytes()[open + length] == b'[' {
        return None;
    }
    let mut items = Vec::new();
    let mut at = open + 1;
    for item in text[at..open + length].split(';') {
        let sign = at + item.find('@')?;
        let mut found = Found::at(text, sign).filter(|found| found.start >= at)?;
        let prefix = text[at..found.start].trim();
        at += item.len();
        if !text[found.end..at].trim().is_empty() {
            return None;
        }
        if !prefix.is_empty() {
            found.reference.form = ReferenceForm::Prefixed(prefix.to_owned());
        }
        items.push(found);
        at += 1;
    }
    Some((open, open + length + 1, items))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::markdown::events;

    #[track_caller]
    fn case(source: &str, expected: &str) {
        let mut out = String::new();
        for (markup, span) in events(source, 0) {
            match markup {
                Markup::Plain(Event::Text(text) | Event::Code(text)) => out += &text,
                Markup::Open(element) => {
                    if let Element::Reference(found) = *element {
                        assert!(source[span].contains('@'));
                        out.extend([format!("<{} {:?}:", found.label, found.form)]);
                    }
                }
                Markup::Close(ElementEnd::Reference) => out.push('>'),
                _ => {}
            }
        }
        assert_eq!(out, expected);
    }

    #[test]
    fn references_are_read_in_both_spellings() {
        case("see @fig-a, b", "see <fig-a Word:@fig-a>, b");
        case("(@tbl:a.b).", "(<tbl:a.b Word:@tbl:a.b>).");
        case("@Eq-a_1: x", "<eq-a_1 Capital:@Eq-a_1>: x");
        case("*-@lst-a*", "<lst-a Number:-@lst-a>");
    }

    #[test]
    fn brackets_group_references() {
        case(
            "[@fig-a; -@tbl-b] c",
            "<fig-a Word:@fig-a>, <tbl-b Number:-@tbl-b> c",
        );
        case("[x] [Fig. @fig-a]", "[x] <fig-a Prefixed(\"Fig.\"):@fig-a>");
        case("[@fig-a, p. 3]", "[<fig-a Word:@fig-a>, p. 3]");
        case("[@fig-a; @smith]", "[<fig-a Word:@fig-a>; @smith]");
    }

    #[test]
    fn other_names_stay_text() {
        for text in [
            "@anna @fig @figs-x @fig- a@fig-b.example @import x@@fig-a",
            "x-@fig-a ./@fig-a",
        ] {
            case(text, text);
        }
        case("\\@fig-a @fig-b", "@fig-a <fig-b Word:@fig-b>");
        case("`@fig-a` [@fig-a](b.md)", "@fig-a @fig-a");
        case("# A @fig-a\n", "A @fig-a");
        case("<ada@fig-a.example>", "ada@fig-a.example");
    }

    #[test]
    fn a_text_without_labels_is_known_at_a_look() {
        assert!(might_hold_labels("a {#fig-x}"));
        assert!(might_hold_labels("a @Sec:x"));
        assert!(might_hold_labels("![a](b){id=\"fig-x\"}"));
        assert!(!might_hold_labels("# a\n@anna #1 {#figs} @fi"));
    }
}
