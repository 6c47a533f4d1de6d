//! Runs rules over the text of one page.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use crate::checks::style::formula::Counts;
use crate::checks::style::part::{Part, stands, trimmed};
use crate::checks::style::pattern::{Pattern, PatternFault};
use crate::checks::style::rule::{Action, Kind, Rule, Swap, fill};
use crate::checks::style::set::RuleSet;
use crate::checks::text::block::PLACEHOLDER;
use crate::checks::text::walk::Prose;
use crate::diagnostic::Diagnostic;
use crate::site::Page;

/// The rules that were given up, and why.
pub(super) type Faults = BTreeMap<usize, BTreeSet<PatternFault>>;

/// What was found in a page.
#[derive(Default)]
pub(super) struct Outcome {
    /// The findings, each with the rule that has it.
    pub found: Vec<(usize, Diagnostic)>,
    /// The rules that were given up, and why.
    pub faults: Vec<(usize, PatternFault)>,
}

/// Reads a page without the rules that were given up.
pub(super) fn read_page(set: &RuleSet, given_up: &Faults, page: &Page, prose: &Prose) -> Outcome {
    let here = |(at, rule): (usize, &Rule)| {
        let paths = rule.paths.as_ref();
        !given_up.contains_key(&at) && paths.is_none_or(|paths| paths.is_match(page.path.as_str()))
    };
    let mut reader = Reader {
        page,
        told: vec![0; set.rules.len()],
        is_on: set.rules.iter().enumerate().map(here).collect(),
        outcome: Outcome::default(),
    };
    for block in &prose.blocks {
        let likely = set.likely(&block.text);
        for (at, rule) in set.rules.iter().enumerate() {
            if !likely[at] || !reader.is_on[at] || !rule.kind.is_local() {
                continue;
            }
            for range in rule.scope.parts(block) {
                reader.try_part(at, rule, Part::of(block, range));
            }
        }
    }
    for (at, rule) in set.rules.iter().enumerate() {
        if !reader.is_on[at] {
            continue;
        }
        if rule.kind.is_local() && rule.scope.is_raw() {
            let part = Part {
                text: page.markdown(),
                block: None,
                start: page.body,
            };
            reader.try_part(at, rule, part);
        } else if !rule.kind.is_local() || rule.scope.is_page() {
            let read = reader.page(at, rule, prose);
            reader.keep(at, read);
        }
    }
    reader.outcome
}

impl Kind {
    /// Whether it looks at one part of a page without knowing the others.
    fn is_local(&self) -> bool {
        !matches!(
            self,
            Self::Conditional { .. } | Self::Consistency(_) | Self::Metric(_)
        )
    }
}

struct Reader<'a> {
    page: &'a Page,
    /// How many findings of each rule were told.
    told: Vec<usize>,
    /// Whether each rule holds for the page and was not given up.
    is_on: Vec<bool>,
    outcome: Outcome,
}

