//! The `[languages]` table: the languages a work is translated into, as written and as meant.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use toml::Spanned;

use crate::config::file::{Kind, NavFile};
use crate::config::meant::{Config, Nav, direction};
use crate::config::read::{Reader, is_language};
use crate::site_path::SitePath;

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct LanguageFile {
    pub name: Option<String>,
    pub title: Option<String>,
    pub description: Option<String>,
    pub copyright: Option<String>,
    pub direction: Option<Direction>,
    pub path: Option<Spanned<String>>,
    pub fallback: Option<bool>,
    pub nav: Vec<NavFile>,
    pub strings: BTreeMap<String, String>,
    pub words: BTreeSet<String>,
    pub vocabulary: Vec<Spanned<String>>,
    pub dictionary: Option<Spanned<String>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Direction {
    Ltr,
    Rtl,
}

/// A language the work is published in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Language {
    /// What it calls itself, such as `Deutsch`.
    pub name: String,
    /// The title in this language; the project's if absent.
    pub title: Option<String>,
    /// The description in this language; the project's if absent.
    pub description: Option<String>,
    /// The notice in the footer; the project's if absent.
    pub copyright: Option<String>,
    /// The direction it is written in, `ltr` or `rtl`.
    pub direction: &'static str,
    /// The folder of the site it stands in; the project's own stands at the root unless it is given
    /// a folder too.
    pub path: SitePath,
    /// Whether a page that is not translated is shown in the project's language; decided by the
    /// kind if absent.
    pub fallback: Option<bool>,
    /// Its navigation table; empty if it follows the project's.
    pub nav: Vec<Nav>,
    /// Words of the theme in this language.
    pub strings: BTreeMap<String, String>,
    /// Words that are right in this language.
    pub words: BTreeSet<String>,
    /// Files with more of them.
    pub vocabulary: Vec<SitePath>,
    /// Its dictionary, without the endings of its two files.
    pub dictionary: Option<SitePath>,
}

impl Language {
    /// What the configuration says of a language that it only implies.
    pub fn implied(tag: &str) -> Self {
        Self {
            name: own_name(tag).unwrap_or(tag).to_owned(),
            title: None,
            description: None,
            copyright: None,
            direction: direction(tag),
            path: SitePath::root(),
            fallback: None,
            nav: Vec::new(),
            strings: BTreeMap::new(),
            words: BTreeSet::new(),
            vocabulary: Vec::new(),
            dictionary: None,
        }
    }

    /// Whether a page that is not translated is shown in the project's language. Readers of docs
    /// and books miss a page; readers of a journal would rather not meet one they cannot read.
    pub fn falls_back(&self, kind: Kind) -> bool {
        self.fallback.unwrap_or(kind != Kind::Site)
    }
}

impl Config {
    /// The entry of the project's own language, if the table has one.
    pub fn own_language(&self) -> Option<(&String, &Language)> {
        let own = &self.project.language;
        let primary = own.split('-').next().unwrap_or(own);
        let named = |name: &str| {
            self.languages
                .iter()
                .find(|(tag, _)| tag.eq_ignore_ascii_case(name))
        };
        named(own).or_else(|| named(primary))
    }

    /// The configuration with what the table says of the project's own language.
    pub(super) fn spoken(mut self) -> Self {
        if let Some((_, own)) = self.own_language() {
            let (direction, strings) = (own.direction, own.strings.clone());
            self.project.direction = Some(direction);
            self.strings.extend(strings);
        }
        self
    }

    /// The languages besides the project's own.
    pub fn other_languages(&self) -> impl Iterator<Item = (&String, &Language)> {
        let own = self.own_language().map(|(tag, _)| tag);
        self.languages
            .iter()
            .filter(move |(tag, _)| Some(*tag) != own)
    }

    /// The folder of the project's own language, relative to where the work stands.
    pub fn own_folder(&self) -> SitePath {
        let own = self.own_language();
        own.map_or_else(SitePath::root, |(_, own)| own.path.clone())
    }

