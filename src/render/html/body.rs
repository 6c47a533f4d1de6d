//! The text of a page as HTML: ids, links and images settled, everything else as pulldown-cmark
//! writes it.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, CowStr, Event, Tag, TagEnd};

use crate::diagnostic::{Diagnostic, Severity};
use crate::markdown::{Attributes, CodeBlock, Markup, MathMode, Spanned, to_mathml};
use crate::render::context::RenderContext;
use crate::render::html::attributes::attribute_text;
use crate::render::html::blocks::Block;
use crate::render::html::code::code_block;
use crate::render::html::diagrams::Diagrams;
use crate::render::html::events::{escape, plain_text, until};
use crate::render::html::footnotes::Footnotes;
use crate::render::html::sanitize::sanitize;
use crate::render::html::tables::settle_tables;
use crate::render::html::theme::Theme;
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

/// Renders the text of a page.
pub(super) fn render_body(context: &RenderContext<'_>, theme: &Theme, page: &Page) -> Body {
    let mut writer = Writer {
        context,
        theme,
        page,
        headings: 0,
        images: 0,
        groups: 0,
        out: Vec::new(),
        open: Vec::new(),
        links: Vec::new(),
        title_start: 0,
        reference_start: 0,
        attributes: Attributes::default(),
        title: None,
        footnotes: Footnotes::default(),
        diagrams: Diagrams::default(),
        diagnostics: Vec::new(),
    };
    let events = page.events_set(context.site.punctuation(page));
    writer.out.reserve(events.len());
    writer.blocks(events);
    let mut content = String::with_capacity(page.markdown().len() * 3 / 2);
    pulldown_cmark::html::push_html(&mut content, writer.out.into_iter());
    content = settle_tables(content);
    content.push_str(&writer.footnotes.list(theme));
    let mut heading = writer.title.map(|events| {
        let mut html = String::new();
        pulldown_cmark::html::push_html(&mut html, events.into_iter());
        html.trim().to_owned()
    });
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
    headings: usize,
    pub(super) images: usize,
    /// How many groups of tabs there are.
    pub(super) groups: usize,
    pub(super) out: Vec<Event<'a>>,
    /// The constructs of ours that are open.
    pub(super) open: Vec<Block>,
    /// For each link that is open, whether it leads anywhere.
    pub(super) links: Vec<bool>,
    /// Where the title that is being read begins in the output.
    pub(super) title_start: usize,
    /// Where the reference that is being read begins in the output.
    pub(super) reference_start: usize,
    /// The attributes of what begins next.
    attributes: Attributes,
    title: Option<Vec<Event<'a>>>,
    footnotes: Footnotes<'a>,
    diagrams: Diagrams,
    diagnostics: Vec<Diagnostic>,
}

impl<'a> Writer<'a> {
    fn blocks(&mut self, events: Vec<Spanned<'a>>) {
        let mut events = events.into_iter().peekable();
        let mut first = true;
        while let Some((markup, span)) = events.next() {
            let event = match markup {
                Markup::Plain(event) => event,
                Markup::Attributes(attributes) => {
                    self.attributes = *attributes;
                    continue;
                }
                Markup::Open(element) => {
                    self.open(*element);
                    first = false;
                    continue;
                }
                Markup::Close(end) => {
                    self.close(end);
                    continue;
                }
            };
            let attributes = std::mem::take(&mut self.attributes);
            match event {
                Event::Start(Tag::FootnoteDefinition(label)) => {
                    let inner = until(&mut events, TagEnd::FootnoteDefinition);
                    let note = self.apart(inner);
                    self.footnotes.define(label.to_string(), note);
                    continue;
                }
                Event::Start(Tag::Heading {
                    level,
                    classes,
                    attrs,
                    ..
                }) => {
                    let inner = until(&mut events, TagEnd::Heading(level));
                    let attributes = heading_attributes(&classes, &attrs);
                    self.heading(level as u8, &attributes, inner, first);
                }
                Event::Start(Tag::Paragraph) if events.peek().is_some_and(may_be_figure) => {
                    let inner = until(&mut events, TagEnd::Paragraph);
                    self.paragraph(inner, &attributes);
                }
                Event::Start(Tag::Paragraph) => {
                    self.start(Event::Start(Tag::Paragraph), "p", &attributes);
                }
                event => self.event(event, &span, &mut events, &attributes),
            }
            first = false;
        }
    }

    /// Renders events apart from the text around them.
    pub(super) fn apart(&mut self, events: Vec<Spanned<'a>>) -> Vec<Event<'a>> {
        let outside = std::mem::take(&mut self.out);
        self.blocks(events);
        std::mem::replace(&mut self.out, outside)
    }

    fn heading(
        &mut self,
        level: u8,
        attributes: &Attributes,
        inner: Vec<Spanned<'a>>,
        first: bool,
    ) {
        let id = self
            .page
            .outline
            .headings
            .get(self.headings)
            .map_or("", |heading| heading.id.as_str());
        self.headings += 1;
        let events = self.apart(inner);
        if first && level == 1 {
            self.title = Some(events);
            return;
        }
        let (id, name) = (escape(id), escape(self.theme.string("link_to_section")));
        let more = attribute_text(attributes, self.raw_html_allowed());
        self.raw(format!("<h{level} id=\"{id}\"{more}>"));
        self.out.extend(events);
        self.raw(format!(
            " <a class=\"anchor\" href=\"#{id}\" aria-label=\"{name}\">#</a></h{level}>\n"
        ));
    }

    /// A paragraph that holds one image and nothing else is a figure.
    fn paragraph(&mut self, inner: Vec<Spanned<'a>>, attributes: &Attributes) {
        let image = |(markup, _): &&Spanned<'a>| {
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
            Some((Markup::Plain(Event::Start(Tag::Image { title, .. })), _)) if lone => {
                title.to_string()
            }
            _ => String::new(),
        };
        let events = self.apart(inner);
        if lone && !caption.is_empty() {
            self.open_tag("figure", &[], attributes);
            self.out.extend(events);
            self.raw(format!(
                "<figcaption>{}</figcaption></figure>\n",
                escape(&caption)
            ));
            return;
        }
        self.start(Event::Start(Tag::Paragraph), "p", attributes);
        self.out.extend(events);
        self.out.push(Event::End(TagEnd::Paragraph));
    }

