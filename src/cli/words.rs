//! `tympan check --words`: every word that no dictionary has, and the lines that make them known.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;

use crate::checks::{CheckContext, UnknownWord, unknown_words};
use crate::cli::Outcome;
use crate::cli::json;
use crate::cli::ui::Ui;
use crate::progress::silent;
use crate::site::Site;
use crate::site_path::SitePath;
use crate::store::Store;

/// What `check --words` prints.
#[derive(Serialize)]
struct WordsReport<'a> {
    format: u32,
    words: Vec<WordReport<'a>>,
}

#[derive(Serialize)]
struct WordReport<'a> {
    word: &'a str,
    language: &'a str,
    count: usize,
    files: Vec<&'a SitePath>,
}

/// Prints the unknown words of the files below `only`.
pub fn show(ui: &Ui, site: &Site, store: &Store, only: &[SitePath]) -> anyhow::Result<Outcome> {
    let mut words = unknown_words(&CheckContext {
        site,
        store,
        progress: &silent,
        about: None,
    });
    let wanted = |path: &SitePath| only.is_empty() || only.iter().any(|only| path.is_within(only));
    words.retain(|word| word.files.iter().any(wanted));
    if ui.is_json() {
        let words = words.iter().map(|word| WordReport {
            word: &word.word,
            language: &word.language,
            count: word.count,
            files: word.files.iter().collect(),
        });
        let report = WordsReport {
            format: 1,
            words: words.collect(),
        };
        ui.result(&json::to_text(&report)?);
        return Ok(Outcome::Clean);
    }
    if words.is_empty() {
        ui.note("every word is known");
        return Ok(Outcome::Clean);
    }
    ui.result(text(&words, &site.config.project.language).trim_end());
    ui.note(&format!("{} words are in no dictionary", words.len()));
    Ok(Outcome::Clean)
}

fn text(words: &[UnknownWord], own: &str) -> String {
    let mut text = String::new();
    let mut tables: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for word in words {
        let first = word.files.first().map_or("", |path| path.as_str());
        let more = match word.files.len() {
            0 | 1 => String::new(),
            count => format!(" and {} more", count - 1),
        };
        let _ = writeln!(text, "{:>5}  {}  {first}{more}", word.count, word.word);
        tables.entry(&word.language).or_default().push(&word.word);
    }
    let _ = writeln!(text, "\nwords that are right, for `tympan.toml`:");
    for (language, mut words) in tables {
        words.sort_by_key(|word| (word.to_lowercase(), *word));
        let table = match language == own {
            true => "check".to_owned(),
            false => format!("languages.{language}"),
        };
        let _ = writeln!(text, "\n[{table}]\nwords = [");
        for word in words {
            let _ = writeln!(text, "    \"{word}\",");
        }
        text.push_str("]\n");
    }
    text
}
