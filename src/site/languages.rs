//! Which language a file is written in, told by its folder or its suffix, and where it would stand
//! without: `de/guide/setup.md` and `guide/setup.de.md` are both `guide/setup.md` in German.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::config::{Config, Language};
use crate::diagnostic::sort;
use crate::site::model::{Hidden, PageId, Site};
use crate::site::page::Page;
use crate::site_path::SitePath;

/// Where a file stands among those of all languages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The tag of the language that its name tells, if it is not the project's own.
    pub language: Option<String>,
    /// The path below the content folder, without the language.
    pub path: SitePath,
}

/// Reads the language off a path below the content folder.
pub(super) fn place_of(config: &Config, below: &SitePath) -> Place {
    let plain = |path| Place {
        language: None,
        path,
    };
    if config.languages.is_empty() {
        return plain(below.clone());
    }
    let own = config.own_language().map(|(tag, _)| tag.as_str());
    let known = |name: &str| {
        let mut tags = config.languages.keys().map(String::as_str);
        let own_tag = own.unwrap_or(&config.project.language);
        let found = tags.find(|tag| tag.eq_ignore_ascii_case(name));
        found.or_else(|| own_tag.eq_ignore_ascii_case(name).then_some(own_tag))
    };
    let of = |tag: &str, path| Place {
        language: (own != Some(tag) && tag != config.project.language).then(|| tag.to_owned()),
        path,
    };
    let folder = below.parts().next().unwrap_or("");
    if let Some(tag) = known(folder)
        && let Some(path) = SitePath::parse(folder)
            .ok()
            .and_then(|folder| below.below(&folder))
        && !path.is_root()
    {
        return of(tag, path);
    }
    if let Some((stem, suffix)) = below.stem().rsplit_once('.')
        && let Some(tag) = known(suffix)
        && let Ok(path) = below.resolve_beside(&format!("{stem}.{}", below.extension()))
        && !stem.is_empty()
    {
        return of(tag, path);
    }
    plain(below.clone())
}

/// Where the pages of the other languages stand: what a site knows of its translations.
#[derive(Debug, Clone, Default)]
pub(super) struct Elsewhere {
    /// From a source to the file it is served from, relative to the root of the work.
    pub by_path: BTreeMap<SitePath, SitePath>,
    /// Every file that a page is served from, relative to the root of the work.
    pub routes: BTreeSet<SitePath>,
}

/// What every language of a work knows of all of them.
#[derive(Debug, Default)]
pub struct Languages {
    /// The languages in the order of the table, the project's own first.
    pub all: Vec<LanguageEntry>,
    pub(super) elsewhere: Elsewhere,
}

/// One language of a work.
#[derive(Debug)]
pub struct LanguageEntry {
    /// The tag (BCP 47).
    pub tag: String,
    /// What it calls itself.
    pub name: String,
    /// The direction it is written in.
    pub direction: &'static str,
    /// The folder it stands in, relative to the root of the release.
    pub mount: SitePath,
    /// The file of its front page, relative to the root of the release.
    pub home: SitePath,
    /// By what pairs a page with its translations: the file it is served from, relative to the
    /// root of the release, and whether it is written in this language.
    pub pages: BTreeMap<String, (SitePath, bool)>,
}

impl Page {
    /// What a page has in common with its translations: the key that the author gave, else the
    /// path without the language.
    pub fn translation_key(&self) -> String {
        let named = ["translation_key", "translationKey"]
            .iter()
            .find_map(|key| self.front.extra.get(*key)?.as_str());
        match named {
            Some(key) => format!("={key}"),
            None => self.place.as_str().replace("_index.", "index."),
        }
    }
}

impl Site {
    /// Whether a page is shown here in the project's language because it is not translated.
    pub fn is_fallback(&self, page: &Page) -> bool {
        page.language != self.language
    }

    /// The language of everything around the text of a page: that of the site, if it is a fallback.
    pub fn shown_language<'a>(&'a self, page: &'a Page) -> &'a str {
        match self.is_fallback(page) {
            true => &self.config.project.language,
            false => self.language_of(page),
        }
    }

    /// The work in each of its languages, the project's own first.
    pub fn in_all_languages(&self) -> impl Iterator<Item = &Site> {
        std::iter::once(self).chain(&self.translations)
    }

    /// Every page of the work once, in the language it is written in, with its site.
    pub fn written_pages(&self) -> impl Iterator<Item = (&Site, &Arc<Page>)> {
        self.in_all_languages().flat_map(|site| {
            let pages = site.pages.iter();
            let written = pages.filter(|page| !site.is_fallback(page));
            written.map(move |page| (site, page))
        })
    }

