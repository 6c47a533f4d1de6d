//! Translations that are missing, or older than what they translate, as Git tells it.

use crate::checks::check::{Check, CheckContext};
use crate::diagnostic::{Diagnostic, Severity};
use crate::repo::FileHistory;
use crate::site::{Date, PageId, Site};
use crate::site_path::SitePath;

/// The pages of a work that are not written in each of its languages, or no longer say the same.
#[derive(Debug, Clone, Copy)]
pub struct TranslationCheck;

impl Check for TranslationCheck {
    fn code_prefixes(&self) -> &'static [&'static str] {
        &["translation-"]
    }

    fn run(&self, context: &CheckContext<'_>) -> Vec<Diagnostic> {
        let work = context.site;
        let mut found = Vec::new();
        if context.about.is_some() {
            return found; // It is about what is not there.
        }
        for (at, translation) in work.translations.iter().enumerate() {
            let tag = &translation.config.project.language;
            for page in translated(work) {
                found.extend(report(&page, &page.translations[at], tag));
            }
        }
        found
    }
}

/// One page of a work in all its languages.
#[derive(Debug)]
pub struct TranslatedPage<'a> {
    /// The source, in the language of the project.
    pub path: &'a SitePath,
    /// The last change of it, if Git knows one.
    pub history: Option<&'a FileHistory>,
    /// How it stands in each of the other languages, in the order of [`Site::translations`].
    pub translations: Vec<Translation<'a>>,
}

/// How a page stands in another language.
#[derive(Debug, Clone, Copy)]
pub enum Translation<'a> {
    /// There is none, and the page is `shown` in the language of the project or not at all.
    Missing {
        /// Whether readers of that language get it.
        shown: bool,
    },
    /// It changed last when the page did, or later; or Git knows nothing of one of the two.
    Current {
        /// The source of the translation.
        path: &'a SitePath,
        /// The last change of it, if Git knows one.
        history: Option<&'a FileHistory>,
    },
    /// The page changed after it.
    Outdated {
        /// The source of the translation.
        path: &'a SitePath,
        /// The last change of it.
        history: &'a FileHistory,
    },
}

/// Every page that is written in the language of the project, and how it stands in the others.
pub fn translated(work: &Site) -> Vec<TranslatedPage<'_>> {
    let page = |id: PageId| {
        let page = work.page(id);
        let (key, history) = (page.translation_key(), work.history_of(id));
        let all = work.translations.iter();
        TranslatedPage {
            path: &page.path,
            history,
            translations: all
                .map(|translation| stand(translation, &key, history))
                .collect(),
        }
    };
    work.pages_with_ids().map(|(id, _)| page(id)).collect()
}

fn stand<'a>(translation: &'a Site, key: &str, source: Option<&FileHistory>) -> Translation<'a> {
    let Some(id) = translation.page_for_key(key) else {
        return Translation::Missing { shown: false };
    };
    let page = translation.page(id);
    if translation.is_fallback(page) {
        return Translation::Missing { shown: true };
    }
    let (path, history) = (&page.path, translation.history_of(id));
    match (history, source) {
        (Some(history), Some(source)) if history.last.time < source.last.time => {
            Translation::Outdated { path, history }
        }
        _ => Translation::Current { path, history },
    }
}

/// The day of a change.
pub fn day(history: &FileHistory) -> String {
    let date = Date::from_seconds(history.last.time);
    date.map_or_else(String::new, Date::day)
}

fn report(
    page: &TranslatedPage<'_>,
    translation: &Translation<'_>,
    tag: &str,
) -> Option<Diagnostic> {
    let new = |code, path, message| Diagnostic::new(code, Severity::Suggestion, path, message);
    match translation {
        Translation::Missing { shown: true } => {
            let message = format!("the page is not translated into `{tag}`");
            let (stem, extension) = (page.path.stem(), page.path.extension());
            let help = format!(
                "write `{stem}.{tag}.{extension}` beside it, or the same path below `{tag}/`"
            );
            Some(new("translation-missing", page.path, message).help(help))
        }
        Translation::Outdated { path, history } => {
            let source = page.path;
            let message = format!(
                "the translation is of {}, and `{source}` changed on {}",
                day(history),
                page.history.map(day).unwrap_or_default()
            );
            let commit: String = history.last.commit.chars().take(12).collect();
            let help = format!("`git diff {commit} -- {source}` shows what to translate");
            Some(new("translation-outdated", path, message).help(help))
        }
        Translation::Missing { shown: false } | Translation::Current { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::test_site::found;

    const CONFIG: &str =
        "[project]\nkind = \"docs\"\n[languages.de]\n[languages.fr]\nfallback = false\n";

    #[test]
    fn a_page_shown_in_its_first_language_is_missing() {
        let files = [
            ("tympan.toml", CONFIG),
            ("content/index.md", "# A\n"),
            ("content/b.md", "# B\n"),
            ("content/index.de.md", "# C\n"),
            ("content/fr/index.md", "# D\n"),
        ];
        let shown: Vec<String> = (found(&TranslationCheck, &files).iter())
            .map(|found| format!("{} {}: {}", found.code, found.path, found.message))
            .collect();
        assert_eq!(
            shown,
            ["translation-missing content/b.md: the page is not translated into `de`"]
        );
    }
}