    /// Begins an element whose end pulldown-cmark writes, with the author's attributes on it.
    fn start(&mut self, event: Event<'a>, name: &str, attributes: &Attributes) {
        if attributes.is_empty() {
            self.out.push(event);
        } else {
            let more = attribute_text(attributes, self.raw_html_allowed());
            self.raw(format!("<{name}{more}>"));
        }
    }

    pub(super) fn raw_html_allowed(&self) -> bool {
        self.context.site.config.html.raw_html
    }

    fn event(
        &mut self,
        event: Event<'a>,
        span: &Range<usize>,
        events: &mut impl Iterator<Item = Spanned<'a>>,
        attributes: &Attributes,
    ) {
        match event {
            Event::Start(Tag::Image { dest_url, .. }) => {
                let inner = until(events, TagEnd::Image);
                let alt: String = inner.iter().map(|(event, _)| plain_text(event)).collect();
                self.image(&dest_url, &alt, attributes);
            }
            Event::Start(Tag::Link {
                link_type,
                dest_url,
                title,
                ..
            }) => {
                self.link(link_type, (&dest_url, &title), attributes);
            }
            Event::End(TagEnd::Link) => self.end_link(),
            Event::Start(Tag::List(start)) => {
                let (tag, start) = match start {
                    None => ("ul", String::new()),
                    Some(1) => ("ol", String::new()),
                    Some(start) => ("ol", format!(" start=\"{start}\"")),
                };
                let tag = format!("{tag}{start}");
                self.start(event, &tag, attributes);
            }
            Event::Start(Tag::Item) => self.start(event, "li", attributes),
            Event::Start(Tag::BlockQuote(_)) => self.start(event, "blockquote", attributes),
            Event::Start(Tag::Emphasis) => self.start(event, "em", attributes),
            Event::Start(Tag::Strong) => self.start(event, "strong", attributes),
            Event::Start(Tag::Strikethrough) => self.start(event, "del", attributes),
            Event::Start(Tag::DefinitionList) => self.start(event, "dl", attributes),
            Event::Code(code) if !attributes.is_empty() => {
                let more = attribute_text(attributes, self.raw_html_allowed());
                self.raw(format!("<code{more}>{}</code>", escape(&code)));
            }
            Event::Start(Tag::Table(_)) => {
                let name = escape(self.theme.string("table"));
                let more = format!(" role=\"group\" tabindex=\"0\" aria-label=\"{name}\"");
                self.open_tag_more("div", &["table"], attributes, &more);
                self.out.push(event);
            }
            Event::End(TagEnd::Table) => {
                self.out.push(event);
                self.raw("</div>\n".to_owned());
            }
            Event::Start(Tag::CodeBlock(kind)) => {
                let inner = until(events, TagEnd::CodeBlock);
                self.code(&kind, &inner, span);
            }
            Event::InlineMath(tex) => self.math(&tex, MathMode::Inline, span),
            Event::DisplayMath(tex) => self.math(&tex, MathMode::Display, span),
            Event::FootnoteReference(label) => {
                let mark = self.footnotes.mark(&label);
                self.raw(mark);
            }
            Event::Html(html) => {
                let html = self.raw_html(&html);
                self.out.push(Event::Html(html.into()));
            }
            Event::InlineHtml(html) => {
                let html = self.raw_html(&html);
                self.out.push(Event::InlineHtml(html.into()));
            }
            Event::TaskListMarker(done) => {
                let (checked, name) = if done {
                    (" checked", "done")
                } else {
                    ("", "to do")
                };
                self.raw(format!(
                    "<input type=\"checkbox\" disabled{checked} aria-label=\"{name}\"> "
                ));
            }
            event => self.out.push(event),
        }
    }

    pub(super) fn raw(&mut self, html: String) {
        self.out.push(Event::InlineHtml(html.into()));
    }

    fn code(&mut self, kind: &CodeBlockKind<'_>, inner: &[Spanned<'a>], span: &Range<usize>) {
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
        self.raw(html);
    }

    fn math(&mut self, tex: &str, mode: MathMode, span: &Range<usize>) {
        match to_mathml(tex, mode) {
            // It may be wider than a phone, and then the keyboard has to be able to scroll it.
            Ok(mathml) if mode == MathMode::Display => self.raw(format!(
                "<span class=\"formula\" role=\"group\" tabindex=\"0\">{mathml}</span>"
            )),
            Ok(mathml) => self.raw(mathml),
            Err(message) => {
                let message = format!("the formula cannot be read: {message}");
                let found =
                    self.page
                        .diagnostic("math-syntax", Severity::Warning, span.clone(), message);
                self.diagnostics
                    .push(found.help("its source is shown as code"));
                self.raw(format!("<code>{}</code>", escape(tex)));
            }
        }
    }
}

/// Whether a paragraph that begins so may hold an image and nothing else.
fn may_be_figure((markup, _): &Spanned<'_>) -> bool {
    matches!(
        markup,
        Markup::Attributes(_) | Markup::Plain(Event::Start(Tag::Image { .. }))
    )
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
