//! The styles of a document: those that Word knows by name, and a few of our own for what it has no
//! name for. All looks come from here, so that another document's styles can take their place.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::render::docx::looks::{Definition, Look, Sort, definitions};
use crate::render::docx::xml::{DECLARATION, NAMESPACES, escape};

/// The style sheet.
pub(super) struct Styles {
    ids: BTreeMap<String, String>,
    xml: String,
}

/// What a reference document says of styles.
#[derive(Default)]
pub(super) struct Taken {
    /// The ids by what is styled, such as `paragraph`, and names in lower case.
    pub(super) ids: BTreeMap<(String, String), String>,
    /// Its elements, from the defaults to the last style.
    pub(super) xml: String,
}

/// What is added to the name of a style where that of another sort has it, since Word knows styles by
/// their names alone.
const OURS: &str = " (tympan)";

impl Taken {
    /// The id of a style that takes the place of ours.
    fn of(&self, definition: &Definition) -> Option<&String> {
        let id = |name: String| self.ids.get(&(kind(definition.sort).to_owned(), name));
        let name = definition.name.to_lowercase();
        id(name.clone()).or_else(|| id(name + OURS))
    }

    fn has(&self, name: &str) -> bool {
        let name = name.to_lowercase();
        self.ids.keys().any(|(_, taken)| *taken == name)
    }
}

fn kind(sort: Sort) -> &'static str {
    match sort {
        Sort::Paragraph => "paragraph",
        Sort::Character => "character",
        Sort::Table => "table",
        Sort::Numbering => "numbering",
    }
}

impl Styles {
    /// The program's own styles; where a reference document has one of the same sort and name, its own.
    pub(super) fn new(look: &Look, taken: &Taken) -> Self {
        let definitions = definitions(look);
        let mut ids = BTreeMap::new();
        let mut used: BTreeSet<String> = taken.ids.values().cloned().collect();
        for definition in &definitions {
            let id = taken.of(definition).cloned().unwrap_or_else(|| {
                let mut id = id_of(definition.name);
                while !used.insert(id.clone()) {
                    id.push('0');
                }
                id
            });
            ids.insert(definition.name.to_lowercase(), id);
        }
        let mut styles = Self {
            ids,
            xml: String::new(),
        };
        let mut xml = match taken.xml.is_empty() {
            true => defaults(look),
            false => taken.xml.clone(),
        };
        for definition in &definitions {
            if taken.of(definition).is_none() {
                styles.write(definition, taken, &mut xml);
            }
        }
        styles.xml = xml;
        styles
    }

    /// The id of a style by its name.
    pub(super) fn id(&self, name: &str) -> &str {
        let known = self.ids.get(&name.to_lowercase());
        known.map_or("Normal", String::as_str)
    }

    /// The part.
    pub(super) fn part(&self) -> String {
        format!(
            "{DECLARATION}<w:styles {NAMESPACES}>{}</w:styles>",
            self.xml
        )
    }

    fn write(&self, definition: &Definition, taken: &Taken, xml: &mut String) {
        let name = match taken.has(definition.name) {
            true => format!("{}{OURS}", definition.name),
            false => definition.name.to_owned(),
        };
        let kind = kind(definition.sort);
        // A reference document has its own styles for what has none.
        let default = match definition.is_default && taken.xml.is_empty() {
            true => " w:default=\"1\"",
            false => "",
        };
        let custom = match definition.is_known {
            true => "",
            false => " w:customStyle=\"1\"",
        };
        let _ = write!(
            xml,
            "<w:style w:type=\"{kind}\"{default}{custom} w:styleId=\"{}\"><w:name w:val=\"{}\"/>",
            self.id(definition.name),
            escape(&name)
        );
        for (element, name) in [("basedOn", definition.base), ("next", definition.next)] {
            if let Some(name) = name {
                let _ = write!(xml, "<w:{element} w:val=\"{}\"/>", self.id(name));
            }
        }
        let _ = write!(xml, "<w:uiPriority w:val=\"{}\"/>", definition.rank);
        if definition.is_hidden {
            xml.push_str("<w:semiHidden/><w:unhideWhenUsed/>");
        }
        if definition.rank < 99 && definition.sort != Sort::Table {
            xml.push_str("<w:qFormat/>");
        }
        if !definition.paragraph.is_empty() {
            let _ = write!(xml, "<w:pPr>{}</w:pPr>", definition.paragraph);
        }
        if !definition.run.is_empty() {
            let _ = write!(xml, "<w:rPr>{}</w:rPr>", definition.run);
        }
        xml.push_str(&definition.table);
        xml.push_str("</w:style>");
    }
}

