//! How easily one word is written for another.

/// The slip that makes `typed` of `meant`, in hundredths of an ordinary wrong letter: two letters
/// that changed places, or one that was doubled, are slips of the fingers; another vowel is one of
/// the ear.
pub(super) fn slip(typed: &[char], meant: &[char]) -> u32 {
    let start = common(typed.iter(), meant.iter());
    let (a, b) = (&typed[start..], &meant[start..]);
    let end = common(a.iter().rev(), b.iter().rev());
    let (a, b) = (&a[..a.len() - end], &b[..b.len() - end]);
    let first = if start == 0 { 40 } else { 0 };
    let beside = |letter: char, word: &[char], at: usize| {
        let before = at.checked_sub(1).and_then(|at| word.get(at));
        before == Some(&letter) || word.get(at) == Some(&letter)
    };
    let cost = match (a, b) {
        ([], []) => 0,
        ([], [letter]) if *letter == '\'' => 5,
        ([], [letter]) if beside(*letter, typed, start) => 60,
        ([], [letter]) if is_vowel(*letter) => 90,
        ([letter], []) if beside(*letter, meant, start) => 50,
        ([letter], [])
            if start > 0 && are_near(*letter, typed[start - 1])
                || typed
                    .get(start + 1)
                    .is_some_and(|next| are_near(*letter, *next)) =>
        {
            85
        }
        ([], [_]) | ([_], []) => 100,
        ([x], [y]) if is_vowel(*x) && is_vowel(*y) => 85,
        ([x], [y]) if are_near(*x, *y) => 90,
        ([x], [y]) if sound_alike(*x, *y) => 90,
        ([_], [_]) => 110,
        ([a1, a2], [b1, b2]) if a1 == b2 && a2 == b1 => 60,
        _ => several(typed, meant),
    };
    cost + first
}

/// More than one slip.
fn several(typed: &[char], meant: &[char]) -> u32 {
    let sorted = |word: &[char]| {
        let mut letters = word.to_vec();
        letters.sort_unstable();
        letters
    };
    if sorted(typed) == sorted(meant) {
        return 160;
    }
    let text = |word: &[char]| word.iter().collect::<String>();
    let distance = strsim::damerau_levenshtein(&text(typed), &text(meant));
    u32::try_from(distance)
        .unwrap_or(u32::MAX)
        .saturating_mul(100)
}

fn common<'a>(a: impl Iterator<Item = &'a char>, b: impl Iterator<Item = &'a char>) -> usize {
    a.zip(b).take_while(|(a, b)| a == b).count()
}

fn is_vowel(letter: char) -> bool {
    "aeiouy".contains(letter)
}

fn sound_alike(x: char, y: char) -> bool {
    ["sz", "sc", "ck", "kq", "fv", "td", "pb", "gj", "mn"]
        .iter()
        .any(|pair| pair.contains(x) && pair.contains(y))
}

/// Whether two letters lie side by side on a keyboard.
fn are_near(x: char, y: char) -> bool {
    let rows = ["qwertyuiop", "asdfghjkl", "zxcvbnm"];
    let place = |letter: char| {
        let row = rows.iter().position(|keys| keys.contains(letter))?;
        Some((row, rows[row].find(letter)?))
    };
    let (Some(upper), Some(lower)) = (place(x), place(y)) else {
        return false;
    };
    let (upper, lower) = (upper.min(lower), upper.max(lower));
    match lower.0 - upper.0 {
        0 => upper.1.abs_diff(lower.1) == 1,
        1 => upper.1 == lower.1 || upper.1 == lower.1 + 1,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_of_the_fingers_are_the_least() {
        let slip = |typed: &str, meant: &str| {
            let letters = |word: &str| word.chars().collect::<Vec<char>>();
            slip(&letters(typed), &letters(meant))
        };
        let order = |typed: &str, meant: &[&str]| {
            let costs: Vec<u32> = meant.iter().map(|meant| slip(typed, meant)).collect();
            assert!(costs.is_sorted(), "{typed}: {meant:?} {costs:?}");
        };
        order("form", &["form", "from", "farm", "forum"]);
        order("teh", &["the", "ten", "tech", "eh"]);
        order("comming", &["coming", "common"]);
        order("occured", &["occurred", "accrued"]);
        order("", &["", "a"]);
    }
}
