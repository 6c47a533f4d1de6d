//! The definitions of links, `[label]: address`: those that are missing, of no use, or given again.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use pulldown_cmark::{BrokenLink, CowStr, Event, LinkType, Parser, Tag};

use crate::markdown::blocks::rewritten;
use crate::markdown::parse::{options, parse};

/// A label and the bytes it is about.
pub type Labeled = (String, Range<usize>);

/// What is wrong with the definitions of a text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DefinitionFaults {
    /// Links by labels that nothing defines, as `[text][label]` or `[label][]`, which stay text.
    pub missing: Vec<Labeled>,
    /// Definitions that no link uses.
    pub unused: Vec<Labeled>,
    /// Definitions of a label that leads elsewhere already.
    pub repeated: Vec<Labeled>,
    /// Every label that is defined.
    pub labels: BTreeSet<String>,
}

/// What is wrong with the definitions of `text`; spans are shifted by `offset`.
pub fn definition_faults(text: &str, offset: usize) -> DefinitionFaults {
    if !text.contains("][") && !text.contains("]:") {
        return DefinitionFaults::default();
    }
    let rewriting = rewritten(text, parse);
    let source = rewriting.as_ref().map_or(text, |found| found.text.as_str());
    let mut faults = read(source);
    let place = |span: &mut Range<usize>| {
        let own = span.clone();
        let own = rewriting
            .as_ref()
            .map_or(own.clone(), |found| found.source(own));
        *span = own.start + offset..own.end + offset;
    };
    let lists = [
        &mut faults.missing,
        &mut faults.unused,
        &mut faults.repeated,
    ];
    for (_, span) in lists.into_iter().flatten() {
        place(span);
    }
    faults
}

struct Definition<'a> {
    label: String,
    address: CowStr<'a>,
    span: Range<usize>,
}

fn read(text: &str) -> DefinitionFaults {
    let mut broken = Vec::new();
    let mut note = |mut link: BrokenLink<'_>| {
        let is_plain = matches!(link.link_type, LinkType::Reference | LinkType::Collapsed);
        let rest = text.get(link.span.end..).unwrap_or("");
        if link.link_type == LinkType::Collapsed && rest.starts_with("[]") {
            link.span.end += 2;
        }
        if is_plain && is_meant(text, &link.span, &link.reference) {
            broken.push((link.reference.to_string(), link.span));
        }
        None::<(CowStr<'_>, CowStr<'_>)>
    };
    let parser = Parser::new_with_broken_link_callback(text, options(), Some(&mut note));
    let definitions: BTreeMap<String, Definition<'_>> = parser
        .reference_definitions()
        .iter()
        .map(|(label, found)| {
            let definition = Definition {
                label: label.to_owned(),
                address: found.dest.clone().into_static(),
                span: found.span.clone(),
            };
            (folded(label), definition)
        })
        .collect();
    let (mut used, mut leaves) = (BTreeSet::new(), Vec::new());
    for (event, span) in parser.into_offset_iter() {
        match event {
            Event::Start(Tag::Link { link_type, id, .. } | Tag::Image { link_type, id, .. })
                if matches!(
                    link_type,
                    LinkType::Reference | LinkType::Collapsed | LinkType::Shortcut
                ) =>
            {
                used.insert(folded(&id));
            }
            Event::Start(
                Tag::Paragraph
                | Tag::Heading { .. }
                | Tag::CodeBlock(_)
                | Tag::HtmlBlock
                | Tag::Table(_)
                | Tag::Item
                | Tag::BlockQuote(_)
                | Tag::FootnoteDefinition(_)
                | Tag::DefinitionListDefinition,
            ) => leaves.push(span),
            _ => {}
        }
    }
    let mut unused: Vec<Labeled> = definitions
        .iter()
        .filter(|(label, found)| !used.contains(*label) && !is_comment(found))
        .map(|(_, found)| (found.label.clone(), found.span.clone()))
        .collect();
    unused.sort_by_key(|(_, span)| span.start);
    DefinitionFaults {
        repeated: repeated(text, &definitions, &leaves),
        labels: definitions.into_values().map(|found| found.label).collect(),
        missing: broken,
        unused,
    }
}

/// Labels are the same whatever their case and their spaces.
fn folded(label: &str) -> String {
    let words: Vec<&str> = label.split_whitespace().collect();
    words.join(" ").to_lowercase()
}

/// `[//]: # (words)` is how Markdown without HTML is commented.
fn is_comment(found: &Definition<'_>) -> bool {
    let address = found.address.trim();
    address.is_empty() || address == "#" || matches!(found.label.as_str(), "//" | "comment")
}

