//! What a document says of itself beside its title.

use serde::Deserialize;
use toml::Spanned;

use crate::config::read::{Reader, is_language};
use crate::site_path::SitePath;

/// What a document says of itself; what is absent, the project says or nobody.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct About {
    /// The second line of its title.
    pub subtitle: Option<String>,
    /// One sentence about it.
    pub description: Option<String>,
    /// Who made it, in the order they are named in.
    pub authors: Vec<Contributor>,
    /// Its language (BCP 47).
    pub language: Option<String>,
    /// The day of the edition, as `2026-03-01` or a year; that of the commit if absent.
    pub date: Option<String>,
    /// The edition, such as `Second edition`.
    pub edition: Option<String>,
    /// Who brings it out.
    pub publisher: Option<String>,
    /// Its number (ISO 2108), 10 or 13 digits without hyphens.
    pub isbn: Option<String>,
    /// The notice of its imprint.
    pub copyright: Option<String>,
    /// The series it belongs to.
    pub series: Option<Series>,
    /// The picture of its cover, relative to the project.
    pub cover: Option<SitePath>,
}

/// Somebody who made a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contributor {
    /// The name as it is printed.
    pub name: String,
    /// What they did: a code of the MARC relators, such as `aut`, `edt`, `trl`, `ill`.
    pub role: String,
    /// The name as it is sorted; made of the name if absent.
    pub sort: Option<String>,
}

/// A series of documents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Series {
    /// Its name.
    pub name: String,
    /// The place of the document in it, such as `3`.
    pub number: Option<String>,
}

impl Contributor {
    /// An author of this name.
    pub fn author(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            role: "aut".to_owned(),
            sort: None,
        }
    }

    /// Whether the text is theirs.
    pub fn is_author(&self) -> bool {
        self.role == "aut"
    }
}

pub(in crate::config) struct AboutFile {
    pub(super) subtitle: Option<String>,
    pub(super) description: Option<String>,
    pub(super) authors: Option<Vec<ContributorFile>>,
    pub(super) language: Option<Spanned<String>>,
    pub(super) date: Option<Spanned<String>>,
    pub(super) edition: Option<String>,
    pub(super) publisher: Option<String>,
    pub(super) isbn: Option<Spanned<String>>,
    pub(super) copyright: Option<String>,
    pub(super) series: Option<SeriesFile>,
    pub(super) cover: Option<Spanned<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(
    untagged,
    expecting = "a name, or a table with `name`, `role` and `sort`"
)]
pub(super) enum ContributorFile {
    Name(String),
    Person(PersonFile),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PersonFile {
    name: String,
    role: Option<String>,
    sort: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(
    untagged,
    expecting = "the name of a series, or a table with `name` and `number`"
)]
pub(super) enum SeriesFile {
    Name(String),
    Place(SeriesPlaceFile),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SeriesPlaceFile {
    name: String,
    number: Option<NumberFile>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "a number")]
enum NumberFile {
    Whole(i64),
    Part(f64),
    Written(String),
}

impl Reader<'_> {
    pub(super) fn about(&mut self, written: AboutFile) -> About {
        let authors = written.authors.unwrap_or_default();
        let authors = authors.into_iter().map(|person| self.contributor(person));
        let authors = authors.collect();
        About {
            subtitle: written.subtitle,
            description: written.description,
            authors,
            language: written.language.and_then(|tag| self.language(&tag)),
            date: written.date.and_then(|date| self.date(&date)),
            edition: written.edition,
            publisher: written.publisher,
            isbn: written.isbn.and_then(|number| self.isbn(&number)),
            copyright: written.copyright,
            series: written.series.map(|series| match series {
                SeriesFile::Name(name) => Series { name, number: None },
                SeriesFile::Place(place) => Series {
                    name: place.name,
                    number: place.number.map(|number| match number {
                        NumberFile::Whole(number) => number.to_string(),
                        NumberFile::Part(number) => number.to_string(),
                        NumberFile::Written(number) => number,
                    }),
                },
            }),
            cover: written.cover.and_then(|cover| self.path(&cover)),
        }
    }

