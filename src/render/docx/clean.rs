//! Markup of a stranger's Word file, written anew from what is known to be harmless: elements and
//! attributes of the text's own namespaces, fields that tell of the document itself, and pictures that
//! are in the file. Nothing is passed through as it stood.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use roxmltree::{Document, Node, ParsingOptions};

use crate::render::docx::xml::escape;

/// How deep elements may nest.
const DEEPEST: usize = 200;
/// How many elements and texts a part may have.
const MOST: u32 = 400_000;

/// The namespaces that are taken over, with the prefixes that our own parts declare.
const KNOWN: &[(&str, &str)] = &[
    (
        "w",
        "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    ),
    (
        "m",
        "http://schemas.openxmlformats.org/officeDocument/2006/math",
    ),
    (
        "wp",
        "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
    ),
    ("a", "http://schemas.openxmlformats.org/drawingml/2006/main"),
    (
        "pic",
        "http://schemas.openxmlformats.org/drawingml/2006/picture",
    ),
];
const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/// What of the text is left out with all that stands in it.
const DROPPED: &[&str] = &[
    "object",
    "pict",
    "altChunk",
    "control",
    "subDoc",
    "movie",
    "dataBinding",
    "numPicBullet",
    "lvlPicBulletId",
    "bookmarkStart",
    "bookmarkEnd",
    "commentRangeStart",
    "commentRangeEnd",
    "commentReference",
    "footnoteReference",
    "endnoteReference",
    "del",
    "moveFrom",
    "proofErr",
    "permStart",
    "permEnd",
    "extLst",
    "hlinkClick",
    "hlinkHover",
    "rPrChange",
    "pPrChange",
    "sectPrChange",
    "tblPrChange",
    "trPrChange",
    "tcPrChange",
    "numberingChange",
    "customXmlPr",
    "sdtPr",
    "sdtEndPr",
    "printerSettings",
];
/// What is left out while its content stays.
const OPENED: &[&str] = &[
    "hyperlink",
    "ins",
    "moveTo",
    "smartTag",
    "customXml",
    "sdt",
    "sdtContent",
];
/// The fields that tell of nothing but the document.
const FIELDS: &[&str] = &[
    "PAGE",
    "NUMPAGES",
    "SECTION",
    "SECTIONPAGES",
    "STYLEREF",
    "TITLE",
    "SUBJECT",
    "AUTHOR",
    "KEYWORDS",
    "COMMENTS",
    "DOCPROPERTY",
    "DATE",
    "TIME",
    "SAVEDATE",
    "CREATEDATE",
];

/// Reads a part.
pub(super) fn parse(text: &str) -> Result<Document<'_>, String> {
    let options = ParsingOptions {
        allow_dtd: false,
        nodes_limit: MOST,
        ..ParsingOptions::default()
    };
    Document::parse_with_options(text, options).map_err(|error| error.to_string())
}

/// Whether an element has this name in the namespace of text.
pub(super) fn is(node: &Node<'_, '_>, name: &str) -> bool {
    node.has_tag_name((KNOWN[0].1, name))
}

/// The value of an attribute of the namespace of text.
pub(super) fn value<'a>(node: &Node<'a, '_>, name: &str) -> Option<&'a str> {
    node.attribute((KNOWN[0].1, name))
}

/// The id of a relationship.
pub(super) fn relation<'a>(node: &Node<'a, '_>, name: &str) -> Option<&'a str> {
    node.attribute((RELATIONS, name))
}

/// What is written anew, and what it may point to.
#[derive(Default)]
pub(super) struct Cleaner {
    /// The ids of pictures in the file, and those that they get.
    pub(super) pictures: BTreeMap<String, String>,
    /// The element that says the languages of the text.
    pub(super) languages: Option<String>,
    out: String,
}

impl Cleaner {
    /// One that writes these languages where a style says those of its text.
    pub(super) fn speaking(languages: String) -> Self {
        Self {
            languages: Some(languages),
            ..Self::default()
        }
    }

    /// Writes an element anew.
    pub(super) fn element(&mut self, node: Node<'_, '_>) -> String {
        self.node(node, 0);
        std::mem::take(&mut self.out)
    }

