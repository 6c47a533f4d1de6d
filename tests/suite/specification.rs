//! The examples of CommonMark 0.31.2 and of GitHub Flavored Markdown, through our own layer of
//! events. Where we differ on purpose, the example stands in a list with the reason.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::Value;
use tympan::markdown::{events, plain};

/// The examples of CommonMark that come out otherwise, and why.
const COMMONMARK: &[(u64, &str)] = &[
    (606, BARE_ADDRESS),
    (608, BARE_ADDRESS),
    (611, BARE_ADDRESS),
    (612, BARE_ADDRESS),
];
const BARE_ADDRESS: &str = "a bare address is a link, as GFM has it";
/// The same for GFM.
const GFM: &[(u64, &str)] = &[
    (205, "a table without rows has an empty body in HTML"),
    (
        652,
        "elements that can run are taken out of the page and not shown as text",
    ),
];

#[test]
fn commonmark_examples_pass() {
    run("commonmark-0.31.2.json", 652, COMMONMARK);
}

#[test]
fn gfm_examples_pass() {
    run("gfm-0.29.json", 24, GFM);
}

fn run(file: &str, count: usize, differs: &[(u64, &str)]) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/spec")
        .join(file);
    let examples: Vec<Value> =
        serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    assert_eq!(examples.len(), count);
    let mut report = String::new();
    for example in &examples {
        let number = example["example"].as_u64().unwrap();
        let (markdown, expected) = (
            example["markdown"].as_str().unwrap(),
            example["html"].as_str().unwrap(),
        );
        let mut html = String::new();
        let events = plain(events(markdown, 0))
            .into_iter()
            .map(|(event, _)| event);
        pulldown_cmark::html::push_html(&mut html, events);
        let passes = normalize(&html) == normalize(expected);
        let listed = differs.iter().any(|(listed, _)| *listed == number);
        if passes == listed {
            let _ = writeln!(
                report,
                "{number} {} listed: {listed}\n{markdown:?}\n{:?}\n{:?}\n",
                example["section"],
                normalize(expected),
                normalize(&html)
            );
        }
    }
    assert!(report.is_empty(), "{report}");
}

/// HTML with the differences taken out that a reader cannot see: white space between blocks, the
/// order of attributes, the slash of empty elements, entities that name plain characters.
fn normalize(html: &str) -> String {
    let mut out = String::new();
    let mut rest = html;
    let mut in_pre = false;
    while !rest.is_empty() {
        if let Some(end) = rest.strip_prefix('<').and_then(tag_end) {
            let tag = &rest[1..=end];
            rest = &rest[end + 2..];
            let name = tag
                .trim_start_matches('/')
                .split([' ', '\n', '\t', '/', '>'])
                .next()
                .unwrap_or("")
                .to_ascii_lowercase();
            if name == "pre" {
                in_pre = !tag.starts_with('/');
            }
            let is_block = BLOCKS.contains(&name.as_str());
            if is_block && !in_pre {
                out.truncate(out.trim_end().len());
            }
            let _ = write!(out, "<{}>", normal_tag(tag));
            if is_block && !in_pre {
                rest = rest.trim_start();
            }
            continue;
        }
        let first = rest.chars().next().map_or(0, char::len_utf8);
        let end = rest[first..]
            .find('<')
            .map_or(rest.len(), |end| end + first);
        let text = &rest[..end];
        rest = &rest[end..];
        let text = text.replace("&quot;", "\"").replace("&#39;", "'");
        if in_pre {
            out.push_str(&text);
        } else {
            for (at, part) in text.split([' ', '\n']).enumerate() {
                if at > 0 && !out.ends_with([' ', '\n']) {
                    out.push(' ');
                }
                out.push_str(part);
            }
        }
    }
    out.trim().to_owned()
}

const BLOCKS: &[&str] = &[
    "p",
    "ul",
    "ol",
    "li",
    "blockquote",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "div",
    "pre",
    "br",
    "input",
];

fn tag_end(tag: &str) -> Option<usize> {
    if !tag.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/') {
        return None;
    }
    let mut quote = None;
    for (at, byte) in tag.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return Some(at),
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), byte) if byte == open => quote = None,
            _ => {}
        }
    }
    None
}

fn normal_tag(tag: &str) -> String {
    let tag = tag.trim_end_matches('/').trim_end();
    let (name, attributes) = tag.split_once([' ', '\n']).unwrap_or((tag, ""));
    let mut found = Vec::new();
    let mut rest = attributes.trim();
    while !rest.is_empty() {
        let end = match rest.find('=') {
            Some(equals) if !rest[..equals].contains([' ', '\n']) => {
                match rest[equals + 1..].chars().next() {
                    Some(quote @ ('"' | '\'')) => rest[equals + 2..]
                        .find(quote)
                        .map_or(rest.len(), |end| equals + 3 + end),
                    _ => rest.find([' ', '\n']).unwrap_or(rest.len()),
                }
            }
            _ => rest.find([' ', '\n']).unwrap_or(rest.len()),
        };
        let attribute = rest[..end].replace("=\"\"", "");
        // How a column is aligned was an attribute of its own before HTML 5.
        let attribute = match attribute.strip_prefix("style=\"text-align: ") {
            Some(side) => format!("align=\"{side}"),
            None => attribute,
        };
        found.push(attribute);
        rest = rest[end..].trim_start();
    }
    found.sort();
    std::iter::once(name.to_ascii_lowercase())
        .chain(found)
        .collect::<Vec<_>>()
        .join(" ")
}
