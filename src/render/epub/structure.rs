//! The shape of a chapter: what raw HTML left of the content models of HTML is put right, and
//! figures, table headers and formulas take the form that books have.

use std::collections::BTreeSet;

use crate::render::dom::{Content, Element, Fragment, NodeId, Space};
use crate::render::words::Words;

/// Puts the elements of a chapter right.
pub(super) fn settle(tree: &mut Fragment, words: &Words) {
    lift_blocks(tree);
    for id in tree.elements() {
        adopt_orphans(tree, id);
    }
    for id in tree.elements() {
        settle_children(tree, id, words);
        settle_math(tree, id);
    }
}

const BLOCKS: &[&str] = &[
    "article",
    "aside",
    "blockquote",
    "details",
    "div",
    "dl",
    "figure",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "ol",
    "p",
    "pre",
    "section",
    "table",
    "ul",
];
const LINES: &[&str] = &[
    "h1", "h2", "h3", "h4", "h5", "h6", "p", "pre", "summary", "caption",
];
const INLINES: &[&str] = &[
    "abbr", "b", "bdi", "bdo", "cite", "code", "dfn", "em", "i", "kbd", "mark", "q", "rp", "rt",
    "ruby", "s", "samp", "small", "span", "strong", "sub", "sup", "u", "var",
];

/// The name of an HTML element; nothing for any other node.
pub(super) fn name(tree: &Fragment, id: NodeId) -> &str {
    match tree.element(id) {
        Some(element) if element.is(&element.name) => &element.name,
        _ => "",
    }
}

/// Whether a node is one of these HTML elements.
pub(super) fn is_any(tree: &Fragment, id: NodeId, names: &[&str]) -> bool {
    names.contains(&name(tree, id))
}

/// Makes a node another HTML element, which keeps the attributes that every element may have.
pub(super) fn rename(tree: &mut Fragment, id: NodeId, name: &str) {
    if let Some(element) = tree.element_mut(id) {
        // Attributes that only the old element may have would be faults on the new one.
        let general = ["id", "class", "title", "lang", "xml:lang", "dir", "style"];
        element
            .attributes
            .retain(|attribute| general.contains(&attribute.name.as_str()));
        name.clone_into(&mut element.name);
    }
}

/// The nearest node above that is more than a link or a mark of a change.
fn container(tree: &Fragment, id: NodeId) -> Option<NodeId> {
    let mut above = tree.ancestors(id);
    above.find(|id| !is_any(tree, *id, &["a", "ins", "del"]))
}

/// Where a block stands inside words, the words' markup gives way; where it stands inside a line,
/// such as a heading, the block does.
fn lift_blocks(tree: &mut Fragment) {
    for block in tree.elements() {
        if !is_any(tree, block, BLOCKS) {
            continue;
        }
        while let Some(above) = container(tree, block) {
            if is_any(tree, above, INLINES) {
                tree.unwrap(above);
                continue;
            }
            if is_any(tree, above, LINES) {
                match name(tree, block) {
                    "hr" => tree.detach(block),
                    "div" | "p" | "section" | "article" | "aside" | "blockquote" | "h1" | "h2"
                    | "h3" | "h4" | "h5" | "h6" => rename(tree, block, "span"),
                    _ => rename(tree, above, "div"),
                }
            }
            break;
        }
    }
}

/// Parts of lists and tables that stand alone become what they look like.
fn adopt_orphans(tree: &mut Fragment, id: NodeId) {
    let Some(parent) = tree.parent(id) else {
        return;
    };
    let above = |names: &[&str]| is_any(tree, parent, names);
    let orphan = match name(tree, id) {
        "li" => !above(&["ul", "ol"]),
        "dt" | "dd" => !above(&["dl"]),
        "figcaption" => !above(&["figure"]),
        "summary" => !above(&["details"]),
        "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "section" | "article" | "aside" => {
            above(&["th", "dt", "caption"])
        }
        // An element without its direction would say nothing.
        "bdo" => {
            if tree
                .element(id)
                .is_some_and(|element| element.get("dir").is_none())
            {
                rename(tree, id, "span");
            }
            false
        }
        "details" => {
            let link = tree.ancestors(id).find(|id| tree.is(*id, "a"));
            if let Some(link) = link {
                tree.unwrap(link);
            }
            false
        }
        "rt" | "rp" => {
            if !above(&["ruby"]) {
                rename(tree, id, "span");
            }
            false
        }
        _ => false,
    };
    if orphan {
        rename(tree, id, "div");
    }
}

