//! From keys to a rule, in our own words or in those of Vale.

use globset::{Glob, GlobSet, GlobSetBuilder};

use crate::checks::style::capital::{Case, Form, Title};
use crate::checks::style::fields::Fields;
use crate::checks::style::formula::{Condition, Expression, Figure, Formula, Grade};
use crate::checks::style::pattern::{Pattern, PatternFault, beginnings, is_plain};
use crate::checks::style::rule::{Action, Kind, Rule};
use crate::checks::style::scope::{NAMES, Scope};
use crate::checks::style::swap::{Keys, all_beginnings, bounded, swap_of};
use crate::diagnostic::{Severity, nearest};

/// How many findings of one page and rule are reported if the rule says nothing.
const LIMIT: usize = 500;

/// The kinds of rules, in our own words.
const KINDS: &[&str] = &[
    "existence",
    "substitution",
    "occurrence",
    "repetition",
    "capitalisation",
    "capitalization",
    "conditional",
    "consistency",
    "readability",
    "metric",
    "sequence",
];

/// Whose words a rule is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Words {
    /// Our own, in TOML.
    Own,
    /// Those of Vale, in YAML.
    Vale,
}

/// What became of the keys of a rule.
#[derive(Debug)]
pub(super) enum Draft {
    /// A rule, and the keys that are not understood.
    Rule(Box<Rule>, Vec<String>),
    /// A kind of rule that cannot run.
    Unsupported(String),
    /// A rule whose work another check does.
    Elsewhere,
}

/// Why there is no rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DraftFault {
    /// Whether a pattern is at fault.
    pub is_pattern: bool,
    /// What is wrong.
    pub message: String,
    /// The text in the file that is at fault, if it can be found there.
    pub near: Option<String>,
    /// The next step.
    pub help: Option<String>,
}

impl From<String> for DraftFault {
    fn from(message: String) -> Self {
        Self {
            is_pattern: false,
            message,
            near: None,
            help: None,
        }
    }
}

impl DraftFault {
    /// A pattern that cannot be used.
    pub(super) fn pattern(pattern: &str, fault: &PatternFault) -> Self {
        let why = match fault {
            PatternFault::Bad(why) => why,
            PatternFault::TooSlow => "it takes too much work",
        };
        let shown: String = pattern.chars().take(60).collect();
        Self {
            is_pattern: true,
            message: format!("the pattern `{shown}` cannot be used: {why}"),
            near: Some(pattern.to_owned()),
            help: None,
        }
    }

