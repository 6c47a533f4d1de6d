//! Smart punctuation: the quotes, dashes and spaces that a language is set with, for what a
//! keyboard has.

use std::ops::Range;

use pulldown_cmark::{Event, TagEnd};

use crate::markdown::element::Markup;
use crate::markdown::parse::{Spanned, is_verbatim_end};

/// How a language sets its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Punctuation {
    double: [&'static str; 2],
    single: [&'static str; 2],
    /// Whether a narrow space that never breaks stands before high marks.
    spaced: bool,
}

impl Punctuation {
    /// That of a language (BCP 47); English if it is not known.
    pub fn of(language: &str) -> Self {
        let language = language.to_ascii_lowercase();
        let mut parts = language.split(['-', '_']);
        let primary = parts.next().unwrap_or("");
        let swiss = parts.any(|part| part == "ch" || part == "li");
        let (double, single) = match primary {
            "de" | "fr" | "it" if swiss => (["«", "»"], ["‹", "›"]),
            "de" | "cs" | "sk" | "sl" | "bg" | "lt" | "et" | "is" | "ka" => {
                (["„", "“"], ["‚", "‘"])
            }
            "fr" => (["«\u{202f}", "\u{202f}»"], ["“", "”"]),
            "ru" | "uk" | "be" => (["«", "»"], ["„", "“"]),
            "es" | "it" | "pt" | "ca" | "gl" | "el" | "eu" if language != "pt-br" => {
                (["«", "»"], ["“", "”"])
            }
            "no" | "nb" | "nn" | "fa" | "az" => (["«", "»"], ["‘", "’"]),
            "da" => (["»", "«"], ["›", "‹"]),
            "sv" | "fi" => (["”", "”"], ["’", "’"]),
            "pl" | "ro" | "hr" | "hu" | "sr" | "bs" => (["„", "”"], ["‚", "’"]),
            "ja" | "zh"
                if language.contains("hant") || language.contains("tw") || primary == "ja" =>
            {
                (["「", "」"], ["『", "』"])
            }
            _ => (["“", "”"], ["‘", "’"]),
        };
        Self {
            double,
            single,
            spaced: primary == "fr" && !swiss,
        }
    }
}

impl Punctuation {
    /// Whether a text holds anything that would be set.
    pub fn may_set(self, text: &str) -> bool {
        holds_marks(text, self)
    }

    /// Sets a text without markup.
    pub fn set_line(self, text: &mut String) {
        if self.may_set(text) {
            *text = set_text(text, text, (None, None), self);
        }
    }
}

/// Sets the text of a page; `text` is the file that its spans are about.
pub fn set_punctuation(events: &mut [Spanned<'_>], text: &str, offset: usize, style: Punctuation) {
    let mut code = 0_usize;
    let mut before = None;
    for at in 0..events.len() {
        let (read, rest) = events.split_at_mut(at + 1);
        let (markup, span) = &mut read[at];
        match markup {
            Markup::Plain(Event::Start(tag)) => code += usize::from(is_verbatim_end(tag.to_end())),
            Markup::Plain(Event::End(tag)) => {
                code -= usize::from(is_verbatim_end(*tag)).min(code);
                if !is_inline(*tag) {
                    before = None;
                }
            }
            Markup::Plain(Event::Text(words)) if code == 0 => {
                if holds_marks(words, style) {
                    let source = written(text, shifted(span, offset));
                    let around = (before, next_letter(rest));
                    *words = set_text(words, source, around, style).into();
                }
                before = words.chars().next_back().or(before);
            }
            Markup::Plain(Event::SoftBreak | Event::HardBreak) => before = Some(' '),
            Markup::Plain(Event::Code(_) | Event::InlineMath(_)) => before = Some('x'),
            Markup::Open(_) | Markup::Close(_) | Markup::Attributes(_) | Markup::Plain(_) => {}
        }
    }
}

fn shifted(span: &Range<usize>, offset: usize) -> Range<usize> {
    span.start.saturating_sub(offset)..span.end.saturating_sub(offset)
}

/// The source of a text; its span leaves out a backslash before its first letter.
fn written(text: &str, span: Range<usize>) -> &str {
    let escaped = text
        .get(..span.start)
        .is_some_and(|before| before.ends_with('\\'));
    let start = span.start - usize::from(escaped);
    text.get(start..span.end).unwrap_or("")
}

fn is_inline(tag: TagEnd) -> bool {
    matches!(
        tag,
        TagEnd::Emphasis
            | TagEnd::Strong
            | TagEnd::Strikethrough
            | TagEnd::Superscript
            | TagEnd::Subscript
            | TagEnd::Link
            | TagEnd::Image
    )
}

/// The letter that follows, through the beginnings and ends of spans.
fn next_letter(events: &[Spanned<'_>]) -> Option<char> {
    for (markup, _) in events.iter().take(8) {
        match markup {
            Markup::Plain(Event::Text(text)) => return text.chars().next(),
            Markup::Plain(Event::Code(_) | Event::InlineMath(_)) => return Some('x'),
            Markup::Plain(Event::SoftBreak | Event::HardBreak) => return Some(' '),
            Markup::Plain(Event::End(tag)) if !is_inline(*tag) => return None,
            _ => {}
        }
    }
    None
}

/// Whether there is anything to set in a text: this is asked of every run of it.
fn holds_marks(text: &str, style: Punctuation) -> bool {
    let bytes = text.as_bytes();
    memchr::memchr2(b'"', b'\'', bytes).is_some()
        || memchr::memchr2_iter(b'-', b'.', bytes).any(|at| match bytes[at] {
            b'-' => bytes[at..].starts_with(b"--"),
            _ => bytes[at..].starts_with(b"..."),
        })
        || (style.spaced
            && [" !", " ?", " ;", " :", " »", "« "]
                .iter()
                .any(|mark| text.contains(mark)))
}

fn set_text(
    text: &str,
    source: &str,
    (first, last): (Option<char>, Option<char>),
    style: Punctuation,
) -> String {
    let plain = |c: char| matches!(c, '"' | '\'' | '.' | '-' | ' ');
    let mut out = String::with_capacity(text.len() + 16);
    let mut source = source;
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let before = out.chars().next_back().or(first);
        let mut length = letter.len_utf8();
        // A mark behind a backslash is meant as it stands.
        let escaped = source.starts_with('\\') && source[1..].starts_with(letter);
        source = source
            .strip_prefix('\\')
            .filter(|_| escaped)
            .unwrap_or(source);
        let after = rest[length..].chars().next().or(last);
        match letter {
            _ if escaped || !plain(letter) => out.push(letter),
            '"' => out.push_str(style.double[usize::from(!opens(before, after))]),
            '\'' => out.push_str(match (before, after) {
                (Some(before), _)
                    if before.is_alphanumeric() && after.is_some_and(char::is_alphanumeric) =>
                {
                    "’"
                }
                (_, Some(digit)) if digit.is_ascii_digit() => "’",
                _ if opens(before, after) => style.single[0],
                _ => style.single[1],
            }),
            '.' if rest.starts_with("...") && !rest.starts_with("....") && before != Some('.') => {
                length = 3;
                out.push('…');
            }
            '-' if rest.starts_with("--") && before != Some('-') => {
                let dashes = rest.bytes().take_while(|byte| *byte == b'-').count();
                let next = rest[dashes..].chars().next().or(last);
                // `--flag` is the name of an option.
                let option =
                    dashes == 2 && opens(before, next) && next.is_some_and(|c| !c.is_whitespace());
                length = dashes;
                match dashes {
                    2 if !option => out.push('–'),
                    3 => out.push('—'),
                    _ => out.push_str(&rest[..dashes]),
                }
            }
            ' ' if style.spaced && after.is_some_and(|c| "!?;»".contains(c)) => {
                out.push('\u{202f}');
            }
            ' ' if style.spaced && after == Some(':') => out.push('\u{a0}'),
            ' ' if style.spaced && before == Some('«') => out.push('\u{202f}'),
            _ => out.push(letter),
        }
        source = source.get(length..).unwrap_or("");
        rest = &rest[length..];
    }
    out
}

/// Whether a quote between two letters begins what is quoted.
fn opens(before: Option<char>, after: Option<char>) -> bool {
    let begins = |c: char| c.is_whitespace() || "([{-–—/«„“‘‚\u{202f}".contains(c);
    before.is_none_or(begins) && after.is_some_and(|c| !c.is_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::markdown::events;

    #[track_caller]
    fn case(language: &str, source: &str, expected: &str) {
        let mut out = String::new();
        let mut steps = events(source, 0);
        set_punctuation(&mut steps, source, 0, Punctuation::of(language));
        for (markup, _) in steps {
            match markup {
                Markup::Plain(Event::Text(text)) => out.push_str(&text),
                Markup::Plain(Event::Code(text)) => out += &["`", &text, "`"].concat(),
                Markup::Plain(Event::SoftBreak) => out.push('/'),
                _ => {}
            }
        }
        assert_eq!(out, expected);
    }

    #[test]
    fn each_language_has_its_quotes() {
        case("en-GB", "\"a 'b' c\"", "“a ‘b’ c”");
        case("de", "\"a 'b' c\"", "„a ‚b‘ c“");
        case("de-CH", "\"a\"", "«a»");
        case(
            "fr",
            "\"a\" : b ! c ? « d »",
            "«\u{202f}a\u{202f}»\u{a0}: b\u{202f}! c\u{202f}? «\u{202f}d\u{202f}»",
        );
        case("ru", "\"a 'b'\"", "«a „b“»");
        case("sv", "\"a\"", "”a”");
        case("pl", "\"a\"", "„a”");
    }

    #[test]
    fn apostrophes_dashes_and_dots_are_set() {
        case("en", "it's the '90s, dogs' 'x'", "it’s the ’90s, dogs’ ‘x’");
        case("de", "geht's", "geht’s");
        case("en", "a -- b --- c, 1--2, x...", "a – b — c, 1–2, x…");
        case("en", "*\"a\"* (\"b\") **c**'s", "“a” (“b”) c’s");
        case("en", "\"`a`\" x\n\"y\"", "“`a`” x/“y”");
    }

    #[test]
    fn options_escapes_and_code_stay() {
        case("en", "use --flag and `\"--x\"`", "use --flag and `\"--x\"`");
        case("en", "\\\"a\\\" 5\\'", "\"a\" 5'");
        case("en", "---- ....", "---- ....");
        let mut found = events("\"a\"", 0).into_iter();
        assert!(found.any(|(markup, _)| markup == Markup::Plain(Event::Text("\"a\"".into()))));
    }
}
