//! A page as a tree of plain data: blocks are objects with `t`, spans of text are strings or
//! objects with `i`. Renderers walk it; no string in it is ever read as markup.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, LinkType, Tag, TagEnd};
use serde_json::{Value, json};

use crate::config::Kind;
use crate::diagnostic::{Diagnostic, Severity};
use crate::markdown::{Attributes, Heading, Markup};
use crate::render::context::RenderContext;
use crate::render::tiles::tiles_apart;
use crate::render::tree::breaks::Measure;
use crate::render::tree::frame::{Around, Frame, Open, is_block, is_span};
use crate::render::tree::images::Images;
use crate::render::tree::links::{Links, link};
use crate::render::tree::math::math;
use crate::render::tree::medium::Medium;
use crate::render::tree::{blocks, diagram, node};
use crate::render::words::Words;
use crate::site::Page;

/// How deep quotes and lists may nest before they are laid out flat: the engine fails at 12.
const MAX_BLOCKS: usize = 10;
/// How deep emphasis and links may nest.
const MAX_SPANS: usize = 10;

/// What a page becomes.
pub(in crate::render) struct PageTree {
    /// The first heading, if it is the title: its text and its id.
    pub(in crate::render) title: Option<(Vec<Value>, String)>,
    /// The body.
    pub(in crate::render) blocks: Vec<Value>,
    /// The footnotes by label.
    pub(in crate::render) notes: BTreeMap<String, Vec<Value>>,
    /// Signs that the text does not have as they are printed, such as emoji by their names.
    #[cfg_attr(
        not(feature = "pdf"),
        expect(dead_code, reason = "only paper has fonts")
    )]
    pub(in crate::render) signs: Vec<(char, usize)>,
    /// What was found.
    pub(in crate::render) diagnostics: Vec<Diagnostic>,
}

/// What a page is read with.
pub(in crate::render) struct PageInput<'a> {
    pub(in crate::render) context: &'a RenderContext<'a>,
    pub(in crate::render) page: &'a Page,
    /// Its place in the document, which is the beginning of its labels.
    pub(in crate::render) index: usize,
    /// The outline level of its title.
    pub(in crate::render) level: usize,
    pub(in crate::render) links: &'a Links<'a>,
    pub(in crate::render) words: &'a Words,
    pub(in crate::render) medium: Medium,
}

/// Reads a page.
pub(in crate::render) fn page_tree(input: &PageInput<'_>, images: &mut Images) -> PageTree {
    let mut builder = Builder {
        input,
        images,
        stack: vec![Frame::new(Open::Root, Around::default())],
        known: input.page.headings_for(input.medium.edition),
        headings: 0,
        levels: Vec::new(),
        attributes: Attributes::default(),
        clause: None,
        title: None,
        notes: BTreeMap::new(),
        signs: Vec::new(),
        diagnostics: Vec::new(),
    };
    for (markup, span) in tiles_apart(input.context.site.reading(input.page, input.medium.edition))
    {
        match markup {
            Markup::Plain(event) => {
                builder.place_attributes(&event);
                builder.event(event, span);
                builder.attributes = Attributes::default();
            }
            Markup::Open(element) => builder.open_element(*element, span),
            Markup::Close(_) => {
                builder.close_elements();
                builder.close();
            }
            Markup::Attributes(found) => builder.attributes = *found,
        }
    }
    while builder.stack.len() > 1 {
        builder.close();
    }
    let root = builder.stack.pop().map(|frame| frame.children);
    PageTree {
        title: builder.title,
        blocks: node::as_blocks(root.unwrap_or_default()),
        notes: builder.notes,
        signs: builder.signs,
        diagnostics: builder.diagnostics,
    }
}

/// Builds the tree of a page; a construct goes into the one around it when it is closed.
pub(super) struct Builder<'a, 'b> {
    pub(super) input: &'a PageInput<'a>,
    pub(super) images: &'b mut Images,
    pub(super) stack: Vec<Frame>,
    /// The headings, in the order they are met.
    known: Cow<'a, [Heading]>,
    headings: usize,
    /// The attributes of what begins next.
    pub(super) attributes: Attributes,
    /// The levels of the headings that the text stands under, as written.
    levels: Vec<u8>,
    /// The number that the heading above begins with, in a contract.
    clause: Option<String>,
    title: Option<(Vec<Value>, String)>,
    notes: BTreeMap<String, Vec<Value>>,
    pub(super) signs: Vec<(char, usize)>,
    diagnostics: Vec<Diagnostic>,
}

