//! Captions, wherever an author writes them: below or above a table, as the last paragraph of a
//! container, in an attribute.

use std::ops::Range;
use std::vec::IntoIter;

use pulldown_cmark::{Event, Tag, TagEnd};

use crate::markdown::attributes::Attributes;
use crate::markdown::element::{CaptionSource, Markup};
use crate::markdown::labels::{LabelKind, read_references};
use crate::markdown::parse::{Spanned, parse};
use crate::markdown::run::Run;

/// The attributes that have a label, and its kind.
pub(super) type Labelled = (LabelKind, Attributes);

pub(super) fn labelled(attributes: &Attributes) -> Option<Labelled> {
    let kind = LabelKind::of(attributes.id.as_deref()?)?;
    (kind != LabelKind::Section).then(|| (kind, attributes.clone()))
}

/// A caption with the attributes that stand in it.
pub(super) type CaptionEvents<'a> = (Attributes, CaptionSource, Vec<Spanned<'a>>);

/// A paragraph such as `: The words {#tbl-x}`.
pub(super) struct Caption {
    attributes: Attributes,
    /// How many bytes of its first text say that it is a caption.
    mark: usize,
    /// Where the attributes begin in its last text.
    end: usize,
    /// How many events it has, with its end.
    pub(super) length: usize,
}

impl Caption {
    /// Looks at the events of a paragraph whose start was read.
    pub(super) fn find(rest: &[Spanned<'_>]) -> Option<Self> {
        let (Markup::Plain(Event::Text(first)), _) = rest.first()? else {
            return None;
        };
        let mark = caption_mark(first)?;
        let length = end_of(rest, TagEnd::Paragraph);
        let (Markup::Plain(Event::Text(last)), _) = rest.get(length.checked_sub(2)?)? else {
            return None;
        };
        let (attributes, end) = Attributes::suffix(last)?;
        let (kind, attributes) = labelled(&attributes)?;
        (kind == LabelKind::Table).then_some(Self {
            attributes,
            mark,
            end,
            length,
        })
    }

    /// Takes the events out; `source` is what their spans are about.
    pub(super) fn take<'a>(
        self,
        rest: &mut IntoIter<Spanned<'a>>,
        source: &str,
    ) -> CaptionEvents<'a> {
        let mut words: Vec<Spanned<'a>> = rest.by_ref().take(self.length).collect();
        words.pop();
        let mark = self.mark;
        cut(&mut words, mark..self.end, source);
        (self.attributes, CaptionSource::Text, words)
    }
}

/// What says that a paragraph is the caption of a table, with the space after it.
fn caption_mark(text: &str) -> Option<usize> {
    let rest = text
        .strip_prefix(':')
        .or_else(|| text.strip_prefix("Table:"))
        .or_else(|| text.strip_prefix("table:"))?;
    (rest.is_empty() || rest.starts_with([' ', '\t', '{']))
        .then(|| text.len() - rest.trim_start().len())
}

/// Keeps what stands between the mark at the beginning of the first text and the attributes at the
/// end of the last.
fn cut(words: &mut [Spanned<'_>], kept: Range<usize>, source: &str) {
    let text = |event: &mut Spanned<'_>, range: Range<usize>| {
        if let (Markup::Plain(Event::Text(text)), span) = event {
            *span = Run::new(text, span, source).place(range.clone());
            *text = text[range].to_owned().into();
        }
    };
    let length = |event: &Spanned<'_>| match event {
        (Markup::Plain(Event::Text(text)), _) => text.len(),
        _ => 0,
    };
    if let Some(last) = words.last_mut() {
        let end = match last {
            (Markup::Plain(Event::Text(text)), _) => text[..kept.end].trim_end().len(),
            _ => 0,
        };
        text(last, 0..end);
    }
    if let Some(first) = words.first_mut() {
        let all = length(first);
        text(first, kept.start.min(all)..all);
    }
}

