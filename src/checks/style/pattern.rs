//! Regular expressions out of styles. Strangers wrote them, so that each search has a bound in work,
//! not in time: a pattern that goes beyond it is given up and named, the same on every machine.

use std::ops::Range;
use std::sync::OnceLock;

use regex::RegexBuilder;
use regex_syntax::hir::literal::{ExtractKind, Extractor, Literal};

/// The longest pattern, in bytes.
const LONGEST: usize = 256 << 10;
/// How large a pattern may become, in bytes.
const MAX_COMPILED: usize = 16 << 20;
/// How often a search may go back to try another way.
const MAX_STEPS: usize = 50_000;
/// How many places of one text are told.
const MAX_FOUND: usize = 200;
/// How much of a text is searched at once with a pattern that looks around, in bytes: each of its
/// steps may read all of it.
const PIECE: usize = 8 << 10;
/// Literals that are shorter are in every text.
const SHORTEST_LITERAL: usize = 2;
/// How many literals one pattern may begin with.
const MAX_LITERALS: usize = 64;

/// A pattern that is compiled when a text may hold it.
#[derive(Debug)]
pub(super) struct Pattern {
    source: String,
    regex: OnceLock<Result<Regex, String>>,
}

/// A compiled pattern.
#[derive(Debug)]
enum Regex {
    /// Its searches take a time that grows with the text alone.
    Linear(regex::Regex),
    /// It looks around itself or back, and may go back to try another way again and again.
    Searching(fancy_regex::Regex),
}

/// Why a pattern finds nothing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum PatternFault {
    /// It is no pattern, or too large.
    Bad(String),
    /// It took too much work.
    TooSlow,
}

impl Pattern {
    /// Takes a pattern whose parts were checked by [`beginnings`].
    pub(super) fn new(source: String) -> Self {
        Self {
            source,
            regex: OnceLock::new(),
        }
    }

    /// Takes a pattern and compiles it at once.
    pub(super) fn checked(source: String) -> Result<Self, PatternFault> {
        let pattern = Self::new(source);
        pattern.regex()?;
        Ok(pattern)
    }

    /// The places where it matches, in order and apart, as many as are told.
    pub(super) fn find(&self, text: &str) -> Result<Vec<Range<usize>>, PatternFault> {
        self.first(text, MAX_FOUND)
    }

    /// Every place where it matches, in order and apart, for who counts them.
    pub(super) fn find_all(&self, text: &str) -> Result<Vec<Range<usize>>, PatternFault> {
        self.first(text, usize::MAX)
    }

    fn first(&self, text: &str, most: usize) -> Result<Vec<Range<usize>>, PatternFault> {
        let mut found: Vec<Range<usize>> = Vec::new();
        match self.regex()? {
            Regex::Linear(regex) => {
                let all = regex.find_iter(text).take(most);
                found.extend(all.map(|one| one.range()));
            }
            Regex::Searching(regex) => {
                for (start, piece) in pieces(text) {
                    for one in regex.find_iter(piece).take(most - found.len()) {
                        let one = one.map_err(|_| PatternFault::TooSlow)?;
                        found.push(start + one.start()..start + one.end());
                    }
                }
            }
        }
        found.retain(|range| !range.is_empty());
        Ok(found)
    }

