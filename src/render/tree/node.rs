//! The nodes of the data tree, made of what stands inside them.

use pulldown_cmark::Alignment;
use serde_json::{Value, json};

/// From this many columns on, a table may need a page of its own, turned on its side.
const WIDE_TABLE: usize = 9;
/// How many letters fit beside each other on an upright page, in the small type of such a table.
const UPRIGHT: usize = 100;
/// A table of no more rows and letters than these stays on one page.
const KEPT_ROWS: usize = 12;
const KEPT_LETTERS: usize = 1500;

/// The longest paragraph that is laid out in one piece, in bytes. The engine weighs every break of
/// a paragraph against all others, in a memory of some kilobytes for each word.
const LONGEST: usize = 16 << 10;

/// Whether a node is a part of a line.
fn is_span(node: &Value) -> bool {
    node.is_string() || !node["i"].is_null()
}

fn is_blank(node: &Value) -> bool {
    node.as_str().is_some_and(|text| text.trim().is_empty())
}

/// Blocks, with loose text made into paragraphs.
pub(super) fn as_blocks(nodes: Vec<Value>) -> Vec<Value> {
    grouped(nodes, "para")
}

/// Blocks, with loose text as it is: the body of a tight list item.
pub(super) fn as_plain(nodes: Vec<Value>) -> Vec<Value> {
    let blocks = grouped(nodes, "plain").into_iter();
    blocks.flat_map(divided).collect()
}

fn grouped(nodes: Vec<Value>, kind: &str) -> Vec<Value> {
    let mut blocks = Vec::new();
    let mut line: Vec<Value> = Vec::new();
    let flush = |line: &mut Vec<Value>, blocks: &mut Vec<Value>| {
        if !line.iter().all(is_blank) {
            blocks.push(json!({"t": kind, "c": located(std::mem::take(line))}));
        }
        line.clear();
    };
    for node in nodes {
        if is_span(&node) {
            line.push(node);
        } else {
            flush(&mut line, &mut blocks);
            blocks.push(node);
        }
    }
    flush(&mut line, &mut blocks);
    blocks
}

/// The places of a term in one node, so that what has pages can name each page once.
fn located(line: Vec<Value>) -> Vec<Value> {
    if !line.iter().any(|node| node["locator"] == true) {
        return line;
    }
    let mut out: Vec<Value> = Vec::with_capacity(line.len());
    for node in line {
        if node["locator"] != true {
            out.push(node);
            continue;
        }
        let mut rest = out.iter().rev();
        let follows = rest.next().is_some_and(|comma| comma == ", ")
            && rest.next().is_some_and(|before| before["i"] == "locators");
        let comma = if follows { out.pop() } else { None };
        let last = out.last_mut().and_then(|last| last.get_mut("c"));
        match last.and_then(Value::as_array_mut) {
            Some(links) if follows => links.extend(comma.into_iter().chain([node])),
            _ => out.push(json!({"i": "locators", "c": [node]})),
        }
    }
    out
}

/// A paragraph; an image that stands alone is a figure, and a formula on its own line divides it.
pub(super) fn paragraph(children: Vec<Value>) -> Vec<Value> {
    let mut blocks: Vec<Value> = as_blocks(children).into_iter().flat_map(divided).collect();
    let mut follows = false;
    for block in &mut blocks {
        if block["t"] == "para" {
            trim(block);
            if follows {
                block["follows"] = json!(true);
            }
            if let Some([image]) = block["c"].as_array().map(Vec::as_slice)
                && image["i"] == "image"
            {
                *block = figure(image.clone());
            }
        }
        follows = true;
    }
    blocks
}

/// A paragraph as several where it is longer than the engine can lay out in one piece.
fn divided(block: Value) -> Vec<Value> {
    let mut block = block;
    let kind = block["t"].clone();
    if kind != "para" && kind != "plain" {
        return vec![block];
    }
    let Value::Array(line) = block["c"].take() else {
        return vec![block];
    };
    let mut parts = vec![Vec::new()];
    let mut length = 0;
    for node in line.into_iter().flat_map(pieces) {
        let own = match &node {
            Value::String(text) => text.len(),
            // What stands in a span counts too, and a picture as a word.
            node => plain_text(std::slice::from_ref(node)).len() + 8,
        };
        if length > 0 && length + own > LONGEST {
            parts.push(Vec::new());
            length = 0;
        }
        length += own;
        if let Some(part) = parts.last_mut() {
            part.push(node);
        }
    }
    let part = |part| json!({"t": kind, "c": part});
    parts.into_iter().map(part).collect()
}