fn is_blank(tree: &Fragment, id: NodeId) -> bool {
    match tree.content(id) {
        Content::Text(text) => text.trim().is_empty(),
        Content::Comment(_) => true,
        _ => false,
    }
}

fn filled(tree: &Fragment, id: NodeId) -> Vec<NodeId> {
    let children = tree.children(id);
    children.filter(|child| !is_blank(tree, *child)).collect()
}

fn settle_children(tree: &mut Fragment, id: NodeId, words: &Words) {
    match name(tree, id) {
        "ul" | "ol" => {
            for child in filled(tree, id) {
                if !tree.is(child, "li") {
                    tree.wrap(child, Element::html("li"));
                }
            }
            if filled(tree, id).is_empty() {
                tree.detach(id);
            }
        }
        "dl" => settle_definitions(tree, id),
        "table" => settle_table(tree, id),
        "th" => settle_table_header(tree, id),
        "figure" => settle_figure(tree, id),
        "details" => settle_details(tree, id, words),
        "colgroup" if tree.first_child(id).is_some() => {
            if let Some(element) = tree.element_mut(id) {
                element.remove("span");
            }
        }
        // Parsers make one of an end tag without a beginning.
        "p" if tree.first_child(id).is_none()
            && tree
                .element(id)
                .is_some_and(|element| element.attributes.is_empty()) =>
        {
            tree.detach(id);
        }
        "p" => make_figure(tree, id),
        "img" => settle_image(tree, id),
        _ => {}
    }
}

/// Terms come before what is said about them (HTML §4.4.9); a list of any other shape is none.
fn settle_definitions(tree: &mut Fragment, id: NodeId) {
    let children = filled(tree, id);
    let mut before = "dd";
    let mut good = !children.is_empty();
    for child in &children {
        let name = name(tree, *child);
        good &= name == "dt" || (name == "dd" && before != "start");
        if before == "dd" && *child == children[0] {
            good &= name == "dt";
        }
        before = if name == "dt" { "dt" } else { "dd" };
    }
    if !good || before == "dt" {
        for child in children {
            if is_any(tree, child, &["dt", "dd"]) {
                rename(tree, child, "div");
            }
        }
        rename(tree, id, "div");
    }
}

/// The parts of a table in the order that XHTML wants, one header and one caption.
fn settle_table(tree: &mut Fragment, id: NodeId) {
    let mut parts = Vec::new();
    let mut seen = BTreeSet::new();
    for child in filled(tree, id) {
        let once = ["caption", "thead", "tfoot"].contains(&name(tree, child));
        if once && !seen.insert(name(tree, child).to_owned()) {
            if tree.is(child, "caption") {
                tree.detach(child);
                continue;
            }
            rename(tree, child, "tbody");
        }
        let rank = ["caption", "colgroup", "thead", "tbody", "tfoot"];
        let rank = rank.iter().position(|known| *known == name(tree, child));
        match rank {
            Some(rank) => parts.push((rank, child)),
            None => tree.detach(child),
        }
    }
    parts.sort_by_key(|(rank, _)| *rank);
    let rows = parts.iter().any(|(rank, _)| *rank > 1);
    for (_, part) in parts {
        tree.append(id, part);
    }
    if !rows {
        tree.detach(id);
    }
    let cells = |row: NodeId| {
        tree.children(row)
            .filter(|id| is_any(tree, *id, &["td", "th"]))
    };
    let rows = tree.walk_below(id).filter(|id| tree.is(*id, "tr"));
    let columns = rows.map(|row| cells(row).count()).max().unwrap_or(0);
    let class = match columns {
        0..=3 => "few",
        4..=5 => return,
        _ => "wide",
    };
    if let Some(element) = tree.element_mut(id) {
        let own = element.get("class");
        let class = own.map_or(class.to_owned(), |own| format!("{own} {class}"));
        element.set("class", class);
    }
}

