//! One layer of a theme. Of two files with one name, that of the upper layer counts.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::site_path::SitePath;

pub(super) use crate::render::words::Strings;

/// Where a layer comes from, which is also the folder its templates are named by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    /// What all kinds of sites share.
    Base,
    /// What one kind of site adds.
    BuiltIn,
    /// A theme that the project names.
    Theme,
    /// What the project itself lays over it.
    Project,
}

impl Level {
    /// All levels below the project, the upper first.
    pub(super) const NAMED: [Self; 3] = [Self::Theme, Self::BuiltIn, Self::Base];

    /// What stands before the names of their templates.
    pub(super) const PREFIXES: [&'static str; 3] = [
        Self::NAMED[0].prefix(),
        Self::NAMED[1].prefix(),
        Self::NAMED[2].prefix(),
    ];

    /// What stands before the names of its templates.
    pub(super) const fn prefix(self) -> &'static str {
        match self {
            Self::Base => "base/",
            Self::BuiltIn => "built-in/",
            Self::Theme => "theme/",
            Self::Project => "",
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
    /// Where it lies in the project; nowhere if it came with the program.
    pub(super) place: Option<SitePath>,
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
    /// Styles that are not CSS yet.
    pub(super) sheets: Vec<Source>,
    /// Scripts, in the order in which they are joined.
    pub(super) scripts: Vec<Source>,
    /// Words by language; those under no language stand in for any.
    pub(super) strings: BTreeMap<String, Strings>,
    /// Files that are published as they are: where they stand in the site, and what holds them.
    pub(super) files: Vec<(SitePath, Held)>,
}

/// What holds a file that is published as it is.
#[derive(Debug, Clone)]
pub(super) enum Held {
    /// The project, there.
    Project(SitePath),
    /// The theme, which is not of the project.
    Theme(Arc<[u8]>),
}

impl Layer {
    /// A layer that holds nothing yet.
    pub(super) fn empty(level: Level) -> Self {
        Self {
            level,
            templates: Vec::new(),
            styles: Vec::new(),
            sheets: Vec::new(),
            scripts: Vec::new(),
            strings: BTreeMap::new(),
            files: Vec::new(),
        }
    }
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
    let mut text = String::new();
    for source in order {
        text.push_str(&source.text);
        // An author's file may lack its last line end, and the next one must not begin in its middle.
        if !source.text.ends_with('\n') {
            text.push('\n');
        }
    }
    text
}

/// The words of a language: those of the language as it is written, then those of its first part
/// (`de` of `de-AT`), then those of no language; of each the uppermost layer's.
pub(super) fn strings_of<'a>(
    layers: impl Iterator<Item = &'a BTreeMap<String, Strings>> + Clone,
    language: &str,
) -> Strings {
    let primary = language.split('-').next().unwrap_or_default();
    let mut strings = Strings::new();
    for wanted in ["", primary, language] {
        for layer in layers.clone() {
            if let Some(words) = layer.get(wanted) {
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
            place: None,
        };
        let words = |(language, word): &(&str, &str)| {
            let words = Strings::from([("menu".to_owned(), (*word).to_owned())]);
            ((*language).to_owned(), words)
        };
        Layer {
            styles: styles.iter().map(source).collect(),
            strings: strings.iter().map(words).collect(),
            ..Layer::empty(Level::Base)
        }
    }

    #[test]
    fn a_file_takes_the_place_of_its_namesake() {
        let lower = layer(&[("a.css", "a\n"), ("b.css", "b")], &[]);
        let upper = layer(&[("c.css", "C"), ("a.css", "A\n")], &[]);
        assert_eq!(join(&[lower, upper], |layer| &layer.styles), "A\nb\nC\n");
    }

    #[track_caller]
    fn case(language: &str, expected: &str) {
        let lower = layer(&[], &[("", "Menu"), ("de", "Menü"), ("de-AT", "Karte")]);
        let upper = layer(&[], &[("", "List"), ("fr", "Carte")]);
        let layers = [lower.strings, upper.strings];
        assert_eq!(strings_of(layers.iter(), language)["menu"], expected);
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