    /// The translations of a page, and the page itself: each language that has it, the file it is
    /// served from relative to the root of the release, and whether it is written in that language.
    pub fn translations_of(&self, page: &Page) -> Vec<(&LanguageEntry, &SitePath, bool)> {
        if self.languages.all.is_empty() {
            return Vec::new();
        }
        let key = page.translation_key();
        let all = self.languages.all.iter();
        all.filter_map(|language| {
            let (route, own) = language.pages.get(&key)?;
            Some((language, route, *own))
        })
        .collect()
    }

    /// The page of this site that has something in common with its translations.
    pub fn page_for_key(&self, key: &str) -> Option<PageId> {
        let language = self.languages.all.iter();
        let mut own = language.filter(|language| language.mount == self.mount);
        let (file, _) = own.next()?.pages.get(key)?;
        self.page_routed(&file.below(&self.mount)?)
    }

    /// The page that stands in this language for a source of another.
    pub(super) fn page_in_language(&self, path: &SitePath) -> Option<PageId> {
        if self.by_place.is_empty() {
            return None;
        }
        let below = path.below(&self.content).unwrap_or_else(|| path.clone());
        let place = place_of(&self.config, &below);
        // A link that names another language means it.
        if place.language.is_some() && place.language != self.language {
            return None;
        }
        self.by_place.get(&place.path).copied()
    }

    /// Where a file would be if it were not kept apart by language.
    pub(super) fn shared_file(&self, path: &SitePath) -> Option<SitePath> {
        if self.config.languages.is_empty() {
            return None;
        }
        let below = path.below(&self.content)?;
        let place = place_of(&self.config, &below);
        let shared = self.content.join(&place.path);
        (shared != *path && self.files.contains(&shared)).then_some(shared)
    }

    /// Where a page of another language is served, by its source.
    pub(super) fn page_elsewhere(&self, path: &SitePath) -> Option<&SitePath> {
        self.languages.elsewhere.by_path.get(path)
    }

    /// Where the text in the work's own language is served that a source would translate, if it were
    /// there.
    pub(super) fn untranslated(&self, path: &SitePath) -> Option<&SitePath> {
        let place = place_of(&self.config, &path.below(&self.content)?).path;
        let key = place.as_str().replace("_index.", "index.");
        let (file, written) = self.languages.all.first()?.pages.get(&key)?;
        written.then_some(file)
    }

    /// The file of another language that is served at a place of the release.
    pub(super) fn route_elsewhere(&self, place: &SitePath) -> Option<SitePath> {
        let index = place.resolve("index.html").ok()?;
        let routes = &self.languages.elsewhere.routes;
        let mut files = [place, &index].into_iter();
        files.find(|file| routes.contains(*file)).cloned()
    }

    /// The folder of the release in which this site's files stand, as steps up from it.
    pub fn up(&self) -> String {
        match self.mount.is_root() {
            true => String::new(),
            false => "../".repeat(self.mount.parts().count()),
        }
    }

    /// Where a file stands in the release that images and files name as seen from their version:
    /// what is named after what it holds stands at the root, for all versions.
    pub fn place_in_release(&self, file: &SitePath) -> SitePath {
        match self.base.is_root() || file.as_str().starts_with("_tympan/") {
            true => file.clone(),
            false => self.base.join(file),
        }
    }

    /// The address of an image or file as it is seen from a page of this site.
    pub fn asset_url_from(&self, file: &SitePath, from: &SitePath) -> String {
        match self.mount.is_root() {
            true => file.url_from(from),
            false => self.url_in_release_from(&self.place_in_release(file), from),
        }
    }

    /// The address of a file of the release as it is seen from a page of this site.
    pub fn url_in_release_from(&self, file: &SitePath, from: &SitePath) -> String {
        match self.mount.is_root() {
            true => file.url_from(from),
            false => file.url_from(&self.mount.join(from)),
        }
    }

    /// The absolute address of the release, if the work has one.
    pub fn release_url(&self) -> Option<&str> {
        let base = self.config.project.base_url.as_deref()?;
        let mount = format!("{}/", self.mount.to_url());
        match self.mount.is_root() {
            true => Some(base),
            false => Some(base.strip_suffix(&mount).unwrap_or(base)),
        }
    }

    /// The address of a file of the release, relative to the root of this site.
    pub fn url_in_release(&self, file: &SitePath) -> String {
        match file.below(&self.mount) {
            Some(below) => below.to_url(),
            None => format!("{}{}", self.up(), file.to_url()),
        }
    }
}

