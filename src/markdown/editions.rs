//! Text that is for some editions of a work only: `{.only-pdf}`, `{.not-epub}`.

use std::fmt;

use pulldown_cmark::{CodeBlockKind, Event, Tag, TagEnd};

use crate::markdown::attributes::Attributes;
use crate::markdown::element::{Element, ElementEnd, Markup};
use crate::markdown::parse::Spanned;

/// A form in which a text is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Edition {
    /// Pages of a site.
    Html,
    /// Paper, or a file that looks like it.
    Pdf,
    /// An e-book.
    Epub,
    /// A file for word processors.
    Docx,
}

impl Edition {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Html, Self::Pdf, Self::Epub, Self::Docx];

    /// The name, as it stands after `only-` and `not-`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Html => "html",
            Self::Pdf => "pdf",
            Self::Epub => "epub",
            Self::Docx => "docx",
        }
    }

    fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|edition| edition.name() == name)
    }

    /// Whether an element with these attributes is in this edition. `only-` of several names means
    /// each of them.
    fn has(self, attributes: &Attributes) -> bool {
        self.has_classes(attributes.classes.iter().map(String::as_str))
    }

    fn has_classes<'a>(self, classes: impl Iterator<Item = &'a str>) -> bool {
        let (mut only, mut here) = (false, false);
        for class in classes {
            if let Some(edition) = class.strip_prefix("only-").and_then(Self::named) {
                only = true;
                here |= edition == self;
            } else if class.strip_prefix("not-").and_then(Self::named) == Some(self) {
                return false;
            }
        }
        here || !only
    }
}

impl fmt::Display for Edition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Whether something in a text may be for some editions only; looking is cheaper than reading.
pub fn might_hold_editions(text: &str) -> bool {
    let bytes = text.as_bytes();
    [&b".only-"[..], b".not-", b"class="]
        .iter()
        .any(|mark| memchr::memmem::find(bytes, mark).is_some())
}

/// Leaves out what is not for an edition, and paragraphs and lists that nothing is left of.
pub fn for_edition<'a>(events: Vec<Spanned<'a>>, edition: Edition) -> Vec<Spanned<'a>> {
    let mut out: Vec<Spanned<'a>> = Vec::with_capacity(events.len());
    // How deep the steps stand in what is left out; an element is left out with its attributes.
    let mut depth = 0_usize;
    let mut waits = false;
    for (markup, span) in events {
        let turn = turn(&markup);
        if depth > 0 {
            match turn {
                Turn::In => depth += 1,
                Turn::Out => depth -= 1,
                Turn::On => {}
            }
            continue;
        }
        // What ends here has nothing in it that the attributes could be of.
        if waits && !matches!(turn, Turn::Out) {
            waits = matches!(markup, Markup::Attributes(_));
            depth = usize::from(matches!(turn, Turn::In));
            continue;
        }
        waits = false;
        match &markup {
            Markup::Attributes(attributes) if !edition.has(attributes) => waits = true,
            markup if !is_in(markup, edition) => depth = 1,
            _ => keep(&mut out, (markup, span)),
        }
    }
    out
}

enum Turn {
    In,
    Out,
    On,
}

fn turn(markup: &Markup<'_>) -> Turn {
    match markup {
        Markup::Plain(Event::Start(_)) | Markup::Open(_) => Turn::In,
        Markup::Plain(Event::End(_)) | Markup::Close(_) => Turn::Out,
        _ => Turn::On,
    }
}

/// Whether what begins with this step is in an edition by what it says of itself.
fn is_in(markup: &Markup<'_>, edition: Edition) -> bool {
    match markup {
        Markup::Open(element) => match &**element {
            Element::Note(note) => edition.has(&note.attributes),
            Element::Tabs(attributes) | Element::Division(attributes) => edition.has(attributes),
            Element::Numbered(numbered) => edition.has(&numbered.attributes),
            _ => true,
        },
        Markup::Plain(Event::Start(Tag::Heading { classes, .. })) => {
            edition.has_classes(classes.iter().map(AsRef::as_ref))
        }
        Markup::Plain(Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info)))) => {
            Attributes::suffix(info).is_none_or(|(attributes, _)| edition.has(&attributes))
        }
        _ => true,
    }
}

