//! The attributes that an author gives an element, as HTML: what can run or restyle a page is left
//! out where raw HTML is not allowed.

use std::fmt::Write as _;

use crate::markdown::Attributes;
use crate::render::html::events::escape;

/// What is written for any author, besides `data-` and `aria-`.
const SAFE: &[&str] = &[
    "align",
    "dir",
    "download",
    "height",
    "hreflang",
    "lang",
    "loading",
    "rel",
    "role",
    "start",
    "tabindex",
    "target",
    "title",
    "translate",
    "width",
];

/// The attributes for a tag, with a space before each.
pub(in crate::render) fn attribute_text(attributes: &Attributes, raw_html: bool) -> String {
    let mut text = String::new();
    if let Some(id) = &attributes.id {
        let _ = write!(text, " id=\"{}\"", escape(id));
    }
    if !attributes.classes.is_empty() {
        let _ = write!(text, " class=\"{}\"", escape(&attributes.classes.join(" ")));
    }
    text.push_str(&pairs_text(attributes, raw_html));
    text
}

/// The attributes for a tag, but for its id and classes.
pub(super) fn pairs_text(attributes: &Attributes, raw_html: bool) -> String {
    let mut text = String::new();
    for (at, (name, value)) in attributes.pairs.iter().enumerate() {
        let twice = attributes.pairs[..at]
            .iter()
            .any(|(other, _)| other == name);
        if !twice && is_allowed(name, raw_html) {
            let _ = write!(text, " {name}=\"{}\"", escape(value));
        }
    }
    text
}

fn is_allowed(name: &str, raw_html: bool) -> bool {
    let safe = SAFE.contains(&name) || name.starts_with("data-") || name.starts_with("aria-");
    // Addresses are what links and images are for; handlers and styles are the project's to allow.
    let address = [
        "href",
        "src",
        "srcset",
        "action",
        "formaction",
        "id",
        "class",
    ]
    .contains(&name);
    safe || (raw_html && !address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn case(list: &str, raw_html: bool, expected: &str) {
        let attributes = Attributes::read(list).unwrap();
        assert_eq!(attribute_text(&attributes, raw_html), expected);
    }

    #[test]
    fn harmless_attributes_are_written_escaped() {
        case("#a .b .c", false, " id=\"a\" class=\"b c\"");
        case(
            "title='x\"<y' data-a=1",
            false,
            " title=\"x&quot;&lt;y\" data-a=\"1\"",
        );
        case("title=a title=b", false, " title=\"a\"");
    }

    #[test]
    fn nothing_that_runs_or_restyles_is_written() {
        case(
            ".b onclick=x() style=\"color:red\" href=\"javascript:x\"",
            false,
            " class=\"b\"",
        );
        case("style=\"color:red\" src=x", true, " style=\"color:red\"");
    }
}
