//! Comments that speak to tympan and to no reader: where they stand, and what to take out so that a
//! text reads as if they were not there.

use std::ops::Range;

use crate::markdown::parse::code_spans;

/// What a remark begins with, inside its comment.
const NAME: &str = "tympan:";

/// The forms of comments: HTML, MDX, and a reference that nothing refers to.
const FORMS: &[(&str, &str)] = &[
    ("<!--", "-->"),
    ("{/*", "*/}"),
    ("# (", ")"),
    ("# \"", "\""),
];

/// The longest remark, in bytes.
const LONGEST: usize = 4 << 10;

/// A comment that speaks to tympan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// The bytes of the whole comment.
    pub span: Range<usize>,
    /// The bytes of what it says after the name, without spaces around it.
    pub words: Range<usize>,
    /// Whether nothing else stands in its lines.
    pub is_alone: bool,
    /// The bytes to take out of the text.
    pub cut: Range<usize>,
}

/// The remarks of a text whose body begins at `body`, in order. What stands in code is none.
pub fn remarks(text: &str, body: usize) -> Vec<Remark> {
    let mut found = Vec::new();
    let mut end = body;
    for at in memchr::memmem::find_iter(text.as_bytes(), NAME) {
        if at >= end
            && let Some(remark) = remark(text, end, at)
        {
            end = remark.cut.end;
            found.push(remark);
        }
    }
    if !found.is_empty() {
        let code = code_spans(text.get(body..).unwrap_or_default());
        let in_code = |remark: &Remark| {
            let at = remark.span.start - body;
            let after = code.partition_point(|span| span.start <= at);
            after > 0 && code.get(after - 1).is_some_and(|span| at < span.end)
        };
        found.retain(|remark| !in_code(remark));
    }
    found
}

/// The bytes to take out of a text so that it reads as if it had no remarks, in order.
pub fn cuts(text: &str, body: usize) -> Vec<Range<usize>> {
    let remarks = remarks(text, body).into_iter();
    remarks.map(|remark| remark.cut).collect()
}

/// The remark whose name stands at `at`, if it opens after `from`.
fn remark(text: &str, from: usize, at: usize) -> Option<Remark> {
    let before = text.get(from..at)?.trim_end();
    let (open, close) = FORMS.iter().find(|(open, _)| before.ends_with(open))?;
    let words = at + NAME.len();
    let length = match *close {
        ")" | "\"" => text[words..]
            .lines()
            .next()?
            .trim_end()
            .strip_suffix(close)?
            .len(),
        close => {
            let most = text.floor_char_boundary(words + LONGEST);
            text[words..most].find(close)?
        }
    };
    let end = words + length + close.len();
    let mut start = from + before.len() - open.len();
    if open.starts_with('#') {
        // `[comment]: # (…)` is a line of its own, also in a quote.
        let line = text[..start].rfind('\n').map_or(0, |at| at + 1).max(from);
        let label = text.get(line..start)?.trim_end();
        let label = label.trim_start_matches([' ', '\t', '>']);
        (label.starts_with('[') && label.ends_with("]:")).then_some(())?;
        start = text[..start].trim_end().len() - label.len();
    }
    let said = &text[words..words + length];
    let first = words + said.len() - said.trim_start().len();
    let before = text[..start].chars().rev();
    let after = text[end..].chars();
    let is_line = |letter: &char| *letter != '\n';
    let is_quiet = |letter: char| letter.is_whitespace() || letter == '>';
    let is_alone = before.take_while(is_line).all(is_quiet)
        && after.take_while(is_line).all(char::is_whitespace);
    Some(Remark {
        cut: cut(text, from, &(start..end), is_alone),
        is_alone,
        span: start..end,
        words: first..first + said.trim().len(),
    })
}