fn id_of(name: &str) -> String {
    let mut id = String::new();
    for word in name.split_whitespace() {
        let mut letters = word.chars();
        id.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        id.extend(letters.filter(char::is_ascii_alphanumeric));
    }
    id
}

fn defaults(look: &Look) -> String {
    format!(
        "<w:docDefaults><w:rPrDefault><w:rPr>\
         <w:rFonts w:asciiTheme=\"minorHAnsi\" w:eastAsiaTheme=\"minorEastAsia\" w:hAnsiTheme=\"minorHAnsi\" w:cstheme=\"minorBidi\"/>\
         <w:sz w:val=\"{size}\"/><w:szCs w:val=\"{size}\"/>{}</w:rPr></w:rPrDefault>\
         <w:pPrDefault>{}</w:pPrDefault></w:docDefaults>",
        look.languages.element(),
        match look.rtl {
            true => "<w:pPr><w:bidi/></w:pPr>",
            false => "",
        },
        size = look.size,
    )
}

/// The languages of the three groups of scripts, as Word has them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Languages {
    pub(super) latin: String,
    pub(super) wide: String,
    pub(super) rtl: String,
}

impl Languages {
    /// Those of a language (BCP 47): its own group, and what is usual for the two others.
    pub(super) fn of(tag: &str) -> Self {
        let good = tag.len() <= 35 && tag.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
        let tag = if good && !tag.is_empty() { tag } else { "en" };
        let primary = tag.split('-').next().unwrap_or("en").to_ascii_lowercase();
        let region = tag.split('-').skip(1).find(|part| part.len() == 2);
        // Word knows languages by their region.
        let usual = match primary.as_str() {
            "ar" => "SA",
            "cs" => "CZ",
            "da" => "DK",
            "de" => "DE",
            "el" => "GR",
            "en" => "US",
            "es" => "ES",
            "fa" => "IR",
            "fi" => "FI",
            "fr" => "FR",
            "he" => "IL",
            "hi" => "IN",
            "hu" => "HU",
            "it" => "IT",
            "ja" => "JP",
            "ko" => "KR",
            "nb" | "nn" | "no" => "NO",
            "nl" => "NL",
            "pl" => "PL",
            "pt" => "PT",
            "ro" => "RO",
            "ru" => "RU",
            "sv" => "SE",
            "tr" => "TR",
            "uk" => "UA",
            "ur" => "PK",
            "vi" => "VN",
            "zh" if tag.contains("Hant") => "TW",
            "zh" => "CN",
            _ => "",
        };
        let whole = match (region, usual) {
            (Some(region), _) => format!("{primary}-{}", region.to_ascii_uppercase()),
            (None, "") => tag.to_owned(),
            (None, usual) => format!("{primary}-{usual}"),
        };
        let mut languages = Self {
            latin: "en-US".to_owned(),
            wide: "ja-JP".to_owned(),
            rtl: "ar-SA".to_owned(),
        };
        match primary.as_str() {
            "zh" | "ja" | "ko" => languages.wide = whole,
            _ if crate::config::direction(tag) == "rtl" => languages.rtl = whole,
            _ => languages.latin = whole,
        }
        languages
    }

    /// The element of a run's properties.
    pub(super) fn element(&self) -> String {
        self.named("w:lang")
    }

    /// The same under another name.
    pub(super) fn named(&self, name: &str) -> String {
        format!(
            "<{name} w:val=\"{}\" w:eastAsia=\"{}\" w:bidi=\"{}\"/>",
            self.latin, self.wide, self.rtl
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_those_that_word_knows() {
        let case = |tag: &str, latin: &str, wide: &str, rtl: &str| {
            let found = Languages::of(tag);
            assert_eq!(
                (&*found.latin, &*found.wide, &*found.rtl),
                (latin, wide, rtl)
            );
        };
        case("de", "de-DE", "ja-JP", "ar-SA");
        case("en-GB", "en-GB", "ja-JP", "ar-SA");
        case("zh-Hant", "en-US", "zh-TW", "ar-SA");
        case("he", "en-US", "ja-JP", "he-IL");
        case("\"><", "en-US", "ja-JP", "ar-SA");
    }

    #[test]
    fn ids_are_words_without_spaces() {
        assert_eq!(id_of("heading 1"), "Heading1");
        assert_eq!(id_of("Body Text"), "BodyText");
    }
}
