//! Finds what each attribute list is about, and puts it before that element's start.

use std::ops::Range;

use pulldown_cmark::{Event, Tag, TagEnd};

use crate::markdown::attributes::Attributes;
use crate::markdown::element::{Element, ElementEnd, Fold, Markup, Note};
use crate::markdown::parse::{Spanned, is_opaque_end};
use crate::markdown::run::Run;

/// An element that is open.
#[derive(Default)]
struct Open {
    /// The place of its start in the output.
    at: usize,
    /// The block in it that ended last.
    last: Option<usize>,
}

/// Puts the attributes of a page in their places and turns alerts into notes.
pub(super) struct Attacher<'a> {
    source: &'a str,
    out: Vec<Spanned<'a>>,
    /// Attributes, each with the place in the output of the start that they belong to.
    found: Vec<(usize, Attributes)>,
    open: Vec<Open>,
    /// The inline element that ended with the last event.
    inline: Option<usize>,
    opaque: usize,
}

impl<'a> Attacher<'a> {
    /// For the events of a text.
    pub(super) fn new(source: &'a str) -> Self {
        Self {
            source,
            // Text has about one event in twenty bytes.
            out: Vec::with_capacity(source.len() / 16 + 8),
            found: Vec::new(),
            open: vec![Open::default()],
            inline: None,
            opaque: 0,
        }
    }

    /// Reads the next event.
    pub(super) fn read(&mut self, event: Event<'a>, span: Range<usize>) {
        let inline = self.inline.take();
        match event {
            Event::Start(tag) => {
                self.opaque += usize::from(is_opaque_end(tag.to_end()));
                self.open.push(Open {
                    at: self.out.len(),
                    last: None,
                });
                match tag {
                    Tag::BlockQuote(Some(kind)) => {
                        let note = Note {
                            kind: format!("{kind:?}").to_lowercase(),
                            fold: Fold::Fixed,
                            attributes: Attributes::default(),
                        };
                        let title = span.start..span.start;
                        self.put(Markup::Open(Box::new(Element::Note(note))), span);
                        self.put(Markup::Open(Box::new(Element::Title)), title.clone());
                        self.put(Markup::Close(ElementEnd::Title), title);
                    }
                    tag => self.put(Markup::Plain(Event::Start(tag)), span),
                }
            }
            Event::End(tag) => self.end(tag, span),
            Event::Text(text) if self.opaque == 0 => {
                if let Some(at) = inline
                    && let Some((attributes, length)) = Attributes::prefix(&text)
                {
                    self.found.push((at, attributes));
                    let rest = Run::new(&text, &span, self.source).part(length..text.len());
                    if let Some((rest, place)) = rest {
                        self.put(Markup::Plain(rest), place);
                    }
                    return;
                }
                self.put(Markup::Plain(Event::Text(text)), span);
            }
            event => {
                if matches!(event, Event::Code(_) | Event::DisplayMath(_)) {
                    self.inline = Some(self.out.len());
                }
                self.put(Markup::Plain(event), span);
            }
        }
    }

    fn put(&mut self, event: Markup<'a>, span: Range<usize>) {
        self.out.push((event, span));
    }

    fn end(&mut self, tag: TagEnd, span: Range<usize>) {
        self.opaque -= usize::from(is_opaque_end(tag));
        let open = self.open.pop().unwrap_or_default();
        match tag {
            TagEnd::Paragraph if self.end_paragraph(open.at) => return,
            TagEnd::Heading(_) => self.end_heading(open.at),
            TagEnd::Item => self.end_item(open.at),
            _ => {}
        }
        match tag {
            TagEnd::Link
            | TagEnd::Image
            | TagEnd::Emphasis
            | TagEnd::Strong
            | TagEnd::Strikethrough => self.inline = Some(open.at),
            _ => {
                if let Some(above) = self.open.last_mut() {
                    above.last = Some(open.at);
                }
            }
        }
        let end = match tag {
            TagEnd::BlockQuote(Some(_)) => Markup::Close(ElementEnd::Note(Fold::Fixed)),
            tag => Markup::Plain(Event::End(tag)),
        };
        self.put(end, span);
    }