/// A text in pieces that are short enough to be laid out, at spaces where there are any.
fn pieces(node: Value) -> Vec<Value> {
    let Value::String(text) = &node else {
        return spans(node);
    };
    if text.len() <= LONGEST {
        return vec![node];
    }
    let mut pieces = Vec::new();
    let mut rest = text.as_str();
    while rest.len() > LONGEST {
        let most = (0..=LONGEST).rev().find(|at| rest.is_char_boundary(*at));
        let most = most.unwrap_or(rest.len());
        let end = rest[..most].rfind(' ').map_or(most, |space| space + 1);
        let (piece, after) = rest.split_at(end.max(1));
        pieces.push(json!(piece));
        rest = after;
    }
    pieces.push(json!(rest));
    pieces
}

/// A span in several where what stands in it is too long; a note and whatever else has a place of its
/// own stays whole.
fn spans(mut node: Value) -> Vec<Value> {
    let is_style = ["em", "strong", "strike", "mark", "insert"]
        .iter()
        .any(|style| node["i"] == *style);
    if !is_style || plain_text(std::slice::from_ref(&node)).len() <= LONGEST {
        return vec![node];
    }
    let Value::Array(inner) = node["c"].take() else {
        return vec![node];
    };
    let inner = inner.into_iter().flat_map(pieces);
    let span = |part| {
        let mut span = node.clone();
        span["c"] = json!([part]);
        span
    };
    inner.map(span).collect()
}

fn figure(mut image: Value) -> Value {
    image["t"] = json!("figure");
    if let Some(fields) = image.as_object_mut() {
        fields.remove("i");
    }
    image
}

/// Drops spaces at the ends of a paragraph.
fn trim(paragraph: &mut Value) {
    if let Some(line) = paragraph["c"].as_array_mut() {
        while line.last().is_some_and(is_blank) {
            line.pop();
        }
        let first = line.iter().position(|node| !is_blank(node));
        line.drain(..first.unwrap_or(0));
    }
}

/// A note or a tab with its title, or the word that stands for one.
pub(super) fn titled(
    name: &str,
    kind: &str,
    title: Vec<Value>,
    word: &str,
    children: Vec<Value>,
) -> Value {
    let title = match title.is_empty() {
        true => vec![json!(word)],
        false => title,
    };
    json!({"t": name, "kind": kind, "title": title, "c": as_blocks(children)})
}

/// A list of the items inside it.
pub(super) fn list(start: Option<u64>, clause: Option<&str>, items: &[Value]) -> Value {
    let tight = !items.iter().any(|item| item["loose"] == true);
    let tasks = items.iter().any(|item| !item["task"].is_null());
    // More items than this cannot be counted by the engine.
    let start = start.map(|start| start.min(1 << 30));
    let mut list = json!({
        "t": "list", "start": start, "clause": clause, "tight": tight, "tasks": tasks,
        "items": items,
    });
    if start.is_none() && items.iter().any(is_index) {
        list["index"] = json!(true);
    }
    list
}

/// Whether an item is a term of the index, or one above such terms.
fn is_index(item: &Value) -> bool {
    let holds = |name: &str, node: &Value| {
        let inside = node[name].as_array().into_iter().flatten();
        inside.into_iter().any(|part| part["i"] == "locators")
    };
    let mut blocks = item["body"].as_array().into_iter().flatten();
    blocks.any(|block| block["index"] == true || holds("c", block))
}

/// A table cell: its text, or the blank line that is filled in by hand.
pub(super) fn cell(children: &[Value]) -> Value {
    let text = plain_text(children);
    let text = text.replace('\u{200b}', "");
    let blank = text.len() >= 3 && text.chars().all(|c| c == '_');
    match blank {
        true => json!({"blank": true}),
        false => json!({"c": children}),
    }
}

/// Where a table stands, which decides how it may be laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TablePlace {
    /// Whether it is inside nothing, so that it may have a page of its own.
    pub(super) top: bool,
    /// Whether it is in a contract, where a table may be one to sign.
    pub(super) contract: bool,
}

