//! What a book says about itself: Dublin Core, roles and sort names, and what a reader with a
//! disability needs to know before opening it.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::config::Contributor;
use crate::render::dom::escape;
use crate::render::epub::book::Book;
use crate::render::epub::names::plain;
use crate::render::epub::pages::attribute;
use crate::render::words::Words;

/// What the chapters hold, for the accessibility metadata.
#[derive(Debug, Clone, Copy, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "four facts that do not depend on each other"
)]
pub(super) struct Holdings {
    pub images: bool,
    pub images_without_text: bool,
    pub animations: bool,
    pub math: bool,
}

/// The `metadata` element of the package document.
#[expect(
    clippy::too_many_lines,
    reason = "one element after the other, each a line or two"
)]
pub(super) fn metadata(book: &Book<'_>, holdings: Holdings, paper: Option<&str>) -> String {
    let mut out = String::from("<metadata xmlns:dc=\"http://purl.org/dc/elements/1.1/\">\n");
    let mut line = |text: String| {
        let _ = writeln!(out, "    {text}");
    };
    let text = |name: &str, value: &str| format!("<dc:{name}>{}</dc:{name}>", escape(value));
    let meta = |property: &str, value: &str| {
        format!("<meta property=\"{property}\">{}</meta>", escape(value))
    };
    let about = |id: &str, property: &str, scheme: &str, value: &str| {
        let value = escape(value);
        format!("<meta refines=\"#{id}\" property=\"{property}\"{scheme}>{value}</meta>")
    };
    line(format!(
        "<dc:identifier id=\"identifier\">{}</dc:identifier>",
        escape(&book.identifier)
    ));
    if let Some(isbn) = &book.isbn {
        // ONIX code list 5: 02 is an ISBN of 10 digits, 15 one of 13.
        let kind = if isbn.len() == 10 { "02" } else { "15" };
        line(format!(
            "<dc:identifier id=\"isbn\">urn:isbn:{}</dc:identifier>",
            escape(isbn)
        ));
        line(about(
            "isbn",
            "identifier-type",
            " scheme=\"onix:codelist5\"",
            kind,
        ));
    }
    line(format!(
        "<dc:title id=\"title\">{}</dc:title>",
        escape(&book.title)
    ));
    line(about("title", "title-type", "", "main"));
    if let Some(subtitle) = &book.subtitle {
        line(about("title", "display-seq", "", "1"));
        line(format!(
            "<dc:title id=\"subtitle\">{}</dc:title>",
            escape(subtitle)
        ));
        line(about("subtitle", "title-type", "", "subtitle"));
        line(about("subtitle", "display-seq", "", "2"));
    }
    if let Some((name, number)) = &book.series {
        line(format!(
            "<meta property=\"belongs-to-collection\" id=\"series\">{}</meta>",
            escape(name)
        ));
        line(about("series", "collection-type", "", "series"));
        if let Some(number) = number {
            line(about("series", "group-position", "", number));
        }
    }
    for language in languages(book) {
        line(text("language", language));
    }
    let nobody = !book.people.iter().any(Contributor::is_author);
    for (at, person) in book.people.iter().enumerate() {
        // Where no text has an author, whoever put it together made the book.
        let name = match person.is_author() || nobody {
            true => "creator",
            false => "contributor",
        };
        let id = format!("{name}-{}", at + 1);
        line(format!(
            "<dc:{name} id=\"{id}\">{}</dc:{name}>",
            escape(&person.name)
        ));
        let sort = person.sort.clone();
        let sort = sort.unwrap_or_else(|| sort_name(&person.name));
        line(about(
            &id,
            "role",
            " scheme=\"marc:relators\"",
            &person.role,
        ));
        line(about(&id, "file-as", "", &sort));
        line(about(&id, "display-seq", "", &(at + 1).to_string()));
    }
    let day = book.day();
    let told = [
        ("publisher", &book.publisher),
        ("date", &day),
        ("description", &book.description),
        ("rights", &book.rights),
    ];
    for (name, value) in told {
        if let Some(value) = value {
            line(text(name, value));
        }
    }
    for subject in subjects(book) {
        line(text("subject", &subject));
    }
    if let Some(base) = book.context.site.config.project.base_url.as_deref() {
        line(text("source", base));
    }
    if let Some(source) = paper {
        line(meta("pageBreakSource", source));
    }
    line(meta("dcterms:modified", &book.modified));
    line("<meta name=\"cover\" content=\"cover-image\"/>".to_owned());
    line(format!(
        "<meta name=\"generator\" content=\"{}\"/>",
        attribute(GENERATOR)
    ));
    for (property, value) in accessibility(holdings, paper.is_some()) {
        line(meta(&format!("schema:{property}"), value));
    }
    line(format!(
        "<meta property=\"schema:accessibilitySummary\" xml:lang=\"{}\">{}</meta>",
        attribute(book.words.language()),
        escape(&summary(&book.words, holdings, paper.is_some()))
    ));
    out.push_str("  </metadata>");
    out
}

