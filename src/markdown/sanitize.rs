//! Raw HTML of a project that did not ask for it: what can run or reach out is taken away.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use ammonia::{Builder, UrlRelative};

/// Elements that our own writers make, on top of what a document usually holds.
const TAGS: &[&str] = &[
    "section",
    "aside",
    "figure",
    "figcaption",
    "picture",
    "source",
    "input",
    "math",
    "annotation",
    "semantics",
    "mrow",
    "mi",
    "mn",
    "mo",
    "ms",
    "mtext",
    "mspace",
    "mfrac",
    "msqrt",
    "mroot",
    "mstyle",
    "merror",
    "mpadded",
    "mphantom",
    "msub",
    "msup",
    "msubsup",
    "munder",
    "mover",
    "munderover",
    "mmultiscripts",
    "mprescripts",
    "mtable",
    "mtr",
    "mtd",
    "label",
    "address",
    "tfoot",
    "progress",
    "meter",
];

/// Attributes that are safe on any element.
const ATTRIBUTES: &[&str] = &[
    "id",
    "class",
    "role",
    "tabindex",
    "hidden",
    "data-n",
    "title",
    "lang",
    "dir",
    "width",
    "height",
    "align",
    "aria-label",
    "aria-hidden",
    "aria-labelledby",
    "aria-describedby",
    "type",
    "checked",
    "disabled",
    "open",
    // MathML Core (§2.1.3 and the presentation elements).
    "display",
    "mathvariant",
    "stretchy",
    "fence",
    "separator",
    "lspace",
    "rspace",
    "accent",
    "accentunder",
    "movablelimits",
    "symmetric",
    "largeop",
    "minsize",
    "maxsize",
    "linethickness",
    "displaystyle",
    "scriptlevel",
    "columnalign",
    "rowspacing",
    "columnspacing",
    "columnspan",
    "rowspan",
    "encoding",
    "alttext",
    "voffset",
    "depth",
    "form",
    "intent",
];

/// Attributes that say what one element means.
const OF_ELEMENTS: &[(&str, &[&str])] = &[
    ("a", &["name", "target", "download", "rel"]),
    ("area", &["alt", "coords", "href", "shape"]),
    ("data", &["value"]),
    ("details", &["name"]),
    (
        "img",
        &[
            "srcset",
            "sizes",
            "loading",
            "decoding",
            "fetchpriority",
            "usemap",
            "style",
        ],
    ),
    ("label", &["for"]),
    ("li", &["value"]),
    ("map", &["name"]),
    ("meter", &["value", "min", "max", "low", "high", "optimum"]),
    ("ol", &["reversed"]),
    ("progress", &["value", "max"]),
    ("source", &["srcset", "sizes", "type", "media"]),
    ("th", &["abbr"]),
    ("time", &["datetime"]),
];

const PREFIXES: &[&str] = &["data-", "aria-"];

/// What may stand in the HTML of a page.
struct Rules {
    builder: Builder<'static>,
    tags: HashSet<&'static str>,
    emptied: HashSet<&'static str>,
    anywhere: HashSet<&'static str>,
    of_elements: HashMap<&'static str, HashSet<&'static str>>,
}

static RULES: LazyLock<Rules> = LazyLock::new(|| {
    let schemes: HashSet<&str> = [
        "http", "https", "mailto", "tel", "ftp", "sms", "geo", "irc", "ircs", "xmpp", "magnet",
        "matrix", "news",
    ]
    .into();
    let mut builder = Builder::default();
    builder
        .add_tags(TAGS)
        .add_generic_attributes(ATTRIBUTES)
        .add_generic_attribute_prefixes(PREFIXES)
        .link_rel(None)
        .url_schemes(schemes)
        .url_relative(UrlRelative::PassThrough)
        .attribute_filter(|_, attribute, value| match attribute {
            "style" => is_own_style(value).then(|| value.into()),
            _ => Some(value.into()),
        });
    for (element, attributes) in OF_ELEMENTS {
        builder.add_tag_attributes(*element, *attributes);
    }
    Rules {
        tags: builder.clone_tags(),
        emptied: builder.clone_clean_content_tags(),
        anywhere: builder.clone_generic_attributes(),
        of_elements: builder.clone_tag_attributes(),
        builder,
    }
});

/// Cleans the HTML of a page: unknown elements, scripts, styles, event handlers and addresses that
/// are no web addresses are gone, and what was left open is closed.
pub fn sanitize(html: &str) -> String {
    RULES.builder.clean(html).to_string()
}

