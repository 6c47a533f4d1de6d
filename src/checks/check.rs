//! What a check is.

use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Guesses};
use crate::progress::Progress;
use crate::site::{Page, PageId, Site};
use crate::site_path::SitePath;
use crate::store::Store;

/// How many names are compared in a site, to guess what was meant.
const MOST_GUESSES: usize = 3_000_000;

/// How many of those for one page.
const MOST_PAGE_GUESSES: usize = 100_000;

/// A family of rules over the text of a site.
///
/// A check promises that its findings follow from the site alone: the store may only make it
/// faster, and the number of threads, the clock and the machine change nothing. It reports faults
/// as diagnostics whose codes begin with one of its prefixes, each with the level that is right
/// for most projects; `run_checks` applies the project's own levels and sorts. It never fails and
/// never panics on any text.
pub trait Check: Sync {
    /// The beginnings of the codes it reports, such as `link-`.
    fn code_prefixes(&self) -> &'static [&'static str];

    /// Reports what it finds, in any order.
    fn run(&self, context: &CheckContext<'_>) -> Vec<Diagnostic>;
}

/// What a check may look at.
#[derive(Clone, Copy)]
pub struct CheckContext<'a> {
    /// The site.
    pub site: &'a Site,
    /// Where dear results are kept.
    pub store: &'a Store,
    /// Who is told how far the work is.
    pub progress: Progress<'a>,
    /// The page that alone is reported on; all of them if none is named.
    pub about: Option<&'a SitePath>,
}

impl<'a> CheckContext<'a> {
    /// How much may be guessed for one page. It follows from the site and not from what is reported
    /// on, so that a page alone is told what it is told among all.
    pub(super) fn guesses(&self) -> Guesses {
        Guesses::new((MOST_GUESSES / self.site.pages.len().max(1)).min(MOST_PAGE_GUESSES))
    }

    /// The pages that are reported on: those that were written in the language of the site.
    pub(super) fn pages(&self) -> Vec<(PageId, &'a Arc<Page>)> {
        let site = self.site;
        let is_written = |(_, page): &(PageId, &'a Arc<Page>)| !site.is_fallback(page);
        match self.about {
            Some(path) => {
                let own = site.page_at(path).map(|id| (id, site.page(id)));
                let own = own.filter(|(_, page)| page.path == *path);
                own.filter(is_written).into_iter().collect()
            }
            None => site.pages_with_ids().filter(is_written).collect(),
        }
    }
}
