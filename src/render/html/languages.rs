//! What a template sees of the other languages: where the page stands in each of them.

use serde::Serialize;

use crate::render::html::events::escape;
use crate::render::html::pages::PageValue;
use crate::site::{LanguageEntry, Page, Site, address_of};
use crate::site_path::SitePath;

/// A page, or the front page, in another language.
#[derive(Serialize)]
pub(super) struct TranslationValue {
    language: String,
    name: String,
    dir: &'static str,
    /// The address relative to the root of this site.
    url: String,
    /// The absolute address, if the work has one.
    canonical: Option<String>,
    is_current: bool,
    is_default: bool,
    /// Whether it is this very page and not the front page in its place.
    is_same_page: bool,
}

/// The languages a page is written in; search engines are told of no other.
pub(super) fn translations(site: &Site, page: &Page) -> Vec<TranslationValue> {
    let all = site.translations_of(page).into_iter();
    let written = all.filter(|(_, _, written)| *written);
    let found: Vec<TranslationValue> = written
        .map(|(language, file, _)| value(site, language, file, true))
        .collect();
    match found.len() {
        // A page in one language alone has no alternates.
        0 | 1 => Vec::new(),
        _ => found,
    }
}

/// The languages a page is written in and its absolute address in each, none if it is one alone.
pub(in crate::render) fn alternates<'a>(site: &'a Site, page: &Page) -> Vec<(&'a str, String)> {
    let all = site.translations_of(page).into_iter();
    let written = all.filter(|(_, _, written)| *written);
    let found: Vec<(&str, String)> = written
        .filter_map(|(language, file, _)| Some((language.tag.as_str(), absolute(site, file)?)))
        .collect();
    match found.len() {
        0 | 1 => Vec::new(),
        _ => found,
    }
}

/// Every language of the work: this page in it, else its front page.
pub(super) fn switch(site: &Site, page: Option<&Page>) -> Vec<TranslationValue> {
    let key = page.map(Page::translation_key);
    let one = |language: &LanguageEntry| {
        let own = key.as_ref().and_then(|key| language.pages.get(key));
        match own {
            Some((file, _)) => value(site, language, file, true),
            None => value(site, language, &language.home, false),
        }
    };
    site.languages.all.iter().map(one).collect()
}

/// The text of a fallback, marked as what it is: a note in the language of the site, and its own
/// language for everything that reads it. No template can forget it.
pub(super) fn marked(page: &PageValue, notice: &str, content: &str) -> String {
    let (language, dir) = (escape(&page.text_language), page.text_dir);
    let notice = escape(notice);
    format!(
        "<p class=\"fallback\" role=\"note\">{notice}</p>\n\
         <div lang=\"{language}\" dir=\"{dir}\">\n{content}</div>\n"
    )
}

/// The title of a fallback, in its own language.
pub(super) fn marked_title(page: &PageValue, title: &str) -> String {
    let (language, dir) = (escape(&page.text_language), page.text_dir);
    format!("<span lang=\"{language}\" dir=\"{dir}\">{title}</span>")
}

/// The address of the text that a fallback shows, in the newest release if that has it.
pub(super) fn original(site: &Site, page: &Page) -> Option<String> {
    if let Some(file) = site.original_in_latest(page) {
        return absolute(site, file);
    }
    let first = site.languages.all.first()?;
    let (file, _) = first.pages.get(&page.translation_key())?;
    absolute(site, file)
}

/// The absolute address of a file of the release.
pub(in crate::render) fn absolute(site: &Site, file: &SitePath) -> Option<String> {
    let base = site.release_url()?.trim_end_matches('/');
    Some(format!("{base}{}", address_of(&file.to_url())))
}

fn value(
    site: &Site,
    language: &LanguageEntry,
    file: &SitePath,
    is_same_page: bool,
) -> TranslationValue {
    TranslationValue {
        language: language.tag.clone(),
        name: language.name.clone(),
        dir: language.direction,
        url: site.url_in_release(file),
        canonical: absolute(site, file),
        is_current: language.mount == site.mount,
        is_default: (site.languages.all.first()).is_some_and(|first| first.mount == language.mount),
        is_same_page,
    }
}
