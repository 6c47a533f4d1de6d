//! Takes the headings out again that stand for blocks, and leads every span back to the source.

use std::iter::Peekable;
use std::ops::Range;
use std::slice::Iter;

use pulldown_cmark::{Event, HeadingLevel, Tag, TagEnd};

use crate::markdown::blocks::scan::{Marker, MarkerKind, Scan};
use crate::markdown::element::{Element, ElementEnd, Markup};
use crate::markdown::parse::Spanned;

/// What is open around an event.
enum Around {
    /// An element of pulldown-cmark.
    Tag(TagEnd),
    /// A block of ours.
    Block(usize, ElementEnd),
    /// The heading that holds the title of a block.
    Title,
}

/// Turns the events of a rewritten text into those of the source.
///
/// # Errors
/// Names the blocks whose headings are not in the events, as the parser took them for code.
pub(super) fn resolve(
    events: Vec<Spanned<'_>>,
    scan: &Scan,
) -> Result<Vec<Spanned<'static>>, Vec<usize>> {
    let mut resolver = Resolver {
        scan,
        markers: scan.markers.iter().peekable(),
        around: Vec::new(),
        out: Vec::with_capacity(events.len()),
        swallowed: Vec::new(),
        in_close: false,
    };
    for (event, span) in events {
        resolver.read(event, span);
    }
    resolver.skip_to(usize::MAX);
    while let Some(around) = resolver.around.pop() {
        resolver.end(&around, scan.rewriting.text.len());
    }
    match resolver.swallowed.is_empty() {
        true => Ok(resolver.out),
        false => Err(resolver.swallowed),
    }
}

struct Resolver<'a> {
    scan: &'a Scan,
    markers: Peekable<Iter<'a, Marker>>,
    around: Vec<Around>,
    out: Vec<Spanned<'static>>,
    swallowed: Vec<usize>,
    /// Whether the heading of an end is being read.
    in_close: bool,
}

impl Resolver<'_> {
    fn read(&mut self, event: Markup<'_>, span: Range<usize>) {
        match &event {
            Markup::Plain(Event::Start(Tag::Heading {
                level: HeadingLevel::H6,
                ..
            })) => {
                self.skip_to(span.start);
                let here = |marker: &&Marker| span.contains(&marker.at);
                if let Some(marker) = self.markers.next_if(here) {
                    return self.marker(marker, span);
                }
                self.around
                    .push(Around::Tag(TagEnd::Heading(HeadingLevel::H6)));
            }
            Markup::Plain(Event::Start(tag)) => self.around.push(Around::Tag(tag.to_end())),
            Markup::Plain(Event::End(tag)) => {
                if std::mem::take(&mut self.in_close) {
                    return;
                }
                // Blocks end with what they stand in.
                while let Some(around) = self.around.pop() {
                    match around {
                        Around::Tag(open) if open == *tag => break,
                        Around::Title => return self.end(&Around::Title, span.end),
                        around => self.end(&around, span.end),
                    }
                }
            }
            Markup::Open(element) => {
                self.around.push(Around::Block(usize::MAX, element.end()));
            }
            Markup::Close(_) => {
                while let Some(around) = self.around.pop() {
                    if matches!(around, Around::Block(usize::MAX, _)) {
                        break;
                    }
                    self.end(&around, span.end);
                }
            }
            _ if self.in_close => return,
            _ => {}
        }
        let span = self.scan.rewriting.source(span);
        self.out.push((event.into_static(), span));
    }

    fn marker(&mut self, marker: &Marker, span: Range<usize>) {
        let place = self.scan.rewriting.source(span.clone());
        match &marker.kind {
            MarkerKind::Open { element, titled } => {
                self.around.push(Around::Block(marker.block, element.end()));
                self.out
                    .push((Markup::Open(Box::new(element.clone())), place.clone()));
                if *titled {
                    self.around.push(Around::Title);
                    self.out
                        .push((Markup::Open(Box::new(Element::Title)), place));
                } else {
                    self.in_close = true;
                }
            }
            MarkerKind::Close => {
                self.in_close = true;
                // A block that ended already with its list or quote has no second end.
                let own = |around: &Around| matches!(around, Around::Block(block, _) if *block == marker.block);
                let tag = |around: &Around| matches!(around, Around::Tag(_) | Around::Title);
                let open = self
                    .around
                    .iter()
                    .rposition(|around| own(around) || tag(around));
                let Some(open) = open.filter(|open| own(&self.around[*open])) else {
                    return;
                };
                while self.around.len() > open {
                    if let Some(around) = self.around.pop() {
                        self.end(&around, span.start);
                    }
                }
            }
        }
    }

    fn end(&mut self, around: &Around, at: usize) {
        let end = match around {
            Around::Tag(tag) => Markup::Plain(Event::End(*tag)),
            Around::Block(_, end) => Markup::Close(*end),
            Around::Title => Markup::Close(ElementEnd::Title),
        };
        let place = self.scan.rewriting.source(at..at);
        self.out.push((end, place));
    }

    /// Notes the blocks whose headings should have come before a place.
    fn skip_to(&mut self, at: usize) {
        while let Some(marker) = self.markers.next_if(|marker| marker.at < at) {
            self.swallowed.push(marker.block);
        }
    }
}