    fn unknown(what: &str, name: &str, known: &[&'static str]) -> Self {
        let help = match nearest(name, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("known here: {}", known.join(", ")),
        };
        Self {
            is_pattern: false,
            message: format!("unknown {what} `{name}`"),
            near: Some(name.to_owned()),
            help: Some(help),
        }
    }
}

/// The keys of a rule in our own words.
const OWN_KEYS: &[&str] = &[
    "kind",
    "message",
    "level",
    "help",
    "link",
    "scope",
    "paths",
    "exceptions",
    "limit",
    "ignore_case",
    "whole_words",
    "tokens",
    "raw",
    "swap",
    "token",
    "min",
    "max",
    "letters",
    "first",
    "second",
    "either",
    "match",
    "style",
    "indicators",
    "threshold",
    "metrics",
    "grade",
    "formula",
    "condition",
    "action",
];

struct Drafter {
    words: Words,
    fields: Fields,
    ignore_case: bool,
    whole_words: bool,
    beginnings: Option<Vec<String>>,
}

/// Makes a rule of its keys.
pub(super) fn draft(code: String, fields: Fields, words: Words) -> Result<Draft, DraftFault> {
    let mut drafter = Drafter {
        words,
        fields,
        ignore_case: false,
        whole_words: true,
        beginnings: None,
    };
    drafter.draft(code)
}

impl Drafter {
    fn draft(&mut self, code: String) -> Result<Draft, DraftFault> {
        let vale = self.words == Words::Vale;
        let key = if vale { "extends" } else { "kind" };
        let name = self.fields.text(key)?;
        let name = name.ok_or_else(|| format!("the rule has no `{key}`"))?;
        match name.as_str() {
            "script" if vale => return Ok(Draft::Unsupported("`script` rules".to_owned())),
            "spelling" if vale => return Ok(Draft::Elsewhere),
            name if KINDS.contains(&name) => {}
            name => return Err(DraftFault::unknown("kind", name, KINDS)),
        }
        let message = self.fields.text("message")?;
        let message = message.ok_or_else(|| "the rule has no `message`".to_owned())?;
        let severity = self.level()?;
        let written = self.fields.list("scope")?;
        let scope = match Scope::parse(&written) {
            Ok(scope) => scope,
            Err(scope) if vale => return Ok(Draft::Unsupported(format!("the scope `{scope}`"))),
            Err(scope) => return Err(DraftFault::unknown("scope", &scope, NAMES)),
        };
        let help = self.fields.text("help")?;
        let link = self.fields.text("link")?.map(|link| format!("see {link}"));
        let paths = self.paths()?;
        let exceptions = self.exceptions()?;
        let limit = self.fields.count("limit")?.filter(|limit| *limit > 0);
        if vale {
            self.ignore_case = self.fields.truth("ignorecase")?;
            self.whole_words = !self.fields.truth("nonword")?;
            self.fields
                .skip(&["description", "name", "vocab", "custom", "capitalize"]);
        } else {
            self.ignore_case = self.fields.truth("ignore_case")?;
            self.whole_words = self.fields.truth_if_any("whole_words")?.unwrap_or(true);
        }
        let action = self.action()?;
        let Some(kind) = self.kind(&name)? else {
            return Ok(Draft::Unsupported(
                "parts of speech in `sequence` rules".to_owned(),
            ));
        };
        let left: Vec<String> = self.fields.left().map(str::to_owned).collect();
        if let Some(key) = left.first().filter(|_| !vale) {
            return Err(DraftFault::unknown("key", key, OWN_KEYS));
        }
        let rule = Rule {
            code,
            severity,
            message,
            help: [help, link]
                .into_iter()
                .flatten()
                .reduce(|help, link| format!("{help}; {link}")),
            scope,
            paths,
            limit: limit.unwrap_or(LIMIT).min(LIMIT),
            exceptions,
            action,
            kind,
            beginnings: self.beginnings.take(),
            origin: None,
        };
        Ok(Draft::Rule(Box::new(rule), left))
    }

    fn level(&mut self) -> Result<Severity, DraftFault> {
        match self.fields.text("level")?.as_deref() {
            Some("error") => Ok(Severity::Error),
            Some("warning") | None => Ok(Severity::Warning),
            Some("suggestion") => Ok(Severity::Suggestion),
            Some(other) => Err(DraftFault::unknown(
                "level",
                other,
                &["suggestion", "warning", "error"],
            )),
        }
    }

    fn paths(&mut self) -> Result<Option<GlobSet>, DraftFault> {
        if self.words == Words::Vale {
            return Ok(None);
        }
        let written = self.fields.list("paths")?;
        let mut globs = GlobSetBuilder::new();
        for path in &written {
            let glob = Glob::new(path)
                .map_err(|fault| format!("`{path}` is not a glob: {}", fault.kind()))?;
            globs.add(glob);
        }
        let globs = globs.build().map_err(|fault| fault.to_string())?;
        Ok(Some(globs).filter(|_| !written.is_empty()))
    }

    fn exceptions(&mut self) -> Result<Option<Pattern>, DraftFault> {
        let mut written = self.fields.list("exceptions")?;
        written.retain(|text| !text.trim().is_empty());
        written.sort_by_key(|text| (std::cmp::Reverse(text.len()), text.clone()));
        for text in &written {
            beginnings(text, false).map_err(|fault| DraftFault::pattern(text, &fault))?;
        }
        let bounded = |text: &String| match is_plain(text) {
            true => bounded(text, true),
            false => format!("\\b(?:{text})\\b"),
        };
        let parts: Vec<String> = written.iter().map(bounded).collect();
        let joined = || format!("(?m)(?:{})", parts.join("|"));
        Ok((!written.is_empty()).then(|| Pattern::new(joined())))
    }

