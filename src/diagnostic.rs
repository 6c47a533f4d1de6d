//! What a check found in the author's text: data with a code, a place and a way out.
//!
//! A diagnostic is collected and never returned as an error; one run reports them all.

use std::borrow::Cow;
use std::cell::Cell;
use std::ops::Range;
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use crate::site_path::SitePath;

/// How much a diagnostic matters. Errors come first when sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The output would be wrong; the run fails.
    Error,
    /// Very likely a fault.
    Warning,
    /// Worth a look.
    Suggestion,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnostic {
    /// The stable name of the rule, such as `link-missing`.
    pub code: Cow<'static, str>,
    /// How much it matters.
    pub severity: Severity,
    /// What is wrong, in lower case and without a final period.
    pub message: String,
    /// The file it is about.
    pub path: SitePath,
    /// Where in that file, if it is about a place and not about the file as a whole.
    pub place: Option<Place>,
    /// The next step for the author.
    pub help: Option<String>,
    /// Texts that could stand in the place of the span, the best first.
    pub replacements: Vec<String>,
}

/// A span of a file, in bytes and for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The bytes of the file that it is about.
    pub span: Range<usize>,
    /// The line of the first character, from 1.
    pub line: usize,
    /// The column of the first character, from 1, in Unicode scalar values.
    pub column: usize,
    /// The line after the last character.
    pub end_line: usize,
    /// The column after the last character.
    pub end_column: usize,
    /// The text of the first line, for an excerpt, at most 400 characters.
    pub excerpt: String,
}

/// How much of a line an excerpt holds, in characters.
pub const LONGEST_EXCERPT: usize = 400;

/// The text of one file, ready to turn byte spans into places.
#[derive(Debug, Clone)]
pub struct SourceText<'a> {
    path: &'a SitePath,
    text: &'a str,
    lines: Cow<'a, LineStarts>,
}

/// Where the lines of a text begin; found when a place is first asked for, which for most files is
/// never.
#[derive(Debug, Clone, Default)]
pub struct LineStarts(OnceLock<Vec<usize>>);

/// What follows from a text is the same wherever the text is.
impl PartialEq for LineStarts {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Diagnostic {
    /// Reports about a file as a whole.
    pub fn new(
        code: impl Into<Cow<'static, str>>,
        severity: Severity,
        path: &SitePath,
        message: impl Into<String>,
    ) -> Self {
        Self {
            code: code.into(),
            severity,
            message: message.into(),
            path: path.clone(),
            place: None,
            help: None,
            replacements: Vec::new(),
        }
    }

    /// Adds the place.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        self.place = Some(place);
        self
    }

    /// Adds the next step.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds texts for the span, the best first.
    #[must_use]
    pub fn replacements(mut self, replacements: Vec<String>) -> Self {
        self.replacements = replacements;
        self
    }

    /// The order of every report: path, line, column, then severity and code.
    pub fn sort_key(&self) -> (&SitePath, usize, usize, Severity, &str, &str) {
        let (line, column) = self
            .place
            .as_ref()
            .map_or((0, 0), |place| (place.line, place.column));
        (
            &self.path,
            line,
            column,
            self.severity,
            &self.code,
            &self.message,
        )
    }
}

/// Sorts a report and drops what is said twice.
pub fn sort(diagnostics: &mut Vec<Diagnostic>) {
    diagnostics.sort_by(|a, b| a.sort_key().cmp(&b.sort_key()));
    diagnostics.dedup();
}

/// The number of errors and of warnings.
pub fn count(diagnostics: &[Diagnostic]) -> (usize, usize) {
    let of = |severity| {
        diagnostics
            .iter()
            .filter(|found| found.severity == severity)
            .count()
    };
    (of(Severity::Error), of(Severity::Warning))
}

/// How many names are looked at for the cost of one comparison.
const LOOKS: usize = 64;

/// How long a name may be that another is compared with, in bytes: that costs the product of both.
const LONGEST_NAME: usize = 256;

/// The member of `known` nearest to a mistyped `word`, if one is near enough to suggest.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let short = |name: &&str| name.len() <= LONGEST_NAME;
    let word = Some(word).filter(short)?;
    known
        .into_iter()
        .filter(short)
        .map(|candidate| (strsim::damerau_levenshtein(word, candidate), candidate))
        .filter(|(distance, candidate)| *distance <= 1 + candidate.chars().count() / 4)
        .min()
        .map(|(_, candidate)| candidate)
}