/// Adds a step, unless it ends something of which all was left out.
fn keep<'a>(out: &mut Vec<Spanned<'a>>, step: Spanned<'a>) {
    let begins = |markup: &Markup<'_>| match markup {
        Markup::Plain(Event::Start(Tag::Paragraph)) => Some(TagEnd::Paragraph),
        Markup::Plain(Event::Start(Tag::List(first))) => Some(TagEnd::List(first.is_some())),
        _ => None,
    };
    if let Markup::Plain(Event::End(end @ (TagEnd::Paragraph | TagEnd::List(_)))) = &step.0 {
        let blank = |markup: &Markup<'_>| match markup {
            Markup::Plain(Event::Text(text)) => text.trim().is_empty(),
            Markup::Plain(Event::SoftBreak) => true,
            _ => false,
        };
        let last = out.iter().rposition(|(markup, _)| !blank(markup));
        if let Some(at) = last
            && begins(&out[at].0) == Some(*end)
        {
            out.truncate(at);
            return;
        }
    }
    if let Markup::Close(ElementEnd::Tabs) = &step.0
        && matches!(out.last(), Some((Markup::Open(element), _)) if matches!(**element, Element::Tabs(_)))
    {
        out.pop();
        return;
    }
    out.push(step);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::markdown::parse::events;
    use crate::markdown::plain::plain;

    /// The words of a text that an edition has.
    fn words(text: &str, edition: Edition) -> String {
        let mut words = String::new();
        for (event, _) in plain(for_edition(events(text, 0), edition)) {
            if let Event::Text(text) | Event::Code(text) = event {
                words.push_str(&text);
                words.push(' ');
            }
        }
        words.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    #[track_caller]
    fn case(text: &str, html: &str, pdf: &str) {
        assert!(might_hold_editions(text), "{text}");
        assert_eq!(words(text, Edition::Html), html, "{text}");
        assert_eq!(words(text, Edition::Pdf), pdf, "{text}");
    }

    #[test]
    fn blocks_spans_and_containers_are_for_some_editions() {
        case("a\n\nb\n{.only-pdf}\n\nc\n", "a c", "a b c");
        case("a\n\nb\n{.not-pdf}\n\nc\n", "a b c", "a c");
        case("::: {.only-html}\n\na\n\n## b\n\n:::\n\nc\n", "a b c", "c");
        case("## a {.only-pdf}\n\nb\n", "b", "a b");
        case("a *b*{.only-html} `c`{.only-pdf}\n", "a b", "a c");
        case("- a {.only-pdf}\n- b\n", "b", "a b");
        case("``` {.only-pdf}\na\n```\n\nb\n", "b", "a b");
        case("::: note {.only-html}\na\n:::\n\nb\n", "a b", "b");
        case("a\n{.only-html .only-pdf}\n\nb\n{.only-epub}\n", "a", "a");
    }

    #[test]
    fn nothing_is_left_where_all_was_left_out() {
        let steps = for_edition(events("*a*{.only-pdf}\n\nb\n", 0), Edition::Html);
        let starts = steps
            .iter()
            .filter(|(markup, _)| matches!(markup, Markup::Plain(Event::Start(Tag::Paragraph))));
        assert_eq!(starts.count(), 1);
    }

    #[test]
    fn other_classes_mean_nothing() {
        case("a\n{.only-me .not-now}\n", "a", "a");
    }

    proptest! {
        #[test]
        fn what_is_opened_is_closed(
            text in "(a |\\n\\n|\\*b\\*|\\{\\.only-pdf\\}|\\{\\.not-html\\}|\\n- |\\n> |\\n::: \\{\\.only-html\\}\\n|\\n:::\\n|\\n# h|`c`|\\n\\|a\\|b\\|\\n\\|-\\|-\\|\\n){0,12}"
        ) {
            for edition in Edition::ALL {
                let mut depth = 0_i64;
                for (markup, _) in for_edition(events(&text, 0), edition) {
                    depth += match turn(&markup) {
                        Turn::In => 1,
                        Turn::Out => -1,
                        Turn::On => 0,
                    };
                    prop_assert!(depth >= 0);
                }
                prop_assert_eq!(depth, 0);
            }
        }
    }
}
