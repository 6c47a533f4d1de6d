//! Drawings in fewer bytes that look the same to the last pixel: what no reader sees is left out, and
//! numbers are written short.
//!
//! It works on drawings that were sanitized, so that comments, metadata and what editors add in names
//! of their own are gone already. Nothing is rounded that a screen could tell.

use std::collections::BTreeSet;

use roxmltree::{Attribute, Document, Node};

use crate::assets::numbers::numbers;
use crate::assets::sanitize::{escape, sanitize};

/// What becomes of names in a drawing that nothing in it refers to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ids {
    /// They stay: the drawing has an address of its own, and others may refer to its parts.
    Keep,
    /// They go.
    Drop,
}

/// Attributes whose value is a list of numbers and letters, with nothing else in it.
const NUMBERS: [&str; 28] = [
    "d",
    "points",
    "viewBox",
    "x",
    "y",
    "x1",
    "x2",
    "y1",
    "y2",
    "cx",
    "cy",
    "r",
    "rx",
    "ry",
    "fx",
    "fy",
    "width",
    "height",
    "dx",
    "dy",
    "opacity",
    "fill-opacity",
    "stroke-opacity",
    "stroke-width",
    "stroke-miterlimit",
    "stop-opacity",
    "offset",
    "stroke-dasharray",
];
/// Attributes whose value may be a color.
const COLORS: [&str; 5] = ["fill", "stroke", "stop-color", "flood-color", "color"];
/// Elements in which every space counts.
const TEXTS: [&str; 7] = ["text", "tspan", "textPath", "title", "desc", "style", "a"];
/// An element with more in it than this is not looked through for whether all of it is empty.
const MOST_EMPTY: usize = 64;
const XML: &str = "http://www.w3.org/XML/1998/namespace";

/// A drawing without what could act, in few bytes.
///
/// # Errors
/// Says why it cannot be parsed.
pub(super) fn cleaned(bytes: &[u8], ids: Ids) -> Result<String, String> {
    sanitize(bytes).map(|drawing| minify(&drawing, ids))
}

/// Writes a drawing in fewer bytes; as it is where it cannot be read.
fn minify(svg: &str, ids: Ids) -> String {
    let Ok(document) = Document::parse(svg) else {
        return svg.to_owned();
    };
    let writer = Writer {
        names: names(&document),
        ids,
        // Rules of style may name any attribute and any place in the tree.
        has_style: document.descendants().any(|node| is(node, "style")),
        has_links: svg.contains("xlink:href=") || svg.contains("xlink:title="),
    };
    let mut text = String::with_capacity(svg.len());
    writer.write(document.root_element(), &mut text);
    match text.len() < svg.len() {
        true => text,
        false => svg.to_owned(),
    }
}

/// The same for the room that draws.
#[cfg(test)]
pub fn for_tests(svg: &str) -> String {
    minify(svg, Ids::Drop)
}

struct Writer<'a> {
    names: BTreeSet<&'a str>,
    ids: Ids,
    has_style: bool,
    has_links: bool,
}

enum Step<'a, 'input> {
    /// A node, and whether it stands in an element in which every space counts.
    Open(Node<'a, 'input>, bool),
    Close(&'input str, usize),
}

/// Every word that could refer to a name: in any value, and in rules of style.
fn names<'a>(document: &'a Document<'a>) -> BTreeSet<&'a str> {
    let mut names = BTreeSet::new();
    let is_between = |c: char| !c.is_alphanumeric() && !"-_.:".contains(c);
    let mut add = |text: &'a str| {
        names.extend(text.split(is_between));
        // `begin="button.click"` refers to `button`.
        names.extend(
            text.split(is_between)
                .filter_map(|word| Some(word.split_once('.')?.0)),
        );
    };
    for node in document.descendants() {
        for attribute in node.attributes().filter(|one| one.name() != "id") {
            // Shapes and lists of numbers are long, and refer to nothing.
            if !NUMBERS.contains(&attribute.name()) {
                add(attribute.value());
            }
        }
        if is(node, "style") {
            node.children()
                .filter(Node::is_text)
                .filter_map(|text| text.text())
                .for_each(&mut add);
        }
    }
    names
}

fn is(node: Node<'_, '_>, name: &str) -> bool {
    node.is_element() && node.tag_name().name() == name
}

