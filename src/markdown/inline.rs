//! Short marks inside a line: `==mark==`, `^^insert^^`, `x^2^`, `H~2~O`, `++ctrl+c++`, `:smile:`.
//!
//! Each is read only where no sentence, formula or program is likely to mean something else.

use std::ops::Range;

use pulldown_cmark::{Event, Tag};

use crate::markdown::element::{Element, Markup};
use crate::markdown::keys::key_name;
use crate::markdown::parse::{Spanned, is_verbatim_end};
use crate::markdown::run::Run;

/// How far the second sign of a mark is looked for when a text is passed over, in bytes.
const NEAR: usize = 64;

/// Reads the marks of a page; `source` is the text that its spans are about.
pub(super) fn read_inline<'a>(events: Vec<Spanned<'a>>, source: &str) -> Vec<Spanned<'a>> {
    if !any_might_hold_marks(&events) {
        return events;
    }
    let mut reader = Reader {
        source,
        out: Vec::with_capacity(events.len()),
        open: vec![Level::default()],
        code: 0,
    };
    for (markup, span) in events {
        reader.read(markup, span);
    }
    reader.out
}

/// Whether a mark may stand in a text that is no code; looking is cheaper than moving every step.
fn any_might_hold_marks(events: &[Spanned<'_>]) -> bool {
    let mut code = 0_usize;
    events.iter().any(|(markup, _)| match markup {
        Markup::Plain(Event::Start(tag)) => {
            code += usize::from(is_verbatim_end(tag.to_end()));
            false
        }
        Markup::Plain(Event::End(tag)) => {
            code -= usize::from(is_verbatim_end(*tag)).min(code);
            false
        }
        Markup::Plain(Event::Text(text)) => code == 0 && might_hold_marks(text),
        _ => false,
    })
}

/// What is open in one element: where in the output a mark may have begun.
#[derive(Default)]
struct Level {
    mark: Option<usize>,
    insert: Option<usize>,
}

struct Reader<'a, 's> {
    source: &'s str,
    out: Vec<Spanned<'a>>,
    open: Vec<Level>,
    code: usize,
}

impl<'a> Reader<'a, '_> {
    fn read(&mut self, markup: Markup<'a>, span: Range<usize>) {
        match markup {
            Markup::Plain(Event::Text(text)) if self.code == 0 && might_hold_marks(&text) => {
                self.text(&text, &span);
            }
            Markup::Plain(Event::Start(tag)) => {
                self.open.push(Level::default());
                self.code += usize::from(is_verbatim_end(tag.to_end()));
                self.out.push((Markup::Plain(Event::Start(tag)), span));
            }
            Markup::Plain(Event::End(tag)) => {
                self.open.pop();
                self.code -= usize::from(is_verbatim_end(tag)).min(self.code);
                self.out.push((Markup::Plain(Event::End(tag)), span));
            }
            markup => self.out.push((markup, span)),
        }
    }

    fn text(&mut self, text: &str, span: &Range<usize>) {
        let run = Run::new(text, span, self.source);
        let (mut done, mut at) = (0, 0);
        let bytes = text.as_bytes();
        while at < bytes.len() {
            let Some(found) = mark_at(text, at) else {
                at += 1;
                continue;
            };
            let end = match found {
                Found::Emoji(_, end) | Found::Moved(end) | Found::Keys(end) => end,
                Found::Delimiter => at + 2,
            };
            if !matches!(found, Found::Delimiter) || self.delimits(text, at) {
                self.part(&run, done..at);
                self.mark(found, &run, at..end);
                done = end;
            }
            at = end;
        }
        self.part(&run, done..text.len());
    }

    fn part(&mut self, run: &Run<'_>, range: Range<usize>) {
        let part = run.part(range);
        self.out
            .extend(part.map(|(event, place)| (Markup::Plain(event), place)));
    }

    fn put(&mut self, text: &str, span: Range<usize>) {
        let event = Event::Text(text.to_owned().into());
        self.out.push((Markup::Plain(event), span));
    }

    fn element(&mut self, element: Element, text: &str, span: Range<usize>) {
        let end = element.end();
        self.out
            .push((Markup::Open(Box::new(element)), span.clone()));
        self.put(text, span.clone());
        self.out.push((Markup::Close(end), span));
    }

    fn mark(&mut self, found: Found, run: &Run<'_>, range: Range<usize>) {
        let (text, span) = (run.text, run.place(range.clone()));
        match found {
            Found::Emoji(emoji, _) => self.put(emoji, span),
            Found::Moved(_) => {
                let tag = match text.as_bytes()[range.start] {
                    b'^' => Tag::Superscript,
                    _ => Tag::Subscript,
                };
                let end = Markup::Plain(Event::End(tag.to_end()));
                let start = Markup::Plain(Event::Start(tag));
                self.out.push((start, span.clone()));
                let inner = range.start + 1..range.end - 1;
                self.part(run, inner);
                self.out.push((end, span));
            }
            Found::Keys(_) => {
                let keys = text[range.start + 2..range.end - 2].split('+');
                for (at, key) in keys.enumerate() {
                    if at > 0 {
                        self.put("+", span.clone());
                    }
                    self.element(Element::Key, &key_name(key), span.clone());
                }
            }
            Found::Delimiter => self.delimiter(&text[range], span),
        }
    }

    /// Whether a delimiter can begin or end something here.
    fn delimits(&self, text: &str, at: usize) -> bool {
        let (opens, closes) = flanks(text, at);
        let open = self.opened(text.as_bytes()[at]);
        opens || (closes && open.is_some())
    }

    fn opened(&self, mark: u8) -> Option<usize> {
        let level = self.open.last()?;
        if mark == b'=' {
            level.mark
        } else {
            level.insert
        }
    }

    /// Pairs a delimiter with the one before it, or keeps it as text until it is paired.
    fn delimiter(&mut self, mark: &str, span: Range<usize>) {
        let is_mark = mark == "==";
        let before = self.opened(mark.as_bytes()[0]);
        let at = self.out.len();
        match before {
            Some(start) if start + 1 < at => {
                let element = if is_mark {
                    Element::Mark
                } else {
                    Element::Insert
                };
                let end = element.end();
                self.out[start].0 = Markup::Open(Box::new(element));
                self.out.push((Markup::Close(end), span));
                self.remember(is_mark, None);
            }
            _ => {
                self.put(mark, span);
                self.remember(is_mark, Some(at));
            }
        }
    }

    fn remember(&mut self, is_mark: bool, at: Option<usize>) {
        if let Some(level) = self.open.last_mut() {
            let place = if is_mark {
                &mut level.mark
            } else {
                &mut level.insert
            };
            *place = at;
        }
    }
}

