//! The images of a page: what they say, and what stands around them and takes room from them. It is
//! read once with the outline, so that nobody has to walk the text again to know how wide an image
//! can be.

use std::ops::Range;

use pulldown_cmark::{Event, Tag, TagEnd};

use crate::markdown::attributes::Attributes;
use crate::markdown::element::{Element, ElementEnd, Markup};
use crate::markdown::html::{html_tag_spans, tag_attributes};
use crate::markdown::labels::LabelKind;

/// An image.
#[derive(Debug, Clone, PartialEq)]
pub struct Image {
    /// The file, as written.
    pub target: String,
    /// The alternative text; none where raw HTML leaves it out.
    pub alt: Option<String>,
    /// The title, which is the caption of an image that stands alone.
    pub title: String,
    /// What else the author says of it.
    pub attributes: Option<Box<Attributes>>,
    /// Whether it stands alone, in a paragraph, a figure or a gallery, and in no link.
    pub is_alone: bool,
    /// What it stands in, from the outside in.
    pub around: Vec<Around>,
    /// The bytes it came from.
    pub span: Range<usize>,
}

/// Something that an image stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Around {
    /// A list; its entries are indented.
    List,
    /// The meaning of a term.
    Definition,
    /// A quotation.
    Quote,
    /// A note beside the text.
    Note,
    /// One of several alternatives.
    Tab,
    /// A table with so many columns.
    Table(u8),
    /// A figure with a caption that stands right in the text.
    Figure,
    /// A figure whose parts stand side by side, so many in a row.
    Columns(u8),
    /// A gallery: whatever stands in its lists and paragraphs is a tile.
    Gallery,
    /// Cards side by side.
    Cards,
}

/// What is open around the present step.
#[derive(Debug, Default)]
pub(super) struct Surroundings {
    open: Vec<Option<Around>>,
    paragraph: Paragraph,
    /// Whether a link of raw HTML is open.
    in_link: bool,
}

/// What the present paragraph holds.
#[derive(Debug, Default)]
struct Paragraph {
    /// How many images came before it.
    before: usize,
    /// Whether there is anything in it but images.
    mixed: bool,
    in_image: bool,
}

impl Surroundings {
    /// Takes the next step; `images` are those that have ended.
    pub(super) fn step(&mut self, markup: &Markup<'_>, images: &mut [Image]) {
        self.paragraph(markup, images);
        match markup {
            Markup::Plain(Event::Start(tag)) => {
                if let Some(around) = around_of(tag) {
                    self.open.push(Some(around));
                }
            }
            Markup::Plain(Event::End(tag)) if is_end(*tag) => {
                self.open.pop();
            }
            Markup::Open(element) => self.element(element),
            Markup::Close(
                ElementEnd::Note(_)
                | ElementEnd::Tab
                | ElementEnd::Division
                | ElementEnd::Numbered(_),
            ) => {
                self.open.pop();
            }
            _ => {}
        }
    }

    /// An image that has a paragraph for itself stands alone; one with a title becomes a figure.
    fn paragraph(&mut self, markup: &Markup<'_>, images: &mut [Image]) {
        let Markup::Plain(event) = markup else {
            self.paragraph.mixed |= !matches!(markup, Markup::Attributes(_));
            return;
        };
        match event {
            Event::Start(Tag::Paragraph) => {
                self.paragraph = Paragraph {
                    before: images.len(),
                    ..Paragraph::default()
                };
            }
            Event::Start(Tag::Image { .. }) => self.paragraph.in_image = true,
            Event::End(TagEnd::Image) => self.paragraph.in_image = false,
            Event::End(TagEnd::Paragraph) if !self.paragraph.mixed => {
                if let Some([image]) = images.get_mut(self.paragraph.before..) {
                    image.is_alone = !self.in_link && !image.around.contains(&Around::Cards);
                    if !image.title.is_empty() && self.is_empty() {
                        image.around = vec![Around::Figure];
                    }
                }
            }
            _ if !self.paragraph.in_image => self.paragraph.mixed = true,
            _ => {}
        }
    }

    fn element(&mut self, element: &Element) {
        let around = match element {
            Element::Note(_) => Some(Around::Note),
            Element::Tab(_) => Some(Around::Tab),
            Element::Division(attributes) => division(attributes),
            Element::Numbered(numbered) => match (numbered.kind, numbered.columns) {
                (LabelKind::Equation, _) => None,
                (_, columns @ 2..) => Some(Around::Columns(small(columns))),
                _ if self.is_empty() => Some(Around::Figure),
                _ => None,
            },
            _ => return,
        };
        self.open.push(around);
    }

    /// Takes a run of raw HTML.
    pub(super) fn html(&mut self, html: &str) {
        for (_, name) in html_tag_spans(html) {
            match name {
                "a" | "A" => self.in_link = true,
                "/a" | "/A" => self.in_link = false,
                _ => {}
            }
        }
    }

    /// Whether an image that begins now is a figure, a part of one or a tile, and in no link of raw
    /// HTML.
    pub(super) fn is_figure(&self) -> bool {
        let last = self.open.iter().rev().flatten().next();
        let figure = [Around::Figure, Around::Gallery];
        let is_columns = |last: &Around| matches!(last, Around::Columns(_));
        let is_figure = last.is_some_and(|last| figure.contains(last) || is_columns(last));
        is_figure && !self.in_link
    }

    /// Whether nothing that takes room is open.
    pub(super) fn is_empty(&self) -> bool {
        self.open.iter().all(Option::is_none)
    }

    /// What is open, from the outside in. What stands in a gallery has no shape of its own.
    pub(super) fn now(&self) -> Vec<Around> {
        let mut found: Vec<Around> = self.open.iter().flatten().copied().collect();
        let grid = |around: &Around| matches!(around, Around::Gallery);
        if let Some(at) = found.iter().position(grid) {
            found.truncate(at + 1);
        }
        found
    }
}

