//! Numbers as text that needs no escaping in a script and one letter where they are small.

use std::fmt::Write as _;

/// Digits of the last place and of the places before it: the printable letters from `#` to `~`
/// but the backslash are 91, two alphabets of 45 and one to spare.
const BASE: u64 = 45;

/// Appends a number, the lowest place first.
pub(super) fn push_number(out: &mut String, mut number: u64) {
    while number >= BASE {
        out.push(letter(BASE + number % BASE));
        number /= BASE;
    }
    out.push(letter(number));
}

fn letter(digit: u64) -> char {
    let code = b'#' + u8::try_from(digit).expect("two alphabets hold ninety digits");
    char::from(if code < b'\\' { code } else { code + 1 })
}

/// A script that hands one file of the index to the reader's half, whatever order they arrive in.
pub(super) fn script(key: &str, values: &[&str]) -> String {
    let length: usize = values.iter().map(|value| value.len() + 1).sum();
    let mut out = String::with_capacity(length + key.len() + 20);
    write!(out, "tympanSearch(\"{key}\"").expect("writing to a string never fails");
    for value in values {
        out.push(',');
        out.push_str(value);
    }
    out.push_str(")\n");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> u64 {
        let digit = |letter: u8| u64::from(letter) - if letter < b'\\' { 35 } else { 36 };
        let places = text.bytes().map(digit).enumerate();
        places
            .map(|(at, digit)| digit % BASE * BASE.pow(at as u32))
            .sum()
    }

    #[test]
    fn small_numbers_are_one_letter_and_all_come_back() {
        for number in [0, 1, 44, 45, 90, 2024, 2025, 91_124, 91_125, 50_000_000] {
            let mut text = String::new();
            push_number(&mut text, number);
            assert_eq!(read(&text), number, "{text}");
            assert!(!text.contains(['"', '\\']), "{text}");
        }
        let mut text = String::new();
        push_number(&mut text, 44);
        push_number(&mut text, 45);
        assert_eq!(text, "OQ$".replace('Q', "P"));
    }
}