enum Found {
    /// `==` or `^^`.
    Delimiter,
    /// The emoji and the end of its name.
    Emoji(&'static str, usize),
    /// The end of what is raised or lowered.
    Moved(usize),
    /// The end of a combination of keys.
    Keys(usize),
}

/// Whether a mark may stand in a page, or in a run of its text, in one fast pass.
pub(super) fn might_hold_marks(text: &str) -> bool {
    let bytes = text.as_bytes();
    let pairs = memchr::memchr3_iter(b'=', b'^', b'+', bytes);
    let names = memchr::memchr3_iter(b':', b'^', b'~', bytes);
    pairs.into_iter().any(|at| bytes.get(at + 1) == Some(&bytes[at]))
        // Between the two signs of a name or of what is raised there is no space.
        || names.into_iter().any(|at| {
            let rest = &bytes[at + 1..];
            let closes = |byte: &u8| *byte == bytes[at] || byte.is_ascii_whitespace();
            let end = rest.iter().take(NEAR).position(closes);
            end.map_or(rest.len() > NEAR, |end| end > 0 && rest[end] == bytes[at])
        })
}

fn mark_at(text: &str, at: usize) -> Option<Found> {
    let bytes = text.as_bytes();
    match bytes[at] {
        b'=' if bytes.get(at + 1) == Some(&b'=') => Some(Found::Delimiter),
        b'^' if bytes.get(at + 1) == Some(&b'^') => Some(Found::Delimiter),
        b'^' | b'~' => moved(text, at).map(Found::Moved),
        b'+' => keys(text, at).map(Found::Keys),
        b':' => emoji(text, at),
        _ => None,
    }
}

/// Whether `==` or `^^` at a place can begin and end something: at the edge of a word.
fn flanks(text: &str, at: usize) -> (bool, bool) {
    let mark = char::from(text.as_bytes()[at]);
    let before = text[..at].chars().next_back();
    let after = text[at + 2..].chars().next();
    if before == Some(mark) || after == Some(mark) {
        return (false, false);
    }
    let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let is_space = |c: Option<char>| c.is_some_and(char::is_whitespace);
    (
        !is_word(before) && !is_space(after),
        !is_space(before) && !is_word(after),
    )
}

/// `^2^` and `~2~`: a run of letters, digits and signs. What is lowered follows a letter at once:
/// elsewhere a tilde strikes out, as in GFM.
fn moved(text: &str, at: usize) -> Option<usize> {
    let mark = text.as_bytes()[at];
    let inner = &text[at + 1..];
    let good = |c: char| c.is_alphanumeric() || "+-−.,()*/".contains(c);
    let length = inner.find(|c| !good(c)).filter(|length| *length > 0)?;
    let rest = &inner.as_bytes()[length..];
    let before = text[..at].chars().next_back();
    let may_begin = match mark {
        b'~' => before.is_some_and(|c| c.is_alphanumeric() || c == ')'),
        _ => !matches!(before, Some('^' | '[')),
    };
    (may_begin && rest[0] == mark && rest.get(1) != Some(&mark)).then_some(at + length + 2)
}

/// `++ctrl+alt+del++`, but not `C++`.
fn keys(text: &str, at: usize) -> Option<usize> {
    let inner = text[at..].strip_prefix("++")?;
    let before = text[..at].chars().next_back();
    if before.is_some_and(|c| c.is_alphanumeric() || c == '+') {
        return None;
    }
    let length = inner
        .find("++")
        .filter(|length| (1..=60).contains(length))?;
    let good = |key: &str| {
        let key = key
            .strip_prefix('"')
            .and_then(|key| key.strip_suffix('"'))
            .unwrap_or(key);
        !key.is_empty()
            && key
                .chars()
                .all(|c| c.is_alphanumeric() || c == '-' || c == '_')
    };
    let after = inner[length + 2..].chars().next();
    let ends = !after.is_some_and(|c| c.is_alphanumeric() || c == '+');
    (ends && inner[..length].split('+').all(good)).then_some(at + length + 4)
}

/// `:smile:`, not in a time of day.
fn emoji(text: &str, at: usize) -> Option<Found> {
    let inner = &text[at + 1..];
    let good = |c: char| c.is_ascii_alphanumeric() || "_+-".contains(c);
    let length = inner
        .find(|c| !good(c))
        .filter(|length| (1..=50).contains(length))?;
    let is_word = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == ':');
    let before = text[..at].chars().next_back();
    let after = inner[length..].chars().nth(1);
    if !inner[length..].starts_with(':') || is_word(before) || is_word(after) {
        return None;
    }
    let emoji = emojis::get_by_shortcode(&inner[..length])?;
    Some(Found::Emoji(emoji.as_str(), at + length + 2))
}

