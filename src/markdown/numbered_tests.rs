//! What has a label, as the steps through a page have it.

use proptest::prelude::*;
use pulldown_cmark::{Event, Tag, TagEnd};

use crate::markdown::element::{Element, ElementEnd, Markup};
use crate::markdown::events;

/// What a page becomes: elements in brackets, the rest as its text.
#[track_caller]
fn case(source: &str, expected: &str) {
    let mut out = String::new();
    for (markup, span) in events(source, 0) {
        assert!(source.get(span).is_some());
        match markup {
            Markup::Plain(Event::Text(text) | Event::Code(text)) => out += &text,
            Markup::Plain(Event::DisplayMath(tex)) => out += &["$", &tex, "$"].concat(),
            Markup::Plain(Event::Start(tag)) => match tag {
                Tag::Paragraph => out += "<p>",
                Tag::Image { title, .. } => out += &["<img ", &title, ":"].concat(),
                Tag::Table(_) => out += "<table>",
                Tag::CodeBlock(_) => out += "<pre>",
                _ => {}
            },
            Markup::Plain(Event::End(TagEnd::Image)) | Markup::Close(ElementEnd::Reference) => {
                out.push('>');
            }
            Markup::Attributes(found) => out.extend([format!("{:?}", found.pairs)]),
            Markup::Open(element) => match *element {
                Element::Numbered(found) => {
                    let part = found.part.map(|part| format!("{part}:"));
                    let columns = Some(found.columns).filter(|columns| *columns > 1);
                    let columns = columns.map(|columns| format!("/{columns}"));
                    let (part, columns) = (part.unwrap_or_default(), columns.unwrap_or_default());
                    out += &["{", &part, &found.id, &columns, " "].concat();
                }
                Element::Caption(_) => out.push('['),
                Element::Reference(_) => out.push('<'),
                Element::ListOf(kind) => out += &["(", kind.name(), ")"].concat(),
                _ => {}
            },
            Markup::Close(ElementEnd::Numbered(_)) => out.push('}'),
            Markup::Close(ElementEnd::Caption(_)) => out.push(']'),
            _ => {}
        }
    }
    assert_eq!(out, expected);
}

#[test]
fn a_caption_is_read_as_text_is() {
    let text = "{fig-a <img :A @fig-b>[A @fig-b]}";
    case("![A \\@fig-b](i){#fig-a}", text);
    let attribute = "![A](i){#fig-a fig-cap=\"\\\\@fig-b ==c==\"}";
    case(attribute, "{fig-a <img :A>[@fig-b c]}");
}

#[test]
fn an_image_with_a_label_is_a_figure() {
    case(
        "![The *sea*](a.png){#fig-a width=50}\n",
        "{fig-a [(\"width\", \"50\")]<img :The sea>[The sea]}",
    );
    case(
        "![Alt](a.png \"Title, see @fig-b\"){#fig:a}\n",
        "{fig:a <img :Alt>[Title, see <@fig-b>]}",
    );
    case(
        "![Cap](a.png){#fig-a fig-alt=\"Alt\"}\n",
        "{fig-a <img :Alt>[Cap]}",
    );
    case("![Cap](a.png)\n{#fig-a}\n", "{fig-a <img :Cap>[Cap]}");
    case("![a](a.png){#figs} b\n", "<p>[]<img :a> b");
}

#[test]
fn a_caption_belongs_to_the_table_beside_it() {
    let table = "| a |\n|---|\n| b |\n";
    case(
        &[table, "\n: The `x` {#tbl-a}\n"].concat(),
        "{tbl-a [The x]<table>ab}",
    );
    case(
        &[table, ": Short {#tbl-a}\n"].concat(),
        "{tbl-a [Short]<table>ab}",
    );
    case(
        &["Table: Above {#tbl-a}\n\n", table].concat(),
        "{tbl-a [Above]<table>ab}",
    );
    case(
        &[table, "\n: No label\n"].concat(),
        "<table>ab<p>: No label",
    );
    case(
        &["Table: No table {#tbl-a}\n\n", "b\n"].concat(),
        "<p>Table: No table {#tbl-a}<p>b",
    );
}

#[test]
fn formulas_and_code_have_labels() {
    case("$$x$$ {#eq-a}\n", "<p>{eq-a $x$}");
    case("$$x$$ {#eq-a}, where\n", "<p>{eq-a $x$}, where");
    case("$$x$${#eq:a}\n", "<p>{eq:a $x$}");
    case("$$\nx\n$$\n{#eq-a}\n", "<p>{eq-a $\nx\n$}");
    case(
        "```{#lst-a .rust lst-cap=\"The *a*\"}\nb\n```\n",
        "{lst-a [The a]<pre>b\n}",
    );
    case(
        "```mermaid {#fig-a fig-cap=\"A\"}\nb\n```\n",
        "{fig-a <pre>b\n[A]}",
    );
    case("```{.a #b}\nb\n```\n", "<pre>b\n");
}

#[test]
fn a_container_with_a_label_is_captioned_by_its_last_paragraph() {
    case(
        "::: {#fig-a}\n![a](a.png)\n\nThe words\n:::\n",
        "{fig-a <p><img :a>[The words]}",
    );
    case("::: {#fig-a}\nAll\n:::\n", "{fig-a <p>All[]}");
    case(
        "::: {#tbl-a}\n| a |\n|---|\n\nWords\n:::\nb\n",
        "{tbl-a [Words]<table>a}<p>b",
    );
}

#[test]
fn figures_in_a_figure_are_its_parts() {
    let parts = "![A](a.png){#fig-a}\n\n![B](b.png){#fig-b}\n\nBoth\n:::\n";
    let read = "{1:fig-a <img :A>[A]}{2:fig-b <img :B>[B]}[Both]}";
    let both = |attributes: &str| format!("::: {{#fig-x {attributes}}}\n{parts}");
    case(&both("layout-ncol=2"), &["{fig-x/2 ", read].concat());
    case(&both("layout-nrow=1"), &["{fig-x/2 ", read].concat());
    case(
        &both("layout=\"[[1,1],[1]]\""),
        &["{fig-x/2 ", read].concat(),
    );
    case(&both("layout-ncol=999"), &["{fig-x/4 ", read].concat());
    case(&both(""), &["{fig-x ", read].concat());
    case(
        "::: {#tbl-x layout-ncol=2}\n![A](a.png){#fig-a}\n\nT\n:::\n",
        "{tbl-x/2 [T]{fig-a <img :A>[A]}}",
    );
}

#[test]
fn a_list_stands_for_itself_once() {
    case("\\listoffigures\n", "(figure)");
    case(
        "\\listoftables\n\n\\listoflistings\n\nb",
        "(table)(listing)<p>b",
    );
    case(
        "\\listoffigures\n\n\\listoffigures\n",
        "(figure)<p>\\listoffigures",
    );
    case("see \\listoffigures\n", "<p>see \\listoffigures");
    case(
        "::: {#fig-a}\n\\listoffigures\n:::\n",
        "{fig-a <p>\\listoffigures[]}",
    );
}

proptest! {
    #[test]
    fn no_label_panics(text in "(\\{#fig-a\\}|\\{#tbl-b\\}|\\{#eq-c\\}|::: |```|!\\[a\\]\\(b\\)|\\$\\$|\\| a \\||\n\\|-\\|\n|: |@fig-a|[\\[\\];\n a@\\\\-]){0,24}") {
        for (_, span) in events(&text, 0) {
            prop_assert!(text.get(span).is_some());
        }
    }
}