    fn action(&mut self) -> Result<Action, DraftFault> {
        let Some(mut inner) = self.fields.inner("action")? else {
            return Ok(Action::None);
        };
        let name = inner.text("name")?.unwrap_or_default();
        let mut parameters = inner.list("params")?;
        Ok(match name.as_str() {
            "replace" => Action::Replace(parameters),
            "remove" => Action::Remove,
            "edit" if !parameters.is_empty() => {
                let name = parameters.remove(0);
                if let ("regex", Some(pattern)) = (name.as_str(), parameters.first()) {
                    Pattern::checked(pattern.clone())
                        .map_err(|fault| DraftFault::pattern(pattern, &fault))?;
                }
                Action::Edit(name, parameters)
            }
            _ => Action::None,
        })
    }

    fn kind(&mut self, name: &str) -> Result<Option<Kind>, DraftFault> {
        Ok(Some(match name {
            "existence" => self.existence()?,
            "substitution" => {
                self.fields.skip(&["pos"]);
                let swap = self.fields.table("swap")?;
                let keys = match self.whole_words {
                    true => Keys::Words,
                    false => Keys::Parts,
                };
                let (swap, beginnings) = swap_of(&swap, self.ignore_case, keys)?;
                self.beginnings = beginnings;
                Kind::Substitution(swap)
            }
            "occurrence" => {
                let token = self.text("token")?;
                let min = self.fields.count("min")?.unwrap_or(0);
                let max = self.fields.count("max")?;
                // Vale says nothing with 0, in whose place our own rules have `existence`.
                let max = max.filter(|max| self.words == Words::Own || *max > 0);
                let token = self.pattern(&token, "(?:", ")")?;
                Kind::Occurrence { token, min, max }
            }
            "repetition" => {
                let letters = if self.words == Words::Vale {
                    "alpha"
                } else {
                    "letters"
                };
                let tokens = self.tokens("tokens")?.join("|");
                Kind::Repetition {
                    tokens: self.pattern(&tokens, "(?:", ")")?,
                    max: self.fields.count("max")?.unwrap_or(0),
                    ignore_case: self.ignore_case,
                    only_letters: self.fields.truth(letters)?,
                }
            }
            "capitalisation" | "capitalization" => Kind::Capitalization(self.case()?),
            "conditional" => {
                let (first, second) = (self.text("first")?, self.text("second")?);
                Kind::Conditional {
                    first: self.pattern(&first, "", "")?,
                    second: self.pattern(&second, "", "")?,
                }
            }
            "consistency" => {
                let mut pairs = Vec::new();
                for (one, other) in self.fields.table("either")? {
                    pairs.push([self.word(&one)?, self.word(&other)?]);
                }
                Kind::Consistency(pairs)
            }
            "readability" => Kind::Metric(self.readability()?),
            "metric" => {
                let (formula, condition) = (self.text("formula")?, self.text("condition")?);
                let read = Condition::parse(&condition);
                let help = || format!("`{condition}` is no condition such as `> 10`");
                Kind::Metric(Formula {
                    figure: Figure::Expression(Expression::parse(&formula)?),
                    condition: read.ok_or_else(help)?,
                })
            }
            _ => return self.sequence(),
        }))
    }

    fn existence(&mut self) -> Result<Kind, DraftFault> {
        let raw = self.fields.list("raw")?.concat();
        let last = self.words == Words::Vale && self.fields.truth("append")?;
        let tokens = match raw.is_empty() {
            true => self.tokens("tokens")?,
            false => self.fields.list("tokens")?,
        };
        let tokens: Vec<String> = tokens
            .into_iter()
            .filter(|token| !token.trim().is_empty())
            .collect();
        if raw.is_empty() {
            self.beginnings = all_beginnings(&tokens, self.ignore_case)?;
        } else {
            for part in tokens.iter().chain([&raw]) {
                beginnings(part, self.ignore_case)
                    .map_err(|fault| DraftFault::pattern(part, &fault))?;
            }
        }
        let flags = if self.ignore_case { "(?im)" } else { "(?m)" };
        let joined = match (tokens.is_empty(), self.whole_words) {
            (true, _) => String::new(),
            (_, true) => format!("\\b(?:{})\\b", tokens.join("|")),
            (_, false) => format!("(?:{})", tokens.join("|")),
        };
        let source = match last {
            true => format!("{flags}{joined}{raw}"),
            false => format!("{flags}{raw}{joined}"),
        };
        Ok(Kind::Existence(Pattern::new(source)))
    }

