//! What a browser would choose: `sizes` and `srcset` worked out for a screen (HTML §4.8.4).
//!
//! Only what pages commonly say is understood. What is not counts as the whole width of the
//! screen, as browsers take it.

/// A screen to read on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Screen {
    /// The width in CSS pixels.
    pub width: u32,
    /// Pixels of the screen for one of CSS, a side.
    pub density: u32,
}

/// A common telephone.
pub const PHONE: Screen = Screen {
    width: 360,
    density: 2,
};
/// A common screen on a desk.
pub const DESKTOP: Screen = Screen {
    width: 1280,
    density: 1,
};

/// How deep lengths nest.
const DEEPEST: usize = 16;
/// The size of the root's font, which nothing here knows better than browsers' default.
const REM: f64 = 16.0;

/// The room in CSS pixels that a `sizes` attribute grants on a screen.
pub fn slot(sizes: &str, screen: Screen) -> f64 {
    let whole = f64::from(screen.width);
    for entry in split(sizes) {
        let entry = entry.trim();
        if entry.eq_ignore_ascii_case("auto") {
            continue;
        }
        let (condition, length) = match condition_of(entry) {
            Some((condition, length)) => (condition, length),
            None => ("", entry),
        };
        if matches(condition, screen) {
            return length_of(length, screen).unwrap_or(whole);
        }
    }
    whole
}

/// Whether a media condition holds on a screen.
pub fn matches(condition: &str, screen: Screen) -> bool {
    let lower = condition.trim().to_ascii_lowercase();
    lower.split(',').any(|query| {
        query.split(" and ").all(|part| {
            let part = part.trim();
            let Some(feature) = part
                .strip_prefix('(')
                .and_then(|rest| rest.strip_suffix(')'))
            else {
                return matches!(part, "" | "all" | "screen" | "only screen");
            };
            let Some((name, value)) = feature.split_once(':') else {
                return false;
            };
            let width = f64::from(screen.width);
            let length = length_of(value, screen);
            match (name.trim(), length) {
                ("max-width", Some(length)) => width <= length,
                ("min-width", Some(length)) => width >= length,
                ("prefers-color-scheme", _) => value.trim() == "light",
                ("prefers-reduced-motion", _) => value.trim() == "no-preference",
                _ => false,
            }
        })
    })
}

/// The condition and the length of an entry that has both: the length stands after the last space
/// outside brackets.
fn condition_of(entry: &str) -> Option<(&str, &str)> {
    let mut depth = 0_usize;
    for (at, c) in entry.char_indices().rev() {
        match c {
            ')' => depth += 1,
            '(' => depth = depth.saturating_sub(1),
            c if c.is_ascii_whitespace() && depth == 0 => {
                return Some((&entry[..at], &entry[at + 1..]));
            }
            _ => {}
        }
    }
    None
}

/// The parts between commas outside brackets.
fn split(text: &str) -> Vec<&str> {
    let (mut parts, mut depth, mut start) = (Vec::new(), 0_usize, 0);
    for (at, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                parts.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}

/// A CSS length in pixels.
pub fn length_of(text: &str, screen: Screen) -> Option<f64> {
    sum(text, screen, DEEPEST)
}

fn sum(text: &str, screen: Screen, depth: usize) -> Option<f64> {
    let depth = depth.checked_sub(1)?;
    let mut total: Option<f64> = None;
    let (mut sign, mut pending) = (1.0, String::new());
    let mut terms = Vec::new();
    let mut open = 0_usize;
    for word in text.split_ascii_whitespace() {
        let is_outside = open == 0;
        open += word.matches('(').count();
        open = open.saturating_sub(word.matches(')').count());
        match word {
            "+" | "-" if is_outside => {
                terms.push((sign, std::mem::take(&mut pending)));
                sign = if word == "-" { -1.0 } else { 1.0 };
            }
            word => {
                pending.push(' ');
                pending.push_str(word);
            }
        }
    }
    terms.push((sign, pending));
    for (sign, term) in terms {
        let value = product(term.trim(), screen, depth)?;
        total = Some(total.unwrap_or(0.0) + sign * value);
    }
    total
}

fn product(text: &str, screen: Screen, depth: usize) -> Option<f64> {
    let (mut open, mut start, mut total, mut by) = (0_usize, 0, 1.0, true);
    let mut apply = |part: &str, by: bool| -> Option<()> {
        let value = term(part.trim(), screen, depth)?;
        total = if by { total * value } else { total / value };
        Some(())
    };
    for (at, c) in text.char_indices() {
        match c {
            '(' => open += 1,
            ')' => open = open.saturating_sub(1),
            '*' | '/' if open == 0 => {
                apply(&text[start..at], by)?;
                (start, by) = (at + 1, c == '*');
            }
            _ => {}
        }
    }
    apply(&text[start..], by)?;
    total.is_finite().then_some(total)
}

fn term(text: &str, screen: Screen, depth: usize) -> Option<f64> {
    if let Some(inside) = text.strip_suffix(')') {
        let (name, inside) = inside.split_once('(')?;
        let values = split(inside)
            .into_iter()
            .map(|part| sum(part, screen, depth))
            .collect::<Option<Vec<f64>>>()?;
        return match (name.trim(), values.as_slice()) {
            ("" | "calc", [value]) => Some(*value),
            ("min", values) => values.iter().copied().reduce(f64::min),
            ("max", values) => values.iter().copied().reduce(f64::max),
            ("clamp", [low, value, high]) => Some(value.min(*high).max(*low)),
            _ => None,
        };
    }
    let unit = text
        .find(|c: char| c.is_ascii_alphabetic() || c == '%')
        .unwrap_or(text.len());
    let number: f64 = text[..unit].parse().ok().filter(|n: &f64| n.is_finite())?;
    let width = f64::from(screen.width);
    Some(match text[unit..].to_ascii_lowercase().as_str() {
        "" | "px" => number,
        "rem" | "em" => number * REM,
        "ch" => number * REM / 2.0,
        "vw" | "svw" | "dvw" | "lvw" | "%" => number * width / 100.0,
        // A telephone is about twice as high as it is wide, a desk's screen is not.
        "vh" | "svh" | "dvh" | "lvh" if screen.width < 600 => number * width / 50.0,
        "vh" | "svh" | "dvh" | "lvh" => number * width / 160.0,
        _ => return None,
    })
}

/// One file of a `srcset`: its address and the width in pixels it has, or its density.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// The address as written.
    pub url: String,
    /// How wide it is.
    pub width: Option<u32>,
    /// Its pixels for one of CSS, a side.
    pub density: f64,
}

