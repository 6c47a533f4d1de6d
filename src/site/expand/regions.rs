//! Which lines of an included file are wanted: all, a range counted from 1, or a named region.

use std::ops::Range;

/// The marks that open and close a region, in four dialects. Lines with a mark are never shown.
const MARKS: &[(&str, &str)] = &[
    ("ANCHOR:", "ANCHOR_END:"),
    ("--8<-- [start:", "--8<-- [end:"),
    ("#region", "#endregion"),
    ("<!-- #region", "<!-- #endregion"),
];

/// The bytes of the lines that `part` names; none if there is no such part.
pub(super) fn part_of(text: &str, part: &str) -> Option<Vec<Range<usize>>> {
    let mut at = 0;
    let lines: Vec<Range<usize>> = text
        .split_inclusive('\n')
        .map(|line| {
            let start = at;
            at += line.len();
            start..at
        })
        .collect();
    let shown = |lines: &[Range<usize>]| {
        let plain = |line: &&Range<usize>| !is_mark(&text[(*line).clone()]);
        lines.iter().filter(plain).cloned().collect()
    };
    if part.is_empty() {
        return Some(shown(&lines));
    }
    if part.starts_with(|c: char| c.is_ascii_digit() || c == ':') {
        let (from, to) = part.split_once(':').unwrap_or((part, part));
        let from: usize = if from.is_empty() {
            1
        } else {
            from.parse().ok()?
        };
        let to: usize = match to {
            "" => lines.len(),
            to => to.parse().ok()?,
        };
        return lines
            .get(from.checked_sub(1)?..to.min(lines.len()))
            .map(<[_]>::to_vec);
    }
    let opens = |line: &Range<usize>| names(&text[line.clone()], part, |(open, _)| open);
    let closes = |line: &Range<usize>| names(&text[line.clone()], part, |(_, close)| close);
    let first = lines.iter().position(opens)? + 1;
    let last = lines[first..].iter().position(closes);
    let last = last.map_or(lines.len(), |last| first + last);
    Some(shown(&lines[first..last]))
}

fn is_mark(line: &str) -> bool {
    // `#region` is a word of some languages; only a line that begins with it, in a comment, counts.
    let comment = line
        .trim_start()
        .trim_start_matches(['/', '*', '-', '<', '!', ' ']);
    MARKS
        .iter()
        .any(|(open, close)| match open.contains("#region") {
            true => comment.starts_with("#region ") || comment.starts_with("#endregion"),
            false => line.contains(open) || line.contains(close),
        })
}

fn names(
    line: &str,
    part: &str,
    mark: impl Fn((&'static str, &'static str)) -> &'static str,
) -> bool {
    MARKS.iter().any(|marks| {
        let mark = mark(*marks);
        line.find(mark).is_some_and(|at| {
            let rest = line[at + mark.len()..].trim();
            let rest = rest
                .trim_end_matches("-->")
                .trim_end_matches("*/")
                .trim_end();
            rest.trim_end_matches(']') == part
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn case(text: &str, part: &str, expected: Option<&str>) {
        let found = part_of(text, part);
        let shown = found.map(|lines| -> String {
            let lines = lines.into_iter();
            lines.map(|line| &text[line]).collect()
        });
        assert_eq!(shown.as_deref(), expected);
    }

    #[test]
    fn lines_are_counted_from_one() {
        case("a\nb\nc\n", "2", Some("b\n"));
        case("a\nb\nc\n", "2:", Some("b\nc\n"));
        case("a\nb\nc\n", ":2", Some("a\nb\n"));
        case("a\n", "0", None);
        case("a\n", "5:9", None);
    }

    #[test]
    fn regions_of_each_dialect() {
        case("x\n// ANCHOR: p\na\n// ANCHOR_END: p\n", "p", Some("a\n"));
        case(
            "# --8<-- [start:p]\na\n# --8<-- [end:p]\nb\n",
            "p",
            Some("a\n"),
        );
        case("// #region p\na\n// #endregion p\nb\n", "p", Some("a\n"));
        case(
            "<!-- #region p -->\na\n<!-- #endregion p -->\n",
            "p",
            Some("a\n"),
        );
        case("a\n", "p", None);
    }

    #[test]
    fn marks_are_not_shown() {
        case("a\n// ANCHOR: p\nb\n", "", Some("a\nb\n"));
    }
}
