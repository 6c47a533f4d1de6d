//! `tympan check --translations`: every page in every language, as a table.

use std::fmt::Write as _;

use serde::Serialize;

use crate::build::leveled;
use crate::checks::{
    Check as _, CheckContext, TranslatedPage, Translation, TranslationCheck, day, translated,
};
use crate::cli::Outcome;
use crate::cli::check::outcome;
use crate::cli::json;
use crate::cli::report;
use crate::cli::summary::errors;
use crate::cli::ui::Ui;
use crate::progress::silent;
use crate::site::Site;
use crate::site_path::SitePath;
use crate::store::Store;

/// What `check --translations` prints.
#[derive(Serialize)]
struct TranslationsReport<'a> {
    format: u32,
    language: &'a str,
    pages: Vec<PageReport<'a>>,
    languages: Vec<LanguageReport<'a>>,
}

#[derive(Serialize)]
struct PageReport<'a> {
    path: &'a SitePath,
    changed: Option<String>,
    translations: Vec<TranslationReport<'a>>,
}

#[derive(Serialize)]
struct TranslationReport<'a> {
    language: &'a str,
    state: State,
    path: Option<&'a SitePath>,
    changed: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum State {
    Current,
    Outdated,
    Missing,
}

impl State {
    fn word(self) -> &'static str {
        match self {
            Self::Current => "current",
            Self::Outdated => "outdated",
            Self::Missing => "missing",
        }
    }
}

#[derive(Serialize)]
struct LanguageReport<'a> {
    language: &'a str,
    current: usize,
    outdated: usize,
    missing: usize,
}

/// Shows how the pages below `only`, or all of them, stand in the languages of a work.
pub fn show(ui: &Ui, site: &Site, store: &Store, only: &[SitePath]) -> anyhow::Result<Outcome> {
    if site.translations.is_empty() {
        report::print(ui, &errors(&site.diagnostics));
        anyhow::bail!(
            "the project is in one language; name others as `[languages.de]` in `tympan.toml` and translate a page"
        );
    }
    let wanted =
        |path: &SitePath| only.is_empty() || only.iter().any(|folder| path.is_within(folder));
    let mut pages = translated(site);
    pages.retain(|page| wanted(page.path));
    let report = TranslationsReport::new(site, &pages);
    match ui.is_json() {
        true => ui.result(&json::to_text(&report)?),
        false => ui.result(report.table().trim_end()),
    }
    // The levels of the project decide whether this is a fault, as in the check itself.
    let found = TranslationCheck.run(&CheckContext {
        site,
        store,
        progress: &silent,
        about: None,
    });
    let mut found = leveled(site, found);
    found.retain(|found| wanted(&found.path));
    Ok(outcome(&found))
}

impl<'a> TranslationsReport<'a> {
    fn new(site: &'a Site, pages: &'a [TranslatedPage<'a>]) -> Self {
        let tags = || {
            let all = site.translations.iter();
            all.map(|translation| translation.config.project.language.as_str())
        };
        let translation = |(language, translation): (&'a str, &Translation<'a>)| {
            let (state, path, history) = match *translation {
                Translation::Missing { .. } => (State::Missing, None, None),
                Translation::Current { path, history } => (State::Current, Some(path), history),
                Translation::Outdated { path, history } => {
                    (State::Outdated, Some(path), Some(history))
                }
            };
            TranslationReport {
                language,
                state,
                path,
                changed: history.map(day),
            }
        };
        let page = |page: &'a TranslatedPage<'a>| PageReport {
            path: page.path,
            changed: page.history.map(day),
            translations: tags().zip(&page.translations).map(translation).collect(),
        };
        let pages: Vec<PageReport<'a>> = pages.iter().map(page).collect();
        let language = |(at, language): (usize, &'a str)| {
            let count = |state| {
                let stands = |page: &&PageReport<'_>| page.translations[at].state == state;
                pages.iter().filter(stands).count()
            };
            LanguageReport {
                language,
                current: count(State::Current),
                outdated: count(State::Outdated),
                missing: count(State::Missing),
            }
        };
        Self {
            format: 1,
            language: &site.config.project.language,
            languages: tags().enumerate().map(language).collect(),
            pages,
        }
    }

    /// A line a page and a column a language, with the day of each last change.
    fn table(&self) -> String {
        let day = |changed: &Option<String>| changed.clone().unwrap_or_default();
        let mut rows = vec![vec!["page".to_owned(), self.language.to_owned()]];
        rows[0].extend(self.languages.iter().map(|one| one.language.to_owned()));
        for page in &self.pages {
            let mut row = vec![page.path.to_string(), day(&page.changed)];
            row.extend(page.translations.iter().map(|translation| {
                let text = format!("{} {}", translation.state.word(), day(&translation.changed));
                text.trim_end().to_owned()
            }));
            rows.push(row);
        }
        let width = |column: usize| {
            let cells = rows.iter().filter_map(|row| row.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..self.languages.len() + 2).map(width).collect();
        let mut text = String::new();
        for row in &rows {
            for (cell, width) in row.iter().zip(&widths) {
                let _ = write!(text, "{cell:<width$}  ");
            }
            text.truncate(text.trim_end().len());
            text.push('\n');
        }
        text.push('\n');
        for one in &self.languages {
            let _ = writeln!(
                text,
                "{}: {} of {} pages current, {} outdated, {} missing",
                one.language,
                one.current,
                self.pages.len(),
                one.outdated,
                one.missing
            );
        }
        text
    }
}
