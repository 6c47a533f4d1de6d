//! Words that no dictionary lists because anybody can make them: `subpath`, `filesizes`.

/// What may stand before a word.
const PREFIXES: &[&str] = &[
    "anti", "auto", "counter", "de", "dis", "hyper", "inter", "meta", "micro", "mini", "mis",
    "multi", "non", "out", "over", "post", "pre", "pseudo", "re", "semi", "sub", "super", "trans",
    "ultra", "un", "under",
];

/// What may stand after a word without changing it.
const SUFFIXES: &[&str] = &["able", "less", "ness", "wise", "like", "ish", "ful"];

/// What begins with a vowel, so that it takes a silent `e` away, or doubles the last letter.
const VOWEL_SUFFIXES: &[&str] = &[
    "ability", "able", "ably", "ed", "er", "ing", "isation", "ise", "ised", "iser", "ising", "ism",
    "ist", "ity", "ization", "ize", "ized", "izer", "izing", "or",
];

/// Whether `word` is made of known words by the rules of the language, so that its letters are
/// meant; of plain words, if it is a compound. Endings that double or drop a letter (`occured`) are left out: there slips are common.
pub(super) fn is_formed(
    word: &[char],
    is_known: &dyn Fn(&[char]) -> bool,
    is_plain: &dyn Fn(&[char]) -> bool,
) -> bool {
    let known = |part: &[char], least: usize| part.len() >= least && is_known(part);
    let single = |word: &[char]| {
        is_known(word)
            || has_prefix(word, &known)
            || has_suffix(word, &known)
            || has_vowel_suffix(word, &known)
            || is_adverb(word, &known)
            || is_compound(word, is_plain)
    };
    single(word) || singulars(word).any(single)
}

/// The words of which this may be the plural, or the third person, as spelling has it.
fn singulars(word: &[char]) -> impl Iterator<Item = &[char]> {
    let hissing = |text: &&[char]| {
        let ends = ["s", "x", "z", "ch", "sh"];
        ends.iter().any(|end| strip_end(text, end).is_some())
    };
    let vowel = |c: &char| "aeiou".contains(*c);
    let plain = strip_end(word, "s").filter(|base| {
        let changed = matches!(base, [.., before, 'y' | 'o'] if !vowel(before));
        !changed && !hissing(base)
    });
    let long = strip_end(word, "es").filter(hissing);
    plain.into_iter().chain(long)
}

fn has_prefix(word: &[char], known: &dyn Fn(&[char], usize) -> bool) -> bool {
    let rest = |prefix: &&str| {
        let length = prefix.chars().count();
        word.get(length..)
            .filter(|_| prefix.chars().eq(word[..length].iter().copied()))
    };
    PREFIXES.iter().filter_map(rest).any(|rest| known(rest, 4))
}

fn has_suffix(word: &[char], known: &dyn Fn(&[char], usize) -> bool) -> bool {
    SUFFIXES
        .iter()
        .filter_map(|suffix| strip_end(word, suffix))
        .any(|base| known(base, 4))
        || strip_end(word, "iness").is_some_and(|base| known(&with(base, "y"), 4))
}

/// `mappable`, `renamable`, `interner`. A single consonant after a single vowel may have to be
/// doubled or not, by a stress that letters do not show; only the doubled one is sure.
fn has_vowel_suffix(word: &[char], known: &dyn Fn(&[char], usize) -> bool) -> bool {
    let vowel = |c: &char| "aeiou".contains(*c);
    let bases = VOWEL_SUFFIXES
        .iter()
        .filter_map(|suffix| strip_end(word, suffix));
    bases.into_iter().any(|base| match base {
        [start @ .., before, last] if before == last && !vowel(last) => {
            let single = [start, &[*before]].concat();
            (known(&single, 3) && start.last().is_some_and(vowel)) || known(base, 4)
        }
        [.., first, middle, last] => {
            let short = !vowel(first) && vowel(middle) && !vowel(last) && !"wxy".contains(*last);
            let whole = *last != 'e' && !short && known(base, 4);
            whole || known(&with(base, "e"), 5)
        }
        _ => false,
    })
}

/// `losslessly`, `situationally`, `lexicographically`, `probably`.
fn is_adverb(word: &[char], known: &dyn Fn(&[char], usize) -> bool) -> bool {
    let ends_in = |base: &[char], end: &str| strip_end(base, end).is_some();
    let changed = [("ically", "ic"), ("ily", "y"), ("bly", "ble")];
    let changed = changed.iter().any(|(suffix, end)| {
        strip_end(word, suffix).is_some_and(|base| known(&with(base, end), 4))
    });
    let plain = strip_end(word, "ly").is_some_and(|base| {
        let other = ["ic", "le", "y"].iter().any(|end| ends_in(base, end));
        !other && known(base, 4)
    });
    changed || plain
}

fn with(base: &[char], end: &str) -> Vec<char> {
    base.iter().copied().chain(end.chars()).collect()
}

/// `filesize`: a word of three letters or more before one of four or more.
fn is_compound(word: &[char], is_plain: &dyn Fn(&[char]) -> bool) -> bool {
    (3..word.len().saturating_sub(3)).any(|at| is_plain(&word[..at]) && is_plain(&word[at..]))
}

fn strip_end<'a>(word: &'a [char], end: &str) -> Option<&'a [char]> {
    let length = word.len().checked_sub(end.chars().count())?;
    let (base, rest) = word.split_at(length);
    end.chars().eq(rest.iter().copied()).then_some(base)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: &[&str] = &[
        "path", "file", "size", "web", "server", "match", "kelp", "verify", "potato", "box", "the",
        "add", "occur", "notice", "map", "rename", "segment", "lossless", "graphic", "basic",
    ];

    #[track_caller]
    fn case(word: &str, expected: bool) {
        let letters: Vec<char> = word.chars().collect();
        let known = |part: &[char]| KNOWN.contains(&part.iter().collect::<String>().as_str());
        assert_eq!(is_formed(&letters, &known, &known), expected, "{word}");
    }

    #[test]
    fn regular_formations_are_words() {
        for word in [
            "mappable",
            "renamable",
            "segmenter",
            "losslessly",
            "graphically",
            "subpath",
            "subpaths",
            "filesizes",
            "webserver",
            "matchable",
            "kelps",
            "boxes",
        ] {
            case(word, true);
        }
    }

    #[test]
    fn slips_are_not() {
        for word in [
            "verifys",
            "potatos",
            "boxs",
            "readd",
            "occured",
            "basicly",
            "noticible",
            "theste",
            "re",
            "",
        ] {
            case(word, false);
        }
    }
}
