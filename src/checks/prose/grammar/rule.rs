//! A rule that is written as a pattern, and what takes the place of what it finds.

use std::collections::BTreeMap;

use crate::checks::prose::engine::Finding;
use crate::checks::prose::grammar::forms::Forms;
use crate::checks::prose::grammar::pattern::{Fit, Pattern};
use crate::checks::prose::grammar::token::Token;

/// Patterns of one fault.
///
/// Each comes with its replacement: words and, for those that are faulty, `$1`, `$2` …; `$1:base`,
/// `$1:s`, `$1:ed`, `$1:ing`, `$1:one` and `$1:many` for another form of one. `/` stands between two
/// replacements, of which the first is the better.
pub(super) struct Family {
    /// The code, without `prose-`.
    pub code: &'static str,
    pub message: &'static str,
    pub patterns: &'static [(&'static str, &'static str)],
}

/// A family of words that are taken for each other.
pub(super) const fn confusion(
    message: &'static str,
    patterns: &'static [(&'static str, &'static str)],
) -> Family {
    Family {
        code: "confusion",
        message,
        patterns,
    }
}

/// Rules, ready to be tried.
pub(super) struct Rules {
    all: Vec<Rule>,
    by_word: BTreeMap<String, Vec<usize>>,
    /// Those that begin with no certain word.
    others: Vec<usize>,
}

struct Rule {
    family: &'static Family,
    pattern: Pattern,
    becomes: &'static str,
}

/// Own findings go before others at the same place.
pub(super) const PRIORITY: u8 = 10;

/// Verbs that have a number: with one, and with many.
const SINGULARS: &[(&str, &str)] = &[
    ("is", "are"),
    ("was", "were"),
    ("has", "have"),
    ("does", "do"),
    ("isn't", "aren't"),
    ("wasn't", "weren't"),
    ("hasn't", "haven't"),
    ("doesn't", "don't"),
];

/// Verbs that do not fit `I`, and those that do.
const FIRSTS: &[(&str, &str)] = &[
    ("is", "am"),
    ("are", "am"),
    ("were", "was"),
    ("has", "have"),
    ("does", "do"),
    ("isn't", "am not"),
    ("doesn't", "don't"),
];

/// Pronouns that are acted on, and those that act.
const SUBJECTS: &[(&str, &str)] = &[
    ("him", "he"),
    ("her", "she"),
    ("them", "they"),
    ("you", "you"),
];

/// The second words of verbs of two words.
const PARTICLES: &[&str] = &[
    "up", "in", "out", "down", "back", "on", "over", "off", "around", "ups", "through",
];

impl Rules {
    /// Reads the patterns of some families.
    pub(super) fn new(families: impl IntoIterator<Item = &'static Family>) -> Self {
        let mut rules = Self {
            all: Vec::new(),
            by_word: BTreeMap::new(),
            others: Vec::new(),
        };
        for family in families {
            for (pattern, becomes) in family.patterns {
                if let Some(pattern) = Pattern::read(pattern) {
                    rules.add(Rule {
                        family,
                        pattern,
                        becomes,
                    });
                }
            }
        }
        rules
    }

    fn add(&mut self, rule: Rule) {
        let number = self.all.len();
        let anchors = rule.pattern.anchors();
        if anchors.is_empty() {
            self.others.push(number);
        }
        for word in anchors {
            self.by_word
                .entry(word.to_lowercase())
                .or_default()
                .push(number);
        }
        self.all.push(rule);
    }

