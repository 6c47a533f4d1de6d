//! A link or image as it stands in a page.

use std::ops::Range;

use crate::diagnostic::{Diagnostic, Severity};
use crate::site::Page;

/// A link or image as it stands in a page.
pub(super) struct Written<'a> {
    pub page: &'a Page,
    pub target: &'a str,
    pub span: Range<usize>,
    /// What stands before and after the target, where it stands in the link itself and on one
    /// line, so that another can be put in its place.
    around: Option<(&'a str, &'a str)>,
}

impl<'a> Written<'a> {
    /// What leads to `target` from `span`.
    pub(super) fn of(page: &'a Page, target: &'a str, span: &Range<usize>) -> Self {
        let source = page.text.get(span.clone()).unwrap_or("");
        let is_plain = !target.is_empty() && !source.contains('\n');
        let at = is_plain.then(|| place_of(source, target)).flatten();
        Self {
            page,
            target,
            span: span.clone(),
            around: at.map(|at| (&source[..at], &source[at + target.len()..])),
        }
    }

    /// Reports about it.
    pub(super) fn report(
        &self,
        code: &'static str,
        severity: Severity,
        message: impl Into<String>,
    ) -> Diagnostic {
        self.page
            .diagnostic(code, severity, self.span.clone(), message)
    }

    /// It with another target, where that can be told.
    pub(super) fn with(&self, target: &str) -> Vec<String> {
        let whole = |(before, after)| format!("{before}{target}{after}");
        self.around.map(whole).into_iter().collect()
    }
}

/// Where the target stands in a link; none where something else could be meant.
fn place_of(source: &str, target: &str) -> Option<usize> {
    // Of HTML or a bare address the span is the target itself.
    if source == target {
        return Some(0);
    }
    let angled = source
        .strip_prefix('<')
        .and_then(|inner| inner.strip_suffix('>'));
    if angled == Some(target) {
        return Some(1);
    }
    // The text and the title may hold what looks like the target of a link. The right one is the
    // last behind which the link ends, perhaps with a title before.
    source.rmatch_indices("](").find_map(|(open, _)| {
        let inner = source[open + 2..].trim_start();
        let (inner, is_angled) = match inner.strip_prefix('<') {
            Some(inner) => (inner, true),
            None => (inner, false),
        };
        let after = inner.strip_prefix(target)?;
        let after = match is_angled {
            true => after.strip_prefix('>')?,
            false => after,
        };
        ends(after).then_some(source.len() - inner.len())
    })
}

/// Whether a link ends with this behind its target: a bracket, perhaps with a title before it.
fn ends(after: &str) -> bool {
    let Some(title) = after.strip_suffix(')') else {
        return false;
    };
    let inner = title.trim();
    let mut letters = inner.chars();
    let (first, last) = (letters.next(), letters.next_back());
    let quoted = |marks: &[char]| !letters.as_str().contains(marks);
    match (first, last) {
        (None, _) => true,
        _ if !title.starts_with(char::is_whitespace) => false,
        (Some('"'), Some('"')) => quoted(&['"']),
        (Some('\''), Some('\'')) => quoted(&['\'']),
        (Some('('), Some(')')) => quoted(&['(', ')']),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_target_of_a_link_is_told_from_its_text_and_title() {
        let case = |source: &str, target: &str, expected: Option<usize>| {
            assert_eq!(place_of(source, target), expected, "{source}");
        };
        case("a.md", "a.md", Some(0));
        case("<https://a.example>", "https://a.example", Some(1));
        case("[a.md](a.md)", "a.md", Some(7));
        case("[x]( <a b.md> 'T' )", "a b.md", Some(6));
        case("[![x](b)](b)", "b", Some(10));
        case("[x](a\\_c.md \"a_c.md\")", "a_c.md", None);
        case("[the x](ab.md \"see ](ab.md) there\")", "ab.md", Some(8));
        case("[x](a (a.md))", "a", Some(4));
        case("[x](a \"](a 'b'\")", "a", Some(4));
        case("[x](ab)", "a", None);
        case("[a][a]", "a", None);
    }
}
