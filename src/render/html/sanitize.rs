//! Raw HTML of a project that did not ask for it: what can run or reach out is taken away.

use std::collections::HashSet;

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

/// Cleans the HTML of a page: unknown elements, scripts, styles, event handlers and addresses that
/// are no web addresses are gone, and what was left open is closed.
pub(super) fn sanitize(html: &str) -> String {
    let schemes: HashSet<&str> = [
        "http", "https", "mailto", "tel", "ftp", "sms", "geo", "irc", "ircs", "xmpp", "magnet",
        "matrix", "news",
    ]
    .into();
    Builder::default()
        .add_tags(TAGS)
        .add_generic_attributes(ATTRIBUTES)
        .add_tag_attributes(
            "img",
            &["srcset", "sizes", "loading", "decoding", "fetchpriority"],
        )
        .add_tag_attributes("source", &["srcset", "sizes", "type"])
        .add_tag_attributes("a", &["name", "target", "download", "rel"])
        .add_tag_attributes("details", &["name"])
        .add_generic_attribute_prefixes(&["data-", "aria-"])
        .link_rel(None)
        .url_schemes(schemes)
        .url_relative(UrlRelative::PassThrough)
        .clean(html)
        .to_string()
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