/// Names that many mistyped words are compared with.
#[derive(Debug, Clone, Default)]
pub struct NearNames<'a> {
    /// How many letters each has and which, and the name.
    names: Vec<(usize, u64, &'a str)>,
}

/// How many comparisons may still be made, each of which costs the product of two lengths.
#[derive(Debug)]
pub struct Guesses(Cell<usize>);

impl Guesses {
    /// Allows so many.
    pub fn new(most: usize) -> Self {
        Self(Cell::new(most))
    }

    /// Takes so many, if as many are left; where not, none will be.
    pub fn afford(&self, count: usize) -> bool {
        let left = self.0.get().checked_sub(count);
        self.0.set(left.unwrap_or(0));
        left.is_some()
    }
}

impl<'a> NearNames<'a> {
    /// Reads the names.
    pub fn new(names: impl IntoIterator<Item = &'a str>) -> Self {
        let short = names.into_iter().filter(|name| name.len() <= LONGEST_NAME);
        let names = short.map(|name| {
            let (count, letters) = letters(name);
            (count, letters, name)
        });
        let mut names: Vec<_> = names.collect();
        names.sort_unstable();
        names.dedup();
        Self { names }
    }

    /// What [`nearest`] finds among the names; none where that would take more guesses than are
    /// left.
    pub fn nearest(&self, word: &str, guesses: &Guesses) -> Option<&'a str> {
        if word.len() > LONGEST_NAME {
            return None;
        }
        let (count, own) = letters(word);
        // A name is near within a quarter of its own length, so those too short come first, and
        // those too long last.
        let most = |length: usize| 1 + length / 4;
        let from = (self.names).partition_point(|(length, ..)| length + most(*length) < count);
        let to = (self.names).partition_point(|(length, ..)| *length <= count + most(*length));
        let names = self.names.get(from..to)?;
        if !guesses.afford(names.len() / LOOKS) {
            return None;
        }
        let mut best: Option<(usize, &str)> = None;
        for (length, letters, name) in names {
            let most = most(*length);
            // Each slip brings at most one letter that the other has not, on either side.
            let strange = (own & !letters)
                .count_ones()
                .max((letters & !own).count_ones());
            if strange as usize > most {
                continue;
            }
            if !guesses.afford(1) {
                return None;
            }
            let distance = strsim::damerau_levenshtein(word, name);
            if distance <= most && best.is_none_or(|best| (distance, *name) < best) {
                best = Some((distance, name));
            }
        }
        best.map(|(_, name)| name)
    }
}

/// How many letters a word has, and which, each as one of 64 bits.
fn letters(word: &str) -> (usize, u64) {
    word.chars().fold((0, 0), |(count, letters), letter| {
        (count + 1, letters | 1 << (u32::from(letter) % 64))
    })
}

impl<'a> SourceText<'a> {
    /// Takes `text`, which is the whole of the file at `path`.
    pub fn new(path: &'a SitePath, text: &'a str) -> Self {
        Self {
            path,
            text,
            lines: Cow::Owned(LineStarts::default()),
        }
    }

    /// Takes the text with where its lines begin, which is kept for the next time.
    pub fn with_lines(path: &'a SitePath, text: &'a str, lines: &'a LineStarts) -> Self {
        let lines = Cow::Borrowed(lines);
        Self { path, text, lines }
    }

    fn line_starts(&self) -> &[usize] {
        self.lines.0.get_or_init(|| {
            let ends = memchr::memchr_iter(b'\n', self.text.as_bytes());
            let starts = ends.map(|at| at + 1);
            std::iter::once(0).chain(starts).collect()
        })
    }

    /// Reports about a span of this file.
    pub fn diagnostic(
        &self,
        code: impl Into<Cow<'static, str>>,
        severity: Severity,
        span: Range<usize>,
        message: impl Into<String>,
    ) -> Diagnostic {
        Diagnostic::new(code, severity, self.path, message).at(self.place(span))
    }

