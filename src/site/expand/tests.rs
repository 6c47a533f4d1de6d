//! What becomes of calls, as tables.

use std::sync::{Arc, LazyLock};

use serde_json::json;

use crate::config::Config;
use crate::site::expand::expander::{Surroundings, expand};
use crate::site::expand::shortcodes::Shortcodes;
use crate::site::expand::text::{Expanded, FaultKind, Origins};
use crate::site::expand::variables::Variables;
use crate::site::front_matter::FrontMatter;
use crate::site_path::SitePath;

fn read(path: &SitePath) -> Option<Arc<str>> {
    match path.as_str() {
        "src/code.rs" => Some("one\n// ANCHOR: two\ntwo\n// ANCHOR_END: two\nthree\n".into()),
        "src/loop.md" => Some("a {{#include loop.md}}\n".into()),
        "src/part.md" => Some("one\n\ntwo\n".into()),
        "src/deep.md" => Some("{{ version }} {{< kbd \"a\" >}}\n".into()),
        "shortcodes/note.html" => Some(
            "<aside class=\"{{ kind | default(value=\"note\") }}\">\n\n{{ inner }}\n\n</aside>\n"
                .into(),
        ),
        "shortcodes/kbd.html" => Some("<kbd>{{ args[0] }}</kbd>\n".into()),
        "shortcodes/say.md" => Some("**{{ text }}**".into()),
        "shortcodes/all.html" => Some("{% include \"shortcodes/kbd.html\" %}{% for i in args %}{% for j in args %}{{ i ~ j }}{% endfor %}{% endfor %}".into()),
        "shortcodes/dear.html" => Some("a\n{% for i in range(end=9000) %}{% for j in range(end=9000) %}{% endfor %}{% endfor %}".into()),
        "shortcodes/grows.html" => Some(format!("{{% set a = 'text' %}}{}{{{{ a }}}}", "{% set a = a ~ a %}".repeat(40)).into()),
        "shortcodes/tide.html" => Some("<b>{{ data.tides.high }}</b>".into()),
        "src/nested.md" => Some("n {{#include code.rs:1}} m\n".into()),
        _ => None,
    }
}

/// The shortcodes, read once.
static SHORTCODES: LazyLock<Shortcodes> = LazyLock::new(|| {
    let files = [
        "shortcodes/note.html",
        "shortcodes/kbd.html",
        "shortcodes/say.md",
        "shortcodes/all.html",
        "shortcodes/dear.html",
        "shortcodes/grows.html",
        "shortcodes/tide.html",
    ];
    let files = files.map(|file| SitePath::parse(file).unwrap());
    let mut faults = Vec::new();
    let data = json!({ "tides": { "high": "5 < 6" } });
    let shortcodes = Shortcodes::read(files.iter(), &read, &data, None, &mut faults);
    assert_eq!(faults, []);
    shortcodes
});

/// Ten files, each of which includes the next one fifty times: a page may ask for more than there
/// are atoms, and gets a part of it.
#[test]
fn includes_that_multiply_come_to_an_end() {
    let count = std::cell::Cell::new(0);
    let read = |path: &SitePath| {
        count.set(count.get() + 1);
        let number: usize = path.stem().strip_prefix("bomb")?.parse().ok()?;
        let next = format!("{{{{#include bomb{}.md}}}}\n", number + 1);
        (number < 10).then(|| next.repeat(50).into())
    };
    let config = Config::default();
    let front = FrontMatter::default();
    let path = SitePath::parse("src/bomb0.md").unwrap();
    let around = Surroundings {
        read: &read,
        content: &SitePath::parse("src").unwrap(),
        shortcodes: &SHORTCODES,
        variables: &Variables::new(&config, &front),
    };
    let text = read(&path).unwrap();
    let expanded = expand(&path, text, 0, around);
    assert!(count.get() < 10_000, "{}", count.get());
    let kinds = expanded.faults.iter().map(|fault| fault.kind);
    assert!(
        kinds
            .into_iter()
            .any(|kind| kind == FaultKind::IncludeTooDeep)
    );
}

