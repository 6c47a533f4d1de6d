//! What a document asks of its e-book: names, fonts, pages of paper, another way of writing.

#[cfg(all(feature = "pdf", feature = "epub-fonts"))]
use std::fs;

use crate::render::epub::tests::{CONFIG, make};
#[cfg(all(feature = "pdf", feature = "epub-fonts"))]
use crate::render::epub::tests::{GIF, make_in};

#[test]
fn a_document_says_who_made_it_and_what_it_belongs_to() {
    let about = "[[documents]]\nname = \"tides\"\nsubtitle = \"A guide\"\nisbn = \"978-0-306-40615-7\"\n\
                 publisher = \"Shore <Press>\"\nedition = \"Second edition\"\ndate = \"2026-03-01\"\n\
                 authors = [\"Ada Example\", { name = \"Jan de Wit\", role = \"trl\" }]\n\
                 series = { name = \"Guides\", number = 3 }\n";
    let made = make(&[
        ("tympan.toml", &format!("{CONFIG}{about}")),
        ("src/SUMMARY.md", "- [One](one.md)\n"),
        ("src/one.md", "# One\n"),
    ]);
    let package = made.file("content.opf");
    for line in [
        "<dc:identifier id=\"isbn\">urn:isbn:9780306406157</dc:identifier>",
        "<meta refines=\"#subtitle\" property=\"title-type\">subtitle</meta>",
        "<meta refines=\"#series\" property=\"group-position\">3</meta>",
        "<dc:contributor id=\"contributor-2\">Jan de Wit</dc:contributor>",
        "<meta refines=\"#contributor-2\" property=\"file-as\">de Wit, Jan</meta>",
        "<dc:publisher>Shore &lt;Press&gt;</dc:publisher>",
        "<dc:date>2026-03-01</dc:date>",
    ] {
        assert!(package.contains(line), "{line}\n{package}");
    }
    let imprint = made.file("imprint.xhtml");
    for line in [
        "Tides &amp; &lt;Moons&gt;. A guide",
        "<p>Guides · 3</p>",
        "<p>Translator: Jan de Wit</p>",
        "<p>Shore &lt;Press&gt;, 1 March 2026</p>",
        "<p>ISBN 9780306406157</p>",
    ] {
        assert!(imprint.contains(line), "{line}\n{imprint}");
    }
}

#[test]
fn lines_may_run_from_top_to_bottom() {
    let config = CONFIG.replace("[epub]\n", "[epub]\nwriting = \"vertical-rl\"\n");
    let made = make(&[
        ("tympan.toml", &config.replace("en-GB", "ja")),
        ("src/SUMMARY.md", "- [One](one.md)\n"),
        ("src/one.md", "# One\n"),
    ]);
    let package = made.file("content.opf");
    assert!(package.contains("page-progression-direction=\"rtl\""));
    assert!(
        made.file("stylesheet.css")
            .contains(" writing-mode: vertical-rl;")
    );
}

#[test]
#[cfg(all(feature = "pdf", feature = "epub-fonts"))]
fn fonts_are_cut_down_and_bring_their_licence() {
    let folder = tempfile::tempdir().unwrap();
    let project = folder.path().join("project");
    fs::create_dir_all(project.join("src")).unwrap();
    let config = CONFIG.replace(
        "[epub]\n",
        "[epub]\nfonts = [\"src/a.otf\", \"src/no.otf\", \"src/b/b.otf\"]\n",
    );
    fs::write(project.join("tympan.toml"), config).unwrap();
    fs::write(project.join("src/dot.gif"), GIF).unwrap();
    fs::write(project.join("src/SUMMARY.md"), "- [One](one.md)\n").unwrap();
    fs::write(project.join("src/one.md"), "# One\n\nÆ\n").unwrap();
    let font = typst_assets::fonts().next().unwrap();
    fs::write(project.join("src/a.otf"), font).unwrap();
    fs::write(project.join("src/no.otf"), &font[..900]).unwrap();
    fs::write(project.join("src/OFL.txt"), "OFL").unwrap();
    fs::create_dir_all(project.join("src/b")).unwrap();
    fs::write(project.join("src/b/b.otf"), font).unwrap();
    fs::write(project.join("src/b/OFL.txt"), "OFL of b").unwrap();
    let made = make_in(folder.path());
    let cut = made.bytes_of("fonts/a.otf");
    assert!(cut.len() < font.len() / 2, "{} {}", cut.len(), font.len());
    let face = ttf_parser::Face::parse(&cut, 0).unwrap();
    assert!(face.glyph_index('Æ').is_some() && face.glyph_index('Ж').is_none());
    assert_eq!(made.file("fonts/ofl.txt"), "OFL");
    assert_eq!(made.file("fonts/ofl-2.txt"), "OFL of b");
    let options = "META-INF/com.apple.ibooks.display-options.xml";
    assert!(made.files[options].contains("name=\"specified-fonts\">true"));
    assert!(
        made.file("stylesheet.css")
            .contains("src: url(fonts/a.otf)")
    );
    assert_eq!(made.diagnostics[0].code, "epub-font");
}

