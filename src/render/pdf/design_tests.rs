//! The pages of a document: their boxes, their designs, and what a project has in their place.

use lopdf::Object;

use crate::render::pdf::PdfOutput;
use crate::render::pdf::tests::{Project, codes, text};

/// The corners of the first page that has such a box, in points.
fn corners(pdf: &PdfOutput, name: &str) -> Vec<i64> {
    let document = lopdf::Document::load_mem(&pdf.bytes).unwrap();
    let page = document.get_pages()[&1];
    let page = document.get_dictionary(page).unwrap();
    let corners = page.get(name.as_bytes()).unwrap().as_array().unwrap();
    let corner = |corner: &Object| corner.as_float().unwrap().round() as i64;
    corners.iter().map(corner).collect()
}

#[test]
fn the_boxes_of_a_page_say_where_it_is_cut() {
    let config = "[project]\nkind = \"book\"\ntitle = \"T\"\ncontent = \"src\"\n\
                  [pdf]\npaper = \"6x9\"\nbleed = \"3mm\"\ncrop_marks = true\nprofile = \"print\"\n";
    let pdf = Project::new(config, &[("src/a.md", "# A\n\nText.\n")]).pdf();
    // Ten millimeters around a page of six by nine inches.
    assert_eq!(corners(&pdf, "MediaBox"), [0, 0, 489, 705]);
    assert_eq!(corners(&pdf, "TrimBox"), [28, 28, 460, 676]);
    assert_eq!(corners(&pdf, "BleedBox"), [20, 20, 469, 685]);
}

#[test]
fn a_project_has_a_design_of_its_own() {
    let config = "[project]\nkind = \"book\"\ntitle = \"T\"\ncontent = \"src\"\n";
    let design = "#import \"/themes/book.typ\": design as book\n\
                  #let design = book + (chapter: (design, label, title) => [Own #title])\n";
    let files = [
        ("src/a.md", "# A\n\nText.\n"),
        ("theme/pdf/design.typ", design),
    ];
    let pdf = Project::new(config, &files).pdf();
    assert!(text(&pdf).contains("Own A"), "{}", text(&pdf));
    assert!(codes(&pdf).is_empty(), "{:?}", pdf.diagnostics);
}

#[test]
fn a_broken_design_is_a_finding_and_the_built_in_one_stands_in() {
    let config = "[project]\nkind = \"book\"\ntitle = \"T\"\ncontent = \"src\"\n";
    for design in [
        "#let design = (:)\n#let x = nosuch\n",
        "#let x = read(\"/etc/passwd\")\n",
        "#import \"@preview/example:0.1.0\": x\n",
        "#let x = read(\"../../tympan.toml\")\n",
        "#while true { }\n",
        "#let f(x) = f(x + 1)\n#f(0)\n",
        "#let design = (",
        "#let design = (:)\n",
        "#import \"/themes/book.typ\": design as book\n#let design = book + (size: \"big\")\n",
    ] {
        let files = [
            ("src/a.md", "# A\n\nText.\n"),
            ("theme/pdf/design.typ", design),
        ];
        let pdf = Project::new(config, &files).pdf();
        assert!(text(&pdf).contains("Text."), "{design}");
        let [found] = pdf.diagnostics.as_slice() else {
            panic!("{design}: {:?}", pdf.diagnostics);
        };
        assert_eq!(found.code, "pdf-template", "{design}");
        assert_eq!(found.path.as_str(), "theme/pdf/design.typ");
        assert!(found.place.is_some());
    }
}

#[test]
fn a_template_has_so_many_files_and_no_more() {
    let config = "[project]\nkind = \"book\"\ntitle = \"T\"\ncontent = \"src\"\n";
    let project = Project::new(config, &[("src/a.md", "# A\n\nText.\n")]);
    for number in 0..1001 {
        project.write(&format!("theme/pdf/{number}.txt"), "");
    }
    let pdf = project.pdf();
    assert_eq!(codes(&pdf), ["pdf-template"]);
    assert!(text(&pdf).contains("Text."));
}

#[test]
fn chapters_are_printed_in_the_order_of_the_navigation() {
    let config = "[project]\nkind = \"book\"\ntitle = \"T\"\ncontent = \"src\"\n";
    let preface = |text: &str| format!("---\nrole: preface\n---\n# P\n\n{text}\n");
    let (first, late) = (preface("Zero"), preface("Two"));
    let files = [
        (
            "src/SUMMARY.md",
            "- [F](f.md)\n- [A](a.md)\n- [P](p.md)\n  - [C](c.md)\n- [B](b.md)\n",
        ),
        ("src/f.md", first.as_str()),
        ("src/a.md", "# A\n\nOne\n"),
        ("src/p.md", late.as_str()),
        ("src/c.md", "# C\n\nThree\n"),
        ("src/b.md", "# B\n\nFour\n"),
    ];
    let text = text(&Project::new(config, &files).pdf());
    let places = ["Zero", "One", "Two", "Three", "Four"].map(|word| text.find(word));
    assert!(places.is_sorted() && places[0].is_some(), "{text}");
}

