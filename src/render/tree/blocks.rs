//! What Markdown does not know, on paper: notes, tabs, marked words, and what is numbered.

use std::ops::Range;

use pulldown_cmark::{Event, Tag};
use serde_json::{Value, json};

use crate::markdown::{Element, LabelKind, Note, Numbered, Reference};
use crate::render::references::{caption_label, caption_name, reference_text};
use crate::render::tree::frame::Open;
use crate::render::tree::links::link;
use crate::render::tree::node;
use crate::render::tree::page::Builder;
use crate::site::Labelled;

/// What is numbered, before its content is read.
pub(super) struct Label {
    kind: LabelKind,
    /// The name of its place in the document.
    place: String,
    /// What stands before its caption.
    name: String,
    /// How many of its parts stand side by side.
    columns: usize,
}

impl Builder<'_, '_> {
    pub(super) fn open_element(&mut self, element: Element, span: Range<usize>) {
        let open = match element {
            Element::Note(note) => self.note(&note),
            Element::Tabs(attributes) | Element::Division(attributes) => {
                self.anchor(attributes.id.as_deref());
                Open::Flat { blocks: true }
            }
            Element::Tab(_) => Open::Tab,
            Element::Title | Element::Caption(_) => Open::Beside,
            Element::Mark => Open::Span("mark"),
            Element::Insert => Open::Span("insert"),
            Element::Key => Open::Span("kbd"),
            Element::Abbreviation(_) => Open::Flat { blocks: false },
            Element::Numbered(numbered) => Open::Numbered(self.numbered(&numbered)),
            Element::Reference(reference) => Open::Reference(self.reference(&reference)),
            Element::ListOf(kind) => {
                self.list_of(kind);
                Open::Flat { blocks: true }
            }
        };
        self.open(open, span);
    }

    fn note(&mut self, note: &Note) -> Open {
        self.anchor(note.attributes.id.as_deref());
        let kind = note.known_kind();
        let word = self.input.words.get(kind.unwrap_or(&note.kind));
        let word = match word {
            "" => note.kind.replace(['-', '_'], " "),
            word => word.to_owned(),
        };
        Open::Alert {
            kind: kind.unwrap_or("note"),
            word,
        }
    }

    /// Notes the signs of a text that were written in other words.
    pub(super) fn note_signs(&mut self, text: &str, span: &Range<usize>) {
        let written = self.input.page.text.get(span.clone());
        if written.is_some_and(str::is_ascii) {
            let signs = text.chars().filter(|sign| !sign.is_ascii());
            self.signs.extend(signs.map(|sign| (sign, span.start)));
        }
    }

    /// Keeps the id that an author gives to what begins with an event.
    pub(super) fn place_attributes(&mut self, event: &Event<'_>) {
        let Some(id) = self.attributes.id.take() else {
            return;
        };
        let in_line = matches!(
            event,
            Event::Code(_)
                | Event::Start(
                    Tag::Link { .. }
                        | Tag::Image { .. }
                        | Tag::Emphasis
                        | Tag::Strong
                        | Tag::Strikethrough
                )
        );
        match event {
            _ if in_line => {
                let label = format!("p{}--{id}", self.input.index);
                self.push(json!({"i": "anchor", "label": label}));
            }
            Event::Start(Tag::Item) => {}
            _ => self.anchor(Some(&id)),
        }
    }

    /// A place that a link can lead to, before a block.
    fn anchor(&mut self, id: Option<&str>) {
        if let Some(id) = id {
            let label = format!("p{}--{id}", self.input.index);
            self.push(json!({"t": "anchor", "label": label}));
        }
    }

    fn numbered(&self, numbered: &Numbered) -> Label {
        let site = self.input.context.site;
        let page = site.page_routed(&self.input.page.route);
        let found = page.and_then(|page| site.labelled(page, &numbered.id));
        let word = self.input.words.get(numbered.kind.name());
        Label {
            columns: numbered.columns,
            kind: numbered.kind,
            place: format!("p{}--{}", self.input.index, numbered.id),
            name: caption_name(numbered.kind, found, word),
        }
    }