fn around_of(tag: &Tag<'_>) -> Option<Around> {
    Some(match tag {
        Tag::List(_) => Around::List,
        Tag::DefinitionListDefinition => Around::Definition,
        Tag::BlockQuote(_) => Around::Quote,
        Tag::Table(sides) => Around::Table(small(sides.len())),
        _ => return None,
    })
}

fn is_end(tag: TagEnd) -> bool {
    matches!(
        tag,
        TagEnd::List(_) | TagEnd::DefinitionListDefinition | TagEnd::BlockQuote(_) | TagEnd::Table
    )
}

fn division(attributes: &Attributes) -> Option<Around> {
    let has = |name: &str| attributes.classes.iter().any(|class| class == name);
    match () {
        () if has("gallery") => Some(Around::Gallery),
        () if has("cards") => Some(Around::Cards),
        () => None,
    }
}

fn small(count: usize) -> u8 {
    u8::try_from(count.max(1)).unwrap_or(u8::MAX)
}

/// The attributes that say how large an image in HTML is shown, of the tag at `tag`.
pub(super) fn image_attributes(html: &str, tag: usize) -> Option<Box<Attributes>> {
    let mut found = Attributes::default();
    for attribute in tag_attributes(html.get(tag..)?) {
        let is_number = attribute.value.starts_with(|c: char| c.is_ascii_digit());
        if is_number && ["width", "height"].contains(&attribute.name.as_str()) {
            found.pairs.push((attribute.name, attribute.value));
        }
    }
    (!found.is_empty()).then(|| Box::new(found))
}

#[cfg(test)]
mod tests {
    use crate::markdown::{Outline, events};

    #[track_caller]
    fn case(text: &str, expected: &[&str]) {
        let outline = Outline::of(&events(text, 0));
        let found: Vec<String> = (outline.images.iter())
            .map(|image| format!("{} {:?}", image.target, image.around))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn what_stands_around_an_image_is_known() {
        case("![](a.jpg)\n", &["a.jpg []"]);
        case(
            "- > ![](a.jpg)\n\n![](b.jpg)\n",
            &["a.jpg [List, Quote]", "b.jpg []"],
        );
        case(
            "|a|b|\n|-|-|\n|![](a.jpg)|<img src=b.jpg>|\n\n![](c.jpg)\n",
            &["a.jpg [Table(2)]", "b.jpg [Table(2)]", "c.jpg []"],
        );
        case(
            "::: {.gallery}\n- ![](a.jpg)\n- ![](b.jpg)\n:::\n\n![](c.jpg)\n",
            &["a.jpg [Gallery]", "b.jpg [Gallery]", "c.jpg []"],
        );
        case(
            "!!! note\n    ![](a.jpg)\n\n![](b.jpg)\n",
            &["a.jpg [Note]", "b.jpg []"],
        );
        case(
            "::: {#fig-a layout-ncol=2}\n![A](a.jpg){#fig-b}\n\n![B](b.jpg){#fig-c}\n\nAll\n:::\n",
            &["a.jpg [Columns(2)]", "b.jpg [Columns(2)]"],
        );
        case("![A](a.jpg){#fig-a}\n", &["a.jpg [Figure]"]);
    }

    #[test]
    fn a_lone_image_with_a_title_is_a_figure() {
        case("![](a.jpg \"A\")\n", &["a.jpg [Figure]"]);
        case("![](a.jpg \"A\"){width=300}\n", &["a.jpg [Figure]"]);
        case("![](a.jpg \"A\") b\n", &["a.jpg []"]);
        case("[![](a.jpg \"A\")](b.md)\n", &["a.jpg []"]);
        case("> ![](a.jpg \"A\")\n", &["a.jpg [Quote]"]);
        case(
            "![](a.jpg \"A\")\n![](b.jpg \"B\")\n",
            &["a.jpg []", "b.jpg []"],
        );
    }

    #[test]
    fn an_image_that_stands_alone_is_known() {
        let case = |text: &str, expected: &[bool]| {
            let outline = Outline::of(&events(text, 0));
            let found = outline.images.iter().map(|image| image.is_alone);
            assert_eq!(found.collect::<Vec<_>>(), expected, "{text}");
        };
        case("![A](a.jpg)\n\n> ![B](b.jpg){width=50%}\n", &[true, true]);
        case("a ![A](a.jpg)\n\n- ![B](b.jpg)\n", &[false, false]);
        case("[![A](a.jpg)](b.md)\n", &[false]);
        case(
            "<a href=b.md>\n\n![A](a.jpg)\n\n</a>\n\n![A](a.jpg)\n",
            &[false, true],
        );
        case(
            "<a href=b.md>![A](a.jpg)</a>\n\n<img src=a.jpg>\n",
            &[false, false],
        );
        case(
            "::: gallery\n![A](a.jpg)\n![B](b.jpg)\n:::\n",
            &[true, true],
        );
        case("::: gallery\n[![A](a.jpg)](b.md)\n:::\n", &[false]);
        case("![A](a.jpg){#fig-a}\n", &[true]);
        case("::: cards\n- ![A](a.jpg)\n\n  A\n:::\n", &[false]);
    }

    #[test]
    fn the_size_of_an_image_is_known() {
        let outline = Outline::of(&events(
            "![](a.jpg){width=300 .b}\n\n<img\n width=40 src=b.jpg>\n",
            0,
        ));
        let width = |at: usize| outline.images[at].attributes.as_ref()?.get("width");
        assert_eq!((width(0), width(1)), (Some("300"), Some("40")));
    }
}