#[test]
#[cfg(feature = "pdf")]
fn pages_of_the_pdf_are_marked_where_they_begin() {
    let config = CONFIG.replace("[epub]\n", "[epub]\npages = true\n");
    let made = make(&[
        ("tympan.toml", &config),
        ("src/SUMMARY.md", "- [One](one.md)\n- [Two](two.md)\n"),
        ("src/one.md", "# One\n\n## First {#page.1}\n"),
        ("src/two.md", "# Two\n"),
    ]);
    let mark = |page: &str| {
        format!(
            "<span epub:type=\"pagebreak\" role=\"doc-pagebreak\" id=\"page.{page}\" aria-label=\"Page {page}\">\
             </span><h1"
        )
    };
    assert!(made.content("one.xhtml").contains("id=\"id-page.1\""));
    let nav = made.file("nav.xhtml");
    let (_, list) = nav.split_once("role=\"doc-pagelist\"").unwrap();
    let pages: Vec<&str> = list
        .split("href=\"")
        .skip(1)
        .filter_map(|rest| Some(rest.split_once("</a>")?.0))
        .collect();
    assert_eq!(pages.len(), 2, "{nav}");
    assert_eq!(pages[0], "one.xhtml#page.1\">1");
    assert!(
        made.content("one.xhtml").starts_with(&mark("1")),
        "{}",
        made.content("one.xhtml")
    );
    let source = "<meta property=\"pageBreakSource\">https://tides.example/tides";
    assert!(made.file("content.opf").contains(source));
}

#[cfg(feature = "citations")]
#[test]
fn a_work_that_is_listed_in_another_document_is_cited_all_the_same() {
    let part = "[citations]\nsources = [\"works.bib\"]\n[[documents]]\nname = \"part\"\nsource = \"one.md\"\n";
    let files = [
        (
            "works.bib",
            "@book{tide, title = {The Tide}, author = {Example, Ada}, year = 1984}\n",
        ),
        ("src/SUMMARY.md", "- [One](one.md)\n- [Works](works.md)\n"),
        ("src/one.md", "# One\n\nAs [@tide] has it.\n"),
        ("src/works.md", "# Works\n\n::: {#refs}\n:::\n"),
    ];
    let cited = |config: &str| {
        let config = format!("{config}{part}");
        let all: Vec<(&str, &str)> = files
            .into_iter()
            .chain([("tympan.toml", config.as_str())])
            .collect();
        let made = make(&all);
        assert!(made.diagnostics.is_empty(), "{:?}", made.diagnostics);
        made.files
            .keys()
            .for_each(|name| assert!(!name.contains("works"), "{name}"));
        made.content("one.xhtml").to_owned()
    };
    let link = "<a href=\"https://tides.example/works/#ref-tide\">Example 1984</a>";
    assert!(cited(CONFIG).contains(&format!("As ({link}) has it.")));
    // Without an address there is nowhere to lead.
    let nowhere = CONFIG.replace("base_url = \"https://tides.example/\"\n", "");
    assert!(cited(&nowhere).contains("As (Example 1984) has it."));
}
