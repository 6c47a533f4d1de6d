//! Line-wise dialects that are text to CommonMark, each named at its first place.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::markdown::code_spans;
use crate::site::expand::text::{Fault, FaultKind};

pub(super) fn find_dialects(text: &str, body: usize, faults: &mut Vec<Fault>) {
    if memchr::memmem::find(&text.as_bytes()[body..], b"{%").is_none() {
        return;
    }
    let dialect = |line: &str| -> Option<&'static str> {
        let line = line.trim_start();
        match line {
            // Zola's shortcodes are calls: a name and parentheses, or `end`.
            _ if line.starts_with("{% end ") || line.contains('(') => None,
            _ if line.starts_with("{% ") || line.starts_with("{%- ") => Some("{% %} (Liquid tag)"),
            _ => None,
        }
    };
    let mut found: Vec<(&str, Range<usize>)> = Vec::new();
    let mut at = body;
    for line in text[body..].split_inclusive('\n') {
        found.extend(dialect(line).map(|name| (name, at..at + line.trim_end().len())));
        at += line.len();
    }
    if found.is_empty() {
        return;
    }
    let code = code_spans(&text[body..]);
    let in_code = |at: usize| {
        let mut code = code.iter();
        code.any(|span| span.start + body <= at && at < span.end + body)
    };
    let mut first: BTreeMap<&str, Range<usize>> = BTreeMap::new();
    for (name, span) in found.into_iter().filter(|(_, span)| !in_code(span.start)) {
        first.entry(name).or_insert(span);
    }
    faults.extend(first.into_iter().map(|(name, span)| Fault {
        kind: FaultKind::Unknown,
        name: name.to_owned(),
        span,
    }));
}