    /// The configuration as it stands for the project's own language.
    #[must_use]
    pub fn in_own_language(&self) -> Self {
        let mut config = self.clone();
        let base = config.project.base_url.take();
        config.project.base_url = address_in(base.as_deref(), &self.own_folder());
        config
    }

    /// The configuration as it stands for one of its languages.
    #[must_use]
    pub fn in_language(&self, tag: &str, language: &Language) -> Self {
        let mut config = self.clone();
        let project = &mut config.project;
        tag.clone_into(&mut project.language);
        project.direction = Some(language.direction);
        let texts = [
            (&mut project.title, &language.title),
            (&mut project.description, &language.description),
            (&mut project.copyright, &language.copyright),
        ];
        for (own, translated) in texts {
            if translated.is_some() {
                own.clone_from(translated);
            }
        }
        project.base_url = address_in(project.base_url.as_deref(), &language.path);
        if !language.nav.is_empty() {
            config.nav.clone_from(&language.nav);
        }
        config.strings.clone_from(&language.strings);
        config
    }
}

/// The absolute address of a folder of the work.
fn address_in(base: Option<&str>, folder: &SitePath) -> Option<String> {
    let base = base?;
    Some(match folder.is_root() {
        true => base.to_owned(),
        false => format!("{base}{}/", folder.to_url()),
    })
}

impl Reader<'_> {
    pub(super) fn languages(
        &mut self,
        written: BTreeMap<Spanned<String>, LanguageFile>,
        own: &str,
    ) -> BTreeMap<String, Language> {
        let primary = own.split('-').next().unwrap_or(own);
        let mut languages: BTreeMap<String, Language> = BTreeMap::new();
        for (tag, written) in written {
            let span = tag.span();
            let tag = tag.into_inner();
            if !is_language(&tag) {
                let message = format!("`{tag}` is not a language tag");
                self.fault(span, message, "write a BCP 47 tag such as `de` or `pt-BR`");
                continue;
            }
            let is_own = tag.eq_ignore_ascii_case(own) || tag.eq_ignore_ascii_case(primary);
            let mut path = match is_own {
                true => SitePath::root(),
                false => SitePath::parse(&tag).expect("a language tag is a plain name"),
            };
            if let Some(named) = &written.path
                && let Some(named) = self.path(named)
            {
                path = named;
            }
            let is_taken = languages.values().any(|known| known.path == path);
            if is_taken || (path.is_root() && !is_own) {
                let place = written.path.as_ref().map_or(span, Spanned::span);
                let message = format!("the language `{tag}` has no folder of its own");
                let help = "give each language another `path`; only the project's own may stand at the root";
                self.fault(place, message, help);
                continue;
            }
            let implied = Language::implied(&tag);
            let nav = written.nav.into_iter();
            let language = Language {
                name: written.name.unwrap_or(implied.name),
                title: written.title,
                description: written.description,
                copyright: written.copyright,
                direction: match written.direction {
                    Some(Direction::Ltr) => "ltr",
                    Some(Direction::Rtl) => "rtl",
                    None => implied.direction,
                },
                path,
                fallback: written.fallback,
                nav: nav.filter_map(|entry| self.nav(entry)).collect(),
                strings: written.strings,
                words: written.words,
                vocabulary: (written.vocabulary.iter())
                    .filter_map(|path| self.path(path))
                    .collect(),
                dictionary: (written.dictionary.as_ref()).and_then(|path| self.path(path)),
            };
            languages.insert(tag, language);
        }
        languages
    }
}

