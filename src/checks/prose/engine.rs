//! Harper, wrapped: plain text in, findings out. Nothing of it is known outside this file.
//!
//! Its curated rules are generic over the dictionary, and compiling them for a type of our own
//! takes a minute. Harper compiles them once itself, for `MutableDictionary`; naming the same type
//! here uses that.

use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use harper_core::linting::{Lint, LintGroup, Suggestion};
use harper_core::parsers::{Parser, PlainEnglish};
use harper_core::spell::{FstDictionary, MutableDictionary};
use harper_core::{Document, Span, Token, TokenKind};
use serde::{Deserialize, Serialize};

use crate::checks::prose::grammar::Grammar;
use crate::checks::prose::rules::is_off;

/// A kind of English.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Dialect {
    /// No region is named: every spelling is right.
    Any,
    American,
    Australian,
    British,
    Canadian,
    Indian,
}

/// What harper found in one text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Finding {
    pub rule: String,
    pub start: usize,
    pub end: usize,
    pub message: String,
    pub replacements: Vec<String>,
    pub priority: u8,
}

/// The version of harper.
pub(super) fn version() -> &'static str {
    harper_core::core_version()
}

/// Reads texts one after another. What it finds in one follows from that text alone.
pub(super) struct Engine {
    dialect: Dialect,
    words: Arc<FstDictionary>,
    group: LintGroup,
    grammar: Grammar,
    /// How many texts the group has read.
    read: usize,
}

/// How many texts a group of rules reads before it is made anew. It keeps what it found in the
/// last thousand clauses, some 100 KB for each; making it anew takes as long as two texts.
const TEXTS_PER_GROUP: usize = 100;

impl Dialect {
    /// The dialect of a language (BCP 47), if it is English.
    pub(super) fn of(language: &str) -> Option<Self> {
        let mut parts = language.split(['-', '_']);
        parts
            .next()
            .filter(|primary| primary.eq_ignore_ascii_case("en"))?;
        let Some(region) = parts.find(|part| part.len() == 2) else {
            return Some(Self::Any);
        };
        Some(match region.to_ascii_uppercase().as_str() {
            "GB" | "IE" | "NZ" | "ZA" => Self::British,
            "AU" => Self::Australian,
            "CA" => Self::Canadian,
            "IN" => Self::Indian,
            _ => Self::American,
        })
    }

    /// The name it goes by in keys.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::American => "american",
            Self::Australian => "australian",
            Self::British => "british",
            Self::Canadian => "canadian",
            Self::Indian => "indian",
        }
    }

    /// The one that harper knows, unless every spelling is right.
    pub(super) fn region(self) -> Option<harper_core::Dialect> {
        (self != Self::Any).then(|| self.harpers())
    }

    fn harpers(self) -> harper_core::Dialect {
        match self {
            Self::Any | Self::American => harper_core::Dialect::American,
            Self::Australian => harper_core::Dialect::Australian,
            Self::British => harper_core::Dialect::British,
            Self::Canadian => harper_core::Dialect::Canadian,
            Self::Indian => harper_core::Dialect::Indian,
        }
    }
}

impl Engine {
    /// Loads dictionary and rules, which takes most of a second the first time.
    pub(super) fn new(dialect: Dialect) -> Self {
        Self {
            dialect,
            words: FstDictionary::curated(),
            group: group(dialect),
            grammar: Grammar::new(),
            read: 0,
        }
    }

    /// What is said of the rules, by their names.
    pub(super) fn descriptions(&self) -> impl Iterator<Item = (&str, &str)> {
        let all: std::collections::BTreeMap<&str, &str> =
            self.group.all_descriptions().into_iter().collect();
        all.into_iter()
    }

    /// Reads a text; no rule looks into the masked bytes.
    pub(super) fn read(&mut self, text: &str, masked: &[Range<usize>]) -> Vec<Finding> {
        if self.read > 0 && self.read.is_multiple_of(TEXTS_PER_GROUP) {
            self.group = group(self.dialect);
        }
        // The group remembers clauses by their letters and its settings. A setting that is new for
        // each text keeps one text from seeing what was found in another.
        self.group
            .config
            .unset_rule_enabled(format!("text {}", self.read));
        self.read += 1;
        self.group
            .config
            .set_rule_enabled(format!("text {}", self.read), true);
        // Nine hundred foreign rules meet text by anyone; one that panics must not end the run.
        let found = catch_unwind(AssertUnwindSafe(|| self.lint(text, masked)));
        found.unwrap_or_else(|_| {
            self.group = group(self.dialect);
            Vec::new()
        })
    }