/// Screen readers announce headers, so an empty one is a plain cell.
fn settle_table_header(tree: &mut Fragment, id: NodeId) {
    let empty =
        tree.text(id).trim().is_empty() && tree.walk_below(id).all(|id| !tree.is(id, "img"));
    if empty {
        if let Some(element) = tree.element_mut(id) {
            "td".clone_into(&mut element.name);
            element.remove("scope");
        }
        return;
    }
    let in_head = tree.ancestors(id).any(|id| tree.is(id, "thead"));
    let first = std::iter::successors(tree.previous_sibling(id), |id| tree.previous_sibling(*id))
        .all(|id| is_blank(tree, id));
    if let Some(element) = tree.element_mut(id)
        && element.get("scope").is_none()
    {
        element.set("scope", if first && !in_head { "row" } else { "col" });
    }
}

fn settle_figure(tree: &mut Fragment, id: NodeId) {
    let children = filled(tree, id);
    let captions: Vec<NodeId> = children
        .iter()
        .copied()
        .filter(|child| tree.is(*child, "figcaption"))
        .collect();
    for extra in captions.iter().skip(1) {
        rename(tree, *extra, "div");
    }
    if let Some(caption) = captions.first()
        && children.first() != Some(caption)
    {
        tree.append(id, *caption);
    }
}

/// A reader may have no way to open it, so it is open from the beginning.
fn settle_details(tree: &mut Fragment, id: NodeId, words: &Words) {
    let summaries: Vec<NodeId> = filled(tree, id)
        .into_iter()
        .filter(|child| tree.is(*child, "summary"))
        .collect();
    for extra in summaries.iter().skip(1) {
        rename(tree, *extra, "div");
    }
    let summary = summaries.first().copied().unwrap_or_else(|| {
        let summary = tree.create(Content::Element(Element::html("summary")));
        let text = tree.create(Content::Text(words.get("details").to_owned()));
        tree.append(summary, text);
        summary
    });
    tree.prepend(id, summary);
    if let Some(element) = tree.element_mut(id) {
        element.set("open", "open");
    }
}

/// An image with a title, alone in its paragraph, is a figure with a caption.
fn make_figure(tree: &mut Fragment, id: NodeId) {
    let [image] = filled(tree, id)[..] else {
        return;
    };
    let title = match tree.element_mut(image) {
        Some(element) if element.is("img") => element.remove("title"),
        _ => None,
    };
    let Some(title) = title.filter(|title| !title.trim().is_empty()) else {
        return;
    };
    rename(tree, id, "figure");
    let caption = tree.create(Content::Element(Element::html("figcaption")));
    let text = tree.create(Content::Text(title));
    tree.append(caption, text);
    tree.append(id, caption);
}

fn settle_image(tree: &mut Fragment, id: NodeId) {
    let Some(element) = tree.element_mut(id) else {
        return;
    };
    element.remove("role");
    let alt = element.get("alt").or(element.get("title")).unwrap_or("");
    let alt = alt.trim().to_owned();
    if alt.is_empty() {
        element.set("role", "presentation");
    }
    element.set("alt", alt);
}

/// MathML Core knows these attributes everywhere, the MathML 3 of EPUB on `mstyle` alone.
fn settle_math(tree: &mut Fragment, id: NodeId) {
    let Some(element) = tree
        .element_mut(id)
        .filter(|element| element.space == Space::MathMl)
    else {
        return;
    };
    if ["math", "mstyle"].contains(&element.name.as_str()) {
        return;
    }
    let mut style = Element {
        space: Space::MathMl,
        ..Element::html("mstyle")
    };
    for name in ["displaystyle", "scriptlevel"] {
        if let Some(value) = element.remove(name) {
            style.set(name, value);
        }
    }
    let name = element.name.clone();
    if style.attributes.is_empty() || name == "mtr" {
        return;
    }
    if name == "mtd" {
        let inside = tree.create(Content::Element(style));
        tree.move_children(id, inside);
        tree.append(id, inside);
    } else {
        tree.wrap(id, style);
    }
}