/// The files of a `srcset`.
pub fn candidates(srcset: &str) -> Vec<Candidate> {
    let mut found = Vec::new();
    let mut words = srcset.split_ascii_whitespace().peekable();
    while let Some(word) = words.next() {
        let url = word.trim_matches(',');
        if url.is_empty() {
            continue;
        }
        let mut candidate = Candidate {
            url: url.to_owned(),
            width: None,
            density: 1.0,
        };
        if !word.ends_with(',') {
            for word in words.by_ref() {
                let descriptor = word.trim_end_matches(',');
                if let Some(width) = descriptor.strip_suffix('w') {
                    candidate.width = width.parse().ok();
                } else if let Some(density) = descriptor.strip_suffix('x') {
                    candidate.density = density.parse().unwrap_or(1.0);
                }
                if word.ends_with(',') {
                    break;
                }
            }
        }
        found.push(candidate);
    }
    found
}

/// The file that a browser takes for a room: the smallest that is sharp, or the largest.
pub fn choose(candidates: &[Candidate], slot: f64, screen: Screen) -> Option<&Candidate> {
    let density = |candidate: &Candidate| match candidate.width {
        Some(width) => f64::from(width) / slot.max(1.0),
        None => candidate.density,
    };
    let wanted = f64::from(screen.density);
    let by_density = |a: &&Candidate, b: &&Candidate| f64::total_cmp(&density(a), &density(b));
    let sharp = candidates
        .iter()
        .filter(|candidate| density(candidate) >= wanted);
    let sharpest = || candidates.iter().max_by(by_density);
    sharp.min_by(by_density).or_else(sharpest)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn case(sizes: &str, phone: f64, desktop: f64) {
        let is_near = |screen, room: f64| (slot(sizes, screen) - room).abs() < 0.6;
        assert!(
            is_near(PHONE, phone) && is_near(DESKTOP, desktop),
            "{sizes}"
        );
    }

    #[test]
    fn a_screen_has_room_for_a_picture() {
        case("", 360.0, 1280.0);
        case("100vw", 360.0, 1280.0);
        case("(max-width: 720px) 100vw, 720px", 360.0, 720.0);
        case("(min-width: 60em) 45rem, calc(100vw - 2rem)", 328.0, 720.0);
        case("auto, min(100vw, 640px)", 360.0, 640.0);
        case(
            "(max-width: 50rem) and (min-width: 10px) 50vw, 33vw",
            180.0,
            422.0,
        );
        case("clamp(100px, 50vw - 1rem, 400px)", 164.0, 400.0);
        case("calc((100vw - 40px) / 2)", 160.0, 620.0);
        case("calc(100vw * 0.5 + 1px)", 181.0, 641.0);
        case("nonsense", 360.0, 1280.0);
        case("calc(1px", 360.0, 1280.0);
        case("1px / 0", 360.0, 1280.0);
    }

    #[test]
    fn conditions_hold_or_not() {
        assert!(matches("screen and (min-width: 400px)", DESKTOP));
        assert!(!matches("(min-width: 400px)", PHONE));
        assert!(!matches("print", PHONE));
        assert!(!matches("(prefers-color-scheme: dark)", PHONE));
        assert!(matches("print, (max-width: 400px)", PHONE));
    }

    #[test]
    fn the_smallest_sharp_file_is_taken() {
        let set = candidates("a.webp 480w, b,c.webp 960w,  d.webp 1440w");
        let of = |slot: f64, screen| choose(&set, slot, screen).map(|one| one.url.clone());
        assert_eq!(of(240.0, PHONE).as_deref(), Some("a.webp"));
        assert_eq!(of(360.0, PHONE).as_deref(), Some("b,c.webp"));
        assert_eq!(of(1280.0, DESKTOP).as_deref(), Some("d.webp"));
        assert_eq!(of(1280.0, PHONE).as_deref(), Some("d.webp"));
        let dense = candidates("a.png, b.png 2x");
        assert_eq!(
            choose(&dense, 9.0, PHONE).map(|one| &*one.url),
            Some("b.png")
        );
        assert_eq!(
            choose(&dense, 9.0, DESKTOP).map(|one| &*one.url),
            Some("a.png")
        );
        assert_eq!(choose(&[], 9.0, PHONE), None);
    }

    proptest! {
        #[test]
        fn nothing_written_panics(text in "[-a-z0-9(), .:*/+%]{0,60}") {
            slot(&text, PHONE);
            choose(&candidates(&text), 3.0, DESKTOP);
        }
    }

    #[test]
    fn deep_brackets_end() {
        let deep = format!("{}1px{}", "calc(".repeat(9_000), ")".repeat(9_000));
        assert_eq!(length_of(&deep, PHONE), None);
    }
}