    fn contributor(&mut self, written: ContributorFile) -> Contributor {
        let person = match written {
            ContributorFile::Name(name) => return Contributor::author(&name),
            ContributorFile::Person(person) => person,
        };
        let role = person.role.unwrap_or_else(|| "aut".to_owned());
        if role.len() != 3 || !role.bytes().all(|byte| byte.is_ascii_lowercase()) {
            let message = format!("`{role}` is not the code of a role");
            let help = "write one of the MARC relators: `aut` author, `edt` editor, `trl` translator, `ill` illustrator";
            self.fault(self.find(&role), message, help);
            return Contributor::author(&person.name);
        }
        Contributor {
            name: person.name,
            role,
            sort: person.sort.filter(|sort| !sort.trim().is_empty()),
        }
    }

    fn language(&mut self, written: &Spanned<String>) -> Option<String> {
        let tag = written.get_ref();
        if is_language(tag) {
            return Some(tag.clone());
        }
        let message = format!("`{tag}` is not a language tag");
        let help = "write a BCP 47 tag such as `en-GB`";
        self.fault(written.span(), message, help);
        None
    }

    fn date(&mut self, written: &Spanned<String>) -> Option<String> {
        let text = written.get_ref().trim();
        let good = is_date(text);
        if !good {
            let message = format!("`{text}` is not a day, a month or a year");
            self.fault(written.span(), message, "write it as `2026-03-01`");
        }
        good.then(|| text.to_owned())
    }

    fn isbn(&mut self, written: &Spanned<String>) -> Option<String> {
        let number = written.get_ref().trim();
        let number = number.strip_prefix("urn:isbn:").unwrap_or(number);
        let digits: String = number.chars().filter(|c| !"- ".contains(*c)).collect();
        if is_isbn(&digits) {
            return Some(digits);
        }
        let message = format!("`{}` is not an ISBN", written.get_ref());
        let help = "write its 13 digits, or 10; the last one checks the others";
        self.fault(written.span(), message, help);
        None
    }
}

/// Whether a text is a year, a month or a day that there is (ISO 8601-1).
fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let number = |at: usize, length: usize| {
        let is_number = |part: &&&str| part.bytes().all(|byte| byte.is_ascii_digit());
        let part = parts.get(at).filter(|part| part.len() == length);
        part.filter(is_number)?.parse::<u32>().ok()
    };
    let Some(year) = number(0, 4) else {
        return false;
    };
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match number(1, 2) {
        Some(4 | 6 | 9 | 11) => 30,
        Some(2) if is_leap => 29,
        Some(2) => 28,
        Some(1..=12) => 31,
        _ => 0,
    };
    match parts.len() {
        1 => true,
        2 => days > 0,
        3 => number(2, 2).is_some_and(|day| (1..=days).contains(&day)),
        _ => false,
    }
}

/// Whether the last digit of a number of 10 or 13 is the one that follows from the others
/// (ISO 2108).
fn is_isbn(digits: &str) -> bool {
    let values: Option<Vec<u32>> = digits
        .chars()
        .enumerate()
        .map(|(at, c)| match c {
            'X' | 'x' if at == 9 && digits.len() == 10 => Some(10),
            c => c.to_digit(10),
        })
        .collect();
    let Some(values) = values else {
        return false;
    };
    let places = values.iter().zip(0_u32..);
    match values.len() {
        10 => places.map(|(value, at)| value * (10 - at)).sum::<u32>() % 11 == 0,
        13 => {
            let weighed = places.map(|(value, at)| value * if at % 2 == 0 { 1 } else { 3 });
            weighed.sum::<u32>() % 10 == 0
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_a_day_that_there_is() {
        for (date, expected) in [
            ("2026", true),
            ("2026-02", true),
            ("2024-02-29", true),
            ("2026-02-29", false),
            ("2026-02-31", false),
            ("2026-13", false),
            ("2026-00-01", false),
            ("2026-04-31", false),
            ("+026-01-01", false),
            ("2026-+1", false),
            ("2026-01-01-01", false),
        ] {
            assert_eq!(is_date(date), expected, "{date}");
        }
    }

    #[test]
    fn the_last_digit_of_an_isbn_checks_the_others() {
        for (number, expected) in [
            ("9780306406157", true),
            ("9780306406158", false),
            ("0306406152", true),
            ("080442957X", true),
            ("X804429571", false),
            ("978030640615", false),
            ("", false),
            ("978030640615é", false),
        ] {
            assert_eq!(is_isbn(number), expected, "{number}");
        }
    }
}