/// The styles that our own writers give an image: its share of the line, and what stands in its room
/// while it loads. No other style of an element is kept.
fn is_own_style(style: &str) -> bool {
    match style
        .strip_prefix("width:")
        .and_then(|style| style.split_once('%'))
    {
        Some((share, rest)) => {
            let is_share = share.len() <= 5
                && share
                    .bytes()
                    .all(|byte| byte.is_ascii_digit() || byte == b'.');
            is_share && (rest.is_empty() || rest.strip_prefix(';').is_some_and(is_placeholder))
        }
        None => is_placeholder(style),
    }
}

/// What stands in the room of an image while it loads: a color, or a picture of a few pixels.
fn is_placeholder(style: &str) -> bool {
    let Some(value) = style.strip_prefix("background:") else {
        return false;
    };
    if let Some(color) = value.strip_prefix('#') {
        return color.len() == 6 && color.bytes().all(|byte| byte.is_ascii_hexdigit());
    }
    let data = value.strip_prefix("url(data:image/webp;base64,");
    let data = data.and_then(|value| value.strip_suffix(") 0 0/100% 100%"));
    let is_data = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte);
    data.is_some_and(|data| data.len() < 4096 && data.bytes().all(is_data))
}

/// Whether [`sanitize`] keeps the element of this name, in lower case.
pub fn keeps_element(element: &str) -> bool {
    RULES.tags.contains(element)
}

/// Whether [`sanitize`] keeps what stands in the element of this name, whatever becomes of its tags.
pub fn keeps_content(element: &str) -> bool {
    !RULES.emptied.contains(element)
}

/// Whether [`sanitize`] keeps an attribute of an element that it keeps; both in lower case.
pub fn keeps_attribute(element: &str, attribute: &str) -> bool {
    let of_element = RULES
        .of_elements
        .get(element)
        .filter(|_| attribute != "style");
    RULES.anywhere.contains(attribute)
        || of_element.is_some_and(|names| names.contains(attribute))
        || PREFIXES.iter().any(|prefix| attribute.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn case(html: &str, expected: &str) {
        assert_eq!(sanitize(html), expected);
    }

    #[test]
    fn nothing_that_runs_is_left() {
        case("<script>x()</script>a<style>b{}</style>", "a");
        case("<img src=x onerror=alert(1)>", "<img src=\"x\">");
        case("<a href=\"javascript:alert(1)\">a</a>", "<a>a</a>");
        case("<a href=\"jav&#x09;ascript:alert(1)\">a</a>", "<a>a</a>");
        case("<iframe src=\"https://x.example\"></iframe>b", "b");
        case("<svg onload=alert(1)></svg>c", "c");
        case("<form action=x><input formaction=y></form>", "<input>");
        case("<p style=\"position:fixed\">d</p>", "<p>d</p>");
        for style in [
            "position:fixed",
            "background:#aabbcc;position:fixed",
            "background:url(https://x.example/)",
            "width:50%;position:fixed",
            "width:50vw",
            "width:1234567%",
            "background:url(data:image/webp;base64,a) 0 0/100% 100%;x:y) 0 0/100% 100%",
        ] {
            case(
                &format!("<img src=\"x\" style=\"{style}\">"),
                "<img src=\"x\">",
            );
        }
        for style in [
            "background:#aabbcc",
            "width:33.3%",
            "width:50%;background:#aabbcc",
        ] {
            let own = format!("<img src=\"x\" style=\"{style}\">");
            case(&own, &own);
        }
    }

    #[test]
    fn what_is_kept_is_what_is_said_to_be_kept() {
        let elements = "a area b br div font form iframe img input li math mi ol p progress script \
                        source span style svg td th tfoot time address video x-y";
        let attributes = "id class style onclick href src srcset media name value max border title \
                          data-x aria-label datetime start colspan scope open";
        for element in elements.split_whitespace() {
            let kept = sanitize(&format!("<{element}>")).contains(&format!("<{element}"));
            // A cell without its table is no cell.
            assert!(!kept || keeps_element(element), "{element}");
            for attribute in attributes.split_whitespace().filter(|_| kept) {
                let clean = sanitize(&format!("<{element} {attribute}=\"1\">"));
                let kept = clean.contains(&format!(" {attribute}=\"1\""));
                assert_eq!(
                    kept,
                    keeps_attribute(element, attribute),
                    "{element} {attribute}"
                );
            }
        }
        assert!(!keeps_element("iframe") && keeps_content("iframe"));
        assert!(!keeps_content("script") && !keeps_content("style"));
    }

    #[test]
    fn harmless_markup_stays_and_is_closed() {
        case(
            "<details open><summary>a</summary>b",
            "<details open=\"\"><summary>a</summary>b</details>",
        );
        case(
            "<kbd>x</kbd><div class=\"note\">y",
            "<kbd>x</kbd><div class=\"note\">y</div>",
        );
        case("</div></main>z", "z");
    }
}
