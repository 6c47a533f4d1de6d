//! What a template sees of the other versions: where the page stands in each of them.

use serde::Serialize;

use crate::render::html::languages::absolute;
use crate::site::{Age, Page, Site, VersionEntry};

/// A page, or the front page, in another version.
#[derive(Serialize)]
pub(super) struct VersionValue {
    name: String,
    /// The address relative to the root of this site.
    url: String,
    is_current: bool,
    is_latest: bool,
    /// Whether it is not released yet.
    is_ahead: bool,
    /// Whether it is this very page and not the front page in its place.
    is_same_page: bool,
}

/// Every version of the work: this page in it, else its front page.
pub(super) fn versions(site: &Site, page: Option<&Page>) -> Vec<VersionValue> {
    let own = site.version().map(|version| &version.mount);
    let one = |version: &VersionEntry| {
        let same = page.and_then(|page| site.page_in_version(version, page));
        VersionValue {
            name: version.name.clone(),
            url: site.url_in_release(same.unwrap_or(&version.home)),
            is_current: Some(&version.mount) == own,
            is_latest: version.age == Age::Latest,
            is_ahead: version.age == Age::Ahead,
            is_same_page: same.is_some(),
        }
    };
    site.versions.all.iter().map(one).collect()
}

/// The address of the page in the newest release, where it has it and this is another version.
pub(super) fn latest_address(site: &Site, page: &Page) -> Option<String> {
    absolute(site, site.page_in_latest(page)?)
}
