//! What container blocks and tabs are read as, in both notations.

use proptest::prelude::*;
use pulldown_cmark::{Event, Tag, TagEnd};

use crate::markdown::{Element, ElementEnd, Markup, events};

/// The events in short: `note(` … `)`, titles in quotes, elements by their first letters.
fn shown(source: &str) -> String {
    let mut out = String::new();
    for (markup, span) in events(source, 0) {
        assert!(source.get(span.clone()).is_some(), "{span:?}");
        let word = match markup {
            Markup::Open(element) => match *element {
                Element::Note(note) => format!("{}(", note.kind),
                Element::Tabs(_) => "tabs(".to_owned(),
                Element::Tab(tab) if tab.selected => "tab+(".to_owned(),
                Element::Tab(_) => "tab(".to_owned(),
                Element::Title => "\"".to_owned(),
                Element::Division(found) => format!(".{}(", found.classes.join(".")),
                _ => "?(".to_owned(),
            },
            Markup::Close(ElementEnd::Title) => "\" ".to_owned(),
            Markup::Close(_) => ") ".to_owned(),
            Markup::Attributes(found) => format!("{{{}}}", found.classes.join(".")),
            Markup::Plain(Event::Start(Tag::List(_))) => "[".to_owned(),
            Markup::Plain(Event::Start(Tag::Item)) => "* ".to_owned(),
            Markup::Plain(Event::Start(Tag::BlockQuote(_))) => "<".to_owned(),
            Markup::Plain(Event::Start(Tag::CodeBlock(_))) => "`".to_owned(),
            Markup::Plain(Event::Start(Tag::Heading { .. })) => "#".to_owned(),
            Markup::Plain(Event::End(TagEnd::List(_))) => "] ".to_owned(),
            Markup::Plain(Event::End(TagEnd::BlockQuote(_))) => "> ".to_owned(),
            Markup::Plain(Event::End(TagEnd::CodeBlock)) => "` ".to_owned(),
            Markup::Plain(Event::End(TagEnd::Paragraph)) => " ".to_owned(),
            Markup::Plain(Event::Text(text) | Event::Html(text)) => {
                let source = &source[span];
                let text = text.trim_end_matches('\n');
                // The body of a block is not in one piece in the source.
                let place = if source.contains(text.lines().last().unwrap_or("")) {
                    ""
                } else {
                    "?"
                };
                format!("{text}{place}")
            }
            Markup::Plain(Event::SoftBreak) => "/".to_owned(),
            Markup::Plain(_) => String::new(),
        };
        out.push_str(&word);
    }
    out.replace(" )", ")")
        .replace(" ]", "]")
        .replace(" >", ">")
        .trim_end()
        .to_owned()
}

#[track_caller]
fn case(source: &str, expected: &str) {
    assert_eq!(shown(source), expected, "{source}");
}

#[test]
fn an_indented_body_belongs_to_its_note() {
    case("!!! note\n    a\n    b\n\n    c\nd\n", "note(\"\" a/b c) d");
    case("a\n!!! tip \"T *x*\"\n    b\n", "a tip(\"T x\" b)");
    case("??? info\n\n    a\n", "info(\"\" a)");
    case("!!! note \"\"\n    a\n", "note(a)");
    case("!!! note\nb\n", "note(\"\") b");
    case("!!! note\n    a", "note(\"\" a)");
    case("!!! note\r\n    a\r\n", "note(\"\" a)");
    case("!!! note\n\ta\n\n\t    b\n", "note(\"\" a `b`)");
}

#[test]
fn notes_nest_in_notes_lists_and_quotes() {
    case(
        "!!! note\n    a\n    !!! tip\n        b\n    c\nd\n",
        "note(\"\" a tip(\"\" b) c) d",
    );
    case(
        "- a\n\n    !!! note\n        b\n\n    c\n- d\n",
        "[* a note(\"\" b) c * d]",
    );
    case(
        "1. a\n   !!! note\n       b\n2. c\n",
        "[* anote(\"\" b) * c]",
    );
    case("- !!! note\n      b\n- c\n", "[* note(\"\" b) * c]");
    case(
        "> !!! note\n>     a\n>\n>     b\n> c\n\nd\n",
        "<note(\"\" a b) c> d",
    );
    case("> !!! note\n>     a\n\n    b\n", "<note(\"\" a)> `b`");
    case(
        "!!! note\n    > a\n\n    - b\n      c\n\nd\n",
        "note(\"\" <a> [* b/c]) d",
    );
    case("a\n:   !!! note\n\n        b\n", "anote(\"\" b)");
    case("- !!! note\n      a\n\nb\n", "[* note(\"\" a)] b");
}

#[test]
fn colons_close_the_block_of_as_many() {
    case("::: tip T\na\n:::\nb\n", "tip(\"T\" a) b");
    case(
        ":::: note\n::: tip\na\n:::\nb\n::::\n",
        "note(\"\" tip(\"\" a) b)",
    );
    case(
        "::: note\n::: tip\na\n:::\nb\n:::\n",
        "note(\"\" tip(\"\" a) b)",
    );
    case(
        ":::: note\n::: tip\na\n::::\nb\n",
        "note(\"\" tip(\"\" a)) b",
    );
    case("::: note\na\n", "note(\"\" a)");
    case(":::\nb\n", ":::/b");
    case("::: {.x}\n- a\n:::\nb\n", ".x([* a]) b");
    case(
        "- a\n  ::: note\n  b\n  :::\n- c\n",
        "[* anote(\"\" b) * c]",
    );
    case("- a\n  ::: note\n  b\n\nc\n:::\n", "[* anote(\"\" b)] c");
    case(
        "::: note\n<div>x</div>\n:::\nb\n",
        "note(\"\" <div>x</div>) b",
    );
}

