//! The last pass over the data tree: links whose label does not exist become text, and each
//! footnote is put where it is first referred to.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

/// The labels of a tree, each given once: a label that is taken is dropped from the later node.
pub(super) fn take_labels(nodes: &mut [Value], taken: &mut BTreeSet<String>) {
    for node in nodes {
        walk(node, &mut |node| {
            let kind = node["t"].as_str().or(node["i"].as_str());
            let named = matches!(kind, Some("heading" | "anchor" | "numbered" | "math"));
            if named && !node["label"].is_null() {
                let label = node["label"].as_str().unwrap_or("").to_owned();
                if !taken.insert(label) {
                    node["label"] = Value::Null;
                }
            }
        });
    }
}

/// Points links to what exists: the label, else the page it is on, else nothing.
pub(super) fn resolve_links(nodes: &mut [Value], labels: &BTreeSet<String>) {
    for node in nodes {
        walk(node, &mut |node| {
            if node["i"] != "link" || node["label"].is_null() {
                return;
            }
            let known = |name: &str| {
                let label = node[name].as_str()?;
                labels.contains(label).then(|| label.to_owned())
            };
            let label = known("label").or_else(|| known("page"));
            if let Some(fields) = node.as_object_mut() {
                fields.remove("page");
            }
            match label {
                Some(label) => node["label"] = json!(label),
                None => *node = json!({"i": "span", "c": node["c"].take()}),
            }
        });
    }
}

/// Puts footnotes in place. A note that was already placed is referred to by its label; one that
/// refers to itself is not.
pub(super) fn place_notes(
    tree: &mut [Value],
    page: usize,
    notes: &mut BTreeMap<String, Vec<Value>>,
    placed: &mut BTreeMap<String, bool>,
) {
    for node in tree {
        place(node, page, notes, placed);
    }
}

fn place(
    node: &mut Value,
    page: usize,
    notes: &mut BTreeMap<String, Vec<Value>>,
    placed: &mut BTreeMap<String, bool>,
) {
    if node["i"] == "note" {
        let name = node["label"].as_str().unwrap_or("").to_owned();
        let label = format!("p{page}-note-{name}");
        match (notes.remove(&name), placed.get(&name)) {
            (Some(mut body), _) => {
                placed.insert(name.clone(), false);
                for block in &mut body {
                    place(block, page, notes, placed);
                }
                placed.insert(name, true);
                *node = json!({"i": "note", "label": label, "c": body});
            }
            (None, Some(true)) => *node = json!({"i": "note", "again": label}),
            (None, _) => *node = json!(""),
        }
        return;
    }
    match node {
        Value::Array(items) => {
            for node in items {
                place(node, page, notes, placed);
            }
        }
        Value::Object(fields) => {
            for (_, value) in fields.iter_mut() {
                place(value, page, notes, placed);
            }
        }
        _ => {}
    }
}

fn walk(node: &mut Value, visit: &mut dyn FnMut(&mut Value)) {
    match node {
        Value::Array(nodes) => {
            for node in nodes {
                walk(node, visit);
            }
        }
        Value::Object(_) => {
            visit(node);
            if let Value::Object(fields) = node {
                for (_, value) in fields.iter_mut() {
                    walk(value, visit);
                }
            }
        }
        _ => {}
    }
}