    fn node(&mut self, node: Node<'_, '_>, depth: usize) {
        if node.is_text() {
            let text = node.text().unwrap_or_default();
            let parent = node.parent();
            let says = parent
                .is_some_and(|parent| is(&parent, "t") || parent.has_tag_name((KNOWN[1].1, "t")));
            let measures = parent.is_some_and(|parent| {
                parent.tag_name().namespace() == Some(KNOWN[2].1) && !text.trim().is_empty()
            });
            let field = parent.is_some_and(|parent| is(&parent, "instrText")) && is_harmless(text);
            if says || field || measures {
                self.out.push_str(&escape(text));
            }
            return;
        }
        let name = node.tag_name().name();
        let space = node.tag_name().namespace().unwrap_or_default();
        let Some((prefix, _)) = KNOWN.iter().find(|(_, known)| *known == space) else {
            return;
        };
        if !node.is_element() || depth > DEEPEST || DROPPED.contains(&name) {
            return;
        }
        let is_text = *prefix == "w";
        let unsafe_field =
            is_text && name == "fldSimple" && !value(&node, "instr").is_some_and(is_harmless);
        if unsafe_field || is_text && OPENED.contains(&name) {
            for child in node.children() {
                self.node(child, depth + 1);
            }
            return;
        }
        if is_text && name == "drawing" && !self.is_shown(node) {
            return;
        }
        if is_text
            && name == "lang"
            && let Some(languages) = &self.languages
        {
            self.out.push_str(&languages.clone());
            return;
        }
        let _ = write!(self.out, "<{prefix}:{name}");
        self.attributes(node);
        if !node.has_children() {
            self.out.push_str("/>");
            return;
        }
        self.out.push('>');
        for child in node.children() {
            self.node(child, depth + 1);
        }
        let _ = write!(self.out, "</{prefix}:{name}>");
    }

    fn attributes(&mut self, node: Node<'_, '_>) {
        for attribute in node.attributes() {
            let name = attribute.name();
            if name.starts_with("rsid") {
                continue;
            }
            let (prefix, value) = match attribute.namespace() {
                None => ("", attribute.value().to_owned()),
                Some(space) if space == KNOWN[0].1 => ("w:", attribute.value().to_owned()),
                Some(space) if space == KNOWN[1].1 => ("m:", attribute.value().to_owned()),
                Some("http://www.w3.org/XML/1998/namespace") if name == "space" => {
                    ("xml:", attribute.value().to_owned())
                }
                Some(RELATIONS) => match self.pictures.get(attribute.value()) {
                    Some(id) if name == "embed" => ("r:", id.clone()),
                    _ => continue,
                },
                Some(_) => continue,
            };
            let _ = write!(self.out, " {prefix}{name}=\"{}\"", escape(&value));
        }
    }

    /// Whether a drawing is made of pictures that are in the file.
    fn is_shown(&self, node: Node<'_, '_>) -> bool {
        let mut pictures = 0;
        for inside in node.descendants() {
            // A drawing in a drawing would be walked as often as it is nested.
            if relation(&inside, "link").is_some() || inside != node && is(&inside, "drawing") {
                return false;
            }
            if let Some(id) = relation(&inside, "embed") {
                // The same picture as SVG stands in an extension, which is left out.
                let extended = inside
                    .ancestors()
                    .take(DEEPEST)
                    .any(|around| around.tag_name().name() == "extLst");
                if !extended && !self.pictures.contains_key(id) {
                    return false;
                }
                pictures += 1;
            }
            if inside.has_tag_name((KNOWN[3].1, "graphicData"))
                && inside.attribute("uri") != Some(KNOWN[4].1)
            {
                return false;
            }
        }
        pictures > 0
    }
}

/// Whether a field tells of the document alone. The rest of an instruction that is cut in pieces begins
/// with a switch.
fn is_harmless(instruction: &str) -> bool {
    let first = instruction.split_whitespace().next().unwrap_or_default();
    first.starts_with('\\') || FIELDS.contains(&first.to_ascii_uppercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn case(inside: &str, expected: &str) {
        let text = format!(
            "<w:hdr xmlns:w=\"{}\" xmlns:r=\"{RELATIONS}\" xmlns:v=\"urn:v\">{inside}</w:hdr>",
            KNOWN[0].1
        );
        let document = parse(&text).unwrap();
        let found = Cleaner::default().element(document.root_element());
        let found = found
            .trim_start_matches("<w:hdr>")
            .trim_end_matches("</w:hdr>");
        assert_eq!(found, expected);
    }

    #[test]
    fn what_is_not_known_is_left_out() {
        case(
            "<w:p><w:r><w:t xml:space=\"preserve\">a &amp; b</w:t></w:r></w:p>",
            "<w:p><w:r><w:t xml:space=\"preserve\">a &amp; b</w:t></w:r></w:p>",
        );
        case(
            "<w:p><v:shape/><w:pict/><w:object r:id=\"x\"/><w:r/></w:p>",
            "<w:p><w:r/></w:p>",
        );
        case(
            "<w:hyperlink r:id=\"x\"><w:r><w:t>a</w:t></w:r></w:hyperlink>",
            "<w:r><w:t>a</w:t></w:r>",
        );
        case("<w:r><w:drawing/></w:r>", "<w:r></w:r>");
    }

    #[test]
    fn fields_read_nothing_else() {
        case(
            "<w:instrText> PAGE </w:instrText>",
            "<w:instrText> PAGE </w:instrText>",
        );
        case(
            "<w:instrText>INCLUDETEXT \"/etc/passwd\"</w:instrText>",
            "<w:instrText></w:instrText>",
        );
        case(
            "<w:fldSimple w:instr=\"DDEAUTO c\"><w:r/></w:fldSimple>",
            "<w:r/>",
        );
    }
}
