//! Every code that a finding may have, with its level and what it means: the tables of the reference,
//! read from the page itself, so that there is one truth.

mod examples;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::checks::described::engine_has;
use crate::checks::ignore::names;
use crate::diagnostic::{Severity, nearest};

pub use examples::{Example, example};

/// The page of the manual that lists the codes.
const PAGE: &str = include_str!("../../../site/content/reference/diagnostics.md");

/// One code, or one family of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The code; of a family its beginning, with `*` after it.
    pub code: String,
    /// The heading that it stands below.
    pub topic: &'static str,
    /// What it means at each of its levels.
    pub senses: Vec<Sense>,
}

/// What a code means at one level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sense {
    /// Its level where the project names no other.
    pub level: Level,
    /// What is wrong.
    pub means: String,
    /// The way out.
    pub advice: String,
}

/// The level of a code where the project names no other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// It is told as this.
    Of(Severity),
    /// It is silent until the project asks for it.
    Off,
    /// It depends on where it comes from, such as a style.
    Various,
}

static ENTRIES: LazyLock<Vec<Entry>> = LazyLock::new(|| read(PAGE));

/// All codes, in the order of the manual.
pub fn entries() -> &'static [Entry] {
    &ENTRIES
}

/// What is known of a code: its own entry, or else that of its family.
pub fn entry(code: &str) -> Option<&'static Entry> {
    let mut own = ENTRIES.iter();
    let own = own.find(|entry| entry.code == code);
    own.or_else(|| {
        let families = ENTRIES.iter().filter(|entry| entry.code.ends_with('*'));
        let of = families.filter(|entry| names(&entry.code, code));
        of.max_by_key(|entry| entry.code.len())
    })
}

/// Whether a rule as written, which may be a family, stands for any code.
pub fn is_known(rule: &str) -> bool {
    match rule.strip_suffix('*') {
        Some(start) => ENTRIES
            .iter()
            .any(|entry| match entry.code.strip_suffix('*') {
                Some("prose-") if start.len() > "prose-".len() => {
                    engine_has(|code| code.starts_with(start))
                }
                Some(family) => family.starts_with(start) || start.starts_with(family),
                None => entry.code.starts_with(start),
            }),
        None => match entry(rule).map(|entry| entry.code.as_str()) {
            Some("prose-*") => engine_has(|code| code == rule),
            // The rule of a style, after the style's own name.
            Some("style-*") => rule
                .strip_prefix("style-")
                .and_then(|name| name.split_once('-'))
                .is_some_and(|(style, name)| !style.is_empty() && !name.is_empty()),
            entry => entry.is_some(),
        },
    }
}

/// The code that is most like a mistyped one.
pub fn nearest_code(rule: &str) -> Option<&'static str> {
    if let Some(start) = rule.strip_suffix('*') {
        let families = ENTRIES
            .iter()
            .filter_map(|entry| Some(entry.code.split_once('-')?.0));
        return nearest(start.trim_end_matches('-'), families);
    }
    nearest(rule, ENTRIES.iter().map(|entry| entry.code.as_str()))
}

/// Whether a code is silent until the project asks for it.
pub fn is_off(code: &str) -> bool {
    let is_off = |sense: &Sense| sense.level == Level::Off;
    entry(code).is_some_and(|entry| entry.senses.iter().all(is_off))
}

/// The words of a cell, without its links.
fn words(cell: &str) -> String {
    let mut out = String::with_capacity(cell.len());
    let mut rest = cell;
    while let Some((before, link)) = rest.split_once('[') {
        out.push_str(before);
        let Some((text, target)) = link.split_once("](") else {
            out.push('[');
            rest = link;
            continue;
        };
        out.push_str(text);
        rest = target.split_once(')').map_or("", |(_, after)| after);
    }
    out.push_str(rest);
    out.replace('\\', "")
}

/// A code as the table has it; what stands for many ends in `…` or in names in capitals.
fn family(written: &str) -> String {
    let end = written.find(|letter: char| letter == '…' || letter.is_uppercase());
    end.map_or_else(|| written.to_owned(), |end| format!("{}*", &written[..end]))
}

/// Reads the tables of the page.
fn read(page: &'static str) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    let mut known: BTreeMap<String, usize> = BTreeMap::new();
    let mut topic = "";
    for line in page.lines() {
        if let Some(heading) = line.strip_prefix("## ") {
            topic = heading;
        }
        let Some(row) = line.strip_prefix("| `") else {
            continue;
        };
        let cells: Vec<&str> = row
            .trim_end_matches(['|', ' '])
            .split(" | ")
            .map(str::trim)
            .collect();
        let (Some(code), Some(advice)) = (cells.first(), cells.last()) else {
            continue;
        };
        let code = family(code.trim_end_matches('`'));
        let (level, means) = match cells.as_slice() {
            [_, level, means, _] => (*level, *means),
            [_, means, ..] => ("", *means),
            _ => continue,
        };
        let sense = Sense {
            level: match level {
                "error" => Level::Of(Severity::Error),
                "warning" => Level::Of(Severity::Warning),
                "suggestion" => Level::Of(Severity::Suggestion),
                level if level.starts_with("off") || level.ends_with("off") => Level::Off,
                _ => Level::Various,
            },
            means: words(means),
            advice: words(advice),
        };
        match known.get(&code).and_then(|at| entries.get_mut(*at)) {
            Some(entry) => entry.senses.push(sense),
            None => {
                known.insert(code.clone(), entries.len());
                entries.push(Entry {
                    code,
                    topic,
                    senses: vec![sense],
                });
            }
        }
    }
    entries
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reference_is_read_whole() {
        let rows = PAGE.lines().filter(|line| line.starts_with("| `")).count();
        let senses: usize = entries().iter().map(|entry| entry.senses.len()).sum();
        assert_eq!(senses, rows);
        assert!(entries().len() > 80 && entries().iter().all(|entry| !entry.topic.is_empty()));
    }

    #[test]
    fn codes_and_families_are_known() {
        for rule in [
            "link-missing",
            "link-*",
            "prose-an-a",
            "prose-*",
            "prose-an*",
            "style-google-headings",
            "style-google-*",
        ] {
            assert!(is_known(rule), "{rule}");
        }
        for rule in ["link-misssing", "links-*", "style-nosuch", ""] {
            assert!(!is_known(rule), "{rule}");
        }
        if cfg!(feature = "prose") {
            assert!(is_known("prose-quantifier-needs-of") && is_known("prose-quantifier*"));
            assert!(!is_known("prose-nosuchrule") && !is_known("prose-nosuch*"));
        }
        assert_eq!(nearest_code("link-misssing"), Some("link-missing"));
        assert_eq!(nearest_code("links-*"), Some("link"));
        assert!(is_off("ignore-reason") && !is_off("link-missing"));
    }
}
