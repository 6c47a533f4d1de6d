//! The words that a project says are right, and the dictionaries of the languages it is written in.
//!
//! Dictionaries are those of hunspell: the project's own first, then those of folders outside of it,
//! which the load is told. A release is made without the latter, so that it is the same everywhere.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use crate::config::{CONFIG_FILE, Config, Language};
use crate::diagnostic::{Diagnostic, Severity};
use crate::digest::Digest;
use crate::repo::Snapshot;
use crate::site::load::LoadOptions;
use crate::site::page::Page;
use crate::site_path::SitePath;

/// What is known of spelling besides a program's own dictionary.
#[derive(Debug, Clone, Default)]
pub struct Lexicons {
    /// Words that are right in every language.
    pub words: BTreeSet<String>,
    /// Words that are right in one, by its tag.
    pub words_of: BTreeMap<String, BTreeSet<String>>,
    /// The dictionaries, by the tags of their languages.
    pub dictionaries: BTreeMap<String, Dictionary>,
}

/// The two files of a dictionary for hunspell.
#[derive(Debug, Clone)]
pub struct Dictionary {
    /// Where it was found, without an ending.
    pub name: String,
    /// The rules of how words are formed (`.aff`).
    pub affixes: Arc<str>,
    /// The words (`.dic`).
    pub words: Arc<str>,
    /// The digest of both.
    pub digest: Digest,
}

/// The folder of a project that holds dictionaries.
const FOLDER: &str = "dictionaries";

/// A file of a dictionary that is larger, in bytes, is not read.
const LARGEST: usize = 64 << 20;

/// Of more languages that are named inside of pages, only as many are looked for.
const MOST_NAMED: usize = 64;

impl Lexicons {
    /// The dictionary of a language, or of the language it is a kind of.
    pub fn dictionary(&self, tag: &str) -> Option<&Dictionary> {
        let known = self.dictionaries.get(tag);
        known.or_else(|| self.dictionaries.get(primary(tag)))
    }
}

/// Reads what a project names and has, and what the folders outside of it have.
pub(super) fn load_lexicons(
    snapshot: &Snapshot,
    config: &Config,
    pages: &[Arc<Page>],
    options: &LoadOptions,
    diagnostics: &mut Vec<Diagnostic>,
) -> Arc<Lexicons> {
    let mut lexicons = Lexicons {
        words: config.check.words.clone(),
        ..Lexicons::default()
    };
    lexicons
        .words
        .extend(listed(snapshot, &config.check.vocabulary, diagnostics));
    for (tag, language) in &config.languages {
        let mut words = language.words.clone();
        words.extend(listed(snapshot, &language.vocabulary, diagnostics));
        lexicons.words_of.insert(tag.clone(), words);
    }
    let told = pages
        .iter()
        .filter_map(|page| page.front.language.as_ref().or(page.language.as_ref()));
    let told = told
        .chain(config.languages.keys())
        .chain([&config.project.language]);
    let mut tags: BTreeSet<String> = told.cloned().collect();
    let inside: BTreeSet<&str> = pages.iter().flat_map(|page| named_in(&page.text)).collect();
    tags.extend(inside.into_iter().take(MOST_NAMED).map(str::to_owned));
    tags.retain(|tag| !primary(tag).eq_ignore_ascii_case("en"));
    let tags = &tags;
    for tag in tags {
        let named = config
            .languages
            .get(tag)
            .or_else(|| config.languages.get(primary(tag)));
        let named = named.and_then(|language: &Language| language.dictionary.as_ref());
        let found = match named {
            Some(path) => {
                let found = in_project(snapshot, path.as_str());
                if found.is_none() {
                    diagnostics.push(missing(
                        "config-dictionary",
                        format!("there is no dictionary at `{path}.aff` and `{path}.dic`"),
                        "name both files without their endings, or leave `dictionary` out",
                    ));
                }
                found
            }
            None => candidates(tag)
                .find_map(|name| in_project(snapshot, &format!("{FOLDER}/{name}")))
                .or_else(|| in_folders(&options.dictionaries, tag)),
        };
        if let Some(found) = found {
            lexicons.dictionaries.insert(tag.clone(), found);
        }
    }
    Arc::new(lexicons)
}

/// What may be the languages that parts of a text say they are in, as in `lang="de"`.
fn named_in(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices("lang=").filter_map(|(at, sign)| {
        let rest = text.get(at + sign.len()..)?.trim_start_matches(['"', '\'']);
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '-');
        let tag = rest.get(..end.unwrap_or(rest.len()))?;
        (2..=35).contains(&tag.len()).then_some(tag)
    })
}

fn missing(code: &'static str, message: String, help: &str) -> Diagnostic {
    let path = SitePath::parse(CONFIG_FILE).expect("a plain name is a path");
    Diagnostic::new(code, Severity::Error, &path, message).help(help)
}