/// What goes with a remark: its line where a blank one would make a list loose or end a table, and
/// beside text one of the spaces around it. Nothing before `from` does.
fn cut(text: &str, from: usize, span: &Range<usize>, is_alone: bool) -> Range<usize> {
    let (before, after) = (&text[from..span.start], &text[span.end..]);
    if is_alone {
        if !keeps_rows_together(text, span) {
            return span.clone();
        }
        let line = before.rfind('\n').map_or(0, |at| at + 1);
        let end = after.find('\n').map_or(after.len(), |end| end + 1);
        return from + line..span.end + end;
    }
    let is_space = |letter: char| letter == ' ' || letter == '\t';
    let spaces = after.len() - after.trim_start_matches(is_space).len();
    if after[spaces..].is_empty() || after[spaces..].starts_with(['\r', '\n']) {
        let kept = before.trim_end_matches(is_space).len();
        return from + kept..span.end + spaces;
    }
    match before.is_empty() || before.ends_with(char::is_whitespace) {
        true => span.start..span.end + spaces,
        false => span.clone(),
    }
}

/// Whether a remark stands right between two items of a list or two rows of a table.
fn keeps_rows_together(text: &str, span: &Range<usize>) -> bool {
    let line = text[..span.start].rfind('\n').map_or(0, |at| at + 1);
    let before = text[..line].lines().next_back().unwrap_or_default();
    let next = text[span.end..].lines().nth(1).unwrap_or_default();
    let next = next.trim_start_matches([' ', '\t', '>']);
    let number = next.trim_start_matches(|letter: char| letter.is_ascii_digit());
    let is_item = next.starts_with(['-', '*', '+'])
        || (number.len() < next.len() && number.starts_with(['.', ')']));
    !before.trim_matches([' ', '\t', '>']).is_empty() && (is_item || next.starts_with('|'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn case(text: &str, words: &[&str], without: &str) {
        let found = remarks(text, 0);
        let said: Vec<&str> = found.iter().map(|one| &text[one.words.clone()]).collect();
        assert_eq!(said, words);
        let mut kept = text.to_owned();
        for remark in found.iter().rev() {
            kept.replace_range(remark.cut.clone(), "");
        }
        assert_eq!(kept, without);
    }

    #[test]
    fn each_form_of_a_comment_may_be_a_remark() {
        case("<!-- tympan: off a -- b -->\n", &["off a -- b"], "\n");
        case("a <!--tympan:x--> b", &["x"], "a b");
        case("{/* tympan: x */}\n\nb", &["x"], "\n\nb");
        case("[comment]: # (tympan: x (y))\n", &["x (y)"], "\n");
        case("[//]: # \"tympan: x\"\n", &["x"], "\n");
        case("> [//]: # (tympan: x)\n> b", &["x"], "> \n> b");
        case(">> [//]: # (tympan: x)\n", &["x"], ">> \n");
        case("<!--\ntympan:\n x\n-->\nb", &["x"], "\nb");
    }

    #[test]
    fn other_comments_and_code_are_none() {
        for text in [
            "<!-- about tympan: x -->",
            "`<!-- tympan: x -->`",
            "```\n<!-- tympan: x -->\n```\n",
            "<!-- tympan: x",
            "a # (tympan: x)",
        ] {
            case(text, &[], text);
        }
    }

    #[test]
    fn the_text_reads_as_if_they_were_not_there() {
        case("- a\n<!-- tympan: x -->\n- b\n", &["x"], "- a\n- b\n");
        case(
            "|a|\n|-|\n|b|\n<!-- tympan: x -->\n|c|\n",
            &["x"],
            "|a|\n|-|\n|b|\n|c|\n",
        );
        case("a\n<!-- tympan: x -->\nb\n", &["x"], "a\n\nb\n");
        case("- <!-- tympan: x --> a\n", &["x"], "- a\n");
        case("<!-- tympan: x --> a\n", &["x"], "a\n");
        case("a <!-- tympan: x -->\nb\n", &["x"], "a\nb\n");
    }

    proptest! {
        #[test]
        fn cuts_hold_their_remarks_and_stay_apart(
            text in "([a-zé#>|`\\- \\n]|<!-- tympan: é\\n? -->|\\{/\\*tympan:|\\*/\\}|\\[a\\]: # \\(tympan: b\\)){0,12}",
        ) {
            let mut end = 0;
            for one in remarks(&text, 0) {
                prop_assert!(one.cut.start <= one.span.start && one.span.end <= one.cut.end);
                prop_assert!(end <= one.cut.start && text.get(one.cut.clone()).is_some());
                prop_assert!(text.get(one.words.clone()).is_some());
                end = one.cut.end;
            }
        }
    }
}
