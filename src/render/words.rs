//! The words that a work itself says, in every language that the program knows: those of the
//! themes, which documents share.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::site::Site;

/// Words by their key.
pub(in crate::render) type Strings = BTreeMap<String, String>;

/// The built-in words of each language but English.
macro_rules! languages {
    ($($tag:literal),* $(,)?) => {
        &[$((
            $tag,
            include_str!(concat!("../../themes/base/strings/", $tag, ".toml")),
        )),*]
    };
}

const LANGUAGES: &[(&str, &str)] = languages!(
    "ar", "de", "es", "fa", "fr", "he", "it", "ja", "ko", "nl", "pl", "pt", "ru", "sv", "tr", "uk",
    "zh",
);
const ENGLISH: &str = include_str!("../../themes/base/theme.toml");

#[derive(Deserialize)]
struct Theme {
    strings: Strings,
}

/// The built-in words by language; those of no language are English.
pub(in crate::render) fn built_in() -> BTreeMap<String, Strings> {
    let languages = LANGUAGES
        .iter()
        .map(|(tag, text)| ((*tag).to_owned(), read(text)));
    languages.chain([(String::new(), english())]).collect()
}

/// The words of a document.
#[derive(Debug, Clone)]
pub(in crate::render) struct Words {
    strings: Strings,
    language: &'static str,
}

impl Words {
    /// The words of a language, and above them those that the project has of its own for a site.
    pub(in crate::render) fn of(site: &Site, language: &str) -> Self {
        let (mut strings, mut own) = (english(), "en");
        let primary = language.split(['-', '_']).next().unwrap_or_default();
        let primary = primary.to_ascii_lowercase();
        if let Some((tag, text)) = LANGUAGES.iter().find(|(tag, _)| *tag == primary) {
            strings.extend(read(text));
            own = tag;
        }
        strings.extend(site.config.strings.clone());
        Self {
            strings,
            language: own,
        }
    }

    /// The language that they are in: the one that was asked for, or English.
    pub(in crate::render) fn language(&self) -> &'static str {
        self.language
    }

    /// What stands between two sentences.
    pub(in crate::render) fn between_sentences(&self) -> &'static str {
        match self.language {
            "ja" | "zh" => "",
            _ => " ",
        }
    }

    /// A word.
    pub(in crate::render) fn get(&self, key: &str) -> &str {
        self.strings.get(key).map_or("", String::as_str)
    }
}

fn english() -> Strings {
    let theme: Theme =
        toml::from_str(ENGLISH).expect("the built-in words are checked by the suite");
    theme.strings
}

fn read(text: &str) -> Strings {
    toml::from_str(text).expect("the built-in words are checked by the suite")
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    /// A language that lies in the folder and is not listed would never reach a reader.
    #[test]
    fn every_language_is_embedded() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("themes/base/strings");
        let mut found: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|file| file.unwrap().file_name().into_string().unwrap())
            .collect();
        found.sort_unstable();
        let listed: Vec<String> = LANGUAGES
            .iter()
            .map(|(tag, _)| format!("{tag}.toml"))
            .collect();
        assert_eq!(found, listed);
    }

    #[test]
    fn every_language_has_the_words_and_the_places_that_english_has() {
        let all = built_in();
        let places = |text: &str| {
            let names = text.split('{').skip(1);
            let mut names: Vec<&str> = names.filter_map(|part| part.split('}').next()).collect();
            names.sort_unstable();
            names.join(" ")
        };
        let english = &all[""];
        for (language, words) in all.iter().filter(|(tag, _)| !tag.is_empty()) {
            for (key, word) in words {
                let own = english.get(key).map(|own| places(own));
                // A word may surround the number of what it names.
                let around = ["chapter", "section"].contains(&key.as_str()) && places(word) == "n";
                assert!(around || Some(places(word)) == own, "{language}: {key}");
                assert!(!word.trim().is_empty(), "{language}: {key}");
            }
            let lacking: Vec<&String> = english
                .keys()
                .filter(|key| !words.contains_key(*key))
                .collect();
            assert!(lacking.is_empty(), "{language} lacks {lacking:?}");
        }
    }
}
