//! Tokens: which bytes of a text have a class, and how they are kept in few bytes.

use crate::render::highlight::class::Class;

/// A piece of a text that has a color. Tokens stand in order and do not overlap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    /// Its first byte.
    pub start: u32,
    /// The byte after its last.
    pub end: u32,
    /// What it is.
    pub class: Class,
}

/// Writes tokens: for each the distance from the one before, its length and its class.
pub(super) fn encode(tokens: &[Token]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(tokens.len() * 3);
    let mut at = 0;
    for token in tokens {
        write_number(&mut bytes, token.start - at);
        write_number(&mut bytes, token.end - token.start);
        bytes.push(token.class as u8);
        at = token.end;
    }
    bytes
}

/// Reads tokens; nothing if the bytes are not what [`encode`] writes for a text.
pub(super) fn decode(mut bytes: &[u8], text: &str) -> Option<Vec<Token>> {
    let mut tokens = Vec::with_capacity(bytes.len() / 3);
    let mut at = 0u32;
    while !bytes.is_empty() {
        let start = at.checked_add(read_number(&mut bytes)?)?;
        let end = start.checked_add(read_number(&mut bytes)?)?;
        let (class, rest) = bytes.split_first()?;
        let class = *Class::ALL.get(usize::from(*class))?;
        text.get(start as usize..end as usize)?;
        tokens.push(Token { start, end, class });
        (bytes, at) = (rest, end);
    }
    Some(tokens)
}

/// Writes a number in groups of seven bits, the lowest first (LEB128).
pub(super) fn write_number(bytes: &mut Vec<u8>, mut number: u32) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

/// Reads such a number off the front.
pub(super) fn read_number(bytes: &mut &[u8]) -> Option<u32> {
    let mut number = 0u32;
    for shift in (0..32).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u32::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn tokens_come_back(steps in prop::collection::vec((0u32..300, 1u32..300, 0usize..13), 0..9)) {
            let mut at = 0;
            let tokens: Vec<Token> = steps
                .into_iter()
                .map(|(gap, length, class)| {
                    let start = at + gap;
                    at = start + length;
                    Token { start, end: at, class: Class::ALL[class] }
                })
                .collect();
            let text = "x".repeat(at as usize);
            prop_assert_eq!(decode(&encode(&tokens), &text), Some(tokens));
        }

        #[test]
        fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..20)) {
            for token in decode(&bytes, "ä b ü").unwrap_or_default() {
                prop_assert!("ä b ü".get(token.start as usize..token.end as usize).is_some());
            }
        }
    }
}
