//! The text of a page as HTML: ids, links and images settled, everything else as pulldown-cmark
//! writes it.

use std::borrow::Cow;
use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, CowStr, Event, Tag, TagEnd};

use crate::assets::Layout;
use crate::diagnostic::{Diagnostic, Severity};
use crate::markdown::{
    Attributes, CodeBlock, Edition, Heading, Markup, MathMode, Spanned, sanitize, to_mathml,
};
use crate::render::context::RenderContext;
use crate::render::html::attributes::attribute_text;
use crate::render::html::blocks::Block;
use crate::render::html::code::code_block;
use crate::render::html::diagrams::Diagrams;
use crate::render::html::events::{escape, plain_text, split_at_end};
use crate::render::html::footnotes::{Footnote, Footnotes};
use crate::render::html::links::OpenLink;
use crate::render::html::tables::settle_tables;
use crate::render::html::theme::Theme;
use crate::render::html::written::Written;
use crate::site::Page;

/// The text of a page.
pub(super) struct Body {
    /// The first heading, if it is the page's title, as inline HTML.
    pub(super) heading: Option<String>,
    /// The rest.
    pub(super) content: String,
    /// What was found while rendering.
    pub(super) diagnostics: Vec<Diagnostic>,
}

/// What an element has whose author says nothing of it.
static NO_ATTRIBUTES: Attributes = Attributes {
    id: None,
    classes: Vec::new(),
    pairs: Vec::new(),
};

/// Renders the text of a page.
pub(super) fn render_body(context: &RenderContext<'_>, theme: &Theme, page: &Page) -> Body {
    let mut writer = Writer {
        context,
        theme,
        page,
        layout: Layout::of(context.site, page),
        known: page.headings_for(Edition::Html),
        headings: 0,
        images: 0,
        in_picture: false,
        groups: 0,
        out: Written::with_room(page.markdown().len() * 3 / 2),
        open: Vec::new(),
        links: Vec::new(),
        title_start: 0,
        reference_start: 0,
        title: None,
        footnotes: Footnotes::default(),
        diagrams: Diagrams::default(),
        diagnostics: Vec::new(),
    };
    writer.blocks(&context.site.reading(page, Edition::Html), true);
    let mut content = writer.out.into_html();
    if page.outline.has_html {
        content = settle_tables(content);
    }
    content.push_str(&writer.footnotes.list(theme));
    let mut heading = writer.title.map(|html| html.trim().to_owned());
    if page.outline.has_html && !context.site.config.html.raw_html {
        content = sanitize(&content);
        heading = heading.map(|heading| sanitize(&heading));
    }
    Body {
        heading,
        content: writer.diagrams.put_back(content),
        diagnostics: writer.diagnostics,
    }
}

pub(super) struct Writer<'a> {
    pub(super) context: &'a RenderContext<'a>,
    pub(super) theme: &'a Theme,
    pub(super) page: &'a Page,
    /// Where its text stands.
    pub(super) layout: Layout,
    /// The headings, in the order they are met.
    known: Cow<'a, [Heading]>,
    headings: usize,
    pub(super) images: usize,
    /// Whether raw HTML has opened a `picture`.
    pub(super) in_picture: bool,
    /// How many groups of tabs there are.
    pub(super) groups: usize,
    pub(super) out: Written,
    /// The constructs of ours that are open.
    pub(super) open: Vec<Block>,
    /// For each link that is open, whether it leads anywhere.
    pub(super) links: Vec<Option<OpenLink>>,
    /// Where the title that is being read begins in the output.
    pub(super) title_start: usize,
    /// Where the reference that is being read begins in the output.
    pub(super) reference_start: usize,
    title: Option<String>,
    footnotes: Footnotes,
    diagrams: Diagrams,
    diagnostics: Vec<Diagnostic>,
}

