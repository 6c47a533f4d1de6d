//! One title a chapter, headings below it without gaps, and ids that XML accepts, each used once.

use std::collections::{BTreeMap, BTreeSet};

use crate::render::dom::{Attribute, Content, Element, Fragment, NodeId, Space};
use crate::render::epub::names::plain;
use crate::render::epub::structure::{is_any, name, rename};

/// What a chapter's ids became.
pub(super) struct Ids {
    /// Ids as the author knows them, and as the chapter has them.
    pub known: BTreeMap<String, String>,
    /// The id of the title.
    pub title: String,
    /// The headings of the first levels below it: level, id, text.
    pub headings: Vec<(usize, String, String)>,
}

/// The deepest level of headings that the navigation leads to.
const DEEPEST: usize = 3;

fn level(tree: &Fragment, id: NodeId) -> Option<usize> {
    match name(tree, id).as_bytes() {
        [b'h', level @ b'1'..=b'6'] => Some(usize::from(level - b'0')),
        _ => None,
    }
}

/// Makes the first heading the title if it is one, else adds a title; moves all others below it
/// without leaving a level out.
pub(super) fn settle_headings(tree: &mut Fragment, title: &str, number: Option<&str>) -> NodeId {
    let mut headings = Vec::new();
    for id in tree.elements() {
        let Some(level) = level(tree, id) else {
            continue;
        };
        let shown = tree.text(id).chars().any(|c| !c.is_whitespace())
            || tree.walk_below(id).any(|id| tree.is(id, "img"));
        match shown {
            true => headings.push((id, level)),
            false => rename(tree, id, "div"),
        }
    }
    let aside = [
        "aside",
        "blockquote",
        "details",
        "table",
        "li",
        "figure",
        "dd",
    ];
    let free = |id: NodeId| !tree.ancestors(id).any(|id| is_any(tree, id, &aside));
    let first = headings.first().copied();
    let own = first.filter(|(id, level)| *level == 1 && free(*id));
    let heading = if let Some((id, _)) = own {
        headings.remove(0);
        id
    } else {
        let id = tree.create(Content::Element(Element::html("h1")));
        let text = tree.create(Content::Text(title.to_owned()));
        tree.append(id, text);
        tree.prepend(tree.root(), id);
        id
    };
    let mut above: Vec<usize> = Vec::new();
    for (id, level) in headings {
        above.retain(|known| *known < level);
        let settled = (above.len() + 2).min(6);
        above.push(level);
        if let Some(element) = tree.element_mut(id) {
            element.name = format!("h{settled}");
        }
    }
    if let Some(number) = number
        && !tree.text(heading).trim_start().starts_with(number)
    {
        let space = tree.create(Content::Text(" ".to_owned()));
        let span = tree.create(Content::Element(
            Element::html("span").with("class", "number"),
        ));
        let text = tree.create(Content::Text(number.to_owned()));
        tree.prepend(heading, space);
        tree.append(span, text);
        tree.prepend(heading, span);
    }
    heading
}

/// Makes every id a name that XML accepts and that is used once.
pub(super) fn settle_ids(tree: &mut Fragment, heading: NodeId) -> Ids {
    let mut taken = BTreeSet::new();
    let mut known = BTreeMap::new();
    let mut renamed = Vec::new();
    for id in tree.elements() {
        let Some(element) = tree.element_mut(id) else {
            continue;
        };
        let Some(written) = element.remove("id") else {
            continue;
        };
        let mut name = xml_name(&written);
        // The pages of paper have names of this kind.
        let is_page = name.starts_with("page.");
        if is_page {
            name.insert_str(0, "id-");
        }
        if element.space == Space::Svg && (is_page || taken.contains(&name)) {
            // A picture refers to its own parts, so a part keeps an id.
            let base = name.clone();
            let mut count = 2;
            while taken.contains(&name) {
                name = format!("{base}-{count}");
                count += 1;
            }
            renamed.push((id, written.clone(), name.clone()));
        }
        if taken.insert(name.clone()) {
            element.attributes.insert(
                0,
                Attribute {
                    name: "id".to_owned(),
                    value: name.clone(),
                },
            );
            // A link into a picture or a formula leads nowhere that a reader could go.
            if element.space == Space::Html {
                known.entry(written).or_insert(name);
            }
        }
    }
    for (id, old, new) in renamed {
        refer(tree, id, &old, &new);
    }
    drop_dead_references(tree, &taken);
    let own = tree.element(heading).and_then(|element| element.get("id"));
    let title = own.map_or_else(|| "chapter.title".to_owned(), ToOwned::to_owned);
    if let Some(element) = tree.element_mut(heading) {
        element.set("id", title.clone());
    }
    Ids {
        known,
        title,
        headings: outline(tree, heading),
    }
}