fn run(text: &str) -> Expanded {
    let config = Config {
        variables: [("version", "1.2"), ("tool.name", "Heron")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into(),
        ..Config::default()
    };
    let front = FrontMatter::default();
    let around = Surroundings {
        read: &read,
        content: &SitePath::parse("src").unwrap(),
        shortcodes: &SHORTCODES,
        variables: &Variables::new(&config, &front),
    };
    expand(
        &SitePath::parse("src/a.md").unwrap(),
        text.into(),
        0,
        around,
    )
}

#[track_caller]
fn case(text: &str, expected: &str) {
    assert_eq!(&*run(text).text, expected);
}

#[test]
fn includes_are_put_in_place() {
    case(
        "```\n{{#include code.rs}}\n```\n",
        "```\none\ntwo\nthree\n```\n",
    );
    case("{{#include code.rs:two}}", "two");
    case(
        "{{#include code.rs:3}} {{#rustdoc_include code.rs:5:}}",
        "two three",
    );
    case("{{#include nested.md}}", "n one m");
    case("\\{{#include x}}", "{{#include x}}");
}

#[test]
fn a_shortcode_reads_the_data_files() {
    case("{{< tide >}}", "<b>5 &lt; 6</b>\n");
}

#[test]
fn references_become_paths() {
    case("[a]({{< ref \"b.md\" >}})", "[a](b.md)");
    case("`{{< ref \"b.md\" >}}`", "`{{< ref \"b.md\" >}}`");
}

#[test]
fn faults_are_named() {
    let fault = |text: &str, kind, name: &str| {
        let found = &run(text).faults[0];
        assert_eq!((found.kind, found.name.as_str()), (kind, name));
    };
    fault(
        "{{#include gone.md}}",
        FaultKind::IncludeMissing,
        "src/gone.md",
    );
    fault(
        "{{#include ../../etc}}",
        FaultKind::IncludeMissing,
        "../../etc",
    );
    fault(
        "{{#include loop.md}}",
        FaultKind::IncludeTooDeep,
        "src/loop.md",
    );
    fault(
        "{{#include code.rs:gone}}",
        FaultKind::IncludePartMissing,
        "code.rs:gone",
    );
    fault("x {{< mystery abc >}} y", FaultKind::Unknown, "mystery");
    fault("{% x %}\n", FaultKind::Unknown, "{% %} (Liquid tag)");
    assert_eq!(run("```\n{% x %}\n```\n").faults, []);
    let after = run("```\n{% x %}\n```\n\n{% x %}\n").faults;
    assert_eq!((after.len(), after[0].span.start), (1, 17));
}

#[test]
fn places_lead_back_to_the_file() {
    let path = SitePath::parse("src/a.md").unwrap();
    let text = "x\n{{#include code.rs}}\ny z\n";
    let expanded = run(text);
    let origins = Origins::new(expanded.parts);
    let at = expanded.text.find("three").unwrap();
    let (file, place) = origins.locate(&path, text, at..at + 5);
    assert_eq!(
        (file.as_str(), place.line, place.column),
        ("src/code.rs", 5, 1)
    );
    let at = expanded.text.find('z').unwrap();
    let (file, place) = origins.locate(&path, text, at..at + 1);
    assert_eq!(
        (file.as_str(), place.line, place.column),
        ("src/a.md", 3, 3)
    );
}

#[test]
fn variables_stand_for_what_is_defined() {
    case("v{{ version }} of {{tool.name}}", "v1.2 of Heron");
    case("`{{ version }}` {{ unknown }}", "`1.2` {{ unknown }}");
    case(
        "\\{{ version }} {{ .Values.x }}",
        "{{ version }} {{ .Values.x }}",
    );
    case(
        "`{{ project.language }}` {{ project.language }}",
        "`{{ project.language }}` en",
    );
}

#[test]
fn shortcodes_are_written_in_place() {
    case("press {{< kbd \"Esc\" >}} now", "press <kbd>Esc</kbd> now");
    case("press {{< kbd \"<b>\" >}}", "press <kbd>&lt;b&gt;</kbd>");
    case("{{ say(text=\"hi\") }} you", "**hi** you");
    case("`{{< kbd \"a\" >}}`", "`{{< kbd \"a\" >}}`");
    case("{{</* kbd \"a\" */>}}", "{{< kbd \"a\" >}}");
}

#[test]
fn text_inside_a_shortcode_is_markdown() {
    let expected = "a\n\n<aside class=\"tip\">\n\n*b* <kbd>c</kbd>\n\n</aside>\n\nd\n";
    case(
        "a\n\n{{< note kind=\"tip\" >}}\n*b* {{< kbd \"c\" >}}\n{{< /note >}}\nd\n",
        expected,
    );
    case(
        "a\n\n{% note(kind=\"tip\") %}\n*b* {{ kbd(\"c\") }}\n{% end %}\nd\n",
        expected,
    );
}

#[test]
fn included_pages_are_expanded_and_keep_the_indent() {
    case("{{#include deep.md}}", "1.2 <kbd>a</kbd>");
    case("- x\n\n  --8<-- \"part.md\"\n", "- x\n\n  one\n\n  two\n");
    case("```\n--8<-- \"code.rs:two\"\n```\n", "```\ntwo\n```\n");
}

#[test]
fn what_cannot_be_done_is_named() {
    let fault = |text: &str, kind| {
        let found = run(text).faults;
        assert!(
            found.iter().any(|found| found.kind == kind),
            "{text}: {found:?}"
        );
    };
    fault("{{< note >}} x", FaultKind::Unclosed);
    fault("{{ say() }}", FaultKind::Shortcode);
    fault("{{< gist >}}", FaultKind::Shortcode);
    let deep = format!(
        "{}x{}",
        "{{< note >}}".repeat(9000),
        "{{< /note >}}".repeat(9000)
    );
    fault(&deep, FaultKind::IncludeTooDeep);
}

#[test]
fn a_template_may_use_others_and_loop_in_loops() {
    case("{{< all 1 2 >}}", "<kbd>1</kbd>\n11122122\n");
}

#[test]
fn what_a_call_may_cost_is_bounded() {
    let fault = |text: &str, message: &str| {
        let found = &run(text).faults[0];
        assert_eq!((found.kind, &*found.name), (FaultKind::Shortcode, message));
    };
    let limit = "the template does more work than it may cost";
    fault(
        "{{< dear >}}",
        &format!("`dear` fails at shortcodes/dear.html:2: {limit}"),
    );
    fault(
        "{{< grows >}}",
        &format!("`grows` fails at shortcodes/grows.html:1: {limit}"),
    );
}

#[test]
fn a_broken_template_is_reported_with_its_line() {
    let path = SitePath::parse("shortcodes/broken.html").unwrap();
    let read = |_: &SitePath| Some("<b>\n{% if %}".into());
    let mut found = Vec::new();
    Shortcodes::read([&path].into_iter(), &read, &json!({}), None, &mut found);
    let place = found[0].place.as_ref().unwrap();
    assert_eq!(
        (&*found[0].code, place.line, found.len()),
        ("template-syntax", 2, 1)
    );
}

proptest::proptest! {
    #[test]
    fn no_text_panics(text in "[a{}<>%#/ \\n\"=()!.-]{0,60}") {
        run(&text);
    }
}
