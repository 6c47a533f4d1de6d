//! What the versions of a work know of each other: where each page stands in the others.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::site::addresses::url_of;
use crate::site::model::{Redirect, Site};
use crate::site::page::Page;
use crate::site_path::SitePath;

/// The versions of a work, the newest first.
#[derive(Debug, Default)]
pub struct Versions {
    /// The versions.
    pub all: Vec<VersionEntry>,
}

/// One version of a work.
#[derive(Debug)]
pub struct VersionEntry {
    /// The name.
    pub name: String,
    /// The folder it stands in, relative to the root of the release.
    pub mount: SitePath,
    /// The file of its front page, relative to the root of the release.
    pub home: SitePath,
    /// Where it stands in time to the newest release.
    pub age: Age,
    /// The file that each page is served from, relative to the root of the release, by its language
    /// and by what it has in common with the same page elsewhere.
    pages: BTreeMap<String, SitePath>,
    /// The file at which the version begins, and the front page of each of its languages.
    doors: BTreeSet<SitePath>,
}

/// Where a version stands in time to the newest release.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Age {
    /// It is not released yet.
    Ahead,
    /// It is the newest release.
    Latest,
    /// There is a newer release.
    Old,
}

impl Versions {
    /// The newest release.
    pub fn latest(&self) -> Option<&VersionEntry> {
        let mut all = self.all.iter();
        all.find(|version| version.age == Age::Latest)
    }
}

impl VersionEntry {
    /// What the others are told of a site.
    pub fn of(site: &Site, name: &str, age: Age) -> Self {
        let mut pages = BTreeMap::new();
        for one in site.in_all_languages() {
            for (_, page) in one.pages_with_ids() {
                let file = one.mount.join(&page.route);
                pages.entry(key(one, page)).or_insert(file);
            }
        }
        let home = SitePath::parse("index.html").expect("a plain name is a path");
        let mounts = site.in_all_languages().map(|one| &one.mount);
        let doors = mounts.chain([&site.base]).map(|mount| mount.join(&home));
        Self {
            name: name.to_owned(),
            mount: site.base.clone(),
            home: site.mount.join(&home),
            age,
            pages,
            doors: doors.collect(),
        }
    }
}

fn key(site: &Site, page: &Page) -> String {
    key_in(&site.config.project.language, page)
}

fn key_in(language: &str, page: &Page) -> String {
    format!("{language} {}", page.translation_key())
}

impl Site {
    /// Tells a version, in all its languages, about the others.
    pub fn meet(&mut self, versions: &Arc<Versions>) {
        for translation in &mut self.translations {
            translation.versions = Arc::clone(versions);
        }
        self.versions = Arc::clone(versions);
    }

    /// The version that this is, if the work has several.
    pub fn version(&self) -> Option<&VersionEntry> {
        let mut all = self.versions.all.iter();
        all.find(|version| version.mount == self.base)
    }

    /// Where a page stands in a version: its file relative to the root of the release.
    pub fn page_in_version<'a>(
        &self,
        version: &'a VersionEntry,
        page: &Page,
    ) -> Option<&'a SitePath> {
        version.pages.get(&key(self, page))
    }

    /// Where a page stands in the newest release, if this is another version and the newest has it.
    pub fn page_in_latest(&self, page: &Page) -> Option<&SitePath> {
        self.page_in_version(self.newer()?, page)
    }

    /// The same for the text in the work's own language that a page without a translation shows.
    pub fn original_in_latest(&self, page: &Page) -> Option<&SitePath> {
        self.newer()?.pages.get(&key_in(&self.own_language, page))
    }

    /// The newest release, if this is another version.
    fn newer(&self) -> Option<&VersionEntry> {
        let latest = self.versions.latest();
        latest.filter(|latest| latest.mount != self.base)
    }

    /// Lets another name of a version lead to it, page by page. This site must stand at the root.
    pub fn add_alias(&mut self, alias: &SitePath, versions: &Versions, target: &VersionEntry) {
        let is_taken = |file: &SitePath| {
            let mut all = versions.all.iter();
            all.any(|version| !version.mount.is_root() && file.is_within(&version.mount))
        };
        let files = target.pages.values().chain(&target.doors);
        let redirects = files.filter_map(|file| {
            let from = alias.join(&file.below(&target.mount)?);
            let from = (!is_taken(&from)).then_some(from)?;
            Some(Redirect {
                from: url_of(&from),
                to: url_of(file),
            })
        });
        // With its own language in a folder, nothing but these redirects stands at the root.
        let own = match self.mount.is_root() {
            true => &mut self.redirects,
            false => &mut self.outer_redirects,
        };
        own.extend(redirects);
        own.sort();
        own.dedup_by(|a, b| a.from == b.from);
    }
}
