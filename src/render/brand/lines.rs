//! Texts of a picture, set in lines: where they break, and where they are cut.

/// Longer texts are cut before they are measured.
const LONGEST: usize = 400;

/// How wide a letter is, as a part of the font size.
pub(super) type Advance<'a> = &'a dyn Fn(char) -> f64;

/// How wide a text is in pixels, near enough to break it.
pub(super) fn wide(advance: Advance<'_>, text: &str, size: f64) -> f64 {
    let units = text.chars().map(|letter| match letter {
        letter if letter.is_whitespace() => 0.25,
        letter => advance(letter),
    });
    units.sum::<f64>() * size
}

/// A text on one line, its end left out where it does not fit.
pub(super) fn cut(advance: Advance<'_>, text: &str, size: f64, room: f64) -> String {
    let lines = lines_of(advance, text, size, room, 1);
    lines.into_iter().next().unwrap_or_default()
}

/// A text at the first size that has room for all of it in its number of lines, or cut at the last.
pub(super) fn fitted(
    advance: Advance<'_>,
    text: &str,
    room: f64,
    sizes: &[(f64, usize)],
) -> (f64, Vec<String>) {
    let mut last = (0.0, Vec::new());
    for (size, most) in sizes {
        last = (*size, lines_of(advance, text, *size, room, *most));
        let whole = last.1.last().is_none_or(|line| !line.ends_with('…'));
        if whole {
            break;
        }
    }
    last
}

/// A text in at most so many lines. It breaks at spaces, and between the letters of scripts that
/// write none; what is left over is marked by an ellipsis.
pub(super) fn lines_of(
    advance: Advance<'_>,
    text: &str,
    size: f64,
    room: f64,
    most: usize,
) -> Vec<String> {
    let text: String = text.chars().take(LONGEST).collect();
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    let mut left_over = false;
    for piece in pieces(&text) {
        let longer = format!("{line}{piece}");
        if wide(advance, longer.trim_end(), size) <= room || line.is_empty() {
            line = longer;
            continue;
        }
        lines.push(line.trim_end().to_owned());
        if lines.len() == most {
            line.clear();
            left_over = true;
            break;
        }
        line.clear();
        line.push_str(piece);
    }
    if !line.trim().is_empty() {
        lines.push(line.trim_end().to_owned());
    }
    for line in &mut lines {
        // One word may be longer than a line.
        left_over |= shorten(advance, line, size, room, "");
    }
    if left_over && let Some(last) = lines.last_mut() {
        shorten(advance, last, size, room, "…");
        last.push('…');
    }
    lines
}

/// Takes letters off the end until a line fits together with what follows. Says whether it did.
fn shorten(advance: Advance<'_>, line: &mut String, size: f64, room: f64, end: &str) -> bool {
    let before = line.len();
    while wide(advance, line, size) + wide(advance, end, size) > room && line.pop().is_some() {}
    if !end.is_empty() {
        if line.len() < before
            && let Some(space) = line.rfind(' ')
        {
            line.truncate(space);
        }
        let kept = line
            .trim_end_matches(|letter: char| letter.is_whitespace() || ",;:.–—-".contains(letter));
        line.truncate(kept.len());
    }
    line.len() < before
}

/// The pieces of a text that stay on one line, each with the space behind it.
fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut start = 0;
    let mut before: Option<char> = None;
    for (at, letter) in text.char_indices() {
        let breaks = before.is_some_and(|before| {
            (before.is_whitespace() && !letter.is_whitespace())
                || (is_wide(before) && !is_closing(letter) && !letter.is_whitespace())
                || (is_wide(letter) && !is_closing(letter) && before.is_alphanumeric())
        });
        if breaks && at > start {
            pieces.push(&text[start..at]);
            start = at;
        }
        before = Some(letter);
    }
    pieces.push(&text[start..]);
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

/// Whether lines may break on either side of a letter: those of Chinese and Japanese.
fn is_wide(letter: char) -> bool {
    matches!(letter, '\u{2e80}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ffef}' | '\u{20000}'..='\u{3ffff}')
}

/// Whether a mark may not begin a line.
fn is_closing(letter: char) -> bool {
    "、。，．・：；？！」』）】〕］｝〉》ーぁぃぅぇぉっゃゅょァィゥェォッャュョ々".contains(letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZES: [(f64, usize); 2] = [(92.0, 2), (50.0, 4)];

    /// Letters that are all half as wide as they are high.
    fn half(_: char) -> f64 {
        0.5
    }

    #[test]
    fn texts_break_at_words_and_shrink_before_they_are_cut() {
        let (size, lines) = fitted(&half, "The Night Ferry", 1000.0, &SIZES);
        assert_eq!((size, lines.len()), (92.0, 1));
        let long = "A rather long title of a page that somebody wrote in a long winter";
        let (size, lines) = fitted(&half, long, 1000.0, &SIZES);
        assert!((size - 50.0).abs() < f64::EPSILON, "{size}");
        assert_eq!(lines.join(" "), long);
        let (_, lines) = fitted(&half, &"word ".repeat(80), 1000.0, &SIZES);
        assert_eq!(lines.len(), 4);
        assert!(lines[3].ends_with("word…"));
        let (_, lines) = fitted(&half, &"w".repeat(900), 1000.0, &SIZES);
        assert!(lines[0].ends_with('…'));
        assert!(fitted(&half, "", 1000.0, &SIZES).1.is_empty());
    }

    #[test]
    fn scripts_without_spaces_break_anywhere_but_before_a_full_stop() {
        assert_eq!(pieces("潮の満ち。"), ["潮", "の", "満", "ち。"]);
        assert_eq!(pieces("a b  c"), ["a ", "b  ", "c"]);
    }
}