type Pages = Vec<Arc<Page>>;

/// Splits pages by language: those of the project's own, and those of each other tag.
pub(super) fn by_language(pages: Pages) -> (Pages, BTreeMap<String, Pages>) {
    let (mut own, mut others) = (Pages::new(), BTreeMap::<String, Pages>::new());
    for page in pages {
        match &page.language {
            None => own.push(page),
            Some(tag) => others.entry(tag.clone()).or_default().push(page),
        }
    }
    (own, others)
}

/// The sites of the other languages, each as `fill` makes it of its pages.
pub(super) fn translate(
    base: &Site,
    own: &[Arc<Page>],
    translated: &BTreeMap<String, Pages>,
    fill: &dyn Fn(Site, Pages) -> Site,
) -> Vec<Site> {
    let one = |(tag, language): (&String, &Language)| {
        let mut pages = translated.get(tag).cloned().unwrap_or_default();
        if language.falls_back(base.kind) {
            let known: BTreeSet<String> = pages.iter().map(|page| page.translation_key()).collect();
            let lacking = |page: &&Arc<Page>| !known.contains(&page.translation_key());
            pages.extend(own.iter().filter(lacking).cloned());
        }
        let mut site = base.clone();
        site.config = Arc::new(base.config.in_language(tag, language));
        site.mount = base.mount.join(&language.path);
        site.language = Some(tag.clone());
        site.hidden = Hidden::default();
        (!pages.is_empty()).then(|| fill(site, pages))
    };
    base.config.other_languages().filter_map(one).collect()
}

/// Tells every site of a work about all of them, and the first what was found in the others.
pub(super) fn introduce(site: &mut Site) {
    if site.translations.is_empty() {
        return;
    }
    let mut languages = Languages::default();
    for one in site.in_all_languages() {
        languages.all.push(entry(one));
        for (_, page) in one.pages_with_ids() {
            let file = one.mount.join(&page.route);
            languages.elsewhere.routes.insert(file.clone());
            if !one.is_fallback(page) {
                languages.elsewhere.by_path.insert(page.path.clone(), file);
            }
        }
    }
    let languages = Arc::new(languages);
    for translation in &mut site.translations {
        translation.languages = Arc::clone(&languages);
        site.diagnostics.extend(translation.diagnostics.clone());
    }
    site.languages = languages;
    sort(&mut site.diagnostics);
    site.diagnostics.dedup();
}

fn entry(site: &Site) -> LanguageEntry {
    let project = &site.config.project;
    let known = match &site.language {
        Some(tag) => site.config.languages.get(tag),
        None => site.config.own_language().map(|(_, language)| language),
    };
    let name = known.map_or_else(
        || crate::config::Language::implied(&project.language).name,
        |language| language.name.clone(),
    );
    let home = SitePath::parse("index.html").expect("a plain name is a path");
    let mut pages = BTreeMap::new();
    for (_, page) in site.pages_with_ids() {
        let file = site.mount.join(&page.route);
        let own = !site.is_fallback(page);
        pages.entry(page.translation_key()).or_insert((file, own));
    }
    LanguageEntry {
        tag: project.language.clone(),
        name,
        direction: project.direction(),
        mount: site.mount.clone(),
        home: site.mount.join(&home),
        pages,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::read_config;

    #[track_caller]
    fn case(path: &str, expected: &str) {
        let file = SitePath::parse("tympan.toml").unwrap();
        let text = "[project]\nlanguage = \"en-GB\"\n[languages]\nde = {}\npt-BR = {}\n";
        let (config, _) = read_config(&file, text);
        let place = place_of(&config, &SitePath::parse(path).unwrap());
        let language = place.language.as_deref().unwrap_or("own");
        assert_eq!(format!("{language} {}", place.path), expected);
    }

    #[test]
    fn a_folder_or_a_suffix_tells_the_language() {
        case("guide/setup.md", "own guide/setup.md");
        case("de/guide/setup.md", "de guide/setup.md");
        case("guide/setup.de.md", "de guide/setup.md");
        case("guide/index.pt-br.md", "pt-BR guide/index.md");
        case("en-GB/guide/setup.md", "own guide/setup.md");
        case("guide/setup.en-gb.md", "own guide/setup.md");
    }

    #[test]
    fn what_only_looks_like_a_language_is_none() {
        case("fr/guide/setup.md", "own fr/guide/setup.md");
        case("guide/v1.2.md", "own guide/v1.2.md");
        case("guide/de/setup.md", "own guide/de/setup.md");
        case(".de.md", "own .de.md");
        case("de", "own de");
    }
}
