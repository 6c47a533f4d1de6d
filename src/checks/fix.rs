//! Mends what has one right way: edits of the author's own bytes, and never a guess.

use std::ops::Range;

use crate::diagnostic::Diagnostic;
use crate::markdown::cuts;
use crate::site::body_of;

/// Rules whose only replacement is right wherever they are.
const SAFE: &[&str] = &[
    "prose-an-a",
    "prose-apostrophe",
    "prose-capital",
    "prose-comma",
    "prose-have",
    "prose-repeated-word",
    "spelling-typo",
];

/// Families of which the same holds: what the project itself says that it wants to read.
const SAFE_FAMILIES: &[&str] = &["style-", "term-"];

/// Whether the only replacement that a rule gives is right without a look at the text.
pub fn is_safe_fix(code: &str) -> bool {
    SAFE.contains(&code) || SAFE_FAMILIES.iter().any(|family| code.starts_with(family))
}

/// A text with some of its findings mended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mended {
    /// The text.
    pub text: String,
    /// How many findings were mended.
    pub count: usize,
}

/// The edits of those findings about `text`, the whole of a file, that have one right way: in order
/// and apart. Of two that overlap, the second stays.
pub fn safe_edits<'a>(
    text: &str,
    found: impl IntoIterator<Item = &'a Diagnostic>,
) -> Vec<(Range<usize>, &'a str)> {
    let body = body_of(text);
    let removed = cuts(text, body);
    let mut edits: Vec<(Range<usize>, &'a str)> = found
        .into_iter()
        .filter(|found| is_safe_fix(&found.code))
        .filter_map(edit)
        .filter(|(span, _)| stands_alone(text, span, &removed))
        .filter(|(span, written)| brings_no_markup(text, span, written, body))
        .collect();
    edits.sort_by_key(|(span, _)| (span.start, span.end));
    edits.dedup();
    let mut done = None;
    // An edit that touches another may be meant for the same letters.
    edits.retain(|(span, _)| {
        let apart = done.is_none_or(|done| span.start > done);
        done = if apart { Some(span.end) } else { done };
        apart
    });
    edits
}

/// Makes the safe edits of a text. None where there is nothing to mend.
pub fn mend<'a>(text: &str, found: impl IntoIterator<Item = &'a Diagnostic>) -> Option<Mended> {
    let edits = safe_edits(text, found);
    let (mut out, mut done, count) = (String::with_capacity(text.len()), 0, edits.len());
    for (span, replacement) in edits {
        out.push_str(&text[done..span.start]);
        out.push_str(replacement);
        done = span.end;
    }
    out.push_str(&text[done..]);
    (count > 0 && out != text).then_some(Mended { text: out, count })
}

fn edit(found: &Diagnostic) -> Option<(Range<usize>, &str)> {
    let [replacement] = found.replacements.as_slice() else {
        return None;
    };
    let span = found.place.as_ref()?.span.clone();
    (!span.is_empty() || !replacement.is_empty()).then_some((span, replacement))
}

/// Whether a span is text of the file as it is read: nothing that is taken out or put in when the page
/// is made stands in it or touches it, and it holds no end of a line.
fn stands_alone(text: &str, span: &Range<usize>, removed: &[Range<usize>]) -> bool {
    let Some(inside) = text.get(span.clone()) else {
        return false;
    };
    let next = removed.partition_point(|cut| cut.end < span.start);
    let is_cut = removed.get(next).is_some_and(|cut| cut.start <= span.end);
    let calls = ["{{", "{%", "}}", "%}", "{/*"];
    let before = text[..span.start].trim_end_matches(' ');
    let after = text[span.end..].trim_start_matches(' ');
    let is_call = calls
        .iter()
        .any(|mark| inside.contains(mark) || before.ends_with(mark) || after.starts_with(mark));
    !is_cut && !is_call && !inside.contains(['\n', '\r'])
}