    /// What the rules find.
    pub(super) fn find(&self, tokens: &[Token<'_>], forms: &Forms<'_>) -> Vec<Finding> {
        let mut found = Vec::new();
        for (at, token) in tokens.iter().enumerate() {
            let named = self.by_word.get(&token.lower).into_iter().flatten();
            for number in named.chain(&self.others) {
                let rule = &self.all[*number];
                if let Some(fit) = rule.pattern.fit(tokens, at) {
                    found.extend(rule.finding(&tokens[fit_range(&fit, tokens.len())], forms));
                }
            }
        }
        found
    }
}

fn fit_range(fit: &Fit, length: usize) -> std::ops::Range<usize> {
    let end = fit.end.min(length);
    fit.start.min(end)..end
}

impl Rule {
    fn finding(&self, faulty: &[Token<'_>], forms: &Forms<'_>) -> Option<Finding> {
        let (first, last) = (faulty.first()?, faulty.last()?);
        let replacements = self.becomes.split('/').filter_map(|becomes| {
            let words: Option<Vec<String>> = becomes
                .split(' ')
                .map(|word| one(word, faulty, forms))
                .collect();
            Some(like(first, &words?.join(" ")))
        });
        let replacements: Vec<String> = replacements.collect();
        // What cannot be made better, or is right already, is none.
        let written: Vec<&str> = faulty.iter().map(|token| token.text).collect();
        if replacements
            .first()
            .is_none_or(|first| *first == written.join(" "))
        {
            return None;
        }
        Some(Finding {
            rule: self.family.code.to_owned(),
            start: first.range.start,
            end: last.range.end,
            message: self.family.message.to_owned(),
            replacements,
            priority: PRIORITY,
        })
    }
}

/// One word of a replacement.
fn one(word: &str, faulty: &[Token<'_>], forms: &Forms<'_>) -> Option<String> {
    if let Some(word) = word.strip_suffix(',') {
        return one(word, faulty, forms).map(|word| format!("{word},"));
    }
    let Some(reference) = word.strip_prefix('$') else {
        return Some(word.to_owned());
    };
    let (number, form) = reference.split_once(':').unwrap_or((reference, ""));
    let token = faulty.get(number.parse::<usize>().ok()?.checked_sub(1)?)?;
    let base = || {
        forms
            .base(&token.lower)
            .unwrap_or_else(|| token.lower.clone())
    };
    match form {
        "base" => forms.base(&token.lower),
        "s" => {
            let pair = SINGULARS.iter().find(|(_, many)| *many == token.lower);
            Some(pair.map_or_else(|| forms.third(&token.lower), |(one, _)| (*one).to_owned()))
        }
        "ed" => forms.participle(&base()),
        "ing" => forms.gerund(&base()),
        "pl" => {
            let pair = SINGULARS.iter().find(|(one, _)| *one == token.lower);
            pair.map(|(_, many)| (*many).to_owned())
        }
        "i" => FIRSTS
            .iter()
            .find(|(other, _)| *other == token.lower)
            .map(|(_, own)| (*own).to_owned()),
        "cap" => Some(capital(&token.lower)),
        "subject" => SUBJECTS
            .iter()
            .find(|(object, _)| *object == token.lower)
            .map(|(_, subject)| (*subject).to_owned()),
        "unpossess" => token
            .lower
            .strip_suffix("'s")
            .map(|word| format!("{word}s")),
        "possess" => possessive(&token.lower),
        "nt" => Some(token.lower.replace("'nt", "n't")),
        "split" => split(&token.lower),
        "one" => forms.singular(&token.lower),
        "many" => forms.plural(&token.lower),
        _ => Some(token.text.to_owned()),
    }
}

/// A replacement with the capital and the apostrophe of what it replaces.
pub(super) fn like(token: &Token<'_>, replacement: &str) -> String {
    let curly = token.text.contains('’');
    let replacement = if curly {
        replacement.replace('\'', "’")
    } else {
        replacement.to_owned()
    };
    let mut letters = replacement.chars();
    let keeps = token.lower == "i" || !token.is_capital();
    match letters.next() {
        Some(first) if !keeps => first.to_uppercase().chain(letters).collect(),
        _ => replacement,
    }
}

/// `set up` of `setup`.
fn split(word: &str) -> Option<String> {
    let verb = |particle: &&str| word.strip_suffix(*particle).filter(|verb| verb.len() > 2);
    let particle = PARTICLES.iter().find(|particle| verb(particle).is_some())?;
    Some(format!("{} {particle}", verb(particle)?))
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

/// `company's` of `companys` and `companies`.
fn possessive(word: &str) -> Option<String> {
    let stem = word.strip_suffix("ies").map(|stem| format!("{stem}y"));
    let stem = stem.or_else(|| word.strip_suffix('s').map(str::to_owned))?;
    Some(format!("{stem}'s"))
}
