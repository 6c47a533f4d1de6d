//! A name for a finding that stays when the text around it moves: it is made of the rule, the file,
//! what is meant and the line that it stands in, and of several alike each has its number.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Place};
use crate::digest::Digest;

/// The fingerprints of findings, in their order. No two are the same.
pub fn fingerprints(found: &[Diagnostic]) -> Vec<String> {
    let mut seen: BTreeMap<Digest, usize> = BTreeMap::new();
    let one = |found: &Diagnostic| {
        let line = found.place.as_ref().map_or(String::new(), line);
        let parts = [&*found.code, found.path.as_str(), &found.message, &line];
        let digest = Digest::of_parts(parts.map(str::as_bytes));
        let before = seen.entry(digest).or_default();
        *before += 1;
        let number = before.to_string();
        Digest::of_parts([digest.hex().as_bytes(), number.as_bytes()]).hex()
    };
    found.iter().map(one).collect()
}

/// The words of a line, however they are spaced.
fn line(place: &Place) -> String {
    let words: Vec<&str> = place.excerpt.split_whitespace().collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Severity, SourceText};
    use crate::site_path::SitePath;

    fn of(text: &str, words: &[&str]) -> Vec<String> {
        let path = SitePath::parse("a.md").unwrap();
        let source = SourceText::new(&path, text);
        let found = words.iter().map(|word| {
            let at = text.find(word).unwrap();
            source.diagnostic("rule", Severity::Error, at..at + word.len(), "found it")
        });
        fingerprints(&found.collect::<Vec<_>>())
    }

    #[test]
    fn a_finding_keeps_its_name_when_it_moves() {
        let here = of("some wrod here\n", &["wrod"]);
        assert_eq!(of("New text.\n\n  some wrod  here\n", &["wrod"]), here);
        assert_ne!(of("other wrod here\n", &["wrod"]), here);
    }

    #[test]
    fn of_several_alike_each_has_its_own_name() {
        let twice = of("a wrod\n", &["wrod", "wrod"]);
        assert_ne!(twice[0], twice[1]);
        assert_eq!(twice[0], of("a wrod\n", &["wrod"])[0]);
    }
}