impl Writer<'_> {
    /// Writes an element and everything below it. The stack is a list: files may nest deeper than
    /// functions can.
    fn write(&self, root: Node<'_, '_>, svg: &mut String) {
        let mut steps = vec![Step::Open(root, false)];
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
                Step::Open(node, is_drawn) if node.is_text() => {
                    let text = node.text().unwrap_or("");
                    if is_drawn || !text.trim_ascii().is_empty() {
                        escape(text, svg);
                    }
                }
                Step::Open(node, is_drawn) if node.is_element() && !self.is_empty(node) => {
                    let name = node.tag_name().name();
                    svg.push('<');
                    svg.push_str(name);
                    if node == root {
                        svg.push_str(" xmlns=\"http://www.w3.org/2000/svg\"");
                        if self.has_links {
                            svg.push_str(" xmlns:xlink=\"http://www.w3.org/1999/xlink\"");
                        }
                    }
                    self.attributes(node, svg);
                    svg.push('>');
                    steps.push(Step::Close(name, svg.len()));
                    let is_drawn = is_drawn || TEXTS.contains(&name);
                    let below = node.children().rev();
                    steps.extend(below.map(|child| Step::Open(child, is_drawn)));
                }
                Step::Open(..) => {}
            }
        }
    }

    /// Whether an element holds nothing and means nothing. Of those in a `switch` the first that fits is
    /// drawn, even if it is empty.
    fn is_empty(&self, node: Node<'_, '_>) -> bool {
        if node.parent().is_some_and(|above| is(above, "switch")) {
            return false;
        }
        let means_nothing = |node: Node<'_, '_>| match node.is_element() {
            true => {
                (is(node, "defs") || is(node, "g"))
                    && node.attributes().all(|one| self.is_without_use(node, one))
            }
            false => node.text().is_none_or(|text| text.trim_ascii().is_empty()),
        };
        let mut below = node.descendants().take(MOST_EMPTY);
        !self.has_style && below.all(means_nothing) && node.descendants().nth(MOST_EMPTY).is_none()
    }

    /// Whether an attribute changes nothing.
    fn is_without_use(&self, node: Node<'_, '_>, attribute: Attribute<'_, '_>) -> bool {
        let value = attribute.value();
        match (attribute.namespace(), attribute.name()) {
            (None, "id") => {
                self.ids == Ids::Drop && !self.names.contains(value) && !is_target(node)
            }
            (None, "version" | "baseProfile" | "enable-background") => {
                is(node, "svg") && !self.has_style
            }
            (Some(XML), "space") => value == "default",
            _ => false,
        }
    }

    fn attributes(&self, node: Node<'_, '_>, svg: &mut String) {
        for attribute in node.attributes() {
            let (name, value) = (attribute.name(), attribute.value());
            let prefix = match attribute.namespace() {
                None => "",
                Some(XML) => "xml:",
                Some(_) => "xlink:",
            };
            let is_plain = prefix.is_empty();
            if self.is_without_use(node, attribute) {
                continue;
            }
            svg.push(' ');
            svg.push_str(prefix);
            svg.push_str(name);
            svg.push_str("=\"");
            match name {
                "style" if is_plain => escape(&declarations(value), svg),
                // A rule may match a value as it is written.
                _ if !is_plain || self.has_style && name != "d" => escape(value, svg),
                name if NUMBERS.contains(&name) => escape(&numbers(value), svg),
                name if COLORS.contains(&name) => escape(&color(value), svg),
                _ => escape(value, svg),
            }
            svg.push('"');
        }
    }
}

/// Whether an element is there to be referred to from elsewhere.
fn is_target(node: Node<'_, '_>) -> bool {
    is(node, "view") || is(node, "symbol")
}

/// A `style` attribute without what editors note for themselves and without idle spaces. One that
/// quotes something stays as it is.
fn declarations(style: &str) -> String {
    if style.contains(['(', '"', '\'', '/', '\\']) {
        return style.trim().to_owned();
    }
    let kept = style.split(';').filter_map(|declaration| {
        let (name, value) = declaration.split_once(':')?;
        let (name, value) = (name.trim(), value.trim());
        let is_kept = !name.is_empty() && !name.starts_with("-inkscape");
        is_kept.then(|| format!("{name}:{}", color(value)))
    });
    kept.collect::<Vec<_>>().join(";")
}

