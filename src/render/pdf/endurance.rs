//! Text that nobody would write on purpose: it is laid out, and what is lost of it is told.

use crate::render::pdf::tests::{Project, blocks, codes};

/// Text that nobody would write on purpose is laid out, or the finding that says what was lost.
#[track_caller]
fn hostile(text: &str, expected: &[&str]) {
    let pdf = Project::of(&format!("# T\n\n{text}\n\nlast\n")).pdf();
    let mut found = codes(&pdf);
    found.dedup();
    assert_eq!(found, expected);
    assert!(pdf.pages > 0);
}

#[test]
fn blocks_nest_as_deeply_as_anybody_writes_them() {
    let many = 10_000;
    hostile(&format!("{}x", "> ".repeat(many)), &["pdf-depth"]);
    hostile(&format!("{}x", "- ".repeat(many)), &["pdf-depth"]);
    hostile(&"::: note\n".repeat(many), &["pdf-depth"]);
    let indented = |line: &str| -> String {
        let lines = (0..400).map(|at| ["    ".repeat(at), line.to_owned(), "\n".to_owned()]);
        lines.flatten().collect()
    };
    hostile(&indented("!!! note"), &["pdf-depth"]);
    hostile(&indented("=== \"A\""), &["pdf-depth"]);
    hostile(&format!("{}x", "**a ".repeat(many)), &[]);
}

#[test]
fn a_line_of_code_has_no_end() {
    for line in ["x".repeat(40_000), "a;".repeat(3_000)] {
        hostile(&format!("~~~\n{line}\n~~~"), &[]);
        hostile(&format!("~~~ {{linenos=true}}\na\n{line}\n~~~"), &[]);
        hostile(&format!("x `` {line} ``"), &[]);
    }
    hostile(
        &format!("~~~\n{}~~~", format!("{}\n", "x".repeat(70)).repeat(700)),
        &[],
    );
}

#[test]
fn raw_html_costs_what_it_is_long() {
    let many = 50_000;
    for tag in [
        "<a>",
        "<a href=\"x\">",
        "<b>x",
        "<script>",
        "<style></style>",
        "&",
    ] {
        hostile(&format!("x {}", tag.repeat(many)), &[]);
    }
}

#[test]
fn what_stays_open_ends_with_its_paragraph() {
    let open = "<b>".repeat(20);
    let text = format!("# T\n\n<a href=\"https://a.example\">b {open}c\n\nd <script>\n\ne\n");
    let tree = blocks(&text);
    let last: Vec<&str> = tree.lines().rev().take(2).collect();
    assert_eq!(
        last,
        [r#"{"c":["e"],"t":"para"}"#, r#"{"c":["d "],"t":"para"}"#]
    );
}

#[test]
fn figures_beside_each_other_stand_in_any_number() {
    let figure = |id: &str| format!("![A](a.png){{#fig-{id}}}\n\n");
    let plain = "![B](b.png)\n\n";
    for inside in [
        figure("a") + plain,
        [figure("a"), figure("b"), figure("c")].concat() + "Words between.\n\n",
        plain.to_owned() + &figure("a") + plain + &figure("b"),
        figure("a"),
    ] {
        let text = format!("::: {{#fig-x layout-ncol=2}}\n{inside}The caption\n:::");
        hostile(&text, &[]);
    }
}

#[test]
fn no_script_is_printed() {
    for text in [
        "x <script>w(\"<p>a</p>\"); LEAK()</script> y\n".to_owned(),
        "| a |\n|-|\n| <script>a=\"</p>\"; LEAK()</script> |\n".to_owned(),
        format!("{}<script>LEAK()</script>\n", "<b>".repeat(70)),
        "<template>a <script>b</script> LEAK</template>\n".to_owned(),
    ] {
        assert!(!blocks(&text).contains("LEAK"), "{text}");
    }
}

#[test]
fn notes_stand_in_notes_as_far_as_paper_goes() {
    let chain = |count: usize| -> String {
        let notes = (1..=count).map(|at| format!("[^{at}]: n [^{}]\n", at + 1));
        format!("x[^1]\n\n{}", notes.collect::<String>())
    };
    hostile(&chain(2), &[]);
    hostile(&chain(5_000), &["pdf-depth"]);
    // A note in the deepest list, with the deepest list in it.
    let deep = "- ".repeat(12);
    hostile(
        &format!("{deep}x[^1]\n\n[^1]: {deep}y[^2]\n\n[^2]: {deep}z\n"),
        &["pdf-depth"],
    );
}

#[test]
fn one_label_may_be_referred_to_often() {
    let uses = "@fig-a [-@fig-a] ".repeat(2_000);
    hostile(&format!("![x](x.png){{#fig-a}}\n\n{uses}"), &[]);
}