    fn case(&mut self) -> Result<Case, DraftFault> {
        let written = self.text("match")?;
        let style = self.fields.text("style")?;
        let title = match style.as_deref() {
            Some("Chicago" | "chicago") => Title::Chicago,
            _ => Title::Ap,
        };
        let form = match written.trim_start_matches('$') {
            "title" => Form::Title(title),
            "sentence" => Form::Sentence,
            "lower" => Form::Lower,
            "upper" => Form::Upper,
            _ => Form::Pattern(self.pattern(&written, "", "")?),
        };
        self.fields.skip(&["prefix"]);
        let threshold = self.fields.number("threshold")?;
        Ok(Case {
            form,
            indicators: self.fields.list("indicators")?,
            threshold: threshold
                .filter(|threshold| *threshold > 0.0)
                .unwrap_or(0.8),
        })
    }

    fn readability(&mut self) -> Result<Formula, DraftFault> {
        let names = self.fields.list("metrics")?;
        let known = Grade::NAMES.map(|(name, _)| name);
        let grade = |name: &String| {
            let found = Grade::NAMES
                .iter()
                .find(|(known, _)| known.eq_ignore_ascii_case(name));
            found
                .map(|(_, grade)| *grade)
                .ok_or_else(|| DraftFault::unknown("metric", name, &known))
        };
        let grades: Result<Vec<Grade>, DraftFault> = names.iter().map(grade).collect();
        let mut grades = grades?;
        if grades.is_empty() {
            grades.push(Grade::FleschKincaid);
        }
        let bound = self.fields.number("grade")?;
        let bound = bound.ok_or_else(|| "the rule has no `grade`".to_owned())?;
        Ok(Formula {
            figure: Figure::Grades(grades),
            condition: Condition::above(bound),
        })
    }

    /// Words in a row; none if their parts of speech matter.
    fn sequence(&mut self) -> Result<Option<Kind>, DraftFault> {
        let mut source = String::new();
        for (at, mut token) in self.fields.tables("tokens")?.into_iter().enumerate() {
            let (pattern, tag) = (token.text("pattern")?, token.text("tag")?);
            let (skip, negate) = (
                token.count("skip")?.unwrap_or(0).min(20),
                token.truth("negate")?,
            );
            let Some(pattern) = pattern.filter(|_| tag.is_none() && !negate) else {
                return Ok(None);
            };
            beginnings(&pattern, self.ignore_case)
                .map_err(|fault| DraftFault::pattern(&pattern, &fault))?;
            if at > 0 {
                source.push_str("\\s+");
            }
            if skip > 0 {
                source.push_str("(?:\\S+\\s+){0,");
                source.push_str(&skip.to_string());
                source.push('}');
            }
            source.push_str("(?:");
            source.push_str(&pattern);
            source.push(')');
        }
        if source.is_empty() {
            return Err("the rule has no `tokens`".to_owned().into());
        }
        Ok(Some(Kind::Existence(self.pattern(&source, "\\b", "\\b")?)))
    }

    fn text(&mut self, key: &str) -> Result<String, DraftFault> {
        let text = self.fields.text(key)?.filter(|text| !text.is_empty());
        Ok(text.ok_or_else(|| format!("the rule has no `{key}`"))?)
    }

    fn tokens(&mut self, key: &str) -> Result<Vec<String>, DraftFault> {
        let tokens = self.fields.list(key)?;
        if tokens.is_empty() {
            return Err(format!("the rule has no `{key}`").into());
        }
        Ok(tokens)
    }

    fn word(&self, pattern: &str) -> Result<Pattern, DraftFault> {
        match self.whole_words {
            true => self.pattern(pattern, "\\b(?:", ")\\b"),
            false => self.pattern(pattern, "(?:", ")"),
        }
    }

    fn pattern(&self, pattern: &str, before: &str, after: &str) -> Result<Pattern, DraftFault> {
        beginnings(pattern, self.ignore_case)
            .map_err(|fault| DraftFault::pattern(pattern, &fault))?;
        let flags = if self.ignore_case { "(?im)" } else { "(?m)" };
        Ok(Pattern::new(format!("{flags}{before}{pattern}{after}")))
    }
}
