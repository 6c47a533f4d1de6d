//! What a rule of style is, whoever wrote it.

use std::collections::BTreeMap;
use std::ops::Range;

use globset::GlobSet;

use crate::checks::style::capital::Case;
use crate::checks::style::formula::Formula;
use crate::checks::style::pattern::{Pattern, PatternFault};
use crate::checks::style::scope::Scope;
use crate::diagnostic::Severity;

/// A rule, ready to run.
#[derive(Debug)]
pub(super) struct Rule {
    /// The code of its findings.
    pub code: String,
    /// Their level.
    pub severity: Severity,
    /// What they say, with `%s` for what was found.
    pub message: String,
    /// What they advise.
    pub help: Option<String>,
    /// What it reads.
    pub scope: Scope,
    /// The files it reads; all if absent.
    pub paths: Option<GlobSet>,
    /// How many findings of a page are reported.
    pub limit: usize,
    /// What is right although the rule finds it.
    pub exceptions: Option<Pattern>,
    /// What takes the place of what it finds.
    pub action: Action,
    /// What it looks for.
    pub kind: Kind,
    /// Texts of which one stands in whatever it finds; none if it must always look.
    pub beginnings: Option<Vec<String>>,
    /// The file that holds it, by its place among the files of rules, and its bytes there.
    pub origin: Option<(usize, Range<usize>)>,
}

/// What a rule looks for.
#[derive(Debug)]
pub(super) enum Kind {
    /// A text that should not be there.
    Existence(Pattern),
    /// A text that another should stand for.
    Substitution(Swap),
    /// A text that should be there more often, or less.
    Occurrence {
        token: Pattern,
        min: usize,
        max: Option<usize>,
    },
    /// The same text twice in a row.
    Repetition {
        tokens: Pattern,
        max: usize,
        ignore_case: bool,
        only_letters: bool,
    },
    /// Capitals where none should be, or none where they should.
    Capitalization(Case),
    /// A text that another must explain on the same page.
    Conditional { first: Pattern, second: Pattern },
    /// Two texts of which a page should use one.
    Consistency(Vec<[Pattern; 2]>),
    /// A figure about a page.
    Metric(Formula),
}

/// Texts and what should stand for them.
#[derive(Debug, Default)]
pub(super) struct Swap {
    /// Texts that stand for themselves, as patterns for some of them each.
    pub words: Vec<Pattern>,
    /// What stands for each of them; in lower case if the case does not matter.
    pub by_word: BTreeMap<String, String>,
    /// Patterns and what stands for each.
    pub patterns: Vec<(Pattern, String)>,
    /// Whether the case does not matter.
    pub ignore_case: bool,
}

/// What takes the place of what a rule finds.
#[derive(Debug, Default)]
pub(super) enum Action {
    /// Nothing is known of that.
    #[default]
    None,
    /// What the rule says for each text, or these texts.
    Replace(Vec<String>),
    /// Nothing.
    Remove,
    /// The text itself, edited: a name and its parameters, as Vale has them.
    Edit(String, Vec<String>),
}

impl Action {
    /// The texts that can stand for what was found; none if the action tells none.
    pub(super) fn texts(&self, found: &str) -> Result<Vec<String>, PatternFault> {
        let (name, parameters) = match self {
            Self::None => return Ok(Vec::new()),
            Self::Replace(texts) => return Ok(texts.clone()),
            Self::Remove => return Ok(vec![String::new()]),
            Self::Edit(name, parameters) => (name.as_str(), parameters.as_slice()),
        };
        let parameters: Vec<&str> = parameters.iter().map(String::as_str).collect();
        let edited = match (name, parameters.as_slice()) {
            ("remove", [what]) => found.replace(what, ""),
            ("replace", [what, by]) => found.replace(what, by),
            ("regex", [pattern, by]) => {
                Pattern::checked((*pattern).to_owned())?.replace(found, by)?
            }
            ("trim", [what]) => found.trim_matches(|c| what.contains(c)).to_owned(),
            ("trim_left", [what]) => found.trim_start_matches(|c| what.contains(c)).to_owned(),
            ("trim_right", [what]) => found.trim_end_matches(|c| what.contains(c)).to_owned(),
            ("truncate", [at]) if !at.is_empty() => found.split(at).next().unwrap_or("").to_owned(),
            ("split", [at, index]) if !at.is_empty() => {
                let part = index
                    .parse()
                    .ok()
                    .and_then(|index| found.split(at).nth(index));
                let Some(part) = part else {
                    return Ok(Vec::new());
                };
                part.to_owned()
            }
            _ => return Ok(Vec::new()),
        };
        Ok(if edited == found {
            Vec::new()
        } else {
            vec![edited]
        })
    }
}

