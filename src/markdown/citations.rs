//! Citations of works, in the spelling of pandoc: `[@key, p. 3; see @other]`, and `@key` in a
//! sentence. A name is one only if it is the key of a work.

use std::ops::Range;

use crate::markdown::element::Markup;
use crate::markdown::parse::Spanned;
use crate::markdown::substitute::in_texts;

/// A citation of some works.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Citation {
    /// The works, in the order they are named.
    pub works: Vec<Cited>,
    /// Whether it is a part of the sentence, as in "Knuth (1984) says".
    pub in_sentence: bool,
}

/// A work as it is cited.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cited {
    /// Its key.
    pub key: String,
    /// The words before it.
    pub prefix: String,
    /// The place in it, such as `p. 3`.
    pub locator: Option<String>,
    /// Whether its author is named already.
    pub without_author: bool,
}

/// Puts something else in the place of each citation. `known` tells the keys of works.
pub fn with_citations<'a>(
    events: Vec<Spanned<'a>>,
    known: &dyn Fn(&str) -> bool,
    put: &mut dyn FnMut(Citation, &Range<usize>) -> Vec<Markup<'static>>,
) -> Vec<Spanned<'a>> {
    in_texts(events, &|text| citations(text, known), put)
}

/// The citations of a text, in order.
fn citations(text: &str, known: &dyn Fn(&str) -> bool) -> Vec<(Range<usize>, Citation)> {
    let mut found: Vec<(Range<usize>, Citation)> = Vec::new();
    if !text.contains('@') {
        return found;
    }
    let mut at = 0;
    while let Some(sign) = text[at..].find('@').map(|sign| at + sign) {
        let from = found.last().map_or(0, |(range, _)| range.end);
        let next = group(text, from, sign, known).or_else(|| alone(text, sign, known));
        at = sign + 1;
        if let Some((range, citation)) = next {
            at = range.end;
            found.push((range, citation));
        }
    }
    found
}

/// The length of the key that `text` begins with.
fn key_length(text: &str) -> usize {
    let good = |c: char| c.is_alphanumeric() || "_-:.+/".contains(c);
    let length = text.find(|c| !good(c)).unwrap_or(text.len());
    let key = &text[..length];
    key.trim_end_matches(|c: char| !c.is_alphanumeric()).len()
}

/// A citation in the sentence, whose sign stands at a place.
fn alone(
    text: &str,
    sign: usize,
    known: &dyn Fn(&str) -> bool,
) -> Option<(Range<usize>, Citation)> {
    let before = text[..sign].chars().next_back();
    if before.is_some_and(|c| c.is_alphanumeric() || "@/_-.".contains(c)) {
        return None;
    }
    let rest = &text[sign + 1..];
    let key = &rest[..key_length(rest)];
    let work = Cited {
        key: key.to_owned(),
        ..Cited::default()
    };
    let citation = Citation {
        works: vec![work],
        in_sentence: true,
    };
    known(key).then_some((sign..sign + 1 + key.len(), citation))
}

/// The citation of the brackets around a sign; each of its parts cites a work that is known.
fn group(
    text: &str,
    from: usize,
    sign: usize,
    known: &dyn Fn(&str) -> bool,
) -> Option<(Range<usize>, Citation)> {
    let open = from + text.get(from..sign)?.rfind('[')?;
    // No bracket stands within them, so that each text is looked through once.
    let close = open + 1 + text[open + 1..].find(['[', ']'])?;
    if text.as_bytes()[close] == b'[' || close < sign {
        return None;
    }
    let parts = text[open + 1..close].split(';');
    let works: Option<Vec<Cited>> = parts.map(|part| cited(part, known)).collect();
    let citation = Citation {
        works: works?,
        in_sentence: false,
    };
    Some((open..close + 1, citation))
}

fn cited(part: &str, known: &dyn Fn(&str) -> bool) -> Option<Cited> {
    let sign = part.find('@')?;
    let (prefix, without_author) = match part[..sign].strip_suffix('-') {
        Some(prefix) => (prefix, true),
        None => (&part[..sign], false),
    };
    let rest = &part[sign + 1..];
    let (key, after) = rest.split_at(key_length(rest));
    let locator = after.trim_start_matches([',', ' ']).trim_end();
    let is_good = known(key) && (after.is_empty() || after.starts_with([',', ' ']));
    is_good.then(|| Cited {
        key: key.to_owned(),
        prefix: prefix.trim().to_owned(),
        locator: (!locator.is_empty()).then(|| locator.to_owned()),
        without_author,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn known(key: &str) -> bool {
        ["a", "knuth:84", "b_c"].contains(&key)
    }

    /// The citations of a text: works with their locators, and what stands around them.
    #[track_caller]
    fn case(text: &str, expected: &[&str]) {
        let found = citations(text, &known).into_iter().map(|(range, found)| {
            let works = found.works.iter().map(|work| {
                let minus = if work.without_author { "-" } else { "" };
                let locator = work.locator.as_deref().unwrap_or("");
                format!("{}|{minus}{}|{locator}", work.prefix, work.key)
            });
            let works = works.collect::<Vec<_>>().join(";");
            format!("{} {works}", &text[range])
        });
        assert_eq!(found.collect::<Vec<_>>(), expected, "{text}");
    }

    #[test]
    fn brackets_and_sentences_cite() {
        case("x [@a].", &["[@a] |a|"]);
        case(
            "[see @a, p. 3; @knuth:84]",
            &["[see @a, p. 3; @knuth:84] see|a|p. 3;|knuth:84|"],
        );
        case("[-@b_c 12]", &["[-@b_c 12] |-b_c|12"]);
        case(
            "@a says, and @knuth:84.",
            &["@a |a|", "@knuth:84 |knuth:84|"],
        );
        case("[@a] [@a]", &["[@a] |a|", "[@a] |a|"]);
    }

    #[test]
    fn other_names_are_text() {
        case("[@nobody] me@a x/@a @@a", &[]);
        case("[@a; @nobody]", &["@a |a|"]);
        case("[x [@a]", &["[@a] |a|"]);
        case("@a-", &["@a |a|"]);
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "[a@\\[\\];,\\-é :.]{0,40}") {
            let mut end = 0;
            for (range, _) in citations(&text, &known) {
                prop_assert!(range.start >= end && range.end <= text.len());
                end = range.end;
            }
        }
    }
}