    /// A list on the last line of a paragraph is about the paragraph; one that stands alone is
    /// about the block before, and no paragraph is left. Gives whether none is.
    fn end_paragraph(&mut self, start: usize) -> bool {
        let Some(attributes) = self.last_line() else {
            return false;
        };
        if self.out.len() > start + 2 {
            self.out.truncate(self.out.len() - 2);
            self.found.push((start, attributes));
            return false;
        }
        let Some(before) = self.open.last().and_then(|above| above.last) else {
            return false;
        };
        self.out.truncate(start);
        self.found.push((before, attributes));
        true
    }

    /// The list that is all of the last line.
    fn last_line(&self) -> Option<Attributes> {
        let [.., (before, _), (Markup::Plain(Event::Text(text)), _)] = self.out.as_slice() else {
            return None;
        };
        let starts = matches!(
            before,
            Markup::Plain(Event::SoftBreak | Event::HardBreak | Event::Start(Tag::Paragraph))
        );
        let (found, start) = Attributes::suffix(text).filter(|_| starts)?;
        (start == 0).then_some(found)
    }

    /// pulldown-cmark knows attributes of headings, but not in the form with a colon.
    fn end_heading(&mut self, start: usize) {
        let Some((Markup::Plain(Event::Text(text)), _)) = self.out.last_mut() else {
            return;
        };
        let Some((found, at)) = Attributes::suffix(text) else {
            return;
        };
        *text = text[..at].trim_end().to_owned().into();
        if let Markup::Plain(Event::Start(Tag::Heading {
            id, classes, attrs, ..
        })) = &mut self.out[start].0
        {
            *id = id.take().or(found.id.map(Into::into));
            classes.extend(found.classes.into_iter().map(Into::into));
            let pairs = found.pairs.into_iter();
            attrs.extend(pairs.map(|(key, value)| (key.into(), Some(value.into()))));
        }
    }

    /// In a tight list the text stands in the item itself: a list at its end is about the item,
    /// one on a line of its own about the list.
    fn end_item(&mut self, start: usize) {
        if self.last_line().is_some_and(|_| self.out.len() > start + 2) {
            if let Some(found) = self.last_line() {
                self.out.truncate(self.out.len() - 2);
                let list = self.open.last().map_or(start, |list| list.at);
                self.found.push((list, found));
            }
            return;
        }
        let Some((Markup::Plain(Event::Text(text)), _)) = self.out.last_mut() else {
            return;
        };
        if let Some((found, at)) = Attributes::suffix(text) {
            *text = text[..at].trim_end().to_owned().into();
            self.found.push((start, found));
        }
    }

    /// Everything that was read.
    pub(super) fn finish(mut self) -> Vec<Spanned<'a>> {
        if self.found.is_empty() {
            return self.out;
        }
        self.found.sort_by_key(|(at, _)| *at);
        let mut found = self.found.into_iter().peekable();
        let mut out = Vec::with_capacity(self.out.len() + found.len());
        for (at, (event, span)) in self.out.into_iter().enumerate() {
            let mut attributes = Attributes::default();
            while let Some((_, more)) = found.next_if(|(place, _)| *place == at) {
                attributes.join(more);
            }
            if !attributes.is_empty() {
                match event {
                    Markup::Open(mut element) => {
                        if let Element::Note(note) = &mut *element {
                            note.attributes.join(attributes);
                        }
                        out.push((Markup::Open(element), span));
                        continue;
                    }
                    event => {
                        let place = span.start..span.start;
                        out.push((Markup::Attributes(Box::new(attributes)), place));
                        out.push((event, span));
                        continue;
                    }
                }
            }
            out.push((event, span));
        }
        out
    }
}
