//! Sizes of paper: those of ISO and of North America, the trims of books, and any other in figures.

use toml::Spanned;

use crate::config::read::Reader;

/// A size of paper, in hundredths of a millimeter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Paper {
    /// The width.
    pub width: u32,
    /// The height.
    pub height: u32,
}

impl Default for Paper {
    fn default() -> Self {
        Self::A4
    }
}

/// The smallest and the largest side that anybody prints.
const SIDES: std::ops::RangeInclusive<u32> = 5_000..=120_000;

/// The sizes that have a name.
const KNOWN: [(&str, Paper); 11] = [
    ("a3", Paper::of(29_700, 42_000)),
    ("a4", Paper::A4),
    ("a5", Paper::A5),
    ("a6", Paper::of(10_500, 14_800)),
    ("b5", Paper::of(17_600, 25_000)),
    ("b6", Paper::of(12_500, 17_600)),
    ("letter", Paper::LETTER),
    ("legal", Paper::of(21_590, 35_560)),
    ("executive", Paper::of(18_415, 26_670)),
    // The paperback of the English-speaking mass market, 4¼ by 6⅞ inches.
    ("pocket", Paper::of(10_795, 17_463)),
    ("royal", Paper::of(15_600, 23_400)),
];

impl Paper {
    /// 210 by 297 mm (ISO 216).
    pub const A4: Self = Self::of(21_000, 29_700);
    /// 148 by 210 mm (ISO 216).
    pub const A5: Self = Self::of(14_800, 21_000);
    /// 8.5 by 11 inches.
    pub const LETTER: Self = Self::of(21_590, 27_940);

    const fn of(width: u32, height: u32) -> Self {
        Self { width, height }
    }

    /// Reads a name, or two lengths such as `170mm x 240mm`; without a unit they are inches.
    fn parse(text: &str) -> Option<Self> {
        let text = text.trim().to_ascii_lowercase();
        if let Some((_, paper)) = KNOWN.iter().find(|(name, _)| *name == text) {
            return Some(*paper);
        }
        let (width, height) = text.split_once(['x', '×'])?;
        let unit = unit_of(height)?;
        let paper = Self {
            width: length_in(width, Some(unit))?,
            height: length_in(height, None)?,
        };
        (SIDES.contains(&paper.width) && SIDES.contains(&paper.height)).then_some(paper)
    }
}

/// The units, each with its hundredths of a millimeter.
const UNITS: [(&str, f64); 4] = [
    ("mm", 100.0),
    ("cm", 1000.0),
    ("in", 2540.0),
    ("pt", 35.277_8),
];

/// The hundredths of a millimeter in the unit that a length ends with; an inch has 2540.
fn unit_of(text: &str) -> Option<f64> {
    let unit: String = text.chars().filter(char::is_ascii_alphabetic).collect();
    match unit.as_str() {
        "" => Some(2540.0),
        unit => UNITS
            .iter()
            .find(|(name, _)| *name == unit)
            .map(|(_, size)| *size),
    }
}

/// A length in hundredths of a millimeter, in its own unit or else in another.
fn length_in(text: &str, other: Option<f64>) -> Option<u32> {
    let number = text
        .trim()
        .trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let own = unit_of(text)?;
    let unit = match other {
        Some(other) if number.len() == text.trim().len() => other,
        _ => own,
    };
    let hundredths = (number.trim().parse::<f64>().ok()? * unit).round();
    // Nothing that is printed is longer than ten meters.
    let is_good = (0.0..=1_000_000.0).contains(&hundredths);
    #[expect(clippy::cast_sign_loss, reason = "it lies between zero and a million")]
    is_good.then_some(hundredths as u32)
}

impl Reader<'_> {
    pub(super) fn paper(&mut self, written: &Spanned<String>) -> Option<Paper> {
        let text = written.get_ref();
        let paper = Paper::parse(text);
        if paper.is_none() {
            let names: Vec<&str> = KNOWN.iter().map(|(name, _)| *name).collect();
            let help = format!(
                "known: {}; or a width and a height such as `6x9` in inches, `170mm x 240mm`",
                names.join(", ")
            );
            self.fault(written.span(), format!("unknown paper `{text}`"), help);
        }
        paper
    }

    /// A short length, in hundredths of a millimeter.
    pub(super) fn margin(&mut self, written: &Spanned<String>) -> Option<u32> {
        let text = written.get_ref();
        let has_unit = text.chars().any(char::is_alphabetic);
        let length = length_in(text, None).filter(|length| has_unit && *length <= 5_000);
        if length.is_none() {
            let message = format!("`{text}` is not a length up to 50 mm");
            self.fault(written.span(), message, "write it as `3mm` or `0.125in`");
        }
        length
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn case(text: &str, expected: Option<(u32, u32)>) {
        let found = Paper::parse(text).map(|paper| (paper.width, paper.height));
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn papers_have_names_or_two_sides() {
        case("A4", Some((21_000, 29_700)));
        case("6x9", Some((15_240, 22_860)));
        case("5.5 x 8.5in", Some((13_970, 21_590)));
        case("170mm x 240mm", Some((17_000, 24_000)));
        case("17 × 24 cm", Some((17_000, 24_000)));
        case("17cm x 9in", Some((17_000, 22_860)));
        for wrong in [
            "",
            "a9",
            "x",
            "6x",
            "6x9ft",
            "1mm x 2mm",
            "9000x9000",
            "-6x9",
            "nanx9",
        ] {
            case(wrong, None);
        }
    }
}
