//! Short forms that a page explains once, `*[HTML]: Hypertext Markup Language`, wherever they stand.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use pulldown_cmark::{Event, TagEnd};

use crate::markdown::element::{Element, ElementEnd, Markup};
use crate::markdown::parse::{Spanned, is_verbatim_end};
use crate::markdown::run::Run;

/// How many short forms a page may explain.
const MOST: usize = 1000;
/// How long a short form may be, in bytes.
const LONGEST: usize = 64;
/// How long its explanation may be, in bytes: it is told wherever the short form stands.
const LONGEST_MEANING: usize = 1 << 10;
/// How much is told of a page in all, in bytes; after that the short forms stay plain text.
const MOST_TOLD: usize = 1 << 20;

/// The short forms of a page.
#[derive(Debug, Default)]
pub(super) struct Abbreviations {
    known: BTreeMap<String, String>,
}

impl Abbreviations {
    /// Reads a line; gives whether it explains a short form.
    pub(super) fn read(&mut self, line: &str) -> bool {
        let Some((short, long)) = line
            .strip_prefix("*[")
            .and_then(|line| line.split_once("]:"))
        else {
            return false;
        };
        let good = !short.trim().is_empty()
            && short.len() <= LONGEST
            && long.len() <= LONGEST_MEANING
            && !short.contains(['[', ']']);
        if good && self.known.len() < MOST {
            self.known
                .insert(short.trim().to_owned(), long.trim().to_owned());
        }
        good
    }

    pub(super) fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    /// Marks the short forms in the text; `source` is what the spans are about.
    pub(super) fn mark(
        &self,
        events: Vec<Spanned<'static>>,
        source: &str,
    ) -> Vec<Spanned<'static>> {
        if self.is_empty() {
            return events;
        }
        let is_apart = |tag| is_verbatim_end(tag) || tag == TagEnd::Image;
        let lengths: BTreeSet<usize> = self.known.keys().map(String::len).collect();
        let mut out = Vec::with_capacity(events.len());
        let (mut code, mut told) = (0_usize, 0_usize);
        for (markup, span) in events {
            match &markup {
                Markup::Plain(Event::Start(tag)) => code += usize::from(is_apart(tag.to_end())),
                Markup::Plain(Event::End(tag)) => code -= usize::from(is_apart(*tag)).min(code),
                Markup::Plain(Event::Text(text)) if code == 0 => {
                    let run = Run::new(text, &span, source);
                    told += self.split(&run, &lengths, MOST_TOLD - told, &mut out);
                    continue;
                }
                _ => {}
            }
            out.push((markup, span));
        }
        out
    }

    /// Marks the short forms in a part of the text, as long as there is room to tell them; how much
    /// of it is taken.
    fn split(
        &self,
        run: &Run<'_>,
        lengths: &BTreeSet<usize>,
        room: usize,
        out: &mut Vec<Spanned<'static>>,
    ) -> usize {
        let text = run.text;
        let mut told = 0;
        let mut put = |range: Range<usize>, long: Option<&String>| {
            let Some((event, place)) = run.part(range) else {
                return;
            };
            let event = Markup::Plain(event);
            let Some(long) = long else {
                return out.push((event, place));
            };
            let element = Element::Abbreviation(long.clone());
            out.push((Markup::Open(Box::new(element)), place.clone()));
            out.push((event, place.clone()));
            out.push((Markup::Close(ElementEnd::Abbreviation), place));
        };
        let (mut done, mut before) = (0, None);
        for (at, letter) in text.char_indices() {
            let starts = at >= done && !before.is_some_and(char::is_alphanumeric);
            before = Some(letter);
            if !starts {
                continue;
            }
            let found = lengths.iter().rev().find_map(|length| {
                let (short, long) = self.known.get_key_value(text.get(at..at + length)?)?;
                let after = text[at + length..].chars().next();
                let ends = !after.is_some_and(char::is_alphanumeric);
                ends.then_some((at..at + short.len(), long))
            });
            if let Some((range, long)) = found
                && told + long.len() <= room
            {
                told += long.len();
                put(done..at, None);
                done = range.end;
                put(range, Some(long));
            }
        }
        put(done..text.len(), None);
        told
    }
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
                Markup::Plain(Event::Text(text)) => {
                    assert!(source[span].contains(&*text), "{text}");
                    out.push_str(&text);
                }
                Markup::Plain(Event::SoftBreak) => out.push('/'),
                Markup::Open(element) => {
                    if let Element::Abbreviation(long) = *element {
                        out += &["<", &long, ":"].concat();
                    }
                }
                Markup::Close(ElementEnd::Abbreviation) => out.push('>'),
                _ => {}
            }
        }
        assert_eq!(out, expected);
    }

    #[test]
    fn what_is_told_of_a_page_is_bounded() {
        let meaning = "m".repeat(1000);
        let text = format!("*[A]: {meaning}\n\n{}\n", "A ".repeat(5_000));
        let told = |(markup, _): &Spanned<'_>| matches!(markup, Markup::Open(element) if matches!(**element, Element::Abbreviation(_)));
        let told = events(&text, 0).iter().filter(|step| told(step)).count();
        assert_eq!(told, MOST_TOLD / 1000);
    }

    #[test]
    fn an_explanation_is_no_essay() {
        let of = |length| Abbreviations::default().read(&format!("*[A]: {}", "x".repeat(length)));
        assert!(of(900) && !of(2000));
    }

    #[test]
    fn short_forms_are_explained_wherever_they_stand() {
        case(
            "The W3C, HTML.\n\n*[W3C]: Web\n*[HTML]: Hyper\n",
            "The <Web:W3C>, <Hyper:HTML>.",
        );
        case("XHTML HTML5 `HTML`\n\n*[HTML]: Hyper\n", "XHTML HTML5 ");
        case("a b c\n\n*[a b]: AB\n*[a]: A\n", "<AB:a b> c");
        case("!!! note\n    HTML\n\n*[HTML]: Hyper\n", "<Hyper:HTML>");
    }

    #[test]
    fn code_and_emphasis_are_no_explanations() {
        case("```\n*[a]: b\n```\na\n", "*[a]: b\na");
        case("*[a](b)* a\n", "a a");
    }
}
