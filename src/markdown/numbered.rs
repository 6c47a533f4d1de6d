//! Figures, tables, equations and listings that have a label: each is held together with its
//! caption, wherever the dialect of its author has it.

use std::ops::Range;
use std::vec::IntoIter;

use pulldown_cmark::{CodeBlockKind, CowStr, Event, Tag, TagEnd};

use crate::markdown::attributes::Attributes;
use crate::markdown::captions::{
    Caption, CaptionEvents, Labelled, caption_of, end_of, labelled, last_paragraph, last_row,
    lone_image, take_pair,
};
use crate::markdown::element::{CaptionSource, Element, ElementEnd, Markup, Numbered};
use crate::markdown::fence::Fence;
use crate::markdown::labels::{LabelKind, list_of, read_references};
use crate::markdown::parse::Spanned;
use crate::markdown::parts::{columns, count_parts};
use crate::markdown::run::Run;

/// Puts what has a label, and its caption, into an element of its own; `source` is what the spans
/// are about.
pub(super) fn read_numbered<'a>(events: Vec<Spanned<'a>>, source: &str) -> Vec<Spanned<'a>> {
    read_within(
        events,
        source,
        vec![LabelKind::Figure, LabelKind::Table, LabelKind::Listing],
    )
}

/// The same; `lists` are those that may still stand here, each once in a page.
fn read_within<'a>(
    events: Vec<Spanned<'a>>,
    source: &str,
    lists: Vec<LabelKind>,
) -> Vec<Spanned<'a>> {
    let mut reader = Reader {
        source,
        lists,
        out: Vec::with_capacity(events.len() + 16),
        rest: events.into_iter(),
    };
    while let Some((markup, span)) = reader.rest.next() {
        reader.read(markup, span);
    }
    reader.out
}

struct Reader<'a, 's> {
    source: &'s str,
    lists: Vec<LabelKind>,
    out: Vec<Spanned<'a>>,
    rest: IntoIter<Spanned<'a>>,
}