impl Reader<'_> {
    fn try_part(&mut self, at: usize, rule: &Rule, part: Part<'_>) {
        if self.is_on[at] {
            let read = self.part(at, rule, part);
            self.keep(at, read);
        }
    }

    fn keep(&mut self, at: usize, read: Result<(), PatternFault>) {
        if let Err(fault) = read {
            self.is_on[at] = false;
            self.outcome.faults.push((at, fault));
        }
    }

    fn part(&mut self, at: usize, rule: &Rule, part: Part<'_>) -> Result<(), PatternFault> {
        match &rule.kind {
            Kind::Existence(pattern) => {
                for range in pattern.find(part.text)? {
                    let found = part.text[range.clone()].trim();
                    if !part.is_cut(&range) && !excepts(rule, found)? {
                        self.exists(at, rule, part, range)?;
                    }
                }
            }
            Kind::Substitution(swap) => self.swap(at, rule, swap, part)?,
            Kind::Occurrence { token, min, max } => {
                let found = token.find_all(part.text)?;
                let extra = max.and_then(|max| found.get(max));
                let count = found.len().to_string();
                if let Some(extra) = extra {
                    let whole = 0..part.text.len();
                    // A long sentence is at fault as a whole, a short text where it goes too far.
                    let range = if max.is_some_and(|max| max > 3) {
                        whole
                    } else {
                        extra.clone()
                    };
                    self.tell(at, rule, part, &range, &[&count], Vec::new());
                } else if found.len() < *min {
                    self.tell(at, rule, part, &(0..part.text.len()), &[&count], Vec::new());
                }
            }
            Kind::Repetition {
                tokens,
                max,
                ignore_case,
                only_letters,
            } => {
                let is_same = |a: &str, b: &str| match ignore_case {
                    true => a.to_lowercase() == b.to_lowercase(),
                    false => a == b,
                };
                let found = tokens.find_all(part.text)?;
                let mut count = 0;
                for pair in found.windows(2) {
                    let [first, second] = [&pair[0], &pair[1]];
                    let (one, other) = (
                        part.text[first.clone()].trim(),
                        part.text[second.clone()].trim(),
                    );
                    let range = first.start..second.end;
                    let fits = (!only_letters || one.chars().all(char::is_alphabetic))
                        && !one.contains(PLACEHOLDER);
                    if !is_same(one, other) || !fits || part.is_cut(&range) {
                        count = 0;
                        continue;
                    }
                    count += 1;
                    let plain = part
                        .block
                        .is_none_or(|block| block.is_plain(&part.within(&range)));
                    if count > *max && plain && !excepts(rule, &part.text[range.clone()])? {
                        let texts = rule.action.texts(&part.text[range.clone()])?;
                        self.tell(at, rule, part, &range, &[one], texts);
                    }
                }
            }
            Kind::Capitalization(case) => {
                if !case.holds(part.text, &part.masked(), rule.exceptions.as_ref())? {
                    let range = trimmed(part.text, &(0..part.text.len()));
                    self.tell(
                        at,
                        rule,
                        part,
                        &range,
                        &[&part.text[range.clone()]],
                        Vec::new(),
                    );
                }
            }
            Kind::Conditional { .. } | Kind::Consistency(_) | Kind::Metric(_) => {}
        }
        Ok(())
    }

    fn exists(
        &mut self,
        at: usize,
        rule: &Rule,
        part: Part<'_>,
        range: Range<usize>,
    ) -> Result<(), PatternFault> {
        let whole = &part.text[range.clone()];
        let range = match &rule.action {
            // It may be about the space around.
            Action::Edit(..) => range,
            _ => trimmed(part.text, &range),
        };
        let found = &part.text[range.clone()];
        self.tell(
            at,
            rule,
            part,
            &range,
            &[whole.trim()],
            rule.action.texts(found)?,
        );
        Ok(())
    }

    fn swap(
        &mut self,
        at: usize,
        rule: &Rule,
        swap: &Swap,
        part: Part<'_>,
    ) -> Result<(), PatternFault> {
        for (range, by) in swap.find(part.text)? {
            let range = trimmed(part.text, &range);
            let found = &part.text[range.clone()];
            let choices: Vec<&str> = by.split('|').filter(|by| !by.is_empty()).collect();
            let is_right = choices.iter().any(|by| stands(part.text, &range, by));
            if is_right || part.is_cut(&range) || excepts(rule, found)? {
                continue;
            }
            let case = |by: &&str| match swap.ignore_case && found.starts_with(char::is_uppercase) {
                true => capital(by),
                false => (*by).to_owned(),
            };
            let texts = match &rule.action {
                Action::Replace(texts) if texts.is_empty() => choices.iter().map(case).collect(),
                // What Vale's styles say for a text may be a sentence with quotes of its own.
                Action::None if !by.contains(['\'', '"']) => choices.iter().map(case).collect(),
                action => action.texts(found)?,
            };
            let wanted = joined(&rule.message, &choices);
            self.tell(at, rule, part, &range, &[&wanted, found], texts);
        }
        Ok(())
    }

    /// What is known of a rule when all of the page is read.
    fn page(&mut self, at: usize, rule: &Rule, prose: &Prose) -> Result<(), PatternFault> {
        let parts = prose.blocks.iter().flat_map(|block| {
            let ranges = rule.scope.parts(block).into_iter();
            ranges.map(move |range| Part::of(block, range))
        });
        let parts: Vec<Part<'_>> = parts.collect();
        match &rule.kind {
            Kind::Conditional { first, second } => {
                self.conditional(at, rule, &parts, [first, second])
            }
            Kind::Consistency(pairs) => pairs
                .iter()
                .try_for_each(|pair| self.consistency(at, rule, &parts, pair)),
            Kind::Metric(formula) => {
                if let Some(figure) = formula.reported(&Counts::of(&prose.blocks)) {
                    let message = fill(&rule.message, &[&format!("{figure:.1}")]);
                    let mut found =
                        Diagnostic::new(rule.code.clone(), rule.severity, &self.page.path, message);
                    found.help.clone_from(&rule.help);
                    self.outcome.found.push((at, found));
                }
                Ok(())
            }
            Kind::Occurrence { token, min, max } => {
                let mut count = 0;
                for block in &prose.blocks {
                    count += token.find_all(&block.text)?.len();
                }
                if count < *min || max.is_some_and(|max| count > max) {
                    let message = fill(&rule.message, &[&count.to_string()]);
                    let mut found =
                        Diagnostic::new(rule.code.clone(), rule.severity, &self.page.path, message);
                    found.help.clone_from(&rule.help);
                    self.outcome.found.push((at, found));
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// The first of two texts needs the second; each text is told once.
    fn conditional(
        &mut self,
        at: usize,
        rule: &Rule,
        parts: &[Part<'_>],
        [first, second]: [&Pattern; 2],
    ) -> Result<(), PatternFault> {
        let mut explained = BTreeSet::new();
        for part in parts {
            match second.groups(part.text)? {
                Some(groups) => explained.extend(groups),
                None if second.is_in(part.text)? => return Ok(()),
                None => {}
            }
        }
        for part in parts {
            for range in first.find(part.text)? {
                let found = part.text[range.clone()].trim().to_owned();
                if !explained.contains(&found) && !part.is_cut(&range) && !excepts(rule, &found)? {
                    self.tell(
                        at,
                        rule,
                        *part,
                        &trimmed(part.text, &range),
                        &[&found],
                        Vec::new(),
                    );
                    explained.insert(found);
                }
            }
        }
        Ok(())
    }

    /// Of two forms, the one that a page uses less is told; of two as frequent, the later one.
    fn consistency(
        &mut self,
        at: usize,
        rule: &Rule,
        parts: &[Part<'_>],
        pair: &[Pattern; 2],
    ) -> Result<(), PatternFault> {
        let mut places: [Vec<(Part<'_>, Range<usize>)>; 2] = [Vec::new(), Vec::new()];
        for part in parts {
            for (pattern, places) in pair.iter().zip(&mut places) {
                let found = pattern.find(part.text)?.into_iter();
                places.extend(
                    found
                        .filter(|range| !part.is_cut(range))
                        .map(|range| (*part, range)),
                );
            }
        }
        let first = |places: &Vec<(Part<'_>, Range<usize>)>| {
            places
                .first()
                .map_or(usize::MAX, |(part, range)| part.source(range).start)
        };
        let [one, other] = &places;
        if one.is_empty() || other.is_empty() {
            return Ok(());
        }
        let one_wins = (one.len(), first(other)) > (other.len(), first(one));
        let (more, less) = if one_wins { (one, other) } else { (other, one) };
        let (part, range) = &more[0];
        let wanted = part.text[range.clone()].to_owned();
        for (part, range) in less {
            let found = &part.text[range.clone()];
            self.tell(at, rule, *part, range, &[found, &wanted], Vec::new());
        }
        Ok(())
    }

    fn tell(
        &mut self,
        at: usize,
        rule: &Rule,
        part: Part<'_>,
        range: &Range<usize>,
        values: &[&str],
        texts: Vec<String>,
    ) {
        if self.told[at] >= rule.limit {
            return;
        }
        self.told[at] += 1;
        let message = fill(&rule.message, values).replace(PLACEHOLDER, "…");
        let mut found =
            self.page
                .diagnostic("style-rule", rule.severity, part.source(range), message);
        found.code = rule.code.clone().into();
        found.help.clone_from(&rule.help);
        if part.is_whole(range) {
            found.replacements = texts;
        }
        self.outcome.found.push((at, found));
    }
}

fn excepts(rule: &Rule, found: &str) -> Result<bool, PatternFault> {
    match &rule.exceptions {
        Some(exceptions) => exceptions.is_in(found),
        None => Ok(false),
    }
}

/// Choices for a message; where it quotes them, each has its own quotes.
fn joined(message: &str, choices: &[&str]) -> String {
    let at = message.find("%s").or_else(|| message.find("%[1]s"));
    let before = at.and_then(|at| message[..at].chars().next_back());
    let between = match before {
        Some(quote @ ('\'' | '"' | '`')) => format!("{quote} or {quote}"),
        Some('‘') => "’ or ‘".to_owned(),
        Some('“') => "” or “".to_owned(),
        _ => " or ".to_owned(),
    };
    choices.join(&between)
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}

impl Swap {
    /// Texts and what should stand for them: in order and apart, of two the longer one.
    fn find(&self, text: &str) -> Result<Vec<(Range<usize>, String)>, PatternFault> {
        let mut found = Vec::new();
        for words in &self.words {
            for range in words.find(text)? {
                let word = &text[range.clone()];
                let by = match self.ignore_case {
                    true => self.by_word.get(&word.to_lowercase()),
                    false => self.by_word.get(word),
                };
                found.extend(by.map(|by| (range, by.clone())));
            }
        }
        for (pattern, by) in &self.patterns {
            for range in pattern.find(text)? {
                let by = match by.contains('$') {
                    true => pattern.replace(&text[range.clone()], by)?,
                    false => by.clone(),
                };
                found.push((range, by));
            }
        }
        found.sort_by_key(|(range, _)| (range.start, std::cmp::Reverse(range.end)));
        let mut end = 0;
        found.retain(|(range, _)| {
            let apart = range.start >= end;
            end = if apart { range.end } else { end };
            apart
        });
        Ok(found)
    }
}
