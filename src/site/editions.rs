//! A page as one edition has it: without what is for others.

use std::borrow::Cow;

use pulldown_cmark::{Event, Tag};

use crate::markdown::{
    Edition, Heading, Markup, Punctuation, Spanned, for_edition, might_hold_editions,
};
use crate::site::page::Page;

impl Page {
    /// The steps through the Markdown as an edition has it, with the punctuation of a language.
    pub fn events_for(&self, edition: Edition, style: Option<Punctuation>) -> Vec<Spanned<'_>> {
        let events = self.events_set(style);
        match might_hold_editions(self.markdown()) {
            true => for_edition(events, edition),
            false => events,
        }
    }

    /// The headings that an edition has, in order.
    pub fn headings_for(&self, edition: Edition) -> Cow<'_, [Heading]> {
        let all = &self.outline.headings;
        if !might_hold_editions(self.markdown()) {
            return Cow::Borrowed(all);
        }
        let mut spans = Vec::new();
        for (markup, span) in for_edition(self.events(), edition) {
            if let Markup::Plain(Event::Start(Tag::Heading { .. })) = markup {
                spans.push(span.start);
            }
        }
        if spans.len() == all.len() {
            return Cow::Borrowed(all);
        }
        let here = |heading: &&Heading| spans.binary_search(&heading.span.start).is_ok();
        Cow::Owned(all.iter().filter(here).cloned().collect())
    }
}
