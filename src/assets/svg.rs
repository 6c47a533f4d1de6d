//! Reading SVG: whether bytes are one, how large it is, and its tree.
//!
//! Of a document type, plain entities are read, as programs for drawing write them; what hides more
//! than that is refused.

use std::collections::BTreeMap;

use roxmltree::{Document, Node, ParsingOptions};

const SVG: &str = "http://www.w3.org/2000/svg";

/// The entities of XML itself (§4.6).
const PREDEFINED: [&str; 5] = ["amp", "apos", "gt", "lt", "quot"];

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

/// Parses an SVG and hands its first element on.
pub(super) fn with_root<T>(
    bytes: &[u8],
    read: impl FnOnce(Node<'_, '_>) -> T,
) -> Result<T, String> {
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
            (None, '[') => {
                let (entities, rest) = entities(&text[start + at + 1..])
                    .ok_or("its document type defines more than plain entities")?;
                return expand(before, rest, &entities);
            }
            (None, '>') => return Ok(format!("{before}{}", &text[start + at + 1..])),
            _ => {}
        }
    }
    Err("its document type has no end".to_owned())
}

/// The plain entities of a document type (XML §4.2), and what follows it. None if it defines
/// anything else, and if a value could be more than a piece of text.
fn entities(mut subset: &str) -> Option<(BTreeMap<&str, &str>, &str)> {
    let mut found = BTreeMap::new();
    loop {
        subset = subset.trim_start();
        if let Some(rest) = subset.strip_prefix(']') {
            return Some((found, rest.trim_start().strip_prefix('>')?));
        }
        if let Some(comment) = subset.strip_prefix("<!--") {
            subset = comment.split_once("-->")?.1;
            continue;
        }
        let rest = subset.strip_prefix("<!ENTITY")?;
        let (name, rest) = rest.trim_start().split_once(char::is_whitespace)?;
        let rest = rest.trim_start();
        let quote = rest.chars().next().filter(|c| ['"', '\''].contains(c))?;
        let (value, rest) = rest[1..].split_once(quote)?;
        if !name.chars().all(is_of_name) || value.contains(['&', '%', '<', '"', '\'']) {
            return None;
        }
        // Of two with one name the first counts.
        found.entry(name).or_insert(value);
        subset = rest.trim_start().strip_prefix('>')?;
    }
}

fn is_of_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || ['_', '-', '.'].contains(&c)
}

