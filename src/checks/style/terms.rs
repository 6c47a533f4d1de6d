//! Rules that `[check]` asks for in its own words: terms, words to avoid, inclusive language.

use std::collections::BTreeMap;

use crate::checks::style::draft::DraftFault;
use crate::checks::style::inclusive::INCLUSIVE;
use crate::checks::style::rule::{Action, Kind, Rule};
use crate::checks::style::scope::Scope;
use crate::checks::style::swap::{Keys, swap_of};
use crate::config::{Avoid, Style};
use crate::diagnostic::Severity;

/// The rules of a configuration, and why some of them cannot be made.
pub(super) fn own_rules(style: &Style) -> (Vec<Rule>, Vec<DraftFault>) {
    let mut drafts = Vec::new();
    let (cased, free): (BTreeMap<String, String>, BTreeMap<String, String>) = style
        .terms
        .iter()
        .map(|(wrong, right)| (wrong.clone(), right.clone()))
        .partition(|(wrong, right)| wrong.to_lowercase() == right.to_lowercase());
    for (terms, ignore_case) in [(cased, false), (free, true)] {
        let message = "use `%s`, not `%s`".to_owned();
        let rule = Wanted {
            code: "style-term",
            severity: Severity::Warning,
            message,
            help: None,
            ignore_case,
            keys: Keys::Texts,
        };
        drafts.extend(rule.of(&terms));
    }
    let avoid = style.avoid.iter();
    drafts.extend(avoid.filter_map(|(word, avoid)| avoided(word, avoid)));
    if style.inclusive {
        let table = INCLUSIVE.iter();
        let table = table
            .map(|(word, by)| ((*word).to_owned(), (*by).to_owned()))
            .collect();
        let rule = Wanted {
            code: "style-inclusive",
            severity: Severity::Suggestion,
            message: "`%[2]s` leaves people out; say `%[1]s`".to_owned(),
            help: None,
            ignore_case: true,
            keys: Keys::Words,
        };
        drafts.extend(rule.of(&table));
    }
    let (mut rules, mut faults) = (Vec::new(), Vec::new());
    for draft in drafts {
        match draft {
            Ok(rule) => rules.push(rule),
            Err(fault) => faults.push(fault),
        }
    }
    (rules, faults)
}

fn avoided(word: &str, avoid: &Avoid) -> Option<Result<Rule, DraftFault>> {
    let message = match avoid.instead.is_empty() {
        true => "avoid `%[2]s`",
        false => "use `%s`, not `%s`",
    };
    let rule = Wanted {
        code: "style-avoid",
        severity: Severity::Warning,
        message: message.to_owned(),
        help: avoid.reason.clone(),
        ignore_case: word == word.to_lowercase(),
        keys: Keys::Texts,
    };
    rule.of(&BTreeMap::from([(
        word.to_owned(),
        avoid.instead.join("|"),
    )]))
}

/// What a table of the configuration should become.
struct Wanted {
    code: &'static str,
    severity: Severity,
    message: String,
    help: Option<String>,
    ignore_case: bool,
    keys: Keys,
}

impl Wanted {
    fn of(self, table: &BTreeMap<String, String>) -> Option<Result<Rule, DraftFault>> {
        let swap = swap_of(table, self.ignore_case, self.keys);
        let rule = swap.map(|(swap, beginnings)| Rule {
            code: self.code.to_owned(),
            severity: self.severity,
            message: self.message,
            help: self.help,
            scope: Scope::default(),
            paths: None,
            limit: usize::MAX,
            exceptions: None,
            action: Action::Replace(Vec::new()),
            kind: Kind::Substitution(swap),
            beginnings,
            origin: None,
        });
        (!table.is_empty()).then_some(rule)
    }
}
