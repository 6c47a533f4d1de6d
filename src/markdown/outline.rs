//! What a page holds, read once: headings, links, images, ids, words.

use std::ops::Range;

use pulldown_cmark::{Event, LinkType, Tag, TagEnd};

use crate::markdown::attributes::Attributes;
use crate::markdown::element::{Element, ElementEnd, Markup};
use crate::markdown::html::{html_references, is_wordless_link};
use crate::markdown::images::{Image, Surroundings, image_attributes};
use crate::markdown::labels::LabelKind;
use crate::markdown::parse::Spanned;
use crate::markdown::raw_html::HtmlRun;
use crate::markdown::slug::{Slugs, slug};
use crate::markdown::words::words_in;

/// What a page holds.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Outline {
    /// The headings in order, each with its final id. Renderers number headings in the same order.
    pub headings: Vec<Heading>,
    /// The links in order.
    pub links: Vec<Link>,
    /// The images in order.
    pub images: Vec<Image>,
    /// Ids that raw HTML and attributes give, with their places.
    pub html_ids: Vec<(String, Range<usize>)>,
    /// Footnotes that are referred to, and those that are defined.
    pub footnotes: Footnotes,
    /// What has a label, in order.
    pub labels: Vec<Label>,
    /// The kinds of labels that are listed, in order.
    pub lists: Vec<LabelKind>,
    /// The labels that are referred to, in order.
    pub label_uses: Vec<(String, Range<usize>)>,
    /// The number of words, code left out.
    pub words: usize,
    /// Whether raw HTML occurs.
    pub has_html: bool,
    /// The text of the first paragraph, at most 300 characters.
    pub summary: String,
}

/// The labels of a page's footnotes, with the places of the marks.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Footnotes {
    /// The marks in the text.
    pub references: Vec<(String, Range<usize>)>,
    /// The notes.
    pub definitions: Vec<(String, Range<usize>)>,
}

/// Something that has a label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// What it is.
    pub kind: LabelKind,
    /// The label as written, which is its id.
    pub id: String,
    /// The words of its caption without markup; none of a section.
    pub caption: String,
    /// If it is a part of something: the place of that among the labels, and its own among the
    /// parts, from 1.
    pub part: Option<(usize, usize)>,
    /// The bytes it came from.
    pub span: Range<usize>,
}

/// A heading.
#[derive(Debug, Clone, PartialEq)]
pub struct Heading {
    /// 1 to 6.
    pub level: u8,
    /// The id, unique in the page.
    pub id: String,
    /// The text without markup.
    pub text: String,
    /// Its number, if it has one; the site gives it.
    pub number: Option<String>,
    /// Whether the author wants none.
    pub is_unnumbered: bool,
    /// The bytes it came from.
    pub span: Range<usize>,
}

/// A link.
#[derive(Debug, Clone, PartialEq)]
pub struct Link {
    /// Where it leads, as written.
    pub target: String,
    /// The text without markup; the alternative text of images counts.
    pub text: String,
    /// How it was written.
    pub kind: LinkKind,
    /// The bytes it came from.
    pub span: Range<usize>,
}

/// How a link was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkKind {
    /// In Markdown.
    Markdown,
    /// As a bare address or in angle brackets.
    Auto,
    /// As raw HTML.
    Html,
}