impl Writer<'_> {
    /// Writes blocks. The `first` of a page may be the heading that is its title.
    fn blocks(&mut self, events: &[Spanned<'_>], mut first: bool) {
        let mut rest = events;
        let mut attributes = &NO_ATTRIBUTES;
        while let Some(((markup, span), after)) = rest.split_first() {
            rest = after;
            let event = match markup {
                Markup::Plain(event) => event,
                Markup::Attributes(found) => {
                    attributes = found;
                    continue;
                }
                Markup::Open(element) => {
                    self.open(element);
                    first = false;
                    continue;
                }
                Markup::Close(end) => {
                    self.close(*end);
                    continue;
                }
            };
            let attributes = std::mem::replace(&mut attributes, &NO_ATTRIBUTES);
            match event {
                Event::Start(Tag::FootnoteDefinition(label)) => {
                    let (inner, after) = split_at_end(rest, TagEnd::FootnoteDefinition);
                    rest = after;
                    let note = Footnote {
                        html: self.apart(inner),
                        ends_in_paragraph: ends_in_paragraph(inner),
                    };
                    self.footnotes.define(label, note);
                    continue;
                }
                Event::Start(Tag::Heading {
                    level,
                    classes,
                    attrs,
                    ..
                }) => {
                    let (inner, after) = split_at_end(rest, TagEnd::Heading(*level));
                    rest = after;
                    let attributes = heading_attributes(classes, attrs);
                    self.heading(*level as u8, &attributes, inner, first);
                }
                Event::Start(Tag::Paragraph) if rest.first().is_some_and(may_be_figure) => {
                    let (inner, after) = split_at_end(rest, TagEnd::Paragraph);
                    rest = after;
                    self.paragraph(inner, attributes);
                }
                event => rest = self.event(event, span, rest, attributes),
            }
            first = false;
        }
    }

    /// Renders events apart from the text around them.
    fn apart(&mut self, events: &[Spanned<'_>]) -> String {
        let outside = std::mem::replace(&mut self.out, Written::with_room(0));
        self.blocks(events, false);
        std::mem::replace(&mut self.out, outside).into_html()
    }

    fn heading(&mut self, level: u8, attributes: &Attributes, inner: &[Spanned<'_>], first: bool) {
        let heading = self.known.get(self.headings).cloned();
        let heading = heading.as_ref();
        let id = heading.map_or("", |heading| heading.id.as_str());
        self.headings += 1;
        if first && level == 1 {
            self.title = Some(self.apart(inner));
            return;
        }
        let (id, name) = (escape(id), escape(self.theme.string("link_to_section")));
        let more = attribute_text(attributes, self.raw_html_allowed());
        let tag = ["h1", "h2", "h3", "h4", "h5", "h6"][usize::from(level - 1) % 6];
        self.out.parts(&["<", tag, " id=\"", &id, "\"", &more, ">"]);
        if let Some(number) = heading.and_then(|heading| heading.number.as_deref()) {
            self.out
                .parts(&["<span class=\"number\">", number, "</span> "]);
        }
        self.blocks(inner, false);
        self.out.parts(&[
            " <a class=\"anchor\" href=\"#",
            &id,
            "\" aria-label=\"",
            &name,
            "\">#</a></",
            tag,
            ">\n",
        ]);
    }

    /// A paragraph that holds one image and nothing else is a figure.
    fn paragraph(&mut self, inner: &[Spanned<'_>], attributes: &Attributes) {
        if self.tiles(inner) {
            return;
        }
        let image = |(markup, _): &&Spanned<'_>| {
            matches!(markup, Markup::Plain(Event::Start(Tag::Image { .. })))
        };
        let first = inner
            .iter()
            .find(|(markup, _)| !matches!(markup, Markup::Attributes(_)));
        let lone = first.is_some_and(|first| image(&first))
            && matches!(
                inner.last(),
                Some((Markup::Plain(Event::End(TagEnd::Image)), _))
            )
            && inner.iter().filter(image).count() == 1;
        let caption = match first {
            Some((Markup::Plain(Event::Start(Tag::Image { title, .. })), _)) if lone => title,
            _ => "",
        };
        if caption.is_empty() {
            self.start(&Tag::Paragraph, attributes);
            self.blocks(inner, false);
            self.out.end(TagEnd::Paragraph);
            return;
        }
        self.open_tag("figure", &[], attributes);
        self.blocks(inner, false);
        let caption = escape(caption);
        self.out
            .parts(&["<figcaption>", &caption, "</figcaption></figure>\n"]);
    }

    /// Begins an element whose end is a plain one, with the author's attributes on it.
    fn start(&mut self, tag: &Tag<'_>, attributes: &Attributes) {
        let numbered;
        let name = match tag {
            _ if attributes.is_empty() => None,
            Tag::Paragraph => Some("p"),
            Tag::List(None) => Some("ul"),
            Tag::List(Some(1)) => Some("ol"),
            Tag::List(Some(start)) => {
                numbered = format!("ol start=\"{start}\"");
                Some(numbered.as_str())
            }
            Tag::Item => Some("li"),
            Tag::BlockQuote(_) => Some("blockquote"),
            Tag::Emphasis => Some("em"),
            Tag::Strong => Some("strong"),
            Tag::Strikethrough => Some("del"),
            Tag::DefinitionList => Some("dl"),
            _ => None,
        };
        let Some(name) = name else {
            return self.out.start(tag);
        };
        let more = attribute_text(attributes, self.raw_html_allowed());
        self.out.parts(&["<", name, &more, ">"]);
    }

    pub(super) fn raw_html_allowed(&self) -> bool {
        self.context.site.config.html.raw_html
    }

    /// Writes one step, and gives those of `rest` that it does not hold.
    fn event<'e, 't>(
        &mut self,
        event: &Event<'_>,
        span: &Range<usize>,
        rest: &'e [Spanned<'t>],
        attributes: &Attributes,
    ) -> &'e [Spanned<'t>] {
        match event {
            Event::Start(Tag::Image { dest_url, .. }) => {
                let (inner, after) = split_at_end(rest, TagEnd::Image);
                let alt: String = inner.iter().map(|(event, _)| plain_text(event)).collect();
                self.image(dest_url, &alt, attributes);
                return after;
            }
            Event::Start(Tag::Link {
                link_type,
                dest_url,
                title,
                ..
            }) => {
                self.link(*link_type, (dest_url, title), attributes);
            }
            Event::End(TagEnd::Link) => self.end_link(),
            Event::Code(code) if !attributes.is_empty() => {
                let more = attribute_text(attributes, self.raw_html_allowed());
                self.out
                    .parts(&["<code", &more, ">", &escape(code), "</code>"]);
            }
            Event::Start(tag @ Tag::Table(_)) => {
                let name = escape(self.theme.string("table"));
                let more = format!(" role=\"group\" tabindex=\"0\" aria-label=\"{name}\"");
                self.open_tag_more("div", &["table"], attributes, &more);
                self.out.start(tag);
            }
            Event::End(TagEnd::Table) => {
                self.out.end(TagEnd::Table);
                self.raw("</div>\n");
            }
            Event::Start(Tag::CodeBlock(kind)) => {
                let (inner, after) = split_at_end(rest, TagEnd::CodeBlock);
                self.code(kind, inner, span);
                return after;
            }
            Event::Start(tag) => self.start(tag, attributes),
            Event::InlineMath(tex) => self.math(tex, MathMode::Inline, span),
            Event::DisplayMath(tex) => self.math(tex, MathMode::Display, span),
            Event::FootnoteReference(label) => {
                let mark = self.footnotes.mark(label);
                self.raw(&mark);
            }
            Event::Html(first) => {
                let (html, after) = joined(first, rest);
                let html = self.raw_images(&html);
                self.raw(&html);
                return after;
            }
            Event::InlineHtml(html) => {
                let html = self.raw_images(html);
                self.raw(&html);
            }
            Event::TaskListMarker(done) => {
                let (checked, name) = if *done {
                    (" checked", "done")
                } else {
                    ("", "to do")
                };
                self.raw(&format!(
                    "<input type=\"checkbox\" disabled{checked} aria-label=\"{name}\"> "
                ));
            }
            event => self.out.step(event),
        }
        rest
    }

    pub(super) fn raw(&mut self, html: &str) {
        self.out.raw(html);
    }

    fn code(&mut self, kind: &CodeBlockKind<'_>, inner: &[Spanned<'_>], span: &Range<usize>) {
        let info = match kind {
            CodeBlockKind::Fenced(info) => info,
            CodeBlockKind::Indented => "",
        };
        let code: String = inner.iter().map(|(event, _)| plain_text(event)).collect();
        let block = CodeBlock::read(info, &code);
        let word = self.theme.string("diagram");
        let place = (self.context, self.page);
        let html = match self.diagrams.draw(place, &block, span, word) {
            Some(Ok(drawn)) => drawn,
            Some(Err(found)) => {
                self.diagnostics.push(found);
                code_block(self.context, &block)
            }
            None => code_block(self.context, &block),
        };
        self.raw(&html);
    }

    fn math(&mut self, tex: &str, mode: MathMode, span: &Range<usize>) {
        match to_mathml(tex, mode) {
            // It may be wider than a phone, and then the keyboard has to be able to scroll it.
            Ok(mathml) if mode == MathMode::Display => self.out.parts(&[
                "<span class=\"formula\" role=\"group\" tabindex=\"0\">",
                &mathml,
                "</span>",
            ]),
            Ok(mathml) => self.raw(&mathml),
            Err(message) => {
                let message = format!("the formula cannot be read: {message}");
                let found =
                    self.page
                        .diagnostic("math-syntax", Severity::Warning, span.clone(), message);
                self.diagnostics
                    .push(found.help("its source is shown as code"));
                self.raw(&format!("<code>{}</code>", escape(tex)));
            }
        }
    }
}