/// A color of six digits in three, where these say the same.
fn color(value: &str) -> String {
    let pairs = value.strip_prefix('#').filter(|digits| digits.len() == 6);
    let Some(digits) = pairs.filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
    else {
        return value.to_owned();
    };
    let bytes = digits.as_bytes();
    match bytes.chunks_exact(2).all(|pair| pair[0] == pair[1]) {
        true => std::iter::once('#')
            .chain(bytes.iter().step_by(2).map(|byte| char::from(*byte)))
            .collect(),
        false => value.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn case(inside: &str, expected: &str) {
        let svg = format!("<svg xmlns='http://www.w3.org/2000/svg'>{inside}</svg>");
        let clean = sanitize(svg.as_bytes()).unwrap();
        let found = minify(&clean, Ids::Drop);
        let start = "<svg xmlns=\"http://www.w3.org/2000/svg\">";
        let inner = found
            .strip_prefix(start)
            .and_then(|rest| rest.strip_suffix("</svg>"));
        assert_eq!(inner, Some(expected), "{found}");
        assert_eq!(minify(&found, Ids::Drop), found);
    }

    #[test]
    fn space_goes_where_none_is_drawn() {
        case(
            " <g fill='red'>\n  <rect/>\n</g> ",
            "<g fill=\"red\"><rect/></g>",
        );
        case(
            "<text>a <tspan> b</tspan> </text>",
            "<text>a <tspan> b</tspan> </text>",
        );
        case("<title> a </title>", "<title> a </title>");
        case("<defs> </defs><g> <g id='a'/></g><path/>", "<path/>");
        case(
            "<switch><g/> <path/></switch>",
            "<switch><g/><path/></switch>",
        );
    }

    #[test]
    fn space_in_deep_nests_is_left_out_in_one_pass() {
        let deep = "<g fill='red'> ".repeat(20_000);
        let svg = format!("<svg>{deep}<path/>{}</svg>", " </g>".repeat(20_000));
        let clean = sanitize(svg.as_bytes()).unwrap();
        assert!(!minify(&clean, Ids::Drop).contains("> "));
    }

    #[test]
    fn numbers_are_written_short() {
        let d = |written: &str, expected: &str| {
            case(
                &format!("<path d='{written}'/>"),
                &format!("<path d=\"{expected}\"/>"),
            );
        };
        d("M 0.500, 10.0 L -0.25 , 3", "M.5 10L-.25 3");
        d("M1 .5 .5", "M1 .5.5");
        d("m 100000.123456 0.1234567890", "m100000.1.1234568");
        d("M 1e-3 2", "M 1e-3 2");
        d("M0 0a25 25 0 01 50  0", "M0 0a25 25 0 01 50 0");
        d("M-0.0 -.0", "M0 0");
        d(
            "M.000000040 -0.00000001234567891",
            "M.00000004-.00000001234568",
        );
        d("M0.9999999999 99999999.9", "M1 100000000");
        let tiny = format!(".{}1", "0".repeat(70_000));
        d(&format!("M{tiny} 1"), &format!("M{tiny} 1"));
        case(
            "<rect width='100.0px' height='010%'/>",
            "<rect width=\"100px\" height=\"10%\"/>",
        );
    }

    #[test]
    fn names_stay_where_something_refers_to_them() {
        case(
            "<g id='a'/><path id='b'/><use href='#b'/><rect fill='url(#c)'/><mask id='c'/>",
            "<path id=\"b\"/><use href=\"#b\"/><rect fill=\"url(#c)\"/><mask id=\"c\"/>",
        );
        case(
            "<style>#a{fill:red}</style><path id='a'/><path id='z'/>",
            "<style>#a{fill:red}</style><path id=\"a\"/><path/>",
        );
        case(
            "<style>#a{}<g>#z{}</g></style><path id='a'/><path id='z'/>",
            "<style>#a{}<g>#z{}</g></style><path id=\"a\"/><path/>",
        );
        case("<symbol id='x'/>", "<symbol id=\"x\"/>");
        case(
            "<set id='x' begin='y.click'/><path id='y'/>",
            "<set begin=\"y.click\"/><path id=\"y\"/>",
        );
        let clean = sanitize(b"<svg><path id='a' d='M 0 0'/></svg>").unwrap();
        assert!(minify(&clean, Ids::Keep).contains("id=\"a\""));
    }

    #[test]
    fn styles_and_colors_say_the_same_in_fewer_letters() {
        case(
            "<path style='fill: #ffffff; -inkscape-font: x; stroke:#abcdef;'/>",
            "<path style=\"fill:#fff;stroke:#abcdef\"/>",
        );
        case("<path fill='#AABBCC'/>", "<path fill=\"#ABC\"/>");
        case(
            "<path style=\"font: 'a;b'\"/>",
            "<path style=\"font: 'a;b'\"/>",
        );
    }
}