/// A message with its `%s` filled, in their order or by their number (`%[1]s`).
pub(super) fn fill(message: &str, values: &[&str]) -> String {
    let mut filled = String::new();
    let mut rest = message;
    let mut next = 0;
    while let Some(at) = rest.find('%') {
        filled.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        let (index, verb) = match after
            .strip_prefix('[')
            .and_then(|inner| inner.split_once(']'))
        {
            Some((number, verb)) => (number.parse::<usize>().ok(), verb),
            None => (None, after),
        };
        if let Some(tail) = verb.strip_prefix(['s', 'd', 'v', 'q']) {
            let at = index.map_or(next, |number| number.saturating_sub(1));
            let last = values.last().copied().unwrap_or("");
            filled.push_str(values.get(at).copied().unwrap_or(last));
            next = at + 1;
            rest = tail;
        } else {
            filled.push('%');
            rest = after.strip_prefix('%').unwrap_or(after);
        }
    }
    filled + rest
}

/// The stable form of a name in a code: `FirstPerson` is `first-person`.
pub(super) fn kebab(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let mut word = String::new();
    for (at, letter) in letters.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| letters.get(at));
        let after = letters.get(at + 1);
        let hump = letter.is_ascii_uppercase()
            && before.is_some_and(|before| {
                before.is_ascii_lowercase()
                    || before.is_ascii_digit()
                    || (before.is_ascii_uppercase() && after.is_some_and(char::is_ascii_lowercase))
            });
        if hump || !letter.is_ascii_alphanumeric() {
            word.push('-');
        }
        if letter.is_ascii_alphanumeric() {
            word.push(letter.to_ascii_lowercase());
        }
    }
    let parts: Vec<&str> = word.split('-').filter(|part| !part.is_empty()).collect();
    match parts.is_empty() {
        true => "rule".to_owned(),
        false => parts.join("-"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_filled_in_order_or_by_number() {
        let case = |message: &str, values: &[&str], expected: &str| {
            assert_eq!(fill(message, values), expected);
        };
        case("Use '%s', not '%s'.", &["a", "b"], "Use 'a', not 'b'.");
        case("'%[2]s' is %[1]s", &["a", "b"], "'b' is a");
        case("100% of %s, 5%% %", &["a"], "100% of a, 5% %");
        case("%s %s", &["a"], "a a");
        case("%s", &[], "");
        case("plain", &["a"], "plain");
    }

    #[test]
    fn names_become_codes() {
        let case = |name: &str, expected: &str| assert_eq!(kebab(name), expected);
        case("FirstPerson", "first-person");
        case("E-Prime", "e-prime");
        case("AMPM", "ampm");
        case("HTMLTags", "html-tags");
        case("write-good", "write-good");
        case("BSA_Officer2Go", "bsa-officer2-go");
        case("…", "rule");
    }

    #[test]
    fn actions_tell_what_takes_the_place() {
        let edit = |name: &str, parameters: &[&str], found: &str| {
            let parameters = parameters.iter().map(|&text| text.to_owned()).collect();
            Action::Edit(name.to_owned(), parameters)
                .texts(found)
                .unwrap()
        };
        assert_eq!(edit("remove", &[" "], " — "), ["—"]);
        assert_eq!(edit("replace", &["-", " "], "newly-"), ["newly "]);
        assert_eq!(
            edit("regex", &["(\\w)\\(s\\)", "${1}s"], "day(s)"),
            ["days"]
        );
        assert_eq!(edit("trim_right", &[".!"], "End.!"), ["End"]);
        assert_eq!(edit("truncate", &[" "], "the the"), ["the"]);
        assert_eq!(edit("split", &[" ", "1"], "a b"), ["b"]);
        assert_eq!(edit("split", &[" ", "7"], "a b"), [""; 0]);
        assert_eq!(edit("unknown", &[], "a"), [""; 0]);
        assert_eq!(Action::Remove.texts("a").unwrap(), [""]);
    }
}