impl<'a> Reader<'a, '_> {
    fn read(&mut self, markup: Markup<'a>, span: Range<usize>) {
        match markup {
            Markup::Attributes(attributes) => {
                let taken = labelled(&attributes).is_some_and(|label| self.block(label));
                if !taken {
                    self.out.push((Markup::Attributes(attributes), span));
                }
            }
            Markup::Plain(Event::Start(Tag::Paragraph)) => self.paragraph(span),
            Markup::Plain(Event::Start(Tag::Table(sides))) => {
                self.table(Tag::Table(sides), span, None);
            }
            Markup::Plain(Event::Start(Tag::CodeBlock(kind))) => self.code(kind, span, None),
            Markup::Plain(Event::DisplayMath(tex)) => self.equation(tex, span, None),
            Markup::Open(element) => match *element {
                Element::Division(attributes) => self.division(attributes, span),
                element => self.out.push((Markup::Open(Box::new(element)), span)),
            },
            markup => self.out.push((markup, span)),
        }
    }

    /// Reads the block that labelled attributes stand before; gives whether it is one.
    fn block(&mut self, label: Labelled) -> bool {
        match self.rest.as_slice() {
            [(Markup::Plain(Event::Start(Tag::Table(_))), _), ..] => {
                if let Some((Markup::Plain(Event::Start(tag)), span)) = self.rest.next() {
                    self.table(tag, span, Some(label));
                }
                true
            }
            [(Markup::Plain(Event::Start(Tag::CodeBlock(_))), _), ..] => {
                if let Some((Markup::Plain(Event::Start(Tag::CodeBlock(kind))), span)) =
                    self.rest.next()
                {
                    self.code(kind, span, Some(label));
                }
                true
            }
            [(Markup::Plain(Event::DisplayMath(_)), _), ..] => {
                if let Some((Markup::Plain(Event::DisplayMath(tex)), span)) = self.rest.next() {
                    self.equation(tex, span, Some(label));
                }
                true
            }
            [
                (Markup::Plain(Event::Start(Tag::Paragraph)), start),
                (Markup::Plain(Event::DisplayMath(_)), _),
                (Markup::Plain(Event::End(TagEnd::Paragraph)), _),
                ..,
            ] => {
                let span = start.clone();
                self.out
                    .extend(self.rest.next().map(|(start, _)| (start, span)));
                self.block(label)
            }
            [
                (Markup::Plain(Event::Start(Tag::Paragraph)), start),
                rest @ ..,
            ] => {
                let Some(length) = lone_image(rest) else {
                    return false;
                };
                let span = start.clone();
                self.rest.next();
                self.figure(length, span, label);
                true
            }
            _ => false,
        }
    }

    /// A paragraph may be a labelled image, or the caption above a table.
    fn paragraph(&mut self, span: Range<usize>) {
        let rest = self.rest.as_slice();
        if let Some(length) = lone_image(rest)
            && let Some((Markup::Attributes(attributes), _)) = rest.first()
            && let Some(label) = labelled(attributes)
        {
            self.rest.next();
            return self.figure(length - 1, span, label);
        }
        if let Some(caption) = Caption::find(rest)
            && let [(Markup::Plain(Event::Start(Tag::Table(_))), _), ..] = rest[caption.length..]
        {
            let caption = caption.take(&mut self.rest, self.source);
            if let Some((Markup::Plain(Event::Start(tag)), span)) = self.rest.next() {
                self.table_with(tag, span, caption);
            }
            return;
        }
        if let Some(kind) = self.list() {
            self.rest.nth(1);
            let element = Box::new(Element::ListOf(kind));
            self.out.push((Markup::Open(element), span.clone()));
            let place = span.end..span.end;
            self.out.push((Markup::Close(ElementEnd::ListOf), place));
            return;
        }
        let start = Event::Start(Tag::Paragraph);
        self.out.push((Markup::Plain(start), span));
    }

    /// What the paragraph lists whose start was read.
    fn list(&mut self) -> Option<LabelKind> {
        let [
            (Markup::Plain(Event::Text(text)), _),
            (Markup::Plain(Event::End(TagEnd::Paragraph)), _),
            ..,
        ] = self.rest.as_slice()
        else {
            return None;
        };
        let kind = list_of(text)?;
        let at = self.lists.iter().position(|known| *known == kind)?;
        Some(self.lists.remove(at))
    }

    /// An image alone in its paragraph. Its caption is its title, or else its alternative text.
    fn figure(&mut self, length: usize, span: Range<usize>, (kind, mut label): Labelled) {
        let mut image: Vec<Spanned<'a>> = self.rest.by_ref().take(length).collect();
        image.pop();
        if let Some((Markup::Attributes(own), _)) = image.first() {
            label.join((**own).clone());
            image.remove(0);
        }
        let alt = take_pair(&mut label, &["fig-alt", "alt"]);
        let own = take_pair(&mut label, &["fig-cap", "caption"]);
        take_pair(&mut label, &["fig-scap", "fig-align", "fig-pos", "fig-env"]);
        let mut title = String::new();
        if let Some((Markup::Plain(Event::Start(Tag::Image { title: told, .. })), _)) =
            image.first_mut()
        {
            title = std::mem::replace(told, "".into()).to_string();
        }
        let inner: Vec<Spanned<'a>> = image[1..image.len() - 1].to_vec();
        let caption = match own.or(Some(title).filter(|title| !title.is_empty())) {
            Some(own) => caption_of(&own, &span),
            None => read_references(inner, self.source),
        };
        if let Some(alt) = alt {
            image.splice(
                1..image.len() - 1,
                [(Markup::Plain(Event::Text(alt.into())), span.clone())],
            );
        }
        let id = label.id.take().unwrap_or_default();
        self.open(kind, id, &mut Attributes::default(), &span);
        if !label.is_empty() {
            let place = span.start..span.start;
            self.out.push((Markup::Attributes(Box::new(label)), place));
        }
        self.out.extend(image);
        self.caption(CaptionSource::Attribute, caption, &span);
        self.close(kind, &span);
    }

    fn table(&mut self, tag: Tag<'a>, span: Range<usize>, label: Option<Labelled>) {
        let label = label.map(|(_, mut attributes)| {
            let words = take_pair(&mut attributes, &["tbl-cap", "caption"]);
            let caption = caption_of(&words.unwrap_or_default(), &span);
            (attributes, CaptionSource::Attribute, caption)
        });
        match label {
            Some(found) => self.table_with(tag, span, found),
            None => {
                let end = end_of(self.rest.as_slice(), TagEnd::Table);
                let mut table: Vec<Spanned<'a>> = self.rest.by_ref().take(end).collect();
                let below = match self.rest.as_slice() {
                    [(Markup::Plain(Event::Start(Tag::Paragraph)), _), rest @ ..] => {
                        Caption::find(rest)
                    }
                    _ => None,
                };
                let found = match below {
                    Some(caption) => {
                        self.rest.next();
                        Some(caption.take(&mut self.rest, self.source))
                    }
                    None => last_row(&mut table, self.source),
                };
                self.whole_table(tag, table, span, found);
            }
        }
    }

    fn table_with(&mut self, tag: Tag<'a>, span: Range<usize>, caption: CaptionEvents<'a>) {
        let end = end_of(self.rest.as_slice(), TagEnd::Table);
        let table: Vec<Spanned<'a>> = self.rest.by_ref().take(end).collect();
        self.whole_table(tag, table, span, Some(caption));
    }

    fn whole_table(
        &mut self,
        tag: Tag<'a>,
        table: Vec<Spanned<'a>>,
        span: Range<usize>,
        caption: Option<CaptionEvents<'a>>,
    ) {
        let start = (Markup::Plain(Event::Start(tag)), span.clone());
        let Some((mut attributes, source, caption)) = caption else {
            self.out.push(start);
            self.out.extend(table);
            return;
        };
        let id = attributes.id.take().unwrap_or_default();
        let kind = LabelKind::of(&id).unwrap_or(LabelKind::Table);
        self.open(kind, id, &mut attributes, &span);
        let mut block = vec![start];
        block.extend(table);
        self.captioned(kind, (source, caption), block, &span);
    }

    fn code(&mut self, block: CodeBlockKind<'a>, span: Range<usize>, label: Option<Labelled>) {
        let mut words = None;
        let label = match (label, &block) {
            (Some((kind, mut attributes)), _) => {
                words = take_pair(&mut attributes, &["lst-cap", "fig-cap", "caption"]);
                Some((kind, attributes))
            }
            (None, CodeBlockKind::Fenced(info)) if info.contains('#') => {
                let fence = Fence::parse(info);
                words = fence.caption;
                let attributes = Attributes {
                    id: fence.id,
                    ..Attributes::default()
                };
                labelled(&attributes)
            }
            _ => None,
        };
        let start = (
            Markup::Plain(Event::Start(Tag::CodeBlock(block))),
            span.clone(),
        );
        let Some((kind, mut attributes)) = label else {
            self.out.push(start);
            return;
        };
        let id = attributes.id.take().unwrap_or_default();
        let end = end_of(self.rest.as_slice(), TagEnd::CodeBlock);
        let caption = caption_of(&words.unwrap_or_default(), &span);
        self.open(kind, id, &mut attributes, &span);
        let mut block = vec![start];
        block.extend(self.rest.by_ref().take(end));
        self.captioned(kind, (CaptionSource::Attribute, caption), block, &span);
    }

    /// A formula; its label stands behind it on the same line.
    fn equation(&mut self, tex: CowStr<'a>, span: Range<usize>, label: Option<Labelled>) {
        let label = label.map(|(_, attributes)| attributes).or_else(|| {
            let (Markup::Plain(Event::Text(text)), place) = self.rest.as_slice().first()? else {
                return None;
            };
            let start = text.len() - text.trim_start().len();
            let (attributes, length) = Attributes::prefix(&text[start..])?;
            labelled(&attributes)?;
            let after = Run::new(text, place, self.source).part(start + length..text.len());
            match (self.rest.as_mut_slice().first_mut(), after) {
                (Some(left), Some((event, place))) => *left = (Markup::Plain(event), place),
                _ => drop(self.rest.next()),
            }
            Some(attributes)
        });
        let event = (Markup::Plain(Event::DisplayMath(tex)), span.clone());
        let Some(mut attributes) = label else {
            self.out.push(event);
            return;
        };
        let id = attributes.id.take().unwrap_or_default();
        self.open(LabelKind::Equation, id, &mut attributes, &span);
        self.out.push(event);
        self.close(LabelKind::Equation, &span);
    }

    /// A container with a label: its last paragraph is the caption.
    fn division(&mut self, mut attributes: Attributes, span: Range<usize>) {
        let Some((kind, _)) = labelled(&attributes) else {
            let element = Element::Division(attributes);
            self.out.push((Markup::Open(Box::new(element)), span));
            return;
        };
        let mut depth = 0;
        let end = self.rest.as_slice().iter().position(|(markup, _)| {
            match markup {
                Markup::Open(_) => depth += 1,
                Markup::Close(ElementEnd::Division) if depth == 0 => return true,
                Markup::Close(_) => depth -= 1,
                _ => {}
            }
            false
        });
        let length = end.unwrap_or(self.rest.len());
        let mut inner: Vec<Spanned<'a>> = self.rest.by_ref().take(length).collect();
        self.rest.next();
        let own = take_pair(
            &mut attributes,
            &["fig-cap", "tbl-cap", "lst-cap", "caption"],
        );
        let (source, caption) = match own {
            Some(own) => (CaptionSource::Attribute, caption_of(&own, &span)),
            None => (CaptionSource::Text, last_paragraph(&mut inner)),
        };
        let mut inner = read_within(inner, self.source, Vec::new());
        let parts = count_parts(&mut inner, kind);
        let columns = columns(&mut attributes, parts);
        let id = attributes.id.take().unwrap_or_default();
        self.open(kind, id, &mut attributes, &span);
        if let Some((Markup::Open(element), _)) = self.out.last_mut()
            && let Element::Numbered(numbered) = &mut **element
        {
            numbered.columns = columns;
        }
        self.captioned(kind, (source, caption), inner, &span);
    }

    /// The caption of a figure stands below it, that of a table or a listing above.
    fn captioned(
        &mut self,
        kind: LabelKind,
        (source, words): (CaptionSource, Vec<Spanned<'a>>),
        inner: Vec<Spanned<'a>>,
        span: &Range<usize>,
    ) {
        if kind == LabelKind::Figure {
            self.out.extend(inner);
            self.caption(source, words, span);
        } else {
            self.caption(source, words, span);
            self.out.extend(inner);
        }
        self.close(kind, span);
    }

    fn open(&mut self, kind: LabelKind, id: String, more: &mut Attributes, span: &Range<usize>) {
        let numbered = Numbered {
            kind,
            id,
            part: None,
            columns: 1,
            attributes: std::mem::take(more),
        };
        let element = Box::new(Element::Numbered(numbered));
        self.out.push((Markup::Open(element), span.clone()));
    }

    fn close(&mut self, kind: LabelKind, span: &Range<usize>) {
        let end = Markup::Close(ElementEnd::Numbered(kind));
        self.out.push((end, span.end..span.end));
    }

    fn caption(&mut self, source: CaptionSource, words: Vec<Spanned<'a>>, span: &Range<usize>) {
        let place = words.first().map_or(span.start, |(_, first)| first.start);
        let open = Markup::Open(Box::new(Element::Caption(source)));
        self.out.push((open, place..place));
        self.out.extend(words);
        let close = Markup::Close(ElementEnd::Caption(source));
        self.out.push((close, place..place));
    }
}
