//! Names: of files, of languages, of the book itself. What XML, ZIP or a reading system would not
//! take becomes something that they do, and the same name each time.

use std::collections::BTreeSet;

use crate::digest::Digest;
use crate::render::dom::xml_text;
use crate::site_path::SitePath;

/// The longest name of a file that is made of a title or a route, in bytes.
const LONGEST: usize = 80;

/// Text on one line, of characters that XML allows.
pub(super) fn plain(text: &str) -> String {
    let text = xml_text(text);
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A language that XML and EPUB accept; English if the author's is none.
pub(super) fn language_tag(written: &str) -> String {
    let good = |(at, part): (usize, &str)| {
        let length = if at == 0 { 2..=8 } else { 1..=8 };
        let letters = |c: char| c.is_ascii_alphabetic() || (at > 0 && c.is_ascii_digit());
        length.contains(&part.len()) && part.chars().all(letters)
    };
    match written.split('-').enumerate().all(good) {
        true => written.to_owned(),
        false => "en".to_owned(),
    }
}

/// A readable, stable file name of plain ASCII from a route: `guide/setup/index.html` is
/// `guide-setup`. Where letters are lost, or the name is taken, a digest of the route is added.
pub(super) fn file_name(route: &SitePath, taken: &mut BTreeSet<String>) -> String {
    let path = route.as_str();
    let path = path.strip_suffix("index.html").unwrap_or(path);
    let path = path.strip_suffix(".html").unwrap_or(path).trim_matches('/');
    let mut name = ascii_name(if path.is_empty() { "index" } else { path });
    let lossy = !path.is_ascii() || name.len() > LONGEST;
    if lossy || taken.contains(&name) {
        name.truncate(LONGEST);
        let digest = Digest::of(route.as_str().as_bytes()).short();
        name = format!("{}-{digest}", name.trim_end_matches('-'));
    }
    taken.insert(name.clone());
    name
}

/// The letters and digits of a name in lower case, with hyphens for everything else.
pub(super) fn ascii_name(text: &str) -> String {
    let mut name = String::new();
    for c in text.chars() {
        if c.is_ascii_alphanumeric() {
            name.push(c.to_ascii_lowercase());
        } else if !name.ends_with('-') && !name.is_empty() {
            name.push('-');
        }
    }
    let name = name.trim_end_matches('-');
    if name.is_empty() {
        "page".to_owned()
    } else {
        name.to_owned()
    }
}

/// The file name of a part, which has no route: of its title.
pub(super) fn part_name(title: &str, taken: &mut BTreeSet<String>) -> String {
    let mut name = ascii_name(title);
    name.truncate(LONGEST);
    let mut name = format!("part-{}", name.trim_end_matches('-'));
    if !title.is_ascii() || taken.contains(&name) {
        name = format!("{name}-{}", Digest::of(title.as_bytes()).short());
    }
    let first = name.clone();
    let mut count = 1;
    while !taken.insert(name.clone()) {
        count += 1;
        name = format!("{first}-{count}");
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names_are_plain_and_unique() {
        let mut taken: BTreeSet<String> = ["nav".to_owned()].into();
        let mut case = |route: &str, expected: &str| {
            let route = SitePath::parse(route).unwrap();
            assert_eq!(file_name(&route, &mut taken), expected);
        };
        case("sea/tide-tables/index.html", "sea-tide-tables");
        case("index.html", "index");
        case("404.html", "404");
        case("sea/tide tables/index.html", "sea-tide-tables-6fef2f24");
        case("nav/index.html", "nav-cec9cc5a");
        case("潮/index.html", "page-3bdb63ff");
    }

    #[test]
    fn parts_are_named_by_their_titles() {
        let mut taken = BTreeSet::new();
        let mut name = |title: &str| part_name(title, &mut taken);
        let names = ["Sea & Land", "Sea, Land", "Sea, Land", "潮", "潮"].map(&mut name);
        assert_eq!(names[0], "part-sea-land");
        assert!(names[3].starts_with("part-page-"), "{names:?}");
        let different: BTreeSet<&String> = names.iter().collect();
        assert_eq!(different.len(), 5, "{names:?}");
    }

    #[test]
    fn languages_that_are_none_become_english() {
        for (written, expected) in [
            ("en-GB", "en-GB"),
            ("zh-Hant-TW", "zh-Hant-TW"),
            ("x\"", "en"),
            ("", "en"),
            ("english_uk", "en"),
        ] {
            assert_eq!(language_tag(written), expected);
        }
    }
}
