//! How many words a text has.

/// The number of words. Nearly all text is ASCII, which is counted without reading characters.
pub(super) fn words_in(text: &str) -> usize {
    if !text.is_ascii() {
        return text.split_whitespace().count();
    }
    let is_space = |byte: u8| matches!(byte, b' ' | b'\t'..=b'\r');
    let bytes = text.as_bytes();
    let Some((first, rest)) = bytes.split_first() else {
        return 0;
    };
    // A word begins where a letter follows a space. Added up in bytes and without a branch, so that
    // the compiler looks at many of them at once.
    let begins = |(before, letter): (&u8, &u8)| u8::from(is_space(*before) & !is_space(*letter));
    let pieces = bytes
        .chunks(usize::from(u8::MAX))
        .zip(rest.chunks(usize::from(u8::MAX)));
    let count = |(before, letters): (&[u8], &[u8])| {
        usize::from(before.iter().zip(letters).map(begins).sum::<u8>())
    };
    usize::from(!is_space(*first)) + pieces.map(count).sum::<usize>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_what_stands_between_spaces() {
        for text in [
            "",
            " ",
            "a",
            " a\tb ",
            "a\u{b}b\u{c}c\n",
            "a\u{a0}b é\u{85}c",
        ] {
            assert_eq!(words_in(text), text.split_whitespace().count(), "{text:?}");
        }
    }
}