/// The caption that stands on the line right below a table, which GFM takes for a row.
pub(super) fn last_row<'a>(
    table: &mut Vec<Spanned<'a>>,
    source: &str,
) -> Option<CaptionEvents<'a>> {
    let start = table
        .iter()
        .rposition(|(markup, _)| matches!(markup, Markup::Plain(Event::Start(Tag::TableRow))))?;
    let [
        _,
        (Markup::Plain(Event::Start(Tag::TableCell)), _),
        rest @ ..,
    ] = &table[start..]
    else {
        return None;
    };
    let (Markup::Plain(Event::Text(first)), _) = rest.first()? else {
        return None;
    };
    let mark = first.strip_prefix(':').and(caption_mark(first))?;
    let end = end_of(rest, TagEnd::TableCell);
    let (Markup::Plain(Event::Text(last)), _) = rest.get(end.checked_sub(2)?)? else {
        return None;
    };
    let (attributes, from) = Attributes::suffix(last)?;
    let (kind, attributes) = labelled(&attributes)?;
    let empty = |(markup, _): &Spanned<'_>| {
        matches!(
            markup,
            Markup::Plain(
                Event::Start(Tag::TableCell)
                    | Event::End(TagEnd::TableCell | TagEnd::TableRow | TagEnd::Table)
            )
        )
    };
    if kind != LabelKind::Table || !rest[end..].iter().all(empty) {
        return None;
    }
    let mut words: Vec<Spanned<'a>> = rest[..end - 1].to_vec();
    cut(&mut words, mark..from, source);
    let end = table.pop();
    table.truncate(start);
    table.extend(end);
    Some((attributes, CaptionSource::Text, words))
}

/// The number of events up to an end, which is one of them.
pub(super) fn end_of(rest: &[Spanned<'_>], end: TagEnd) -> usize {
    let is_end =
        |(markup, _): &Spanned<'_>| matches!(markup, Markup::Plain(Event::End(tag)) if *tag == end);
    rest.iter().position(is_end).map_or(rest.len(), |at| at + 1)
}

/// The number of events of a paragraph that holds one image and nothing else, its end included.
pub(super) fn lone_image(rest: &[Spanned<'_>]) -> Option<usize> {
    let own = usize::from(matches!(rest.first(), Some((Markup::Attributes(_), _))));
    let image = &rest[own..];
    let [(Markup::Plain(Event::Start(Tag::Image { .. })), _), ..] = image else {
        return None;
    };
    let mut depth = 0_usize;
    for (at, (markup, _)) in image.iter().enumerate() {
        match markup {
            Markup::Plain(Event::Start(Tag::Image { .. })) if depth > 0 || at == 0 => depth += 1,
            Markup::Plain(Event::End(TagEnd::Image)) if depth > 0 => depth -= 1,
            Markup::Plain(Event::End(TagEnd::Paragraph)) => {
                return Some(rest.len() - image.len() + at + 1);
            }
            _ if depth == 0 => return None,
            _ => {}
        }
    }
    None
}

/// Takes the last paragraph out of a container, if it is not all that stands in it.
pub(super) fn last_paragraph<'a>(inner: &mut Vec<Spanned<'a>>) -> Vec<Spanned<'a>> {
    let Some((Markup::Plain(Event::End(TagEnd::Paragraph)), _)) = inner.last() else {
        return Vec::new();
    };
    let start = inner
        .iter()
        .rposition(|(markup, _)| matches!(markup, Markup::Plain(Event::Start(Tag::Paragraph))));
    let Some(start) = start.filter(|start| *start > 0) else {
        return Vec::new();
    };
    if lone_image(&inner[start + 1..]).is_some() {
        return Vec::new();
    }
    let mut words = inner.split_off(start);
    words.pop();
    words.remove(0);
    words
}

/// The words of a caption that an attribute says, read as the text of a line.
pub(super) fn caption_of<'a>(words: &str, span: &Range<usize>) -> Vec<Spanned<'a>> {
    let mut inside = parse(words);
    let is_start =
        |(markup, _): &&Spanned<'_>| matches!(markup, Markup::Plain(Event::Start(Tag::Paragraph)));
    let is_end =
        |(markup, _): &Spanned<'_>| matches!(markup, Markup::Plain(Event::End(TagEnd::Paragraph)));
    let is_line = inside.first().is_some_and(|first| is_start(&first))
        && inside.last().is_some_and(is_end)
        && inside.iter().filter(is_start).count() == 1;
    if is_line {
        inside.pop();
        inside.remove(0);
    } else {
        let text = Markup::Plain(Event::Text(words.into()));
        inside = vec![(text, 0..words.len())];
        inside.retain(|_| !words.is_empty());
    }
    let inside = read_references(inside, words).into_iter();
    inside
        .map(|(markup, _)| (markup.into_static(), span.clone()))
        .collect()
}

/// Takes the first of some pairs out of a list of attributes, and the others with it.
pub(super) fn take_pair(attributes: &mut Attributes, names: &[&str]) -> Option<String> {
    let found = names
        .iter()
        .find_map(|name| attributes.get(name))
        .map(str::to_owned);
    attributes
        .pairs
        .retain(|(name, _)| !names.contains(&name.as_str()));
    found
}