/// The lines of raw HTML that nothing interrupts, as one: a tag may reach over several.
fn joined<'e, 't>(first: &str, mut rest: &'e [Spanned<'t>]) -> (String, &'e [Spanned<'t>]) {
    let mut html = first.to_owned();
    while let Some(((Markup::Plain(Event::Html(more)), _), after)) = rest.split_first() {
        html.push_str(more);
        rest = after;
    }
    (html, rest)
}

/// Whether a paragraph that begins so may hold an image and nothing else.
fn may_be_figure((markup, _): &Spanned<'_>) -> bool {
    matches!(
        markup,
        Markup::Attributes(_) | Markup::Plain(Event::Start(Tag::Image { .. }))
    )
}

fn ends_in_paragraph(events: &[Spanned<'_>]) -> bool {
    let last = events.last().map(|(markup, _)| markup);
    matches!(last, Some(Markup::Plain(Event::End(TagEnd::Paragraph))))
}

/// The attributes of a heading but for its id.
fn heading_attributes(
    classes: &[CowStr<'_>],
    pairs: &[(CowStr<'_>, Option<CowStr<'_>>)],
) -> Attributes {
    let value = |value: &Option<CowStr<'_>>| value.as_ref().map_or("", |value| value).to_owned();
    Attributes {
        id: None,
        classes: classes.iter().map(ToString::to_string).collect(),
        pairs: pairs
            .iter()
            .map(|(name, found)| (name.to_ascii_lowercase(), value(found)))
            .collect(),
    }
}