/// Puts the values of entities in their places.
fn expand(before: &str, text: &str, entities: &BTreeMap<&str, &str>) -> Result<String, String> {
    let most = before.len() + text.len() * 4 + (64 << 10);
    let mut whole = before.to_owned();
    let mut rest = text;
    while let Some((head, tail)) = rest.split_once('&') {
        whole.push_str(head);
        let end = tail.find(|c| !is_of_name(c)).unwrap_or(tail.len());
        let (name, behind) = tail.split_at(end);
        match (entities.get(name), behind.strip_prefix(';')) {
            (Some(value), Some(behind)) if !PREDEFINED.contains(&name) => {
                whole.push_str(value);
                rest = behind;
            }
            _ => {
                whole.push('&');
                rest = tail;
            }
        }
        if whole.len() > most {
            return Err("its entities are too long".to_owned());
        }
    }
    whole.push_str(rest);
    Ok(whole)
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
pub(super) fn is_drawn(node: Node<'_, '_>) -> bool {
    matches!(node.tag_name().namespace(), None | Some(SVG))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn document_types_may_only_name() {
        let plain = "<?xml version=\"1.0\"?><!DOCTYPE svg PUBLIC \"-//W3C//DTD SVG 1.1//EN\" \
                     \"http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd\"><svg width='3' height='4'/>";
        assert_eq!(size(plain.as_bytes()), Ok((3, 4)));
        let drawn = |subset: &str| {
            let svg = format!("<!DOCTYPE svg [{subset}]><svg width='&a;'>&lt;&#38;</svg>");
            size(svg.as_bytes()).map(|(width, _)| width)
        };
        assert_eq!(
            drawn("<!ENTITY a '7'>\n<!-- ' -->\t<!ENTITY b \"\" >"),
            Ok(7)
        );
        assert_eq!(
            drawn("<!ENTITY a '7'><!ENTITY a '8'><!ENTITY lt 'x'>"),
            Ok(7)
        );
        for refused in [
            "<!ENTITY b '7'>",
            "<!ENTITY a SYSTEM 'file:///etc/passwd'>",
            "<!ENTITY a PUBLIC 'x' 'y'>",
            "<!ENTITY b '7'><!ENTITY a '&b;'>",
            "<!ENTITY a '&#55;'>",
            "<!ENTITY % a '7'>",
            "<!ENTITY a '<g/>'>",
            "<!ENTITY a \"' onload='\">",
            "<!ATTLIST svg onload CDATA 'x'>",
            "<!ENTITY a '7'",
            "%a;",
        ] {
            assert!(drawn(refused).is_err(), "{refused}");
        }
    }

    #[test]
    fn a_drawing_of_illustrator_is_read() {
        let svg = "<?xml version=\"1.0\"?><!DOCTYPE svg PUBLIC \"-//W3C//DTD SVG 1.1//EN\" \
                   \"http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd\" [\n\
                   \t<!ENTITY ns_svg \"http://www.w3.org/2000/svg\">\n\
                   \t<!ENTITY ns_xlink \"http://www.w3.org/1999/xlink\">\n]>\n\
                   <svg xmlns=\"&ns_svg;\" xmlns:xlink=\"&ns_xlink;\" width='3' height='4'/>";
        assert_eq!(size(svg.as_bytes()), Ok((3, 4)));
    }

    #[test]
    fn entities_do_not_grow() {
        let value = "x".repeat(10_000);
        let svg = |uses: usize| {
            let uses = "&a;".repeat(uses);
            format!("<!DOCTYPE svg [<!ENTITY a '{value}'>]><svg>{uses}</svg>")
        };
        assert!(size(svg(5).as_bytes()).is_ok());
        assert!(size(svg(1_000_000).as_bytes()).is_err());
        assert!(size(format!("<!DOCTYPE svg []><svg>{}", "&".repeat(1 << 20)).as_bytes()).is_err());
    }

    #[test]
    fn document_types_have_an_end() {
        assert!(size(b"<!DOCTYPE svg <svg/>").is_err());
        assert!(size(b"<svg>&a;</svg>").is_err());
    }

    #[test]
    fn other_bytes_are_refused() {
        for bytes in [
            &b""[..],
            b"<svg",
            b"<svg><g></svg>",
            b"<html><svg/></html>",
            b"<svg a='1' a='2'/>",
            b"\xff\xfe<svg/>",
            b"<svg xmlns='http://www.w3.org/1999/xhtml'/>",
        ] {
            assert!(size(bytes).is_err(), "{}", String::from_utf8_lossy(bytes));
        }
    }

    #[test]
    fn sizes_are_read_in_any_unit() {
        let case = |attributes: &str, size: (u32, u32)| {
            let svg = format!("<svg {attributes}/>");
            assert_eq!(super::size(svg.as_bytes()), Ok(size), "{attributes}");
        };
        case("width='40' height='30px'", (40, 30));
        case("width='72pt' height='1in'", (96, 96));
        case("viewBox='0 0 640 480'", (640, 480));
        case("viewBox='0,0,640,480' width='320'", (320, 240));
        case("width='100%' height='100%' viewBox='0 0 8.6 9'", (9, 9));
        case("width='-1' height='1e999'", (300, 150));
        case("", (300, 150));
        case("width='0.2' height='99999999'", (1, 100_000));
    }

    #[test]
    fn svgs_are_told_by_their_content() {
        assert!(is_svg(
            b"\xef\xbb\xbf <?xml version='1.0'?>\n<!-- x -->\n<svg/>"
        ));
        assert!(is_svg(b"<s:svg xmlns:s='http://www.w3.org/2000/svg'/>"));
        assert!(!is_svg(b"# About <svg>"));
        assert!(!is_svg(b"<html>"));
    }
}
