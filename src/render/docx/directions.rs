//! A text in runs of one direction: Word draws letters as they are joined, but takes the direction of
//! numbers and signs, and the fonts of right-to-left scripts, from what a run says.

/// Whether a letter belongs to a script that is written from right to left.
pub(super) fn is_rtl(letter: char) -> bool {
    matches!(letter, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}' | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}' | '\u{200f}')
}

/// Whether a letter is Chinese, Japanese or Korean.
pub(super) fn is_wide(letter: char) -> bool {
    matches!(letter, '\u{1100}'..='\u{11ff}' | '\u{2e80}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe4f}' | '\u{ff00}'..='\u{ffef}' | '\u{20000}'..='\u{3ffff}')
}

/// The runs of a text in a paragraph of a direction, and whether each goes from right to left. What
/// has no direction of its own goes with what stands around it.
pub(super) fn runs(text: &str, paragraph: bool) -> Vec<(&str, bool)> {
    if !paragraph && !text.chars().any(is_rtl) {
        return vec![(text, false)];
    }
    let direction = |letter: char| match letter {
        _ if is_rtl(letter) => Some(true),
        _ if letter.is_alphabetic() => Some(false),
        _ => None,
    };
    let mut found: Vec<(usize, bool)> = Vec::new();
    let mut last = paragraph;
    // The first byte after the last letter that has a direction.
    let mut open = 0;
    for (at, letter) in text.char_indices() {
        let Some(here) = direction(letter) else {
            continue;
        };
        if here != last || found.is_empty() {
            // Signs between two directions go with the paragraph.
            let start = match (found.is_empty(), here == paragraph) {
                (true, true) => 0,
                (_, true) => open,
                (true, false) => {
                    if at > 0 {
                        found.push((0, paragraph));
                    }
                    at
                }
                (false, false) => at,
            };
            found.push((start, here));
        }
        last = here;
        open = at + letter.len_utf8();
    }
    if found.is_empty() {
        return vec![(text, paragraph)];
    }
    if last != paragraph && open < text.len() {
        found.push((open, paragraph));
    }
    let ends = found.iter().skip(1).map(|(start, _)| *start);
    let ends: Vec<usize> = ends.chain([text.len()]).collect();
    found
        .iter()
        .zip(ends)
        .filter_map(|((start, rtl), end)| Some((text.get(*start..end)?, *rtl)))
        .filter(|(piece, _)| !piece.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn case(text: &str, paragraph: bool, expected: &[(&str, bool)]) {
        let found = runs(text, paragraph);
        assert_eq!(found, expected);
        let whole: String = found.iter().map(|(piece, _)| *piece).collect();
        assert_eq!(whole, text);
    }

    #[test]
    fn runs_have_one_direction() {
        case("a 1 b", false, &[("a 1 b", false)]);
        case("שלום 12 עולם", true, &[("שלום 12 עולם", true)]);
        case(
            "a שלום עולם b",
            false,
            &[("a ", false), ("שלום עולם", true), (" b", false)],
        );
        case(
            "שלום Word 3!",
            true,
            &[("שלום ", true), ("Word", false), (" 3!", true)],
        );
        case("12", true, &[("12", true)]);
        case("", true, &[("", true)]);
        case("Word שלום", true, &[("Word", false), (" שלום", true)]);
        case(
            "(שלום)",
            false,
            &[("(", false), ("שלום", true), (")", false)],
        );
    }
}