/// The words of vocabulary files.
fn listed(
    snapshot: &Snapshot,
    files: &[SitePath],
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<String> {
    let mut words = Vec::new();
    for path in files {
        let bytes = snapshot.get(path).and_then(|_| snapshot.read(path).ok());
        let Some(bytes) = bytes else {
            diagnostics.push(missing(
                "config-vocabulary",
                format!("the vocabulary `{path}` does not exist"),
                "correct its path in `vocabulary`, or make the file: one word a line",
            ));
            continue;
        };
        let text = String::from_utf8_lossy(&bytes);
        let lines = text.trim_start_matches('\u{feff}').lines();
        for line in lines.map(str::trim) {
            if !line.is_empty() && !line.starts_with('#') {
                words.extend(expanded(line));
            }
        }
    }
    words
}

/// The words of a line. Vale's lists hold regular expressions; those that only leave the case open
/// (`[Gg]it`, `(?i)git`), or one letter (`repos?`), are words too.
fn expanded(line: &str) -> Vec<String> {
    let line = line.strip_prefix("(?i)").unwrap_or(line);
    let mut words = vec![String::new()];
    let mut rest = line.chars().peekable();
    while let Some(letter) = rest.next() {
        let letter = match letter {
            '[' => {
                let inside: Vec<char> = rest.by_ref().take_while(|c| *c != ']').collect();
                match inside.as_slice() {
                    [one, other] if one.to_lowercase().eq(other.to_lowercase()) => *one,
                    _ => return Vec::new(),
                }
            }
            '(' | ')' | '*' | '+' | '\\' | '{' | '^' | '$' | '?' | '|' => return Vec::new(),
            letter => letter,
        };
        let open = rest.next_if_eq(&'?').is_some() && words.len() < 8;
        let without = open.then(|| words.clone());
        for word in &mut words {
            word.push(letter);
        }
        words.extend(without.into_iter().flatten());
    }
    let parts = words.iter().flat_map(|word| word.split_whitespace());
    parts.map(str::to_owned).collect()
}

fn primary(tag: &str) -> &str {
    tag.split(['-', '_']).next().unwrap_or(tag)
}

/// The names that a dictionary of a language may go by.
fn candidates(tag: &str) -> impl Iterator<Item = String> {
    let mut names = vec![tag.replace('-', "_"), tag.to_owned()];
    names.push(primary(tag).to_owned());
    names.push(format!(
        "{}_{}",
        primary(tag),
        primary(tag).to_ascii_uppercase()
    ));
    names.into_iter()
}

fn in_project(snapshot: &Snapshot, name: &str) -> Option<Dictionary> {
    let read = |ending: &str| {
        let path = SitePath::parse(&format!("{name}.{ending}")).ok()?;
        snapshot.get(&path)?;
        snapshot.read(&path).ok()
    };
    dictionary(name, &read("aff")?, &read("dic")?)
}

/// The first dictionary of a language in folders outside of the project: that of its region, else
/// the first of any.
fn in_folders(folders: &[PathBuf], tag: &str) -> Option<Dictionary> {
    let start = format!("{}_", primary(tag));
    folders.iter().find_map(|folder| {
        let names = std::fs::read_dir(folder).ok()?;
        let mut stems: Vec<String> = names
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .filter_map(|name| name.strip_suffix(".aff").map(str::to_owned))
            .collect();
        stems.sort();
        let exact = candidates(tag).filter(|name| stems.contains(name));
        let any = stems.iter().filter(|stem| stem.starts_with(&start));
        let names: Vec<String> = exact.chain(any.cloned()).collect();
        names.into_iter().find_map(|name| {
            let read = |ending: &str| {
                let path = folder.join(format!("{name}.{ending}"));
                let size = std::fs::metadata(&path).ok()?.len();
                (size <= LARGEST as u64).then(|| std::fs::read(path).ok())?
            };
            let place = folder.join(&name).display().to_string();
            dictionary(&place, &read("aff")?, &read("dic")?)
        })
    })
}

fn dictionary(name: &str, affixes: &[u8], words: &[u8]) -> Option<Dictionary> {
    if affixes.len().max(words.len()) > LARGEST {
        return None;
    }
    let encoding = affixes.split(|byte| *byte == b'\n').find_map(|line| {
        let line = std::str::from_utf8(line).ok()?;
        let name = line.trim_start_matches('\u{feff}').strip_prefix("SET ")?;
        // The standard that both are a part of has the letters of these two.
        let label = name
            .trim()
            .to_ascii_lowercase()
            .replace("iso8859", "iso-8859");
        let label = label
            .strip_prefix("microsoft-cp")
            .map_or(label.clone(), |page| format!("windows-{page}"));
        encoding_rs::Encoding::for_label(label.as_bytes())
    });
    let decode = |bytes: &[u8]| match std::str::from_utf8(bytes) {
        Ok(text) => text.trim_start_matches('\u{feff}').to_owned(),
        Err(_) => {
            let encoding = encoding.unwrap_or(encoding_rs::WINDOWS_1252);
            encoding.decode_without_bom_handling(bytes).0.into_owned()
        }
    };
    Some(Dictionary {
        name: name.to_owned(),
        affixes: decode(affixes).into(),
        words: decode(words).into(),
        digest: Digest::of_parts([affixes, words]),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_a_vocabulary_may_leave_the_case_open() {
        let case = |line: &str, expected: &[&str]| assert_eq!(expanded(line), expected);
        case("Zensical", &["Zensical"]);
        case("[Gg]itOps", &["GitOps"]);
        case("(?i)github", &["github"]);
        case("repos?", &["repos", "repo"]);
        case("Visual Studio", &["Visual", "Studio"]);
        case("colou?r", &["colour", "color"]);
        case("a.*b", &[""; 0]);
        case("[ab]c", &[""; 0]);
    }

    #[test]
    fn a_language_has_some_names() {
        let names: Vec<String> = candidates("de-AT").collect();
        assert_eq!(names, ["de_AT", "de-AT", "de", "de_DE"]);
    }
}