#[cfg(test)]
mod tests {
    use pulldown_cmark::TagEnd;

    use super::*;
    use crate::markdown::{ElementEnd, events};

    #[track_caller]
    fn case(source: &str, expected: &str) {
        let mut out = String::new();
        for (markup, span) in events(source, 0) {
            assert!(source.get(span).is_some());
            match markup {
                Markup::Plain(Event::Text(text)) => out.push_str(&text),
                Markup::Plain(Event::Code(text)) => out += &["`", &text, "`"].concat(),
                Markup::Plain(Event::Start(tag)) => match tag {
                    Tag::Superscript => out.push_str("<sup>"),
                    Tag::Subscript => out.push_str("<sub>"),
                    Tag::Strikethrough => out.push_str("<del>"),
                    Tag::Emphasis => out.push_str("<em>"),
                    _ => {}
                },
                Markup::Plain(Event::End(
                    TagEnd::Superscript
                    | TagEnd::Subscript
                    | TagEnd::Strikethrough
                    | TagEnd::Emphasis,
                )) => out.push_str("</>"),
                Markup::Open(element) => out.push_str(match *element {
                    Element::Mark => "<mark>",
                    Element::Insert => "<ins>",
                    Element::Key => "<kbd>",
                    _ => "?",
                }),
                Markup::Close(ElementEnd::Mark | ElementEnd::Insert | ElementEnd::Key) => {
                    out.push_str("</>");
                }
                _ => {}
            }
        }
        assert_eq!(out, expected);
    }

    #[test]
    fn words_are_marked_and_inserted() {
        case("a ==b *c* d== e", "a <mark>b <em>c</> d</> e");
        case("==a== ^^b^^", "<mark>a</> <ins>b</>");
        case("a == b == c", "a == b == c");
        case("if x==y or z==w", "if x==y or z==w");
        case("==a *b== c*", "==a <em>b== c</>");
        case("=== ====", "=== ====");
        case("==a", "==a");
    }

    #[test]
    fn letters_are_raised_and_lowered() {
        case("x^2^ + y^n-1^", "x<sup>2</> + y<sup>n-1</>");
        case("H~2~O ~gone~", "H<sub>2</>O <del>gone</>");
        case("2^10 and 2^20, a^b c^d", "2^10 and 2^20, a^b c^d");
        case("[^a][^b]", "[^a][^b]");
    }

    #[test]
    fn keys_are_named() {
        case("++ctrl+alt+del++", "<kbd>Ctrl</>+<kbd>Alt</>+<kbd>Del</>");
        case("press ++cmd+\"K\"++.", "press <kbd>Cmd</>+<kbd>K</>.");
        case("C++ and D++, i++ + ++j", "C++ and D++, i++ + ++j");
    }

    #[test]
    fn names_of_emoji_are_emoji() {
        case("a :smile: :+1:", "a 😄 👍");
        case(
            "10:30:45 a:smile:b :nosuch: `:smile:`",
            "10:30:45 a:smile:b :nosuch: `:smile:`",
        );
    }
}