impl Builder<'_, '_> {
    fn event(&mut self, event: Event<'_>, span: Range<usize>) {
        match event {
            Event::Start(tag) => {
                let open = self.opened(tag);
                self.open(open, span);
            }
            Event::End(tag) => {
                self.close_elements();
                if tag == TagEnd::HtmlBlock {
                    self.html_block();
                } else {
                    self.close();
                }
            }
            Event::Text(text) => {
                if !text.is_ascii() {
                    self.note_signs(&text, &span);
                }
                self.text(&text);
            }
            Event::Code(code) => {
                let softened = match self.around().is_heading {
                    true => code.to_string(),
                    false => self.input.medium.soften(&code, Measure::Code),
                };
                self.push(json!({"i": "code", "v": softened}));
            }
            Event::InlineMath(tex) => self.math(&tex, false, span),
            Event::DisplayMath(tex) => self.math(&tex, true, span),
            Event::Html(html) => match self.stack.last_mut() {
                Some(Frame {
                    open: Open::Html(block),
                    ..
                }) => block.push_str(&html),
                _ => self.html(&html, span),
            },
            Event::InlineHtml(html) => self.html(&html, span),
            Event::FootnoteReference(label) => {
                self.push(json!({"i": "note", "label": label.to_string()}));
            }
            Event::SoftBreak => self.push(json!(" ")),
            Event::HardBreak => self.push(json!({"i": "break"})),
            Event::Rule => self.push(json!({"t": "rule"})),
            Event::TaskListMarker(done) => {
                let item = self.stack.iter_mut().rev();
                let mut items = item.filter_map(|frame| match &mut frame.open {
                    Open::Item(task) => Some(task),
                    _ => None,
                });
                if let Some(task) = items.next() {
                    *task = Some(done);
                }
            }
        }
    }

    fn opened(&mut self, tag: Tag<'_>) -> Open {
        match tag {
            Tag::Paragraph => Open::Paragraph,
            Tag::Heading { .. } => {
                self.headings += 1;
                Open::Heading(self.headings - 1)
            }
            Tag::BlockQuote(_) => Open::Quote,
            Tag::CodeBlock(CodeBlockKind::Fenced(info)) => Open::Code(info.to_string()),
            Tag::CodeBlock(CodeBlockKind::Indented) => Open::Code(String::new()),
            Tag::List(start) => {
                let nested = self.around().blocks > 0;
                let clause = self.clause.clone().filter(|_| start.is_some() && !nested);
                Open::List {
                    start,
                    clause,
                    nested,
                }
            }
            Tag::Item => match self.stack.last().map(|frame| &frame.open) {
                Some(Open::List { .. }) => Open::Item(None),
                _ => Open::Flat { blocks: true },
            },
            Tag::FootnoteDefinition(label) => Open::Note(label.to_string()),
            Tag::DefinitionList => Open::Terms,
            Tag::DefinitionListTitle => Open::Term,
            Tag::DefinitionListDefinition => Open::Definition,
            Tag::Table(alignment) => Open::Table(alignment.into_iter().map(node::align).collect()),
            Tag::TableHead => Open::Head,
            Tag::TableRow => Open::Row,
            Tag::TableCell => Open::Cell,
            Tag::Emphasis => Open::Span("em"),
            Tag::Strong => Open::Span("strong"),
            Tag::Strikethrough => Open::Span("strike"),
            Tag::Superscript => Open::Span("sup"),
            Tag::Subscript => Open::Span("sub"),
            Tag::Link {
                link_type,
                dest_url,
                ..
            } => {
                let target = match link_type {
                    LinkType::Email => format!("mailto:{dest_url}"),
                    _ => dest_url.to_string(),
                };
                // The title of a page stands in the contents, where all of it is one link.
                match self.around().is_heading && self.headings == 1 {
                    true => Open::Flat { blocks: false },
                    false => {
                        let mut link = link(self.input, &target);
                        if self
                            .attributes
                            .classes
                            .iter()
                            .any(|class| class == "locator")
                        {
                            link["locator"] = json!(true);
                        }
                        Open::Linked(link)
                    }
                }
            }
            Tag::Image {
                dest_url, title, ..
            } => Open::Image {
                target: dest_url.to_string(),
                title: title.to_string(),
                width: self.attributes.get("width").map(str::to_owned),
            },
            Tag::HtmlBlock | Tag::MetadataBlock(_) => Open::Html(String::new()),
        }
    }