    /// Turns bytes into lines and columns; a span beyond the text or inside a character is moved
    /// to the nearest place before it.
    pub fn place(&self, span: Range<usize>) -> Place {
        let start = floor_char(self.text, span.start);
        let end = floor_char(self.text, span.end.max(span.start));
        let (line, column) = self.line_column(start);
        let (end_line, end_column) = self.line_column(end);
        let first = self.text[self.line_starts()[line - 1]..]
            .lines()
            .next()
            .unwrap_or("");
        Place {
            span: start..end,
            line,
            column,
            end_line,
            end_column,
            excerpt: first.chars().take(LONGEST_EXCERPT).collect(),
        }
    }

    /// The bytes of a line counted from 1, without its end; empty if there is no such line.
    pub fn line_span(&self, line: usize) -> Range<usize> {
        let start = self
            .line_starts()
            .get(line.wrapping_sub(1))
            .copied()
            .unwrap_or(self.text.len());
        let length = self.text[start..].lines().next().map_or(0, str::len);
        start..start + length
    }

    fn line_column(&self, at: usize) -> (usize, usize) {
        let line_starts = self.line_starts();
        let line = line_starts.partition_point(|start| *start <= at);
        let start = line_starts[line - 1];
        let from = if start == 0 && self.text.starts_with('\u{feff}') && at >= 3 {
            3
        } else {
            start
        };
        (line, self.text[from..at].chars().count() + 1)
    }
}

fn floor_char(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn case(text: &str, span: Range<usize>, expected: (usize, usize, usize, usize)) {
        let path = SitePath::root();
        let place = SourceText::new(&path, text).place(span);
        assert_eq!(
            (place.line, place.column, place.end_line, place.end_column),
            expected
        );
    }

    #[test]
    fn columns_count_characters_from_one() {
        case("abc", 1..2, (1, 2, 1, 3));
        case("äb\r\nçd", 2..3, (1, 2, 1, 3));
        case("äb\r\nçd", 7..8, (2, 2, 2, 3));
        case("\u{feff}ab", 3..4, (1, 1, 1, 2));
    }

    #[test]
    fn spans_beyond_the_text_stay_inside() {
        case("ab", 9..12, (1, 3, 1, 3));
        case("ä", 1..1, (1, 1, 1, 1));
        case("", 0..0, (1, 1, 1, 1));
    }

    #[test]
    fn a_slip_of_the_finger_is_near() {
        assert_eq!(nearest("titel", ["title", "kind"]), Some("title"));
        assert_eq!(nearest("colour", ["title", "kind"]), None);
    }

    #[test]
    fn many_words_are_compared_as_one_is() {
        let names = [
            "a",
            "ab",
            "install",
            "instal",
            "tune-it",
            "t\u{fc}ne",
            "setup",
            "put-es",
            "",
        ];
        let near = NearNames::new(names);
        for word in [
            "insatll",
            "tun-it",
            "tune",
            "x",
            "ba",
            "stup",
            "",
            "installation",
            "upset",
        ] {
            let guesses = Guesses::new(usize::MAX);
            assert_eq!(near.nearest(word, &guesses), nearest(word, names), "{word}");
        }
    }

    #[test]
    fn what_cannot_be_near_costs_no_guess() {
        let names: Vec<String> = (0..1000).map(|at| format!("page-{at}")).collect();
        let near = NearNames::new(names.iter().map(String::as_str));
        let guesses = Guesses::new(20);
        assert_eq!(near.nearest("zzz-qqq", &guesses), None);
        assert!(guesses.afford(2));
        assert_eq!(near.nearest("zzzz-qqq", &Guesses::new(2)), None);
        assert_eq!(near.nearest("pgae-1", &Guesses::new(2)), None);
        assert_eq!(near.nearest("pgae-1", &Guesses::new(5000)), Some("page-1"));
    }

    #[test]
    fn lines_are_counted_once() {
        let (path, lines) = (SitePath::root(), LineStarts::default());
        let source = || SourceText::with_lines(&path, "a\nb\n", &lines);
        assert_eq!(source().place(2..3).line, 2);
        let known = lines.0.get().map(Vec::as_ptr);
        assert_eq!(source().place(0..1).line, 1);
        assert!(known.is_some() && lines.0.get().map(Vec::as_ptr) == known);
    }
}