/// Whether a replacement stays text where it stands. Front matter has a notation of its own, so that
/// there only letters and spaces are sure; in the body a quote would end a title that it stands in.
fn brings_no_markup(text: &str, span: &Range<usize>, written: &str, body: usize) -> bool {
    let inside = &text[span.clone()];
    let new = |mark: &char| !inside.contains(*mark);
    let mut new = written.chars().filter(new);
    if span.start < body {
        return new.all(|mark| mark.is_alphanumeric() || mark == ' ');
    }
    let start = text[..span.start].rfind('\n').map_or(0, |at| at + 1);
    let before = &text[start..span.start];
    let after = text[span.end..].split('\n').next().unwrap_or_default();
    new.all(|mark| match mark {
        '\'' | '"' => !(before.contains(mark) && after.contains(mark)),
        '\\' | '|' | '`' | '<' | '[' | ']' | '(' | ')' | '*' | '_' | '{' | '}' | '&' => false,
        _ => !mark.is_control(),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::diagnostic::{Severity, SourceText};
    use crate::site_path::SitePath;

    fn finding(
        code: &'static str,
        text: &str,
        span: Range<usize>,
        replacements: &[&str],
    ) -> Diagnostic {
        let path = SitePath::root();
        let source = SourceText::new(&path, text);
        let found = source.diagnostic(code, Severity::Warning, span, "x");
        found.replacements(replacements.iter().map(|text| (*text).to_owned()).collect())
    }

    #[track_caller]
    fn case(text: &str, faults: &[(&'static str, &str, &[&str])], expected: Option<&str>) {
        let found = faults.iter().map(|(code, word, replacements)| {
            let at = text.find(word).unwrap();
            finding(code, text, at..at + word.len(), replacements)
        });
        let found: Vec<Diagnostic> = found.collect();
        assert_eq!(
            mend(text, &found).map(|mended| mended.text).as_deref(),
            expected
        );
    }

    #[test]
    fn only_what_has_one_right_way_is_mended() {
        let typo = "spelling-typo";
        case(
            "\u{feff}an teh.\r\n",
            &[(typo, "teh", &["the"])],
            Some("\u{feff}an the.\r\n"),
        );
        case("teh", &[(typo, "teh", &["the", "ten"])], None);
        case("wrod", &[("spelling-likely", "wrod", &["word"])], None);
        case(
            "a apple",
            &[("prose-an-a", "a", &["an"]), (typo, "apple", &["pear"])],
            Some("an pear"),
        );
    }

    #[test]
    fn of_two_that_overlap_the_second_stays() {
        let typo = "spelling-typo";
        case(
            "teh the",
            &[
                (typo, "teh", &["the"]),
                ("prose-repeated-word", "teh the", &["the"]),
            ],
            Some("the the"),
        );
    }

    #[test]
    fn a_mark_that_would_be_markup_is_not_put_in() {
        let dont: &[(&'static str, &str, &[&str])] = &[("spelling-typo", "dont", &["don't"])];
        case("We dont know.", dont, Some("We don't know."));
        case("---\ntitle: 'We dont'\n---\n", dont, None);
        case(
            "---\ntitle: a\n---\nWe dont",
            dont,
            Some("---\ntitle: a\n---\nWe don't"),
        );
        case("![x](x.png 'We dont know')", dont, None);
        case("a pipe b", &[("style-x-y", "pipe", &["p|e"])], None);
        case(
            "---\ntitle: a apple\n---\n",
            &[("prose-an-a", "a apple", &["an apple"])],
            Some("---\ntitle: an apple\n---\n"),
        );
    }

    #[test]
    fn what_is_made_of_other_text_is_left_alone() {
        let twice: &[(&'static str, &str, &[&str])] =
            &[("prose-repeated-word", "the the", &["the"])];
        case("the the {{ name }}", twice, None);
        case("the the <!-- tympan: off x -->", twice, None);
        case(
            "the\nthe",
            &[("prose-repeated-word", "the\nthe", &["the"])],
            None,
        );
    }

    proptest! {
        #[test]
        fn no_edit_breaks_a_text(text in "[a-zé {}<!\\-\n\r]{0,30}", spans in prop::collection::vec((0..32_usize, 0..6_usize), 0..6)) {
            let found: Vec<Diagnostic> = spans
                .iter()
                .map(|(at, length)| finding("spelling-typo", &text, *at..at + length, &["x"]))
                .collect();
            if let Some(mended) = mend(&text, &found) {
                prop_assert!(mended.count <= found.len());
                prop_assert_eq!(mended.text.matches('\n').count(), text.matches('\n').count());
            }
        }
    }
}