    fn lint(&mut self, text: &str, masked: &[Range<usize>]) -> Vec<Finding> {
        let letters: Arc<[char]> = text.chars().collect();
        let bytes: Vec<usize> = text
            .char_indices()
            .map(|(at, _)| at)
            .chain([text.len()])
            .collect();
        let at = |byte: &usize| bytes.partition_point(|start| start < byte);
        let masked: Vec<Range<usize>> = masked
            .iter()
            .map(|mask| at(&mask.start)..at(&mask.end))
            .collect();
        let parser = Tokens(tokens(&letters, &masked));
        let document = Document::new_from_chars(Arc::clone(&letters), &parser, &*self.words);
        let place = |span: Span<char>| {
            let last = bytes.len() - 1;
            bytes[span.start.min(last)]..bytes[span.end.max(span.start).min(last)]
        };
        if is_foreign(&document) {
            return Vec::new();
        }
        let mut findings = Vec::new();
        for (rule, lints) in self.group.organized_lints(&document) {
            for lint in lints {
                let range = place(lint.span);
                findings.push(finding(&rule, &lint, text, range));
            }
        }
        let range_of = |letters: Range<usize>| place(Span::new(letters.start, letters.end));
        findings.extend(self.grammar.find(&document, text, &self.words, &range_of));
        findings.sort_by(|a, b| (a.start, a.end, &a.rule).cmp(&(b.start, b.end, &b.rule)));
        findings.dedup();
        findings
    }
}

fn group(dialect: Dialect) -> LintGroup {
    let mut group = LintGroup::new_curated(MutableDictionary::curated(), dialect.harpers());
    let off: Vec<String> = group
        .iter_keys()
        .filter(|rule| is_off(rule))
        .map(str::to_owned)
        .collect();
    for rule in off {
        group.config.set_rule_enabled(rule, false);
    }
    group
}

/// Whether a text is in another language: it is long enough to tell, and most words are unknown.
fn is_foreign(document: &Document) -> bool {
    let words = document.tokens().filter(|token| token.kind.is_word());
    let (mut known, mut all) = (0, 0);
    for word in words {
        all += 1;
        known += usize::from(matches!(word.kind, TokenKind::Word(Some(_))));
    }
    all >= 8 && known * 2 < all
}

/// A parser that was told the tokens.
struct Tokens(Vec<Token>);

impl Parser for Tokens {
    fn parse(&self, _: &[char]) -> Vec<Token> {
        self.0.clone()
    }
}

fn tokens(letters: &[char], masked: &[Range<usize>]) -> Vec<Token> {
    let mut tokens = Vec::new();
    let plain = |range: Range<usize>, tokens: &mut Vec<Token>| {
        for mut token in PlainEnglish.parse(&letters[range.clone()]) {
            token.span.push_by(range.start);
            tokens.push(token);
        }
    };
    let mut done = 0;
    for mask in masked {
        plain(done..mask.start, &mut tokens);
        tokens.push(Token::new(
            Span::new(mask.start, mask.end),
            TokenKind::Unlintable,
        ));
        done = mask.end;
    }
    plain(done..letters.len(), &mut tokens);
    tokens
}

fn finding(rule: &str, lint: &Lint, text: &str, range: Range<usize>) -> Finding {
    let replacement = |suggestion: &Suggestion| match suggestion {
        Suggestion::ReplaceWith(letters) => letters.iter().collect(),
        Suggestion::InsertAfter(letters) => {
            let more: String = letters.iter().collect();
            format!("{}{more}", &text[range.clone()])
        }
        Suggestion::Remove => String::new(),
    };
    Finding {
        rule: rule.to_owned(),
        start: range.start,
        end: range.end,
        message: message(&lint.message),
        replacements: lint.suggestions.iter().map(replacement).collect(),
        priority: lint.priority,
    }
}

/// A message in the form of ours: no capital for an ordinary first word, no final period.
fn message(text: &str) -> String {
    let text = text.trim().trim_end_matches('.');
    let first = text
        .split(|c: char| !c.is_alphanumeric())
        .next()
        .unwrap_or("");
    let mut letters = text.chars();
    let ordinary = first.len() > 1 && first.chars().skip(1).all(char::is_lowercase) || first == "A";
    match letters.next() {
        Some(capital) if ordinary => capital.to_lowercase().chain(letters).collect(),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::prose::rules::OFF;

    #[test]
    fn english_is_told_by_its_region() {
        let case =
            |language: &str, expected: Option<Dialect>| assert_eq!(Dialect::of(language), expected);
        case("en", Some(Dialect::Any));
        case("en-US", Some(Dialect::American));
        case("en-GB", Some(Dialect::British));
        case("en-Latn-AU", Some(Dialect::Australian));
        case("EN-ca", Some(Dialect::Canadian));
        case("de", None);
        case("enm", None);
    }

    #[test]
    fn every_rule_that_is_off_is_a_rule() {
        let group =
            LintGroup::new_curated(MutableDictionary::curated(), Dialect::American.harpers());
        let unknown: Vec<&&str> = OFF
            .iter()
            .filter(|rule| !group.contains_key(rule))
            .collect();
        assert!(unknown.is_empty(), "{unknown:?}");
    }

    #[test]
    fn messages_take_our_form() {
        let case = |text: &str, expected: &str| assert_eq!(message(text), expected);
        case(
            "Incorrect indefinite article.",
            "incorrect indefinite article",
        );
        case("Did you mean `x`?", "did you mean `x`?");
        case("I is a capital.", "I is a capital");
        case("URL is one.", "URL is one");
    }
}