impl Outline {
    /// What stands in the steps through a text.
    pub fn of(events: &[Spanned<'_>]) -> Self {
        let mut reader = Reader::default();
        for (markup, span) in events {
            reader.step(markup, span);
        }
        reader.finish()
    }
}

/// The first 300 letters.
fn beginning(text: &str) -> &str {
    let end = text.char_indices().nth(300);
    end.map_or(text, |(end, _)| &text[..end])
}

/// Reads an outline step by step.
#[derive(Default)]
pub(super) struct Reader {
    outline: Outline,
    slugs: Slugs,
    heading: Option<(Option<String>, Heading)>,
    link: Option<Link>,
    /// Whether the link holds raw HTML other than images, which may say something.
    link_holds_html: bool,
    image: Option<Image>,
    /// What an attribute list says of the image that begins next.
    attributes: Option<Box<Attributes>>,
    around: Surroundings,
    paragraph: Option<String>,
    caption: Option<String>,
    /// The places among the labels of what is numbered and open.
    numbered: Vec<usize>,
    in_code: bool,
    in_note: bool,
    /// Raw HTML whose lines are not all read yet.
    html: HtmlRun,
}

impl Reader {
    /// Takes the next step.
    pub(super) fn step(&mut self, markup: &Markup<'_>, span: &Range<usize>) {
        if let Markup::Plain(Event::Html(html)) = markup {
            self.html.add(html, span);
            return;
        }
        self.end_html();
        self.around.step(markup, &mut self.outline.images);
        let attributes = self.attributes.take();
        match markup {
            Markup::Plain(event) => self.read(event, span.clone(), attributes),
            Markup::Attributes(found) => {
                self.id(found.id.as_ref(), span);
                self.attributes = Some(found.clone());
            }
            Markup::Open(element) => match &**element {
                Element::Note(note) => self.id(note.attributes.id.as_ref(), span),
                Element::Tabs(found) | Element::Division(found) => {
                    self.id(found.id.as_ref(), span);
                }
                Element::Numbered(found) => {
                    self.id(Some(&found.id), span);
                    let above = self.numbered.last().copied();
                    self.numbered.push(self.outline.labels.len());
                    self.label(found.kind, found.id.clone(), span.clone());
                    if let Some(label) = self.outline.labels.last_mut() {
                        label.part = above.zip(found.part);
                    }
                }
                Element::Caption(_) => self.caption = Some(String::new()),
                Element::ListOf(kind) => self.outline.lists.push(*kind),
                Element::Reference(found) => {
                    let used = (found.label.clone(), span.clone());
                    self.outline.label_uses.push(used);
                }
                _ => {}
            },
            Markup::Close(ElementEnd::Numbered(_)) => {
                self.numbered.pop();
            }
            Markup::Close(ElementEnd::Caption(_)) => self.end_caption(),
            Markup::Close(_) => {}
        }
    }

    /// What was read. It is kept for as long as the site is, without room for more.
    pub(super) fn finish(mut self) -> Outline {
        self.end_html();
        self.outline.headings.shrink_to_fit();
        self.outline.links.shrink_to_fit();
        self.outline.images.shrink_to_fit();
        self.outline
    }

    fn id(&mut self, id: Option<&String>, span: &Range<usize>) {
        let given = id.map(|id| (id.clone(), span.clone()));
        self.outline.html_ids.extend(given);
    }

    fn label(&mut self, kind: LabelKind, id: String, span: Range<usize>) {
        self.outline.labels.push(Label {
            kind,
            id,
            caption: String::new(),
            part: None,
            span,
        });
    }

    fn end_caption(&mut self) {
        let words = self.caption.take().unwrap_or_default();
        let labels = &mut self.outline.labels;
        if let Some(label) = self.numbered.last().and_then(|at| labels.get_mut(*at)) {
            words.trim().clone_into(&mut label.caption);
        }
    }

    fn read(&mut self, event: &Event<'_>, span: Range<usize>, attributes: Option<Box<Attributes>>) {
        match event {
            Event::Start(tag) => self.start(tag, span, attributes),
            Event::End(tag) => self.end(*tag),
            Event::Text(text) => {
                if !self.in_code {
                    self.outline.words += words_in(text);
                    self.text(text);
                }
            }
            Event::Code(text) | Event::InlineMath(text) | Event::DisplayMath(text) => {
                self.text(text);
            }
            Event::SoftBreak | Event::HardBreak => self.text(" "),
            Event::Html(html) | Event::InlineHtml(html) => {
                self.html.add(html, &span);
                self.end_html();
            }
            Event::FootnoteReference(label) => {
                self.outline
                    .footnotes
                    .references
                    .push((label.to_string(), span));
            }
            Event::Rule | Event::TaskListMarker(_) => {}
        }
    }