    /// Whether it matches somewhere.
    pub(super) fn is_in(&self, text: &str) -> Result<bool, PatternFault> {
        match self.regex()? {
            Regex::Linear(regex) => Ok(regex.is_match(text)),
            Regex::Searching(regex) => {
                for (_, piece) in pieces(text) {
                    if regex.is_match(piece).map_err(|_| PatternFault::TooSlow)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
        }
    }

    /// What its groups match, wherever it does; none if it has no groups.
    pub(super) fn groups(&self, text: &str) -> Result<Option<Vec<String>>, PatternFault> {
        let mut groups = Vec::new();
        match self.regex()? {
            Regex::Linear(regex) if regex.captures_len() > 1 => {
                for captures in regex.captures_iter(text).take(MAX_FOUND) {
                    let inner = captures.iter().skip(1).flatten();
                    groups.extend(inner.map(|group| group.as_str().to_owned()));
                }
            }
            Regex::Searching(regex) if regex.captures_len() > 1 => {
                let all = pieces(text).flat_map(|(_, piece)| regex.captures_iter(piece));
                for captures in all.take(MAX_FOUND) {
                    let captures = captures.map_err(|_| PatternFault::TooSlow)?;
                    let inner = captures.iter().skip(1).flatten();
                    groups.extend(inner.map(|group| group.as_str().to_owned()));
                }
            }
            _ => return Ok(None),
        }
        Ok(Some(groups))
    }

    /// A text with every match replaced; `$1` stands for a group.
    pub(super) fn replace(&self, text: &str, by: &str) -> Result<String, PatternFault> {
        match self.regex()? {
            Regex::Linear(regex) => Ok(regex.replace_all(text, by).into_owned()),
            Regex::Searching(regex) => {
                let replaced = regex.try_replacen(text, MAX_FOUND, by);
                Ok(replaced.map_err(|_| PatternFault::TooSlow)?.into_owned())
            }
        }
    }

    fn regex(&self) -> Result<&Regex, PatternFault> {
        let regex = self.regex.get_or_init(|| compile(&self.source));
        regex
            .as_ref()
            .map_err(|fault| PatternFault::Bad(fault.clone()))
    }
}

/// A text in pieces of a bounded length, each with its place: cut at the ends of lines, or between
/// words where a line is longer.
fn pieces(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut start = 0;
    std::iter::from_fn(move || {
        let rest = text.get(start..).filter(|rest| !rest.is_empty())?;
        let most = rest.floor_char_boundary(PIECE);
        let room = &rest[..most];
        let cut = match most == rest.len() {
            true => None,
            false => room.rfind('\n').or_else(|| room.rfind(' ')),
        };
        let piece = &room[..cut.map_or(most, |cut| cut + 1)];
        let at = start;
        start += piece.len();
        Some((at, piece))
    })
}

fn compile(source: &str) -> Result<Regex, String> {
    if source.len() > LONGEST {
        return Err(format!("it is longer than {} kB", LONGEST >> 10));
    }
    if regex_syntax::parse(source).is_ok() {
        let regex = RegexBuilder::new(source).size_limit(MAX_COMPILED).build();
        return regex
            .map(Regex::Linear)
            .map_err(|error| told(&error.to_string()));
    }
    let regex = fancy_regex::RegexBuilder::new(source)
        .backtrack_limit(MAX_STEPS)
        .delegate_size_limit(MAX_COMPILED)
        .build();
    regex
        .map(Regex::Searching)
        .map_err(|error| told(&error.to_string()))
}

/// The last line of an error: those before it draw the pattern.
fn told(error: &str) -> String {
    let last = error.lines().rfind(|line| !line.trim().is_empty());
    let last = last.unwrap_or("it is no regular expression").trim();
    let last = last.trim_start_matches("error: ").trim_end_matches('.');
    // The place is one in a longer pattern, of which this is a part.
    match last.strip_prefix("Parsing error at position ") {
        Some(rest) => rest
            .split_once(": ")
            .map_or(rest, |(_, why)| why)
            .to_owned(),
        None => last.to_owned(),
    }
}

/// The texts of which one stands in whatever a part of a pattern matches; none if there are no such
/// texts. The letters of A to Z may have another case.
pub(super) fn beginnings(
    part: &str,
    ignore_case: bool,
) -> Result<Option<Vec<String>>, PatternFault> {
    let Ok(hir) = regex_syntax::parse(part) else {
        // It looks around itself, or is wrong.
        Pattern::checked(format!("(?:{part})"))?;
        return Ok(None);
    };
    let mut extractor = Extractor::new();
    extractor
        .kind(ExtractKind::Prefix)
        .limit_total(MAX_LITERALS);
    let sequence = extractor.extract(&hir);
    let Some(literals) = sequence.literals().filter(|found| !found.is_empty()) else {
        return Ok(None);
    };
    let text = |literal: &Literal| {
        let text = std::str::from_utf8(literal.as_bytes()).ok()?;
        let fits = text.len() >= SHORTEST_LITERAL && (text.is_ascii() || !ignore_case);
        fits.then(|| text.to_owned())
    };
    Ok(literals.iter().map(text).collect())
}

/// Whether a text stands for itself in a pattern.
pub(super) fn is_plain(text: &str) -> bool {
    !text.contains(|c: char| r"\.+*?()|[]{}^$".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_catastrophe_is_given_up_after_so_many_steps() {
        let pattern = Pattern::checked("(?=a)(a|a)*(?<!a)b\\1".to_owned()).unwrap();
        let text = "a".repeat(4000);
        assert_eq!(pattern.find(&text), Err(PatternFault::TooSlow));
        assert_eq!(pattern.is_in(&text), Err(PatternFault::TooSlow));
        // Without a look around there is no catastrophe.
        let plain = Pattern::checked("(a|a)*b".to_owned()).unwrap();
        assert_eq!(plain.find(&text), Ok(Vec::new()));
    }

    #[test]
    fn long_texts_are_searched_in_pieces() {
        let text = "one two, übrig\n".repeat(4000);
        let joined: String = pieces(&text).map(|(_, piece)| piece).collect();
        assert_eq!(joined, text);
        assert!(pieces(&text).all(|(at, piece)| {
            piece.len() <= PIECE && text[at..].starts_with(piece) && piece.ends_with('\n')
        }));
        assert_eq!(pieces(&"ü".repeat(PIECE)).count(), 2);
        assert_eq!(pieces("").count(), 0);
        let pattern = Pattern::checked("one(?= two)".to_owned()).unwrap();
        let found = pattern.find_all(&text).unwrap();
        assert_eq!(found.len(), 4000);
        assert!(found.iter().all(|range| &text[range.clone()] == "one"));
        assert_eq!(pattern.find(&text).unwrap().len(), MAX_FOUND);
    }

    #[test]
    fn what_is_no_pattern_says_why() {
        let case = |source: &str| match Pattern::checked(source.to_owned()) {
            Err(PatternFault::Bad(why)) => why,
            other => panic!("{other:?}"),
        };
        assert!(case("a(").contains("parenthesis"));
        assert!(!case("\\p{Nope}").is_empty());
        assert_eq!(case(&"a".repeat(LONGEST + 1)), "it is longer than 256 kB");
        assert!(case("(?:\\w{900}){900}").contains("size"));
    }

    #[test]
    fn beginnings_stand_in_every_match() {
        let case = |part: &str, expected: Option<&[&str]>| {
            let found = beginnings(part, true).unwrap();
            let found = found
                .as_ref()
                .map(|texts| texts.iter().map(String::as_str).collect::<Vec<_>>());
            assert_eq!(found.as_deref(), expected);
        };
        case("very", Some(&["very"]));
        case("(?:e-mail|email)s", Some(&["e-mails", "emails"]));
        case("\\bmine\\b", Some(&["mine"]));
        case("\\w+ed", None);
        case("a", None);
        case("über", None);
        case("a(?=b)", None);
    }
}