#[test]
fn a_colophon_names_no_font_that_has_not_the_letters() {
    let named = |language: &str| {
        let config = format!(
            "[project]\nkind = \"book\"\ntitle = \"T\"\ncontent = \"src\"\nlanguage = \"{language}\"\n"
        );
        let pdf = Project::new(&config, &[("src/a.md", "# A\n\nText.\n")]).pdf();
        text(&pdf).contains("Libertinus")
    };
    assert!(named("en") && !named("hi"));
}

#[test]
fn a_dedication_has_no_title_and_an_appendix_a_letter() {
    let config = "[project]\nkind = \"book\"\ntitle = \"T\"\ncontent = \"src\"\n";
    let summary = "[D](d.md)\n\n- [A](a.md)\n\n[Tables](t.md)\n";
    let files = [
        ("src/SUMMARY.md", summary),
        (
            "src/d.md",
            "---\nrole: dedication\n---\n# To whom\n\nFor Zoe.\n",
        ),
        ("src/a.md", "# A\n\nText.\n"),
        (
            "src/t.md",
            "---\nrole: appendix\n---\n# Tables\n\nNumbers.\n",
        ),
    ];
    let project = Project::new(config, &files);
    let book = project.book();
    assert_eq!(book.chapters[1]["over"], "Chapter 1");
    assert_eq!(book.chapters[2]["over"], "Appendix A");
    let text = text(&project.pdf());
    assert!(
        text.contains("For Zoe.") && !text.contains("To whom"),
        "{text}"
    );
}

#[test]
fn a_template_is_given_what_the_reference_says() {
    let book = Project::of("# A\n\nText.\n").book();
    let keys = |value: &serde_json::Value| {
        let keys = value.as_object().unwrap().keys().cloned();
        keys.collect::<Vec<String>>().join(" ")
    };
    let reference = include_str!("../../../site/content/reference/document-templates.md");
    for key in keys(&book.document).split(' ') {
        let inner = ["lists", "right", "whole"].contains(&key);
        assert!(inner || reference.contains(&format!("`{key}`")), "{key}");
    }
    // Keys are added; one that is gone breaks the templates of projects.
    insta::assert_snapshot!(keys(&book.settings), @"accent bleed fonts kind language marks paper profile sections sides strings");
    insta::assert_snapshot!(keys(&book.document), @"authors chapters commit contents copyright cover credits date depth description edition isbn keywords lists publisher right series subtitle title whole");
    insta::assert_snapshot!(keys(&book.chapters[0]), @"alias body byline contents front index label language level matter notes number over role running text title whole");
}

#[test]
fn a_chapter_is_counted_as_its_language_does() {
    let over = |language: &str| {
        let config = format!(
            "[project]\nkind = \"book\"\ntitle = \"T\"\ncontent = \"src\"\nlanguage = \"{language}\"\n"
        );
        let book = Project::new(&config, &[("src/a.md", "# A\n\nText.\n")]).book();
        book.chapters[0]["over"].clone()
    };
    assert_eq!(
        ["en", "ja", "ko"].map(over),
        ["Chapter 1", "第1章", "제1장"]
    );
}

#[test]
fn quotation_marks_of_a_contract_are_set_where_it_asks() {
    let body = |asked: &str| {
        let config = format!(
            "[project]\nkind = \"contract\"\ntitle = \"Deed\"\ncontent = \"src\"\n[markdown]\n{asked}"
        );
        let text = "# Deed\n\n## 1. \"Fees\"\n\nThe \"Payer\" pays what it's owed.\n";
        let project = Project::new(&config, &[("src/a.md", text)]);
        project.book().chapters[0]["body"].to_string()
    };
    let (signed, set) = (body(""), body("smart_punctuation = true\n"));
    for mark in ["“", "”", "’"] {
        assert!(set.contains(mark) && !signed.contains(mark), "{set}");
    }
}

#[test]
fn no_title_ends_with_one_short_word_on_a_line() {
    let page = |title: &str| {
        let config = format!(
            "[project]\nkind = \"book\"\ntitle = \"{title}\"\ncontent = \"src\"\n[pdf]\npaper = \"a5\"\n"
        );
        let pdf = Project::new(&config, &[("src/a.md", "# A\n\nText.\n")]).pdf();
        let document = lopdf::Document::load_mem(&pdf.bytes).unwrap();
        document.extract_text(&[1]).unwrap()
    };
    let lines = page("The Complete Harbour Guide");
    let lines: Vec<&str> = lines.lines().map(str::trim).collect();
    assert_eq!(lines[..2], ["The Complete", "Harbour Guide"]);
}