    pub(super) fn open(&mut self, open: Open, span: Range<usize>) {
        let around = self.around();
        let mut open = open;
        if is_block(&open) && around.blocks >= MAX_BLOCKS {
            open = Open::Flat { blocks: true };
            if !self
                .diagnostics
                .iter()
                .any(|found| found.code == "pdf-depth")
            {
                let message = "lists and quotes nest too deeply for paper";
                let help = "the levels below the tenth are printed without indent";
                self.report("pdf-depth", span.clone(), message, help);
            }
        } else if is_span(&open) && around.spans >= MAX_SPANS {
            open = match open {
                Open::Element(name, _) => Open::Element(name, None),
                _ => Open::Flat { blocks: false },
            };
        } else if matches!(
            self.stack.last().map(|last| &last.open),
            Some(Open::Flat { .. })
        ) && matches!(open, Open::Term | Open::Definition)
        {
            open = Open::Flat { blocks: true };
        }
        let mut frame = Frame::new(open, around);
        frame.span = span;
        self.stack.push(frame);
    }

    /// What is open now.
    pub(super) fn around(&self) -> Around {
        self.stack
            .last()
            .map_or_else(Around::default, |last| last.around)
    }

    /// Closes the innermost construct and hands its node to the one around it.
    pub(super) fn close(&mut self) {
        let Some(Frame {
            open,
            children,
            beside,
            span,
            ..
        }) = self.stack.pop()
        else {
            return;
        };
        let found = match open {
            Open::Root | Open::Dropped(_) | Open::Html(_) => return,
            Open::Paragraph => {
                for block in node::paragraph(children) {
                    self.push(block);
                }
                return;
            }
            Open::Heading(index) => return self.heading(index, children),
            Open::Quote => json!({"t": "quote", "c": node::as_blocks(children)}),
            Open::Alert { kind, word } => node::titled("alert", kind, beside, &word, children),
            Open::Tab => node::titled("tab", "", beside, "", children),
            Open::Beside => {
                if let Some(around) = self.stack.last_mut() {
                    around.beside = children;
                }
                return;
            }
            Open::Numbered(label) => return self.close_numbered(&label, children, &beside),
            Open::Reference(Some(link)) => link,
            Open::Code(info) => diagram::code(self.input, &info, &children),
            Open::List {
                start,
                clause,
                nested,
            } => {
                let mut list = node::list(start, clause.as_deref(), &children);
                list["nested"] = json!(nested);
                list
            }
            Open::Item(task) => {
                let loose = children.iter().any(|child| child["t"] == "para");
                let body = node::as_plain(children);
                json!({"t": "item", "task": task, "loose": loose, "body": body})
            }
            Open::Note(label) => {
                self.notes.entry(label).or_insert(node::as_plain(children));
                return;
            }
            Open::Table(alignment) => {
                let place = node::TablePlace {
                    top: self.stack.len() == 1,
                    contract: self.input.context.site.kind == Kind::Contract,
                };
                let table = node::table(&alignment, children, place);
                if table["sign"] == true {
                    self.keep_last();
                }
                table
            }
            Open::Head | Open::Row => json!({"t": "row", "cells": children}),
            Open::Cell => node::cell(&children),
            Open::Terms => json!({"t": "terms", "items": node::terms(children)}),
            Open::Term => json!({"t": "term", "body": children}),
            Open::Definition => json!({"t": "definition", "body": node::as_plain(children)}),
            Open::Span(name) => json!({"i": name, "c": children}),
            Open::Linked(mut node) | Open::Element(_, Some(mut node)) => {
                node["c"] = json!(children);
                node
            }
            Open::Image {
                target,
                title,
                width,
            } => {
                let alt = node::plain_text(&children);
                let image = self.images.node(self.input, &target, &alt, &title, span);
                blocks::sized(image, width.as_deref())
            }
            Open::Reference(None) | Open::Element(_, None) | Open::Flat { blocks: false } => {
                for child in children {
                    self.push(child);
                }
                return;
            }
            Open::Flat { blocks: true } => {
                for child in node::as_blocks(children) {
                    self.push(child);
                }
                return;
            }
        };
        self.push(found);
    }

