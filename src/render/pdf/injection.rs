//! Whatever an author writes, the layout engine reads it as text and never as a program.

use std::fmt::Write as _;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::Value;

use crate::render::pdf::tests::{Project, codes, text};

/// What means something to the engine, in pieces.
const PIECES: [&str; 40] = [
    "#panic(\"x\")",
    "#set page(fill: red)",
    "#import \"/main.typ\": *",
    "#include \"/chapter-0.typ\"",
    "#read(\"/settings.json\")",
    "#{",
    "}",
    "#let x = 1",
    "#while true {}",
    "#show: it => []",
    "#eval(\"1\")",
    "@ref",
    "@p0",
    "<label>",
    "<p0>",
    "$x^2$",
    "$",
    "\\u{41}",
    "\\",
    "`raw`",
    "```",
    "``",
    "*",
    "_",
    "=",
    "==",
    "- ",
    "+ ",
    "/ Term: ",
    "//",
    "/*",
    "*/",
    "https://a.example",
    "~",
    "--",
    "[",
    "]",
    "(",
    "\"",
    "a",
];

/// A text of such pieces, and of anything else that can be printed.
fn texts() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        8 => proptest::sample::select(&PIECES[..]).prop_map(str::to_owned),
        1 => "[ -~]{1,6}",
        1 => "[a-zA-Zα-ω ]{1,6}",
    ];
    proptest::collection::vec(piece, 1..8).prop_map(|pieces| pieces.concat())
}

/// Markdown that says a text as it is.
fn escaped(text: &str) -> String {
    let letters = text
        .chars()
        .flat_map(|letter| match letter.is_ascii_punctuation() {
            true => vec!['\\', letter],
            false => vec![letter],
        });
    letters.collect()
}

fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The strings of a tree in order, places to break left out.
fn strings(node: &Value, found: &mut String) {
    match node {
        Value::String(text) => found.extend(text.chars().filter(|letter| *letter != '\u{200b}')),
        Value::Array(nodes) => nodes.iter().for_each(|node| strings(node, found)),
        Value::Object(fields) => strings(
            fields.get("c").or(fields.get("v")).unwrap_or(&Value::Null),
            found,
        ),
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn a_text_is_the_same_text_in_the_tree(text in texts()) {
        let config = "[project]\nkind = \"book\"\ntitle = \"T\"\ncontent = \"src\"\n[markdown]\nsmart_punctuation = false\n";
        let markdown = format!("# T\n\nx {}\n", escaped(&text));
        let book = Project::new(config, &[("src/a.md", &markdown)]).book();
        let mut found = String::new();
        strings(&book.chapters[0]["body"], &mut found);
        prop_assert_eq!(words(&found), words(&format!("x {text}")));
    }
}

#[test]
fn no_text_runs_in_the_engine() {
    let mut runner = TestRunner::deterministic();
    let mut sample = || texts().new_tree(&mut runner).unwrap().current();
    let mut markdown = String::from("# T\n\n");
    for at in 0..150 {
        // A word at the end shows that the engine came that far.
        let text = sample();
        let (plain, code) = (escaped(&text), text.replace('`', "'").replace('\n', " "));
        let _ = write!(
            markdown,
            "## {plain}\n\n{plain} end{at}p\n\n- `` {code} ``\n\n~~~\n{code}\n~~~\n\n"
        );
        let _ = write!(
            markdown,
            "| {} |\n|---|\n| {} |\n\n",
            plain.replace("\\|", "."),
            plain.replace("\\|", ".")
        );
        let _ = write!(
            markdown,
            "[{plain}](https://a.example/{at} \"{}\")\n\n",
            plain.replace("\\\"", "")
        );
        // As it is written, whatever Markdown makes of it.
        let _ = write!(markdown, "{text}\n\n~~~\n~~~\n\n");
    }
    let pdf = Project::of(&markdown).pdf();
    assert!(
        !codes(&pdf).contains(&"pdf-layout"),
        "{:?}",
        pdf.diagnostics
    );
    let text = text(&pdf);
    for at in 0..150 {
        assert!(text.contains(&format!("end{at}p")), "{at}");
    }
    assert!(text.contains("#panic(\"x\")") && text.contains("#eval(\"1\")"));
}
