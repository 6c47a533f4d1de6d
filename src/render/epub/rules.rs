//! What HTML may stand in a book: what EPUB 3.3 and its content models allow of what authors
//! write. Everything else is unwrapped or goes; text is kept wherever it is text.

use crate::render::dom::{Attribute, Element, Space, Verdict};
use crate::render::epub::foreign::{mathml, svg};
use crate::render::epub::names::language_tag;

/// Decides about one element and drops the attributes that may not stay.
pub(super) fn rule(element: &mut Element) -> Verdict {
    match element.space {
        Space::Html => html(element),
        Space::Svg => svg(element),
        Space::MathMl => mathml(element),
    }
}

fn html(element: &mut Element) -> Verdict {
    let name = element.name.as_str();
    if REMOVED.contains(&name) {
        return Verdict::Remove;
    }
    // Old and page-wide elements become what they mean inside a chapter.
    let (name, style) = match name {
        "center" => ("div", Some("text-align: center")),
        "strike" => ("s", None),
        "tt" => ("code", None),
        "big" => ("b", None),
        "dir" | "menu" => ("ul", None),
        "listing" | "xmp" | "plaintext" => ("pre", None),
        "acronym" => ("abbr", None),
        "main" | "header" | "footer" | "nav" | "hgroup" | "search" | "address" => ("div", None),
        name => (name, None),
    };
    if !KEPT.contains(&name) {
        return Verdict::Unwrap;
    }
    element.name = name.to_owned();
    let mut styles: Vec<String> = style.into_iter().map(ToOwned::to_owned).collect();
    let mut kept = Vec::new();
    for attribute in std::mem::take(&mut element.attributes) {
        match attribute.name.as_str() {
            "style" => styles.extend(safe_styles(&attribute.value)),
            "align" => styles.extend(alignment(&element.name, &attribute.value)),
            "width" if element.name == "img" && attribute.value.trim().ends_with('%') => {
                styles.extend(safe_styles(&format!("width: {}", attribute.value.trim())));
            }
            "name" if element.name == "a" => kept.push(Attribute {
                name: "id".to_owned(),
                value: attribute.value,
            }),
            _ => kept.extend(html_attribute(&element.name, attribute)),
        }
    }
    element.attributes = kept;
    // On a division that is nothing for assistive technology a label would be a fault.
    if element.name == "div" && element.get("role") != Some("img") {
        element.remove("aria-label");
    }
    if let Some(language) = element.get("lang").map(ToOwned::to_owned) {
        element.set("xml:lang", language);
    }
    if !styles.is_empty() {
        element.set("style", styles.join("; "));
    }
    Verdict::Keep
}

/// Elements that go with everything in them: scripts, forms, frames and media that a book cannot
/// carry, and what belongs in a head.
const REMOVED: &[&str] = &[
    "script", "style", "template", "iframe", "frame", "frameset", "noframes", "object", "embed",
    "applet", "param", "input", "select", "textarea", "datalist", "option", "optgroup", "progress",
    "meter", "base", "link", "meta", "title", "source", "track", "area", "map", "noembed",
    "keygen", "portal", "basefont", "bgsound",
];

/// Elements that stay. The rest — unknown ones and those that only mean something on a site — are
/// unwrapped.
const KEPT: &[&str] = &[
    "a",
    "abbr",
    "article",
    "aside",
    "b",
    "bdi",
    "bdo",
    "blockquote",
    "br",
    "caption",
    "cite",
    "code",
    "col",
    "colgroup",
    "dd",
    "del",
    "details",
    "dfn",
    "div",
    "dl",
    "dt",
    "em",
    "figcaption",
    "figure",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "img",
    "ins",
    "kbd",
    "li",
    "mark",
    "ol",
    "p",
    "pre",
    "q",
    "rp",
    "rt",
    "ruby",
    "s",
    "samp",
    "section",
    "small",
    "span",
    "strong",
    "sub",
    "summary",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "u",
    "ul",
    "var",
    "wbr",
];

