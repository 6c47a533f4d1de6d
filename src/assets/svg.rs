//! Drawings that cannot act: an SVG is parsed and only what draws is written again.
//!
//! Elements and attributes stand in a list of what is known to be harmless. Scripts, foreign
//! content, event handlers and whatever loads from elsewhere are left out; document types with
//! definitions of their own are refused, since entities hide what a file says.

use roxmltree::{Attribute, Document, Node, ParsingOptions};

const SVG: &str = "http://www.w3.org/2000/svg";
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

/// The largest number of nodes that is read.
const MAX_NODES: u32 = 1_000_000;

/// Whether bytes look like an SVG: markup whose beginning names the element.
pub(super) fn is_svg(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(64 << 10)];
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let head = head.trim_ascii_start();
    let names = |name: &[u8]| head.windows(name.len()).any(|part| part == name);
    head.starts_with(b"<") && (names(b"<svg") || names(b":svg"))
}

/// The width and height of an SVG in CSS pixels, at least one.
///
/// # Errors
/// Says why it cannot be parsed.
pub(super) fn size(bytes: &[u8]) -> Result<(u32, u32), String> {
    with_root(bytes, |root| {
        let view: Vec<f64> = root
            .attribute("viewBox")
            .unwrap_or("")
            .split(|c: char| c == ',' || c.is_whitespace())
            .filter_map(|number| number.parse().ok())
            .collect();
        let view = match view[..] {
            [_, _, width, height] if width > 0.0 && height > 0.0 => Some((width, height)),
            _ => None,
        };
        let side = |name| root.attribute(name).and_then(pixels);
        // A side that is not given follows from the other and the view box (CSS Images §5.3).
        let (width, height) = match (side("width"), side("height"), view) {
            (Some(width), Some(height), _) => (width, height),
            (Some(width), None, Some((w, h))) => (width, width * h / w),
            (None, Some(height), Some((w, h))) => (height * w / h, height),
            (None, None, Some(view)) => view,
            (width, height, None) => (width.unwrap_or(300.0), height.unwrap_or(150.0)),
        };
        #[expect(clippy::cast_sign_loss, reason = "the value is at least one")]
        let whole = |side: f64| side.round().clamp(1.0, 100_000.0) as u32;
        (whole(width), whole(height))
    })
}

/// Writes an SVG again without what could act.
///
/// # Errors
/// Says why it cannot be parsed.
pub(super) fn sanitize(bytes: &[u8]) -> Result<String, String> {
    with_root(bytes, |root| {
        let mut svg = String::with_capacity(bytes.len());
        write(root, &mut svg);
        svg.push('\n');
        svg
    })
}

fn with_root<T>(bytes: &[u8], read: impl FnOnce(Node<'_, '_>) -> T) -> Result<T, String> {
    let text = std::str::from_utf8(bytes).map_err(|_| "it is not UTF-8".to_owned())?;
    let text = without_doctype(text)?;
    let options = ParsingOptions {
        nodes_limit: MAX_NODES,
        ..ParsingOptions::default()
    };
    let document =
        Document::parse_with_options(&text, options).map_err(|error| error.to_string())?;
    let root = document.root_element();
    if is_drawn(root) && root.tag_name().name() == "svg" {
        Ok(read(root))
    } else {
        Err("its first element is not `svg`".to_owned())
    }
}

/// Takes a plain document type out, which many tools write and which says nothing.
fn without_doctype(text: &str) -> Result<String, String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let Some(start) = text.find("<!DOCTYPE") else {
        return Ok(text.to_owned());
    };
    let before = &text[..start];
    let in_prolog = !before.contains("<svg") && !before.contains(":svg");
    if !in_prolog {
        return Ok(text.to_owned());
    }
    let mut quote = None;
    for (at, c) in text[start..].char_indices() {
        match (quote, c) {
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if open == c => quote = None,
            (None, '[') => return Err("its document type defines entities".to_owned()),
            (None, '>') => return Ok(format!("{before}{}", &text[start + at + 1..])),
            _ => {}
        }
    }
    Err("its document type has no end".to_owned())
}

/// A length in CSS pixels (CSS Values §6.2); a share of the page is none.
fn pixels(length: &str) -> Option<f64> {
    let length = length.trim();
    let end = length
        .find(|c: char| !c.is_ascii_digit() && !"+-.".contains(c))
        .unwrap_or(length.len());
    let number: f64 = length[..end].parse().ok()?;
    let unit = match length[end..].trim() {
        "" | "px" => 1.0,
        "pt" => 96.0 / 72.0,
        "pc" | "em" | "rem" => 16.0,
        "in" => 96.0,
        "cm" => 96.0 / 2.54,
        "mm" => 96.0 / 25.4,
        "ex" | "ch" => 8.0,
        _ => return None,
    };
    let pixels = number * unit;
    (pixels > 0.0 && pixels.is_finite()).then_some(pixels)
}

/// Whether an element is one of SVG's. Files without a namespace are read as browsers would have
/// to show them inside a page.
fn is_drawn(node: Node<'_, '_>) -> bool {
    matches!(node.tag_name().namespace(), None | Some(SVG))
}

enum Step<'a, 'input> {
    Open(Node<'a, 'input>),
    Close(&'input str),
}

/// Writes an element and everything below it. The stack is a list: files may nest deeper than
/// functions can.
fn write(root: Node<'_, '_>, svg: &mut String) {
    let mut steps = vec![Step::Open(root)];
    while let Some(step) = steps.pop() {
        match step {
            Step::Close(name) => {
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
                if node.has_children() {
                    svg.push('>');
                    steps.push(Step::Close(name));
                    steps.extend(node.children().rev().map(Step::Open));
                } else {
                    svg.push_str("/>");
                }
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
            let css: String = node.children().filter_map(|child| child.text()).collect();
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
        _ => {
            let lower = value.to_ascii_lowercase();
            !name.to_ascii_lowercase().starts_with("on")
                && !lower.contains("javascript:")
                && (!lower.contains("url") || is_local_css(value))
        }
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
        let font = target.starts_with("data:font/") || target.starts_with("data:application/");
        target.starts_with('#') || font || is_harmless_link("image", target)
    })
}

fn escape(text: &str, svg: &mut String) {
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
