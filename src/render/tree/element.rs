//! Raw HTML inside a page, as far as paper knows it: a few elements become spans and paragraphs,
//! the text of the others is kept, scripts and styles are left out.

use std::ops::Range;

use serde_json::json;

use crate::render::tree::frame::{Frame, Open};
use crate::render::tree::html::{Piece, pieces};
use crate::render::tree::links::link;
use crate::render::tree::page::Builder;

/// How many raw HTML elements may be open at once; what an author forgets to close is no more.
const MAX_ELEMENTS: usize = 64;

impl Builder<'_, '_> {
    /// Closes raw HTML elements that were left open inside the construct that ends.
    pub(super) fn close_elements(&mut self) {
        while matches!(
            self.stack.last(),
            Some(Frame {
                open: Open::Element(..) | Open::Dropped(_),
                ..
            })
        ) {
            self.close();
        }
    }

    /// Lays the collected block of HTML out as paragraphs.
    pub(super) fn html_block(&mut self) {
        let Some(Frame {
            open: Open::Html(html),
            span,
            ..
        }) = self.stack.pop()
        else {
            return;
        };
        let depth = self.stack.len();
        self.open(Open::Paragraph, 0..0);
        self.html(&html, span);
        while self.stack.len() > depth {
            self.close();
        }
    }

    pub(super) fn html(&mut self, html: &str, span: Range<usize>) {
        for piece in pieces(html) {
            match piece {
                Piece::Text(text) => self.html_text(&text),
                Piece::Open(name, attributes) => self.element(&name, &attributes, span.clone()),
                Piece::Close(name) => self.element_end(&name),
            }
        }
    }

    fn html_text(&mut self, text: &str) {
        let words: Vec<&str> = text.split_whitespace().collect();
        let before = if text.starts_with(char::is_whitespace) {
            " "
        } else {
            ""
        };
        let after = if text.ends_with(char::is_whitespace) {
            " "
        } else {
            ""
        };
        match words.is_empty() {
            true => self.push(json!(" ")),
            false => self.text(&format!("{before}{}{after}", words.join(" "))),
        }
    }

    fn element(&mut self, name: &str, attributes: &[(String, String)], span: Range<usize>) {
        let attribute = |wanted: &str| {
            let found = attributes.iter().find(|(name, _)| name == wanted);
            found
                .map(|(_, value)| value.as_str())
                .filter(|value| !value.is_empty())
        };
        let anchor = attribute("id").or_else(|| attribute("name").filter(|_| name == "a"));
        if let Some(id) = anchor {
            let label = format!("p{}--{id}", self.input.index);
            self.push(json!({"i": "anchor", "label": label}));
        }
        let is_dropped = matches!(
            self.stack.last().map(|last| &last.open),
            Some(Open::Dropped(_))
        );
        let is_full = self.around().elements >= MAX_ELEMENTS;
        match name {
            _ if is_dropped => {}
            "br" => self.push(json!({"i": "break"})),
            "img" => {
                if let Some(source) = attribute("src") {
                    let (alt, title) = (attribute("alt"), attribute("title"));
                    let (alt, title) = (alt.unwrap_or(""), title.unwrap_or(""));
                    let image = self.images.node(self.input, source, alt, title, span);
                    self.push(image);
                }
            }
            "script" | "style" | "template" => self.open(Open::Dropped(name.to_owned()), span),
            _ if is_full && !is_block(name) => {}
            "a" => match attribute("href") {
                Some(target) => {
                    let link = link(self.input, target);
                    self.open(Open::Element("a".to_owned(), Some(link)), span);
                }
                None => self.open(Open::Element("a".to_owned(), None), span),
            },
            _ if is_block(name) => self.paragraph_break(name == "summary"),
            "td" | "th" => self.push(json!(" ")),
            _ => {
                if let Some(known) = span_of(name) {
                    let node = json!({"i": known});
                    self.open(Open::Element(name.to_owned(), Some(node)), span);
                }
            }
        }
    }

    fn element_end(&mut self, name: &str) {
        match self.stack.last().map(|frame| &frame.open) {
            Some(Open::Element(open, _) | Open::Dropped(open)) if open == name => self.close(),
            // A tag in a script is a part of it.
            Some(Open::Dropped(_)) => {}
            _ if is_block(name) => self.paragraph_break(false),
            _ => {}
        }
    }

    /// A block element of raw HTML begins or ends: what follows is a paragraph of its own.
    fn paragraph_break(&mut self, strong: bool) {
        self.close_elements();
        if matches!(
            self.stack.last(),
            Some(Frame {
                open: Open::Span("strong"),
                ..
            })
        ) {
            self.close();
        }
        if matches!(
            self.stack.last(),
            Some(Frame {
                open: Open::Paragraph,
                ..
            })
        ) {
            self.close();
            self.open(Open::Paragraph, 0..0);
        }
        if strong {
            self.open(Open::Span("strong"), 0..0);
        }
    }
}

fn is_block(name: &str) -> bool {
    matches!(
        name,
        "p" | "div"
            | "details"
            | "summary"
            | "li"
            | "ul"
            | "ol"
            | "tr"
            | "table"
            | "blockquote"
            | "center"
            | "hr"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "section"
            | "article"
            | "figure"
            | "figcaption"
            | "dl"
            | "dt"
            | "dd"
            | "pre"
            | "header"
            | "footer"
            | "nav"
    )
}

/// The span that an inline element becomes; none for elements that mean nothing on paper.
fn span_of(name: &str) -> Option<&'static str> {
    Some(match name {
        "kbd" => "kbd",
        "sub" => "sub",
        "sup" => "sup",
        "b" | "strong" => "strong",
        "i" | "em" | "cite" | "var" | "dfn" => "em",
        "del" | "s" | "strike" => "strike",
        "code" | "samp" | "tt" => "mono",
        _ => return None,
    })
}
