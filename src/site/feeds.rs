//! Which feeds a site has: of all its dated pages, of its sections, and of the terms of its
//! taxonomies.

use crate::config::{FeedFormat, Kind};
use crate::site::lists::ListId;
use crate::site::model::{PageId, Site};
use crate::site::taxonomies::TermId;
use crate::site_path::SitePath;

/// A feed; none of a list stands for the whole site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feed {
    /// The list it follows.
    pub list: Option<ListId>,
    /// The format.
    pub format: FeedFormat,
    /// The file it is served from.
    pub route: SitePath,
}

impl Site {
    /// Every feed of the site.
    pub fn feeds(&self) -> Vec<Feed> {
        let mut feeds = self.feeds_of(None);
        for folder in self.sections.keys() {
            feeds.extend(self.feeds_of(Some(&ListId::Section(folder.clone()))));
        }
        for (taxonomy, entry) in self.taxonomies.iter().enumerate() {
            for term in 0..entry.terms.len() {
                feeds.extend(self.feeds_of(Some(&ListId::Term(TermId { taxonomy, term }))));
            }
        }
        feeds
    }

    /// The feeds of a list, or of the whole site.
    pub fn feeds_of(&self, list: Option<&ListId>) -> Vec<Feed> {
        if self.config.project.base_url.is_none() || self.dated.is_empty() {
            return Vec::new();
        }
        let Some(folder) = self.feed_folder(list) else {
            return Vec::new();
        };
        let formats = self.config.feeds.formats.iter();
        formats
            .map(|format| Feed {
                list: list.cloned(),
                format: *format,
                route: folder
                    .join(&SitePath::parse(format.file()).expect("a plain name is a path")),
            })
            .collect()
    }

    /// Where the feed of a list stands, if it has one.
    fn feed_folder(&self, list: Option<&ListId>) -> Option<SitePath> {
        let dated = |pages: &[PageId]| pages.iter().any(|id| self.is_dated(*id));
        match list {
            None => {
                let root = self.sections.get(&SitePath::root());
                let wanted = root.and_then(|section| section.rules.feed);
                wanted.unwrap_or(true).then(SitePath::root)
            }
            // The front page's list is that of the whole site.
            Some(ListId::Section(folder)) if folder.is_root() => None,
            Some(ListId::Section(folder)) => {
                let section = self.sections.get(folder)?;
                let wanted = section.rules.feed.unwrap_or(self.kind == Kind::Site);
                (wanted && dated(&section.listed)).then(|| section.route.parent())
            }
            Some(ListId::Term(id)) => {
                let taxonomy = self.taxonomies.get(id.taxonomy)?;
                let term = taxonomy.terms.get(id.term)?;
                (taxonomy.feed && dated(&term.pages)).then(|| term.route.parent())
            }
        }
    }

    /// The dated pages of a feed, the newest first.
    pub fn feed_pages(&self, list: Option<&ListId>) -> Vec<PageId> {
        let limit = self.config.feeds.limit;
        let pages: &[PageId] = match list {
            None => &self.dated,
            Some(ListId::Section(folder)) => {
                let section = self.sections.get(folder);
                section.map_or(&[], |section| &section.listed)
            }
            Some(ListId::Term(id)) => &self.taxonomies[id.taxonomy].terms[id.term].pages,
        };
        let mut dated: Vec<PageId> = pages.to_vec();
        dated.retain(|id| self.is_dated(*id) && self.page(*id).front.redirect_to.is_none());
        dated.sort_by_key(|id| (std::cmp::Reverse(self.page(*id).front.date), *id));
        dated.truncate(limit);
        dated
    }

    /// Whether a file holds a feed.
    pub(super) fn is_feed(&self, route: &SitePath) -> bool {
        let mut formats = self.config.feeds.formats.iter();
        formats.any(|format| format.file() == route.file_name())
            && self.feeds().iter().any(|feed| feed.route == *route)
    }

    fn is_dated(&self, id: PageId) -> bool {
        self.page(id).front.date.is_some()
    }
}