/// What the commonest languages call themselves.
fn own_name(tag: &str) -> Option<&'static str> {
    let primary = tag.split('-').next().unwrap_or(tag).to_ascii_lowercase();
    let names = [
        ("ar", "العربية"),
        ("bg", "Български"),
        ("ca", "Català"),
        ("cs", "Čeština"),
        ("da", "Dansk"),
        ("de", "Deutsch"),
        ("el", "Ελληνικά"),
        ("en", "English"),
        ("es", "Español"),
        ("fa", "فارسی"),
        ("fi", "Suomi"),
        ("fr", "Français"),
        ("he", "עברית"),
        ("hi", "हिन्दी"),
        ("hu", "Magyar"),
        ("id", "Bahasa Indonesia"),
        ("it", "Italiano"),
        ("ja", "日本語"),
        ("ko", "한국어"),
        ("nb", "Norsk bokmål"),
        ("nl", "Nederlands"),
        ("pl", "Polski"),
        ("pt", "Português"),
        ("ro", "Română"),
        ("ru", "Русский"),
        ("sv", "Svenska"),
        ("th", "ไทย"),
        ("tr", "Türkçe"),
        ("uk", "Українська"),
        ("vi", "Tiếng Việt"),
        ("zh", "中文"),
    ];
    let found = names.iter().find(|(tag, _)| *tag == primary);
    found.map(|(_, name)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::read::read_config;

    fn read(text: &str) -> (Config, Vec<String>) {
        let path = SitePath::parse("tympan.toml").unwrap();
        let (config, found) = read_config(&path, text);
        let shown = found.iter().map(|found| {
            let line = found.place.as_ref().map_or(0, |place| place.line);
            format!("{line}: {}", found.message)
        });
        (config, shown.collect())
    }

    #[test]
    fn a_language_knows_its_name_its_direction_and_its_folder() {
        let text = "[project]\nlanguage = \"en-GB\"\n[languages]\nen.name = \"English\"\nhe = {}\npt-BR.path = \"pt\"\n";
        let (config, faults) = read(text);
        assert_eq!(faults, [""; 0]);
        let shown: Vec<String> = (config.languages.iter())
            .map(|(tag, of)| format!("{tag} {} {} `{}`", of.name, of.direction, of.path))
            .collect();
        assert_eq!(
            shown,
            [
                "en English ltr ``",
                "he עברית rtl `he`",
                "pt-BR Português ltr `pt`"
            ]
        );
        assert_eq!(config.own_language().unwrap().0, "en");
        let others: Vec<&str> = config
            .other_languages()
            .map(|(tag, _)| tag.as_str())
            .collect();
        assert_eq!(others, ["he", "pt-BR"]);
    }

    #[test]
    fn a_language_has_its_own_address_and_texts() {
        let text = "[project]\ntitle = \"A\"\nbase_url = \"https://a.example\"\n\
                    [languages.de]\ntitle = \"B\"\nstrings = { next = \"Weiter\" }\n";
        let (config, _) = read(text);
        let german = config.in_language("de", &config.languages["de"]);
        assert_eq!(german.project.title.as_deref(), Some("B"));
        assert_eq!(
            german.project.base_url.as_deref(),
            Some("https://a.example/de/")
        );
        assert_eq!(
            (german.project.language.as_str(), german.project.direction()),
            ("de", "ltr")
        );
        assert_eq!(german.strings["next"], "Weiter");
    }

    #[test]
    fn the_own_language_may_have_a_folder_too() {
        let text = "[project]\nbase_url = \"https://a.example\"\n\
                    [languages.en]\npath = \"en\"\n[languages.de]\n";
        let (config, faults) = read(text);
        assert_eq!(faults, [""; 0]);
        let base = |config: Config| config.project.base_url.unwrap_or_default();
        assert_eq!(config.own_folder().as_str(), "en");
        assert_eq!(base(config.in_own_language()), "https://a.example/en/");
        let german = config.in_language("de", &config.languages["de"]);
        assert_eq!(base(german), "https://a.example/de/");
    }

    #[test]
    fn faults_stand_where_they_were_written() {
        let fault = |text: &str, expected: &str| assert_eq!(read(text).1.join("; "), expected);
        fault(
            "[languages.german_x]\n",
            "1: `german_x` is not a language tag",
        );
        fault(
            "[languages.de]\npath = \"/\"\n",
            "2: the language `de` has no folder of its own",
        );
        fault(
            "[languages]\nde.path = \"x\"\nfr.path = \"x\"\n",
            "3: the language `fr` has no folder of its own",
        );
        fault(
            "[languages.de]\ndirektion = \"rtl\"\n",
            "2: unknown key `direktion`",
        );
    }
}
