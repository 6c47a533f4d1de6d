//! One byte range of a file (RFC 9110 §14): what viewers of long documents ask for.

use std::ops::Range;

/// What a `Range` header asks of a file.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// The whole file; also where the header is not understood, as the standard allows.
    Whole,
    /// These bytes, which exist.
    Part(Range<usize>),
    /// Bytes beyond the end.
    Beyond,
}

/// Reads a `Range` header for a file of this length. Several ranges at once are not given.
pub(super) fn asked(header: Option<&str>, length: usize) -> Asked {
    let one = header
        .and_then(|header| header.trim().strip_prefix("bytes="))
        .and_then(|range| range.split_once('-'));
    let Some((first, last)) = one else {
        return Asked::Whole;
    };
    let number = |text: &str| match text.bytes().all(|byte| byte.is_ascii_digit()) {
        true => text.parse::<usize>().ok(),
        false => None,
    };
    match (number(first), number(last)) {
        (None, Some(0)) if first.is_empty() => Asked::Beyond,
        (None, Some(_)) if first.is_empty() && length == 0 => Asked::Beyond,
        (None, Some(count)) if first.is_empty() => {
            Asked::Part(length.saturating_sub(count)..length)
        }
        (Some(from), _) if from >= length && (last.is_empty() || number(last).is_some()) => {
            Asked::Beyond
        }
        (Some(from), None) if last.is_empty() => Asked::Part(from..length),
        (Some(from), Some(to)) if from <= to => Asked::Part(from..to.min(length - 1) + 1),
        _ => Asked::Whole,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn case(header: &str, length: usize, expected: &Asked) {
        assert_eq!(asked(Some(header), length), *expected, "{header}");
    }

    #[test]
    fn a_range_stays_inside_the_file() {
        case("bytes=0-3", 10, &Asked::Part(0..4));
        case("bytes=4-", 10, &Asked::Part(4..10));
        case("bytes=4-99", 10, &Asked::Part(4..10));
        case("bytes=-3", 10, &Asked::Part(7..10));
        case("bytes=-99", 10, &Asked::Part(0..10));
        case("bytes=10-", 10, &Asked::Beyond);
        case("bytes=10-12", 10, &Asked::Beyond);
        case("bytes=-0", 10, &Asked::Beyond);
        case("bytes=0-", 0, &Asked::Beyond);
        case("bytes=-1", 0, &Asked::Beyond);
    }

    #[test]
    fn what_is_not_understood_is_the_whole_file() {
        assert_eq!(asked(None, 10), Asked::Whole);
        for header in [
            "",
            "bytes",
            "bytes=",
            "bytes=-",
            "bytes=4-2",
            "bytes=+1-2",
            "bytes=0-1,3-4",
            "bytes=a-b",
            "bytes=99999999999999999999-",
            "lines=1-2",
        ] {
            case(header, 10, &Asked::Whole);
        }
    }
}