/// More subjects than this say nothing.
const SUBJECTS: usize = 20;

const GENERATOR: &str = concat!("tympan ", env!("CARGO_PKG_VERSION"));

/// The book's language, then those of chapters in another.
fn languages<'a>(book: &'a Book<'_>) -> Vec<&'a str> {
    let mut languages = vec![book.language.as_str()];
    for chapter in &book.chapters {
        if !languages.contains(&chapter.language.as_str()) {
            languages.push(&chapter.language);
        }
    }
    languages
}

/// What its pages are about, by their tags.
fn subjects(book: &Book<'_>) -> BTreeSet<String> {
    let pages = book.chapters.iter().map(|chapter| chapter.page);
    let tags = pages.flat_map(|page| page.front.terms("tags"));
    let tags = tags.map(plain).filter(|tag| !tag.is_empty());
    tags.take(SUBJECTS).collect()
}

/// The name by which a person is sorted: the family name, with its particles, comes first.
fn sort_name(name: &str) -> String {
    let words: Vec<&str> = name.split_whitespace().collect();
    let last = words.len().saturating_sub(1);
    if name.contains(',') || last == 0 {
        return name.to_owned();
    }
    let particle = |word: &str| word.starts_with(char::is_lowercase);
    let family = (1..last).find(|at| words[*at..last].iter().all(|word| particle(word)));
    let family = family.unwrap_or(last);
    format!(
        "{}, {}",
        words[family..].join(" "),
        words[..family].join(" ")
    )
}

fn accessibility(holdings: Holdings, has_pages: bool) -> Vec<(&'static str, &'static str)> {
    let mut found = vec![("accessMode", "textual")];
    if holdings.images {
        found.push(("accessMode", "visual"));
    }
    let by_text = !holdings.images || !holdings.images_without_text;
    if by_text {
        found.push(("accessModeSufficient", "textual"));
    }
    if holdings.images {
        found.push(("accessModeSufficient", "textual,visual"));
    }
    let features = [
        "tableOfContents",
        "readingOrder",
        "structuralNavigation",
        "displayTransformability",
    ];
    found.extend(features.map(|feature| ("accessibilityFeature", feature)));
    if holdings.images && by_text {
        found.push(("accessibilityFeature", "alternativeText"));
    }
    if holdings.math {
        found.push(("accessibilityFeature", "MathML"));
        found.push(("accessibilityFeature", "describedMath"));
    }
    if has_pages {
        found.push(("accessibilityFeature", "pageBreakMarkers"));
        found.push(("accessibilityFeature", "pageNavigation"));
    }
    found.push(match holdings.animations {
        true => ("accessibilityHazard", "unknown"),
        false => ("accessibilityHazard", "none"),
    });
    found
}

/// What there is for readers who cannot see, in the words of the book's language.
fn summary(words: &Words, holdings: Holdings, has_pages: bool) -> String {
    let keys = [
        (true, "access_text"),
        (
            holdings.images && !holdings.images_without_text,
            "access_images",
        ),
        (
            holdings.images && holdings.images_without_text,
            "access_some_images",
        ),
        (holdings.math, "access_math"),
        (has_pages, "access_pages"),
        (holdings.animations, "access_animations"),
    ];
    let told = keys.into_iter().filter(|(is_so, _)| *is_so);
    let told: Vec<&str> = told.map(|(_, key)| words.get(key)).collect();
    told.join(words.between_sentences())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_sorted_by_family_name() {
        let case = |name: &str, expected: &str| assert_eq!(sort_name(name), expected);
        case("Ada Example", "Example, Ada");
        case("Ludwig van Beethoven", "van Beethoven, Ludwig");
        case("Plato", "Plato");
        case("Example, Ada", "Example, Ada");
        case("", "");
    }

    #[test]
    fn nothing_is_promised_that_is_not_there() {
        let none = accessibility(Holdings::default(), false);
        assert!(!none.contains(&("accessibilityFeature", "MathML")));
        let pictures = Holdings {
            images: true,
            images_without_text: true,
            ..Holdings::default()
        };
        assert!(
            accessibility(pictures, false).contains(&("accessModeSufficient", "textual,visual"))
        );
        assert!(
            !accessibility(pictures, false).contains(&("accessibilityFeature", "alternativeText"))
        );
    }
}