/// Whether brackets that are no link were meant as one, and not as an index, a type or a class of
/// letters.
fn is_meant(text: &str, span: &Range<usize>, label: &str) -> bool {
    let written = text.get(span.clone()).unwrap_or("");
    let before = text
        .get(..span.start)
        .and_then(|text| text.chars().next_back());
    let after = text.get(span.end..).and_then(|text| text.chars().next());
    let joins = |c: char| c.is_alphanumeric() || matches!(c, ']' | '[' | '_' | '\\' | '$' | ')');
    if before.is_some_and(joins) || after.is_some_and(|c| joins(c) || c == '(') {
        return false;
    }
    let first = written.strip_prefix('!').unwrap_or(written);
    let words = first
        .strip_prefix('[')
        .and_then(|rest| rest.split(']').next());
    let says = |text: &str| {
        let letters = text.chars().filter(|c| c.is_alphabetic()).count();
        letters > 1 && !is_class(text)
    };
    let is_name = |label: &str| {
        let plain = |c: char| c.is_alphanumeric() || " -_.:/".contains(c);
        let is_usage = label.ends_with("...") || !label.contains(char::is_lowercase);
        let is_number = label.chars().all(|c| c.is_ascii_digit());
        !label.starts_with(['^', '@'])
            && label.chars().all(plain)
            && !is_class(label)
            && (is_number || !is_usage)
    };
    match written.ends_with("[]") {
        // `[T][]`, `[string][]` are types; a label of several words is not.
        true => says(label) && is_name(label) && label.contains(' '),
        false => words.is_some_and(says) && is_name(label),
    }
}

/// Whether a text is a class of letters in a regular expression, such as `a-z0-9`.
fn is_class(text: &str) -> bool {
    let letters: Vec<char> = text.chars().collect();
    matches!(letters[..], [_, '-', _, ..])
}

/// The lines that define a label anew. The parser takes the first and says nothing of the others, so
/// these are the lines that look like one and are part of no block.
fn repeated(
    text: &str,
    definitions: &BTreeMap<String, Definition<'_>>,
    leaves: &[Range<usize>],
) -> Vec<Labeled> {
    let mut found = Vec::new();
    let (mut start, mut leaf, mut covered) = (0, leaves.iter().peekable(), 0);
    for line in text.split_inclusive('\n') {
        let at = start;
        start += line.len();
        while let Some(block) = leaf.next_if(|block| block.start <= at) {
            covered = covered.max(block.end);
        }
        let written = line.trim_end();
        let indent = written.len() - written.trim_start_matches(' ').len();
        let rest = written[indent..].strip_prefix('[');
        let Some((label, address)) = rest.and_then(|rest| rest.split_once("]:")) else {
            continue;
        };
        if at < covered || indent > 3 || label.starts_with('^') || label.contains(['[', ']']) {
            continue;
        }
        let Some(first) = definitions.get(&folded(label)) else {
            continue;
        };
        let address = address.trim_start();
        let address = match address.strip_prefix('<') {
            Some(rest) => rest.split('>').next(),
            None => address.split_whitespace().next(),
        };
        let same = address.is_none_or(|address| *address == *first.address);
        if !same && !(at..start).contains(&first.span.start) && !is_comment(first) {
            found.push((label.to_owned(), at + indent..at + written.len()));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn case(text: &str, missing: &[&str], unused: &[&str], repeated: &[&str]) {
        let faults = definition_faults(&format!("-- {text}")[3..], 0);
        let shown = |found: &[Labeled]| -> Vec<String> {
            found
                .iter()
                .map(|(_, span)| text[span.clone()].trim().to_owned())
                .collect()
        };
        assert_eq!(shown(&faults.missing), missing, "missing");
        assert_eq!(shown(&faults.unused), unused, "unused");
        assert_eq!(shown(&faults.repeated), repeated, "repeated");
    }

    #[test]
    fn labels_are_defined_and_used() {
        case(
            "[the a][A] ![b][] [c]\n\n[a]: x\n[b]: y\n[C]: z \"t\"\n",
            &[],
            &[],
            &[],
        );
        case(
            "\u{e4} [the a][none] and [some words][]\n",
            &["[the a][none]", "[some words][]"],
            &[],
            &[],
        );
        case(
            "a\n\n[b]: x \"t\"\n\n[//]: # (c)\n[x]: <>\n",
            &[],
            &["[b]: x \"t\""],
            &[],
        );
        case(
            "::: note\nsee [the a][none] [x]\n\n[x]: y\n[z]: z\n:::\n",
            &["[the a][none]"],
            &["[z]: z"],
            &[],
        );
    }

    #[test]
    fn brackets_that_are_no_links_are_left_alone() {
        for text in [
            "a[ij][kl] [0][1] [i][j] [T][] [string][]",
            "[a-z][0-9] `[the a][none]` \\[the a][none]",
            "[FILE][OPTIONS...] [the a][^1]",
            "- [ ] [x]",
            "    [the a][none]",
        ] {
            case(text, &[], &[], &[]);
        }
    }

    #[test]
    fn a_label_leads_to_one_place() {
        case(
            "[a]\n\n[a]: x\n[a]: x\n[A]: y\n\n```\n[a]: z\n```\n\nb\n[a]: z\n",
            &[],
            &[],
            &["[A]: y"],
        );
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "[a-bé\\[\\]:()<>!^ \\n\"#>:-]{0,60}") {
            definition_faults(&text, 3);
        }
    }
}
