//! From the tree to text: HTML as the standard serialises it, or XHTML that any XML parser reads.

use crate::markdown::is_void;
use crate::render::dom::tree::{Content, Element, Fragment, NodeId, Space};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Syntax {
    Html,
    Xhtml,
}

impl Fragment {
    /// The fragment as HTML.
    pub fn to_html(&self) -> String {
        self.write(Syntax::Html)
    }

    /// The fragment as XHTML for a document whose default namespace is XHTML's and that declares
    /// the prefix `epub`. Comments, names that XML does not allow and undeclared prefixes are left
    /// out, so that the result is well-formed whatever the tree holds.
    pub fn to_xhtml(&self) -> String {
        self.write(Syntax::Xhtml)
    }

    fn write(&self, syntax: Syntax) -> String {
        let mut out = String::new();
        let mut here = self.first_child(self.root());
        while let Some(id) = here {
            self.open(id, syntax, &mut out);
            if let Some(child) = self.first_child(id) {
                here = Some(child);
                continue;
            }
            self.close(id, syntax, &mut out);
            let mut at = id;
            here = loop {
                if let Some(next) = self.next_sibling(at) {
                    break Some(next);
                }
                match self.parent(at) {
                    Some(parent) if parent != self.root() => {
                        self.close(parent, syntax, &mut out);
                        at = parent;
                    }
                    _ => break None,
                }
            };
        }
        out
    }

    fn open(&self, id: NodeId, syntax: Syntax, out: &mut String) {
        let parent = self.parent(id).and_then(|id| self.element(id));
        match self.content(id) {
            Content::Element(element) if skipped(element, syntax) => {}
            Content::Element(element) => {
                out.push('<');
                out.push_str(&element.name);
                let above = parent.map_or(Space::Html, |parent| parent.space);
                attributes(element, above, syntax, out);
                let empty = syntax == Syntax::Xhtml && self.first_child(id).is_none();
                out.push_str(if empty && closes_itself(element) {
                    "/>"
                } else {
                    ">"
                });
                // A parser drops the first line break of these, so a real one is doubled.
                let eats = ["pre", "textarea", "listing"].contains(&element.name.as_str());
                if eats && syntax == Syntax::Html && self.text(id).starts_with('\n') {
                    out.push('\n');
                }
            }
            Content::Text(text) => match parent {
                Some(parent) if syntax == Syntax::Html && is_raw(parent) => out.push_str(text),
                _ => out.push_str(&escape(&clean(text, syntax))),
            },
            Content::Comment(text) if syntax == Syntax::Html => {
                out.push_str("<!--");
                out.push_str(&text.replace("--", "- -").replace('>', "&gt;"));
                out.push_str("-->");
            }
            Content::Comment(_) | Content::Root => {}
        }
    }

    fn close(&self, id: NodeId, syntax: Syntax, out: &mut String) {
        let Some(element) = self.element(id).filter(|element| !skipped(element, syntax)) else {
            return;
        };
        let void = match syntax {
            Syntax::Html => element.space == Space::Html && is_void(&element.name),
            Syntax::Xhtml => self.first_child(id).is_none() && closes_itself(element),
        };
        if !void {
            out.push_str("</");
            out.push_str(&element.name);
            out.push('>');
        }
    }
}

fn attributes(element: &Element, above: Space, syntax: Syntax, out: &mut String) {
    let mut attribute = |name: &str, value: &str| {
        out.push(' ');
        out.push_str(name);
        out.push_str("=\"");
        out.push_str(&escape(&clean(value, syntax)).replace('"', "&quot;"));
        out.push('"');
    };
    if syntax == Syntax::Xhtml && element.space != above {
        match element.space {
            Space::Html => attribute("xmlns", "http://www.w3.org/1999/xhtml"),
            Space::MathMl => attribute("xmlns", "http://www.w3.org/1998/Math/MathML"),
            Space::Svg => {
                attribute("xmlns", "http://www.w3.org/2000/svg");
                attribute("xmlns:xlink", "http://www.w3.org/1999/xlink");
            }
        }
    }
    for known in &element.attributes {
        let declared = match known.name.split_once(':') {
            None => is_name(&known.name) && known.name != "xmlns",
            Some(("xml", rest)) => rest == "lang",
            Some(("xlink", rest)) => element.space == Space::Svg && is_name(rest),
            Some((prefix, rest)) => prefix == "epub" && rest == "type",
        };
        if syntax == Syntax::Html || declared {
            attribute(&known.name, &known.value);
        }
    }
}

