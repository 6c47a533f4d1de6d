//! Texts that stand side by side become one, as every reader expects them: pulldown-cmark ends one at
//! each sign that might have meant something. Where they stand so in the source too, nothing is copied.

use std::ops::Range;

use pulldown_cmark::{CowStr, Event};

type Spanned<'t> = (Event<'t>, Range<usize>);

/// Steps without a text that follows another.
pub(super) struct Merged<'t, I> {
    inner: I,
    source: &'t str,
    /// What was read to find the end of a text.
    read: Option<Spanned<'t>>,
}

impl<'t, I: Iterator<Item = Spanned<'t>>> Merged<'t, I> {
    /// The steps through `source`.
    pub(super) fn new(inner: I, source: &'t str) -> Self {
        Self {
            inner,
            source,
            read: None,
        }
    }

    /// The first of several texts and those that follow it, up to what is no text.
    fn join(
        &mut self,
        (first, mut span): (CowStr<'t>, Range<usize>),
        second: Spanned<'t>,
    ) -> Spanned<'t> {
        let source = self.source;
        let is_at = |text: &str, place: &Range<usize>| source.get(place.clone()) == Some(text);
        let mut stands = is_at(&first, &span);
        let mut joined = String::new();
        if !stands {
            joined.push_str(&first);
        }
        let mut next = Some(second);
        while let Some((Event::Text(more), place)) = next {
            if stands && !(place.start == span.end && is_at(&more, &place)) {
                joined.push_str(&source[span.clone()]);
                stands = false;
            }
            if !stands {
                joined.push_str(&more);
            }
            span.end = place.end;
            next = self.inner.next();
        }
        self.read = next;
        let text = match stands {
            true => CowStr::Borrowed(&source[span.clone()]),
            false => joined.into(),
        };
        (Event::Text(text), span)
    }
}

impl<'t, I: Iterator<Item = Spanned<'t>>> Iterator for Merged<'t, I> {
    type Item = Spanned<'t>;

    fn next(&mut self) -> Option<Spanned<'t>> {
        let (event, span) = self.read.take().or_else(|| self.inner.next())?;
        let Event::Text(text) = event else {
            return Some((event, span));
        };
        match self.inner.next() {
            Some(second @ (Event::Text(_), _)) => {
                let (joined, span) = self.join((text, span), second);
                match &joined {
                    // Nothing was written there.
                    Event::Text(text) if text.is_empty() => self.next(),
                    _ => Some((joined, span)),
                }
            }
            other => {
                self.read = other;
                Some((Event::Text(text), span))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use pulldown_cmark::{Options, Parser, TextMergeWithOffset};

    use super::*;

    proptest! {
        #[test]
        fn texts_are_merged_as_pulldown_cmark_merges_them(text in "[a-cé&;#*_`\\[\\]()<>!|:~$\\n /.\\-{}=\\\\]{0,60}") {
            let steps = || Parser::new_ext(&text, Options::all()).into_offset_iter();
            let merged: Vec<_> = Merged::new(steps(), &text).collect();
            let expected: Vec<_> = TextMergeWithOffset::new(steps()).collect();
            prop_assert_eq!(merged, expected);
        }
    }

    #[test]
    fn lines_of_code_are_not_copied() {
        let text = "```\na\nb\n```\n";
        let mut merged = Merged::new(Parser::new(text).into_offset_iter(), text);
        let code = merged.find_map(|(event, _)| match event {
            Event::Text(code) => Some(code),
            _ => None,
        });
        assert!(matches!(code, Some(CowStr::Borrowed("a\nb\n"))));
    }
}
