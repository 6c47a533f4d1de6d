//! Drawings that cannot act: an SVG is parsed and only what draws is written again.
//!
//! Elements stand in a list of what is known to be harmless. Scripts, foreign content, event
//! handlers and whatever loads from elsewhere are left out.

use roxmltree::{Attribute, Node};

use crate::assets::svg::{is_drawn, with_root};

const XLINK: &str = "http://www.w3.org/1999/xlink";
const XML: &str = "http://www.w3.org/XML/1998/namespace";

/// The elements that are kept (SVG 2, and SMIL animations that only move what is drawn).
const ELEMENTS: &[&str] = &[
    "a",
    "animate",
    "animateMotion",
    "animateTransform",
    "circle",
    "clipPath",
    "defs",
    "desc",
    "ellipse",
    "feBlend",
    "feColorMatrix",
    "feComponentTransfer",
    "feComposite",
    "feConvolveMatrix",
    "feDiffuseLighting",
    "feDisplacementMap",
    "feDistantLight",
    "feDropShadow",
    "feFlood",
    "feFuncA",
    "feFuncB",
    "feFuncG",
    "feFuncR",
    "feGaussianBlur",
    "feImage",
    "feMerge",
    "feMergeNode",
    "feMorphology",
    "feOffset",
    "fePointLight",
    "feSpecularLighting",
    "feSpotLight",
    "feTile",
    "feTurbulence",
    "filter",
    "g",
    "image",
    "line",
    "linearGradient",
    "marker",
    "mask",
    "mpath",
    "path",
    "pattern",
    "polygon",
    "polyline",
    "radialGradient",
    "rect",
    "set",
    "stop",
    "style",
    "svg",
    "switch",
    "symbol",
    "text",
    "textPath",
    "title",
    "tspan",
    "use",
    "view",
];

/// Writes an SVG again without what could act.
///
/// # Errors
/// Says why it cannot be parsed.
pub fn sanitize(bytes: &[u8]) -> Result<String, String> {
    with_root(bytes, |root| {
        let mut svg = String::with_capacity(bytes.len());
        write(root, &mut svg);
        svg.push('\n');
        svg
    })
}