/// Elements that XML cannot name are left out; what they hold stays.
fn skipped(element: &Element, syntax: Syntax) -> bool {
    syntax == Syntax::Xhtml && !is_name(&element.name)
}

/// Whether an empty element is written as one tag in XHTML. Others keep two, because a reader may
/// take the page for HTML.
fn closes_itself(element: &Element) -> bool {
    element.space != Space::Html || is_void(&element.name)
}

fn is_raw(element: &Element) -> bool {
    let raw = [
        "style",
        "script",
        "xmp",
        "iframe",
        "noembed",
        "noframes",
        "plaintext",
    ];
    element.space == Space::Html && raw.contains(&element.name.as_str())
}

fn clean(text: &str, syntax: Syntax) -> String {
    match syntax {
        Syntax::Html => text.to_owned(),
        Syntax::Xhtml => xml_text(text),
    }
}

/// The text without the characters that XML 1.0 §2.2 forbids.
pub fn xml_text(text: &str) -> String {
    let allowed = |c: &char| {
        matches!(c, '\t' | '\n' | '\r') || (*c >= ' ' && !matches!(c, '\u{fffe}' | '\u{ffff}'))
    };
    text.chars().filter(allowed).collect()
}

/// Escapes text for HTML and XML; attribute values need their quotes escaped besides.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            // XML parsers turn a bare one into a line feed.
            '\r' => out.push_str("&#13;"),
            c => out.push(c),
        }
    }
    out
}

/// A name without a prefix (Namespaces in XML 1.0 §3), of the characters that occur.
fn is_name(name: &str) -> bool {
    let start = |c: char| c.is_alphabetic() || c == '_';
    name.starts_with(start)
        && name
            .chars()
            .all(|c| start(c) || c.is_ascii_digit() || "-.".contains(c))
}

#[cfg(test)]
mod tests {
    use crate::render::dom::parse_fragment;

    #[track_caller]
    fn case(html: &str, expected: &str) {
        assert_eq!(parse_fragment(html).to_xhtml(), expected);
    }

    #[test]
    fn xhtml_is_well_formed_whatever_comes() {
        case("a<br>b<img src=x>", "a<br/>b<img src=\"x\"/>");
        case("<!-- a -- b --><p a:b=c 1x=y>\u{c}x", "<p>x</p>");
        case("<o:p>x</o:p><a\u{fffd}>y", "xy");
        case("<td", "");
        case("<p></p><hr>", "<p></p><hr/>");
        case(
            "<p title='a\"b<&amp;'>&lt;&amp;&gt;",
            "<p title=\"a&quot;b&lt;&amp;\">&lt;&amp;&gt;</p>",
        );
        case("<style>a>b</style>", "<style>a&gt;b</style>");
    }

    #[test]
    fn other_vocabularies_say_so() {
        case(
            "<svg><use xlink:href=\"#a\"/><foreignObject><p>x</p></foreignObject></svg>",
            "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\">\
             <use xlink:href=\"#a\"/><foreignObject><p xmlns=\"http://www.w3.org/1999/xhtml\">x</p>\
             </foreignObject></svg>",
        );
        case(
            "<math><mi>x</mi></math>",
            "<math xmlns=\"http://www.w3.org/1998/Math/MathML\"><mi>x</mi></math>",
        );
    }

    #[test]
    fn html_survives_a_second_reading() {
        for html in [
            "<pre>\n\nx</pre>",
            "<style>a>b</style>",
            "<p>a &amp; b</p>",
            "<!--a-->",
        ] {
            let once = parse_fragment(html).to_html();
            assert_eq!(parse_fragment(&once).to_html(), once);
        }
    }
}
