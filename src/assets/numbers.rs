//! The numbers in a drawing, written in few letters.

/// As many digits as the numbers have that browsers draw with.
const DIGITS: usize = 7;
/// A number that begins with more zeros than this is smaller than those that are reckoned with, and stays
/// as it is.
const MOST_ZEROS: usize = 200;

/// A list of numbers and letters with the numbers written short. One that holds anything else stays as
/// it is.
pub(super) fn numbers(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    let mut rest = value.trim_ascii();
    // Whether what was written last is a number, and whether it has a point.
    let mut last: Option<bool> = None;
    while let Some(first) = rest.chars().next() {
        if first.is_ascii_whitespace() || first == ',' {
            rest = &rest[1..];
        } else if first.is_ascii_alphabetic() || first == '%' {
            text.push(first);
            last = None;
            rest = &rest[1..];
        } else if let Some(length) = number_length(rest) {
            let number = short(&rest[..length]);
            let begins = number.as_bytes().first().copied();
            let needs_space = match (last, begins) {
                // A second point begins a second number.
                (None, _) | (_, Some(b'-')) | (Some(true), Some(b'.')) => false,
                _ => true,
            };
            if needs_space {
                text.push(' ');
            }
            last = Some(number.contains('.'));
            text.push_str(&number);
            rest = &rest[length..];
            // The flags of an arc may stand without a space, and what follows would be read otherwise.
            if rest.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
                return value.to_owned();
            }
        } else {
            return value.to_owned();
        }
    }
    match has_arc(value) {
        true => value.split_ascii_whitespace().collect::<Vec<_>>().join(" "),
        false => text,
    }
}

/// Whether a path has an arc, whose flags are digits that may stand together.
fn has_arc(value: &str) -> bool {
    value.contains(['a', 'A'])
}

/// The length of the number at the beginning of a text, without an exponent.
fn number_length(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = usize::from(bytes.first().is_some_and(|sign| b"+-".contains(sign)));
    let (mut digits, mut has_point) = (0, false);
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'0'..=b'9' => digits += 1,
            b'.' if !has_point => has_point = true,
            b'e' | b'E'
                if digits > 0 && matches!(bytes.get(at + 1), Some(b'0'..=b'9' | b'+' | b'-')) =>
            {
                return None;
            }
            _ => break,
        }
        at += 1;
    }
    (digits > 0).then_some(at)
}

/// A number without digits that say nothing: zeros at its ends, and more than any screen can tell.
fn short(number: &str) -> String {
    let (sign, digits) = match number.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", number.strip_prefix('+').unwrap_or(number)),
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let whole = whole.trim_start_matches('0');
    let zeros = match whole {
        "" => part.len() - part.trim_start_matches('0').len(),
        _ => 0,
    };
    let room = (DIGITS + zeros).saturating_sub(whole.len());
    let rounded = match part.len() > room && zeros < MOST_ZEROS {
        true => digits
            .parse::<f64>()
            .map_or_else(|_| digits.to_owned(), |value| format!("{value:.room$}")),
        false => digits.to_owned(),
    };
    let (whole, part) = rounded.split_once('.').unwrap_or((&rounded, ""));
    let (whole, part) = (whole.trim_start_matches('0'), part.trim_end_matches('0'));
    match (whole, part) {
        ("", "") => "0".to_owned(),
        (whole, "") => format!("{sign}{whole}"),
        (whole, part) => format!("{sign}{whole}.{part}"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn short_numbers_are_the_same_numbers(value in -1000.0_f64..1000.0, power in 0..30) {
            let written = format!("{:.40}", value / 10_f64.powi(power));
            let value: f64 = written.parse().unwrap();
            let found: f64 = short(&written).parse().unwrap();
            prop_assert!((found - value).abs() <= value.abs() * 1e-6, "{} {}", written, found);
        }

        #[test]
        fn no_list_panics(text in "[-+.0-9eEaAmMzZ ,%x]{0,40}") {
            numbers(&text);
        }
    }
}
