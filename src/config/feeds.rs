//! Feeds and rules for servers: the `[feeds]` table and `redirect_rules`, as written and as meant.

use serde::Deserialize;
use toml::Spanned;

use crate::config::read::Reader;

/// How many entries a feed holds.
const LIMIT: usize = 20;

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct FeedsFile {
    formats: Option<Vec<FeedFormat>>,
    content: FeedContent,
    limit: Option<Spanned<usize>>,
}

/// A format of feeds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FeedFormat {
    /// Atom (RFC 4287).
    Atom,
    /// RSS 2.0.
    Rss,
    /// JSON Feed 1.1.
    Json,
}

impl FeedFormat {
    /// The name of its file.
    pub fn file(self) -> &'static str {
        match self {
            Self::Atom => "feed.xml",
            Self::Rss => "rss.xml",
            Self::Json => "feed.json",
        }
    }

    /// Its media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Atom => "application/atom+xml",
            Self::Rss => "application/rss+xml",
            Self::Json => "application/feed+json",
        }
    }
}

/// What an entry of a feed holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FeedContent {
    /// The description of the page.
    #[default]
    Summary,
    /// All of its text.
    Full,
}

/// What feeds are like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feeds {
    /// The formats.
    pub formats: Vec<FeedFormat>,
    /// What an entry holds.
    pub content: FeedContent,
    /// How many entries a feed holds.
    pub limit: usize,
}

impl Default for Feeds {
    fn default() -> Self {
        Self {
            formats: vec![FeedFormat::Atom],
            content: FeedContent::Summary,
            limit: LIMIT,
        }
    }
}

/// A kind of server that is told about redirects and caching in files of its own kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ServerRules {
    /// Netlify, Cloudflare Pages and those that follow them.
    Netlify,
    /// nginx: files to include in blocks of `map`.
    Nginx,
    /// Apache, which reads them by itself.
    Apache,
    /// Caddy: a file to import into a site.
    Caddy,
}

/// One file of rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct RulesFile {
    /// Whose.
    pub server: ServerRules,
    /// Its name at the root.
    pub name: &'static str,
    /// Whether it holds redirects.
    pub redirects: bool,
    /// Whether it says how long files may be kept.
    pub headers: bool,
}

impl ServerRules {
    /// Its files.
    pub fn files(self) -> impl Iterator<Item = RulesFile> {
        let files: &[(&str, bool, bool)] = match self {
            Self::Netlify => &[("_redirects", true, false), ("_headers", false, true)],
            Self::Nginx => &[("redirects.map", true, false), ("cache.map", false, true)],
            Self::Apache => &[(".htaccess", true, true)],
            Self::Caddy => &[("rules.caddy", true, true)],
        };
        files
            .iter()
            .map(move |(name, redirects, headers)| RulesFile {
                server: self,
                name,
                redirects: *redirects,
                headers: *headers,
            })
    }
}

impl Reader<'_> {
    pub(super) fn feeds(&mut self, written: FeedsFile) -> Feeds {
        let mut formats = written.formats.unwrap_or_else(|| vec![FeedFormat::Atom]);
        formats.sort_unstable();
        formats.dedup();
        let limit = match written.limit {
            Some(limit) if *limit.get_ref() == 0 || *limit.get_ref() > 1000 => {
                let message = format!("{} entries are out of range", limit.get_ref());
                self.fault(limit.span(), message, "write 1 to 1000");
                LIMIT
            }
            Some(limit) => limit.into_inner(),
            None => LIMIT,
        };
        Feeds {
            formats,
            content: written.content,
            limit,
        }
    }
}