#[test]
fn tabs_stand_in_groups() {
    case(
        "=== \"A\"\n    a\n\n=== \"B\"\n    b\n\nc\n",
        "tabs(tab(\"A\" a) tab(\"B\" b)) c",
    );
    case(
        "=== \"A\"\n    a\n===! \"B\"\n    b\n===+ \"C\"\n    c\n",
        "tabs(tab(\"A\" a)) tabs(tab(\"B\" b) tab+(\"C\" c))",
    );
    case(
        "- x\n\n    === \"A\"\n        a\n    === \"B\"\n        b\n- y\n",
        "[* x tabs(tab(\"A\" a) tab(\"B\" b)) * y]",
    );
    case(
        "!!! note\n    === \"A\"\n        a\n    === \"B\"\n        b\nc\n",
        "note(\"\" tabs(tab(\"A\" a) tab(\"B\" b))) c",
    );
    case(
        "=== \"A\"\n    === \"B\"\n        b\n    === \"C\"\n        c\n",
        "tabs(tab(\"A\" tabs(tab(\"B\" b) tab(\"C\" c))))",
    );
    case(
        ":::: tabs\n::: tab A\na\n:::\n::: tab B\nb\n:::\n::::\n",
        "tabs(tab(\"A\" a) tab(\"B\" b))",
    );
    case(
        ":::tabs\n== A\na\n== B\nb\n:::\nc\n",
        "tabs(tab(\"A\" a) tab(\"B\" b)) c",
    );
    case(
        "::: code-group\n```js [x.js]\na\n```\n\n```ts\nb\n```\n:::\n",
        "tabs(tab(\"x.js\" `a`) tab(\"ts\" `b`))",
    );
    case("a\n===\n", "#a");
}

#[test]
fn code_and_raw_html_stay_what_they_are() {
    case("```\n!!! note\n    a\n```\n", "`!!! note\n    a`");
    case("- ```\n  ::: note\n  ```\n", "[* `::: note`]");
    case("    !!! note\n        a\n", "`!!! note\n    a`");
    case(
        "a\n\n    === \"A\"\n        a\n\n!!! note\n    b\n",
        "a `=== \"A\"\n    a` note(\"\" b)",
    );
    case("<!--\n!!! note\n    a\n-->\n", "<!--!!! note    a-->");
    case("<div>\n!!! note\n</div>\n", "<div>!!! note</div>");
}

#[test]
fn what_is_left_open_inside_does_not_swallow_the_end() {
    case("!!! note\n    ```\n    a\nb\n", "note(\"\" `a`) b");
    case("!!! note\n    - ```\n      a\nb\n", "note(\"\" [* `a`]) b");
    case("!!! note\n    <div>\nb\n", "note(\"\" <div>) b");
    case("!!! note\n    <!-- a\nb\n", "note(\"\" <!-- a-->?) b");
    case(
        "!!! note\n    | a |\n    | - |\n    | b |\nc\n",
        "note(\"\" ab) c",
    );
}

#[test]
fn references_and_notes_are_of_the_whole_page() {
    let found = events("!!! note\n    [a][b] c[^d]\n\n[b]: e.md\n[^d]: f\n", 0);
    let link =
        |markup: &Markup<'_>| matches!(markup, Markup::Plain(Event::Start(Tag::Link { .. })));
    let note = |markup: &Markup<'_>| matches!(markup, Markup::Plain(Event::FootnoteReference(_)));
    let place = |is: fn(&Markup<'_>) -> bool| {
        found
            .iter()
            .find(|(markup, _)| is(markup))
            .unwrap()
            .1
            .clone()
    };
    assert_eq!(place(link), 13..19);
    assert_eq!(place(note), 21..25);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]
    #[test]
    fn blocks_always_nest_and_spans_stay_inside(
        lines in proptest::collection::vec("[ ]{0,9}(|[>*-] ){0,2}(!!! note|=== \"A\"|::: tip|:::|::::|```|a|<div>|<!--|\\| a|1\\. |\t)", 0..12)
    ) {
        let text = lines.join("\n");
        let mut open = Vec::new();
        for (markup, span) in events(&text, 0) {
            prop_assert!(span.start <= span.end && text.get(span).is_some());
            match markup {
                Markup::Plain(Event::Start(tag)) => open.push(format!("{:?}", tag.to_end())),
                Markup::Plain(Event::End(tag)) => prop_assert_eq!(open.pop(), Some(format!("{tag:?}"))),
                Markup::Open(element) => open.push(format!("{:?}", element.end())),
                Markup::Close(end) => prop_assert_eq!(open.pop(), Some(format!("{end:?}"))),
                _ => {}
            }
        }
        prop_assert!(open.is_empty());
    }
}

#[test]
fn hostile_nesting_is_bounded() {
    let most = |source: &str| {
        let (mut open, mut most) = (0_usize, 0);
        for (markup, _) in events(source, 0) {
            match markup {
                Markup::Open(_) => open += 1,
                Markup::Close(_) => open -= 1,
                Markup::Plain(_) | Markup::Attributes(_) => {}
            }
            most = most.max(open);
        }
        most
    };
    // The title of the innermost counts too.
    assert_eq!(most(&"::: note\n".repeat(10_000)), 33);
    let indented: String = (0..300)
        .map(|at| " ".repeat(at * 4) + "!!! note\n")
        .collect();
    assert_eq!(most(&indented), 33);
    assert_eq!(most(&"    !!! note\n\n".repeat(10_000)), 0);
}
