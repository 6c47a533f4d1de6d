//! The lines that open a block of another dialect: `!!! note "Title"`, `=== "Tab"`, `:::tip`.

use std::ops::Range;

use crate::markdown::attributes::Attributes;
use crate::markdown::element::{Element, Fold, Note, Tab};

/// What a line opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Opener {
    pub(super) what: What,
    /// The bytes of the line that are the title; none for no title at all.
    pub(super) title: Option<Range<usize>>,
}

/// The blocks by the way in which they end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum What {
    /// Its body is indented.
    Indented(Element),
    /// A tab with an indented body; `true` if it begins a group.
    IndentedTab(Tab, bool),
    /// It ends at a line of as many colons.
    Colons(usize, Element),
    /// Fences in it are tabs.
    CodeGroup(usize, Attributes),
    /// `== Title` in a group of colons.
    Section(Tab),
}

/// Reads a line without what stands before it; none if it opens nothing.
pub(super) fn opener(line: &str, in_tabs: bool) -> Option<Opener> {
    let line = line.trim_end();
    match line.as_bytes() {
        [b'!', b'!', b'!', ..] => indented(line, 3, Fold::Fixed),
        [b'?', b'?', b'?', b'+', ..] => indented(line, 4, Fold::Open),
        [b'?', b'?', b'?', ..] => indented(line, 3, Fold::Closed),
        [b'=', b'=', b'=', ..] => tab(line),
        [b'=', b'=', b' ', ..] if in_tabs => Some(Opener {
            what: What::Section(Tab::default()),
            title: Some(trimmed(line, 3..line.len())),
        }),
        [b':', b':', b':', ..] => colons(line),
        _ => None,
    }
}

/// The number of colons of a line that closes a block.
pub(super) fn closer(line: &str) -> Option<usize> {
    let line = line.trim_end();
    let is = line.len() >= 3 && line.bytes().all(|byte| byte == b':');
    is.then_some(line.len())
}

/// `note inline end "Title"` after `!!!`, `???` or `???+`.
fn indented(line: &str, mark: usize, fold: Fold) -> Option<Opener> {
    let rest = &line[mark..];
    let start = line.len() - rest.trim_start().len();
    let good = |c: char| c.is_alphanumeric() || c == '-' || c == '_' || c == ' ';
    let words_end = line[start..]
        .find(|c| !good(c))
        .map_or(line.len(), |end| start + end);
    let mut words = line[start..words_end]
        .split(' ')
        .filter(|word| !word.is_empty());
    let kind = words
        .next()
        .filter(|kind| kind.starts_with(char::is_alphabetic))?;
    let title = match quoted(line, words_end) {
        _ if words_end == line.len() => Some(start..start),
        Some(title) if title.is_empty() && fold == Fold::Fixed => None,
        Some(title) => Some(title),
        None => return None,
    };
    let attributes = Attributes {
        classes: words.map(str::to_lowercase).collect(),
        ..Attributes::default()
    };
    let kind = kind.to_lowercase();
    let note = Note {
        kind,
        fold,
        attributes,
    };
    Some(Opener {
        what: What::Indented(Element::Note(note)),
        title,
    })
}

/// `"Title"` after `===`; `!` begins a group and `+` is the tab to be seen first.
fn tab(line: &str) -> Option<Opener> {
    let flags = line[3..].find(' ').map(|end| &line[3..3 + end])?;
    if !["", "!", "+", "!+", "+!"].contains(&flags) {
        return None;
    }
    let at = 3 + flags.len();
    let start = line.len() - line[at..].trim_start().len();
    let title = quoted(line, start).filter(|title| !title.is_empty())?;
    let selected = flags.contains('+');
    Some(Opener {
        what: What::IndentedTab(Tab { selected }, flags.contains('!')),
        title: Some(title),
    })
}

/// The inside of the quotes that fill the line from `start` on.
fn quoted(line: &str, start: usize) -> Option<Range<usize>> {
    let rest = &line[start..];
    let quote = rest
        .chars()
        .next()
        .filter(|quote| ['"', '\''].contains(quote))?;
    let good = rest.len() >= 2 && rest.ends_with(quote);
    good.then(|| trimmed(line, start + 1..line.len() - 1))
}

/// `:::note Title`, `::: note[Title]`, `::: {.note title="Title"} :::`.
fn colons(line: &str) -> Option<Opener> {
    let count = line.bytes().take_while(|byte| *byte == b':').count();
    let line = line.trim_end_matches(':').trim_end();
    let start = line.len() - line.get(count..)?.trim_start().len();
    let rest = &line[start..];
    let name_end = rest.find(|c: char| !(c.is_alphanumeric() || c == '-' || c == '_'));
    let name_end = start + name_end.unwrap_or(rest.len());
    let mut name = line[start..name_end].to_lowercase();
    if !name.is_empty() && !name.starts_with(char::is_alphabetic) {
        return None;
    }
    let mut title = name_end..line.len();
    let mut attributes = Attributes::default();
    if let Some(end) = line[name_end..]
        .strip_prefix('[')
        .and_then(|text| text.rfind(']'))
    {
        title = name_end + 1..name_end + 1 + end;
        if let Some((found, _)) = Attributes::prefix(line[title.end + 1..].trim_start()) {
            attributes = found;
        }
    } else if let Some((found, at)) = Attributes::suffix(&line[name_end..]) {
        attributes = found;
        title.end = name_end + at;
    }
    title = trimmed(line, title);
    if let Some(inside) = quoted(&line[..title.end], title.start) {
        title = inside;
    }
    if name.is_empty() {
        if attributes.is_empty() || !title.is_empty() {
            return None;
        }
        // Quarto's callouts and tab sets are classes.
        let class = attributes.classes.first().cloned().unwrap_or_default();
        class
            .strip_prefix("callout-")
            .unwrap_or(&class)
            .clone_into(&mut name);
        if let Some(place) = attributes.get("title").and_then(|text| line.find(text)) {
            title = place..place + attributes.get("title").map_or(0, str::len);
        }
    }
    let what = match name.as_str() {
        "code-group" => What::CodeGroup(count, attributes),
        "tabs" => What::Colons(count, Element::Tabs(attributes)),
        "tab" => What::Colons(count, Element::Tab(Tab::default())),
        _ => What::Colons(count, named(name, attributes, title.is_empty())),
    };
    let has_title = matches!(&what, What::Colons(_, Element::Note(_) | Element::Tab(_)));
    Some(Opener {
        what,
        title: has_title.then_some(title),
    })
}