    fn start(&mut self, tag: &Tag<'_>, span: Range<usize>, attributes: Option<Box<Attributes>>) {
        match tag {
            Tag::Heading {
                level, id, classes, ..
            } => {
                let id = id.as_ref().map(ToString::to_string);
                let is_unnumbered = classes.iter().any(|class| &**class == "unnumbered");
                let heading = Heading {
                    level: *level as u8,
                    id: String::new(),
                    text: String::new(),
                    number: None,
                    is_unnumbered,
                    span,
                };
                self.heading = Some((id, heading));
            }
            Tag::Link {
                link_type,
                dest_url,
                ..
            } => {
                let auto = matches!(link_type, LinkType::Autolink | LinkType::Email);
                let target = match link_type {
                    LinkType::Email => format!("mailto:{dest_url}"),
                    _ => dest_url.to_string(),
                };
                self.link_holds_html = false;
                let kind = if auto {
                    LinkKind::Auto
                } else {
                    LinkKind::Markdown
                };
                self.link = Some(Link {
                    target,
                    text: String::new(),
                    kind,
                    span,
                });
            }
            Tag::Image {
                dest_url, title, ..
            } => {
                self.image = Some(Image {
                    target: dest_url.to_string(),
                    alt: Some(String::new()),
                    title: title.to_string(),
                    attributes,
                    is_alone: self.link.is_none() && self.around.is_figure(),
                    around: self.around.now(),
                    span,
                });
            }
            Tag::Paragraph if self.outline.summary.is_empty() && !self.in_note => {
                self.paragraph = Some(String::new());
            }
            Tag::CodeBlock(_) => self.in_code = true,
            Tag::FootnoteDefinition(label) => {
                self.in_note = true;
                self.outline
                    .footnotes
                    .definitions
                    .push((label.to_string(), span));
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Heading(_) => {
                if let Some((id, mut heading)) = self.heading.take() {
                    if let Some(id) = &id
                        && LabelKind::of(id) == Some(LabelKind::Section)
                    {
                        self.label(LabelKind::Section, id.clone(), heading.span.clone());
                    }
                    let id = id.unwrap_or_else(|| slug(&heading.text));
                    heading.id = self.slugs.take(&id);
                    let text = std::mem::take(&mut heading.text);
                    text.trim().clone_into(&mut heading.text);
                    self.outline.headings.push(heading);
                }
            }
            TagEnd::Link => {
                if let Some(mut link) = self.link.take() {
                    if self.link_holds_html && link.text.trim().is_empty() {
                        "html".clone_into(&mut link.text);
                    }
                    self.outline.links.push(link);
                }
            }
            TagEnd::Image => {
                if let Some(image) = self.image.take() {
                    let alt = image.alt.clone().unwrap_or_default();
                    if let Some(link) = &mut self.link {
                        link.text.push_str(&alt);
                    }
                    self.outline.images.push(image);
                }
            }
            TagEnd::Paragraph => {
                let text = self.paragraph.take().unwrap_or_default();
                if self.outline.summary.is_empty() {
                    beginning(text.trim()).clone_into(&mut self.outline.summary);
                }
            }
            TagEnd::CodeBlock => self.in_code = false,
            TagEnd::FootnoteDefinition => self.in_note = false,
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        if let Some(alt) = self.image.as_mut().and_then(|image| image.alt.as_mut()) {
            alt.push_str(text);
            return;
        }
        let link = self.link.as_mut().map(|link| &mut link.text);
        let heading = self.heading.as_mut().map(|(_, heading)| &mut heading.text);
        for place in [
            link,
            heading,
            self.caption.as_mut(),
            self.paragraph.as_mut(),
        ]
        .into_iter()
        .flatten()
        {
            place.push_str(text);
        }
    }

    fn end_html(&mut self) {
        if self.html.html.is_empty() {
            return;
        }
        self.outline.has_html = true;
        let run = std::mem::take(&mut self.html);
        let start = run.html.get(..4).unwrap_or("").to_ascii_lowercase();
        self.around.html(&run.html);
        self.link_holds_html |= start != "<img" && start != "<!--";
        // The text of an image may stand before or after its file.
        let (mut tag, mut alt, mut pictured) = (None, None, None);
        for mut found in html_references(&run.html, 0) {
            if tag != Some(found.tag) {
                (tag, alt) = (Some(found.tag), None);
            }
            found.span = run.span(&found.span);
            match (found.element.as_str(), found.attribute.as_str()) {
                (_, "id") | ("a", "name") => self.outline.html_ids.push((found.value, found.span)),
                _ if found.leads() => self.outline.links.push(Link {
                    target: found.value,
                    text: match is_wordless_link(&run.html, found.tag) {
                        true => String::new(),
                        false => "html".to_owned(),
                    },
                    kind: LinkKind::Html,
                    span: found.span,
                }),
                ("img", "src") => {
                    pictured = tag;
                    self.outline.images.push(Image {
                        target: found.value,
                        alt: alt.take(),
                        title: String::new(),
                        attributes: image_attributes(&run.html, found.tag),
                        is_alone: false,
                        around: self.around.now(),
                        span: found.span,
                    });
                }
                ("img", "alt") => {
                    if let Some(link) = &mut self.link {
                        link.text.push_str(&found.value);
                    }
                    match self.outline.images.last_mut() {
                        Some(image) if pictured == tag => image.alt = Some(found.value),
                        _ => alt = Some(found.value),
                    }
                }
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::markdown::events;

    #[test]
    fn a_page_is_read_in_one_pass() {
        let text = "# Tides `x`\n\nThe [moon](moon.md) pulls.[^1]\n\n## Neap {#neap}\n\n## Neap {#neap}\n\n\
                    ![a *boat*](boat.jpg \"At sea\")\n\n[^1]: Note.\n";
        let outline = Outline::of(&events(text, 0));
        let ids: Vec<&str> = outline
            .headings
            .iter()
            .map(|heading| heading.id.as_str())
            .collect();
        assert_eq!(ids, ["tides-x", "neap", "neap-1"]);
        assert_eq!(
            (
                outline.links[0].target.as_str(),
                outline.links[0].text.as_str()
            ),
            ("moon.md", "moon")
        );
        assert_eq!(outline.images[0].alt.as_deref(), Some("a boat"));
        assert_eq!(outline.images[0].title, "At sea");
        assert_eq!(outline.summary, "The moon pulls.");
        assert_eq!(outline.footnotes.references.len(), 1);
        assert_eq!(outline.footnotes.definitions[0].0, "1");
    }

    #[test]
    fn raw_html_counts_too() {
        let outline = Outline::of(&events(
            "<a id=\"top\"></a>\n\n<img src=\"x.png\" alt=\"X\"> <a href=\"y.md\">y</a>\n",
            5,
        ));
        assert_eq!(outline.html_ids[0].0, "top");
        assert_eq!(outline.images[0].alt.as_deref(), Some("X"));
        assert_eq!(outline.links[0].target, "y.md");
        assert!(outline.has_html);
        let link = |text: &str| Outline::of(&events(text, 0)).links[0].text.clone();
        assert_eq!(link("[<img src=\"l.png\" alt=\"Logo\">](x.md)\n"), "Logo");
        assert_eq!(link("[<i class=\"fa\"></i>](x.md)\n"), "html");
        assert_eq!(link("[<b>here</b>](x.md)\n"), "here");
        assert_eq!(link("[<img src=\"l.png\">](x.md)\n"), "");
        assert_eq!(link("[<img alt=\"a &amp; b\" src=l.png>](x.md)\n"), "a & b");
        let outline = Outline::of(&events("> <p>\n> <a\n>  href=\"y.md\">y</a>\n", 0));
        assert_eq!(outline.links[0].target, "y.md");
        assert_eq!(outline.links[0].span, 20..24);
    }
}
