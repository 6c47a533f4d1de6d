//! A link or image as it stands in a page.

use std::ops::Range;

use crate::diagnostic::{Diagnostic, Severity};
use crate::site::Page;

/// A link or image as it stands in a page.
pub(super) struct Written<'a> {
    pub page: &'a Page,
    pub target: &'a str,
    span: Range<usize>,
    /// What stands before and after the target, where it stands in the link itself and on one
    /// line, so that another can be put in its place.
    around: Option<(&'a str, &'a str)>,
}

impl<'a> Written<'a> {
    /// What leads to `target` from `span`.
    pub(super) fn of(page: &'a Page, target: &'a str, span: &Range<usize>) -> Self {
        let source = page.text.get(span.clone()).unwrap_or("");
        // In `[a](b)` the target is the last such text before a title; a reference has none, and
        // of HTML or a bare address the span is the target itself.
        let open = match source == target {
            true => Some(0),
            false => source
                .rfind("](")
                .or_else(|| source.starts_with('<').then_some(0)),
        };
        let at = open.and_then(|open| Some(open + source[open..].find(target)?));
        let at = at.filter(|_| !target.is_empty() && !source.contains('\n'));
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