/// A note if the name is one that notes have, else a container of that class.
fn named(name: String, mut attributes: Attributes, untitled: bool) -> Element {
    let fold = match attributes.get("collapse") {
        Some("true") => Fold::Closed,
        Some(_) => Fold::Open,
        None if name == "details" => Fold::Closed,
        None => Fold::Fixed,
    };
    let note = Note {
        kind: name,
        fold,
        attributes: Attributes::default(),
    };
    if note.known_kind().is_some() || note.kind == "details" {
        attributes
            .classes
            .retain(|class| class.strip_prefix("callout-").unwrap_or(class) != note.kind);
        attributes
            .pairs
            .retain(|(key, _)| key != "collapse" && key != "title");
        return Element::Note(Note { attributes, ..note });
    }
    if !untitled {
        return Element::Note(Note { attributes, ..note });
    }
    if !attributes.classes.contains(&note.kind) {
        attributes.classes.insert(0, note.kind);
    }
    Element::Division(attributes)
}

fn trimmed(line: &str, range: Range<usize>) -> Range<usize> {
    let text = &line[range.clone()];
    let start = range.start + text.len() - text.trim_start().len();
    start..start + text.trim().len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn case(line: &str, expected: &str) {
        let shown = opener(line, false).map_or("-".to_owned(), |found| {
            let what = match &found.what {
                What::Indented(Element::Note(note)) => {
                    format!(
                        "{} {:?} {:?}",
                        note.kind, note.fold, note.attributes.classes
                    )
                }
                What::IndentedTab(tab, first) => format!("tab {} {first}", tab.selected),
                What::Colons(count, Element::Note(note)) => {
                    format!("{count} {} {:?}", note.kind, note.fold)
                }
                What::Colons(count, Element::Division(found)) => {
                    format!("{count} .{}", found.classes.join("."))
                }
                What::Colons(count, Element::Tabs(_)) => format!("{count} tabs"),
                What::Colons(count, Element::Tab(_)) => format!("{count} tab"),
                What::CodeGroup(count, _) => format!("{count} code-group"),
                other => format!("{other:?}"),
            };
            let title = found.title.map_or("-", |title| &line[title]);
            format!("{what} {title}")
        });
        assert_eq!(shown.trim_end(), expected);
    }

    #[test]
    fn admonitions_of_python_markdown() {
        case("!!! note", "note Fixed []");
        case("!!! Note \"Two *words*\"", "note Fixed [] Two *words*");
        case("!!! tip \"\"", "tip Fixed [] -");
        case(
            "!!! info inline end \"T\"",
            "info Fixed [\"inline\", \"end\"] T",
        );
        case("??? note", "note Closed []");
        case("???+ note 'T'", "note Open [] T");
        case("!!!", "-");
        case("!!! note: x", "-");
        case("!!!important!!!", "-");
        case("??? what is this?", "-");
    }

    #[test]
    fn tabs_of_python_markdown() {
        case("=== \"C++\"", "tab false false C++");
        case("===! \"A\"", "tab false true A");
        case("===+ \"A\"", "tab true false A");
        case("===", "-");
        case("=== A", "-");
        case("====== \"A\"", "-");
    }

    #[test]
    fn containers_of_every_dialect() {
        case(":::note", "3 note Fixed");
        case("::: tip Title here", "3 tip Fixed Title here");
        case(":::warning[A [b](c)]", "3 warning Fixed A [b](c)");
        case(":::: danger ::::", "4 danger Fixed");
        case("::: details Click", "3 details Closed Click");
        case(
            "::: {.callout-tip collapse=\"true\" title=\"T x\"}",
            "3 tip Closed T x",
        );
        case("::: {.wide #x}", "3 .wide -");
        case("::: hero", "3 .hero -");
        case("::: hero A title", "3 hero Fixed A title");
        case(":::: tabs", "4 tabs -");
        case("::: tab One", "3 tab One");
        case("::: code-group", "3 code-group -");
        case(":::", "-");
        case("::: ", "-");
        case("::: 12", "-");
        case("::text::", "-");
    }

    proptest! {
        #[test]
        fn no_line_panics(line in "[!?=:+ \"'a\\[\\]{}.#ä]{0,24}") {
            if let Some(title) = opener(&line, true).and_then(|found| found.title) {
                prop_assert!(line.get(title).is_some());
            }
        }
    }
}