/// A table. A wide one gets a page on its side, a small one is not divided.
pub(super) fn table(alignment: &[&'static str], rows: Vec<Value>, place: TablePlace) -> Value {
    let mut rows: Vec<Value> = rows
        .into_iter()
        .map(|mut row| row["cells"].take())
        .collect();
    let head = if rows.is_empty() {
        json!([])
    } else {
        rows.remove(0)
    };
    let sign = place.contract && is_to_sign(&rows);
    if sign {
        for cell in rows.iter_mut().filter_map(Value::as_array_mut).flatten() {
            if letters(cell) == 0 {
                *cell = json!({"blank": true});
            }
        }
    }
    // The room that a column asks for: its longest cell, or what is left after breaking it.
    let room = |column: usize| {
        let cells = [&head].into_iter().chain(&rows).map(|row| &row[column]);
        cells.map(letters).max().unwrap_or(0).min(20) + 2
    };
    let size = match alignment.len() {
        columns @ WIDE_TABLE.. if place.top && (0..columns).map(room).sum::<usize>() > UPRIGHT => {
            "wide"
        }
        7.. => "small",
        _ => "normal",
    };
    let all: usize = rows
        .iter()
        .filter_map(Value::as_array)
        .flatten()
        .map(letters)
        .sum();
    let keep = rows.len() <= KEPT_ROWS && all <= KEPT_LETTERS;
    json!({
        "t": "table", "align": alignment, "size": size, "sign": sign, "keep": keep,
        "head": head, "rows": rows,
    })
}

/// Whether most of a table is empty but for its first column: lines for names and signatures.
fn is_to_sign(rows: &[Value]) -> bool {
    let cells = rows.iter().filter_map(Value::as_array);
    let cells: Vec<&Value> = cells.flat_map(|row| row.iter().skip(1)).collect();
    let empty = cells.iter().filter(|cell| letters(cell) == 0).count();
    empty * 2 >= cells.len() && empty > 0
}

/// The number of letters in a cell; a line to write on has none.
fn letters(cell: &Value) -> usize {
    let text = cell["c"].as_array().map(|cell| plain_text(cell));
    text.map_or(0, |text| text.trim().chars().count())
}

/// The name of a column's alignment.
pub(super) fn align(alignment: Alignment) -> &'static str {
    match alignment {
        Alignment::None => "start",
        Alignment::Left => "left",
        Alignment::Center => "center",
        Alignment::Right => "right",
    }
}

/// Terms with the definitions that follow them.
pub(super) fn terms(children: Vec<Value>) -> Vec<Value> {
    let mut items: Vec<Value> = Vec::new();
    for child in children {
        let mut child = child;
        if child["t"] == "term" {
            items.push(json!({"term": child["body"].take(), "defs": []}));
        } else if let Some(defs) = items
            .last_mut()
            .and_then(|item| item["defs"].as_array_mut())
        {
            defs.push(child["body"].take());
        }
    }
    items
}

/// Whether nodes say anything in letters, code or math.
pub(in crate::render) fn has_words(nodes: &[Value]) -> bool {
    let is_seen = |letter: char| {
        !(letter.is_whitespace()
            || letter.is_control()
            || matches!(
                letter,
                '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}'
            ))
    };
    nodes.iter().any(|node| match node {
        Value::String(text) => text.contains(is_seen),
        node if node["i"] == "math" => true,
        node => {
            node["v"]
                .as_str()
                .is_some_and(|code| code.contains(is_seen))
                || node["c"].as_array().is_some_and(|nodes| has_words(nodes))
        }
    })
}

/// The words of some spans.
pub(in crate::render) fn plain_text(nodes: &[Value]) -> String {
    let mut text = String::new();
    for node in nodes {
        match node {
            Value::String(words) => text.push_str(words),
            _ => match node["i"].as_str() {
                Some("break") => text.push(' '),
                Some("math" | "image") => text.push_str(node["alt"].as_str().unwrap_or("")),
                Some("code") => text.push_str(node["v"].as_str().unwrap_or("")),
                _ => {
                    let inside = node["c"]
                        .as_array()
                        .map_or(String::new(), |c| plain_text(c));
                    text.push_str(&inside);
                }
            },
        }
    }
    text
}

/// The footnotes of a heading apart from its words, which are repeated in the contents.
pub(in crate::render) fn notes_apart(nodes: Vec<Value>) -> (Vec<Value>, Vec<Value>) {
    nodes.into_iter().partition(|node| node["i"] != "note")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_paragraph_without_end_is_divided() {
        let words = "word ".repeat(LONGEST);
        let parts = paragraph(vec![json!(words)]);
        assert!(parts.len() > 4, "{}", parts.len());
        let text: Vec<String> = parts
            .iter()
            .map(|part| plain_text(part["c"].as_array().unwrap()))
            .collect();
        assert!(text.iter().all(|text| text.len() <= LONGEST));
        assert_eq!(text.concat(), words);
        assert!(paragraph(vec![json!("ä".repeat(LONGEST))]).len() > 1);
    }

    #[test]
    fn a_lonely_image_is_a_figure() {
        let image = json!({"i": "image", "alt": "x"});
        assert_eq!(paragraph(vec![image.clone(), json!(" ")])[0]["t"], "figure");
        assert_eq!(paragraph(vec![image, json!("x")])[0]["t"], "para");
    }

    #[test]
    fn a_formula_divides_its_paragraph() {
        let parts = paragraph(vec![
            json!("a "),
            json!({"t": "math"}),
            json!(" "),
            json!("b"),
        ]);
        assert_eq!(parts[0], json!({"t": "para", "c": ["a "]}));
        assert_eq!(parts[2], json!({"t": "para", "c": ["b"], "follows": true}));
    }

    #[test]
    fn a_cell_of_underscores_is_a_line_to_write_on() {
        assert_eq!(cell(&[json!("____\u{200b}____")]), json!({"blank": true}));
        assert_eq!(cell(&[json!("_")]), json!({"c": ["_"]}));
    }
}