/// The headings below the title that can be gone to.
fn outline(tree: &Fragment, title: NodeId) -> Vec<(usize, String, String)> {
    let headings = tree.walk().filter(|id| *id != title).filter_map(|id| {
        let level = level(tree, id).filter(|level| *level <= DEEPEST)?;
        let name = tree.element(id)?.get("id")?.to_owned();
        let text = plain(&words(tree, id));
        (!text.is_empty()).then_some((level, name, text))
    });
    headings.collect()
}

/// The text of a heading without its references to notes.
fn words(tree: &Fragment, heading: NodeId) -> String {
    let is_note = |id: NodeId| {
        let element = tree.element(id);
        element.is_some_and(|element| element.get("epub:type") == Some("noteref"))
    };
    let texts = tree.walk_below(heading).filter_map(|id| {
        let mut above = tree.ancestors(id).take_while(|above| *above != heading);
        match tree.content(id) {
            Content::Text(text) if !above.any(is_note) => Some(text.as_str()),
            _ => None,
        }
    });
    texts.collect()
}

/// Changes what a picture calls one of its parts.
fn refer(tree: &mut Fragment, part: NodeId, old: &str, new: &str) {
    let above = std::iter::once(part).chain(tree.ancestors(part));
    let picture = above.filter(|id| {
        tree.element(*id)
            .is_some_and(|element| element.space == Space::Svg)
    });
    let Some(picture) = picture.last() else {
        return;
    };
    let inside: Vec<NodeId> = std::iter::once(picture)
        .chain(tree.walk_below(picture))
        .collect();
    for id in inside {
        let Some(element) = tree.element_mut(id) else {
            continue;
        };
        for attribute in &mut element.attributes {
            if attribute.value == format!("#{old}") {
                attribute.value = format!("#{new}");
            }
            let quoted = format!("url(#{old})");
            attribute.value = attribute.value.replace(&quoted, &format!("url(#{new})"));
        }
    }
}

/// A part of a picture that refers to nothing would be a fault in the book.
fn drop_dead_references(tree: &mut Fragment, taken: &BTreeSet<String>) {
    let dead = |value: &str| {
        let value = value.trim();
        let name = value.strip_prefix('#').or_else(|| {
            let rest = value.strip_prefix("url(#")?;
            Some(rest.split_once(')').map_or(rest, |(name, _)| name))
        });
        name.is_some_and(|name| !taken.contains(name))
    };
    for id in tree.elements() {
        if let Some(element) = tree
            .element_mut(id)
            .filter(|element| element.space == Space::Svg)
        {
            element.attributes.retain(|attribute| {
                let refers = ["href", "xlink:href"].contains(&attribute.name.as_str());
                !((refers || attribute.value.contains("url(")) && dead(&attribute.value))
            });
        }
    }
}

/// The nearest name without a colon that XML accepts (Namespaces in XML 1.0 §3).
fn xml_name(written: &str) -> String {
    let good = |c: char| c.is_alphanumeric() || "_-.".contains(c);
    let name: String = written
        .chars()
        .map(|c| if good(c) { c } else { '_' })
        .collect();
    match name.starts_with(|c: char| c.is_alphabetic() || c == '_') {
        true => name,
        false => format!("_{name}"),
    }
}
