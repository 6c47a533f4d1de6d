//! Faults that no table can list: a word twice, the wrong article, a sentence or a name without its
//! capital, a contraction without its apostrophe.

use harper_core::{Dialect, InitialSound, starts_with_vowel};

use crate::checks::prose::engine::Finding;
use crate::checks::prose::grammar::names::{COMMON, CONTRACTIONS, NAMES, PRODUCTS, WORDS};
use crate::checks::prose::grammar::rule::{PRIORITY, like};
use crate::checks::prose::grammar::token::{Class, Token};

/// What the scans find in a text.
pub(super) fn scan(tokens: &[Token<'_>]) -> Vec<Finding> {
    let mut found = repeats(tokens);
    found.extend(articles(tokens));
    found.extend(sentence_starts(tokens));
    found.extend(opening(tokens));
    // A name alone is a label, mostly of a link.
    let names = tokens.len() > 3;
    found.extend(tokens.iter().enumerate().filter_map(|(at, token)| {
        let next = tokens.get(at + 1);
        contraction(token).or_else(|| {
            names
                .then(|| name(token, at.checked_sub(1).map(|at| &tokens[at]), next))
                .flatten()
        })
    }));
    found
}

fn finding(code: &str, tokens: &[&Token<'_>], message: &str, replacement: &str) -> Option<Finding> {
    Some(Finding {
        rule: code.to_owned(),
        start: tokens.first()?.range.start,
        end: tokens.last()?.range.end,
        message: message.to_owned(),
        replacements: vec![replacement.to_owned()],
        priority: PRIORITY,
    })
}

/// Words that may stand twice in a row.
const TWICE: &[&str] = &[
    "that", "had", "very", "so", "no", "ha", "bye", "blah", "her", "do", "really", "far", "much",
    "many", "more", "long", "never", "ever", "again", "now", "yes", "please", "over", "out", "go",
    "new", "old", "way", "who", "knock", "there", "big", "step", "is", "tut", "bla", "etc", "foo",
    "bar", "win", "same", "not", "const", "type",
];

/// Words after which `in in`, `on on` and the like are right.
const PHRASAL: &[&str] = &[
    "log", "logs", "logged", "logging", "sign", "signed", "built", "opt", "opted", "plug",
    "turned", "turn", "go", "carry", "passed", "pass", "checked", "signing", "live", "based",
    "refers", "refer", "used", "rely", "relies", "called", "referred", "come", "be", "what",
];

fn repeats(tokens: &[Token<'_>]) -> Vec<Finding> {
    let mut found = Vec::new();
    for (at, pair) in tokens.windows(2).enumerate() {
        let [first, second] = pair else { continue };
        let before = at.checked_sub(1).and_then(|before| tokens.get(before));
        let after = tokens.get(at + 2);
        let letters = first.lower.chars().all(|c| c.is_alphabetic() || c == '\'');
        let lower = second.text.chars().all(|c| !c.is_uppercase());
        // `is is` is right after what has a verb of its own.
        let is_twice = first.is_word()
            && second.is_word()
            && second.spaced
            && first.lower == second.lower
            && letters
            && lower
            && first.is_known()
            && (first.lower == "is" && !has_verb_before(tokens, at)
                || first.lower == "not" && after.is_some_and(|word| word.lower == "be")
                || !TWICE.contains(&first.lower.as_str()))
            && !before.is_some_and(|before| {
                PHRASAL.contains(&before.lower.as_str())
                    || before.lower == first.lower
                    || (!first.spaced && before.text != "(" && !first.first)
            })
            && !after.is_some_and(|after| {
                after.lower == first.lower || (!after.spaced && ["-", "/"].contains(&after.text))
            });
        if is_twice {
            let message = "the word stands here twice";
            found.extend(finding(
                "repeated-word",
                &[first, second],
                message,
                first.text,
            ));
        }
    }
    found
}

/// Whether a clause of its own may end before a word: `what it is is`.
fn has_verb_before(tokens: &[Token<'_>], at: usize) -> bool {
    let clause = tokens[..at]
        .iter()
        .rev()
        .take_while(|token| !token.is(Class::End));
    clause
        .take(8)
        .any(|token| ["what", "all", "where", "who", "how", "why"].contains(&token.lower.as_str()))
}

fn articles(tokens: &[Token<'_>]) -> Vec<Finding> {
    let mut found = Vec::new();
    for (at, pair) in tokens.windows(2).enumerate() {
        let [article, next] = pair else { continue };
        let is_an = match article.text {
            "a" => false,
            "A" if article.first => false,
            "an" => true,
            "An" if article.first => true,
            _ => continue,
        };
        let glued = at > 0
            && !article.spaced
            && !["(", "\"", "“", "‘", "—", "["].contains(&tokens[at - 1].text);
        if glued || !next.spaced || !next.is_word() {
            continue;
        }
        let letters: Vec<char> = next.text.chars().collect();
        let loud = letters.iter().take_while(|c| c.is_uppercase()).count() > 1;
        let single = letters.len() < 2
            || !letters
                .iter()
                .all(|c| c.is_alphabetic() || "'’".contains(*c));
        let known = next.is_known() || letters.iter().all(|c| c.is_lowercase());
        let sayable =
            next.text.chars().any(|c| "aeiouyAEIOUY".contains(c)) && is_sayable(&next.lower);
        if !sayable && !loud {
            continue;
        }
        if (loud && !SPELLED.contains(&next.text) && !SPOKEN.contains(&next.text))
            || single
            || !known
            || EITHER.contains(&next.lower.as_str())
            || ["or", "and", "is", "in", "at", "as", "of", "if", "it", "are"]
                .contains(&next.lower.as_str())
        {
            continue;
        }
        let vowel = match starts_with_vowel(&letters, Dialect::American) {
            _ if SPELLED.contains(&next.text) => true,
            _ if SPOKEN.contains(&next.text) => false,
            Some(InitialSound::Vowel) => true,
            Some(InitialSound::Consonant) => false,
            _ => continue,
        };
        if vowel != is_an {
            let right = like(article, if vowel { "an" } else { "a" });
            let message = if vowel {
                "before the sound of a vowel the article is `an`"
            } else {
                "before the sound of a consonant the article is `a`"
            };
            found.extend(finding("an-a", &[article], message, &right));
        }
    }
    found
}

/// Whether a word can be said as one, so that its first letter tells its sound: `rvalue` cannot.
fn is_sayable(word: &str) -> bool {
    let mut letters = word.chars();
    let (Some(first), Some(second)) = (letters.next(), letters.next()) else {
        return false;
    };
    let allowed = match first {
        'h' | 'l' | 'm' | 'n' | 'x' => "aeiouy",
        'r' => "aeiouyh",
        'f' => "aeiouylrj",
        's' => "aeiouychklmnpqtw",
        _ => return true,
    };
    allowed.contains(second) || !second.is_ascii_alphabetic()
}

/// Acronyms of which everybody says the letters, and the first sounds like a vowel.
const SPELLED: &[&str] = &[
    "HTML", "HTTP", "HTTPS", "XML", "MP3", "RSS", "SSH", "FTP", "RPC", "LLVM", "API", "IDE", "ID",
    "IP", "AI", "NPM", "OS", "SSL", "LLM", "HTTP",
];

/// Those that begin with the sound of a consonant.
const SPOKEN: &[&str] = &[
    "URI", "USB", "UTF", "UUID", "UI", "PDF", "CSS", "CPU", "GPU", "JSON", "GUI", "TCP", "UDP",
    "DNS", "CSV", "PNG", "CLI", "TOML", "YAML", "JPEG", "CI", "PR", "VM",
];

/// Words that are said both ways.
const EITHER: &[&str] = &[
    "historic",
    "historical",
    "herb",
    "herbal",
    "hotel",
    "url",
    "sql",
    "led",
    "homage",
    "habitual",
    "ubiquitous",
    "unix",
    "eula",
    "euler",
    "uber",
    "ubi",
    "ubuntu",
    "hour's",
];

/// What ends in a period without ending a sentence.
const ABBREVIATIONS: &[&str] = &[
    "e.g", "i.e", "etc", "vs", "no", "fig", "figs", "approx", "ave", "blvd", "cf", "al", "st",
    "mr", "mrs", "dr", "inc", "ltd", "co", "corp", "dept", "est", "p", "pp", "vol", "sec", "ch",
    "ed", "eds", "ca", "resp", "incl", "excl", "min", "max", "a.k.a", "aka", "ver", "v", "rev",
    "eq", "eg", "ie", "ex", "art", "arts", "para", "cl", "nos", "op", "cit", "viz", "jr", "sr",
    "prof", "rep", "sen", "gen", "u.s", "u.k", "a.m", "p.m", "misc", "orig", "ref", "refs", "temp",
    "prev", "esp", "def", "pt", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept",
    "oct", "nov", "dec", "lit",
];

fn sentence_starts(tokens: &[Token<'_>]) -> Vec<Finding> {
    let mut found = Vec::new();
    // Text that is never capitalised is a manner of writing.
    let sentences = tokens.iter().filter(|token| token.first && token.is_word());
    let lower = sentences
        .clone()
        .filter(|token| !token.is_capital())
        .count();
    if lower > 2
        || !tokens
            .first()
            .is_some_and(|token| token.is_capital() || token.is_code())
    {
        return found;
    }
    for (at, token) in tokens.iter().enumerate().skip(3) {
        if !token.first || !token.is_word() || !token.spaced {
            continue;
        }
        let letters = token
            .text
            .chars()
            .all(|c| c.is_lowercase() || c == '\'' || c == '’');
        let (mark, word) = (&tokens[at - 1], &tokens[at - 2]);
        let abbreviated = ABBREVIATIONS.contains(&word.lower.as_str())
            || word.text.contains('.')
            || word.lower.chars().count() < 2
            || [".", "…", "!", "?"].contains(&word.text);
        let apart = |token: &Token<'_>| !["-", "/", "(", "_", ".", "=", "&"].contains(&token.text);
        let next = tokens.get(at + 1);
        let ordinary = STARTERS.contains(&token.lower.as_str());
        // The sentence before must be one, and this one too.
        let before = tokens[..at - 1]
            .iter()
            .rev()
            .take_while(|token| !token.first)
            .count();
        let after = tokens[at..].iter().take_while(|token| !ends(token)).count();
        let closed = tokens[at..].iter().any(ends);
        if letters
            && (mark.text == "."
                || ["?", "!"].contains(&mark.text) && OPENING.contains(&token.lower.as_str()))
            && !mark.spaced
            && (word.is_word() || word.is_code() || word.text == ")")
            && !abbreviated
            && ordinary
            && next.is_none_or(apart)
            && before >= 2
            && after >= 3
            && closed
        {
            let right = {
                let mut letters = token.text.chars();
                letters.next().map_or_else(String::new, |first| {
                    first.to_uppercase().chain(letters).collect()
                })
            };
            let message = "a sentence begins with a capital";
            found.extend(finding("sentence-start", &[token], message, &right));
        }
    }
    found
}

/// A text of several sentences of which only the first has no capital.
fn opening(tokens: &[Token<'_>]) -> Option<Finding> {
    let (first, next) = (tokens.first()?, tokens.get(1)?);
    let length = tokens.iter().take_while(|token| !ends(token)).count();
    let mut others = tokens.windows(2).filter_map(|pair| match pair {
        [mark, word] if mark.text == "." && word.first && word.is_word() => Some(word),
        _ => None,
    });
    let is_slip = OPENERS.contains(&first.text)
        && next.spaced
        && (next.is_word() || next.is_code())
        && length > 3
        && others.next().is_some_and(Token::is_capital)
        && others.all(Token::is_capital);
    let right = format!(
        "{}{}",
        first.text.get(..1)?.to_uppercase(),
        first.text.get(1..)?
    );
    let message = "a sentence begins with a capital";
    is_slip.then(|| finding("sentence-start", &[first], message, &right))?
}

/// Words that open a sentence; others may go on with what stands around a block of code.
const OPENERS: &[&str] = &["a", "an", "the", "this", "these", "it"];

fn ends(token: &Token<'_>) -> bool {
    [".", "!", "?", ":"].contains(&token.text)
}

/// Words that open sentences, and are neither names nor the words of a program.
const STARTERS: &[&str] = &[
    "a",
    "an",
    "the",
    "it",
    "its",
    "it's",
    "if",
    "in",
    "on",
    "at",
    "we",
    "he",
    "she",
    "they",
    "you",
    "i",
    "to",
    "as",
    "is",
    "are",
    "so",
    "no",
    "by",
    "do",
    "does",
    "this",
    "that",
    "these",
    "those",
    "there",
    "then",
    "when",
    "where",
    "while",
    "what",
    "which",
    "who",
    "why",
    "how",
    "but",
    "and",
    "or",
    "however",
    "also",
    "with",
    "without",
    "from",
    "after",
    "before",
    "because",
    "since",
    "all",
    "each",
    "every",
    "some",
    "many",
    "most",
    "both",
    "such",
    "only",
    "your",
    "our",
    "his",
    "her",
    "their",
    "not",
    "can",
    "please",
    "once",
    "until",
    "unless",
    "instead",
    "otherwise",
    "here",
    "now",
    "although",
    "though",
    "for",
    "none",
    "another",
    "other",
    "one",
    "two",
    "use",
    "first",
    "second",
];

/// Words that seldom follow a mark inside a sentence.
const OPENING: &[&str] = &[
    "the", "then", "it", "this", "if", "we", "you", "they", "there", "these", "when", "in",
];

fn contraction(token: &Token<'_>) -> Option<Finding> {
    let bare = |full: &&&str| {
        full.len() == token.lower.len() + 1
            && full.chars().filter(|c| *c != '\'').eq(token.lower.chars())
    };
    if !token.is_word()
        || WORDS.contains(&token.lower.as_str())
        || token.text.chars().skip(1).any(char::is_uppercase)
    {
        return None;
    }
    let full = CONTRACTIONS.iter().find(bare)?;
    let message = "an apostrophe is missing or is one too many";
    finding("apostrophe", &[token], message, &like(token, full))
}

fn name(
    token: &Token<'_>,
    before: Option<&Token<'_>>,
    next: Option<&Token<'_>>,
) -> Option<Finding> {
    if !token.is_word() || token.text.chars().any(char::is_uppercase) {
        return None;
    }
    let glue = |other: &Token<'_>| {
        ["-", "/", "_", "@", "=", ":", "#", ".", "+", "\\"].contains(&other.text)
    };
    let glued = !token.spaced && before.is_some_and(glue)
        || next.is_some_and(|next| !next.spaced && glue(next) && ![".", ":"].contains(&next.text))
        || next.is_some_and(|next| COMMON.contains(&next.lower.as_str()));
    if glued {
        return None;
    }
    let (stem, end) = match token.lower.strip_suffix("'s") {
        Some(stem) => (stem, "'s"),
        None => (token.lower.as_str(), ""),
    };
    let same = |name: &&&str| name.eq_ignore_ascii_case(stem);
    let known = NAMES
        .iter()
        .find(same)
        .map(|name| ("capital", "a name begins with a capital", name));
    let product = || {
        PRODUCTS
            .iter()
            .find(same)
            .map(|name| ("product-name", "the name is written otherwise", name))
    };
    let (code, message, name) = known.or_else(product)?;
    finding(code, &[token], message, &format!("{name}{end}"))
}
