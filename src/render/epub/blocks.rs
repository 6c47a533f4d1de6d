//! What Markdown does not know, as the HTML of a book: notes, tabs, attributes, and what is
//! numbered. The rules of the book decide afterwards what of an author's attributes stays.

use std::fmt::Write as _;

use pulldown_cmark::{Event, Tag, TagEnd};

use crate::markdown::{
    Attributes, Element, ElementEnd, LabelKind, Markup, Note, Numbered, Reference, Spanned,
};
use crate::render::context::RenderContext;
use crate::render::dom::escape;
use crate::render::html::{attribute_text, plain_text, until};
use crate::render::references::{caption_label, caption_name, layout_class, reference_text};
use crate::render::words::Words;
use crate::site::{Labelled, Page, PageId};

/// Turns the steps through a page into events that pulldown-cmark can write.
pub(super) fn plain_html<'a>(
    context: &'a RenderContext<'a>,
    page: &'a Page,
    words: &'a Words,
    events: Vec<Spanned<'a>>,
) -> Vec<Event<'a>> {
    let mut writer = Writer {
        context,
        page,
        words,
        out: Vec::with_capacity(events.len()),
        open: Vec::new(),
        attributes: Attributes::default(),
    };
    let mut events = events.into_iter();
    while let Some((markup, _)) = events.next() {
        match markup {
            Markup::Plain(Event::Start(Tag::Image {
                dest_url, title, ..
            })) if !writer.attributes.is_empty() => {
                let inner = until(&mut events, TagEnd::Image);
                let alt: String = inner.iter().map(|(event, _)| plain_text(event)).collect();
                let more = attribute_text(&std::mem::take(&mut writer.attributes), true);
                let (source, alt, title) = (quoted(&dest_url), quoted(&alt), quoted(&title));
                writer.inline(format!(
                    "<img src=\"{source}\" alt=\"{alt}\" title=\"{title}\"{more}>"
                ));
            }
            markup => writer.step(markup),
        }
    }
    writer.out
}

/// A construct that is open.
enum Open {
    /// A note and its word, a tab, or nothing that has a title; where the title began.
    Titled(String, usize),
    /// What stands before a caption.
    Numbered(String),
    /// Where a reference began, and the link that it is.
    Reference(usize, Option<String>),
    Other,
}

struct Writer<'a> {
    context: &'a RenderContext<'a>,
    page: &'a Page,
    words: &'a Words,
    out: Vec<Event<'a>>,
    open: Vec<Open>,
    attributes: Attributes,
}

impl<'a> Writer<'a> {
    fn step(&mut self, markup: Markup<'a>) {
        match markup {
            Markup::Plain(event) => {
                let attributes = std::mem::take(&mut self.attributes);
                let event = match attributes.is_empty() {
                    true => event,
                    false => with_attributes(event, &attributes, &mut self.out),
                };
                self.out.push(event);
            }
            Markup::Attributes(attributes) => self.attributes = *attributes,
            Markup::Open(element) => self.begin(*element),
            Markup::Close(end) => self.end(end),
        }
    }

    fn block(&mut self, html: impl Into<String>) {
        self.out.push(Event::Html(html.into().into()));
    }

    fn inline(&mut self, html: impl Into<String>) {
        self.out.push(Event::InlineHtml(html.into().into()));
    }

    fn tag(&mut self, name: &str, classes: &[&str], attributes: Attributes) -> String {
        let own = classes.iter().map(|class| (*class).to_owned());
        let all = Attributes {
            classes: own.chain(attributes.classes).collect(),
            ..attributes
        };
        format!("<{name}{}>", attribute_text(&all, true))
    }

    fn begin(&mut self, element: Element) {
        let open = match element {
            Element::Note(note) => self.note(note),
            Element::Tab(_) => {
                self.block("<section class=\"tab\">\n");
                Open::Titled(String::new(), 0)
            }
            Element::Tabs(attributes) => {
                let tag = self.tag("div", &["tabs"], attributes);
                self.block(tag);
                Open::Other
            }
            Element::Division(attributes) => {
                let tag = self.tag("div", &[], attributes);
                self.block(tag);
                Open::Other
            }
            Element::Title => return self.begin_title(),
            Element::Caption(_) => return self.begin_caption(),
            Element::Numbered(numbered) => self.numbered(numbered),
            Element::Reference(reference) => {
                Open::Reference(self.out.len(), self.reference(&reference))
            }
            Element::ListOf(kind) => return self.list_of(kind),
            Element::Mark => return self.inline("<mark>"),
            Element::Insert => return self.inline("<ins>"),
            Element::Key => return self.inline("<kbd>"),
            Element::Abbreviation(long) => {
                let long = quoted(&long);
                return self.inline(format!("<abbr title=\"{long}\">"));
            }
        };
        self.open.push(open);
    }

    fn end(&mut self, end: ElementEnd) {
        match end {
            ElementEnd::Title => return self.end_title(),
            ElementEnd::Caption(_) => return self.block("</figcaption>\n"),
            ElementEnd::ListOf => return,
            ElementEnd::Mark => return self.inline("</mark>"),
            ElementEnd::Insert => return self.inline("</ins>"),
            ElementEnd::Key => return self.inline("</kbd>"),
            ElementEnd::Abbreviation => return self.inline("</abbr>"),
            _ => {}
        }
        let open = self.open.pop();
        match (end, open) {
            (ElementEnd::Note(_), _) => self.block("</aside>\n"),
            (ElementEnd::Tab, _) => self.block("</section>\n"),
            (ElementEnd::Numbered(LabelKind::Equation), Some(Open::Numbered(label))) => {
                self.inline(format!(" <span class=\"numbering\">{label}</span></span>"));
            }
            (ElementEnd::Numbered(_), _) => self.block("</figure>\n"),
            (_, Some(Open::Reference(start, link))) => {
                if let Some(link) = link {
                    self.out.truncate(start);
                    self.inline(link);
                }
            }
            _ => self.block("</div>\n"),
        }
    }

