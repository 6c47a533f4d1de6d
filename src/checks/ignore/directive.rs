//! The words of a remark: `VERB RULES [until DATE] [-- REASON]`.

use crate::diagnostic::nearest;
use crate::site::Date;

/// What a remark does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verb {
    /// Silences the block that it stands in, or else the next.
    Ignore,
    /// Silences its line, or else the next.
    IgnoreLine,
    /// Silences the file.
    IgnoreFile,
    /// Silences everything below.
    Off,
    /// Ends what `off` begins.
    On,
}

const VERBS: &[(&str, Verb)] = &[
    ("ignore", Verb::Ignore),
    ("ignore-line", Verb::IgnoreLine),
    ("ignore-file", Verb::IgnoreFile),
    ("off", Verb::Off),
    ("on", Verb::On),
];

/// What a remark says.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Directive {
    pub verb: Verb,
    /// The rules, as codes or families such as `prose-*`.
    pub rules: Vec<String>,
    /// The day from which it no longer holds.
    pub until: Option<Date>,
    pub reason: Option<String>,
}

/// A remark that cannot be read: what is wrong, and the way out.
pub(super) type Fault = (String, String);

impl Directive {
    pub(super) fn read(words: &str) -> Result<Self, Fault> {
        let (order, reason) = match words.split_once("--").or_else(|| words.split_once('—')) {
            Some((order, reason)) => (order, Some(reason.trim().to_owned())),
            None => (words, None),
        };
        let mut order = order
            .split(|letter: char| letter == ',' || letter.is_whitespace())
            .filter(|word| !word.is_empty());
        let word = order.next().unwrap_or_default().to_lowercase();
        let Some((_, verb)) = VERBS.iter().find(|(name, _)| *name == word) else {
            let names = VERBS.iter().map(|(name, _)| *name);
            let help = match nearest(&word, names) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "write `ignore`, `ignore-line`, `ignore-file`, `off` or `on`".to_owned(),
            };
            return Err((format!("`tympan: {word}` says nothing to tympan"), help));
        };
        let mut rules = Vec::new();
        let mut until = None;
        while let Some(word) = order.next() {
            if word.eq_ignore_ascii_case("until") {
                let day = order.next().unwrap_or_default();
                let bad = || {
                    let help = "write it as `until 2027-01-31`".to_owned();
                    (format!("`{day}` is not a date"), help)
                };
                until = Some(Date::parse(day).ok_or_else(bad)?);
            } else {
                rules.push(plain_code(word));
            }
        }
        let is_all = |rule: &String| rule == "*" || rule == "all";
        if rules.iter().any(is_all) || (rules.is_empty() && *verb != Verb::On) {
            let message = format!("`tympan: {word}` names no rule, and silences nothing");
            let help = "name one, such as `spelling-likely`, or a family, such as `prose-*`";
            return Err((message, help.to_owned()));
        }
        Ok(Self {
            verb: *verb,
            rules,
            until,
            reason: reason.filter(|reason| !reason.is_empty()),
        })
    }
}

/// A code as people may write it: in any case, and with a dot for the dash.
pub(in crate::checks) fn plain_code(word: &str) -> String {
    word.to_lowercase().replace('.', "-")
}

/// Whether a rule as written, which may be a family, stands for a code.
pub(in crate::checks) fn names(rule: &str, code: &str) -> bool {
    match rule.strip_suffix('*') {
        Some(start) => code.starts_with(start),
        None => rule == code,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn case(words: &str, verb: Verb, rules: &[&str], until: Option<&str>, reason: Option<&str>) {
        let read = Directive::read(words).unwrap();
        let day = read.until.map(Date::day);
        assert_eq!((read.verb, read.reason.as_deref()), (verb, reason));
        assert_eq!(
            (read.rules, day.as_deref()),
            (rules.iter().map(|rule| (*rule).to_owned()).collect(), until)
        );
    }

    #[test]
    fn rules_a_date_and_a_reason() {
        case(
            "ignore spelling.likely -- proper noun",
            Verb::Ignore,
            &["spelling-likely"],
            None,
            Some("proper noun"),
        );
        case(
            "off prose-*, link-missing",
            Verb::Off,
            &["prose-*", "link-missing"],
            None,
            None,
        );
        case(
            "ignore-file a until 2027-01-01 -- b -- c",
            Verb::IgnoreFile,
            &["a"],
            Some("2027-01-01"),
            Some("b -- c"),
        );
        case("on", Verb::On, &[], None, None);
        case("Ignore-Line A—b", Verb::IgnoreLine, &["a"], None, Some("b"));
    }

    #[test]
    fn what_cannot_be_read_says_so() {
        let fault = |words: &str| Directive::read(words).unwrap_err().1;
        assert_eq!(fault("ignor a"), "did you mean `ignore`?");
        assert!(fault("ignore -- all of it").starts_with("name one"));
        assert!(fault("ignore *").starts_with("name one"));
        assert_eq!(
            fault("ignore a until soon"),
            "write it as `until 2027-01-31`"
        );
        assert!(fault("").starts_with("write `ignore`"));
    }
}
