//! A page as one edition has it: without what is for others.

use std::borrow::Cow;

use pulldown_cmark::{Event, Tag};

use crate::markdown::{
    Edition, Heading, Markup, Outline, Punctuation, Spanned, for_edition, might_hold_editions,
};
use crate::site::index_terms::may_mark;
use crate::site::model::Site;
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

impl Site {
    /// The first paragraph of a page as the site has it.
    pub fn summary_of<'p>(&self, page: &'p Page) -> Cow<'p, str> {
        match might_hold_editions(page.markdown()) || self.is_rewritten(page) {
            true => Cow::Owned(Outline::of(&self.reading(page, Edition::Html)).summary),
            false => Cow::Borrowed(&page.outline.summary),
        }
    }

    /// Whether a text may hold citations or marks of the index, which do not read as they are written.
    pub fn is_rewritten(&self, page: &Page) -> bool {
        self.may_cite(page) || (self.index.is_there() && may_mark(page))
    }
}

#[cfg(test)]
mod tests {
    use crate::site::test_site::{page, site};

    #[test]
    fn a_summary_is_what_the_site_says_first() {
        let site = site(&[
            ("tympan.toml", "[project]\nkind = \"book\"\n"),
            ("SUMMARY.md", "- [A](a.md)\n- [B](b.md)\n\n[Index](z.md)\n"),
            ("a.md", "# A\n\nOn paper.\n{.only-pdf}\n\nOn the web.\n"),
            ("b.md", "# B\n\nThe ((tide)) comes.\n"),
            ("z.md", "---\nrole: index\n---\n# Index\n"),
        ]);
        let summary = |path| site.summary_of(site.page(page(&site, path))).into_owned();
        assert_eq!(summary("a.md"), "On the web.");
        assert_eq!(summary("b.md"), "The tide comes.");
    }
}
