//! The last pass over the data tree: links whose label does not exist become text, and each
//! footnote is put where it is first referred to.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

/// The labels of a tree, each given once: a label that is taken is dropped from the later node.
pub(in crate::render) fn take_labels(nodes: &mut [Value], taken: &mut BTreeSet<String>) {
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
pub(in crate::render) fn resolve_links(nodes: &mut [Value], labels: &BTreeSet<String>) {
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

/// How deep notes may stand in notes; each level costs the engine several calls.
const MAX_NOTES: usize = 3;

/// The footnotes of a page that wait for their places.
pub(in crate::render) struct Notes {
    bodies: BTreeMap<String, Vec<Value>>,
    /// Whether each that was begun is finished: one that refers to itself is not.
    placed: BTreeMap<String, bool>,
    /// The place of the page in the document.
    page: usize,
    depth: usize,
    /// Whether a note was left out, because it stood too deep in others.
    pub(in crate::render) too_deep: bool,
}

impl Notes {
    pub(in crate::render) fn new(page: usize, bodies: BTreeMap<String, Vec<Value>>) -> Self {
        Self {
            bodies,
            placed: BTreeMap::new(),
            page,
            depth: 0,
            too_deep: false,
        }
    }

    /// Puts footnotes in place. A note that was already placed is referred to by its label; one
    /// that refers to itself is not.
    pub(in crate::render) fn place(&mut self, tree: &mut [Value]) {
        for node in tree {
            self.place_in(node);
        }
    }

    fn place_in(&mut self, node: &mut Value) {
        if node["i"] == "note" {
            let name = node["label"].as_str().unwrap_or("").to_owned();
            *node = self.note(&name);
            return;
        }
        match node {
            Value::Array(items) => self.place(items),
            Value::Object(fields) => {
                for (_, value) in fields.iter_mut() {
                    self.place_in(value);
                }
            }
            _ => {}
        }
    }

    fn note(&mut self, name: &str) -> Value {
        let label = format!("p{}-note-{name}", self.page);
        match self.placed.get(name) {
            Some(true) => return json!({"i": "note", "again": label}),
            Some(false) => return json!(""),
            None => {}
        }
        if self.depth >= MAX_NOTES {
            self.too_deep |= self.bodies.contains_key(name);
            return json!("");
        }
        let Some(mut body) = self.bodies.remove(name) else {
            return json!("");
        };
        self.placed.insert(name.to_owned(), false);
        self.depth += 1;
        self.place(&mut body);
        self.depth -= 1;
        self.placed.insert(name.to_owned(), true);
        json!({"i": "note", "label": label, "c": body})
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
