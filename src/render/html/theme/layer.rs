//! One layer of a theme. Of two files with one name, that of the upper layer counts.

use std::borrow::Cow;
use std::collections::BTreeMap;

/// Words by their key.
pub(super) type Strings = BTreeMap<String, String>;

/// Where a layer comes from, which is also the folder its templates are named by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    /// What all kinds of sites share.
    Base,
    /// What one kind of site adds.
    BuiltIn,
}

impl Level {
    /// All levels below the project, the upper first.
    pub(super) const NAMED: [Self; 2] = [Self::BuiltIn, Self::Base];

    /// What stands before the names of its templates.
    pub(super) fn prefix(self) -> &'static str {
        match self {
            Self::Base => "base/",
            Self::BuiltIn => "built-in/",
        }
    }
}

/// A file of a layer.
#[derive(Debug, Clone)]
pub(super) struct Source {
    /// Its name in the folder of its sort.
    pub(super) name: String,
    /// What it holds.
    pub(super) text: Cow<'static, str>,
}

/// One layer.
#[derive(Debug, Clone)]
pub(super) struct Layer {
    /// Where it comes from.
    pub(super) level: Level,
    /// Templates.
    pub(super) templates: Vec<Source>,
    /// Styles, in the order in which they are joined.
    pub(super) styles: Vec<Source>,
    /// Scripts, in the order in which they are joined.
    pub(super) scripts: Vec<Source>,
    /// Words by language; those under no language stand in for any.
    pub(super) strings: BTreeMap<String, Strings>,
}

/// Joins the files of one sort: each stands where its name first came up, as its uppermost layer
/// has it. The layers run from the lowest.
pub(super) fn join<'a>(layers: &'a [Layer], files: impl Fn(&'a Layer) -> &'a [Source]) -> String {
    let mut order: Vec<&Source> = Vec::new();
    for source in layers.iter().flat_map(files) {
        match order.iter_mut().find(|known| known.name == source.name) {
            Some(known) => *known = source,
            None => order.push(source),
        }
    }
    order.iter().map(|source| &*source.text).collect()
}

/// The words of a language: those of the language as it is written, then those of its first part
/// (`de` of `de-AT`), then those of no language; of each the uppermost layer's.
pub(super) fn strings_of(layers: &[Layer], language: &str) -> Strings {
    let primary = language.split('-').next().unwrap_or_default();
    let mut strings = Strings::new();
    for wanted in ["", primary, language] {
        for layer in layers {
            if let Some(words) = layer.strings.get(wanted) {
                strings.extend(words.clone());
            }
        }
    }
    strings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layer(styles: &[(&str, &'static str)], strings: &[(&str, &str)]) -> Layer {
        let source = |(name, text): &(&str, &'static str)| Source {
            name: (*name).to_owned(),
            text: Cow::Borrowed(*text),
        };
        let words = |(language, word): &(&str, &str)| {
            let words = Strings::from([("menu".to_owned(), (*word).to_owned())]);
            ((*language).to_owned(), words)
        };
        Layer {
            level: Level::Base,
            templates: Vec::new(),
            styles: styles.iter().map(source).collect(),
            scripts: Vec::new(),
            strings: strings.iter().map(words).collect(),
        }
    }

    #[test]
    fn a_file_takes_the_place_of_its_namesake() {
        let lower = layer(&[("a.css", "a"), ("b.css", "b")], &[]);
        let upper = layer(&[("c.css", "C"), ("a.css", "A")], &[]);
        assert_eq!(join(&[lower, upper], |layer| &layer.styles), "AbC");
    }

    #[track_caller]
    fn case(language: &str, expected: &str) {
        let lower = layer(&[], &[("", "Menu"), ("de", "Menü"), ("de-AT", "Karte")]);
        let upper = layer(&[], &[("", "List"), ("fr", "Carte")]);
        assert_eq!(strings_of(&[lower, upper], language)["menu"], expected);
    }

    #[test]
    fn words_are_those_of_the_nearest_language() {
        case("en", "List");
        case("de", "Menü");
        case("de-AT", "Karte");
        case("de-CH", "Menü");
        case("fr-CA", "Carte");
    }
}
