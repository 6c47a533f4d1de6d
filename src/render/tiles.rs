//! The galleries of documents, which have no room for tiles side by side: each image has a paragraph
//! of its own, and with a title it becomes a figure with a caption like any other.

use pulldown_cmark::{Event, Tag, TagEnd};

use crate::markdown::{Element, ElementEnd, Markup, Spanned};
use crate::render::html::until;

/// The steps of a text, the images in paragraphs of galleries each in one of its own.
pub(super) fn tiles_apart(events: Vec<Spanned<'_>>) -> Vec<Spanned<'_>> {
    if !events.iter().any(|(markup, _)| is_gallery(markup)) {
        return events;
    }
    let mut out = Vec::with_capacity(events.len());
    let mut divisions = Vec::new();
    let mut events = events.into_iter();
    while let Some((markup, span)) = events.next() {
        match &markup {
            Markup::Open(element) if matches!(**element, Element::Division(_)) => {
                divisions.push(is_gallery(&markup));
            }
            Markup::Close(ElementEnd::Division) => {
                divisions.pop();
            }
            Markup::Plain(Event::Start(Tag::Paragraph)) if divisions.contains(&true) => {
                let inner = until(&mut events, TagEnd::Paragraph);
                let apart = holds_only_images(&inner);
                let mut depth = 0_usize;
                let mut is_between = false;
                out.push((markup, span.clone()));
                for (markup, place) in inner {
                    match &markup {
                        _ if !apart => {}
                        Markup::Plain(Event::End(TagEnd::Image)) => {
                            depth = depth.saturating_sub(1);
                            is_between = depth == 0;
                        }
                        Markup::Attributes(_) | Markup::Plain(Event::Start(Tag::Image { .. })) => {
                            if std::mem::take(&mut is_between) {
                                let end = Event::End(TagEnd::Paragraph);
                                out.push((Markup::Plain(end), span.clone()));
                                let start = Event::Start(Tag::Paragraph);
                                out.push((Markup::Plain(start), span.clone()));
                            }
                            depth += usize::from(!matches!(markup, Markup::Attributes(_)));
                        }
                        _ if depth == 0 => continue,
                        _ => {}
                    }
                    out.push((markup, place));
                }
                out.push((Markup::Plain(Event::End(TagEnd::Paragraph)), span));
                continue;
            }
            _ => {}
        }
        out.push((markup, span));
    }
    out
}

fn is_gallery(markup: &Markup<'_>) -> bool {
    let Markup::Open(element) = markup else {
        return false;
    };
    match &**element {
        Element::Division(found) => found.classes.iter().any(|class| class == "gallery"),
        _ => false,
    }
}

/// Whether there is nothing but images in a paragraph.
pub(super) fn holds_only_images(inner: &[Spanned<'_>]) -> bool {
    let mut depth = 0_usize;
    inner.iter().all(|(markup, _)| match markup {
        Markup::Plain(Event::Start(Tag::Image { .. })) => {
            depth += 1;
            true
        }
        Markup::Plain(Event::End(TagEnd::Image)) => {
            depth = depth.saturating_sub(1);
            true
        }
        Markup::Attributes(_) | Markup::Plain(Event::SoftBreak | Event::HardBreak) => true,
        Markup::Plain(Event::Text(text)) => depth > 0 || text.trim().is_empty(),
        _ => depth > 0,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::markdown::events;

    #[test]
    fn the_images_of_a_gallery_have_a_paragraph_each() {
        let case = |text: &str, expected: &str| {
            let found: String = (tiles_apart(events(text, 0)).iter())
                .map(|(markup, _)| match markup {
                    Markup::Plain(Event::Start(Tag::Paragraph)) => "(",
                    Markup::Plain(Event::End(TagEnd::Paragraph)) => ")",
                    Markup::Plain(Event::Start(Tag::Image { .. })) => "!",
                    Markup::Plain(Event::Text(_)) => "t",
                    Markup::Plain(Event::SoftBreak) => "_",
                    Markup::Attributes(_) => "{",
                    _ => "",
                })
                .collect();
            assert_eq!(found, expected, "{text}");
        };
        let images = "![a](a.jpg)\n![b](b.jpg){.c} ![](d.jpg)\n";
        case(images, "(!t_{!tt!)");
        case(
            &format!("::: gallery\n{images}:::\n\n{images}"),
            "(!t)({!t)(!)(!t_{!tt!)",
        );
        case("::: gallery\n![a](a.jpg) a\n![b](b.jpg)\n:::\n", "(!tt_!t)");
    }
}