enum Step<'a, 'input> {
    Open(Node<'a, 'input>),
    /// The element's name, and the length of what was written when it was opened.
    Close(&'input str, usize),
}

/// Writes an element and everything below it. The stack is a list: files may nest deeper than
/// functions can.
fn write(root: Node<'_, '_>, svg: &mut String) {
    let mut steps = vec![Step::Open(root)];
    while let Some(step) = steps.pop() {
        match step {
            Step::Close(_, opened) if svg.len() == opened => {
                svg.pop();
                svg.push_str("/>");
            }
            Step::Close(name, _) => {
                svg.push_str("</");
                svg.push_str(name);
                svg.push('>');
            }
            Step::Open(node) if node.is_text() => escape(node.text().unwrap_or(""), svg),
            Step::Open(node) if node.is_element() && is_kept(node) => {
                let name = node.tag_name().name();
                svg.push('<');
                svg.push_str(name);
                if node == root {
                    svg.push_str(" xmlns=\"http://www.w3.org/2000/svg\"");
                    svg.push_str(" xmlns:xlink=\"http://www.w3.org/1999/xlink\"");
                }
                for attribute in node.attributes() {
                    write_attribute(node, attribute, svg);
                }
                svg.push('>');
                steps.push(Step::Close(name, svg.len()));
                steps.extend(node.children().rev().map(Step::Open));
            }
            Step::Open(_) => {}
        }
    }
}

fn is_kept(node: Node<'_, '_>) -> bool {
    let name = node.tag_name().name();
    if !is_drawn(node) || !ELEMENTS.contains(&name) {
        return false;
    }
    match name {
        "style" => {
            // Browsers join the texts, whatever stands between them.
            let texts = node.children().filter(Node::is_text);
            let css: String = texts.filter_map(|text| text.text()).collect();
            is_local_css(&css)
        }
        // An animation may set a link to anything later.
        "animate" | "set" => {
            let target = node.attribute("attributeName").unwrap_or("").trim();
            let target = target.rsplit(':').next().unwrap_or("").to_ascii_lowercase();
            target != "href" && !target.starts_with("on")
        }
        _ => true,
    }
}

fn write_attribute(node: Node<'_, '_>, attribute: Attribute<'_, '_>, svg: &mut String) {
    let (name, value) = (attribute.name(), attribute.value());
    let element = node.tag_name().name();
    let prefix = match (attribute.namespace(), name) {
        (None, _) => "",
        (Some(XLINK), "href" | "title") => "xlink:",
        (Some(XML), "space" | "lang") => "xml:",
        _ => return,
    };
    let kept = match name {
        "href" => is_harmless_link(element, value),
        "src" | "base" => false,
        "style" => is_local_css(value),
        _ if name.to_ascii_lowercase().starts_with("on") => false,
        // Most attributes are read as style rules are.
        _ => is_plain(name) || is_local_css(value),
    };
    if kept {
        svg.push(' ');
        svg.push_str(prefix);
        svg.push_str(name);
        svg.push_str("=\"");
        escape(value, svg);
        svg.push('"');
    }
}

/// Whether an attribute is never read as a style rule, so that it may hold any text.
fn is_plain(name: &str) -> bool {
    let plain = ["class", "d", "id", "lang", "points", "role", "title"];
    plain.contains(&name) || name.starts_with("aria-") || name.starts_with("data-")
}

/// Whether a reference stays in the file; a link that a reader follows may leave it.
fn is_harmless_link(element: &str, value: &str) -> bool {
    let value = value.trim().to_ascii_lowercase();
    let starts = |starts: &[&str]| starts.iter().any(|start| value.starts_with(start));
    value.starts_with('#')
        || match element {
            "image" | "feImage" => starts(&[
                "data:image/png",
                "data:image/jpeg",
                "data:image/jpg",
                "data:image/gif",
                "data:image/webp",
            ]),
            "a" => starts(&["https://", "http://", "mailto:"]),
            _ => false,
        }
}

/// Whether style rules load nothing from elsewhere. Escapes could hide anything, so that rules
/// with an escape are not local.
fn is_local_css(css: &str) -> bool {
    let css = css.to_ascii_lowercase();
    let loads = [
        "\\",
        "@import",
        "javascript:",
        "expression(",
        "image(",
        "image-set(",
        "src(",
    ];
    if loads.iter().any(|load| css.contains(load)) || css.contains("/*") && css.contains("url") {
        return false;
    }
    css.match_indices("url").all(|(at, _)| {
        let rest = css[at + 3..].trim_start();
        let Some(target) = rest.strip_prefix('(') else {
            return true;
        };
        let target = target
            .trim_start()
            .trim_start_matches(['"', '\''])
            .trim_start();
        let font = [
            "data:font/",
            "data:application/font",
            "data:application/x-font",
        ]
        .iter()
        .any(|start| target.starts_with(start));
        target.starts_with('#') || font || is_harmless_link("image", target)
    })
}

/// Writes text so that XML reads it back.
pub(super) fn escape(text: &str, svg: &mut String) {
    for c in text.chars() {
        match c {
            '&' => svg.push_str("&amp;"),
            '<' => svg.push_str("&lt;"),
            '>' => svg.push_str("&gt;"),
            '"' => svg.push_str("&quot;"),
            '\t' => svg.push_str("&#9;"),
            '\r' => svg.push_str("&#13;"),
            c => svg.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\" \
                        xmlns:xlink=\"http://www.w3.org/1999/xlink\"";

    /// The sanitized content of an `svg` element.
    #[track_caller]
    fn case(inner: &str, expected: &str) {
        let svg = format!("{HEAD}>{inner}</svg>");
        let clean = sanitize(svg.as_bytes()).unwrap();
        let whole = match expected {
            "" => format!("{HEAD}/>\n"),
            _ => format!("{HEAD}>{expected}</svg>\n"),
        };
        assert_eq!(clean, whole);
        assert_eq!(sanitize(clean.as_bytes()).as_ref(), Ok(&clean));
    }

    #[test]
    fn what_draws_is_kept() {
        for kept in [
            "<g transform=\"rotate(5)\"><path d=\"M0 0h9\" fill=\"#123\"/></g>",
            "<text x=\"1\">a &lt; b &amp; c <tspan>d</tspan></text>",
            "<style>.a { fill: url(#b); font: 12px serif }</style>",
            "<use xlink:href=\"#a\"/><rect fill=\"url(#b)\" clip-path=\"url(&quot;#c&quot;)\"/>",
            "<image href=\"data:image/png;base64,iVBO\"/>",
            "<a href=\"https://example.org/\"><circle r=\"3\"/></a>",
            "<animate attributeName=\"x\" to=\"3\"/>",
            "<title>ä</title>",
        ] {
            case(kept, kept);
        }
    }

    #[test]
    fn what_acts_is_dropped() {
        case("<script>alert(1)</script>", "");
        case("<script href=\"x.js\"/><g onload=\"alert(1)\"/>", "<g/>");
        case(
            "<G oNload=\"x\"/><g ONCLICK=\"x\" id=\"a\"/>",
            "<g id=\"a\"/>",
        );
        case("<foreignObject><p onclick=\"x\">t</p></foreignObject>", "");
        case(
            "<x:script xmlns:x=\"http://www.w3.org/2000/svg\">x</x:script>",
            "",
        );
        case(
            "<h:script xmlns:h=\"http://www.w3.org/1999/xhtml\">x</h:script>",
            "",
        );
        case("<h:rect xmlns:h=\"http://www.w3.org/1999/xhtml\"/>", "");
        case("<set attributeName=\"href\" to=\"javascript:x\"/>", "");
        case("<animate attributeName=\"xlink:href\" values=\"x\"/>", "");
        case("<set attributeName=\" onclick\" to=\"x\"/>", "");
        case("<iframe src=\"x\"/><embed/><object/><audio/>", "");
        case("<?xml-stylesheet href=\"x.css\"?><!-- c -->", "");
    }

    #[test]
    fn what_loads_from_elsewhere_is_dropped() {
        for link in [
            "javascript:x",
            " java&#10;script:x",
            "https://example.org/x.svg#a",
            "//example.org/a",
            "x.svg#a",
            "data:image/svg+xml,x",
            "data:text/html,x",
        ] {
            case(&format!("<use href=\"{link}\"/>"), "<use/>");
            case(&format!("<image xlink:href=\"{link}\"/>"), "<image/>");
        }
        case("<a href=\"javascript:x\">t</a>", "<a>t</a>");
        case("<rect fill=\"url(https://example.org/a#b)\"/>", "<rect/>");
        case("<rect style=\"fill: url( 'x.svg#b')\"/>", "<rect/>");
        case("<rect style=\"fill: u\\72l(x)\"/>", "<rect/>");
        case("<style>@import 'x.css';</style>", "");
        case("<style>@imp<!-- x -->ort 'x.css';</style>", "");
        case("<style>@imp<g>x</g>ort 'x.css';</style>", "");
        case("<style>a { b: url(/**/x) }</style>", "");
        case("<style>a { b: image-set('x' 1x) }</style>", "");
        case("<style><![CDATA[a { b: URL(//x) }]]></style>", "");
        case("<g xml:base=\"https://example.org/\"/>", "<g/>");
    }

    #[test]
    fn what_is_checked_is_what_is_written() {
        for rules in [
            "rect{fill:ur<script>z</script>l(http://example.org/1)}",
            "@im<g>q</g>port 'http://example.org/2.css';",
            "rect{fill:ur<!-- z -->l(http://example.org/1)}",
            "<g>a</g>rect{fill:ur<g/>l(http://example.org/1)}",
        ] {
            case(&format!("<style>{rules}</style>"), "");
        }
        case(
            "<style>a{}<script>url(x)</script></style>",
            "<style>a{}</style>",
        );
    }

    #[test]
    fn attributes_are_read_as_style_rules_are() {
        for attribute in [
            "mask=\"u\\72 l(http://example.org/3.svg#m)\"",
            "cursor=\"image-set('http://example.org/4.png' 1x), auto\"",
            "fill=\"URL(//example.org)\"",
            "filter=\"src('//example.org')\"",
        ] {
            case(&format!("<g {attribute}/>"), "<g/>");
        }
        case(
            "<set attributeName=\"mask\" to=\"u\\72 l(http://example.org/5.svg#m)\"/>",
            "<set attributeName=\"mask\"/>",
        );
        let plain = "<path aria-label=\"a\\b url(x)\" d=\"M0\\\" id=\"C:\\a\" class=\"w\\:2\" data-a=\"\\\"/>";
        case(plain, plain);
    }

    #[test]
    fn deep_nesting_is_no_fault_of_ours() {
        let deep = format!(
            "<svg>{}{}</svg>",
            "<g>".repeat(20_000),
            "</g>".repeat(20_000)
        );
        // Refused or written, but neither slow nor a crash.
        if let Ok(clean) = sanitize(deep.as_bytes()) {
            assert!(clean.ends_with("</svg>\n"));
        }
    }
}