    /// Lists what has labels of a kind and stands in this document.
    fn list_of(&mut self, kind: LabelKind) {
        let site = self.input.context.site;
        let Some(from) = site.page_routed(&self.input.page.route) else {
            return;
        };
        let word = self.input.words.get(kind.name());
        let item = |found: &Labelled| {
            let index = self.input.links.pages.get(&found.page)?;
            let number = found.number.as_deref().unwrap_or_default();
            Some(json!({
                "label": format!("p{index}--{}", found.id),
                "name": caption_label(kind, number, word),
                "text": found.title,
            }))
        };
        let all = site.list_of(from, kind).into_iter();
        let items: Vec<Value> = all.filter_map(item).collect();
        if !items.is_empty() {
            self.push(json!({"t": "list-of", "items": items}));
        }
    }

    /// The link that a reference is; none if nothing has its label, and what was written stays.
    fn reference(&self, reference: &Reference) -> Option<Value> {
        let (site, page) = (self.input.context.site, self.input.page);
        let from = site.page_routed(&page.route)?;
        let found = site.labelled(from, &reference.label)?;
        let words = reference_text(found, &reference.form, |key| self.input.words.get(key));
        let there = match found.page == from {
            true => String::new(),
            false => site.page(found.page).path.url_from(&page.path),
        };
        let mut link = link(self.input, &format!("{there}#{}", found.id));
        link["c"] = json!([words]);
        // What is printed has a page; whether it is another one is known when pages are made.
        link["on"] = json!(self.input.words.get("on_page"));
        link["reference"] = json!(found.kind.name());
        Some(link)
    }

    /// The node of what is numbered, of what stands in it and of its caption.
    pub(super) fn close_numbered(&mut self, label: &Label, children: Vec<Value>, beside: &[Value]) {
        if label.kind == LabelKind::Equation {
            return self.close_equation(label, children);
        }
        let mut body = node::as_blocks(children);
        for block in &mut body {
            bare(block);
        }
        let mut found = json!({
            "t": "numbered", "kind": label.kind.name(), "label": label.place, "name": label.name,
            "caption": beside, "c": body,
        });
        if label.columns > 1 {
            found["columns"] = json!(label.columns);
        }
        self.push(found);
    }

    fn close_equation(&mut self, label: &Label, children: Vec<Value>) {
        let mut children = children;
        match children.as_mut_slice() {
            [formula] if formula["t"] == "math" => {
                formula["label"] = json!(label.place);
                formula["number"] = json!(label.name);
            }
            _ => {
                let anchor = json!({"i": "anchor", "label": label.place});
                children.insert(0, anchor);
                children.push(json!(format!(" {}", label.name)));
            }
        }
        for child in children {
            self.push(child);
        }
    }
}

/// An image in the width that its author wants: in pixels of 1/96 inch, or as a share of the line.
pub(super) fn sized(mut image: Value, width: Option<&str>) -> Value {
    let Some(width) = width.filter(|_| image["i"] == "image") else {
        return image;
    };
    let number = |text: &str| text.trim().parse::<f64>().ok().filter(|size| *size > 0.0);
    if let Some(share) = width.strip_suffix('%').and_then(number) {
        image["share"] = json!(share.min(100.0) / 100.0);
    } else if let (Some(pixels), Some(old), Some(height)) = (
        number(width.trim_end_matches("px")),
        image["width"].as_f64().filter(|old| *old > 0.0),
        image["height"].as_f64(),
    ) {
        let new = pixels.min(10_000.0) * 0.75;
        image["width"] = json!(new);
        image["height"] = json!(height * new / old);
    }
    image
}

/// A picture inside a figure is no figure of its own.
fn bare(block: &mut Value) {
    let alone = match block["c"].as_array().map(Vec::as_slice) {
        Some([image]) if block["t"] == "para" && image["i"] == "image" => Some(image.clone()),
        _ => None,
    };
    if let Some(image) = alone {
        *block = image;
        block["t"] = json!("figure");
        if let Some(fields) = block.as_object_mut() {
            fields.remove("i");
        }
    }
    if (block["t"] == "figure" || block["t"] == "diagram") && block["caption"] == "" {
        block["bare"] = json!(true);
    }
}
