//! What a reader can take home: the documents of a site, with their formats and, on the front page,
//! their sizes. Other pages do not know these, or each of them would change with every document.

use serde::Serialize;

use crate::config::Format;
use crate::render::context::Sizes;
use crate::site::{Document, Site};

/// A document in one format, as templates see it.
#[derive(Serialize)]
pub(super) struct DocumentValue<'a> {
    title: &'a str,
    name: &'a str,
    kind: &'static str,
    /// The name that people know the format by.
    format: &'static str,
    url: String,
    /// How large it is, in words.
    size: Option<String>,
}

/// All documents in all formats that are made.
pub(super) fn downloads<'a>(site: &'a Site, sizes: Option<&Sizes>) -> Vec<DocumentValue<'a>> {
    let formats = |document: &'a Document| {
        let formats = document.formats.iter();
        formats.map(move |format| (document, *format))
    };
    let documents = site.documents.iter().flat_map(formats);
    let made = documents.filter(|(_, format)| super::renderer::is_built(*format));
    made.map(|(document, format)| {
        let route = document.route(format);
        let bytes = sizes.and_then(|sizes| sizes.of(&site.mount.join(&route)));
        DocumentValue {
            title: &document.title,
            name: &document.name,
            kind: format.name(),
            format: known_as(format),
            url: route.to_url(),
            size: bytes.map(|bytes| size(bytes, &site.config.project.language)),
        }
    })
    .collect()
}

fn known_as(format: Format) -> &'static str {
    match format {
        Format::Pdf => "PDF",
        Format::Epub => "EPUB",
        Format::Docx => "Word",
    }
}

/// A size in the units of SI, with the decimal sign of a language (CLDR).
fn size(bytes: u64, language: &str) -> String {
    #[expect(
        clippy::cast_precision_loss,
        reason = "a size for people needs three digits"
    )]
    let number = bytes as f64;
    let (number, unit) = if bytes < 1_000 {
        return format!("{bytes}\u{a0}B");
    } else if bytes < 999_500 {
        (format!("{:.0}", number / 1e3), "kB")
    } else if bytes < 99_950_000 {
        (format!("{:.1}", number / 1e6), "MB")
    } else {
        (format!("{:.0}", number / 1e6), "MB")
    };
    let primary = language.split('-').next().unwrap_or("");
    let point = ["ar", "en", "fa", "he", "hi", "ja", "ko", "th", "ur", "zh"];
    let number = match point.contains(&primary) {
        true => number,
        false => number.replace('.', ","),
    };
    format!("{number}\u{a0}{unit}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_three_digits_at_most() {
        let case = |bytes: u64, language: &str, expected: &str| {
            assert_eq!(size(bytes, language).replace('\u{a0}', " "), expected);
        };
        case(999, "en", "999 B");
        case(1_499, "en", "1 kB");
        case(999_600, "en", "1.0 MB");
        case(3_456_789, "en-GB", "3.5 MB");
        case(99_960_000, "en", "100 MB");
        case(123_456_789, "en", "123 MB");
        case(3_456_789, "de", "3,5 MB");
    }
}