    /// Keeps the paragraph before on the page of what follows.
    fn keep_last(&mut self) {
        let last = self
            .stack
            .last_mut()
            .and_then(|frame| frame.children.last_mut());
        if let Some(paragraph) = last.filter(|last| last["t"] == "para") {
            paragraph["keep"] = json!(true);
        }
    }

    pub(super) fn push(&mut self, node: Value) {
        if let Some(frame) = self.stack.last_mut() {
            frame.children.push(node);
        }
    }

    pub(super) fn text(&mut self, text: &str) {
        match self.stack.last().map(|frame| &frame.open) {
            Some(Open::Code(_)) => return self.push(json!(text)),
            Some(Open::Html(_) | Open::Dropped(_)) => return,
            _ => {}
        }
        let around = self.around();
        let softened = match (around.is_heading, around.is_cell) {
            (true, _) => text.to_owned(),
            (_, true) => self.input.medium.soften(text, Measure::Cell),
            _ => self.input.medium.soften(text, Measure::Text),
        };
        self.push(json!(softened));
    }

    fn math(&mut self, tex: &str, block: bool, span: Range<usize>) {
        if tex.trim().is_empty() {
            return;
        }
        match math(tex) {
            Ok(body) => {
                let mut around = self.stack.iter().rev().map(|frame| &frame.open);
                let place = around.find(|open| !matches!(open, Open::Numbered(_)));
                let alone = matches!(
                    place,
                    Some(Open::Paragraph | Open::Item(_) | Open::Definition | Open::Note(_))
                );
                let kind = if block && alone { "t" } else { "i" };
                self.push(json!({kind: "math", "block": block, "alt": tex.trim(), "c": body}));
            }
            Err(reason) => {
                let message = format!("this math cannot be printed: {reason}");
                self.report(
                    "math-syntax",
                    span,
                    &message,
                    "its source is printed instead",
                );
                let source = self.input.medium.soften(tex.trim(), Measure::Code);
                self.push(json!({"i": "code", "v": source}));
            }
        }
    }

    fn heading(&mut self, index: usize, children: Vec<Value>) {
        let heading = self.known.get(index);
        let (level, id) = heading.map_or((2, String::new()), |heading| {
            (heading.level, heading.id.clone())
        });
        let label = format!("p{}--{id}", self.input.index);
        if !node::has_words(&children) {
            // A picture is no heading: bookmarks and screen readers would have nothing to say.
            if !children.is_empty() {
                self.push(json!({"t": "anchor", "label": label}));
                self.push(json!({"t": "para", "c": children}));
            }
            return;
        }
        if index == 0 && level == 1 && self.title.is_none() && self.stack.len() == 1 {
            self.title = Some((children, id));
            return;
        }
        // A level that is skipped in the text is not skipped in the outline.
        while self.levels.last().is_some_and(|above| *above >= level) {
            self.levels.pop();
        }
        self.levels.push(level);
        let look = self.levels.len();
        let (children, notes) = node::notes_apart(children);
        let text = heading.map_or("", |heading| heading.text.as_str());
        if self.input.context.site.kind == Kind::Contract {
            self.clause = crate::render::clauses::number_of(text);
        }
        let level = (self.input.level + look).min(6);
        self.push(json!({
            "t": "heading", "level": level, "look": look.min(5), "label": label,
            "number": heading.and_then(|heading| heading.number.as_deref()),
            "text": text, "c": children, "notes": notes,
        }));
    }

    fn report(&mut self, code: &'static str, span: Range<usize>, text: &str, help: &str) {
        let page = self.input.page;
        let found = page.diagnostic(code, Severity::Warning, span, text);
        self.diagnostics.push(found.help(help));
    }
}