fn html_attribute(element: &str, attribute: Attribute) -> Option<Attribute> {
    let value = attribute.value.trim();
    let number = || value.parse::<u32>().is_ok_and(|number| number <= 10_000);
    let positive = || number() && value != "0";
    let roles = [
        "doc-noteref",
        "doc-backlink",
        "doc-footnote",
        "note",
        "presentation",
        "img",
    ];
    let good = match attribute.name.as_str() {
        "id" => !value.is_empty(),
        "class" | "title" => true,
        "lang" => language_tag(value) == value,
        "dir" => ["ltr", "rtl", "auto"].contains(&value),
        // An author's own would promise what nothing else in the book keeps, such as page breaks.
        "epub:type" => ["noteref", "footnote"].contains(&value),
        "role" => roles.contains(&value) && (value != "img" || element == "div"),
        "aria-label" => ["a", "aside", "div"].contains(&element),
        "aria-hidden" => ["true", "false"].contains(&value),
        "href" => element == "a",
        "src" | "alt" => element == "img",
        "width" | "height" => element == "img" && positive(),
        "colspan" | "rowspan" => ["td", "th"].contains(&element) && positive() && value.len() < 4,
        "scope" => element == "th" && ["row", "col", "rowgroup", "colgroup"].contains(&value),
        "span" => ["col", "colgroup"].contains(&element) && positive() && value.len() < 4,
        "start" => element == "ol" && value.parse::<i32>().is_ok(),
        "value" => element == "li" && value.parse::<i32>().is_ok(),
        "type" => element == "ol" && ["1", "a", "A", "i", "I"].contains(&value),
        "reversed" => element == "ol",
        "open" => element == "details",
        "data-n" => value.parse::<u32>().is_ok(),
        _ => false,
    };
    let value = match attribute.name.as_str() {
        "reversed" | "open" => attribute.name.clone(),
        "alt" | "title" => attribute.value.clone(),
        _ => value.to_owned(),
    };
    good.then_some(Attribute { value, ..attribute })
}

fn alignment(element: &str, value: &str) -> Option<String> {
    let value = value.trim().to_ascii_lowercase();
    match (element, value.as_str()) {
        ("img" | "table", "left" | "right") => Some(format!("float: {value}")),
        ("img" | "table", _) => None,
        (_, "left" | "right" | "center" | "justify") => Some(format!("text-align: {value}")),
        _ => None,
    }
}

/// The declarations that place things; colours, fonts and addresses are the reader's own affair.
fn safe_styles(style: &str) -> Vec<String> {
    let properties = [
        "text-align",
        "width",
        "max-width",
        "float",
        "clear",
        "vertical-align",
        "white-space",
        "margin-left",
        "margin-right",
        "text-indent",
        "font-style",
        "font-weight",
        "font-variant",
        "text-decoration",
        "list-style-type",
    ];
    let plain = |c: char| c.is_ascii_alphanumeric() || " .%-".contains(c);
    style
        .split(';')
        .filter_map(|declaration| declaration.split_once(':'))
        .map(|(property, value)| (property.trim().to_ascii_lowercase(), value.trim()))
        .filter(|(property, value)| {
            properties.contains(&property.as_str()) && !value.is_empty() && value.chars().all(plain)
        })
        .map(|(property, value)| format!("{property}: {value}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::dom::parse_fragment;

    #[track_caller]
    fn case(html: &str, expected: &str) {
        let mut tree = parse_fragment(html);
        tree.edit(rule);
        assert_eq!(tree.to_xhtml(), expected);
    }

    #[test]
    fn what_a_book_cannot_carry_goes() {
        case("a<script>x</script><iframe src=x>y</iframe>b", "ab");
        case("<button onclick=x>ok</button><input>", "ok");
        case(
            "<p onclick=\"x\" data-a=b bgcolor=red style=\"color: red\">t</p>",
            "<p>t</p>",
        );
    }

    #[test]
    fn a_drawing_keeps_its_words() {
        case(
            "<div role=img aria-label=x>a</div><div aria-label=y>b</div><p role=img>c</p>",
            "<div role=\"img\" aria-label=\"x\">a</div><div>b</div><p>c</p>",
        );
    }

    #[test]
    fn old_elements_become_new_ones() {
        case(
            "<center>x</center>",
            "<div style=\"text-align: center\">x</div>",
        );
        case(
            "<font color=red>x</font> <Custom-Thing>y</Custom-Thing>",
            "x y",
        );
        case(
            "<p align=center>x</p>",
            "<p style=\"text-align: center\">x</p>",
        );
        case("<a name=top></a>", "<a id=\"top\"></a>");
        case(
            "<img src=a.png width=\"50%\">",
            "<img src=\"a.png\" style=\"width: 50%\"/>",
        );
    }
}
