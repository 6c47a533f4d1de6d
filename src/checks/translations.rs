//! Translations that are missing, or older than what they translate, as Git tells it.

use crate::checks::check::{Check, CheckContext};
use crate::diagnostic::{Diagnostic, Severity};
use crate::repo::FileHistory;
use crate::site::{Date, Page, PageId, Site};

/// The pages of a work that are not written in each of its languages, or no longer say the same.
#[derive(Debug, Clone, Copy)]
pub struct TranslationCheck;

impl Check for TranslationCheck {
    fn code_prefixes(&self) -> &'static [&'static str] {
        &["translation-"]
    }

    fn run(&self, context: &CheckContext<'_>) -> Vec<Diagnostic> {
        let work = context.site;
        let all = work.translations.iter();
        all.flat_map(|translation| report(work, translation))
            .collect()
    }
}

fn report(work: &Site, translation: &Site) -> Vec<Diagnostic> {
    let pages = translation.pages_with_ids();
    let one = |(id, page): (PageId, &std::sync::Arc<Page>)| {
        if translation.is_fallback(page) {
            return Some(missing(translation, page));
        }
        let source = work.page_for_key(&page.translation_key())?;
        let (ours, theirs) = (translation.history_of(id)?, work.history_of(source)?);
        let is_older = ours.last.time < theirs.last.time;
        is_older.then(|| outdated(page, work.page(source), (ours, theirs)))
    };
    pages.filter_map(one).collect()
}

fn missing(translation: &Site, page: &Page) -> Diagnostic {
    let language = &translation.config.project.language;
    let message = format!("the page is not translated into `{language}`");
    let found = Diagnostic::new(
        "translation-missing",
        Severity::Suggestion,
        &page.path,
        message,
    );
    let (stem, extension) = (page.path.stem(), page.path.extension());
    found.help(format!(
        "write `{stem}.{language}.{extension}` beside it, or the same path below `{language}/`"
    ))
}

fn outdated(
    page: &Page,
    source: &Page,
    (ours, theirs): (&FileHistory, &FileHistory),
) -> Diagnostic {
    let day = |history: &FileHistory| {
        let date = Date::from_seconds(history.last.time);
        date.map_or_else(String::new, Date::day)
    };
    let message = format!(
        "the translation is of {}, and `{}` changed on {}",
        day(ours),
        source.path,
        day(theirs)
    );
    let found = Diagnostic::new(
        "translation-outdated",
        Severity::Suggestion,
        &page.path,
        message,
    );
    let commit: String = ours.last.commit.chars().take(12).collect();
    found.help(format!(
        "`git diff {commit} -- {}` shows what to translate",
        source.path
    ))
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