    fn note(&mut self, note: Note) -> Open {
        let kind = note.known_kind();
        let class = format!("alert-{}", kind.unwrap_or(&note.kind));
        let word = match self.words.get(kind.unwrap_or(&note.kind)) {
            "" => note.kind.replace(['-', '_'], " "),
            word => word.to_owned(),
        };
        let mut attributes = note.attributes;
        attributes
            .pairs
            .push(("role".to_owned(), "note".to_owned()));
        let tag = self.tag("aside", &["alert", &class], attributes);
        self.block(tag + "\n");
        Open::Titled(word, 0)
    }

    fn begin_title(&mut self) {
        let class = match self.open.last_mut() {
            Some(Open::Titled(word, start)) => {
                *start = self.out.len() + 1;
                if word.is_empty() {
                    "tab-title"
                } else {
                    "alert-title"
                }
            }
            _ => "tab-title",
        };
        self.block(format!("<p class=\"{class}\">"));
    }

    fn end_title(&mut self) {
        if let Some(Open::Titled(word, start)) = self.open.last()
            && *start == self.out.len()
        {
            let word = escape(word);
            self.inline(word);
        }
        self.block("</p>\n");
    }

    fn begin_caption(&mut self) {
        let label = match self.open.last() {
            Some(Open::Numbered(label)) => label.as_str(),
            _ => "",
        };
        let html = format!("<figcaption><span class=\"numbering\">{label}</span> ");
        self.block(html);
    }

    fn numbered(&mut self, numbered: Numbered) -> Open {
        let site = self.context.site;
        let page = site.page_routed(&self.page.route);
        let found = page.and_then(|page| site.labelled(page, &numbered.id));
        let word = self.words.get(numbered.kind.name());
        let label = caption_name(numbered.kind, found, word);
        let attributes = Attributes {
            id: Some(numbered.id),
            ..numbered.attributes
        };
        match numbered.kind {
            LabelKind::Equation => {
                let tag = self.tag("span", &["equation"], attributes);
                self.inline(tag);
            }
            kind => {
                let class = format!("numbered-{}", kind.name());
                let layout = layout_class(numbered.columns);
                let classes = ["numbered", &class].into_iter().chain(layout.as_deref());
                let classes: Vec<&str> = classes.collect();
                let tag = self.tag("figure", &classes, attributes);
                self.block(tag);
            }
        }
        Open::Numbered(escape(&label))
    }

    fn list_of(&mut self, kind: LabelKind) {
        let site = self.context.site;
        let Some(from) = site.page_routed(&self.page.route) else {
            return;
        };
        let word = self.words.get(kind.name());
        let mut items = String::new();
        for found in site.list_of(from, kind) {
            let name = caption_label(kind, found.number.as_deref().unwrap_or_default(), word);
            let _ = writeln!(
                items,
                "<li><a href=\"{}\"><span class=\"numbering\">{}</span> {}</a></li>",
                self.address_of(from, found),
                escape(&name),
                escape(&found.title),
            );
        }
        if !items.is_empty() {
            self.block(format!("<ul class=\"list-of\">\n{items}</ul>\n"));
        }
    }

    fn reference(&self, reference: &Reference) -> Option<String> {
        let site = self.context.site;
        let from = site.page_routed(&self.page.route)?;
        let found = site.labelled(from, &reference.label)?;
        let words = reference_text(found, &reference.form, |key| self.words.get(key));
        let target = self.address_of(from, found);
        Some(format!("<a href=\"{target}\">{}</a>", escape(&words)))
    }

    /// The address of what has a label, for an attribute.
    fn address_of(&self, from: PageId, found: &Labelled) -> String {
        let there = match found.page == from {
            true => String::new(),
            false => {
                let page = self.context.site.page(found.page);
                page.path.url_from(&self.page.path)
            }
        };
        quoted(&format!("{there}#{}", found.id))
    }
}

/// The event with the author's attributes on its tag, where that is a simple one.
fn with_attributes<'a>(
    event: Event<'a>,
    attributes: &Attributes,
    out: &mut Vec<Event<'a>>,
) -> Event<'a> {
    let more = attribute_text(attributes, true);
    let html = |text: String| Event::InlineHtml(text.into());
    match event {
        Event::Start(Tag::Paragraph) => html(format!("<p{more}>")),
        Event::Start(Tag::List(None)) => html(format!("<ul{more}>")),
        Event::Start(Tag::List(Some(start))) => html(format!("<ol start=\"{start}\"{more}>")),
        Event::Start(Tag::Item) => html(format!("<li{more}>")),
        Event::Start(Tag::BlockQuote(None)) => html(format!("<blockquote{more}>")),
        Event::Start(Tag::Emphasis) => html(format!("<em{more}>")),
        Event::Start(Tag::Strong) => html(format!("<strong{more}>")),
        Event::Start(Tag::Strikethrough) => html(format!("<del{more}>")),
        Event::Start(Tag::DefinitionList) => html(format!("<dl{more}>")),
        Event::Code(code) => html(format!("<code{more}>{}</code>", escape(&code))),
        // The markup of these is not finished yet; an id can stand before them.
        event => {
            if let Some(id) = &attributes.id {
                let id = quoted(id);
                out.push(html(format!("<a id=\"{id}\"></a>")));
            }
            event
        }
    }
}

fn quoted(text: &str) -> String {
    escape(text).replace('"', "&quot;")
}
